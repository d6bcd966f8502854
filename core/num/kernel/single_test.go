package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// singles is rows of float32, and lists of some of them.
type singles struct {
	cols   int
	data   []float32 // 12 rows
	index  []int32   // of some order of the rows
	others []int32
}

func manySingles() []singles {
	rng := rand.New(rand.NewPCG(1, 3))
	var out []singles
	for _, cols := range []int{0, 1, 3, 4, 5, 8, 15, 16, 17, 20, 33, 64, 100, 130} {
		for n := range 11 {
			s := singles{cols: cols, data: normals(rng, 12*cols), index: []int32{3, 1, 0, 2, 11, 5, 4, 7, 6, 10, 9, 8}}
			for range n {
				s.others = append(s.others, int32(rng.IntN(12)))
			}
			out = append(out, s)
		}
	}
	return out
}

func normals(rng *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(rng.NormFloat64())
	}
	return out
}

func (s singles) row(i int32) []float32 { return s.data[int(i)*s.cols:][:s.cols] }

func (s singles) String() string { return fmt.Sprintf("%d rows of %d columns", len(s.others), s.cols) }

// sameSingle compares to the last bit.
func sameSingle(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

// TestSameSingles holds whatever loops this program runs to those in Go.
func TestSameSingles(t *testing.T) {
	for _, s := range manySingles() {
		a, b := make([]float32, len(s.others)), make([]float32, len(s.others))
		loops{}.dots(a, s.data, s.cols, s.index, 4, s.others)
		plain{}.dots(b, s.data, s.cols, s.index, 4, s.others)
		sameSingle(t, "dots of "+s.String(), a, b)
		if s.cols%4 == 0 {
			loops{}.halfSquares(a, s.data, s.cols, 4, s.others)
			plain{}.halfSquares(b, s.data, s.cols, 4, s.others)
			sameSingle(t, "half squares of "+s.String(), a, b)
		}
		x, y := s.row(1), s.row(2)
		same(t, "inner product", []float64{loops{}.dotSingle(x, y)}, []float64{plain{}.dotSingle(x, y)})
		same(t, "squared distance", []float64{loops{}.squareSingle(x, y)}, []float64{plain{}.squareSingle(x, y)})
	}
}

func TestSameMultiply(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	for _, d := range []int{1, 2, 7, 16} {
		for n := 0; n < 7; n += 2 {
			for m := 0; m < 13; m += 4 {
				a, b := normals(rng, n*d), normals(rng, m*d)
				got, want := make([]float32, n*m), make([]float32, n*m)
				loops{}.multiply(got, a, b, d)
				plain{}.multiply(want, a, b, d)
				sameSingle(t, fmt.Sprintf("%d by %d rows of %d", n, m, d), got, want)
			}
		}
	}
}

func TestSameOpen(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	for n := range 70 {
		half, products, limits := normals(rng, n), normals(rng, n), normals(rng, n)
		for _, own := range []float32{-9, 0, 0.5, 9} {
			got := loops{}.open(make([]int32, 1, 100), half, products, limits, 0.25, own, 1000)
			want := plain{}.open(make([]int32, 1, 100), half, products, limits, 0.25, own, 1000)
			if !slices.Equal(got, want) {
				t.Fatalf("%d values, own limit %v: %v, want %v", n, own, got, want)
			}
		}
	}
}

// TestSingleDefinitions holds the loops to what they are said to compute.
func TestSingleDefinitions(t *testing.T) {
	for _, s := range manySingles() {
		dots, halves := make([]float32, len(s.others)), make([]float32, len(s.others))
		Dots(dots, s.data, s.cols, s.index, 4, s.others)
		for k, o := range s.others {
			p, q := s.row(s.index[4]), s.row(s.index[o])
			want, square := 0.0, 0.0
			for j, v := range p {
				want += float64(v) * float64(q[j])
				square += (float64(v) - float64(q[j])) * (float64(v) - float64(q[j]))
			}
			close32(t, "Dots of "+s.String(), dots[k], want)
			near(t, "DotSingle", []float64{DotSingle(p, q)}, []float64{want})
			near(t, "SquareSingle", []float64{SquareSingle(p, q)}, []float64{square})
			if s.cols%4 == 0 {
				HalfSquares(halves, s.data, s.cols, int(s.index[4]), []int32{s.index[o]})
				close32(t, "HalfSquares of "+s.String(), halves[0], square/2)
			}
		}
	}
}

func close32(t *testing.T, what string, got float32, want float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= 1e-5*(1+math.Abs(want))) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func TestMultiply(t *testing.T) {
	a := []float32{1, 2, 3, 4}             // (1,2) (3,4)
	b := []float32{1, 0, 2, 5, 0, 1, 2, 7} // (1,0) (0,1) (2,2) (5,7) in a strip
	want := []float32{1, 2, 6, 19, 3, 4, 14, 43}
	got := make([]float32, 8)
	Multiply(got, a, b, 2)
	sameSingle(t, "products", got, want)
}

func TestOpen(t *testing.T) {
	got := Open(nil, []float32{1, 2, 3}, []float32{0, 0, 2}, []float32{0, 2.5, 0}, 0.5, 1.5, 10)
	if want := []int32{10, 11, 12}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	got = Open(got[:0], []float32{1, 2, 3}, []float32{0, 0, 2}, []float32{0, 2.4, 0}, 0.5, 1.4, 10)
	if want := []int32{}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestRefusesSingles: rows outside of the matrix are refused, in memory that is
// shared with everything else.
func TestRefusesSingles(t *testing.T) {
	data, out := make([]float32, 40), make([]float32, 1)
	for name, read := range map[string]func(){
		"Dots":        func() { Dots(out, data, 20, []int32{0, 2}, 0, []int32{1}) },
		"HalfSquares": func() { HalfSquares(out, data, 20, 0, []int32{2}) },
		"Multiply":    func() { Multiply(out, make([]float32, 32), make([]float32, 64), 16) },
		"odd rows":    func() { Multiply(make([]float32, 4), make([]float32, 16), make([]float32, 64), 16) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("memory past the end was used")
				}
			}()
			read()
		})
	}
}
