package hdf5

import (
	"fmt"

	"taster/core"
)

// object reads the object at addr, and everything below it that was not read
// before. Defects of one object do not keep others from being read.
func (r *reader) object(addr int64, path string, depth int) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.seen[addr] {
		return nil
	}
	if len(r.seen) >= r.o.Limits.Members {
		return core.AtOffset(r.in.clamp(addr), fmt.Errorf("%w: HDF5: more than %d objects", core.ErrLimit, r.o.Limits.Members))
	}
	if depth > maxDepth {
		return core.AtOffset(r.in.clamp(addr), fmt.Errorf("%w: HDF5: groups nested more than %d deep", core.ErrLimit, maxDepth))
	}
	r.seen[addr] = true
	h, err := r.header(addr)
	if err != nil {
		if err := r.skipped(path, r.in.clamp(addr), err); err != nil {
			return err
		}
	}
	if h == nil {
		return nil
	}
	return r.messages(h, path, depth)
}

// messages reads what the messages of one object say.
func (r *reader) messages(h *header, path string, depth int) error {
	var d dataset
	isGroup := false
	for _, m := range h.messages {
		var err error
		switch m.kind {
		case msgSymbolTable:
			isGroup = true
			err = r.symbolTable(m.body, path, depth)
		case msgLinkInfo:
			isGroup = true
			err = r.linkInfo(m.body, path, depth)
		case msgLink:
			err = r.link(m.body, path, depth)
		case msgAttribute, msgAttrInfo:
			err = r.attributes(m, path, &d)
		default:
			err = r.datasetMessage(&d, m, path)
		}
		if err != nil {
			if err := r.skipped(path, m.body.base, err); err != nil {
				return err
			}
		}
	}
	if isGroup {
		r.groups++
	}
	if d.layout == nil {
		return nil
	}
	return r.skipped(path, d.layout.base, r.dataset(&d, path))
}

// linkTo reads the object that a hard link leads to.
func (r *reader) linkTo(addr int64, path, name string, depth int) error {
	return r.object(addr, join(path, name), depth+1)
}

func join(path, name string) string {
	if path == "/" {
		return "/" + name
	}
	return path + "/" + name
}

// symbolTable reads a group of the old kind: a B-tree of symbol table nodes,
// and a heap with the names.
func (r *reader) symbolTable(c *cursor, path string, depth int) error {
	tree, heapAddr := c.addr(), c.addr()
	if err := c.err("symbol table"); err != nil {
		return err
	}
	names, err := r.localHeap(heapAddr)
	if err != nil {
		return err
	}
	t := symbols{names: names, path: path, depth: depth, seen: map[int64]bool{}}
	return r.tree(&t, tree, 0)
}

// localHeap reads the data of a local heap.
func (r *reader) localHeap(addr int64) (*cursor, error) {
	c, err := r.in.upTo(addr, 64)
	if err != nil {
		return nil, err
	}
	if err := c.signature("HEAP"); err != nil {
		return nil, err
	}
	c.skip(4)
	size := c.length()
	c.length() // the first free block
	data := c.addr()
	if err := c.err("local heap"); err != nil {
		return nil, err
	}
	return r.in.block(data, size)
}

// symbols is a group of the old kind being read.
type symbols struct {
	names *cursor
	path  string
	depth int
	seen  map[int64]bool // nodes
}

const maxLevels = 20 // of a tree

// tree reads a node of a B-tree of version 1 (section III.A.1) and those below.
func (r *reader) tree(t *symbols, addr int64, level int) error {
	if t.seen[addr] || level > maxLevels {
		return core.AtOffset(r.in.clamp(addr), fmt.Errorf("%w: HDF5: a tree that leads back or too deep", core.ErrMalformed))
	}
	t.seen[addr] = true
	c, err := r.in.upTo(addr, int64(8+2*r.in.offsets))
	if err != nil {
		return err
	}
	if err := c.signature("TREE"); err != nil {
		return err
	}
	kind, height, n := c.u8(), c.u8(), c.u16()
	if kind != 0 {
		return core.AtOffset(c.base, fmt.Errorf("%w: HDF5: a tree of kind %d in a group", core.ErrMalformed, kind))
	}
	c, err = r.in.block(addr+int64(8+2*r.in.offsets), int64(n*(r.in.lengths+r.in.offsets)))
	if err != nil {
		return err
	}
	for range n {
		c.length()
		child := c.addr()
		if height > 0 {
			err = r.tree(t, child, level+1)
		} else {
			err = r.symbolNode(t, child)
		}
		if err != nil {
			return err
		}
	}
	return c.err("tree")
}

// symbolNode reads a symbol table node: the entries of a group.
func (r *reader) symbolNode(t *symbols, addr int64) error {
	c, err := r.in.upTo(addr, 8)
	if err != nil {
		return err
	}
	if err := c.signature("SNOD"); err != nil {
		return err
	}
	c.skip(2)
	n := c.u16()
	size := 2*r.in.offsets + 24
	if c, err = r.in.block(addr+8, int64(n*size)); err != nil {
		return err
	}
	for range n {
		e := c.sub(size)
		nameAt, object, cached := e.addr(), e.addr(), e.u32()
		link, ok := name(t.names.b, nameAt)
		if !ok {
			return core.AtOffset(e.base, fmt.Errorf("%w: HDF5: a name outside its heap", core.ErrMalformed))
		}
		if cached == 2 { // a soft link: another name for an object of this file
			continue
		}
		if err := r.linkTo(object, t.path, link, t.depth); err != nil {
			return err
		}
	}
	return nil
}

// The types of link.
const (
	linkHard     = 0
	linkSoft     = 1
	linkExternal = 64
)

// link reads a link message (section IV.A.2.g).
func (r *reader) link(c *cursor, path string, depth int) error {
	c.skip(1) // version
	flags, kind := c.u8(), linkHard
	if flags&8 != 0 {
		kind = c.u8()
	}
	if flags&4 != 0 {
		c.skip(8)
	}
	if flags&0x10 != 0 {
		c.skip(1)
	}
	link := valid(c.bytes(int(c.plain(1 << (flags & 3)))))
	at := c.offset()
	switch kind {
	case linkHard:
		addr := c.addr()
		if err := c.err("link"); err != nil {
			return err
		}
		return r.linkTo(addr, path, link, depth)
	case linkSoft:
		return nil
	case linkExternal:
		return r.externalLink(c.sub(c.u16()), join(path, link), at)
	}
	return core.AtOffset(at, fmt.Errorf("%w: HDF5: a link of type %d, which the program defines", core.ErrUnsupported, kind))
}

// externalLink notes the file that a link leads to.
func (r *reader) externalLink(c *cursor, path string, at int64) error {
	c.skip(1) // version and flags
	file, ok := name(c.b, 1)
	if !ok {
		return core.AtOffset(at, fmt.Errorf("%w: HDF5: an external link without a file", core.ErrMalformed))
	}
	return r.o.AddRef(core.Ref{Kind: core.RefLink, Name: path, Path: file, Offset: at, Length: -1})
}
