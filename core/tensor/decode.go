package tensor

import (
	"encoding/binary"
	"math"

	"taster/core"
)

type number interface{ float32 | float64 | int64 }

// swap reverses the bytes of every value.
func swap(b []byte, width int) {
	switch width {
	case 2:
		for ; len(b) >= 2; b = b[2:] {
			b[0], b[1] = b[1], b[0]
		}
	case 4:
		for ; len(b) >= 4; b = b[4:] {
			binary.LittleEndian.PutUint32(b, binary.BigEndian.Uint32(b))
		}
	case 8:
		for ; len(b) >= 8; b = b[8:] {
			binary.LittleEndian.PutUint64(b, binary.BigEndian.Uint64(b))
		}
	}
}

// decode converts all values of b, which are little-endian, into dst. U64
// wraps around in int64.
func decode[T number](dst []T, b []byte, d core.DType) {
	switch d {
	case "BOOL":
		each1(dst, b, func(x byte) T {
			if x != 0 {
				return 1
			}
			return 0
		})
	case "U8":
		each1(dst, b, func(x byte) T { return T(x) })
	case "I8":
		each1(dst, b, func(x byte) T { return T(int8(x)) })
	case "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F8_E8M0":
		table := eighths(d)
		each1(dst, b, func(x byte) T { return T(table[x]) })
	case "U16":
		each2(dst, b, func(x uint16) T { return T(x) })
	case "I16":
		each2(dst, b, func(x uint16) T { return T(int16(x)) })
	case "F16":
		each2(dst, b, func(x uint16) T { return T(Half(x)) })
	case "BF16":
		each2(dst, b, func(x uint16) T { return T(math.Float32frombits(uint32(x) << 16)) })
	case "U32":
		each4(dst, b, func(x uint32) T { return T(x) })
	case "I32":
		each4(dst, b, func(x uint32) T { return T(int32(x)) })
	case "F32":
		each4(dst, b, func(x uint32) T { return T(math.Float32frombits(x)) })
	case "U64":
		each8(dst, b, func(x uint64) T { return T(x) })
	case "I64":
		each8(dst, b, func(x uint64) T { return T(int64(x)) })
	case "F64":
		each8(dst, b, func(x uint64) T { return T(math.Float64frombits(x)) })
	}
}

func each1[T number](dst []T, b []byte, f func(byte) T) {
	for i, x := range b {
		dst[i] = f(x)
	}
}

func each2[T number](dst []T, b []byte, f func(uint16) T) {
	for i := range dst[:len(b)/2] {
		dst[i] = f(binary.LittleEndian.Uint16(b[2*i:]))
	}
}

func each4[T number](dst []T, b []byte, f func(uint32) T) {
	for i := range dst[:len(b)/4] {
		dst[i] = f(binary.LittleEndian.Uint32(b[4*i:]))
	}
}

func each8[T number](dst []T, b []byte, f func(uint64) T) {
	for i := range dst[:len(b)/8] {
		dst[i] = f(binary.LittleEndian.Uint64(b[8*i:]))
	}
}

// Half converts an IEEE 754 binary16 value; every one fits float32 exactly.
func Half(x uint16) float32 {
	sign := uint32(x&0x8000) << 16
	exponent, fraction := uint32(x>>10&0x1f), uint32(x&0x3ff)
	switch exponent {
	case 0: // zero or subnormal: fraction * 2^-24
		f := float32(fraction) * 0x1p-24
		return math.Float32frombits(sign | math.Float32bits(f))
	case 0x1f: // infinity or NaN
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}
