package pickle

import (
	"fmt"
	"maps"
	"slices"

	"taster/core"
)

// Bounds on what a container keeps. Lists of numbers are long, and nothing is
// judged by their later items; items that are not literals stay, within a
// budget for the whole stream.
const (
	keepLiterals = 64
	keepOthers   = 500_000
)

// A machine runs one stream on symbols. It builds no object, imports nothing
// and calls nothing; it says what an unpickler would do. After a fault it goes
// on as well as it can, because other unpicklers may be more tolerant than
// CPython and what comes later is worth knowing.
type machine struct {
	facts    *facts
	stream   int
	protocol int
	limit    int // of stack and memo together
	text     int // bytes kept of a literal
	keepAll  bool

	stack []*core.Expr
	marks []int // heights of the stack at MARK
	memo  memo
	kept  int
	pool
	burden
	unknown *core.Expr // stands for what is not known
	fault   *fault     // the first thing at which CPython would raise an error
	full    bool       // a limit was hit; the stream cannot go on
	array   *array     // of joblib, whose bytes follow this instruction
}

// Literals that every stream uses, made once. They carry no offset, and
// nothing changes them.
var (
	none, no, yes = literal(nil), literal(false), literal(true)
	byteValues    = func() (t [256]core.Expr) {
		for i := range t {
			t[i] = *literal(int64(i))
		}
		return t
	}()
)

func literal(v any) *core.Expr { return &core.Expr{Kind: core.ExprLiteral, Value: v, Offset: -1} }

func newMachine(f *facts, stream int, limits core.Limits) *machine {
	m := &machine{facts: f, stream: stream, limit: limits.Memo, text: limits.TextLength, unknown: &core.Expr{Offset: -1}}
	m.stack, m.memo.dense = make([]*core.Expr, 0, shortStream), make([]*core.Expr, 0, shortStream)
	return m
}

// shortStream is how many values the stack and the memo of most streams hold.
const shortStream = 64

// clone is m as it stands, with its facts going to f.
func (m *machine) clone(f *facts) *machine {
	f.extensions = m.facts.extensions
	c := *m
	c.facts, c.fault, c.array, c.pool, c.burden = f, nil, nil, pool{}, burden{}
	c.stack, c.marks = slices.Clone(m.stack), slices.Clone(m.marks)
	c.memo.dense, c.memo.sparse = slices.Clone(m.memo.dense), maps.Clone(m.memo.sparse)
	return &c
}

// fail records the first fault.
func (m *machine) fail(at int64, format string, args ...any) {
	if m.fault == nil {
		m.fault = &fault{at, fmt.Sprintf(format, args...)}
	}
}

func (m *machine) push(e *core.Expr) {
	if len(m.stack)+m.memo.count >= m.limit {
		m.full = true
		return
	}
	m.stack = append(m.stack, e)
}

// fence is the height below which only popping a MARK may reach.
func (m *machine) fence() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

func (m *machine) pop(in *inst) *core.Expr {
	if len(m.stack) <= m.fence() {
		m.fail(in.off, "%s needs a value that is not on the stack", in.name())
		return m.unknown
	}
	e := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return e
}

func (m *machine) top(in *inst) *core.Expr {
	if len(m.stack) <= m.fence() {
		m.fail(in.off, "%s needs a value that is not on the stack", in.name())
		return m.unknown
	}
	return m.stack[len(m.stack)-1]
}

// popMark takes the values above the topmost MARK. They are valid until the
// next push.
func (m *machine) popMark(in *inst) []*core.Expr {
	height := 0
	if n := len(m.marks); n > 0 {
		height = min(m.marks[n-1], len(m.stack))
		m.marks = m.marks[:n-1]
	} else {
		m.fail(in.off, "%s needs a MARK that is not there", in.name())
	}
	items := m.stack[height:]
	m.stack = m.stack[:height]
	return items
}

// pushMark counts against the same limit as values: a MARK costs memory too.
func (m *machine) pushMark() {
	if len(m.marks) >= m.limit {
		m.full = true
		return
	}
	m.marks = append(m.marks, len(m.stack))
}

// keep appends items to the contents of a container, in groups of size step
// (2 for the pairs of a dict), within the bounds above. What is dropped is
// marked by one unknown item.
func (m *machine) keep(to, items []*core.Expr, step int) []*core.Expr {
	for ; len(items) >= step; items = items[step:] {
		plain := items[step-1].Kind == core.ExprLiteral
		if m.keepAll || plain && len(to) < keepLiterals || !plain && m.kept < keepOthers {
			to = append(to, items[:step]...)
			if !plain {
				m.kept++
			}
			continue
		}
		if n := len(to); n == 0 || to[n-1] != m.unknown {
			for range step {
				to = append(to, m.unknown)
			}
		}
	}
	return to
}

func (m *machine) container(kind core.ExprKind, items []*core.Expr, at int64) *core.Expr {
	step := 1
	if kind == core.ExprDict {
		step = 2
	}
	e := m.expr(core.Expr{Kind: kind, Args: m.keep(nil, items, step), Offset: at})
	m.made(e, items, at)
	return e
}

// small makes a tuple of one to three items.
func (m *machine) small(items []*core.Expr, at int64) *core.Expr {
	for i, item := range items {
		if !isContainer(item) {
			continue
		}
		if m.nested++; m.nested > maxTuples {
			items[i] = m.unknown
		}
	}
	e := m.expr(core.Expr{Kind: core.ExprTuple, Args: items, Offset: at})
	m.made(e, items, at)
	return e
}

