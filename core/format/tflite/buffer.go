package tflite

import (
	"fmt"

	"taster/core"
)

const (
	pageSize = 16 << 10
	maxPages = 256      // kept in memory
	maxReads = 20 << 20 // of numbers: tables may be named many times
)

// buffer is a FlatBuffer: tables that refer to each other by offset, read
// through pages within a budget.
type buffer struct {
	src   core.Source
	left  int64 // bytes that may be read
	pages map[int64][]byte
	reads int
}

// number is the little-endian number of size bytes at offset at. One of 8
// bytes with its top bit set is negative, and no check of a range accepts it.
func (b *buffer) number(at, size int64) (int64, error) {
	if at < 0 || at > b.src.Size()-size {
		return 0, b.outside(at)
	}
	if b.reads++; b.reads > maxReads {
		return 0, core.AtOffset(at, fmt.Errorf("%w: TensorFlow Lite: more than %d numbers had to be read", core.ErrLimit, maxReads))
	}
	v := uint64(0)
	for i := range size {
		page, err := b.page((at + i) / pageSize)
		if err != nil {
			return 0, err
		}
		v |= uint64(page[(at+i)%pageSize]) << (8 * i)
	}
	return int64(v), nil
}

func (b *buffer) page(i int64) ([]byte, error) {
	if p, ok := b.pages[i]; ok {
		return p, nil
	}
	n := min(pageSize, b.src.Size()-i*pageSize)
	if b.left -= n; b.left < 0 {
		return nil, core.AtOffset(i*pageSize, fmt.Errorf("%w: TensorFlow Lite: too much had to be read", core.ErrLimit))
	}
	p, err := core.ReadPart(b.src, i*pageSize, n)
	if err != nil {
		return nil, err
	}
	if len(b.pages) == maxPages {
		clear(b.pages)
	}
	b.pages[i] = p
	return p, nil
}

func (b *buffer) outside(at int64) error {
	return core.AtOffset(b.clamp(at), fmt.Errorf("%w: TensorFlow Lite: an offset leads to byte %d of %d", core.ErrMalformed, at, b.src.Size()))
}

// clamp is at, or the end of the file when it is outside.
func (b *buffer) clamp(at int64) int64 {
	if at < 0 || at > b.src.Size() {
		return b.src.Size()
	}
	return at
}

// root is the table that the first offset leads to.
func (b *buffer) root() (table, error) {
	at, err := b.number(0, 4)
	if err != nil {
		return table{}, err
	}
	return b.table(at)
}

// table is one table and where its list of fields is.
type table struct {
	b      *buffer
	at     int64
	fields int64 // offset of the vtable
	size   int64 // of the vtable
}

func (b *buffer) table(at int64) (table, error) {
	back, err := b.number(at, 4)
	if err != nil {
		return table{}, err
	}
	t := table{b: b, at: at, fields: at - int64(int32(back))}
	t.size, err = b.number(t.fields, 2)
	return t, err
}

// field is the place of field i; 0 when the table does not have it.
func (t table) field(i int64) (int64, error) {
	if 4+2*i+2 > t.size {
		return 0, nil
	}
	off, err := t.b.number(t.fields+4+2*i, 2)
	if err != nil || off == 0 {
		return 0, err
	}
	return t.at + off, nil
}

// number is the number of size bytes in field i, or 0.
func (t table) number(i, size int64) (int64, error) {
	at, err := t.field(i)
	if err != nil || at == 0 {
		return 0, err
	}
	return t.b.number(at, size)
}

// vector is the place of the first element of the vector in field i, and the
// number of elements of size bytes, which are in the file.
func (t table) vector(i, size int64) (at, n int64, err error) {
	field, err := t.field(i)
	if err != nil || field == 0 {
		return 0, 0, err
	}
	off, err := t.b.number(field, 4)
	if err != nil {
		return 0, 0, err
	}
	if n, err = t.b.number(field+off, 4); err != nil {
		return 0, 0, err
	}
	at = field + off + 4
	if n > (t.b.src.Size()-at)/size {
		return 0, 0, core.AtOffset(field+off, fmt.Errorf("%w: TensorFlow Lite: a vector of %d elements in %d bytes", core.ErrMalformed, n, t.b.src.Size()-at))
	}
	return at, n, nil
}

// tables are the tables of the vector in field i, of which there may be most.
func (t table) tables(i int64, most int) ([]table, error) {
	at, n, err := t.vector(i, 4)
	if err != nil {
		return nil, err
	}
	if n > int64(most) {
		return nil, core.AtOffset(at, fmt.Errorf("%w: TensorFlow Lite: a vector of %d tables", core.ErrLimit, n))
	}
	var out []table
	for k := range n {
		off, err := t.b.number(at+4*k, 4)
		if err != nil {
			return nil, err
		}
		x, err := t.b.table(at + 4*k + off)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// numbers are the first most signed numbers of the vector in field i.
func (t table) numbers(i, size, most int64) ([]int64, error) {
	at, n, err := t.vector(i, size)
	if err != nil {
		return nil, err
	}
	var out []int64
	for k := range min(n, most) {
		v, err := t.b.number(at+size*k, size)
		if err != nil {
			return nil, err
		}
		shift := 64 - 8*size
		out = append(out, v<<shift>>shift)
	}
	return out, nil
}

// text is the first most bytes of the text in field i.
func (t table) text(i, most int64) (string, error) {
	at, n, err := t.vector(i, 1)
	if err != nil || n == 0 {
		return "", err
	}
	part, err := core.ReadPart(t.b.src, at, min(n, most))
	return valid(part), err
}
