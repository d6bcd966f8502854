package parquet

import (
	"fmt"
	"hash/crc32"

	"taster/core"
	"taster/core/blocks"
	"taster/core/columnar"
)

const (
	maxPage   = 64 << 20 // bytes of an unpacked page
	maxDict   = 16 << 20 // of an unpacked dictionary
	maxHeader = 1 << 20  // of the head of a page; its statistics hold values

	window      = 4 << 20 // read at once
	allWindows  = 64 << 20
	leastWindow = 64 << 10
)

// Types of pages.
const (
	pageData       = 0
	pageIndex      = 1
	pageDictionary = 2
	pageDataV2     = 3
)

// pageHead is PageHeader of parquet.thrift.
type pageHead struct {
	typ              int64
	unpacked, packed int64
	crc              uint32
	hasCRC           bool
	values, encoding int64
	repEncoding      int64
	defEncoding      int64
	repBytes         int64 // of the levels, in version 2
	defBytes         int64
	plain            bool // version 2: the values are not compressed
}

func readPageHead(t *thrift) pageHead {
	var h pageHead
	t.fields(func(id int, typ byte) bool {
		switch {
		case (id == 5 || id == 7 || id == 8) && typ == thriftStruct:
			t.fields(func(inner int, typ byte) bool { return h.detail(t, id, inner, typ) })
		case typ != thriftI32:
			return false
		case id == 1:
			h.typ = t.int()
		case id == 2:
			h.unpacked = t.int()
		case id == 3:
			h.packed = t.int()
		case id == 4:
			h.crc, h.hasCRC = uint32(t.int()), true
		default:
			return false
		}
		return true
	})
	return h
}

// detail reads the head of a data page (5), a dictionary (7), or a data page
// of version 2 (8).
func (h *pageHead) detail(t *thrift, kind, id int, typ byte) bool {
	const data, second = 5, 8
	switch {
	case kind == second && id == 7:
		h.plain = typ == thriftFalse
		return false
	case typ != thriftI32:
		return false
	case id == 1:
		h.values = t.int()
	case kind != second && id == 2, kind == second && id == 4:
		h.encoding = t.int()
	case kind == data && id == 3:
		h.defEncoding = t.int()
	case kind == data && id == 4:
		h.repEncoding = t.int()
	case kind == second && id == 5:
		h.defBytes = t.int()
	case kind == second && id == 6:
		h.repBytes = t.int()
	default:
		return false
	}
	return true
}

// pages reads the pages of a column chunk one after the other.
type pages struct {
	src    core.Source
	leaf   leaf
	codec  blocks.Codec
	left   int64 // values that were not read yet
	at     int64 // of the next page
	end    int64
	buf    []byte // read ahead
	bufAt  int64
	window int64
	dict   *columnar.Vector
	held   int64 // bytes of the page that is open
	budget *budget
}

var codecs = []blocks.Codec{blocks.None, blocks.Snappy, blocks.Gzip, "", "", "", blocks.Zstd, blocks.LZ4}
var codecNames = []string{"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"}

func newPages(src core.Source, l leaf, c chunk, b *budget) (*pages, error) {
	switch {
	case c.elsewhere:
		return nil, unsupported("column %s is in another file", clip(l.path))
	case c.encrypted:
		return nil, unsupported("column %s is encrypted", clip(l.path))
	case c.physicalType != int64(l.physical):
		return nil, malformed("column %s has type %d in the schema and %d in a row group", clip(l.path), l.physical, c.physicalType)
	case c.codec < 0 || c.codec >= int64(len(codecs)) || codecs[c.codec] == "":
		return nil, unsupported("column %s: codec %s", clip(l.path), nameOf(codecNames, c.codec))
	}
	if l.width() <= 0 && l.physical == typeFixed || l.physical > typeFixed {
		return nil, malformed("column %s: type %d with values of %d bytes", clip(l.path), l.physical, l.length)
	}
	return &pages{src: src, leaf: l, codec: codecs[c.codec], left: c.values, at: c.offset, end: c.offset + c.packed, budget: b}, nil
}

func nameOf(names []string, i int64) string {
	if i < 0 || i >= int64(len(names)) {
		return fmt.Sprint(i)
	}
	return names[i]
}

// bytes are n bytes at off, which lie in the chunk. They are read ahead, and
// valid until the next call.
func (p *pages) bytes(off, n int64) ([]byte, error) {
	if off < p.bufAt || off+n > p.bufAt+int64(len(p.buf)) {
		b, err := core.ReadPart(p.src, off, min(max(n, p.window), p.end-off))
		if err != nil {
			return nil, err
		}
		p.buf, p.bufAt = b, off
	}
	return p.buf[off-p.bufAt:][:n:n], nil
}

