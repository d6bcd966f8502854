package parquet

import (
	"encoding/binary"
	"fmt"

	"taster/core"
)

const (
	magic          = "PAR1"
	magicEncrypted = "PARE"

	maxElements = 1 << 17 // of a schema
	maxChunks   = 1 << 19 // columns of all row groups
)

// Physical types.
const (
	typeBoolean = iota
	typeInt32
	typeInt64
	typeInt96
	typeFloat
	typeDouble
	typeByteArray
	typeFixed
)

// footer is the FileMetaData of parquet.thrift, as far as it is used.
type footer struct {
	elements []element
	rows     int64
	groups   []group
	pairs    []core.Meta
	creator  string
	at       int64 // where it stands in the file
}

// element is a node of the schema, written depth first.
type element struct {
	name       string
	typ        int // -1: a group
	length     int64
	repetition int64 // 0 required, 1 optional, 2 repeated
	children   int64
	converted  int64 // -1: none
	scale      int64
	logical    logical
}

// logical is a LogicalType: the number of the union's field, 0 for none.
type logical struct {
	id     int
	unit   int  // of a time: 1 ms, 2 us, 3 ns
	signed bool // of an integer
	scale  int64
}

// group is a row group.
type group struct {
	rows   int64
	chunks []chunk
}

// chunk is a column in a row group.
type chunk struct {
	values       int64
	codec        int64
	offset       int64 // of the first page
	packed       int64 // bytes in the file
	unpacked     int64
	elsewhere    bool // in another file
	encrypted    bool
	data, dict   int64
	hasDict      bool
	physicalType int64
}

// readFooter finds the footer, and checks it against the size of the file.
func readFooter(src core.Source, limit int64) (*footer, error) {
	const tail, least = 8, 12
	if src.Size() < least {
		return nil, fmt.Errorf("%w: parquet: a file of %d bytes", core.ErrMalformed, src.Size())
	}
	end, err := core.ReadPart(src, src.Size()-tail, tail)
	if err != nil {
		return nil, err
	}
	at := src.Size() - tail
	switch string(end[4:]) {
	case magicEncrypted:
		return nil, core.AtOffset(at, fmt.Errorf("%w: parquet: the footer is encrypted", core.ErrUnsupported))
	case magic:
	default:
		return nil, core.AtOffset(at, fmt.Errorf("%w: parquet: the file does not end with %s: it was cut off", core.ErrMalformed, magic))
	}
	n := int64(binary.LittleEndian.Uint32(end))
	switch {
	case n > at-int64(len(magic)):
		return nil, core.AtOffset(at, fmt.Errorf("%w: parquet: a footer of %d bytes in a file of %d", core.ErrMalformed, n, src.Size()))
	case n > limit:
		return nil, core.AtOffset(at, fmt.Errorf("%w: parquet: a footer of %d bytes, the limit is %d", core.ErrLimit, n, limit))
	}
	b, err := core.ReadPart(src, at-n, n)
	if err != nil {
		return nil, err
	}
	f := &footer{at: at - n}
	t := &thrift{b: b}
	f.read(t)
	if t.err != nil {
		return nil, core.AtOffset(f.at, fmt.Errorf("parquet: footer: %w", t.err))
	}
	return f, nil
}

func (f *footer) read(t *thrift) {
	chunks := 0
	t.fields(func(id int, typ byte) bool {
		switch {
		case id == 2 && typ == thriftList:
			t.list(func(byte) { f.element(t) })
		case id == 3 && typ == thriftI64:
			f.rows = t.int()
		case id == 4 && typ == thriftList:
			t.list(func(byte) { f.group(t, &chunks) })
		case id == 5 && typ == thriftList:
			t.list(func(byte) { f.pair(t) })
		case id == 6 && typ == thriftBinary:
			f.creator = string(t.bytes())
		default:
			return false
		}
		return true
	})
}

func (f *footer) element(t *thrift) {
	e := element{typ: -1, converted: -1}
	t.fields(func(id int, typ byte) bool {
		switch {
		case id == 4 && typ == thriftBinary:
			e.name = string(t.bytes())
		case id == 10 && typ == thriftStruct:
			e.logical = readLogical(t)
		case typ != thriftI32:
			return false
		case id == 1:
			e.typ = int(t.int())
		case id == 2:
			e.length = t.int()
		case id == 3:
			e.repetition = t.int()
		case id == 5:
			e.children = t.int()
		case id == 6:
			e.converted = t.int()
		case id == 7:
			e.scale = t.int()
		default:
			return false
		}
		return true
	})
	if len(f.elements) == maxElements {
		t.fail("a schema of more than %d elements", maxElements)
		return
	}
	f.elements = append(f.elements, e)
}

