package arrow

import (
	"fmt"
	"strings"
	"time"

	"taster/core"
	"taster/core/columnar"
)

const (
	maxNesting = 16
	maxFields  = 1 << 17
)

// The types of Schema.fbs that are read, and those of which the layout is
// known well enough to read over them.
const (
	typeNull            = 1
	typeInt             = 2
	typeFloat           = 3
	typeBinary          = 4
	typeUTF8            = 5
	typeBool            = 6
	typeDecimal         = 7
	typeDate            = 8
	typeTime            = 9
	typeTimestamp       = 10
	typeInterval        = 11
	typeList            = 12
	typeStruct          = 13
	typeUnion           = 14
	typeFixedSizeBinary = 15
	typeFixedSizeList   = 16
	typeMap             = 17
	typeDuration        = 18
	typeLargeBinary     = 19
	typeLargeUTF8       = 20
	typeLargeList       = 21
	typeRunEnds         = 22
	typeBinaryView      = 23
	typeUTF8View        = 24
	typeListView        = 25
	typeLargeListView   = 26
)

// field is a column, or a part of one, as the schema describes it.
type field struct {
	name  string
	kind  int // of the constants above
	width int // bytes of a value; 0: bits, or none
	size  int // entries of a fixed list, bytes of a fixed binary
	typ   *columnar.Type
	kids  []*field
	why   string // why it is not read; "": it is

	dense      bool // of a union
	dictionary bool
	id         int64 // of the dictionary
	index      *field
}

// schema is the columns and what is said of all of them.
type schema struct {
	fields []*field
	pairs  []core.Meta
	count  int
}

func readSchema(t table) (*schema, error) {
	s := &schema{}
	if t.i16(0, 0) != 0 {
		return nil, fmt.Errorf("%w: arrow: numbers are big-endian", core.ErrUnsupported)
	}
	var err error
	if s.fields, err = s.list(t, 1, 0); err != nil {
		return nil, err
	}
	s.pairs = pairs(t, 2)
	return s, t.f.err
}

// pairs are the texts by key in field i.
func pairs(t table, i int) []core.Meta {
	var out []core.Meta
	pos, n := t.vector(i, 4)
	for k := range n {
		if pair := t.f.table(pos + 4*k); t.f.err == nil {
			out = append(out, core.Meta{Name: pair.text(0), Value: pair.text(1)})
		}
	}
	return out
}

func (s *schema) list(t table, i, depth int) ([]*field, error) {
	pos, n := t.vector(i, 4)
	var out []*field
	for k := range n {
		f, err := s.field(t.f.table(pos+4*k), depth)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, t.f.err
}

func (s *schema) field(t table, depth int) (*field, error) {
	if s.count++; s.count > maxFields || depth > maxNesting {
		return nil, fmt.Errorf("%w: arrow: more than %d columns, or %d in each other", core.ErrLimit, maxFields, maxNesting)
	}
	if t.f.err != nil {
		return nil, t.f.err
	}
	f := &field{name: t.text(0), kind: t.u8(2)}
	var err error
	if f.kids, err = s.list(t, 5, depth+1); err != nil {
		return nil, err
	}
	inner, _ := t.inner(3)
	f.describe(inner)
	if d, ok := t.inner(4); ok {
		f.dictionary, f.id = true, d.i64(0)
		f.index = &field{kind: typeInt, width: 4, typ: &columnar.Type{Kind: columnar.Int}}
		if index, ok := d.inner(1); ok {
			f.index.describe(index)
		}
	}
	for _, k := range f.kids {
		f.typ.Fields = append(f.typ.Fields, k.typ)
		if k.why != "" && f.why == "" {
			f.why = fmt.Sprintf("its part %q has %s", clip(k.name), k.why)
		}
	}
	return f, t.f.err
}

// describe sets what the type says. It is a table of its own for each kind.
func (f *field) describe(t table) {
	f.typ = &columnar.Type{Name: f.name}
	switch f.kind {
	case typeNull:
		f.typ.Kind = columnar.Null
	case typeBool:
		f.typ.Kind = columnar.Bool
	case typeInt:
		f.width = t.i32(0, 0) / 8
		f.typ.Kind = columnar.Uint
		if t.u8(1) != 0 {
			f.typ.Kind = columnar.Int
		}
	case typeFloat:
		f.typ.Kind = columnar.Float
		f.width = []int{2, 4, 8}[min(max(t.i16(0, 0), 0), 2)]
		f.typ.Bits = max(8*f.width, 32)
	case typeUTF8, typeLargeUTF8, typeUTF8View:
		f.typ.Kind = columnar.Text
	case typeBinary, typeLargeBinary, typeBinaryView:
		f.typ.Kind = columnar.Bytes
	case typeStruct:
		f.typ.Kind = columnar.Struct
	case typeList, typeLargeList, typeMap, typeFixedSizeList:
		f.list(t)
	default:
		f.other(t)
	}
	if (f.kind == typeInt) && f.width != 1 && f.width != 2 && f.width != 4 && f.width != 8 {
		f.why = fmt.Sprintf("integers of %d bytes", f.width)
	}
}

func (f *field) list(t table) {
	f.typ.Kind = columnar.List
	if f.kind == typeFixedSizeList {
		f.size = t.i32(0, 0)
	}
	if len(f.kids) != 1 || f.size < 0 {
		f.typ.Kind = columnar.Null // no value of it is read
		f.why = fmt.Sprintf("a list with %d parts of %d entries", len(f.kids), f.size)
	}
}

// other are times and what is written as bytes, or not read.
func (f *field) other(t table) {
	seconds := []time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond}
	unit := func(otherwise int) time.Duration { return seconds[min(max(t.i16(0, otherwise), 0), 3)] }
	f.typ.Kind = columnar.Int
	switch f.kind {
	case typeDate:
		f.width, f.typ.Print = 4, columnar.Date
		if t.i16(0, 1) == 1 {
			f.width, f.typ.Print = 8, dateOfMs
		}
	case typeTime:
		f.width, f.typ.Print = t.i32(1, 32)/8, columnar.Clock(unit(1))
		if f.width != 4 && f.width != 8 {
			f.why = fmt.Sprintf("times of %d bytes", f.width)
		}
	case typeTimestamp:
		f.width, f.typ.Print = 8, columnar.Stamp(unit(0))
	case typeDuration:
		f.width = 8
	case typeDecimal:
		f.size, f.typ.Kind, f.typ.Show = t.i32(2, 128)/8, columnar.Bytes, columnar.Decimal(int64(t.i32(1, 0)), true)
	case typeFixedSizeBinary:
		f.size, f.typ.Kind = t.i32(0, 0), columnar.Bytes
	default:
		f.why = "type " + nameOf(f.kind)
		f.dense = f.kind == typeUnion && t.i16(0, 0) == 1
	}
	if f.typ.Kind == columnar.Bytes && f.size <= 0 {
		f.why = fmt.Sprintf("values of %d bytes", f.size)
	}
}

// dateOfMs writes days that are counted in milliseconds.
func dateOfMs(dst []byte, v int64) []byte {
	const day = 24 * 60 * 60 * 1000
	return columnar.Date(dst, (v-((v%day)+day)%day)/day)
}

func nameOf(kind int) string {
	names := map[int]string{typeInterval: "Interval", typeUnion: "Union", typeRunEnds: "RunEndEncoded", typeListView: "ListView", typeLargeListView: "LargeListView"}
	if n, ok := names[kind]; ok {
		return n
	}
	return fmt.Sprint(kind)
}

// clip shortens a name for a message.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 200)], "\ufffd") }
