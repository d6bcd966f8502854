package arrow

import (
	"encoding/binary"
	"fmt"

	"taster/core"
)

// buffer is a flatbuffer (https://flatbuffers.dev/internals), read in place.
// Offsets lead forwards only, but two may lead to the same place: what walks a
// tree counts its nodes.
type buffer struct {
	b   []byte
	err error // the first one; reading gives zeros from then on
}

func (f *buffer) fail(what string, at int) {
	if f.err == nil {
		f.err = fmt.Errorf("%w: flatbuffer: %s at byte %d of %d", core.ErrMalformed, what, at, len(f.b))
	}
}

func (f *buffer) at(pos, n int) []byte {
	if pos < 0 || n < 0 || pos > len(f.b)-n {
		f.fail("a place outside of it", pos)
		return make([]byte, 8)
	}
	return f.b[pos : pos+n]
}

func (f *buffer) u16(pos int) int { return int(binary.LittleEndian.Uint16(f.at(pos, 2))) }
func (f *buffer) u32(pos int) int { return int(binary.LittleEndian.Uint32(f.at(pos, 4))) }

// follow is the place that the offset at pos leads to.
func (f *buffer) follow(pos int) int {
	n := f.u32(pos)
	if n == 0 || n > len(f.b)-pos {
		f.fail("an offset that leads out", pos)
		return len(f.b)
	}
	return pos + n
}

// table is one in a buffer. The zero value has no fields.
type table struct {
	f      *buffer
	pos    int
	vtable int
	size   int // of the vtable
}

func (f *buffer) root() table { return f.table(0) }

// table is the one that the offset at pos leads to.
func (f *buffer) table(pos int) table {
	t := table{f: f, pos: f.follow(pos)}
	t.vtable = t.pos - int(int32(f.u32(t.pos)))
	t.size = f.u16(t.vtable)
	if f.err != nil {
		return table{f: f}
	}
	return t
}

// field is the place of field i; 0: it has its default.
func (t table) field(i int) int {
	if at := 4 + 2*i; at+2 <= t.size {
		if n := t.f.u16(t.vtable + at); n > 0 {
			return t.pos + n
		}
	}
	return 0
}

func (t table) u8(i int) int {
	if at := t.field(i); at > 0 {
		return int(t.f.at(at, 1)[0])
	}
	return 0
}

func (t table) i16(i, otherwise int) int {
	if at := t.field(i); at > 0 {
		return int(int16(t.f.u16(at)))
	}
	return otherwise
}

func (t table) i32(i, otherwise int) int {
	if at := t.field(i); at > 0 {
		return int(int32(t.f.u32(at)))
	}
	return otherwise
}

func (t table) i64(i int) int64 {
	if at := t.field(i); at > 0 {
		return int64(binary.LittleEndian.Uint64(t.f.at(at, 8)))
	}
	return 0
}

// inner is the table in field i, and whether there is one.
func (t table) inner(i int) (table, bool) {
	at := t.field(i)
	if at == 0 {
		return table{f: t.f}, false
	}
	in := t.f.table(at)
	return in, t.f.err == nil
}

func (t table) text(i int) string {
	at := t.field(i)
	if at == 0 {
		return ""
	}
	pos := t.f.follow(at)
	text := t.f.at(pos+4, t.f.u32(pos))
	if t.f.err != nil {
		return ""
	}
	return string(text)
}

// vector is the first place of the vector in field i, of elements of size
// bytes, and their number.
func (t table) vector(i, size int) (pos, n int) {
	at := t.field(i)
	if at == 0 {
		return 0, 0
	}
	pos = t.f.follow(at)
	n = t.f.u32(pos)
	if pos += 4; t.f.err != nil || n > (len(t.f.b)-pos)/size {
		t.f.fail("a vector that is longer than what is left", pos)
		return 0, 0
	}
	return pos, n
}

func (f *buffer) i64(pos int) int64 { return int64(binary.LittleEndian.Uint64(f.at(pos, 8))) }
