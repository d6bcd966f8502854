package pickle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"taster/core"
)

// checkEvery is how many instructions pass between looks at the context and
// places from which a listing can start.
const checkEvery = 4096

// progressEvery is how many bytes pass between two progress events.
const progressEvery = 4 << 20

// A session reads the streams of one Source one after the other.
type session struct {
	ctx    context.Context
	src    core.Source
	o      *core.Opener
	limits core.Limits
	lex    *lexer
	aside  *lexer // for trials
	facts  *facts

	streams     []core.Stream
	infos       []streamInfo // of the same streams
	tensors     []core.Tensor
	words       []string // the value of a stream that is nothing else
	checkpoints []int64  // starts of instructions, ascending
	gaps        []span   // raw bytes inside and between streams
	notes       []note   // findings of the container
	legacyFrom  int      // index of the stream with torch's magic number, or -1
	rawStorages map[string]int64
	joblib      bool
	nested      int // streams inside streams, at the moment
	progressAt  int64
	searched    int // instructions spent on looking for streams
}

// streamInfo is what decides whether the values of a stream can be rebuilt.
type streamInfo struct {
	marks  int  // open at a time
	odd    bool // frames violated, raw bytes inside, escapes, or long numbers
	arrays bool // the value may hold some
}

// A span is the part [from, to) of the Source.
type span struct{ from, to int64 }

// A note is a defect that becomes a finding when the walk is done.
type note struct {
	rule       *core.Rule
	at         int64
	title, saw string
	unread     bool
	severity   core.Severity
}

func newSession(ctx context.Context, src core.Source, o *core.Opener) *session {
	limits := o.Limits.WithDefaults()
	return &session{
		ctx: ctx, src: src, o: o, limits: limits, legacyFrom: -1, rawStorages: map[string]int64{},
		lex: newLexer(src, windowSize, limits.TextLength), facts: newFacts(limits.Imports),
	}
}

// run walks every stream that it can find. Defects of the bytes become notes;
// its error means that the run has to stop or that the host cannot read.
func (s *session) run() error {
	for pos := int64(0); pos < s.src.Size(); {
		if len(s.streams) >= s.limits.Streams {
			s.note(&ruleLimit, pos, "Too many pickle streams", fmt.Sprintf(
				"%d streams were read; %d bytes from offset %d on were not.", len(s.streams), s.src.Size()-pos, pos))
			return nil
		}
		start, err := s.nextStart(pos)
		if err != nil || start < 0 {
			return err
		}
		index := len(s.streams)
		result, err := s.stream(start)
		if err != nil {
			return err
		}
		if pos, err = s.after(&s.streams[index], result); err != nil {
			return err
		}
	}
	return nil
}

// nextStart is where the next stream begins at or after pos, or -1.
func (s *session) nextStart(pos int64) (int64, error) {
	if len(s.streams) == 0 { // junk in front of the first stream reads as a broken one
		return 0, nil
	}
	if begins(s.trials(), pos) {
		return pos, nil
	}
	start, err := s.search(pos)
	if err != nil {
		return -1, err
	}
	return start, s.noteJunk(pos, start)
}

// after looks at what may follow a stream by the rules of torch's old format,
// and returns where to go on.
func (s *session) after(last *core.Stream, result *core.Expr) (int64, error) {
	pos := last.End
	if s.legacyFrom < 0 && isLegacyMagic(result) {
		s.legacyFrom = last.Index
	}
	if s.legacyFrom < 0 || last.Index != s.legacyFrom+legacyKeys || result.Kind != core.ExprList {
		return pos, nil
	}
	end, err := s.legacyStorages(result, pos)
	if end > pos {
		s.gaps = append(s.gaps, span{pos, end})
	}
	return end, err
}

// stream walks the stream at start and returns what it leaves on the stack.
func (s *session) stream(start int64) (*core.Expr, error) {
	index := len(s.streams)
	s.streams = append(s.streams, core.Stream{Index: index, Offset: start})
	s.infos = append(s.infos, streamInfo{})
	w := walk{session: s, m: newMachine(s.facts, index, s.limits), stream: core.Stream{Index: index, Offset: start}}
	w.m.keepAll = s.legacyFrom >= 0 && index == s.legacyFrom+legacyKeys
	s.lex.pos = start
	result, err := w.run()
	w.finish()
	w.info.arrays = mayHoldArrays(result)
	s.streams[index], s.infos[index] = w.stream, w.info
	return result, err
}

