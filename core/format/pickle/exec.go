package pickle

import (
	"bytes"
	"math"
	"math/bits"
	"unicode/utf8"

	"taster/core"
)

// step runs one instruction. STOP is the caller's.
func (m *machine) step(in *inst) {
	switch in.op {
	case opProto:
		if m.protocol = int(in.num); m.protocol > highestProtocol {
			m.fail(in.off, "protocol %d is not known", m.protocol)
		}
	case opFrame:
	case opReadonlyBuffer:
		m.top(in)
	case opPop:
		m.popOne(in)
	case opPopMark:
		m.popMark(in)
	case opMark:
		m.pushMark()
	case opDup:
		m.dup(in.off)
		m.push(m.top(in))
	case opPut, opBinput, opLongBinput, opMemoize, opGet, opBinget, opLongBinget:
		m.memory(in)
	case opGlobal, opInst, opStackGlobal, opExt1, opExt2, opExt4:
		m.push(m.imported(in))
	case opReduce, opObj, opNewobj, opNewobjEx, opBuild, opPersid, opBinpersid:
		m.invoke(in)
	case opAppend, opAppends, opSetitem, opSetitems, opAdditems:
		m.fill(in)
	case opEmptyTuple, opTuple, opTuple1, opTuple2, opTuple3, opEmptyList, opList, opEmptyDict, opDict, opEmptySet, opFrozenset:
		m.push(m.collect(in))
	default:
		m.push(m.constant(in))
	}
}

// popOne removes a value, or the MARK when that is on top.
func (m *machine) popOne(in *inst) {
	if n := len(m.marks); n > 0 && m.marks[n-1] == len(m.stack) {
		m.marks = m.marks[:n-1]
		return
	}
	m.pop(in)
}

func (m *machine) memory(in *inst) {
	i := int64(in.num)
	if in.op == opPut || in.op == opGet {
		v, ok := parseIndex(in.text)
		if !ok {
			m.fail(in.off, "%s has the index %.40q", in.name(), in.text)
			v = -1
		}
		i = v
	}
	switch in.op {
	case opGet, opBinget, opLongBinget:
		m.get(in, i)
	case opMemoize:
		m.put(in, int64(m.memo.count))
	default:
		m.put(in, i)
	}
}

func (m *machine) imported(in *inst) *core.Expr {
	switch in.op {
	case opStackGlobal:
		return m.stackGlobal(in)
	case opExt1, opExt2, opExt4:
		return m.extension(in)
	}
	module, name := string(in.text), string(in.second)
	if module == "" || name == "" || !utf8.ValidString(module) || !utf8.ValidString(name) {
		m.fail(in.off, "%s names %.40q and %.40q", in.name(), module, name)
	}
	computed := !in.whole() || in.num > uint64(len(in.second)) // too long to be kept
	g := m.global(in, module, name, computed)
	if in.op == opGlobal {
		return g
	}
	return m.call(in, g, m.container(core.ExprTuple, m.popMark(in), in.off).Args)
}

// invoke runs the instructions that call or change what they are given.
func (m *machine) invoke(in *inst) {
	switch in.op {
	case opReduce:
		args := arguments(m.pop(in))
		fn := m.pop(in)
		if isContainer(fn) || fn.Kind == core.ExprLiteral {
			m.fail(in.off, "REDUCE calls %s, which is no function", fn)
		}
		m.register(fn, args)
		m.facts.view(fn, args, in.off)
		m.push(m.call(in, fn, args))
	case opNewobj:
		args := arguments(m.pop(in))
		m.push(m.call(in, m.pop(in), args))
	case opNewobjEx:
		named, args := m.pop(in), arguments(m.pop(in))
		m.push(m.call(in, m.pop(in), append(args[:len(args):len(args)], named)))
	case opObj:
		items := m.container(core.ExprTuple, m.popMark(in), in.off).Args
		if len(items) == 0 {
			m.fail(in.off, "OBJ has no class")
			items = []*core.Expr{m.unknown}
		}
		m.push(m.call(in, items[0], items[1:]))
	case opBuild:
		state := m.pop(in)
		m.build(in, m.top(in), state)
	case opPersid:
		if bytes.ContainsFunc(in.text, func(r rune) bool { return r >= utf8.RuneSelf }) {
			m.fail(in.off, "PERSID %.40q is not ASCII", in.text)
		}
		m.push(m.persistent(in, m.literal(string(in.text), in.off)))
	case opBinpersid:
		m.push(m.persistent(in, m.pop(in)))
	}
}

func (m *machine) build(in *inst, target, state *core.Expr) {
	m.effect(in, target, []*core.Expr{state})
	m.facts.dtypeState(target, state)
	m.array = m.facts.joblibArray(target, state)
}

func (m *machine) persistent(in *inst, id *core.Expr) *core.Expr {
	e := &core.Expr{Kind: core.ExprPersistent, Args: []*core.Expr{id}, Offset: in.off}
	m.effect(in, e, nil)
	m.facts.persistent(id)
	return e
}

// fill adds items to a container. On anything but a container that the stream
// made itself this calls a method of the object, which is an effect.
func (m *machine) fill(in *inst) {
	var items []*core.Expr
	switch in.op {
	case opAppend:
		items = []*core.Expr{m.pop(in)}
	case opSetitem:
		value, key := m.pop(in), m.pop(in)
		items = []*core.Expr{key, value}
	default:
		items = m.popMark(in)
	}
	step := 1
	if in.op == opSetitem || in.op == opSetitems {
		if step = 2; len(items)%2 != 0 {
			m.fail(in.off, "%s has a key without a value", in.name())
		}
	}
	to := m.top(in)
	if isContainer(to) && to.Kind != core.ExprTuple && !takesItems(to.Kind, in.op) {
		m.fail(in.off, "%s works on another kind of container", in.name())
	}
	switch to.Kind {
	case core.ExprList, core.ExprDict, core.ExprSet:
		to.Args = m.keep(to.Args, items, step)
		m.made(to, items, in.off)
	case core.ExprTuple, core.ExprLiteral:
		m.fail(in.off, "%s works on %s", in.name(), to)
	default:
		m.effect(in, to, m.keep(nil, items, step))
	}
}

