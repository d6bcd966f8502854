package hdf5

import (
	"bytes"
	"fmt"
	"strings"

	"taster/core"
)

// attributes reads an attribute message, or the place where an object with
// many attributes keeps them.
func (r *reader) attributes(m message, path string, d *dataset) error {
	if m.kind == msgAttrInfo {
		return r.attributeInfo(m.body, path, d)
	}
	c, err := r.shared(m)
	if err != nil {
		return err
	}
	return r.attribute(c, path, d)
}

// attribute reads one attribute (section IV.A.2.m).
func (r *reader) attribute(c *cursor, path string, d *dataset) error {
	r.attrs++
	version, flags := c.u8(), c.u8()
	nameSize, typeSize, spaceSize := c.u16(), c.u16(), c.u16()
	switch version {
	case 1:
		flags, nameSize, typeSize, spaceSize = 0, pad(nameSize), pad(typeSize), pad(spaceSize)
	case 2:
	case 3:
		c.skip(1)
	default:
		return core.AtOffset(c.base, fmt.Errorf("%w: HDF5 attribute version %d", core.ErrUnsupported, version))
	}
	title := valid(bytes.TrimRight(c.bytes(nameSize), "\x00"))
	typed, spaced := c.sub(typeSize), c.sub(spaceSize)
	if err := c.err("attribute"); err != nil {
		return err
	}
	var err error
	if flags&1 != 0 {
		if typed, err = r.committed(typed, msgDatatype); err != nil {
			return err
		}
	}
	if flags&2 != 0 {
		if spaced, err = r.committed(spaced, msgDataspace); err != nil {
			return err
		}
	}
	t, err := readType(typed)
	if err != nil {
		return err
	}
	s, err := readSpace(spaced)
	if err != nil {
		return err
	}
	return r.value(c, title, path, t, s, d)
}

func pad(n int) int { return (n + 7) &^ 7 }

const maxStrings = 100_000 // of one attribute

// value reads the texts of an attribute.
func (r *reader) value(c *cursor, title, path string, t datatype, s dataspace, d *dataset) error {
	if t.class != classString && !(t.class == classVariable && (t.text || t.element.size == 1)) {
		return nil
	}
	n := s.elements()
	if n < 0 || n > maxStrings || t.class == classString && bytesOf(n, t.size) > int64(c.left()) || t.class == classVariable && n > int64(c.left()/8) {
		return core.AtOffset(c.base, fmt.Errorf("%w: HDF5: attribute %.80q has %d texts in %d bytes", core.ErrMalformed, title, n, c.left()))
	}
	for range n {
		at, text := c.offset(), []byte(nil)
		if t.class == classString {
			text = c.bytes(int(t.size))
		} else {
			var err error
			if text, at, err = r.variable(c, t.element.size); err != nil {
				return err
			}
		}
		if err := r.text(text, at, title, path, d); err != nil {
			return err
		}
	}
	return c.err("attribute")
}

// text judges what kind of text an attribute holds, and keeps what loaders
// interpret.
func (r *reader) text(b []byte, at int64, title, path string, d *dataset) error {
	if title == "PSEUDOATOM" && strings.TrimRight(string(b), "\x00") == "object" {
		d.objects = true
	}
	if looksPickled(b) {
		return r.o.Nested(r.ctx, fmt.Sprintf("attribute %q of %s", title, path), core.Bytes("attribute", b))
	}
	text := valid(b)
	text = strings.TrimRight(text, "\x00")
	switch isDescription := strings.HasPrefix(strings.TrimSpace(text), "{"); {
	case isDescription && (title == "model_config" || strings.Contains(text, "class_name") || strings.Contains(text, `\u`)):
		return r.keep(core.Text{Name: join(path, "@"+title), Kind: core.TextKeras, Value: text, Offset: at})
	case title == "model_config" && text != "":
		return core.AtOffset(at, fmt.Errorf("%w: HDF5: model_config is no JSON object", core.ErrMalformed))
	case path == "/" && !isDescription:
		r.fact(title, text)
	}
	return nil
}

// looksPickled says whether PyTables would unpickle an attribute: it does so
// with any that ends with a full stop.
func looksPickled(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	if b[0] == 0x80 && b[1] >= 2 && b[1] <= 5 {
		return true
	}
	return b[len(b)-1] == '.' && strings.IndexByte("(cdilINVSFKMJ]})", b[0]) >= 0 && (strings.IndexByte(string(b), '\n') >= 0 || len(b) < 8)
}

func (r *reader) keep(t core.Text) error {
	a := r.o.Artifact
	if len(a.Texts) >= maxTexts {
		return core.AtOffset(t.Offset, fmt.Errorf("%w: HDF5: more than %d texts", core.ErrLimit, maxTexts))
	}
	a.Texts = append(a.Texts, t)
	return nil
}

// variable reads a reference to a text of variable length: its length, and
// where it is in a global heap.
func (r *reader) variable(c *cursor, size int64) (text []byte, at int64, err error) {
	n, addr, index := c.u32(), c.addr(), c.u32()
	if err := c.err("attribute"); err != nil {
		return nil, 0, err
	}
	if n = bytesOf(n, max(size, 1)); n == 0 {
		return nil, c.base, nil
	}
	if n > maxText {
		return nil, 0, core.AtOffset(c.base, fmt.Errorf("%w: HDF5: a text of %d bytes", core.ErrLimit, n))
	}
	h, err := r.globalHeap(addr)
	if err != nil {
		return nil, 0, err
	}
	object, ok := h.objects[index]
	if !ok || n > object.length {
		return nil, 0, core.AtOffset(c.base, fmt.Errorf("%w: HDF5: no text %d of %d bytes in the heap at address %d", core.ErrMalformed, index, n, addr))
	}
	b, err := r.in.block(object.addr, n)
	if err != nil {
		return nil, 0, err
	}
	return b.b, b.base, nil
}

// heap is a global heap collection: where its objects are.
type heap struct{ objects map[int64]chunk }

// globalHeap reads the directory of a global heap collection (section III.E).
func (r *reader) globalHeap(addr int64) (*heap, error) {
	if h, ok := r.heaps[addr]; ok {
		return h, nil
	}
	c, err := r.in.upTo(addr, 8+int64(r.in.lengths))
	if err != nil {
		return nil, err
	}
	if err := c.signature("GCOL"); err != nil {
		return nil, err
	}
	c.skip(4)
	size := c.length()
	h := &heap{objects: map[int64]chunk{}}
	prefix := int64(8 + r.in.lengths)
	for at := prefix; at <= size-prefix; {
		e, err := r.in.block(addr+at, prefix)
		if err != nil {
			return nil, err
		}
		index, _, _, n := int64(e.u16()), e.u16(), e.u32(), e.length()
		if index == 0 { // the free space at the end
			break
		}
		if n < 0 || n > size-at-prefix || len(h.objects) > r.o.Limits.Members {
			return nil, core.AtOffset(e.base, fmt.Errorf("%w: HDF5: an object of %d bytes in a heap of %d", core.ErrMalformed, n, size))
		}
		h.objects[index] = chunk{addr + at + prefix, n}
		at += prefix + (n+7)&^7
	}
	r.heaps[addr] = h
	return h, nil
}
