package pooledsplit

import (
	"math"
	"math/rand/v2"
	"testing"

	"taster/core"
)

// TestBeyond: rows of class 0 that are rows of other classes are at 0, with
// something added to them they are as far as that is long, and there is nothing
// to say of a single class.
func TestBeyond(t *testing.T) {
	for _, length := range []float64{0, 6, 12} {
		data, moved := planted(length, 3)
		s, err := Of(t.Context(), &core.RowsPass{Data: data, Pass: &core.Pass{Emit: func(core.Event) error { return nil }}})
		if err != nil {
			t.Fatal(err)
		}
		got := s.Beyond(0, moved, 1)
		if !(got <= length+0.5) || !(got >= length-2) { // two standard errors less
			t.Errorf("rows with %v added are %v beyond other classes", length, got)
		}
	}
	data, moved := planted(0, 1)
	s, err := Of(t.Context(), &core.RowsPass{Data: data, Pass: &core.Pass{Emit: func(core.Event) error { return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Beyond(0, moved, 1); !math.IsNaN(got) {
		t.Errorf("%v beyond nothing", got)
	}
}

// planted is classes of 400 normal rows. The last 20 rows of class 0 are like
// those of the next ones, with a vector of the given length added.
func planted(length float64, classes int) (*core.Dataset, []uint8) {
	const n, d = 400, 16
	rng := rand.New(rand.NewPCG(3, 3))
	data, moved := &core.Dataset{X: &core.Matrix{Rows: classes * n, Cols: d}}, make([]uint8, n)
	for c := range classes {
		data.Classes = append(data.Classes, string(rune('a'+c)))
		for i := range n {
			like := c
			if c == 0 && i >= n-20 {
				moved[i], like = 1, 1+i%2
			}
			data.Labels = append(data.Labels, c)
			for j := range d {
				v := rng.NormFloat64()
				if j == like {
					v += 20
				}
				if like != c && j == d-1 {
					v += length
				}
				data.X.Data = append(data.X.Data, float32(v))
			}
		}
	}
	return data, moved
}

// TestDifferent: copies of a row count once.
func TestDifferent(t *testing.T) {
	data, _ := planted(12, 3)
	for i := 385; i < 400; i++ {
		copy(data.X.Row(i), data.X.Row(399))
	}
	s, err := Of(t.Context(), &core.RowsPass{Data: data, Pass: &core.Pass{Emit: func(core.Event) error { return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	if g := s.Groups[0]; g.Sizes[1] != 20 || g.Different != 6 || s.Judged(0) {
		t.Errorf("%d rows, %d different, judged %t", g.Sizes[1], g.Different, s.Judged(0))
	}
}
