package compress

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// LZMA2 is LZMA in chunks of at most 2 MiB, packed to at most 64 KiB
// (xz-file-format.txt, and lzma2_decoder.c of XZ Utils).
const (
	lzma2End         = 0x00
	lzma2StoredReset = 0x01 // stored, and the dictionary is forgotten
	lzma2Stored      = 0x02
	lzma2Packed      = 0x80 // and more: what is forgotten, and five bits of the size

	// in bits 5 and 6 of a packed chunk
	lzma2ResetState = 1
	lzma2NewProps   = 2
	lzma2ResetAll   = 3
)

var errLZMA2 = errors.New("an LZMA2 chunk that cannot stand here")

// lzma2Decoder reads the chunks of one block.
type lzma2Decoder struct {
	lzmaDecoder
	in             *input
	ready          bool // the dictionary was begun
	props, learned bool // properties were given; probabilities are set
	packed         []byte
}

// unpackLZMA2 reads chunks up to the end mark.
func unpackLZMA2(in *input, out *output) error {
	d := &lzma2Decoder{in: in}
	d.out, d.start = out, out.n
	for {
		control, err := in.ReadByte()
		switch {
		case err != nil:
			return cut(err)
		case control == lzma2End:
			return nil
		case control >= lzma2Packed:
			err = d.chunk(control)
		case control <= lzma2Stored:
			err = d.stored(control)
		default:
			err = fmt.Errorf("%w: control byte %#02x", errLZMA2, control)
		}
		if err != nil {
			return err
		}
	}
}

func (d *lzma2Decoder) stored(control byte) error {
	var b [2]byte
	if err := d.in.full(b[:]); err != nil {
		return err
	}
	if control == lzma2StoredReset {
		d.begin()
	}
	if !d.ready {
		return fmt.Errorf("%w: no dictionary", errLZMA2)
	}
	return d.in.copyTo(d.out, int(binary.BigEndian.Uint16(b[:]))+1)
}

func (d *lzma2Decoder) begin() { d.ready, d.start = true, d.out.n }

func (d *lzma2Decoder) chunk(control byte) error {
	var b [4]byte
	if err := d.in.full(b[:]); err != nil {
		return err
	}
	size := int64(control&31)<<16 + int64(binary.BigEndian.Uint16(b[:])) + 1
	packed := int(binary.BigEndian.Uint16(b[2:])) + 1
	if err := d.prepare(control >> 5 & 3); err != nil {
		return err
	}
	if d.packed == nil {
		d.packed = make([]byte, 1<<16)
	}
	whole := true
	if left := d.in.src.Size() - d.in.pos(); left < int64(packed) { // what is there is decoded
		packed, whole = int(left), false
	}
	if err := d.in.full(d.packed[:packed]); err != nil {
		return err
	}
	d.rc = rangeDecoder{buf: d.packed[:packed]}
	err := d.rc.start()
	if err == nil {
		err = d.decode(size)
	}
	switch {
	case errors.Is(err, errEndMark):
		return errMarker
	case err != nil:
		return err
	case !whole || d.rc.i != packed:
		return fmt.Errorf("%w: %d of %d packed bytes were used", errLZMA2, d.rc.i, packed)
	}
	return nil
}

// prepare forgets what the chunk says.
func (d *lzma2Decoder) prepare(what byte) error {
	if what == lzma2ResetAll {
		d.begin()
	}
	if what >= lzma2NewProps {
		b, err := d.in.ReadByte()
		if err != nil {
			return cut(err)
		}
		if !d.setProps(b) || d.lc+d.lp > 4 {
			return fmt.Errorf("%w: properties %#02x", errLZMA2, b)
		}
		d.props = true
	}
	if what >= lzma2ResetState && d.props {
		d.reset()
		d.learned = true
	}
	if !d.ready || !d.learned {
		return fmt.Errorf("%w: it continues what was not begun", errLZMA2)
	}
	return nil
}
