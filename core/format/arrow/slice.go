package arrow

import (
	"encoding/binary"
	"fmt"
	"math"

	"taster/core"
	"taster/core/columnar"
	"taster/core/tensor"
)

const maxEntries = 16 << 20 // values of a list that are read together

// slice reads values [from, to) of a part.
func (r *reader) slice(p *part, from, to int64) (*columnar.Vector, error) {
	n := to - from
	switch {
	case p.why != "":
		return nil, fmt.Errorf("%w: arrow: %s", core.ErrUnsupported, p.why)
	case from < 0 || n < 0 || to > p.length:
		return nil, fmt.Errorf("%w: arrow: values up to %d of %d", core.ErrMalformed, to, p.length)
	case n > maxEntries:
		return nil, fmt.Errorf("%w: arrow: %d values in a few rows", core.ErrLimit, n)
	}
	if err := r.spend(n); err != nil {
		return nil, err
	}
	v := &columnar.Vector{Type: p.typ, Len: int(n)}
	if p.kind != typeNull && len(p.buffers) > 0 {
		var err error
		if v.Valid, err = r.valid(p, from, to); err != nil {
			return nil, err
		}
	}
	if p.dictionary {
		return v, r.indexed(v, p, from, to)
	}
	return v, r.values(v, p, from, to)
}

func (r *reader) values(v *columnar.Vector, p *part, from, to int64) error {
	switch p.kind {
	case typeNull:
		return nil
	case typeBool:
		b, err := r.batch.bytes(p.buffers[1], from/8, (to+7)/8-from/8)
		if err != nil {
			return err
		}
		v.Ints = make([]int64, v.Len)
		for i := range v.Ints {
			at := from%8 + int64(i)
			v.Ints[i] = int64(b[at/8] >> (at % 8) & 1)
		}
		return nil
	case typeUTF8, typeBinary, typeLargeUTF8, typeLargeBinary:
		return r.texts(v, p, from, to)
	case typeUTF8View, typeBinaryView:
		return r.views(v, p, from, to)
	case typeList, typeLargeList, typeMap, typeFixedSizeList:
		return r.lists(v, p, from, to)
	case typeStruct:
		for _, k := range p.kids {
			kid, err := r.slice(k, from, to)
			if err != nil {
				return err
			}
			v.Kids = append(v.Kids, kid)
		}
		return nil
	}
	return r.fixed(v, p, from, to)
}

// fixed are values that all have the same number of bytes.
func (r *reader) fixed(v *columnar.Vector, p *part, from, to int64) error {
	width := int64(max(p.width, p.size))
	if p.length > math.MaxInt64/width {
		return fmt.Errorf("%w: arrow: %d values of %d bytes", core.ErrMalformed, p.length, width)
	}
	b, err := r.batch.bytes(p.buffers[1], from*width, (to-from)*width)
	if err != nil {
		return err
	}
	switch p.typ.Kind {
	case columnar.Float:
		v.Floats = floats(b, p.width)
	case columnar.Bytes:
		for ; len(b) > 0; b = b[width:] {
			v.Texts = append(v.Texts, b[:width:width])
		}
	default:
		v.Ints = ints(b, p.width, p.typ.Kind == columnar.Uint)
	}
	return nil
}

