package hdf5

import (
	"fmt"
	"strconv"

	"taster/core"
)

// dataset is what the messages of a dataset say.
type dataset struct {
	dtype    datatype
	space    dataspace
	layout   *cursor
	external bool // its bytes are in other files
	objects  bool // PyTables pickles its elements
}

// datasetMessage reads a message of a dataset.
func (r *reader) datasetMessage(d *dataset, m message, path string) error {
	switch m.kind {
	case msgDatatype, msgDataspace, msgLayout, msgExternal:
	default:
		return nil
	}
	c, err := r.shared(m)
	if err != nil {
		return err
	}
	switch m.kind {
	case msgDatatype:
		d.dtype, err = readType(c)
	case msgDataspace:
		d.space, err = readSpace(c)
	case msgLayout:
		d.layout = c
	case msgExternal:
		d.external = true
		err = r.externalFiles(c, path)
	}
	return err
}

// dataset adds a dataset to the facts, with its place when it is in one piece
// (section IV.A.2.i).
func (r *reader) dataset(d *dataset, path string) error {
	r.datasets++
	if d.objects {
		if err := r.tally.Unread(&ruleObjects, d.layout.base, fmt.Sprintf("%.100q holds pickled objects", path), "PyTables marks it so."); err != nil {
			return err
		}
	}
	t := core.Tensor{Name: path, DType: d.dtype.name(), Shape: d.space.dims, BigEndian: d.dtype.bigEndian, Offset: d.layout.base}
	at, length, err := r.place(d, path)
	if err != nil {
		return err
	}
	if at >= 0 {
		t.Offset, t.Length = at, length
		if err := r.data(d, &t); err != nil {
			return err
		}
	}
	return r.o.AddTensor(t)
}

// data sets where the numbers of t are, when they are as many as its shape says.
func (r *reader) data(d *dataset, t *core.Tensor) error {
	want := bytesOf(d.space.elements(), d.dtype.size)
	if want != t.Length {
		return r.tally.Report(&ruleData, d.layout.base, fmt.Sprintf("Shape and bytes of %.100q disagree", t.Name),
			fmt.Sprintf("Shape %.100s of %d bytes each, but %d bytes in all.", fmt.Sprint(t.Shape), d.dtype.size, t.Length))
	}
	part, err := core.Section(r.in.src, r.in.src.Name(), t.Offset, t.Length)
	if err != nil {
		return r.tally.Unread(&ruleData, d.layout.base, fmt.Sprintf("%.100q reaches out of the file", t.Name),
			fmt.Sprintf("It should be %d bytes at byte %d of %d.", t.Length, t.Offset, r.in.src.Size()))
	}
	if d.dtype.dtype != "" {
		t.Data = part
	}
	return nil
}

// The classes of layout.
const (
	layoutCompact    = 0
	layoutContiguous = 1
	layoutChunked    = 2
	layoutVirtual    = 3
)

// place is the offset and length of a dataset's bytes; -1 when they are in
// pieces, elsewhere, or nowhere yet.
func (r *reader) place(d *dataset, path string) (at, length int64, err error) {
	c := d.layout
	version, class := c.u8(), 0
	switch {
	case version <= 2:
		return r.oldPlace(d, c)
	case version > 5:
		return -1, 0, core.AtOffset(c.base, fmt.Errorf("%w: HDF5 layout version %d", core.ErrUnsupported, version))
	}
	switch class = c.u8(); class {
	case layoutCompact:
		n := c.u16()
		at := c.offset()
		c.skip(n)
		return at, int64(n), c.err("layout")
	case layoutContiguous:
		addr, n := c.addr(), c.length()
		return r.contiguous(d, addr, n), n, c.err("layout")
	case layoutChunked:
		return -1, 0, nil
	case layoutVirtual:
		return -1, 0, r.virtual(c, path)
	}
	return -1, 0, core.AtOffset(c.base, fmt.Errorf("%w: HDF5 layout class %d", core.ErrUnsupported, class))
}

// contiguous is the place of the bytes at addr, if they are in this file.
func (r *reader) contiguous(d *dataset, addr, n int64) int64 {
	if addr == undefined || d.external || n == 0 {
		return -1
	}
	if addr < 0 || addr > r.in.src.Size() {
		return r.in.src.Size() + 1 // reported as outside
	}
	return r.in.base + addr
}

// oldPlace is place for layouts of version 1 and 2.
func (r *reader) oldPlace(d *dataset, c *cursor) (at, length int64, err error) {
	rank, class := c.u8(), c.u8()
	c.skip(5)
	addr := int64(undefined)
	if class != layoutCompact {
		addr = c.addr()
	}
	c.skip(4 * rank)
	switch class {
	case layoutCompact:
		n := c.u32()
		return c.offset(), n, c.err("layout")
	case layoutContiguous:
		n := bytesOf(d.space.elements(), d.dtype.size)
		return r.contiguous(d, addr, n), n, c.err("layout")
	}
	return -1, 0, c.err("layout")
}

// externalFiles notes the files that hold a dataset's bytes (section IV.A.2.h).
func (r *reader) externalFiles(c *cursor, path string) error {
	c.skip(4 + 2) // version, slots
	n := c.u16()
	names, err := r.localHeap(c.addr())
	if err != nil {
		return err
	}
	for range n {
		at := c.offset()
		nameAt, begin, length := c.length(), c.length(), c.length()
		if err := c.err("list of external files"); err != nil {
			return err
		}
		file, ok := name(names.b, nameAt)
		if !ok {
			return core.AtOffset(at, fmt.Errorf("%w: HDF5: an external file without a name", core.ErrMalformed))
		}
		if err := r.o.AddRef(core.Ref{Kind: core.RefStorage, Name: path, Path: file, Offset: at, Begin: begin, Length: length}); err != nil {
			return err
		}
	}
	return nil
}

// virtual notes the files that a virtual dataset is put together from
// (section III.E.2, "virtual dataset global heap block").
func (r *reader) virtual(c *cursor, path string) error {
	addr, index := c.addr(), c.u32()
	if err := c.err("layout"); err != nil {
		return err
	}
	h, err := r.globalHeap(addr)
	if err != nil {
		return err
	}
	object, ok := h.objects[index]
	if !ok {
		return core.AtOffset(c.base, fmt.Errorf("%w: HDF5: a virtual dataset without its list", core.ErrMalformed))
	}
	b, err := r.in.block(object.addr, object.length)
	if err != nil {
		return err
	}
	version := b.u8()
	count := b.length()
	if version > 0 {
		return core.AtOffset(b.base, fmt.Errorf("%w: HDF5: a virtual dataset of version %s", core.ErrUnsupported, strconv.Itoa(version)))
	}
	// Selections of variable length follow each pair of names, so only the first
	// pair can be told; the others are reported as unread.
	file, ok := name(b.b[b.at:], 0)
	if count == 0 || !ok {
		return b.err("virtual dataset")
	}
	if file != "." { // this file
		if err := r.o.AddRef(core.Ref{Kind: core.RefVirtual, Name: path, Path: file, Offset: b.offset(), Length: -1}); err != nil {
			return err
		}
	}
	if count > 1 {
		return core.AtOffset(b.base, fmt.Errorf("%w: HDF5: %d more sources of a virtual dataset", core.ErrUnsupported, count-1))
	}
	return nil
}