// next is the next data page. Dictionaries on the way are kept.
func (p *pages) next() (*page, error) {
	for {
		if p.at >= p.end {
			return nil, malformed("column %s ends with %d values to come", clip(p.leaf.path), p.left)
		}
		at := p.at
		head, body, err := p.read()
		if err == nil {
			var pg *page
			pg, err = p.open(head, body)
			if pg != nil && err == nil {
				return pg, nil
			}
		}
		if err != nil {
			return nil, core.AtOffset(at, fmt.Errorf("column %s: %w", clip(p.leaf.path), err))
		}
	}
}

func (p *pages) read() (pageHead, []byte, error) {
	// Most heads are short; a long one is read again with its statistics.
	var head pageHead
	size := int64(0)
	for n := int64(256); ; n = maxHeader {
		n = min(n, p.end-p.at)
		b, err := p.bytes(p.at, n)
		if err != nil {
			return head, nil, err
		}
		t := &thrift{b: b}
		head = readPageHead(t)
		size = int64(t.pos)
		if t.err == nil {
			break
		}
		if n == min(maxHeader, p.end-p.at) {
			return head, nil, t.err
		}
	}
	p.at += size
	if head.packed < 0 || head.packed > p.end-p.at || head.unpacked < 0 {
		return head, nil, malformed("a page of %d bytes, %d are left of the column", head.packed, p.end-p.at)
	}
	most := int64(maxPage)
	if head.typ == pageDictionary {
		most = maxDict
	}
	if max(head.unpacked, head.packed) > most {
		return head, nil, fmt.Errorf("%w: parquet: a page of %d bytes, the limit is %d", core.ErrLimit, max(head.unpacked, head.packed), most)
	}
	body, err := p.bytes(p.at, head.packed)
	p.at += head.packed
	if err == nil && head.hasCRC && crc32.ChecksumIEEE(body) != head.crc {
		err = malformed("a page has another checksum than it says")
	}
	return head, body, err
}

// open makes a page of its bytes; nil for other pages than data.
func (p *pages) open(h pageHead, body []byte) (*page, error) {
	if err := p.budget.spend(h.unpacked, 0); err != nil {
		return nil, err
	}
	if err := p.hold(h); err != nil {
		return nil, err
	}
	switch h.typ {
	case pageData:
		b, err := p.unpack(body, h.unpacked)
		if err != nil {
			return nil, err
		}
		return p.first(h, b)
	case pageDataV2:
		return p.second(h, body)
	case pageDictionary:
		b, err := p.unpack(body, h.unpacked)
		if err != nil {
			return nil, err
		}
		return nil, p.dictionary(h, b)
	case pageIndex:
		return nil, nil
	}
	return nil, unsupported("a page of type %d", h.typ)
}

// hold counts the memory of pages that are open at the same time: that of the
// last page goes when the next one comes, a dictionary stays.
func (p *pages) hold(h pageHead) error {
	p.budget.held += h.unpacked
	if h.typ != pageDictionary {
		p.budget.held -= p.held
		p.held = h.unpacked
	}
	if p.budget.held > maxHeld {
		return fmt.Errorf("%w: parquet: pages of more than %d bytes are open together", core.ErrLimit, maxHeld)
	}
	return nil
}

// unpack returns bytes that nothing else writes to.
func (p *pages) unpack(b []byte, size int64) ([]byte, error) {
	if p.codec == blocks.None && int64(len(b)) != size {
		return nil, malformed("a page of %d bytes says that it has %d", len(b), size)
	}
	return blocks.Unpack(p.codec, b, int(size))
}

func (p *pages) dictionary(h pageHead, b []byte) error {
	if h.encoding != encodingPlain && h.encoding != encodingPlainDictionary {
		return unsupported("a dictionary with encoding %s", nameOf(encodingNames, h.encoding))
	}
	least := int64(4) // bytes of a value
	if p.leaf.physical != typeByteArray && p.leaf.physical != typeBoolean {
		least = int64(p.leaf.width())
	}
	if h.values < 0 || h.values > int64(len(b))/least || p.leaf.physical == typeBoolean {
		return malformed("a dictionary of %d values in %d bytes", h.values, len(b))
	}
	p.dict = &columnar.Vector{Type: p.leaf.typ, Len: int(h.values)}
	return (&plainValues{b: b, leaf: p.leaf.node}).read(p.dict, p.dict.Len)
}
