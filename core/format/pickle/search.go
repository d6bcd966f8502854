package pickle

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"taster/core"
)

// Bounds of looking for streams where none is announced.
const (
	trialOpcodes  = 4096     // of one trial
	trialLine     = 1024     // bytes of a line
	firstLine     = 4 << 20  // bytes of a line at the start of the Source
	searchBytes   = 16 << 20 // looked at after a stream, and as many before the end
	searchOpcodes = 4 << 20  // of all trials of a Source
	probeBytes    = 1 << 20  // looked at from the start and from the end of a Source of no known format
)

// A trial is a walk that leaves no trace unless it convinces.
type trial struct {
	end       int64
	opcodes   int
	calls     int   // made before anything went wrong
	stop      bool  // reached STOP
	exhausted bool  // used up trialOpcodes without an error
	fault     bool  // met something that CPython refuses
	proto     int64 // offset of the first PROTO, or -1
	facts     *facts
}

// A survey is what the instructions at a place look like, without running them.
type survey struct {
	opcodes   int
	imports   bool // one of them imports
	stop      bool // they end with STOP
	exhausted bool // there are trialOpcodes of them, or more
}

// surveyAt cuts the bytes at pos into instructions. Most places fail at once.
func surveyAt(lex *lexer, pos int64) (survey, error) {
	lex.pos = pos
	var s survey
	var in inst
	for ; s.opcodes < trialOpcodes; s.opcodes++ {
		if err := lex.next(&in); err != nil {
			return s, hostError(err)
		}
		switch in.op {
		case opGlobal, opInst, opStackGlobal, opExt1, opExt2, opExt4:
			s.imports = true
		case opStop:
			s.stop = true
			s.opcodes++
			return s, nil
		}
	}
	s.exhausted = true
	return s, nil
}

// try walks the bytes at pos on an empty stack, if they are worth it.
func try(lex *lexer, pos int64) (trial, error) {
	s, err := surveyAt(lex, pos)
	if err != nil || !s.imports && !s.stop && !s.exhausted {
		return trial{end: pos, opcodes: s.opcodes, fault: true, proto: -1}, err
	}
	return runTrial(lex, pos, newMachine(newFacts(64), 0, core.Limits{Memo: 2 * trialOpcodes, TextLength: trialLine}))
}

// runTrial walks the bytes at pos on m until m refuses something.
func runTrial(lex *lexer, pos int64, m *machine) (trial, error) {
	t := trial{end: pos, proto: -1, facts: m.facts}
	lex.pos = pos
	var in inst
	for t.opcodes < trialOpcodes {
		if err := lex.next(&in); err != nil {
			t.fault = true
			return t, hostError(err)
		}
		t.opcodes++
		t.end = in.end
		if in.op == opProto && t.proto < 0 {
			t.proto = in.off
		}
		if in.op == opStop {
			m.pop(&in)
			t.stop, t.fault = true, m.fault != nil
			return t, nil
		}
		if m.step(&in); m.fault != nil || m.full {
			t.fault = true
			return t, nil
		}
		t.calls = len(t.facts.calls)
	}
	t.exhausted = true
	return t, nil
}

// hostError drops the errors that only say that the bytes are no pickle.
func hostError(err error) error {
	if errors.Is(err, core.ErrMalformed) {
		return nil
	}
	return err
}

// imports says that the walk went well up to an import of a name that Python
// could have, and to a call or the end.
func (t *trial) imports() bool {
	if t.facts == nil || !t.stop && !t.exhausted && t.calls == 0 {
		return false
	}
	named := false
	for _, i := range t.facts.imports {
		if i.Computed {
			continue
		}
		if !isName(i.Module) || !isName(i.Name) {
			return false
		}
		named = true
	}
	return named
}

// whole says that CPython would read a stream here to its end.
func (t *trial) whole() bool { return t.stop && !t.fault }

