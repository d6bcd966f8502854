package parquet

import (
	"fmt"
	"strings"

	"taster/core"
	"taster/core/columnar"
)

const maxNesting = 8 // lists and structures in each other

// node is a place in the tree of columns. A list takes two elements of the
// schema, or three, and becomes one node.
type node struct {
	typ    *columnar.Type
	def    int // definition level from which a value is there
	slot   int // definition level from which the entry of the list around it is there
	rep    int // lists around it
	first  int // its first leaf
	leaves int
	kids   []*node
	// of a leaf
	physical int
	length   int
}

// leaf is a column as the file holds it.
type leaf struct {
	*node
	path string
}

// tree is the schema: columns of the file, and their leaves in order.
type tree struct {
	columns []*node
	leaves  []leaf
}

// builder reads the elements, depth first.
type builder struct {
	elements []element
	pos      int
	tree     tree
}

func (f *footer) tree() (*tree, error) {
	b := &builder{elements: f.elements}
	if len(f.elements) == 0 || f.elements[0].typ >= 0 {
		return nil, f.defect("the schema has no root")
	}
	root := f.elements[0]
	b.pos = 1
	for range root.children {
		n, err := b.node(nil, "", 0)
		if err != nil {
			return nil, core.AtOffset(f.at, err)
		}
		b.tree.columns = append(b.tree.columns, n)
	}
	if b.pos != len(f.elements) {
		return nil, f.defect("%d elements of the schema belong to no column", len(f.elements)-b.pos)
	}
	return &b.tree, nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: parquet: %s", core.ErrMalformed, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: parquet: %s", core.ErrUnsupported, fmt.Sprintf(format, args...))
}

// levels are those of the place around a node.
type levels struct{ def, slot, rep, depth int }

func (b *builder) node(around *levels, path string, depth int) (*node, error) {
	if around == nil {
		around = &levels{}
	}
	if b.pos >= len(b.elements) {
		return nil, malformed("the schema ends early")
	}
	e := b.elements[b.pos]
	if depth > 3*maxNesting || around.depth > maxNesting {
		return nil, unsupported("columns that nest deeper than %d", maxNesting)
	}
	if path != "" {
		path += "."
	}
	path += e.name
	switch {
	case e.repetition == 2: // a list without a group around it
		return b.repeated(e, *around, path, depth, false)
	case e.typ < 0 && e.isList():
		return b.list(e, *around, path, depth)
	}
	return b.plain(e, *around, path, depth)
}

// plain is a leaf or a structure.
func (b *builder) plain(e element, l levels, path string, depth int) (*node, error) {
	b.pos++
	if e.repetition == 1 {
		l.def++
	}
	n := &node{def: l.def, slot: l.slot, rep: l.rep, first: len(b.tree.leaves), physical: e.typ, length: int(e.length)}
	if e.typ >= 0 {
		if e.children != 0 {
			return nil, malformed("column %.200q has a type and parts", path)
		}
		n.typ = e.leafType()
		n.leaves = 1
		b.tree.leaves = append(b.tree.leaves, leaf{n, path})
		return n, nil
	}
	n.typ = &columnar.Type{Name: e.name, Kind: columnar.Struct}
	l.depth++
	if e.children <= 0 {
		return nil, malformed("the group %.200q is empty", path)
	}
	for range e.children {
		kid, err := b.node(&l, path, depth+1)
		if err != nil {
			return nil, err
		}
		n.kids, n.typ.Fields = append(n.kids, kid), append(n.typ.Fields, kid.typ)
	}
	n.leaves = len(b.tree.leaves) - n.first
	return n, nil
}

// isList says whether the group is a list or a map as the specification
// writes them: with one repeated element in it.
func (e element) isList() bool {
	const convertedMap, convertedMapKeyValue, convertedList = 1, 2, 3
	const logicalMap, logicalList = 2, 3
	switch {
	case e.children != 1:
		return false
	case e.logical.id == logicalList, e.logical.id == logicalMap:
		return true
	}
	return e.converted == convertedList || e.converted == convertedMap || e.converted == convertedMapKeyValue
}

// list is a group that holds a repeated element, which holds the entries: or
// is the entry, by the rules for older files.
func (b *builder) list(e element, l levels, path string, depth int) (*node, error) {
	if b.pos+1 >= len(b.elements) {
		return nil, malformed("the schema ends early")
	}
	inner := b.elements[b.pos+1]
	if inner.repetition != 2 {
		return b.plain(e, l, path, depth)
	}
	b.pos++
	if e.repetition == 1 {
		l.def++
	}
	n, err := b.repeated(inner, l, path, depth+1, inner.wraps(e.name))
	if err != nil {
		return nil, err
	}
	n.typ.Name = e.name
	return n, nil
}

// repeated is a list whose entries are the element, or what it wraps.
func (b *builder) repeated(e element, l levels, path string, depth int, wraps bool) (*node, error) {
	n := &node{def: l.def, slot: l.slot, rep: l.rep, first: len(b.tree.leaves)}
	l = levels{def: l.def + 1, slot: l.def + 1, rep: l.rep + 1, depth: l.depth + 1}
	e.repetition = 0
	var kid *node
	var err error
	if wraps {
		b.pos++
		kid, err = b.node(&l, path, depth+1)
	} else {
		kid, err = b.plain(e, l, path, depth)
	}
	if err != nil {
		return nil, err
	}
	n.kids = []*node{kid}
	n.typ = &columnar.Type{Name: e.name, Kind: columnar.List, Fields: []*columnar.Type{kid.typ}}
	n.leaves = len(b.tree.leaves) - n.first
	return n, nil
}

// wraps says whether a repeated group only stands around the entry: one part,
// and neither of the names that older writers gave to an entry.
func (e element) wraps(parent string) bool {
	return e.typ < 0 && e.children == 1 && e.name != "array" && e.name != parent+"_tuple"
}

// clip shortens a name for a message.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 200)], "\ufffd") }
