package gguf

import (
	"math/bits"

	"taster/core"
)

// tensorType is how the values of a tensor are stored: in blocks of block
// values that take bytes bytes.
type tensorType struct {
	name  core.DType
	block uint64
	bytes uint64
}

// typeOf is the tensor type of a number in the file; ok is false for numbers
// that were never given, or no longer are.
func typeOf(id uint32) (t tensorType, ok bool) {
	if int(id) < len(tensorTypes) {
		t = tensorTypes[id]
	}
	return t, t.block > 0
}

// tensorTypes are those of ggml, by number. A zero entry was withdrawn.
var tensorTypes = [...]tensorType{
	0: {"F32", 1, 4}, 1: {"F16", 1, 2},
	2: {"Q4_0", 32, 18}, 3: {"Q4_1", 32, 20}, 6: {"Q5_0", 32, 22}, 7: {"Q5_1", 32, 24}, 8: {"Q8_0", 32, 34}, 9: {"Q8_1", 32, 36},
	10: {"Q2_K", 256, 84}, 11: {"Q3_K", 256, 110}, 12: {"Q4_K", 256, 144}, 13: {"Q5_K", 256, 176}, 14: {"Q6_K", 256, 210}, 15: {"Q8_K", 256, 292},
	16: {"IQ2_XXS", 256, 66}, 17: {"IQ2_XS", 256, 74}, 18: {"IQ3_XXS", 256, 98}, 19: {"IQ1_S", 256, 50}, 20: {"IQ4_NL", 32, 18},
	21: {"IQ3_S", 256, 110}, 22: {"IQ2_S", 256, 82}, 23: {"IQ4_XS", 256, 136},
	24: {"I8", 1, 1}, 25: {"I16", 1, 2}, 26: {"I32", 1, 4}, 27: {"I64", 1, 8}, 28: {"F64", 1, 8},
	29: {"IQ1_M", 256, 56}, 30: {"BF16", 1, 2},
	31: {"Q4_0_4_4", 32, 18}, 32: {"Q4_0_4_8", 32, 18}, 33: {"Q4_0_8_8", 32, 18},
	34: {"TQ1_0", 256, 54}, 35: {"TQ2_0", 256, 66}, 39: {"MXFP4", 32, 17},
	40: {"NVFP4", 64, 36}, 41: {"Q1_0", 128, 18}, 42: {"Q2_0", 64, 18},
}

// span is the number of bytes of a tensor. It is false when that does not fit
// int64, or when a row is no whole number of blocks.
func (t tensorType) span(shape []int64) (int64, bool) {
	n := uint64(1)
	for i, d := range shape {
		if i == 0 && uint64(d)%t.block != 0 {
			return 0, false
		}
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 {
			return 0, false
		}
		n = lo
	}
	if len(shape) == 0 && t.block != 1 {
		return 0, false
	}
	hi, lo := bits.Mul64(n/t.block, t.bytes)
	return int64(lo), hi == 0 && lo < 1<<63
}
