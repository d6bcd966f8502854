package pickle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"taster/core"
)

// keepMin is room enough for any operand of fixed width.
const keepMin = 64

// An inst is one instruction as it lies in the file. Its slices are valid
// until the next instruction is read.
type inst struct {
	op       byte
	off, end int64  // [off, end) in the Source
	num      uint64 // operand of fixed width, as bits; length of the second line
	text     []byte // start of the data, or of the first line without its newline
	second   []byte // the second line of GLOBAL and INST
	length   int64  // of the data or the first line
}

func (in *inst) name() string { return opcodes[in.op].name }

// whole says that text holds all of the operand.
func (in *inst) whole() bool { return int64(len(in.text)) == in.length }

// A lexer cuts a Source into instructions. It checks every length against the
// bytes that are left before it goes on, and it keeps at most keep bytes of an
// operand, so the cost of an instruction does not depend on what it claims.
type lexer struct {
	w       *window
	pos     int64
	keep    int
	maxLine int64 // a longer line is an error; 0: no bound
	// restart is the end of a frame at which an operand begins anew that would
	// reach over it; 0: none. CPython's C unpickler reads so: what is left of
	// the frame is lost (_Unpickler_ReadImpl, _Unpickler_Readline).
	restart int64
}

// from is where n bytes at pos begin.
func (l *lexer) from(pos, n int64) int64 {
	if pos < l.restart && l.restart < pos+n {
		return l.restart
	}
	return pos
}

func newLexer(src core.Source, window int64, keep int) *lexer {
	return &lexer{w: newWindow(src, window), keep: int(min(window-keepMin, int64(max(keep, keepMin))))}
}

// A fault is an error in the bytes, as opposed to one of the host that reads them.
type fault struct {
	at  int64
	why string
}

func (f *fault) Error() string {
	return fmt.Sprintf("pickle: %v at %d: %s", core.ErrMalformed, f.at, f.why)
}

func (f *fault) Unwrap() error { return core.ErrMalformed }

func malformed(at int64, format string, args ...any) error {
	return &fault{at, fmt.Sprintf(format, args...)}
}

// next reads the instruction at l.pos into in. On an error l.pos stays where it was.
func (l *lexer) next(in *inst) error {
	b, err := l.w.peek(l.pos, 1)
	if err != nil {
		return err
	}
	if len(b) == 0 {
		return malformed(l.pos, "the file ends before STOP")
	}
	*in = inst{op: b[0], off: l.pos, end: l.pos + 1}
	code := opcodes[in.op]
	if code.name == "" {
		return malformed(l.pos, "byte 0x%02x is no opcode", in.op)
	}
	if err := l.operand(in, code.arg); err != nil {
		return err
	}
	l.pos = in.end
	return nil
}

func (l *lexer) operand(in *inst, arg operand) error {
	switch arg {
	case argNone:
		return nil
	case argU8:
		return l.number(in, 1)
	case argU16:
		return l.number(in, 2)
	case argI32, argU32:
		return l.number(in, 4)
	case argU64, argF64:
		return l.number(in, 8)
	case argData8:
		return l.data(in, 1)
	case argData32, argDataI32:
		return l.data(in, 4)
	case argData64:
		return l.data(in, 8)
	case argLine:
		return l.line(in)
	default:
		return l.lines(in)
	}
}

func (l *lexer) number(in *inst, width int) error {
	in.end = l.from(in.end, int64(width))
	b, err := l.w.peek(in.end, width)
	if err != nil {
		return err
	}
	if len(b) < width {
		return malformed(in.off, "the file ends inside the operand of %s", in.name())
	}
	switch width {
	case 1:
		in.num = uint64(b[0])
	case 2:
		in.num = uint64(binary.LittleEndian.Uint16(b))
	case 4:
		in.num = uint64(binary.LittleEndian.Uint32(b))
	default:
		in.num = binary.LittleEndian.Uint64(b)
	}
	in.end += int64(width)
	return nil
}

// data reads a length of width bytes and the start of the data after it.
func (l *lexer) data(in *inst, width int) error {
	if err := l.number(in, width); err != nil {
		return err
	}
	if opcodes[in.op].arg == argDataI32 && int32(in.num) < 0 {
		return malformed(in.off, "%s has the negative length %d", in.name(), int32(in.num))
	}
	if in.num <= math.MaxInt32 {
		in.end = l.from(in.end, int64(in.num))
	}
	left := l.w.src.Size() - in.end
	if in.num > uint64(left) {
		return malformed(in.off, "%s claims %d bytes, %d are left", in.name(), in.num, left)
	}
	in.length = int64(in.num)
	b, err := l.w.peek(in.end, int(min(in.length, int64(l.keep))))
	if err != nil {
		return err
	}
	in.text = b
	in.end += in.length
	return nil
}

// line reads up to the next newline, which may be many windows away.
func (l *lexer) line(in *inst) error {
	if err := l.restartLine(in); err != nil {
		return err
	}
	start := in.end
	for first := true; ; first = false {
		b, err := l.w.rest(in.end)
		if err != nil {
			return err
		}
		if len(b) == 0 {
			return malformed(in.off, "the file ends inside the line after %s", in.name())
		}
		n := bytes.IndexByte(b, '\n')
		if n < 0 && first && in.end > l.w.at {
			l.w.buf = nil // begin the window at the line, so that its start is kept in one piece
			continue
		}
		l.keepLine(in, b, n)
		if n >= 0 {
			in.end += int64(n) + 1
			in.length = in.end - 1 - start
			return l.checkLine(in)
		}
		in.end += int64(len(b))
		if in.length = in.end - start; l.maxLine > 0 && in.length > l.maxLine {
			return l.checkLine(in)
		}
	}
}

// restartLine moves to the end of the frame when no newline comes before it.
func (l *lexer) restartLine(in *inst) error {
	if in.end >= l.restart {
		return nil
	}
	b, err := l.w.rest(in.end)
	if err != nil {
		return err
	}
	if rest := l.restart - in.end; int64(len(b)) < rest || bytes.IndexByte(b[:rest], '\n') < 0 {
		in.end = l.restart
	}
	return nil
}

// keepLine keeps the start of a line. When the line goes on behind the window
// the start is copied, because the window moves on.
func (l *lexer) keepLine(in *inst, b []byte, newline int) {
	if in.text != nil {
		return
	}
	if newline >= 0 {
		in.text = b[:min(newline, l.keep)]
		return
	}
	in.text = slices.Clone(b[:min(len(b), l.keep)])
}

func (l *lexer) checkLine(in *inst) error {
	if l.maxLine > 0 && in.length > l.maxLine {
		return malformed(in.off, "the line after %s is longer than %d bytes", in.name(), l.maxLine)
	}
	return nil
}

// lines reads a module and a name. Both are needed at once, so the first is copied.
func (l *lexer) lines(in *inst) error {
	if err := l.line(in); err != nil {
		return err
	}
	name := inst{op: in.op, off: in.off, end: in.end}
	text := slices.Clone(in.text)
	if err := l.line(&name); err != nil {
		return err
	}
	in.text, in.second, in.end, in.num = text, name.text, name.end, uint64(name.length)
	return nil
}