// A walk is the state of one stream.
type walk struct {
	*session
	m      *machine
	stream core.Stream
	info   streamInfo
	used   [256]bool
	frame  frame
}

func (w *walk) run() (*core.Expr, error) {
	var in inst
	for {
		if w.stream.Opcodes%checkEvery == 0 {
			if err := w.check(); err != nil {
				return w.m.unknown, err
			}
		}
		if w.stream.Opcodes >= w.limits.Opcodes || w.m.full {
			w.limit()
			return w.m.unknown, nil
		}
		if err := w.lex.next(&in); err != nil {
			return w.m.unknown, w.broken(err)
		}
		w.stream.Opcodes++
		w.used[in.op] = true
		w.framed(&in)
		w.odd(&in)
		if in.op == opStop {
			return w.m.pop(&in), nil
		}
		w.m.step(&in)
		w.info.marks = max(w.info.marks, len(w.m.marks))
		if w.m.array != nil {
			if err := w.rawArray(); err != nil {
				return w.m.unknown, w.broken(err)
			}
		}
	}
}

// longNumber is the length at which turning digits into a number gets slow.
const longNumber = 1000

// odd notes what another unpickler reads wrongly or slowly.
func (w *walk) odd(in *inst) {
	switch in.op {
	case opString, opUnicode:
		w.info.odd = w.info.odd || !in.whole() || bytes.IndexByte(in.text, '\\') >= 0
	case opLong, opInt, opFloat:
		w.info.odd = w.info.odd || in.length > longNumber
	}
}

// broken ends the stream when err is a defect of the bytes, and passes other
// errors on.
func (w *walk) broken(err error) error {
	var f *fault
	if !errors.As(err, &f) {
		return err
	}
	if w.m.fault == nil {
		w.m.fault = f
	}
	return nil
}

func (w *walk) limit() {
	what, value := "opcodes", w.limits.Opcodes
	if w.m.full {
		what, value = "values on the stack and in the memo", w.limits.Memo
	}
	w.m.fail(w.lex.pos, "more than %d %s", value, what)
	w.note(&ruleLimit, w.lex.pos, fmt.Sprintf("Pickle stream %d is larger than the limit", w.stream.Index),
		fmt.Sprintf("Reading stopped at offset %d after %d opcodes: the limit of %d %s was reached.",
			w.lex.pos, w.stream.Opcodes, value, what))
}

