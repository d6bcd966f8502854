package compress

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"taster/core"
)

// The header of an .lzma file: properties, dictionary size, unpacked size
// (lzma-file-format.txt of XZ Utils).
const (
	lzmaHeader  = 13
	lzmaMaxSize = 1 << 38 // of what XZ Utils, and with it Python, recognises
	lzmaUnknown = math.MaxUint64
)

// .lzma files have no magic number: a header that XZ Utils would accept must
// be followed by data that unpacks.
func lzmaCodec() codec {
	return codec{
		kind: "lzma", suffixes: []string{".lzma"},
		match: func(head []byte, src core.Source) string {
			if !isLZMA(head) || !plausible(lzmaAlone, src) {
				return ""
			}
			return "LZMA header and data"
		},
		starts: isLZMA, unpack: lzmaAlone,
	}
}

func isLZMA(b []byte) bool {
	if len(b) <= lzmaHeader || b[lzmaHeader] != 0 {
		return false
	}
	var d lzmaDecoder
	if !d.setProps(b[0]) || d.lc+d.lp > 4 {
		return false
	}
	size := binary.LittleEndian.Uint64(b[5:])
	return size != 0 && (size == lzmaUnknown || size < lzmaMaxSize) && isDictionarySize(binary.LittleEndian.Uint32(b[1:]))
}

// isDictionarySize accepts 2^n, 2^n + 2^(n-1) and the largest number: what
// programs write. joblib's loader accepts no other.
func isDictionarySize(n uint32) bool {
	if n == math.MaxUint32 {
		return true
	}
	for n > 0 && n&1 == 0 {
		n >>= 1
	}
	return n == 1 || n == 3
}

func lzmaAlone(in *input, out *output) error {
	var h [lzmaHeader]byte
	if err := in.full(h[:]); err != nil {
		return err
	}
	return lzma(in, out, h[0], binary.LittleEndian.Uint64(h[5:]))
}

// lzma decodes what follows such a header: size bytes, or up to an end mark.
func lzma(in *input, out *output, props byte, size uint64) error {
	d := &lzmaDecoder{out: out, start: out.n}
	if !d.setProps(props) {
		return fmt.Errorf("properties %#02x", props)
	}
	d.reset()
	d.rc.more = in.take
	err := d.rc.start()
	if err == nil {
		err = d.body(size)
	}
	in.unread(len(d.rc.buf) - d.rc.i)
	return err
}

// body decodes size bytes, or up to the end mark when the size is not known.
// A mark may also follow a known size.
func (d *lzmaDecoder) body(size uint64) error {
	if size == lzmaUnknown {
		return marked(d.decode(math.MaxInt64))
	}
	if size > math.MaxInt64 {
		return fmt.Errorf("a size of %d bytes", size)
	}
	err := d.decode(int64(size))
	switch {
	case errors.Is(err, errEndMark):
		return errMarker
	case err != nil || d.rc.code == 0:
		return err
	}
	return marked(d.symbol(d.out.n))
}

func marked(err error) error {
	switch {
	case errors.Is(err, errEndMark):
		return nil
	case err == nil:
		return errOverrun
	}
	return err
}
