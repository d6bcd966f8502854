package hdf5

import (
	"fmt"
	"math/bits"

	"taster/core"
)

// linkInfo reads where a group with many links keeps them (section IV.A.2.c).
func (r *reader) linkInfo(c *cursor, path string, depth int) error {
	c.skip(1)
	if c.u8()&1 != 0 {
		c.skip(8)
	}
	heapAddr, tree := c.addr(), c.addr()
	if err := c.err("link info"); err != nil {
		return err
	}
	return r.dense(heapAddr, tree, func(record, object *cursor) error { return r.link(object, path, depth) })
}

// attributeInfo reads where an object with many attributes keeps them (section
// IV.A.2.v).
func (r *reader) attributeInfo(c *cursor, path string, d *dataset) error {
	c.skip(1)
	if c.u8()&1 != 0 {
		c.skip(2)
	}
	heapAddr, tree := c.addr(), c.addr()
	if err := c.err("attribute info"); err != nil {
		return err
	}
	return r.dense(heapAddr, tree, func(record, object *cursor) error {
		if record.u8()&flagShared != 0 {
			return core.AtOffset(object.base, fmt.Errorf("%w: HDF5: a shared attribute", core.ErrUnsupported))
		}
		return r.attribute(object, path, d)
	})
}

// dense calls visit for every object of a fractal heap that a B-tree of version
// 2 lists. record is what follows the heap's id in the record of the tree.
func (r *reader) dense(heapAddr, tree int64, visit func(record, object *cursor) error) error {
	if heapAddr == undefined {
		return nil // the messages are in the header itself
	}
	f, err := r.fractalHeap(heapAddr)
	if err != nil {
		return err
	}
	t, err := r.tree2(tree)
	if err != nil {
		return err
	}
	if t.kind != treeLinks && t.kind != treeAttributes {
		return core.AtOffset(r.in.clamp(tree), fmt.Errorf("%w: HDF5: a tree of type %d", core.ErrUnsupported, t.kind))
	}
	return t.walk(func(record *cursor) error {
		if t.kind == treeLinks { // a hash of the name comes first
			record.skip(4)
		}
		object, err := f.object(record)
		if err != nil {
			return err
		}
		return visit(record, object)
	})
}

// The types of tree that are read.
const (
	treeHuge       = 1 // large objects of a heap
	treeLinks      = 5 // links by name
	treeAttributes = 8 // attributes by name
)

// tree2 is a B-tree of version 2 (section III.A.2).
type tree2 struct {
	r          *reader
	kind       int
	nodeSize   int64
	recordSize int64
	depth      int
	root       int64
	count      int64
	visited    int
	countSize  int   // bytes of the number of records of a child
	totals     []int // bytes of the number of records below a child, by depth
}

func (r *reader) tree2(addr int64) (*tree2, error) {
	c, err := r.in.upTo(addr, 64)
	if err != nil {
		return nil, err
	}
	if err := c.signature("BTHD"); err != nil {
		return nil, err
	}
	c.skip(1)
	t := &tree2{r: r, kind: c.u8(), nodeSize: c.u32(), recordSize: int64(c.u16()), depth: c.u16()}
	c.skip(2)
	t.root, t.count = c.addr(), int64(c.u16())
	if t.recordSize < 8 || t.nodeSize < 64 || t.depth > maxLevels {
		return nil, core.AtOffset(c.base, fmt.Errorf("%w: HDF5: a tree of type %d, depth %d, records of %d bytes", core.ErrUnsupported, t.kind, t.depth, t.recordSize))
	}
	t.widths()
	return t, c.err("tree")
}

