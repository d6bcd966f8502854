package parquet

import (
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"taster/core"
	"taster/core/coretest"
)

// pack writes Thrift's compact protocol: fields of a structure in order.
type pack struct {
	b    []byte
	last int
}

func (p *pack) head(id int, typ byte) {
	p.b = append(p.b, byte(id-p.last)<<4|typ)
	p.last = id
}

func (p *pack) i32(id int, v int64) *pack {
	p.head(id, thriftI32)
	p.b = binary.AppendVarint(p.b, v)
	return p
}

func (p *pack) i64(id int, v int64) *pack {
	p.head(id, thriftI64)
	p.b = binary.AppendVarint(p.b, v)
	return p
}

func (p *pack) text(id int, s string) *pack {
	p.head(id, thriftBinary)
	p.b = append(binary.AppendUvarint(p.b, uint64(len(s))), s...)
	return p
}

func (p *pack) inner(id int, in *pack) *pack {
	p.head(id, thriftStruct)
	p.b = append(p.b, in.end()...)
	return p
}

func (p *pack) list(id int, all ...*pack) *pack {
	p.head(id, thriftList)
	p.b = append(p.b, 0xf0|thriftStruct)
	p.b = binary.AppendUvarint(p.b, uint64(len(all)))
	for _, in := range all {
		p.b = append(p.b, in.end()...)
	}
	return p
}

func (p *pack) end() []byte { return append(p.b, 0) }

// form is a file of one column, of which each test changes something.
type form struct {
	schema                    []*pack
	rows, values, packed      int64
	typ, codec, offset, count int64
	page                      []byte // head and body
}

func columnOf(name string, typ, repetition int64) *pack {
	return new(pack).i32(1, typ).i32(3, repetition).text(4, name)
}

func (f form) file() []byte {
	b := append([]byte(magic), f.page...)
	meta := new(pack).i32(1, f.typ).i32(4, f.codec).i64(5, f.values).i64(6, 100).i64(7, f.packed).i64(9, f.offset)
	var groups []*pack
	for range f.count {
		groups = append(groups, new(pack).list(1, new(pack).inner(3, meta)).i64(3, f.rows))
		meta = new(pack).i32(1, f.typ).i32(4, f.codec).i64(5, f.values).i64(6, 100).i64(7, f.packed).i64(9, f.offset)
	}
	foot := new(pack).i32(1, 1).list(2, f.schema...).i64(3, f.rows*f.count).list(4, groups...).end()
	b = append(b, foot...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(foot))), magic...)
}

func pageOf(typ, unpacked, packed, values, encoding int64, body string) []byte {
	detail := new(pack).i32(1, values).i32(2, encoding).i32(3, encodingRLE).i32(4, encodingRLE)
	id := 5
	if typ == pageDictionary {
		detail, id = new(pack).i32(1, values).i32(2, encoding), 7
	}
	return append(new(pack).i32(1, typ).i32(2, unpacked).i32(3, packed).inner(id, detail).end(), body...)
}

func good() form {
	p := pageOf(pageData, 12, 12, 3, encodingPlain, "\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00")
	return form{schema: []*pack{new(pack).text(4, "root").i32(5, 1), columnOf("x", typeInt32, 0)}, rows: 3, values: 3, packed: int64(len(p)), typ: typeInt32, offset: 4, count: 1, page: p}
}

