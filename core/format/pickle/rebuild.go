package pickle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	gopickle "github.com/nlpodyssey/gopickle/pickle"

	"taster/core"
)

// Bounds on the streams whose values are rebuilt.
const (
	rebuildBytes   = 64 << 20
	rebuildOpcodes = 2 << 20
	rebuildMarks   = 10_000 // open at a time: each costs the unpickler 256 bytes
	rebuildStreams = 16
)

// rebuildOps are the opcodes of inert streams: those that make plain values,
// and those that import and call, whose targets are checked one by one.
var rebuildOps = []string{
	"APPEND", "APPENDS", "BINBYTES", "BINBYTES8", "BINFLOAT", "BINGET", "BININT", "BININT1", "BININT2", "BINPERSID", "BINPUT",
	"BINSTRING", "BINUNICODE", "BINUNICODE8", "BUILD", "BYTEARRAY8", "DICT", "EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE",
	"FLOAT", "FRAME", "GET", "GLOBAL", "INT", "LIST", "LONG", "LONG1", "LONG_BINGET", "LONG_BINPUT", "MARK", "MEMOIZE",
	"NEWFALSE", "NEWTRUE", "NONE", "PROTO", "PUT", "REDUCE", "SETITEM", "SETITEMS", "SHORT_BINBYTES", "SHORT_BINSTRING",
	"SHORT_BINUNICODE", "STACK_GLOBAL", "STOP", "STRING", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "UNICODE",
}

// rebuild adds the numbers that inert streams hold to the tensors: NumPy
// arrays, PyTorch tensors, and lists of numbers. The unpickler that does it
// allocates what a stream asks for, prints values without end in some errors,
// and panics on others. So it only sees streams that the walk found whole, and
// whose every import and call is on a closed list.
func (s *session) rebuild() error {
	done := 0
	for i := range s.streams[:min(len(s.streams), 4*rebuildStreams)] {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if done >= rebuildStreams || !s.inert(&s.streams[i]) {
			continue
		}
		done++
		found, err := s.rebuildStream(&s.streams[i])
		if err != nil {
			return err
		}
		s.tensors = append(s.tensors, found[:min(len(found), s.limits.Members)]...)
	}
	return nil
}

// inert says that a stream can be given to the unpickler, and is worth it.
func (s *session) inert(st *core.Stream) bool {
	info := s.infos[st.Index]
	if !info.arrays || st.Broken != "" || info.odd || info.marks > rebuildMarks || st.Opcodes > rebuildOpcodes ||
		st.Opcodes < 3 || st.End-st.Offset > rebuildBytes || s.facts.overflow >= 0 {
		return false
	}
	for _, op := range st.Used {
		if !slices.Contains(rebuildOps, op) {
			return false
		}
	}
	for _, i := range s.facts.imports {
		if i.Stream == st.Index && (i.Computed || class(i.Module, i.Name) == nil) {
			return false
		}
	}
	for _, c := range s.facts.calls {
		if c.Stream == st.Index && !inertCall(&c) {
			return false
		}
	}
	return true
}

// inertCall says that the unpickler gets past c without printing a value.
func inertCall(c *core.Call) bool {
	if c.Opcode == "BINPERSID" {
		return true
	}
	fn := c.Target
	if c.Opcode != "REDUCE" {
		if fn = c.Target.Fn; c.Target.Kind != core.ExprCall {
			return false
		}
	}
	if fn.Kind != core.ExprGlobal || fn.Computed {
		return false
	}
	known := class(fn.Module, fn.Name)
	if known == nil {
		return false
	}
	_, dict := known.(orderedDict)
	switch c.Opcode {
	case "REDUCE":
		return !dict || len(c.Args) == 0
	case "BUILD":
		return known.builds() && (!dict || textKeys(c.Args[0]))
	case "SETITEM", "SETITEMS":
		return dict
	}
	return false
}

// textKeys says that e is a dict with texts for keys.
func textKeys(e *core.Expr) bool {
	for i := 0; i < len(e.Args); i += 2 {
		if _, ok := e.Args[i].Value.(string); !ok {
			return false
		}
	}
	return e.Kind == core.ExprDict
}

// rebuildStream runs the unpickler. Its errors and panics only mean that there
// are no values to show.
func (s *session) rebuildStream(st *core.Stream) ([]core.Tensor, error) {
	b, err := core.ReadPart(s.src, st.Offset, st.End-st.Offset)
	if err != nil {
		return nil, fmt.Errorf("pickle: %w", err)
	}
	value, err := load(b)
	if err != nil {
		return nil, nil
	}
	if texts := words(value); texts != nil && s.words == nil {
		s.words = texts
		return nil, nil
	}
	c := collector{session: s, at: st.Offset, budget: 4 * rebuildOpcodes}
	err = c.value("", value, 0)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil, err
	}
	return c.found, nil
}

// load builds the value of a stream, with the classes of this package alone.
func load(b []byte) (value any, err error) {
	defer func() {
		if recover() != nil {
			value, err = nil, errOutside
		}
	}()
	u := gopickle.NewUnpickler(bytes.NewReader(b))
	u.FindClass = func(module, name string) (any, error) {
		if c := class(module, name); c != nil {
			return c, nil
		}
		return nil, errOutside
	}
	u.PersistentLoad = persistentStorage
	return u.Load()
}

var errOutside = errors.New("pickle: outside the closed list")
