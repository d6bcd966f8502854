package safetensors

import "math/bits"

// bitsOf is the width of an element type of the specification, 0 for an
// unknown one.
func bitsOf(dtype string) uint64 {
	switch dtype {
	case "F4", "I4", "U4":
		return 4
	case "F6_E2M3", "F6_E3M2":
		return 6
	case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E5M2FNUZ", "F8_E4M3FNUZ":
		return 8
	case "I16", "U16", "F16", "BF16":
		return 16
	case "I32", "U32", "F32":
		return 32
	case "I64", "U64", "F64", "C64":
		return 64
	}
	return 0
}

// span is the number of bytes of a tensor. It is false when that does not fit
// int64 (even beside a dimension of 0) or is no whole number.
func span(shape []int64, width uint64) (int64, bool) {
	p, zero := width, false
	for _, d := range shape {
		if d == 0 {
			zero = true
			continue
		}
		hi, lo := bits.Mul64(p, uint64(d))
		if hi != 0 {
			return 0, false
		}
		p = lo
	}
	if zero {
		return 0, true
	}
	return int64(p / 8), p%8 == 0
}