// readLogical reads the union LogicalType.
func readLogical(t *thrift) logical {
	var l logical
	t.fields(func(id int, typ byte) bool {
		if typ != thriftStruct {
			return false
		}
		l.id = id
		t.fields(func(inner int, typ byte) bool {
			switch {
			case id == 5 && inner == 1 && typ == thriftI32: // DECIMAL
				l.scale = t.int()
			case id == 10 && inner == 2: // INTEGER
				l.signed = typ == thriftTrue
			case (id == 7 || id == 8) && inner == 2 && typ == thriftStruct: // TIME, TIMESTAMP
				t.fields(func(unit int, _ byte) bool { l.unit = unit; return false })
			default:
				return false
			}
			return true
		})
		return true
	})
	return l
}

func (f *footer) group(t *thrift, chunks *int) {
	var g group
	t.fields(func(id int, typ byte) bool {
		switch {
		case id == 1 && typ == thriftList:
			t.list(func(byte) {
				if *chunks++; *chunks > maxChunks {
					t.fail("more than %d columns in all row groups", maxChunks)
					return
				}
				g.chunks = append(g.chunks, readChunk(t))
			})
		case id == 3 && typ == thriftI64:
			g.rows = t.int()
		default:
			return false
		}
		return true
	})
	f.groups = append(f.groups, g)
}

func readChunk(t *thrift) chunk {
	c := chunk{physicalType: -1}
	t.fields(func(id int, typ byte) bool {
		switch {
		case id == 1 && typ == thriftBinary:
			c.elsewhere = len(t.bytes()) > 0
		case id == 3 && typ == thriftStruct:
			t.fields(func(id int, typ byte) bool { return c.meta(t, id, typ) })
		case id == 8, id == 9:
			c.encrypted = true
			return false
		default:
			return false
		}
		return true
	})
	c.offset = c.data
	if c.hasDict && c.dict > 0 && c.dict < c.data {
		c.offset = c.dict
	}
	return c
}

// meta reads a field of ColumnMetaData.
func (c *chunk) meta(t *thrift, id int, typ byte) bool {
	switch {
	case id == 1 && typ == thriftI32:
		c.physicalType = t.int()
	case id == 4 && typ == thriftI32:
		c.codec = t.int()
	case typ != thriftI64:
		return false
	case id == 5:
		c.values = t.int()
	case id == 6:
		c.unpacked = t.int()
	case id == 7:
		c.packed = t.int()
	case id == 9:
		c.data = t.int()
	case id == 11:
		c.dict, c.hasDict = t.int(), true
	default:
		return false
	}
	return true
}

func (f *footer) pair(t *thrift) {
	var m core.Meta
	t.fields(func(id int, typ byte) bool {
		switch {
		case id == 1 && typ == thriftBinary:
			m.Name = string(t.bytes())
		case id == 2 && typ == thriftBinary:
			m.Value = string(t.bytes())
		default:
			return false
		}
		return true
	})
	f.pairs = append(f.pairs, m)
}

// check compares the footer with the file: sizes, sums, and that no two columns
// share their bytes, so that the work is bounded by what the file holds.
func (f *footer) check(size int64, leaves int) error {
	rows, packed := int64(0), int64(0)
	for i, g := range f.groups {
		if g.rows < 0 || g.rows > f.rows-rows {
			return f.defect("row group %d has %d rows, the file %d", i, g.rows, f.rows)
		}
		rows += g.rows
		if len(g.chunks) != leaves {
			return f.defect("row group %d has %d columns, the schema %d", i, len(g.chunks), leaves)
		}
		for j, c := range g.chunks {
			if c.elsewhere || g.rows == 0 && c.values == 0 { // no bytes of this file
				continue
			}
			if c.offset < int64(len(magic)) || c.packed < 0 || c.offset > f.at || c.packed > f.at-c.offset {
				return f.defect("column %d of row group %d lies at [%d, %d+%d), the columns end at %d", j, i, c.offset, c.offset, c.packed, f.at)
			}
			if packed += c.packed; packed > f.at {
				return f.defect("the columns take more than the %d bytes that there are: some lie over others", f.at)
			}
			if c.values < 0 {
				return f.defect("column %d of row group %d has %d values", j, i, c.values)
			}
		}
	}
	if rows != f.rows {
		return f.defect("the row groups have %d rows, the file %d", rows, f.rows)
	}
	return nil
}

func (f *footer) defect(format string, args ...any) error {
	return core.AtOffset(f.at, fmt.Errorf("%w: parquet: %s", core.ErrMalformed, fmt.Sprintf(format, args...)))
}
