package tensor

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taster/core"
)

// of makes a tensor over bytes written in hex.
func of(dtype core.DType, text string, shape ...int64) core.Tensor {
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		panic(err)
	}
	return core.Tensor{Name: "t", DType: dtype, Shape: shape, Length: int64(len(b)), Data: core.Bytes("t", b)}
}

func TestFloat64s(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		dtype core.DType
		bytes string
		want  []float64
	}{
		{"BOOL", "00 01 ff", []float64{0, 1, 1}},
		{"U8", "00 7f ff", []float64{0, 127, 255}},
		{"I8", "00 7f ff 80", []float64{0, 127, -1, -128}},
		{"F8_E4M3", "00 38 b8 7e 01 7f 88", []float64{0, 1, -1, 448, 0x1p-9, nan, -0x1p-6}},
		{"F8_E5M2", "3c bc 7b 01 7c fc 7d", []float64{1, -1, 57344, 0x1p-16, inf, -inf, nan}},
		{"F8_E4M3FNUZ", "40 c0 7f 01 80", []float64{1, -1, 240, 0x1p-10, nan}},
		{"F8_E5M2FNUZ", "40 7f 01 80", []float64{1, 57344, 0x1p-17, nan}},
		{"F8_E8M0", "7f 80 00 ff", []float64{1, 2, 0x1p-127, nan}},
		{"U16", "0100 ffff", []float64{1, 65535}},
		{"I16", "0100 ffff 0080", []float64{1, -1, -32768}},
		{"U32", "01000000 ffffffff", []float64{1, 4294967295}},
		{"I32", "01000000 ffffffff", []float64{1, -1}},
		{"U64", "0100000000000000 00000000000000c0", []float64{1, 3 << 62}},
		{"I64", "0100000000000000 ffffffffffffffff", []float64{1, -1}},
		{"F16", "0000 0080 003c 00c0 0100 ff03 0004 ff7b 007c 00fc 007e", []float64{0, math.Copysign(0, -1), 1, -2,
			0x1p-24, 1023 * 0x1p-24, 0x1p-14, 65504, inf, -inf, nan}},
		{"BF16", "803f 00c0 807f 4940", []float64{1, -2, inf, 3.140625}},
		{"F32", "0000803f 000080ff", []float64{1, -inf}},
		{"F64", "000000000000f03f 182d4454fb210940", []float64{1, math.Pi}},
	}
	for _, test := range tests {
		t.Run(string(test.dtype), func(t *testing.T) {
			little := of(test.dtype, test.bytes, int64(len(test.want)))
			big := of(test.dtype, reversed(test.bytes), int64(len(test.want)))
			big.BigEndian = true
			for _, in := range []core.Tensor{little, big} {
				got, err := Float64s(t.Context(), in, 100)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(test.want, got, cmpopts.EquateNaNs()); d != "" {
					t.Errorf("big endian %t: %s", in.BigEndian, d)
				}
			}
		})
	}
}

// reversed turns every value's bytes around: "0100 0200" to "0001 0002".
func reversed(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		b, _ := hex.DecodeString(w)
		for l, r := 0, len(b)-1; l < r; l, r = l+1, r-1 {
			b[l], b[r] = b[r], b[l]
		}
		words[i] = hex.EncodeToString(b)
	}
	return strings.Join(words, " ")
}

func TestInt64s(t *testing.T) {
	tests := []struct {
		name string
		in   core.Tensor
		want []int64
		err  string
	}{
		{"large", of("I64", "ffffffffffffff7f 0100000000002000", 2), []int64{math.MaxInt64, 1<<53 + 1}, ""},
		{"unsigned", of("U64", "ffffffffffffff7f", 1), []int64{math.MaxInt64}, ""},
		{"too large", of("U64", "0000000000000000 ffffffffffffffff", 2), nil, "value 18446744073709551615 at index 1"},
		{"bool", of("BOOL", "0100", 2), []int64{1, 0}, ""},
		{"whole floats", of("F32", "00000040 000080bf", 2), []int64{2, -1}, ""},
		{"fraction", of("F32", "0000003f", 1), nil, "value 0.5 at index 0"},
		{"nan", of("F32", "0000c07f", 1), nil, "value NaN at index 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Int64s(t.Context(), test.in, 100)
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
			if !contains(err, test.err) {
				t.Errorf("error %v, want %q", err, test.err)
			}
		})
	}
}

