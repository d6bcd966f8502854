package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// input is what the loops are tried on.
type input struct {
	cols  int
	data  []float32 // 12 rows
	index []int
	v     []float64 // cols
	t     []float64 // len(index)
}

func inputs() []input {
	rng := rand.New(rand.NewPCG(1, 1))
	var out []input
	for _, cols := range []int{1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33, 100, 130} {
		for n := range 11 {
			in := input{cols: cols, data: make([]float32, 12*cols), v: make([]float64, cols), t: make([]float64, n)}
			for i := range in.data {
				in.data[i] = float32(rng.NormFloat64())
			}
			for i := range in.v {
				in.v[i] = rng.NormFloat64()
			}
			for i := range in.t {
				in.t[i] = rng.NormFloat64()
				in.index = append(in.index, rng.IntN(12))
			}
			out = append(out, in)
		}
	}
	return out
}

func (in input) String() string { return fmt.Sprintf("%d rows of %d columns", len(in.index), in.cols) }

func (in input) row(i int) []float32 { return in.data[in.index[i]*in.cols:][:in.cols] }

// same compares to the last bit.
func same(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i, v := range want {
		if !(math.Abs(got[i]-v) <= 1e-13*(1+math.Abs(v))) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], v)
		}
	}
}

// TestSameBits holds whatever loops this program runs to those in Go.
func TestSameBits(t *testing.T) {
	for _, in := range inputs() {
		var l loops
		same(t, "dot", []float64{l.dot(in.v, in.v)}, []float64{plain{}.dot(in.v, in.v)})
		a, b := slices.Clone(in.v), slices.Clone(in.v)
		l.axpy(a, 0.3, in.v)
		plain{}.axpy(b, 0.3, in.v)
		same(t, "axpy", a, b)
		a, b = make([]float64, len(in.index)), make([]float64, len(in.index))
		l.mulVec(a, in.data, in.index, in.v)
		plain{}.mulVec(b, in.data, in.index, in.v)
		same(t, "mulVec of "+in.String(), a, b)
		a, b = slices.Clone(in.v), slices.Clone(in.v)
		l.addTo(a, in.data, in.index, in.t)
		plain{}.addTo(b, in.data, in.index, in.t)
		same(t, "addTo of "+in.String(), a, b)
		a, b = slices.Clone(in.v), slices.Clone(in.v)
		x := l.gramVec(a, in.data, in.index, in.v, 0.7)
		y := plain{}.gramVec(b, in.data, in.index, in.v, 0.7)
		same(t, "gramVec of "+in.String(), append(a, x), append(b, y))
		sameProducts(t, in)
	}
}

func sameProducts(t *testing.T, in input) {
	t.Helper()
	const height = 10
	s, r := NewStrips(in.cols, height), NewStrips(in.cols, height)
	loops{}.put(s, in.data, in.index, in.v)
	plain{}.put(r, in.data, in.index, in.v)
	same(t, "strips of "+in.String(), s.values, r.values)
	a, b := make([]float64, in.cols*in.cols), make([]float64, in.cols*in.cols)
	loops{}.addProducts(s, a, len(in.index))
	plain{}.addProducts(r, b, len(in.index))
	same(t, "products of "+in.String(), a, b)
}

func TestSameDistances(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 5, 8, 23} {
		for d := range 4 {
			x := make([]float64, n*d)
			for i := range x {
				x[i] = rng.NormFloat64()
			}
			for lo := range n {
				a, b := make([]float64, n), make([]float64, n)
				s := loops{}.addDistances(a, x, n-1, lo, n)
				r := plain{}.addDistances(b, x, n-1, lo, n)
				same(t, fmt.Sprintf("distances of %d points in %d dimensions from %d", n, d, lo), append(a, s), append(b, r))
			}
		}
	}
}

