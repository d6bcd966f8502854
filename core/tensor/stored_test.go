package tensor

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// TestStored gathers rows from a tensor of several blocks and compares them
// with what Rows reads.
func TestStored(t *testing.T) {
	const rows, cols = 30_000, 70
	rng := rand.New(rand.NewPCG(1, 1))
	data := make([]byte, 0, 4*rows*cols)
	for range rows * cols {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(rng.Float32()))
	}
	for _, fortran := range []bool{false, true} {
		in := core.Tensor{Name: "t", DType: "F32", Shape: []int64{rows, cols}, Fortran: fortran, Data: core.Bytes("t", data)}
		all, err := Rows(t.Context(), in, rows*cols)
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewStored(in, rows)
		if err != nil {
			t.Fatal(err)
		}
		var some []int
		for i := range rows {
			if rng.IntN(7) == 0 || i == rows-1 {
				some = append(some, i)
			}
		}
		for _, want := range [][]int{{}, {0}, {rows - 1}, some} {
			got := make([]float32, len(want)*cols)
			if err := s.Gather(t.Context(), want, got); err != nil {
				t.Fatal(err)
			}
			for i, r := range want {
				if !slices.Equal(got[i*cols:(i+1)*cols], all.Row(r)) {
					t.Fatalf("fortran %t, %d rows: row %d is another one", fortran, len(want), r)
				}
			}
		}
		var each []float32
		if err := s.Each(t.Context(), func(_ int, b *core.Matrix) error { each = append(each, b.Data...); return nil }); err != nil || !slices.Equal(each, all.Data) {
			t.Errorf("fortran %t: the blocks of Each are other rows (%v)", fortran, err)
		}
		n, d := s.Shape()
		if diff := cmp.Diff([]int{rows, cols}, []int{n, d}); diff != "" {
			t.Error(diff)
		}
	}
}

func TestStoredRefuses(t *testing.T) {
	tests := []struct {
		name string
		in   core.Tensor
		want error
	}{
		{"more rows than allowed", of("U8", "0000000000", 5), core.ErrLimit},
		{"no columns", of("U8", "", 4, 0), core.ErrLimit},
		{"too short", of("F32", "0000", 4, 2), core.ErrMalformed},
		{"product overflows", of("U8", "", 1<<32, 1<<32), core.ErrMalformed},
	}
	for _, test := range tests {
		if _, err := NewStored(test.in, 4); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", test.name, err, test.want)
		}
	}
	s, err := NewStored(core.Tensor{DType: "U8", Shape: []int64{2, 1}, Data: &shrinking{core.Bytes("t", make([]byte, 2))}}, 4)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Gather(t.Context(), []int{1}, make([]float32, 1)); err == nil {
		t.Error("a file that became shorter gave rows")
	}
}

// shrinking has lost its content since its size was read.
type shrinking struct{ core.Source }

func (s *shrinking) ReadAt([]byte, int64) (int, error) { return 0, errors.New("nothing there") }
