package pickle

import (
	"fmt"
	"hash/maphash"

	"taster/core"
)

// Bounds on how many calls are kept of one callee.
const (
	callsPerCallee = 512 // that differ from each other
	digestNodes    = 256 // looked at to tell whether two calls differ
)

// facts gathers what the streams of one Source name and do. It outlives the
// streams, because the extension registry of Python does.
type facts struct {
	limit    int
	imports  []core.Import
	calls    []core.Call
	overflow int64 // offset of the first import or call beyond limit, or -1

	named      map[importKey]bool
	digests    map[uint64]bool
	perCallee  map[callee]int
	seed       maphash.Seed
	extensions map[int64]*core.Expr // globals by code, as copyreg.add_extension registered them
	views      []fault              // tensors that do not lie in their storage
	files      []int64              // offsets of bytes that begin like a pickle or a zip archive
	storages   map[string]storage   // by key, as persistent ids name them
	objects    map[*core.Expr]bool  // numpy dtypes that hold Python objects
	bigEndian  map[*core.Expr]bool  // numpy dtypes in big-endian order
}

type importKey struct {
	stream               int
	module, name, opcode string
}

type callee struct{ opcode, path string }

func newFacts(limit int) *facts {
	return &facts{
		limit: limit, overflow: -1, seed: maphash.MakeSeed(),
		named: map[importKey]bool{}, digests: map[uint64]bool{}, perCallee: map[callee]int{},
		extensions: map[int64]*core.Expr{}, storages: map[string]storage{},
		objects: map[*core.Expr]bool{}, bigEndian: map[*core.Expr]bool{},
	}
}

// addImport keeps the first of equal imports of a stream.
func (f *facts) addImport(i core.Import) {
	key := importKey{i.Stream, i.Module, i.Name, i.Opcode}
	if f.named[key] {
		return
	}
	if len(f.imports) >= f.limit {
		f.overflowAt(i.Offset)
		return
	}
	f.named[key] = true
	f.imports = append(f.imports, i)
}

// addCall keeps c unless an equal one is known. A checkpoint makes thousands of
// calls that differ in numbers only: those count as equal, because nothing is
// judged by them. When too many of one callee differ, a last one is kept whose
// arguments are unknown, so that what is dropped is not taken for harmless.
func (f *facts) addCall(c core.Call) {
	key := callee{c.Opcode, root(c.Target)}
	n := f.perCallee[key]
	if n > callsPerCallee {
		return
	}
	digest, exact := f.digest(c)
	if exact && f.digests[digest] {
		return
	}
	if len(f.calls) >= f.limit {
		f.overflowAt(c.Offset)
		return
	}
	if n == callsPerCallee {
		c.Args = []*core.Expr{{Offset: c.Offset}}
	}
	f.digests[digest] = true
	f.perCallee[key] = n + 1
	f.calls = append(f.calls, c)
}

func (f *facts) overflowAt(offset int64) {
	if f.overflow < 0 {
		f.overflow = offset
	}
}

// root names what an expression comes from: "os.system", "os.system()", "list".
func root(e *core.Expr) string {
	calls := ""
	for ; e != nil && e.Kind == core.ExprCall && len(calls) < 16; e = e.Fn {
		calls += "()"
	}
	if e == nil {
		return calls
	}
	if e.Kind == core.ExprGlobal {
		return e.Module + "\n" + e.Name + calls
	}
	return fmt.Sprint(e.Kind, calls)
}

// digest hashes what a judgement of c can depend on: the opcode, the shape of
// the expressions, globals and texts; no numbers, no bytes, no persistent ids.
// exact is false when c is too large to be hashed whole. The hash is seeded, so
// that a file cannot be made to collide.
func (f *facts) digest(c core.Call) (sum uint64, exact bool) {
	var d digester
	d.SetSeed(f.seed)
	d.text(c.Opcode)
	d.expr(c.Target)
	if len(c.Args) == 2 && isEncode(c.Target) { // how bytes are written below protocol 3
		d.embedded(c.Args[0])
		d.expr(c.Args[1])
	} else {
		d.exprs(c.Args)
	}
	return d.Sum64(), d.nodes <= digestNodes
}

type digester struct {
	maphash.Hash
	nodes int
}

func (d *digester) text(s string) {
	maphash.WriteComparable(&d.Hash, len(s))
	d.WriteString(s)
}

func (d *digester) exprs(list []*core.Expr) {
	maphash.WriteComparable(&d.Hash, len(list))
	for i := 0; i < len(list) && d.nodes <= digestNodes; i++ {
		d.expr(list[i])
	}
}

func (d *digester) expr(e *core.Expr) {
	if d.nodes++; d.nodes > digestNodes || e == nil {
		return
	}
	d.WriteByte(byte(e.Kind))
	switch e.Kind {
	case core.ExprLiteral:
		d.literal(e)
	case core.ExprGlobal:
		d.text(e.Module)
		d.text(e.Name)
	case core.ExprPersistent, core.ExprUnknown:
	default:
		if e.Fn != nil {
			d.expr(e.Fn)
		}
		d.exprs(e.Args)
	}
}

// literal hashes the type of a literal, and the value of a text.
func (d *digester) literal(e *core.Expr) {
	switch v := e.Value.(type) {
	case string:
		d.WriteByte('s')
		d.text(v)
	case nil:
		d.WriteByte('n')
	case []byte:
		d.embedded(e)
	default:
		d.WriteByte('i')
	}
}

// embedded hashes bytes: nothing but where they are, when they are a file.
func (d *digester) embedded(e *core.Expr) {
	d.WriteByte('b')
	if isFile(e) {
		maphash.WriteComparable(&d.Hash, e.Offset)
	}
}