// TestDefinitions holds the loops to what they are said to compute.
func TestDefinitions(t *testing.T) {
	for _, in := range inputs() {
		n := len(in.index)
		along, sum, gram, total := make([]float64, n), make([]float64, in.cols), make([]float64, in.cols), 0.0
		for i := range n {
			for j, v := range in.row(i) {
				along[i] += float64(v) * in.v[j]
				sum[j] += float64(v) * in.t[i]
			}
			for j, v := range in.row(i) {
				gram[j] += float64(v) * (along[i] - 2)
			}
			total += along[i] - 2
		}
		a, b, c := make([]float64, n), make([]float64, in.cols), make([]float64, in.cols)
		MulVec(a, in.data, in.index, in.v)
		AddTo(b, in.data, in.index, in.t)
		got := GramVec(c, in.data, in.index, in.v, 2)
		near(t, "MulVec of "+in.String(), a, along)
		near(t, "AddTo of "+in.String(), b, sum)
		near(t, "GramVec of "+in.String(), append(c, got), append(gram, total))
		near(t, "Dot", []float64{Dot(in.v, in.v)}, []float64{square(in.v)})
	}
}

func square(v []float64) (s float64) {
	for _, x := range v {
		s += x * x
	}
	return s
}

func TestScatter(t *testing.T) {
	for _, in := range inputs() {
		s, got, want := NewStrips(in.cols, 16), make([]float64, in.cols*in.cols), make([]float64, in.cols*in.cols)
		s.Put(in.data, in.index, in.v)
		s.AddProducts(got, len(in.index))
		for i := range in.cols {
			for j := range in.cols {
				if j > i {
					got[i*in.cols+j] = 0 // says nothing
					continue
				}
				for k := range in.index {
					r := in.row(k)
					want[i*in.cols+j] += (float64(r[i]) - in.v[i]) * (float64(r[j]) - in.v[j])
				}
			}
		}
		near(t, "scatter of "+in.String(), got, want)
	}
}

func TestDistances(t *testing.T) {
	x := []float64{0, 3, 0, 1, 2, 0, 4, 4, 1, 2} // (0,0) (3,4) (0,4) (1,1) (2,2)
	to := []float64{10, 10, 10, 10, 10}
	sum := AddDistances(to, x, 5, 0, 1, 5)
	want := []float64{10, 15, 14, 10 + math.Sqrt2, 10 + math.Sqrt(8)}
	near(t, "distances", append(to, sum), append(want, 9+math.Sqrt2+math.Sqrt(8)))
}

// TestRefusesRows: a row outside of the matrix is refused, in memory that is
// shared with everything else.
func TestRefusesRows(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a row past the end was read")
		}
	}()
	MulVec(make([]float64, 1), make([]float32, 40), []int{2}, make([]float64, 20))
}

func BenchmarkDot(b *testing.B) {
	v, w := make([]float64, 512), make([]float64, 512)
	for b.Loop() {
		Dot(v, w)
	}
	rate(b, 512)
}

func BenchmarkRows(b *testing.B) {
	const n, cols = 1000, 512
	data, index, v, t, dst := make([]float32, n*cols), make([]int, n), make([]float64, cols), make([]float64, n), make([]float64, cols)
	for i := range index {
		index[i] = i
	}
	b.Run("MulVec", func(b *testing.B) {
		for b.Loop() {
			MulVec(t, data, index, v)
		}
		rate(b, n*cols)
	})
	b.Run("AddTo", func(b *testing.B) {
		for b.Loop() {
			AddTo(dst, data, index, t)
		}
		rate(b, n*cols)
	})
	b.Run("GramVec", func(b *testing.B) {
		for b.Loop() {
			GramVec(dst, data, index, v, 0)
		}
		rate(b, 2*n*cols)
	})
	b.Run("Put", func(b *testing.B) {
		s := NewStrips(cols, 128)
		for b.Loop() {
			s.Put(data, index[:128], v)
		}
		rate(b, 128*cols)
	})
	b.Run("AddProducts", func(b *testing.B) {
		s, dst := NewStrips(cols, 128), make([]float64, cols*cols)
		for b.Loop() {
			s.AddProducts(dst, 128)
		}
		rate(b, 128*cols*(cols+1)/2)
	})
}

func BenchmarkDistances(b *testing.B) {
	x, to := make([]float64, 10*5000), make([]float64, 5000)
	for b.Loop() {
		AddDistances(to, x, 5000, 0, 0, 5000)
	}
	rate(b, 5000*10)
}

func rate(b *testing.B, perRun float64) {
	b.ReportMetric(perRun*float64(b.N)/b.Elapsed().Seconds()/1e9, "G/s")
}