func floats(b []byte, width int) []float64 {
	out := make([]float64, len(b)/width)
	for i := range out {
		switch width {
		case 2:
			out[i] = float64(tensor.Half(binary.LittleEndian.Uint16(b[2*i:])))
		case 4:
			out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		default:
			out[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		}
	}
	return out
}

func ints(b []byte, width int, unsigned bool) []int64 {
	out := make([]int64, len(b)/width)
	for i := range out {
		var x uint64
		switch width {
		case 1:
			x = uint64(b[i])
		case 2:
			x = uint64(binary.LittleEndian.Uint16(b[2*i:]))
		case 4:
			x = uint64(binary.LittleEndian.Uint32(b[4*i:]))
		default:
			x = binary.LittleEndian.Uint64(b[8*i:])
		}
		if shift := 64 - 8*width; !unsigned {
			out[i] = int64(x<<shift) >> shift
		} else {
			out[i] = int64(x)
		}
	}
	return out
}

// valid reads the bits that say which values are there. A part without
// missing ones need not have them.
func (r *reader) valid(p *part, from, to int64) ([]bool, error) {
	bits := p.buffers[0]
	if bits.n == 0 {
		return nil, nil
	}
	b, err := r.batch.bytes(bits, from/8, (to+7)/8-from/8)
	if err != nil {
		return nil, err
	}
	out, all := make([]bool, to-from), true
	for i := range out {
		at := from%8 + int64(i)
		out[i] = b[at/8]>>(at%8)&1 != 0
		all = all && out[i]
	}
	if all {
		return nil, nil
	}
	return out, nil
}

// offsets reads where values [from, to) begin and end: each is a place in
// something of size entries, and none lies before the one it follows.
func (r *reader) offsets(p *part, from, to, size int64) ([]int64, error) {
	width := int64(4)
	if p.kind == typeLargeUTF8 || p.kind == typeLargeBinary || p.kind == typeLargeList {
		width = 8
	}
	if p.length == 0 || to == from {
		return []int64{0}, nil
	}
	b, err := r.batch.bytes(p.buffers[1], from*width, (to-from+1)*width)
	if err != nil {
		return nil, err
	}
	out := ints(b, int(width), false)
	last := int64(0)
	for _, x := range out {
		if x < last || x > size {
			return nil, core.AtOffset(p.buffers[1].off, fmt.Errorf("%w: arrow: a value begins at %d, after one at %d and in %d", core.ErrMalformed, x, last, size))
		}
		last = x
	}
	return out, nil
}

func (r *reader) texts(v *columnar.Vector, p *part, from, to int64) error {
	ends, err := r.offsets(p, from, to, math.MaxInt64)
	if err != nil {
		return err
	}
	first, last := ends[0], ends[len(ends)-1]
	if last-first > maxText {
		return fmt.Errorf("%w: arrow: a few rows have %d bytes of text", core.ErrLimit, last-first)
	}
	b, err := r.batch.bytes(p.buffers[2], first, last-first)
	if err != nil {
		return err
	}
	v.Texts = make([][]byte, v.Len)
	for i := range v.Texts {
		v.Texts[i] = b[ends[i]-first : ends[i+1]-first : ends[i+1]-first]
	}
	return nil
}

// views are texts of up to 12 bytes, or places in one of several buffers.
func (r *reader) views(v *columnar.Vector, p *part, from, to int64) error {
	const width, inline = 16, 12
	b, err := r.batch.bytes(p.buffers[1], from*width, (to-from)*width)
	if err != nil {
		return err
	}
	v.Texts = make([][]byte, v.Len)
	total := int64(0)
	for i := range v.Texts {
		if v.Missing(i) {
			continue
		}
		view := b[width*i : width*(i+1)]
		n := int64(int32(binary.LittleEndian.Uint32(view)))
		if n >= 0 && n <= inline {
			v.Texts[i] = view[4 : 4+n : 4+n]
			continue
		}
		which, at := int64(int32(binary.LittleEndian.Uint32(view[8:]))), int64(int32(binary.LittleEndian.Uint32(view[12:])))
		if n < 0 || which < 0 || which >= int64(len(p.buffers)-2) {
			return core.AtOffset(p.buffers[1].off, fmt.Errorf("%w: arrow: a text of %d bytes in buffer %d of %d", core.ErrMalformed, n, which, len(p.buffers)-2))
		}
		if total += n; total > maxText {
			return fmt.Errorf("%w: arrow: a few rows have %d bytes of text", core.ErrLimit, total)
		}
		if v.Texts[i], err = r.batch.bytes(p.buffers[2+which], at, n); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) lists(v *columnar.Vector, p *part, from, to int64) error {
	kid := p.kids[0]
	var first, last int64
	if p.kind == typeFixedSizeList {
		size := int64(p.size)
		if size > 0 && to > math.MaxInt64/size {
			return fmt.Errorf("%w: arrow: %d lists of %d entries", core.ErrMalformed, to, size)
		}
		first, last = from*size, to*size
		v.Starts = make([]int, v.Len+1)
		for i := range v.Starts {
			v.Starts[i] = i * p.size
		}
	} else {
		ends, err := r.offsets(p, from, to, kid.length)
		if err != nil {
			return err
		}
		first, last = ends[0], ends[len(ends)-1]
		v.Starts = make([]int, v.Len+1)
		for i := range ends {
			v.Starts[i] = int(ends[i] - first)
		}
	}
	entries, err := r.slice(kid, first, last)
	v.Kids = []*columnar.Vector{entries}
	return err
}

// indexed are places in a dictionary.
func (r *reader) indexed(v *columnar.Vector, p *part, from, to int64) error {
	d := r.dictionaries[p.id]
	switch {
	case d.err != nil:
		return d.err
	case d.values == nil:
		return fmt.Errorf("%w: arrow: dictionary %d is not there", core.ErrMalformed, p.id)
	case p.index.why != "":
		return fmt.Errorf("%w: arrow: %s", core.ErrUnsupported, p.index.why)
	case d.values.Kids != nil:
		return fmt.Errorf("%w: arrow: a dictionary of lists or structures", core.ErrUnsupported)
	}
	width := int64(p.index.width)
	b, err := r.batch.bytes(p.buffers[1], from*width, (to-from)*width)
	if err != nil {
		return err
	}
	at := ints(b, int(width), p.index.typ.Kind == columnar.Uint)
	missing := d.values.Valid != nil || d.values.Type.Kind == columnar.Null
	for i, x := range at {
		if v.Missing(i) {
			at[i] = -1
			continue
		}
		if x < 0 || x >= int64(d.values.Len) {
			return core.AtOffset(p.buffers[1].off, fmt.Errorf("%w: arrow: value %d of a dictionary of %d", core.ErrMalformed, x, d.values.Len))
		}
		if missing && d.values.Missing(int(x)) {
			if v.Valid == nil {
				v.Valid = allValid(v.Len)
			}
			v.Valid[i], at[i] = false, -1
		}
	}
	v.Ints, v.Floats, v.Texts = gather(d.values.Ints, at), gather(d.values.Floats, at), gather(d.values.Texts, at)
	return nil
}

func allValid(n int) []bool {
	out := make([]bool, n)
	for i := range out {
		out[i] = true
	}
	return out
}

func gather[T any](from []T, at []int64) []T {
	if from == nil && len(at) > 0 {
		return nil
	}
	out := make([]T, len(at))
	for i, k := range at {
		if k >= 0 {
			out[i] = from[k]
		}
	}
	return out
}
