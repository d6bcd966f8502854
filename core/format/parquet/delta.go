package parquet

import (
	"encoding/binary"

	"taster/core/columnar"
)

const (
	maxDeltaBlock = 1 << 16 // values of a block; writers use 128
	maxLengths    = 1 << 24 // texts of one page whose lengths are read at once
)

// deltas reads DELTA_BINARY_PACKED: the first value, then differences in blocks
// of miniblocks, each with a width of its own.
type deltas struct {
	b       []byte
	perMini int
	minis   int
	left    int // values not yet read, the first included
	value   int64
	first   bool

	least  int64  // difference of the block
	widths []byte // of the miniblocks to come
	mini   []int64
	next   int // in mini
}

func newDeltas(b []byte) (*deltas, error) {
	d := &deltas{b: b, first: true}
	block, minis, count := d.uvarint(), d.uvarint(), d.uvarint()
	head, n := binary.Uvarint(d.b)
	switch {
	case n <= 0:
		return nil, malformed("deltas without a head")
	case block == 0 || block > maxDeltaBlock || minis == 0 || minis > block || block%minis != 0 || block/minis%8 != 0:
		return nil, malformed("deltas in blocks of %d with %d parts", block, minis)
	case count > 1<<40:
		return nil, malformed("%d deltas", count)
	}
	d.b = d.b[n:]
	d.value = int64(head>>1) ^ -int64(head&1)
	d.perMini, d.minis, d.left = int(block/minis), int(minis), int(count)
	d.mini = make([]int64, d.perMini)
	d.next = d.perMini
	return d, nil
}

// uvarint is 0 where there is none; the caller's next check fails then.
func (d *deltas) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.b = nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

// one reads a value.
func (d *deltas) one() (int64, error) {
	if d.left == 0 {
		return 0, errShort
	}
	d.left--
	if d.first {
		d.first = false
		return d.value, nil
	}
	if d.next == d.perMini {
		if err := d.unpackMini(); err != nil {
			return 0, err
		}
	}
	d.value += d.least + d.mini[d.next] // wraps around, as the format wants
	d.next++
	return d.value, nil
}

func (d *deltas) unpackMini() error {
	if len(d.widths) == 0 {
		head, n := binary.Uvarint(d.b)
		if n <= 0 || len(d.b)-n < d.minis {
			return errShort
		}
		d.least = int64(head>>1) ^ -int64(head&1)
		d.widths, d.b = d.b[n:n+d.minis], d.b[n+d.minis:]
	}
	width := int(d.widths[0])
	d.widths = d.widths[1:]
	size := d.perMini / 8 * width
	if width > 64 || size > len(d.b) {
		return errShort
	}
	unpack64(d.mini, d.b[:size], width)
	d.b, d.next = d.b[size:], 0
	return nil
}

// unpack64 reads values of up to 64 bits, lowest bits first.
func unpack64(dst []int64, b []byte, width int) {
	bit := 0
	for i := range dst {
		var x uint64
		for have := 0; have < width; {
			c := uint64(b[bit>>3]) >> (bit & 7)
			take := min(8-bit&7, width-have)
			x |= c & (1<<take - 1) << have
			have, bit = have+take, bit+take
		}
		dst[i] = int64(x)
	}
}

// rest is what follows the deltas, once they were all read: the blocks end
// where their last miniblock does.
func (d *deltas) rest() []byte { return d.b }

// deltaInts are integers in deltas.
type deltaInts struct {
	*deltas
	leaf *node
}

func (d *deltaInts) read(v *columnar.Vector, n int) error {
	narrow, unsigned := d.leaf.physical == typeInt32, d.leaf.typ.Kind == columnar.Uint
	for range n {
		x, err := d.one()
		if err != nil {
			return err
		}
		switch {
		case narrow && unsigned:
			x = int64(uint32(x))
		case narrow:
			x = int64(int32(x))
		}
		v.Ints = append(v.Ints, x)
	}
	return nil
}

// lengths reads all values of deltas at b as lengths, and what follows them.
func lengths(b []byte, most int) ([]int32, []byte, error) {
	d, err := newDeltas(b)
	if err != nil {
		return nil, nil, err
	}
	if d.left > most || d.left > maxLengths {
		return nil, nil, malformed("%d lengths in a page of %d values", d.left, most)
	}
	out := make([]int32, d.left)
	for i := range out {
		x, err := d.one()
		if err != nil {
			return nil, nil, err
		}
		if x < 0 || x > maxPage {
			return nil, nil, malformed("a text of %d bytes", x)
		}
		out[i] = int32(x)
	}
	return out, d.rest(), nil
}

// deltaTexts are lengths, then all texts (DELTA_LENGTH_BYTE_ARRAY). With
// prefixes, a text begins as the one before it does (DELTA_BYTE_ARRAY).
type deltaTexts struct {
	prefixes []int32 // nil: none
	lengths  []int32
	b        []byte
	last     []byte
	leaf     *node
	room     int // bytes that the texts of the page may still come to
}

func newDeltaTexts(b []byte, count int, prefixed bool, leaf *node) (*deltaTexts, error) {
	d := &deltaTexts{leaf: leaf, room: maxPage}
	var err error
	if prefixed {
		if d.prefixes, b, err = lengths(b, count); err != nil {
			return nil, err
		}
	}
	if d.lengths, d.b, err = lengths(b, count); err != nil {
		return nil, err
	}
	if prefixed && len(d.prefixes) != len(d.lengths) {
		return nil, malformed("%d beginnings for %d texts", len(d.prefixes), len(d.lengths))
	}
	return d, nil
}

func (d *deltaTexts) read(v *columnar.Vector, n int) error {
	if n > len(d.lengths) {
		return errShort
	}
	for _, size := range d.lengths[:n] {
		if int(size) > len(d.b) {
			return malformed("a text of %d bytes in a page with %d left", size, len(d.b))
		}
		text := d.b[:size:size]
		d.b = d.b[size:]
		if d.prefixes != nil {
			shared := int(d.prefixes[0])
			d.prefixes = d.prefixes[1:]
			if d.room -= shared + len(text); shared > len(d.last) || d.room < 0 {
				return malformed("a text that shares %d bytes with one of %d, or a page of more than %d", shared, len(d.last), maxPage)
			}
			if shared > 0 {
				text = append(append(make([]byte, 0, shared+len(text)), d.last[:shared]...), text...)
			}
			d.last = text
		}
		if d.leaf.physical == typeFixed {
			if len(text) != d.leaf.length {
				return malformed("a value of %d bytes where each has %d", len(text), d.leaf.length)
			}
			appendFixed(v, text, d.leaf)
			continue
		}
		v.Texts = append(v.Texts, text)
	}
	d.lengths = d.lengths[n:]
	return nil
}
