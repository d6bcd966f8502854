package parquet

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"

	"taster/core"
	"taster/core/columnar"
)

// page is an open data page: levels and values are read as they are wanted.
type page struct {
	left   int // entries
	rep    *runs
	def    *runs
	values decoder
}

// first opens a data page of version 1: levels and values are packed together.
func (p *pages) first(h pageHead, b []byte) (*page, error) {
	pg, err := p.page(h)
	if err != nil {
		return nil, err
	}
	level := func(most int, encoding int64) (*runs, error) {
		if most == 0 {
			return nil, nil
		}
		if encoding != encodingRLE {
			return nil, unsupported("levels with encoding %s", nameOf(encodingNames, encoding))
		}
		if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
			return nil, malformed("levels that are longer than their page")
		}
		n := 4 + int(binary.LittleEndian.Uint32(b))
		r := &runs{b: b[4:n], width: bits.Len(uint(most))}
		b = b[n:]
		return r, nil
	}
	if pg.rep, err = level(p.leaf.rep, h.repEncoding); err != nil {
		return nil, err
	}
	if pg.def, err = level(p.leaf.def, h.defEncoding); err != nil {
		return nil, err
	}
	pg.values, err = p.decoder(h, b)
	return pg, err
}

// second opens a data page of version 2: the levels are not compressed.
func (p *pages) second(h pageHead, body []byte) (*page, error) {
	pg, err := p.page(h)
	if err != nil {
		return nil, err
	}
	if h.repBytes < 0 || h.defBytes < 0 || h.repBytes > int64(len(body)) || h.defBytes > int64(len(body))-h.repBytes || h.repBytes+h.defBytes > h.unpacked {
		return nil, malformed("levels of %d and %d bytes in a page of %d", h.repBytes, h.defBytes, len(body))
	}
	if p.leaf.rep > 0 {
		pg.rep = &runs{b: body[:h.repBytes], width: bits.Len(uint(p.leaf.rep))}
	}
	n := h.repBytes + h.defBytes
	if p.leaf.def > 0 {
		pg.def = &runs{b: body[h.repBytes:n], width: bits.Len(uint(p.leaf.def))}
	}
	b := body[n:]
	if !h.plain && h.unpacked > n {
		if b, err = p.unpack(b, h.unpacked-n); err != nil {
			return nil, err
		}
	}
	pg.values, err = p.decoder(h, b)
	return pg, err
}

func (p *pages) page(h pageHead) (*page, error) {
	if h.values < 0 || h.values > p.left || h.values > math.MaxInt32 {
		return nil, malformed("a page of %d values, %d are left of the column", h.values, p.left)
	}
	p.left -= h.values
	return &page{left: int(h.values)}, nil
}

// decoder is how the values of a page are written.
func (p *pages) decoder(h pageHead, b []byte) (decoder, error) {
	leaf := p.leaf.node
	integers, texts := leaf.physical == typeInt32 || leaf.physical == typeInt64, leaf.physical == typeByteArray || leaf.physical == typeFixed
	switch {
	case h.encoding == encodingPlain:
		return &plainValues{b: b, leaf: leaf}, nil
	case h.encoding == encodingPlainDictionary, h.encoding == encodingRLEDictionary:
		return p.indexed(b)
	case h.encoding == encodingRLE && leaf.physical == typeBoolean:
		if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
			return nil, malformed("truth values that are longer than their page")
		}
		return &runBools{runs: runs{b: b[4 : 4+binary.LittleEndian.Uint32(b)], width: 1}}, nil
	case h.encoding == encodingDelta && integers:
		d, err := newDeltas(b)
		return &deltaInts{d, leaf}, err
	case h.encoding == encodingDeltaLength && leaf.physical == typeByteArray, h.encoding == encodingDeltaByteArray && texts:
		return newDeltaTexts(b, int(h.values), h.encoding == encodingDeltaByteArray, leaf)
	case h.encoding == encodingSplit && leaf.physical != typeBoolean && leaf.physical != typeByteArray:
		return &splitValues{b: b, count: len(b) / leaf.width(), leaf: leaf}, nil
	}
	return nil, unsupported("encoding %s of type %d", nameOf(encodingNames, h.encoding), leaf.physical)
}

func (p *pages) indexed(b []byte) (decoder, error) {
	switch {
	case p.dict == nil:
		return nil, malformed("values of a dictionary that does not come before them")
	case len(b) == 0:
		return &indexed{dict: p.dict}, nil // no value is there
	case b[0] > 32:
		return nil, malformed("places in a dictionary of %d bits", b[0])
	}
	return &indexed{runs: runs{b: b[1:], width: int(b[0])}, dict: p.dict}, nil
}

// budget bounds the work on a file: what its pages unpack to, and how many
// values they say to hold, of which runs have any number in a few bytes.
type budget struct {
	bytes, values int64
	held          int64 // by open pages
}

func newBudget(size int64) *budget {
	const freeBytes, byteRatio, freeValues, valueRatio = 1 << 28, 200, 1 << 26, 64
	size = min(size, math.MaxInt64/byteRatio-freeBytes)
	return &budget{bytes: freeBytes + byteRatio*size, values: freeValues + valueRatio*size}
}

func (b *budget) spend(bytes, values int64) error {
	b.bytes -= bytes
	b.values -= values
	if b.bytes < 0 || b.values < 0 {
		return fmt.Errorf("%w: parquet: the columns come to far more than the file", core.ErrLimit)
	}
	return nil
}

// entries are the levels of a leaf for some rows, and the values that are there.
type entries struct {
	rep, def []uint8
	values   columnar.Vector
}