func contains(err error, text string) bool {
	if text == "" {
		return err == nil
	}
	return err != nil && strings.Contains(err.Error(), text)
}

// counting makes a tensor whose row-major values are 0, 1, 2, ..., stored in
// the given order by the textbook index formula.
func counting(fortran bool, shape ...int64) core.Tensor {
	n := int64(1)
	for _, d := range shape {
		n *= d
	}
	b := make([]byte, 4*n)
	for i := range n {
		at := i
		if fortran {
			at = fortranIndex(i, shape)
		}
		binary.LittleEndian.PutUint32(b[4*at:], uint32(i))
	}
	return core.Tensor{Name: "t", DType: "I32", Shape: shape, Fortran: fortran, Length: 4 * n, Data: core.Bytes("t", b)}
}

// fortranIndex is where the i-th value in row-major order lies in column-major order.
func fortranIndex(i int64, shape []int64) int64 {
	index := make([]int64, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		index[k], i = i%shape[k], i/shape[k]
	}
	at, weight := int64(0), int64(1)
	for k, d := range shape {
		at += index[k] * weight
		weight *= d
	}
	return at
}

var shapes = [][]int64{{}, {7}, {1, 5}, {5, 1}, {4, 6}, {3, 4, 5}, {1, 3, 4}, {2, 3, 1, 5}}

func TestOrder(t *testing.T) {
	for _, shape := range shapes {
		for _, fortran := range []bool{false, true} {
			t.Run(fmt.Sprint(shape, fortran), func(t *testing.T) {
				m, err := Rows(t.Context(), counting(fortran, shape...), 1000)
				if err != nil {
					t.Fatal(err)
				}
				if len(shape) > 0 && m.Rows != int(shape[0]) {
					t.Errorf("%d rows, want %d", m.Rows, shape[0])
				}
				wantCounting(t, m.Data, 0)
			})
		}
	}
}

func wantCounting(t *testing.T, got []float32, from int) {
	t.Helper()
	for i, x := range got {
		if x != float32(from+i) {
			t.Fatalf("value %d is %v, want %d", i, x, from+i)
		}
	}
}

// TestPart reads a middle part of a column-major tensor, as Blocks does with
// one that is larger than its memory.
func TestPart(t *testing.T) {
	v, err := viewOf(counting(true, 9, 2, 3), 1000)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, 4*6)
	if err := fill(t.Context(), v, got, 3, 4); err != nil {
		t.Fatal(err)
	}
	wantCounting(t, got, 3*6)
}

func TestBlocks(t *testing.T) {
	for _, fortran := range []bool{false, true} {
		for _, per := range []int{-1, 1, 2, 3, 10, 1 << 40} {
			next := 0
			err := Blocks(t.Context(), counting(fortran, 10, 3), per, func(first int, b *core.Matrix) error {
				if first != next || b.Cols != 3 || b.Rows > max(per, 1) {
					t.Fatalf("block of %d x %d at row %d, want row %d", b.Rows, b.Cols, first, next)
				}
				wantCounting(t, b.Data, 3*first)
				next = first + b.Rows
				return nil
			})
			if err != nil || next != 10 {
				t.Errorf("fortran %t, %d rows a block: %d rows, error %v", fortran, per, next, err)
			}
		}
	}
}