// widths computes how wide the counts in inner nodes are: as wide as the most
// records a node can have asks for.
func (t *tree2) widths() {
	const overhead = 10
	most := (t.nodeSize - overhead) / t.recordSize
	t.countSize = width(most)
	total := most
	t.totals = []int{0}
	for range t.depth {
		pointer := int64(t.r.in.offsets + t.countSize + t.totals[len(t.totals)-1])
		most = (t.nodeSize - overhead - pointer) / (t.recordSize + pointer)
		total = min((most+1)*total+most, 1<<40)
		t.totals = append(t.totals, width(total))
	}
}

// width is the number of bytes that a number up to n takes.
func width(n int64) int { return max((bits.Len64(uint64(n))+7)/8, 1) }

// walk calls visit for each record.
func (t *tree2) walk(visit func(*cursor) error) error { return t.node(t.root, t.count, t.depth, visit) }

// node calls visit for each record of the node at addr and of those below.
func (t *tree2) node(addr, count int64, depth int, visit func(*cursor) error) error {
	if t.visited++; t.visited > t.r.o.Limits.Members {
		return core.AtOffset(t.r.in.clamp(addr), fmt.Errorf("%w: HDF5: a tree of more than %d nodes", core.ErrLimit, t.r.o.Limits.Members))
	}
	if count == 0 && depth == 0 {
		return nil
	}
	c, err := t.r.in.block(addr, t.nodeSize)
	if err != nil {
		return err
	}
	want := "BTLF"
	if depth > 0 {
		want = "BTIN"
	}
	if err := c.signature(want); err != nil {
		return err
	}
	c.skip(2)
	for range count {
		record := c.sub(int(t.recordSize))
		if err := c.err("tree"); err != nil {
			return err
		}
		if err := visit(record); err != nil {
			return err
		}
	}
	if depth == 0 {
		return nil
	}
	for range count + 1 {
		child, n := c.addr(), c.plain(t.countSize)
		if depth > 1 {
			c.skip(t.totals[depth-1])
		}
		if err := c.err("tree"); err != nil {
			return err
		}
		if err := t.node(child, n, depth-1, visit); err != nil {
			return err
		}
	}
	return nil
}

// fractal is a fractal heap (section III.G): a table of blocks that double in
// size from row to row.
type fractal struct {
	r        *reader
	idSize   int
	width    int64 // blocks in a row
	start    int64 // bytes of a block in the first two rows
	largest  int64 // bytes of the largest direct block
	offset   int   // bytes of an offset in the heap
	length   int   // bytes of a length in the heap
	root     int64
	rows     int64 // of the root, when it is an indirect block
	prefixed int   // bytes before the entries of an indirect block
	hugeTree int64 // of the objects that are too large for a block
	huge     map[int64]chunk
}

func (r *reader) fractalHeap(addr int64) (*fractal, error) {
	c, err := r.in.upTo(addr, 256)
	if err != nil {
		return nil, err
	}
	if err := c.signature("FRHP"); err != nil {
		return nil, err
	}
	c.skip(1)
	f := &fractal{r: r, idSize: c.u16()}
	filters := c.u16()
	c.skip(1)
	managed := c.u32()
	c.skip(r.in.lengths) // next number of a huge object
	f.hugeTree = c.addr()
	c.skip(r.in.offsets + 9*r.in.lengths) // free space, totals
	f.width, f.start, f.largest = int64(c.u16()), c.length(), c.length()
	heapBits := c.u16()
	c.skip(2)
	f.root, f.rows = c.addr(), int64(c.u16())
	f.offset = (heapBits + 7) / 8
	f.length = min((bits.Len64(uint64(f.largest))+6)/8, width(managed))
	f.prefixed = 5 + r.in.offsets + f.offset
	if err := c.err("fractal heap"); err != nil {
		return nil, err
	}
	if filters > 0 || f.width <= 0 || f.width > 1<<16 || !isPower(f.start) || !isPower(f.largest) || f.largest > 1<<40 || f.start > f.largest || f.offset > 8 {
		return nil, core.AtOffset(c.base, fmt.Errorf("%w: HDF5: a fractal heap of this kind", core.ErrUnsupported))
	}
	return f, nil
}

