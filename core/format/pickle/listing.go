package pickle

import (
	"fmt"
	"math"
	"math/bits"
	"sort"
	"strconv"

	"taster/core"
)

// listingText is how much of an operand a listing shows.
const listingText = 80

// maxLines bounds a listing, whatever is asked for.
const maxLines = 10_000

// A lister disassembles parts of a Source that was walked. It reads the bytes
// again, from the last checkpoint before the place that is asked for.
type lister struct {
	src         core.Source
	checkpoints []int64 // starts of instructions, ascending
	gaps        []span  // ascending
}

func (s *session) lister() *lister {
	l := &lister{src: s.src, checkpoints: s.checkpoints, gaps: s.gaps}
	sort.Slice(l.checkpoints, func(i, j int) bool { return l.checkpoints[i] < l.checkpoints[j] })
	sort.Slice(l.gaps, func(i, j int) bool { return l.gaps[i].from < l.gaps[j].from })
	return l
}

// around lists up to n instructions on either side of the one that holds offset.
func (l *lister) around(offset int64, n int) []core.Line {
	n = min(max(n, 0), maxLines)
	lex := newLexer(l.src, 16<<10, 2*listingText)
	lex.pos = l.start(offset, n)
	var lines []core.Line
	after := -1 // lines still to come after the marked one
	for after != 0 {
		line, end, ok := l.next(lex)
		if !ok {
			break
		}
		if after > 0 {
			after--
		}
		if after < 0 && end > offset {
			line.Mark, after = true, n
		}
		if lines = append(lines, line); after < 0 && len(lines) > n {
			lines = append(lines[:0], lines[1:]...)
		}
		if line.Mark && n == 0 {
			break
		}
	}
	return lines
}

// start is a checkpoint with at least n instructions before offset, if there
// are as many: checkpoints lie checkEvery instructions apart, or begin a stream.
func (l *lister) start(offset int64, n int) int64 {
	i := sort.Search(len(l.checkpoints), func(i int) bool { return l.checkpoints[i] > offset })
	i -= 2 + n/checkEvery
	if len(l.checkpoints) == 0 {
		return 0
	}
	return l.checkpoints[max(i, 0)]
}

// next is the line at lex.pos: an instruction, raw bytes between instructions,
// or the bytes that could not be read.
func (l *lister) next(lex *lexer) (line core.Line, end int64, ok bool) {
	if lex.pos >= l.src.Size() {
		return line, 0, false
	}
	line.Offset = lex.pos
	i := sort.Search(len(l.gaps), func(i int) bool { return l.gaps[i].from >= lex.pos })
	if i < len(l.gaps) && l.gaps[i].from == lex.pos && l.gaps[i].to > lex.pos {
		lex.pos = l.gaps[i].to
		line.Text = fmt.Sprintf("; %d bytes that are no instructions", lex.pos-line.Offset)
		return line, lex.pos, true
	}
	var in inst
	if err := lex.next(&in); err != nil {
		line.Text, lex.pos = l.unread(lex, err)
		return line, lex.pos, true
	}
	line.Text = disassemble(&in)
	return line, in.end, true
}

// unread describes bytes that are no instruction, and says where the next
// checkpoint lies.
func (l *lister) unread(lex *lexer, err error) (string, int64) {
	i := sort.Search(len(l.checkpoints), func(i int) bool { return l.checkpoints[i] > lex.pos })
	next := l.src.Size()
	if i < len(l.checkpoints) {
		next = l.checkpoints[i]
	}
	why := err.Error()
	if f, ok := err.(*fault); ok {
		why = f.why
	}
	return fmt.Sprintf("; %d bytes not read: %s", next-lex.pos, why), next
}

// disassemble prints an instruction as its name and operand.
func disassemble(in *inst) string {
	code := opcodes[in.op]
	if code.arg == argNone {
		return code.name
	}
	return fmt.Sprintf("%-16s %s", code.name, operandText(in, code.arg))
}

func operandText(in *inst, arg operand) string {
	switch {
	case arg == argLines:
		return shortQuote(in.text, in.length) + " " + shortQuote(in.second, int64(in.num))
	case arg == argI32:
		return strconv.FormatInt(int64(int32(in.num)), 10)
	case arg == argF64:
		return strconv.FormatFloat(math.Float64frombits(bits.ReverseBytes64(in.num)), 'g', -1, 64)
	case in.op == opLong1 || in.op == opLong4:
		if in.whole() {
			return fmt.Sprint(parseBinaryLong(in.text))
		}
	case in.op == opInt || in.op == opLong || in.op == opFloat || in.op == opGet || in.op == opPut:
		if q := shortQuote(in.text, in.length); len(q) == len(in.text)+2 {
			return q[1 : len(q)-1]
		}
	case arg < argData8:
		return strconv.FormatUint(in.num, 10)
	}
	return shortQuote(in.text, in.length)
}

// shortQuote quotes the start of a text of length bytes.
func shortQuote(text []byte, length int64) string {
	if length <= listingText && int64(len(text)) == length {
		return strconv.Quote(string(text))
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(string(text[:min(len(text), listingText)])), length)
}

// quote is a short quoted text for messages.
func quote(s string) string { return shortQuote([]byte(s), int64(len(s))) }
