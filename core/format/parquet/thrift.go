package parquet

import (
	"encoding/binary"
	"fmt"

	"taster/core"
)

// Types of Thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
	thriftUUID   = 13

	thriftDepth = 32
)

// thrift reads the compact protocol from memory. The first error stays.
type thrift struct {
	b   []byte
	pos int
	err error
}

func (t *thrift) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf("%w: Thrift at byte %d: %s", core.ErrMalformed, t.pos, fmt.Sprintf(format, args...))
		t.pos = len(t.b)
	}
}

func (t *thrift) byte() byte {
	if t.pos >= len(t.b) {
		t.fail("it ends early")
		return 0
	}
	t.pos++
	return t.b[t.pos-1]
}

func (t *thrift) uvarint() uint64 {
	v, n := binary.Uvarint(t.b[t.pos:])
	if n <= 0 {
		t.fail("a number that does not end")
		return 0
	}
	t.pos += n
	return v
}

func (t *thrift) int() int64 {
	v := t.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// bytes is not copied.
func (t *thrift) bytes() []byte {
	n := t.uvarint()
	if n > uint64(len(t.b)-t.pos) {
		t.fail("%d bytes of text, %d are left", n, len(t.b)-t.pos)
		return nil
	}
	t.pos += int(n)
	return t.b[t.pos-int(n) : t.pos]
}

// fields calls f for each field of a structure. f reads the field, or returns
// false to have it skipped.
func (t *thrift) fields(f func(id int, typ byte) bool) {
	id := 0
	for t.err == nil {
		head := t.byte()
		if head == 0 {
			return
		}
		if delta := int(head >> 4); delta > 0 {
			id += delta
		} else {
			id = int(t.int())
		}
		if typ := head & 15; !f(id, typ) {
			t.skip(typ, false, 0)
		}
	}
}

// list calls f for each of its elements, which are structures or values of
// typ. Each takes a byte at least, so their number is bounded by what is left.
func (t *thrift) list(f func(typ byte)) {
	typ, n := t.listHead()
	for range n {
		if f(typ); t.err != nil {
			return
		}
	}
}

func (t *thrift) listHead() (typ byte, n int) {
	head := t.byte()
	count := uint64(head >> 4)
	if count == 15 {
		count = t.uvarint()
	}
	if count > uint64(len(t.b)-t.pos) {
		t.fail("a list of %d elements in %d bytes", count, len(t.b)-t.pos)
		return 0, 0
	}
	return head & 15, int(count)
}

// skip reads over a value. In a list, truth takes a byte.
func (t *thrift) skip(typ byte, inList bool, depth int) {
	if depth > thriftDepth {
		t.fail("values nest deeper than %d", thriftDepth)
		return
	}
	switch typ {
	case thriftTrue, thriftFalse:
		if inList {
			t.byte()
		}
	case thriftByte:
		t.byte()
	case thriftI16, thriftI32, thriftI64:
		t.uvarint()
	case thriftDouble:
		t.skipBytes(8)
	case thriftUUID:
		t.skipBytes(16)
	case thriftBinary:
		t.bytes()
	case thriftList, thriftSet:
		typ, n := t.listHead()
		for i := 0; i < n && t.err == nil; i++ {
			t.skip(typ, true, depth+1)
		}
	case thriftMap:
		t.skipMap(depth)
	case thriftStruct:
		t.skipStruct(depth)
	default:
		t.fail("type %d", typ)
	}
}

func (t *thrift) skipBytes(n int) {
	if n > len(t.b)-t.pos {
		t.fail("it ends early")
		return
	}
	t.pos += n
}

func (t *thrift) skipMap(depth int) {
	n := t.uvarint()
	if n == 0 {
		return
	}
	types := t.byte()
	if n > uint64(len(t.b)-t.pos) {
		t.fail("a map of %d entries in %d bytes", n, len(t.b)-t.pos)
		return
	}
	for i := uint64(0); i < n && t.err == nil; i++ {
		t.skip(types>>4, true, depth+1)
		t.skip(types&15, true, depth+1)
	}
}

func (t *thrift) skipStruct(depth int) {
	for t.err == nil {
		head := t.byte()
		if head == 0 {
			return
		}
		if head>>4 == 0 {
			t.int()
		}
		t.skip(head&15, false, depth+1)
	}
}
