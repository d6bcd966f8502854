package parquet

import (
	"encoding/binary"
	"math"

	"taster/core/columnar"
	"taster/core/tensor"
)

// Encodings of parquet.thrift.
const (
	encodingPlain           = 0
	encodingPlainDictionary = 2
	encodingRLE             = 3
	encodingBitPacked       = 4
	encodingDelta           = 5
	encodingDeltaLength     = 6
	encodingDeltaByteArray  = 7
	encodingRLEDictionary   = 8
	encodingSplit           = 9
)

var encodingNames = []string{"PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"}

// decoder appends n values to v, or fails where the page has fewer.
type decoder interface {
	read(v *columnar.Vector, n int) error
}

var errShort = malformed("a page holds fewer values than it says")

// plainValues are values as they are, in bytes that follow each other.
type plainValues struct {
	b    []byte
	leaf *node
	bit  int // of truth values
}

func (p *plainValues) read(v *columnar.Vector, n int) error {
	switch p.leaf.physical {
	case typeBoolean:
		return p.bools(v, n)
	case typeByteArray:
		return p.texts(v, n)
	}
	width := p.leaf.width()
	if n > len(p.b)/width {
		return errShort
	}
	appendFixed(v, p.b[:n*width], p.leaf)
	p.b = p.b[n*width:]
	return nil
}

// width is the number of bytes of a value, for types that have one.
func (n *node) width() int {
	switch n.physical {
	case typeInt32, typeFloat:
		return 4
	case typeInt64, typeDouble:
		return 8
	case typeInt96:
		return 12
	}
	return n.length
}

// appendFixed appends values that all have the same number of bytes.
func appendFixed(v *columnar.Vector, b []byte, leaf *node) {
	width := leaf.width()
	switch {
	case leaf.physical == typeInt32 && leaf.typ.Kind == columnar.Uint:
		for ; len(b) > 0; b = b[4:] {
			v.Ints = append(v.Ints, int64(binary.LittleEndian.Uint32(b)))
		}
	case leaf.physical == typeInt32:
		for ; len(b) > 0; b = b[4:] {
			v.Ints = append(v.Ints, int64(int32(binary.LittleEndian.Uint32(b))))
		}
	case leaf.physical == typeInt64:
		for ; len(b) > 0; b = b[8:] {
			v.Ints = append(v.Ints, int64(binary.LittleEndian.Uint64(b)))
		}
	case leaf.physical == typeInt96:
		for ; len(b) > 0; b = b[12:] {
			v.Ints = append(v.Ints, julian(b))
		}
	case leaf.physical == typeFloat:
		for ; len(b) > 0; b = b[4:] {
			v.Floats = append(v.Floats, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
		}
	case leaf.physical == typeDouble:
		for ; len(b) > 0; b = b[8:] {
			v.Floats = append(v.Floats, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
	case leaf.typ.Kind == columnar.Float:
		for ; len(b) > 0; b = b[2:] {
			v.Floats = append(v.Floats, float64(tensor.Half(binary.LittleEndian.Uint16(b))))
		}
	default:
		for ; len(b) > 0; b = b[width:] {
			v.Texts = append(v.Texts, b[:width:width])
		}
	}
}

// julian is the time of an INT96, in nanoseconds since 1970: nanoseconds of the
// day, then the Julian day.
func julian(b []byte) int64 {
	const epoch, day = 2440588, 24 * 60 * 60 * 1_000_000_000
	return (int64(binary.LittleEndian.Uint32(b[8:]))-epoch)*day + int64(binary.LittleEndian.Uint64(b))
}

func (p *plainValues) bools(v *columnar.Vector, n int) error {
	if n > len(p.b)*8-p.bit {
		return errShort
	}
	for range n {
		v.Ints = append(v.Ints, int64(p.b[p.bit>>3]>>(p.bit&7)&1))
		p.bit++
	}
	return nil
}

func (p *plainValues) texts(v *columnar.Vector, n int) error {
	for range n {
		if len(p.b) < 4 {
			return errShort
		}
		size := binary.LittleEndian.Uint32(p.b)
		if uint64(size) > uint64(len(p.b)-4) {
			return malformed("a text of %d bytes in a page with %d left", size, len(p.b)-4)
		}
		end := 4 + int(size)
		v.Texts = append(v.Texts, p.b[4:end:end])
		p.b = p.b[end:]
	}
	return nil
}

// indexed are places in a dictionary.
type indexed struct {
	runs runs
	dict *columnar.Vector
	at   []uint32
}

func (x *indexed) read(v *columnar.Vector, n int) error {
	if cap(x.at) < n {
		x.at = make([]uint32, n)
	}
	at := x.at[:n]
	if x.runs.read(at) < n {
		return errShort
	}
	for _, i := range at {
		if int(i) >= x.dict.Len {
			return malformed("value %d of a dictionary of %d", i, x.dict.Len)
		}
	}
	switch {
	case x.dict.Texts != nil:
		v.Texts = gather(v.Texts, x.dict.Texts, at)
	case x.dict.Floats != nil:
		v.Floats = gather(v.Floats, x.dict.Floats, at)
	default:
		v.Ints = gather(v.Ints, x.dict.Ints, at)
	}
	return nil
}

func gather[T any](dst, from []T, at []uint32) []T {
	for _, i := range at {
		dst = append(dst, from[i])
	}
	return dst
}

// runBools are truth values in runs.
type runBools struct {
	runs runs
	at   []uint32
}

func (r *runBools) read(v *columnar.Vector, n int) error {
	if cap(r.at) < n {
		r.at = make([]uint32, n)
	}
	at := r.at[:n]
	if r.runs.read(at) < n {
		return errShort
	}
	for _, x := range at {
		v.Ints = append(v.Ints, int64(x))
	}
	return nil
}

// splitValues are values whose first bytes come first, then all second bytes,
// and so on (BYTE_STREAM_SPLIT).
type splitValues struct {
	b     []byte
	count int // values of the page
	done  int
	leaf  *node
}

func (s *splitValues) read(v *columnar.Vector, n int) error {
	if n > s.count-s.done {
		return errShort
	}
	width := s.leaf.width()
	b := make([]byte, n*width)
	for k := range width {
		stream := s.b[k*s.count+s.done:]
		for i := range n {
			b[i*width+k] = stream[i]
		}
	}
	s.done += n
	appendFixed(v, b, s.leaf)
	return nil
}