func isPower(n int64) bool { return n > 0 && n&(n-1) == 0 }

// object finds the object whose id comes next in record.
func (f *fractal) object(record *cursor) (*cursor, error) {
	id := record.sub(f.idSize)
	switch kind := id.u8() >> 4 & 3; kind {
	case 0:
	case 1:
		return f.hugeObject(id)
	default:
		return nil, core.AtOffset(id.base, fmt.Errorf("%w: HDF5: an object of a heap of kind %d", core.ErrUnsupported, kind))
	}
	at, n := id.plain(f.offset), id.plain(f.length)
	switch err := id.err("heap id"); {
	case err != nil:
		return nil, err
	case at < 0:
		return nil, core.AtOffset(id.base, fmt.Errorf("%w: HDF5: an object at a negative place", core.ErrMalformed))
	case f.rows == 0:
		return f.r.in.block(f.root+at, n)
	}
	return f.find(f.root, at, n, 0)
}

// hugeObject finds an object that is too large for a block: its place is in the
// id, when there is room for it, and else in a tree.
func (f *fractal) hugeObject(id *cursor) (*cursor, error) {
	if f.idSize > f.r.in.offsets+f.r.in.lengths {
		addr, n := id.addr(), id.length()
		return f.r.in.block(addr, n)
	}
	if f.huge == nil {
		if err := f.hugeObjects(); err != nil {
			return nil, err
		}
	}
	number := id.plain(min(id.left(), f.r.in.lengths))
	object, ok := f.huge[number]
	if !ok {
		return nil, core.AtOffset(id.base, fmt.Errorf("%w: HDF5: no large object %d", core.ErrMalformed, number))
	}
	return f.r.in.block(object.addr, object.length)
}

func (f *fractal) hugeObjects() error {
	t, err := f.r.tree2(f.hugeTree)
	if err != nil {
		return err
	}
	if t.kind != treeHuge {
		return core.AtOffset(f.r.in.clamp(f.hugeTree), fmt.Errorf("%w: HDF5: large objects in a tree of type %d", core.ErrUnsupported, t.kind))
	}
	f.huge = map[int64]chunk{}
	return t.walk(func(record *cursor) error {
		object := chunk{record.addr(), record.length()}
		f.huge[record.plain(f.r.in.lengths)] = object
		return record.err("record of a large object")
	})
}

// find looks for n bytes at offset at of the indirect block at addr.
func (f *fractal) find(addr, at, n int64, depth int) (*cursor, error) {
	row, first, size := f.row(at)
	if depth > maxLevels || row > 64 {
		return nil, core.AtOffset(f.r.in.clamp(addr), fmt.Errorf("%w: HDF5: a heap that is nested too deep", core.ErrMalformed))
	}
	column := (at - first) / size
	c, err := f.r.in.block(addr, 4)
	if err != nil {
		return nil, err
	}
	if err := c.signature("FHIB"); err != nil {
		return nil, err
	}
	c, err = f.r.in.block(addr+int64(f.prefixed)+(row*f.width+column)*int64(f.r.in.offsets), int64(f.r.in.offsets))
	if err != nil {
		return nil, err
	}
	child, inner := c.addr(), at-first-column*size
	if size > f.largest {
		return f.find(child, inner, n, depth+1)
	}
	if inner+n > size {
		return nil, core.AtOffset(c.base, fmt.Errorf("%w: HDF5: an object larger than its block", core.ErrMalformed))
	}
	return f.r.in.block(child+inner, n)
}

// row is the row of the table that offset at is in: its number, the offset of
// its first byte, and the size of its blocks.
func (f *fractal) row(at int64) (row, first, size int64) {
	if span := f.start * f.width; at >= span {
		row = int64(bits.Len64(uint64(at / span)))
		first, size = span<<(row-1), f.start<<(row-1)
		return row, first, size
	}
	return 0, 0, f.start
}
