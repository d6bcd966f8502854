package parquet

import "encoding/binary"

// runs reads the hybrid of run lengths and packed bits, in which levels and
// places in a dictionary are written. It never holds more than is asked for:
// a few bytes can stand for billions of values.
type runs struct {
	b     []byte
	width int // bits of a value, at most 32

	left  int    // values of the run
	value uint32 // of a run of one value
	bits  []byte // of a run of packed values; nil: one value
	bit   int
}

// next is up to n equal or different values, at least one: equal says that
// they are all equal to the first. It is false at the end.
func (r *runs) fill() bool {
	for r.left == 0 {
		head, n := binary.Uvarint(r.b)
		if n <= 0 {
			return false
		}
		r.b = r.b[n:]
		if head&1 == 0 {
			if !r.single(head >> 1) {
				return false
			}
			continue
		}
		groups := head >> 1
		if groups > uint64(len(r.b)) && r.width > 0 || groups > 1<<40 {
			groups = uint64(len(r.b)) // the last run may be cut
		}
		size := min(int(groups)*r.width, len(r.b))
		r.bits, r.b, r.bit = r.b[:size], r.b[size:], 0
		r.left = int(groups) * 8
		if r.width > 0 {
			r.left = min(r.left, size*8/r.width)
		}
		if r.left == 0 && groups > 0 {
			return false
		}
	}
	return true
}

func (r *runs) single(n uint64) bool {
	size := (r.width + 7) / 8
	if len(r.b) < size || n > 1<<40 {
		return false
	}
	r.value, r.bits = 0, nil
	for i, c := range r.b[:size] {
		r.value |= uint32(c) << (8 * i)
	}
	r.b, r.left = r.b[size:], int(n)
	return true
}

// read fills dst, and says how many values there were.
func (r *runs) read(dst []uint32) int {
	done := 0
	for done < len(dst) && r.fill() {
		n := min(r.left, len(dst)-done)
		part := dst[done : done+n]
		if r.bits == nil {
			for i := range part {
				part[i] = r.value
			}
		} else {
			unpack(part, r.bits, r.bit, r.width)
			r.bit += n * r.width
		}
		r.left -= n
		done += n
	}
	return done
}

// unpack reads values of width bits that begin at bit at, lowest bits first.
func unpack(dst []uint32, b []byte, at, width int) {
	mask := uint64(1)<<width - 1
	for i := range dst {
		from := at >> 3
		var word uint64
		if from+8 <= len(b) {
			word = binary.LittleEndian.Uint64(b[from:])
		} else {
			for j := from; j < len(b); j++ {
				word |= uint64(b[j]) << (8 * (j - from))
			}
		}
		dst[i] = uint32(word >> (at & 7) & mask)
		at += width
	}
}
