package arrow

import (
	"encoding/binary"
	"fmt"

	"taster/core"
	"taster/core/blocks"
)

const (
	wholeBuffer = 4 << 20   // buffers up to this size are read at once
	maxBuffer   = 256 << 20 // bytes that a compressed buffer may unpack to
	maxHeld     = 512 << 20 // of all buffers that are held
)

// part is the values of a field in one batch: how many, and where they lie.
type part struct {
	*field
	length  int64
	nulls   int64
	buffers []*extent
	kids    []*part
}

// extent is a buffer in the body of a message.
type extent struct {
	off, n int64 // in the file, in bytes
	codec  blocks.Codec
	data   []byte // once it was read whole
}

// batch is a record batch, or a dictionary, that was not read yet.
type batch struct {
	src   core.Source
	m     message
	rows  int64
	codec blocks.Codec
	held  int64

	nodes, buffers, variadic       int // places in the flatbuffer
	nodeLeft, bufLeft, variLeft    int
	f                              *buffer
	nodeCount, bufCount, variCount int
}

// open reads the head of a batch.
func open1(src core.Source, m message, t table) (*batch, error) {
	b := &batch{src: src, m: m, f: t.f, rows: t.i64(0), codec: blocks.None}
	b.nodes, b.nodeLeft = t.vector(1, 16)
	b.buffers, b.bufLeft = t.vector(2, 16)
	b.variadic, b.variLeft = t.vector(4, 8)
	if c, ok := t.inner(3); ok {
		b.codec = []blocks.Codec{blocks.LZ4Frame, blocks.Zstd, ""}[min(c.u8(0), 2)]
	}
	switch {
	case t.f.err != nil:
		return nil, core.AtOffset(m.meta, t.f.err)
	case b.rows < 0:
		return nil, b.malformed("a batch of %d rows", b.rows)
	case b.codec == "":
		return nil, core.AtOffset(m.meta, fmt.Errorf("%w: arrow: an unknown codec", core.ErrUnsupported))
	}
	return b, nil
}

func (b *batch) malformed(format string, args ...any) error {
	return core.AtOffset(b.m.at, fmt.Errorf("%w: arrow: %s", core.ErrMalformed, fmt.Sprintf(format, args...)))
}

// part takes the nodes and buffers of a field from the lists of the batch.
func (b *batch) part(f *field) (*part, error) {
	if b.nodeLeft == 0 {
		return nil, b.malformed("a batch without a length for column %q", clip(f.name))
	}
	p := &part{field: f, length: b.f.i64(b.nodes), nulls: b.f.i64(b.nodes + 8)}
	b.nodes, b.nodeLeft = b.nodes+16, b.nodeLeft-1
	if p.length < 0 {
		return nil, b.malformed("column %q has %d values", clip(f.name), p.length)
	}
	n, known := f.bufferCount()
	if !known {
		return nil, core.AtOffset(b.m.meta, fmt.Errorf("%w: arrow: column %q has type %d, whose form is not known", core.ErrUnsupported, clip(f.name), f.kind))
	}
	if (f.kind == typeUTF8View || f.kind == typeBinaryView) && !f.dictionary {
		if b.variLeft == 0 {
			return nil, b.malformed("a batch without the number of buffers of column %q", clip(f.name))
		}
		more := b.f.i64(b.variadic)
		b.variadic, b.variLeft = b.variadic+8, b.variLeft-1
		if more < 0 || more > int64(b.bufLeft) {
			return nil, b.malformed("column %q has %d buffers", clip(f.name), more)
		}
		n += int(more)
	}
	for range n {
		e, err := b.extent()
		if err != nil {
			return nil, err
		}
		p.buffers = append(p.buffers, e)
	}
	if f.dictionary {
		return p, nil // the parts are in the dictionary
	}
	for _, k := range f.kids {
		kid, err := b.part(k)
		if err != nil {
			return nil, err
		}
		p.kids = append(p.kids, kid)
	}
	return p, nil
}

// bufferCount is the number of buffers that the format gives to a field.
func (f *field) bufferCount() (n int, known bool) {
	if f.dictionary {
		return 2, true
	}
	switch f.kind {
	case typeNull, typeRunEnds:
		return 0, true
	case typeStruct, typeFixedSizeList:
		return 1, true
	case typeUnion:
		if f.dense {
			return 2, true
		}
		return 1, true
	case typeUTF8, typeBinary, typeLargeUTF8, typeLargeBinary, typeListView, typeLargeListView:
		return 3, true
	}
	return 2, f.kind > 0 && f.kind <= typeLargeListView
}

func (b *batch) extent() (*extent, error) {
	if b.bufLeft == 0 {
		return nil, b.malformed("a batch with too few buffers")
	}
	e := &extent{off: b.f.i64(b.buffers), n: b.f.i64(b.buffers + 8), codec: b.codec}
	b.buffers, b.bufLeft = b.buffers+16, b.bufLeft-1
	if e.off < 0 || e.n < 0 || e.off > b.m.length || e.n > b.m.length-e.off {
		return nil, b.malformed("a buffer at [%d, %d+%d) of a body of %d bytes", e.off, e.off, e.n, b.m.length)
	}
	e.off += b.m.body
	return e, b.f.err
}

// bytes are n bytes of a buffer from off on.
func (b *batch) bytes(e *extent, off, n int64) ([]byte, error) {
	if e.data == nil && (e.codec != blocks.None || e.n <= wholeBuffer && b.held+e.n <= maxHeld) {
		if err := b.load(e); err != nil {
			return nil, err
		}
	}
	size := e.n
	if e.data != nil {
		size = int64(len(e.data))
	}
	if off < 0 || n < 0 || off > size || n > size-off {
		return nil, core.AtOffset(e.off, fmt.Errorf("%w: arrow: a buffer of %d bytes where %d are needed", core.ErrMalformed, size, off+n))
	}
	if e.data != nil {
		return e.data[off : off+n : off+n], nil
	}
	return core.ReadPart(b.src, e.off+off, n)
}

// load reads a buffer whole, and unpacks it.
func (b *batch) load(e *extent) error {
	if e.n == 0 {
		e.data = []byte{}
		return nil
	}
	data, err := core.ReadPart(b.src, e.off, min(e.n, maxBuffer))
	if err != nil {
		return err
	}
	if e.codec != blocks.None {
		if data, err = b.unpack(e, data); err != nil {
			return core.AtOffset(e.off, err)
		}
	}
	e.data = data
	b.held += int64(len(data))
	return nil
}

// unpack reads the length that stands before compressed bytes; -1 says that
// they are not compressed.
func (b *batch) unpack(e *extent, data []byte) ([]byte, error) {
	const plain = -1
	if len(data) < 8 || int64(len(data)) < e.n {
		return nil, fmt.Errorf("%w: arrow: a compressed buffer of %d bytes", core.ErrLimit, e.n)
	}
	size := int64(binary.LittleEndian.Uint64(data))
	switch data = data[8:]; {
	case size == plain:
		return data, nil
	case size < 0 || size > maxBuffer || b.held+size > maxHeld:
		return nil, fmt.Errorf("%w: arrow: a buffer that unpacks to %d bytes", core.ErrLimit, size)
	case size == 0:
		return []byte{}, nil
	}
	return blocks.Unpack(e.codec, data, int(size))
}