// call records an effect and returns its result.
func (m *machine) call(in *inst, target *core.Expr, args []*core.Expr) *core.Expr {
	m.effect(in, target, args)
	return m.expr(core.Expr{Kind: core.ExprCall, Fn: target, Args: args, Offset: in.off})
}

func (m *machine) effect(in *inst, target *core.Expr, args []*core.Expr) {
	m.facts.addCall(core.Call{Opcode: in.name(), Offset: in.off, Stream: m.stream, Target: target, Args: args})
}

// global records an import and returns it.
func (m *machine) global(in *inst, module, name string, computed bool) *core.Expr {
	m.facts.addImport(core.Import{Module: module, Name: name, Opcode: in.name(), Offset: in.off,
		Stream: m.stream, Computed: computed})
	return m.expr(core.Expr{Kind: core.ExprGlobal, Module: module, Name: name, Computed: computed, Offset: in.off})
}

// stackGlobal imports what two values on the stack name. Values that are no
// texts of the stream are printed in place of the name.
func (m *machine) stackGlobal(in *inst) *core.Expr {
	name, module := m.pop(in), m.pop(in)
	if !maybeText(name) || !maybeText(module) {
		m.fail(in.off, "STACK_GLOBAL needs two texts, not %s and %s", module, name)
	}
	n, ok1 := wholeText(name)
	s, ok2 := wholeText(module)
	g := m.global(in, s, n, !ok1 || !ok2)
	if g.Computed {
		g.Args = []*core.Expr{module, name}
	}
	return g
}

// maybeText says that e is a text, or the result of something that could make one.
func maybeText(e *core.Expr) bool {
	switch e.Kind {
	case core.ExprLiteral:
		_, ok := e.Value.(string)
		return ok
	case core.ExprCall:
		return !isWrapper(e.Fn)
	}
	return e.Kind == core.ExprUnknown || e.Kind == core.ExprPersistent
}

// wholeText is the text that e is, or else a print of e.
func wholeText(e *core.Expr) (string, bool) {
	if s, ok := e.Value.(string); ok && e.Kind == core.ExprLiteral && e.Length <= int64(len(s)) {
		return s, true
	}
	return e.String(), false
}

// extension imports what a code stands for in Python's extension registry.
func (m *machine) extension(in *inst) *core.Expr {
	code := int64(in.num)
	if in.op == opExt4 {
		code = int64(int32(in.num))
	}
	if code <= 0 {
		m.fail(in.off, "%s has the code %d", in.name(), code)
	}
	if e, ok := m.facts.extensions[code]; ok {
		return m.global(in, e.Module, e.Name, e.Computed)
	}
	return m.global(in, "copyreg", fmt.Sprintf("_inverted_registry[%d]", code), true)
}

// register follows copyreg.add_extension(module, name, code).
func (m *machine) register(target *core.Expr, args []*core.Expr) {
	if target.Kind != core.ExprGlobal || target.Name != "add_extension" || len(args) != 3 ||
		target.Module != "copyreg" && target.Module != "copy_reg" {
		return
	}
	code, ok := args[2].Value.(int64)
	if !ok || len(m.facts.extensions) >= m.facts.limit {
		return
	}
	module, ok1 := wholeText(args[0])
	name, ok2 := wholeText(args[1])
	m.facts.extensions[code] = &core.Expr{Module: module, Name: name, Computed: !ok1 || !ok2}
}

// arguments are the items of an argument tuple. Python's own unpickler accepts
// any iterable. Anything else stays as it is, as the only argument.
func arguments(e *core.Expr) []*core.Expr {
	switch e.Kind {
	case core.ExprTuple, core.ExprList, core.ExprSet:
		return e.Args
	}
	return []*core.Expr{e}
}

// memoGap is how far an index may lie beyond the dense part to extend it:
// Python 2 counts from 1.
const memoGap = 16

// A memo maps the indices of PUT to values. Ordinary indices are dense; a
// hostile one is any number up to 1<<32 and costs one map entry.
type memo struct {
	dense  []*core.Expr
	sparse map[int64]*core.Expr
	count  int
}

func (m *memo) put(i int64, e *core.Expr) {
	if m.get(i) == nil {
		m.count++
	}
	switch n := int64(len(m.dense)); {
	case i < n:
		m.dense[i] = e
	case i < n+memoGap:
		m.dense = append(m.dense, make([]*core.Expr, i-n+1)...)
		m.dense[i] = e
	default:
		if m.sparse == nil {
			m.sparse = map[int64]*core.Expr{}
		}
		m.sparse[i] = e
	}
}

func (m *memo) get(i int64) *core.Expr {
	if i >= 0 && i < int64(len(m.dense)) {
		if e := m.dense[i]; e != nil {
			return e
		}
	}
	return m.sparse[i]
}

func (m *machine) put(in *inst, i int64) {
	if i < 0 {
		m.fail(in.off, "%s has the index %d", in.name(), i)
		return
	}
	if len(m.stack)+m.memo.count >= m.limit {
		m.full = true
		return
	}
	m.index(in.off, i, m.memo.count)
	m.memo.put(i, m.top(in))
}

func (m *machine) get(in *inst, i int64) {
	e := m.memo.get(i)
	if e == nil {
		m.fail(in.off, "%s asks for memo entry %d, which is not set", in.name(), i)
		e = m.unknown
	}
	m.push(e)
}
