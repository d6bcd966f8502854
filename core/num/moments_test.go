package num

import (
	"math"
	"testing"
)

// TestMoments: rows that come in blocks of any size have the moments and the
// components of all of them together, also where the mean is a million times
// the spread, and where one block lies far from another.
func TestMoments(t *testing.T) {
	const n, d = 400, 23
	for _, test := range []struct {
		name          string
		offset, drift float64
		block         int
	}{{"one block", 0, 0, n}, {"blocks of 37", 0, 0, 37}, {"row by row", 0, 0, 1}, {"far from zero", 1e6, 0, 37}, {"blocks apart", 0, 50, 100}} {
		rng := NewRand(3)
		x := Rows{Data: make([]float32, n*d), Cols: d, Index: Range(n)}
		for i := range x.Data {
			x.Data[i] = float32(test.offset + test.drift*float64(i/d/100) + rng.Float64()*float64(1+i%d))
		}
		mean, scatter := x.Mean(), make([]float64, d*d)
		if err := x.AddScatter(t.Context(), scatter, mean, nil); err != nil {
			t.Fatal(err)
		}
		m, other := NewMoments(d), NewMoments(d)
		for i := 0; i < n; i += test.block {
			to := m
			if i > n/2 {
				to = other
			}
			if err := to.Add(t.Context(), Rows{Data: x.Data, Cols: d, Index: x.Index[i:min(i+test.block, n)]}); err != nil {
				t.Fatal(err)
			}
		}
		m.Merge(other)
		m.Merge(NewMoments(d))
		if m.N != n {
			t.Fatalf("%s: %d rows", test.name, m.N)
		}
		within := 1e-12 + 1e-15*test.offset // of the spread: means have 16 digits
		for i := range d {
			if !close(m.Mean[i], mean[i], 1e-14*math.Abs(mean[i])) {
				t.Errorf("%s: mean %v, want %v", test.name, m.Mean[i], mean[i])
			}
			for j := range i + 1 {
				unit := math.Sqrt(scatter[i*d+i] * scatter[j*d+j])
				if !close(m.Scatter[i*d+j], scatter[i*d+j], within*unit) {
					t.Errorf("%s: scatter %v, want %v", test.name, m.Scatter[i*d+j], scatter[i*d+j])
				}
			}
		}
		comparePCA(t, test.name, m, x)
	}
}

func comparePCA(t *testing.T, name string, m *Moments, x Rows) {
	t.Helper()
	want, err := NewPCA(t.Context(), x, 3)
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.PCA(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Vectors) != 3 || !close(got.Total, want.Total, 1e-10*want.Total) {
		t.Errorf("%s: %d components of %v, want %v", name, len(got.Vectors), got.Total, want.Total)
	}
	for k, v := range got.Vectors {
		if c := Dot(v, want.Vectors[k]); !close(c, 1, 1e-9) || !close(got.Variance[k], want.Variance[k], 1e-10*want.Total) {
			t.Errorf("%s: component %d has cosine %v and variance %v, want %v", name, k, c, got.Variance[k], want.Variance[k])
		}
	}
}

func close(a, b, within float64) bool { return math.Abs(a-b) <= within }