// isName says that s is made of identifiers and dots.
func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
		if !letter && (i == 0 || c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

func trialLexer(src core.Source, window, line int64) *lexer {
	l := newLexer(src, window, trialLine)
	l.maxLine = line
	return l
}

// match recognises a pickle at the start of src.
func match(head []byte, src core.Source) string {
	lex := trialLexer(src, 16<<10, firstLine)
	if len(head) > 2 && head[0] == opProto && head[1] <= highestProtocol {
		if announced(lex, 0) {
			return fmt.Sprintf("pickle protocol %d", head[1])
		}
		return ""
	}
	if len(head) == 0 || opcodes[head[0]].name == "" {
		return ""
	}
	t, err := try(lex, 0)
	switch {
	case err != nil:
		return ""
	case t.imports():
		return "pickle opcodes that import " + quote(t.facts.imports[0].Path())
	case t.exhausted:
		return fmt.Sprintf("%d pickle opcodes without an error", t.opcodes)
	case t.whole() && t.opcodes > 1 && (onlyPadding(lex, t.end) || begins(lex, t.end)):
		return fmt.Sprintf("%d pickle opcodes up to STOP", t.opcodes)
	}
	return ""
}

// probe finds a pickle that imports something in a Source that is otherwise of
// no known format: behind a header, padding, or other pickles.
func probe(src core.Source) string {
	lex, budget := trialLexer(src, windowSize, trialLine), searchOpcodes
	size := src.Size()
	start, err := find(lex, 0, min(size, probeBytes), &budget)
	if start < 0 && err == nil && size > probeBytes {
		start, err = find(lex, max(probeBytes, size-probeBytes), size, &budget)
	}
	if start < 0 || err != nil {
		return ""
	}
	return fmt.Sprintf("pickle opcodes that import, from offset %d on", start)
}

// begins says that a stream begins right at pos.
func begins(lex *lexer, pos int64) bool {
	b, err := lex.w.peek(pos, 2)
	if err != nil {
		return false
	}
	if len(b) == 2 && b[0] == opProto && b[1] <= highestProtocol && announced(lex, pos) {
		return true
	}
	t, err := try(lex, pos)
	return err == nil && (t.whole() && t.opcodes > 1 || t.imports() || t.exhausted)
}

// announced says that what follows the PROTO opcode at pos reads like
// instructions: at least two of them, or one that breaks off.
func announced(lex *lexer, pos int64) bool {
	lex.pos = pos
	var in inst
	for i := range 3 {
		err := lex.next(&in)
		var f *fault
		if errors.As(err, &f) {
			b, _ := lex.w.peek(lex.pos, 1)
			return i > 0 && len(b) > 0 && opcodes[b[0]].name != ""
		}
		if err != nil {
			return false
		}
		if in.op == opStop {
			return i > 1
		}
	}
	return true
}

// onlyPadding says that nothing but white space or zeros follows pos.
func onlyPadding(lex *lexer, pos int64) bool {
	for {
		b, err := lex.w.rest(pos)
		if err != nil || len(bytes.Trim(b, "\x00 \t\r\n")) > 0 {
			return false
		}
		if len(b) == 0 {
			return true
		}
		pos += int64(len(b))
	}
}

// trials is a lexer beside the one that reads the streams.
func (s *session) trials() *lexer {
	if s.aside == nil {
		s.aside = trialLexer(s.src, windowSize, trialLine)
	}
	return s.aside
}

// search looks for a stream behind bytes that are none: after pos, and in the
// last part of the file. It returns -1 when there is none.
func (s *session) search(pos int64) (int64, error) {
	size := s.src.Size()
	lex := s.trials()
	start, err := s.searchPart(lex, pos, min(size, pos+searchBytes))
	if start >= 0 || err != nil || pos+searchBytes >= size {
		return start, err
	}
	if tail := size - searchBytes; tail > pos+searchBytes {
		s.note(&ruleLimit, pos+searchBytes, "Bytes after the pickle streams were not searched", fmt.Sprintf(
			"%d bytes after the last stream are no pickle; only the first and the last %d of them were searched for further streams.",
			size-pos, searchBytes))
		pos = tail - searchBytes
	}
	return s.searchPart(lex, pos+searchBytes, size)
}

// startOpcodes are those at which a stream, or the rest of one, may begin.
var startOpcodes = []byte{opProto, opGlobal, opMark, opShortBinunicode, opBinunicode, opUnicode, opString,
	opShortBinstring, opEmptyList, opEmptyDict, opFrame}

func (s *session) searchPart(lex *lexer, from, to int64) (int64, error) {
	left := searchOpcodes - s.searched
	start, err := find(lex, from, to, &left)
	s.searched = searchOpcodes - left
	if left <= 0 && err == nil && start < 0 {
		s.note(&ruleLimit, from, "The search for further pickle streams was cut short", fmt.Sprintf(
			"The bytes from offset %d on look like instructions in too many places to try them all.", from))
	}
	return start, err
}

// find looks for a stream that imports, or that has a PROTO and an end, between
// from and to, and returns -1 when there is none or budget is used up.
func find(lex *lexer, from, to int64, budget *int) (int64, error) {
	var starts [256]bool
	for _, op := range startOpcodes {
		starts[op] = true
	}
	for pos := from; pos < to; {
		b, err := lex.w.rest(pos)
		if err != nil {
			return -1, err
		}
		n := slices.IndexFunc(b[:min(int64(len(b)), to-pos)], func(c byte) bool { return starts[c] })
		if n < 0 {
			pos += int64(len(b))
			continue
		}
		pos += int64(n)
		t, err := try(lex, pos)
		if err != nil {
			return -1, err
		}
		if t.imports() || t.whole() && t.proto >= 0 && t.opcodes > 4 {
			return pos, nil
		}
		if *budget -= 1 + t.opcodes; *budget <= 0 {
			return -1, nil
		}
		pos++
	}
	return -1, nil
}

// otherReading keeps what is imported and called when the stream goes on at
// pos, or when the operands of the instruction there begin anew at restart,
// which the reading that is followed does not do.
func (w *walk) otherReading(pos, restart int64, who string) error {
	lex := w.trials()
	lex.restart = restart
	defer func() { lex.restart = 0 }()
	ahead, err := surveyAt(lex, pos)
	if err != nil || !ahead.imports {
		return err
	}
	if w.searched += w.m.memo.count + len(w.m.stack); w.searched > searchOpcodes {
		w.note(&ruleLimit, pos, "Bytes that can be read in two ways were read in one", fmt.Sprintf(
			"From offset %d on the bytes between instructions were not tried as instructions.", pos))
		return nil
	}
	t, err := runTrial(lex, pos, w.m.clone(newFacts(64)))
	if err != nil || !t.imports() {
		return err
	}
	for _, i := range t.facts.imports {
		w.facts.addImport(i)
	}
	for _, c := range t.facts.calls {
		w.facts.addCall(c)
	}
	w.note(&ruleFrame, pos, "The bytes can be read as two different streams", fmt.Sprintf(
		"For %s the instructions go on at offset %d and import %s.", who, pos, quote(t.facts.imports[0].Path())))
	return nil
}

// noteJunk reports bytes that belong to no stream. After a broken stream they
// are its rest, which is reported with it.
func (s *session) noteJunk(from, to int64) error {
	if to < 0 {
		to = s.src.Size()
	}
	if last := s.streams[len(s.streams)-1]; last.Broken != "" && last.End == from {
		return nil
	}
	saw := fmt.Sprintf("%d bytes from offset %d on belong to no pickle stream.", to-from, from)
	n := note{rule: &ruleTrailing, at: from, title: "Bytes after a pickle stream", saw: saw, severity: core.Low}
	if to < s.src.Size() {
		n.title, n.severity = "A pickle stream behind other bytes", core.Medium
		n.saw += fmt.Sprintf(" A further stream begins at offset %d.", to)
	} else if onlyPadding(s.trials(), from) {
		n.severity = core.Info
	}
	s.notes = append(s.notes, n)
	s.gaps = append(s.gaps, span{from, to})
	return nil
}