// TestHostile has files that lie about lengths, nest without end, or stand for
// more than they hold. Each is a finding, in little time and memory.
func TestHostile(t *testing.T) {
	deep := []*pack{new(pack).text(4, "root").i32(5, 1)}
	for range 100 {
		deep = append(deep, new(pack).i32(3, 0).text(4, "g").i32(5, 1))
	}
	deep = append(deep, columnOf("x", typeInt32, 0))
	runs := "\x02\x00\x00\x00\xfe\xff" // a length, and a run of values without their value
	tests := []struct {
		name string
		make func(f *form)
		want string // in the finding
	}{
		{"a group without parts", func(f *form) { f.schema[1] = new(pack).i32(3, 0).text(4, "g").i32(5, 0) }, "is empty"},
		{"more parts than elements", func(f *form) { f.schema[0] = new(pack).text(4, "root").i32(5, 1<<30) }, "schema ends early"},
		{"fewer parts than elements", func(f *form) { f.schema[0] = new(pack).text(4, "root").i32(5, 0) }, "belong to no column"},
		{"a schema of 100 levels", func(f *form) { f.schema = deep }, "nest deeper"},
		{"a column behind the end", func(f *form) { f.offset = 1 << 40 }, "the columns end at"},
		{"a column before the start", func(f *form) { f.offset = -5 }, "the columns end at"},
		{"columns over each other", func(f *form) { f.count = 1000 }, "some lie over others"},
		{"negative rows", func(f *form) { f.rows = -1 }, "rows"},
		{"more rows than values", func(f *form) { f.rows, f.values = 1<<40, 1<<40 }, "values to come"},
		{"a page that is larger than its column", func(f *form) { f.page = pageOf(pageData, 12, 1000, 3, encodingPlain, "") }, "are left of the column"},
		{"a page of 2 GB", func(f *form) { f.codec, f.page = 2, pageOf(pageData, 1<<31-1, 4, 3, encodingPlain, "abcd") }, "the limit is"},
		{"a dictionary of 17 MB", func(f *form) { f.codec, f.page = 2, pageOf(pageDictionary, 17<<20, 4, 3, encodingPlain, "abcd") }, "the limit is"},
		{"a dictionary of a billion", func(f *form) { f.page = pageOf(pageDictionary, 4, 4, 1<<30, encodingPlain, "abcd") }, "a dictionary of 1073741824"},
		{"values of a dictionary that is not there", func(f *form) { f.page = pageOf(pageData, 4, 4, 3, encodingRLEDictionary, "\x01abc") }, "does not come before them"},
		{"levels longer than their page", func(f *form) {
			f.schema[1] = columnOf("x", typeInt32, 1)
			f.page = pageOf(pageData, 6, 6, 3, encodingPlain, "\xff\xff\xff\x7fab")
		}, "longer than their page"},
		{"a run without a value", func(f *form) {
			f.schema[1] = columnOf("x", typeInt32, 1)
			f.page = pageOf(pageData, 6, 6, 3, encodingPlain, runs)
		}, "fewer values"},
		{"deltas in blocks of nothing", func(f *form) { f.page = pageOf(pageData, 4, 4, 3, encodingDelta, "\x00\x00\x03\x00") }, "deltas in blocks of 0"},
		{"deltas in huge blocks", func(f *form) {
			f.page = pageOf(pageData, 7, 7, 3, encodingDelta, "\x80\x80\x80\x80\x08\x01\x03")
		}, "deltas"},
		{"an encoding that is not read", func(f *form) { f.page = pageOf(pageData, 4, 4, 3, encodingBitPacked, "abcd") }, "encoding BIT_PACKED"},
		{"values that end early", func(f *form) { f.page = pageOf(pageData, 4, 4, 3, encodingPlain, "abcd") }, "fewer values"},
		{"another type than the schema", func(f *form) { f.typ = typeDouble }, "has type"},
		{"fixed values of no bytes", func(f *form) { f.typ, f.schema[1] = typeFixed, columnOf("x", typeFixed, 0) }, "values of 0 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := good()
			before := len(f.page)
			test.make(&f)
			if len(f.page) != before {
				f.packed = int64(len(f.page))
			}
			var was, is runtime.MemStats
			runtime.ReadMemStats(&was)
			a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("t.parquet", f.file()))
			runtime.ReadMemStats(&is)
			if len(findings) == 0 || !strings.Contains(findings[0].Saw, test.want) {
				t.Fatalf("table %v, findings %+v, want %q", a.Table, findings, test.want)
			}
			if used := is.TotalAlloc - was.TotalAlloc; used > 32<<20 {
				t.Errorf("%d bytes were used", used)
			}
		})
	}
	if a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("t.parquet", good().file())); len(findings) > 0 || a.Table.Rows != 3 {
		t.Errorf("the form itself: %+v", findings)
	}
}
