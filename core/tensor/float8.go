package tensor

import (
	"math"

	"taster/core"
)

// eighths is the value of each byte in one of the 8-bit float types. "FP8
// Formats for Deep Learning" (2022) defines E4M3 and E5M2; FNUZ has a bias that
// is one larger, no infinities and no negative zero; E8M0 is a power of two, of
// the OCP Microscaling Formats.
func eighths(d core.DType) *[256]float64 {
	var t [256]float64
	for i := range t {
		switch d {
		case "F8_E8M0":
			t[i] = math.Ldexp(1, i-127)
		case "F8_E4M3":
			t[i] = eighth(byte(i), 3, 7)
		case "F8_E4M3FNUZ":
			t[i] = eighth(byte(i), 3, 8)
		case "F8_E5M2":
			t[i] = eighth(byte(i), 2, 15)
		default:
			t[i] = eighth(byte(i), 2, 16)
		}
	}
	nan := math.NaN()
	switch d {
	case "F8_E8M0":
		t[0xff] = nan
	case "F8_E4M3":
		t[0x7f], t[0xff] = nan, nan
	case "F8_E5M2":
		for _, sign := range []int{0, 0x80} {
			t[sign|0x7c] = math.Inf(1 - sign/64)
			t[sign|0x7d], t[sign|0x7e], t[sign|0x7f] = nan, nan, nan
		}
	default:
		t[0x80] = nan
	}
	return &t
}

// eighth is the value by sign, exponent and fraction.
func eighth(x byte, fractionBits, bias int) float64 {
	exponent, fraction := int(x&0x7f)>>fractionBits, float64(x&(1<<fractionBits-1))
	whole := float64(int(1) << fractionBits)
	v := math.Ldexp(fraction/whole, 1-bias)
	if exponent > 0 {
		v = math.Ldexp(1+fraction/whole, exponent-bias)
	}
	if x&0x80 != 0 {
		return -v
	}
	return v
}