func TestBlocksStops(t *testing.T) {
	stop := errors.New("stop")
	calls := 0
	err := Blocks(t.Context(), counting(true, 10, 3), 2, func(int, *core.Matrix) error { calls++; return stop })
	if err != stop || calls != 1 {
		t.Errorf("%d calls, error %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Rows(ctx, counting(false, 10, 3), 100); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

func TestHostile(t *testing.T) {
	tests := []struct {
		name string
		in   core.Tensor
		want error
	}{
		{"too short", of("F32", "0000", 1), core.ErrMalformed},
		{"too long", of("F32", "0000000000", 1), core.ErrMalformed},
		{"negative", of("F32", "", -1), core.ErrMalformed},
		{"two negative", of("U8", "00", -1, -1), core.ErrMalformed},
		{"product overflows", of("U8", "", 1<<32, 1<<32), core.ErrMalformed},
		{"product overflows beside zero", of("U8", "", 1<<32, 0, 1<<32), core.ErrMalformed},
		{"bytes overflow", of("F64", "", 1<<61), core.ErrMalformed},
		{"no data", core.Tensor{DType: "F32", Shape: []int64{1}}, core.ErrUnsupported},
		{"not a number", of("F4", "00", 1), core.ErrUnsupported},
		{"over the limit", of("U8", "0000000000", 5), core.ErrLimit},
		{"empty rows over the limit", of("U8", "", 1<<60, 0), core.ErrLimit},
		{"empty columns over the limit", of("U8", "", 0, 1<<60), core.ErrLimit},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Rows(t.Context(), test.in, 4); !errors.Is(err, test.want) {
				t.Errorf("Rows: error %v, want %v", err, test.want)
			}
			if _, err := Int64s(t.Context(), test.in, 4); !errors.Is(err, test.want) {
				t.Errorf("Int64s: error %v, want %v", err, test.want)
			}
		})
	}
}

func TestBlocksEmpty(t *testing.T) {
	err := Blocks(t.Context(), of("U8", "", 1<<60, 0), 1, func(int, *core.Matrix) error {
		t.Fatal("a block of nothing")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// FuzzRows gives tensors whose shape need not fit their bytes. Reading at once
// and in blocks must come to the same.
func FuzzRows(f *testing.F) {
	f.Add(uint8(3), int64(2), int64(3), int64(1), true, true, make([]byte, 24))
	f.Add(uint8(0), int64(1<<32), int64(1<<32), int64(0), false, false, []byte{})
	f.Add(uint8(7), int64(5), int64(1), int64(2), true, false, []byte("0123456789"))
	types := []core.DType{"BOOL", "U8", "I16", "F32", "F64", "BF16", "U64", "F16", "F4"}
	f.Fuzz(func(t *testing.T, d uint8, a, b, c int64, fortran, big bool, data []byte) {
		in := core.Tensor{Name: "t", DType: types[int(d)%len(types)], Shape: []int64{a, b, c}, Fortran: fortran, BigEndian: big, Data: core.Bytes("t", data)}
		m, err := Rows(t.Context(), in, 1<<20)
		if err != nil {
			return
		}
		var blocks []float32
		if err := Blocks(t.Context(), in, 2, func(_ int, m *core.Matrix) error { blocks = append(blocks, m.Data...); return nil }); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(m.Data, blocks, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
	})
}

func BenchmarkRows(b *testing.B) {
	for _, fortran := range []bool{false, true} {
		for _, d := range []core.DType{"F16", "F32", "F64"} {
			b.Run(fmt.Sprint(d, " fortran ", fortran), func(b *testing.B) {
				const rows, cols = 4096, 512
				t := core.Tensor{Name: "t", DType: d, Shape: []int64{rows, cols}, Fortran: fortran,
					Data: core.Bytes("t", make([]byte, rows*cols*d.Size()))}
				b.SetBytes(t.Data.Size())
				for b.Loop() {
					if _, err := Rows(b.Context(), t, rows*cols); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