// takesItems says whether Python carries out op on a container of this kind.
func takesItems(kind core.ExprKind, op byte) bool {
	switch op {
	case opAppend, opAppends:
		return kind == core.ExprList
	case opAdditems:
		return kind == core.ExprSet
	}
	return kind == core.ExprDict || kind == core.ExprList
}

func isContainer(e *core.Expr) bool {
	switch e.Kind {
	case core.ExprTuple, core.ExprList, core.ExprDict, core.ExprSet:
		return true
	}
	return false
}

func (m *machine) collect(in *inst) *core.Expr {
	switch in.op {
	case opEmptyTuple:
		return m.container(core.ExprTuple, nil, in.off)
	case opTuple:
		return m.container(core.ExprTuple, m.popMark(in), in.off)
	case opTuple1, opTuple2, opTuple3:
		items := make([]*core.Expr, in.op-opTuple1+1)
		for i := range items {
			items[len(items)-1-i] = m.pop(in)
		}
		return m.small(items, in.off)
	case opEmptyList:
		return m.container(core.ExprList, nil, in.off)
	case opList:
		return m.container(core.ExprList, m.popMark(in), in.off)
	case opEmptyDict:
		return m.container(core.ExprDict, nil, in.off)
	case opEmptySet:
		return m.container(core.ExprSet, nil, in.off)
	case opFrozenset:
		return m.container(core.ExprSet, m.popMark(in), in.off)
	}
	items := m.popMark(in)
	if len(items)%2 != 0 {
		m.fail(in.off, "DICT has a key without a value")
	}
	return m.container(core.ExprDict, items, in.off)
}

// constant is the value of an instruction that only pushes one.
func (m *machine) constant(in *inst) *core.Expr {
	switch in.op {
	case opNone:
		return none
	case opNewtrue:
		return yes
	case opNewfalse:
		return no
	case opBinint1:
		return &byteValues[byte(in.num)]
	case opBinint2:
		return m.literal(int64(in.num), in.off)
	case opBinint:
		return m.literal(int64(int32(in.num)), in.off)
	case opBinfloat:
		return m.literal(math.Float64frombits(bits.ReverseBytes64(in.num)), in.off)
	case opInt, opLong, opFloat, opLong1, opLong4:
		return m.numeral(in)
	case opBinbytes, opShortBinbytes, opBinbytes8, opBytearray8:
		return m.data(in, m.bytesOf(in.text))
	case opNextBuffer: // bytes from outside the stream
		return m.expr(core.Expr{Offset: in.off})
	}
	return m.string(in)
}

func (m *machine) bytesOf(b []byte) []byte { return append([]byte(nil), b[:min(len(b), m.text)]...) }

func (m *machine) data(in *inst, value any) *core.Expr {
	e := m.literal(value, in.off)
	e.Length = in.length
	if isFile(e) && len(m.facts.files) < maxNotes {
		m.facts.files = append(m.facts.files, in.off)
	}
	return e
}

// numeral reads a number that is written out. One that is too long to be
// kept whole is unknown.
func (m *machine) numeral(in *inst) *core.Expr {
	if !in.whole() {
		return m.expr(core.Expr{Offset: in.off})
	}
	var v any
	var err error
	switch in.op {
	case opInt:
		v, err = parseInt(in.text)
	case opLong:
		v, err = parseLong(in.text)
	case opFloat:
		v, err = parseFloat(in.text)
	default:
		v = parseBinaryLong(in.text)
	}
	if err != nil {
		m.fail(in.off, "%s %.40q %v", in.name(), in.text, errNumber)
		return m.expr(core.Expr{Offset: in.off})
	}
	return m.literal(v, in.off)
}

func (m *machine) string(in *inst) *core.Expr {
	text := in.text[:min(len(in.text), m.text)]
	var value any
	var err error
	switch in.op {
	case opUnicode:
		value, err = rawUnicode(text)
	case opString, opBinstring, opShortBinstring:
		value, err = m.byteString(in, text)
	default:
		if in.whole() && !validUTF8(text) {
			m.fail(in.off, "%s is not UTF-8", in.name())
		}
		if len(text) <= sharedBytes && in.whole() {
			return m.shared(text, in.off)
		}
		value = string(text)
	}
	if err != nil && in.whole() {
		m.fail(in.off, "%s %.40q %v", in.name(), text, err)
	}
	e := m.literal(value, in.off)
	if len(text) < int(in.length) {
		e.Length = in.length
	}
	return e
}

// byteString reads a Python 2 str. It becomes a text when it is ASCII; what
// else it becomes depends on the encoding that the loader asks for.
func (m *machine) byteString(in *inst, text []byte) (any, error) {
	var err error
	if in.op == opString {
		text, err = unquote(text)
	}
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return m.bytesOf(text), err
		}
	}
	return string(text), err
}

// validUTF8 accepts lone surrogates too, as Python's "surrogatepass" does.
func validUTF8(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			if len(b) < 3 || b[0] != 0xed || b[1] < 0xa0 || b[1] > 0xbf || b[2] < 0x80 || b[2] > 0xbf {
				return false
			}
			n = 3
		}
		b = b[n:]
	}
	return true
}