// check gives the host a chance to stop the walk.
func (w *walk) check() error {
	if n := len(w.checkpoints); n == 0 || w.checkpoints[n-1] < w.lex.pos {
		w.checkpoints = append(w.checkpoints, w.lex.pos)
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.lex.pos < w.progressAt+progressEvery {
		return nil
	}
	w.progressAt = w.lex.pos
	return w.o.Emit(core.Event{Progress: &core.Progress{Step: "reading " + w.o.Artifact.Path(), Unit: "bytes",
		Done: w.lex.pos, Total: w.src.Size()}})
}

func (w *walk) finish() {
	w.stream.End = w.lex.pos
	w.stream.Protocol = w.m.protocol
	for op, used := range w.used {
		if used {
			w.stream.Used = append(w.stream.Used, opcodes[op].name)
		}
	}
	slices.Sort(w.stream.Used)
	if b := w.m.bomb; b != nil {
		w.note(&ruleBomb, b.at, ruleBomb.Title, fmt.Sprintf("At offset %d of stream %d: %s.", b.at, w.stream.Index, b.why))
	}
	if f := w.m.fault; f != nil {
		w.stream.Broken, w.stream.BrokenAt = f.why, f.at
	}
}

// rawArray steps over the bytes of a joblib array, or walks the pickle that
// stands in their place.
func (w *walk) rawArray() error {
	a, pos := w.m.array, w.lex.pos
	w.m.array = nil
	w.joblib, w.info.odd = true, true
	switch {
	case a.object:
		return w.objectArray(pos)
	case a.size < 0:
		return malformed(pos, "the size of the joblib array here cannot be told from its description")
	case a.size == 0 && !a.aligned:
		return nil
	}
	if err := w.otherReading(pos, 0, "an unpickler that does not know joblib's arrays"); err != nil {
		return err
	}
	if a.aligned {
		b, err := w.lex.w.peek(pos, 1)
		if err != nil {
			return err
		}
		if len(b) == 0 {
			return malformed(pos, "the file ends before a joblib array")
		}
		pos += 1 + int64(b[0])
	}
	if left := w.src.Size() - pos; a.size > left {
		return malformed(w.lex.pos, "a joblib array of %d bytes begins here, %d are left", a.size, max(left, 0))
	}
	w.keepTensor(a, pos)
	w.gaps = append(w.gaps, span{w.lex.pos, pos + a.size})
	w.lex.pos = pos + a.size
	return nil
}

// maxNested bounds object arrays inside object arrays.
const maxNested = 16

func (w *walk) objectArray(pos int64) error {
	if w.nested >= maxNested {
		return malformed(pos, "joblib object arrays are nested more than %d deep", maxNested)
	}
	w.nested++
	_, err := w.session.stream(pos)
	w.nested--
	return err
}

// keepTensor lists a raw array under the text that stands below it on the
// stack, which is its attribute's name.
func (w *walk) keepTensor(a *array, pos int64) {
	data, err := core.Section(w.src, w.o.Artifact.Path(), pos, a.size)
	if err != nil || len(w.tensors) >= w.limits.Members {
		return
	}
	t := a.tensor
	t.Name = fmt.Sprintf("array %d", len(w.tensors))
	if n := len(w.m.stack); n > 1 {
		if s, ok := w.m.stack[n-2].Value.(string); ok && s != "" {
			t.Name = s
		}
	}
	if t.DType == "" {
		t.DType = "OTHER"
	}
	t.Offset, t.Length, t.Data = pos, a.size, data
	w.tensors = append(w.tensors, t)
}

// A frame is the part of a stream that a FRAME opcode announced.
type frame struct {
	end        int64 // 0: none
	long       int64 // offset of a FRAME that announces more than the file holds, or 0
	violations int
}

// framed checks that instructions keep to their frames. Unpicklers disagree on
// what happens otherwise, so different programs would read different streams.
func (w *walk) framed(in *inst) {
	if w.frame.end != 0 && in.off >= w.frame.end {
		w.frame.end = 0
	}
	end := w.frame.end
	switch {
	case in.op == opFrame && end != 0:
		w.violation(in, "FRAME at offset %d lies inside the frame that ends at %d", in.off, end)
	case in.op == opFrame && in.num > uint64(w.src.Size()-in.end):
		w.m.fail(in.off, "FRAME announces %d bytes, %d are left", in.num, w.src.Size()-in.end)
		w.frame.long = in.off
		return
	case in.op == opStop && w.frame.long != 0:
		w.violation(in, "FRAME at offset %d announces more than the file holds, yet the stream is whole", w.frame.long)
	case end != 0 && in.end > end:
		w.violation(in, "%s at offset %d reaches to %d over the end of its frame at %d", in.name(), in.off, in.end, end)
	case end != 0 && in.op == opStop && in.end < end:
		w.violation(in, "STOP at offset %d leaves %d bytes of its frame unread", in.off, end-in.end)
	}
	if in.op == opFrame {
		w.frame.end = in.end + int64(in.num)
	}
}

// maxViolations bounds the bad frames of a stream that are followed.
const maxViolations = 64

// violation notes the first bad frame of a stream, and keeps what unpicklers
// would find that go by the frame.
func (w *walk) violation(in *inst, format string, args ...any) {
	if w.frame.violations++; w.frame.violations > maxViolations {
		return
	}
	if w.frame.violations == 1 {
		w.info.odd = true
		w.note(&ruleFrame, in.off, fmt.Sprintf("A frame of pickle stream %d does not hold what it announces", w.stream.Index),
			fmt.Sprintf(format, args...)+".")
	}
	if end := w.frame.end; end > in.off && end < in.end {
		// A host error shows again at the next read.
		_ = w.otherReading(end, 0, "an unpickler that goes by frames")
		_ = w.otherReading(in.off, end, "CPython's compiled unpickler")
	}
}

func (s *session) note(rule *core.Rule, at int64, title, saw string) {
	s.notes = append(s.notes, note{rule: rule, at: at, title: title, saw: saw, severity: rule.Severity,
		unread: rule == &ruleBroken || rule == &ruleLimit})
}
