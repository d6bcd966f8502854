package num

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/mat"

	"taster/core/num/kernel"
)

// sample is n random rows of d columns in a matrix that has other rows too.
func sample(seed uint64, n, d int) Rows {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := Rows{Data: make([]float32, (2*n+1)*d), Cols: d, Index: []int{}}
	for i := range x.Data {
		x.Data[i] = float32(rng.NormFloat64()*float64(1+i%d) + 5)
	}
	for i := range n {
		x.Index = append(x.Index, 2*i+1)
	}
	return x
}

// dense is x about mean as gonum holds it.
func dense(x Rows, mean []float64) *mat.Dense {
	m := mat.NewDense(x.Len(), x.Cols, nil)
	for i := range x.Index {
		for j, v := range x.Row(i) {
			m.Set(i, j, float64(v)-mean[j])
		}
	}
	return m
}

var shapes = []struct{ n, d int }{{1, 1}, {2, 3}, {3, 4}, {5, 5}, {7, 9}, {127, 6}, {128, 8}, {129, 7}, {260, 33}}

func TestRows(t *testing.T) {
	tol := cmpopts.EquateApprox(1e-12, 1e-10)
	for _, s := range shapes {
		x := sample(1, s.n, s.d)
		zero := make([]float64, s.d)
		m := dense(x, zero)
		mean := make([]float64, s.d)
		for j := range mean {
			mean[j] = mat.Sum(m.ColView(j)) / float64(s.n)
		}
		if d := cmp.Diff(mean, x.Mean(), tol); d != "" {
			t.Errorf("mean of %v: %s", s, d)
		}
		v, got := x.Mean(), make([]float64, s.n)
		var want mat.VecDense
		want.MulVec(m, mat.NewVecDense(s.d, v))
		x.MulVec(got, v)
		if d := cmp.Diff(want.RawVector().Data, got, tol); d != "" {
			t.Errorf("product of %v: %s", s, d)
		}
		back := make([]float64, s.d)
		var wantBack mat.VecDense
		wantBack.MulVec(m.T(), mat.NewVecDense(s.n, got))
		x.AddTo(back, got)
		if d := cmp.Diff(wantBack.RawVector().Data, back, tol); d != "" {
			t.Errorf("transposed product of %v: %s", s, d)
		}
		scatterAgrees(t, x)
	}
}

func scatterAgrees(t *testing.T, x Rows) {
	t.Helper()
	mean, d := x.Mean(), x.Cols
	c := dense(x, mean)
	var want mat.Dense
	want.Mul(c.T(), c)
	got := make([]float64, d*d)
	last := 0
	err := x.AddScatter(t.Context(), got, mean, func(rows int) error { last = rows; return nil })
	if err != nil || last != x.Len() {
		t.Fatalf("%d rows of %d, %v", last, x.Len(), err)
	}
	Mirror(got, d)
	if diff := cmp.Diff(want.RawMatrix().Data, got, cmpopts.EquateApprox(1e-12, 1e-9)); diff != "" {
		t.Errorf("scatter matrix of %d x %d: %s", x.Len(), d, diff)
	}
	v, product := mean, make([]float64, d)
	x.gramVec(product, mean, v)
	var wantProduct mat.VecDense
	wantProduct.MulVec(&want, mat.NewVecDense(d, v))
	if diff := cmp.Diff(wantProduct.RawVector().Data, product, cmpopts.EquateApprox(1e-11, 1e-8)); diff != "" {
		t.Errorf("scatter product of %d x %d: %s", x.Len(), d, diff)
	}
}

func TestAddScatterStops(t *testing.T) {
	x, stop := sample(1, 300, 4), errors.New("stop")
	calls := 0
	err := x.AddScatter(t.Context(), make([]float64, 16), x.Mean(), func(int) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.AddScatter(ctx, make([]float64, 16), x.Mean(), nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := NewPCA(ctx, x, 2); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, _, err := Silhouette(ctx, []float64{0, 1, 2}, 3, 1, []uint8{0, 0, 1}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestTopEigen compares with gonum on spectra that are easy and hard: all
// equal, of low rank, zero.
func TestTopEigen(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	tests := []struct {
		name   string
		values []float64
	}{
		{"one", []float64{3}},
		{"falling", []float64{100, 50, 25, 12, 6, 3, 1.5, 0.7, 0.3, 0.1, 0.01}},
		{"close", []float64{1.0001, 1, 0.9999, 0.9, 0.8999, 0.1, 0.1, 0.1, 0.1, 0.1}},
		{"equal", []float64{2, 2, 2, 2, 2}},
		{"low rank", []float64{7, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
		{"zero", []float64{0, 0, 0, 0}},
		{"flat and long", flat(90)},
	}
	for _, test := range tests {
		n := len(test.values)
		a := withSpectrum(rng, test.values)
		mul := func(dst, v []float64) {
			for i := range dst {
				dst[i] = Dot(a[i*n:i*n+n], v)
			}
		}
		for _, k := range []int{1, 3, n} {
			e, err := TopEigen(t.Context(), n, k, 1e-13, mul)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.values[:min(k, n)], e.Values, cmpopts.EquateApprox(1e-11, 1e-12)); d != "" {
				t.Errorf("%s, k = %d: values (-want +got):\n%s", test.name, k, d)
			}
			for i, v := range e.Vectors {
				w := make([]float64, n)
				mul(w, v)
				kernel.Axpy(w, -e.Values[i], v)
				if r := math.Sqrt(Dot(w, w)); r > 1e-11*max(test.values[0], 1e-300) {
					t.Errorf("%s, k = %d: vector %d has residual %g", test.name, k, i, r)
				}
				for j, u := range e.Vectors[:i] {
					if s := Dot(u, v); math.Abs(s) > 1e-12 {
						t.Errorf("%s: vectors %d and %d have product %g", test.name, i, j, s)
					}
				}
			}
		}
	}
}

func flat(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 2 - float64(i)/float64(n)
	}
	return out
}

// withSpectrum is a symmetric matrix with these eigenvalues in a random basis.
func withSpectrum(rng *rand.Rand, values []float64) []float64 {
	n := len(values)
	g := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			g.Set(i, j, rng.NormFloat64())
		}
	}
	var qr mat.QR
	qr.Factorize(g)
	var q, a mat.Dense
	qr.QTo(&q)
	a.Mul(&q, mat.NewDiagDense(n, values))
	a.Mul(&a, q.T())
	out := a.RawMatrix().Data
	Mirror(out, n)
	return out
}

// TestPCAPaths: the dense and the row-wise product lead to the same components.
func TestPCAPaths(t *testing.T) {
	x := sample(7, 90, 40)
	a, err := NewPCA(t.Context(), x, 5)
	if err != nil {
		t.Fatal(err)
	}
	mean := x.Mean()
	e, err := TopEigen(t.Context(), x.Cols, 5, eigenTol, func(dst, v []float64) { x.gramVec(dst, mean, v) })
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Vectors {
		fixSign(e.Vectors[i])
		if d := cmp.Diff(a.Vectors[i], e.Vectors[i], cmpopts.EquateApprox(0, 1e-11)); d != "" {
			t.Errorf("component %d: %s", i, d)
		}
		if d := math.Abs(a.Variance[i]*89 - e.Values[i]); d > 1e-10*e.Values[i] {
			t.Errorf("variance %d differs by %g", i, d)
		}
	}
}

func TestCholesky(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	a := withSpectrum(rng, []float64{9, 5, 3, 2, 1, 0.5, 0.1})
	kept := append([]float64(nil), a...)
	c, ok, err := NewCholesky(t.Context(), a, 7)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	b := []float64{1, -2, 3, -4, 5, -6, 7}
	v := append([]float64(nil), b...)
	c.Solve(v)
	got := make([]float64, 7)
	for i := range got {
		got[i] = Dot(kept[i*7:i*7+7], v)
	}
	if d := cmp.Diff(b, got, cmpopts.EquateApprox(0, 1e-12)); d != "" {
		t.Error(d)
	}
	if _, ok, _ := NewCholesky(t.Context(), []float64{1, 2, 2, 1}, 2); ok {
		t.Error("an indefinite matrix was factored")
	}
}

func TestTwoMeans(t *testing.T) {
	tests := []struct {
		name   string
		points []float64
		d      int
		want   []uint8
	}{
		{"one point", []float64{1}, 1, nil},
		{"all alike", []float64{1, 1, 1}, 1, nil},
		{"two points", []float64{1, 5}, 1, []uint8{0, 1}},
		{"far offset", []float64{1e9, 1e9 + 1, 1e9 + 2, 1e9 + 50}, 1, []uint8{0, 0, 0, 1}},
		{"two columns", []float64{0, 9, 0, -9, 0.5, 9, 0.5, -9, 0, -8.5}, 2, []uint8{1, 0, 1, 0, 0}},
	}
	for _, test := range tests {
		s, err := TwoMeans(t.Context(), test.points, len(test.points)/test.d, test.d)
		if err != nil {
			t.Fatal(err)
		}
		var got []uint8
		if s != nil {
			got = s.Group
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
	}
}

// TestTwoMeansIsBest compares with every division of small sets.
func TestTwoMeansIsBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	for range 50 {
		const n, d = 9, 3
		points := make([]float64, n*d)
		for i := range points {
			points[i] = rng.NormFloat64()
		}
		s, err := TwoMeans(t.Context(), points, n, d)
		if err != nil {
			t.Fatal(err)
		}
		tm := &twoMeans{n: n, d: d, x: points}
		best := math.Inf(1)
		for bits := 1; bits < 1<<n-1; bits++ {
			g := make([]uint8, n)
			for i := range g {
				g[i] = uint8(bits >> i & 1)
			}
			m, inertia := tm.measure(g), 0.0
			for i, b := range g {
				inertia += squared(tm.at(i), m.Centres[b])
			}
			best = min(best, inertia)
		}
		if s.Inertia > best*(1+1e-9) {
			t.Errorf("inertia %v, the best is %v", s.Inertia, best)
		}
	}
}

func TestSilhouette(t *testing.T) {
	got, sampled, err := Silhouette(t.Context(), []float64{0, 1, 10, 12}, 4, 1, []uint8{0, 0, 1, 1})
	// By hand: a = 1, 1, 2, 2 and b = 11, 10, 9.5, 11.5.
	want := (10/11.0 + 9/10.0 + 7.5/9.5 + 9.5/11.5) / 4
	if err != nil || sampled || math.Abs(got-want) > 1e-15 {
		t.Errorf("%v, want %v; sampled %t; %v", got, want, sampled, err)
	}
	if got, _, _ := Silhouette(t.Context(), []float64{0, 1}, 2, 1, []uint8{0, 0}); !math.IsNaN(got) {
		t.Errorf("with an empty group: %v", got)
	}
	n := SilhouetteMax + 500
	points, group := make([]float64, n), make([]uint8, n)
	for i := range points {
		group[i] = uint8(i % 2)
		points[i] = 100*float64(i%2) + float64(i%7)
	}
	got, sampled, err = Silhouette(t.Context(), points, n, 1, group)
	if err != nil || !sampled || got < 0.95 {
		t.Errorf("of a sample: %v, sampled %t, %v", got, sampled, err)
	}
}

// TestQuantile has the values that numpy prints.
func TestQuantile(t *testing.T) {
	v := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	for _, test := range []struct{ q, want float64 }{{0, 1}, {0.1, 1}, {0.25, 1.75}, {0.505, 3.535}, {0.9, 6.9}, {1, 9}} {
		if got := Quantile(v, test.q); math.Abs(got-test.want) > 1e-15 {
			t.Errorf("quantile %v: %v, want %v", test.q, got, test.want)
		}
	}
	if !math.IsNaN(Quantile(nil, 0.5)) {
		t.Error("the quantile of nothing is a number")
	}
	if got := MAD([]float64{1, 1, 2, 2, 4, 6, 9}); got != 1.4826 {
		t.Errorf("MAD %v", got)
	}
}

func TestRound(t *testing.T) {
	for _, test := range []struct {
		x      float64
		places int
		want   float64
	}{{0.345, 2, 0.34}, {0.355, 2, 0.36}, {0.125, 2, 0.12}, {0.375, 2, 0.38}, {0.10005, 4, 0.1}, {-2.5, 0, -2}} {
		if got := Round(test.x, test.places); got != test.want {
			t.Errorf("round(%v, %d) = %v, want %v", test.x, test.places, got, test.want)
		}
	}
}

func TestSample(t *testing.T) {
	got := NewRand(1).Sample(1000, 100)
	if len(got) != 100 {
		t.Fatalf("%d of 100", len(got))
	}
	for i := 1; i < len(got); i++ {
		if got[i] <= got[i-1] || got[i] >= 1000 {
			t.Fatalf("%v is not ascending below 1000", got)
		}
	}
	if d := cmp.Diff([]int{0, 1, 2}, NewRand(1).Sample(3, 3)); d != "" {
		t.Error(d)
	}
}

func BenchmarkScatter(b *testing.B) {
	x := sample(1, 1000, 512)
	mean, s := x.Mean(), make([]float64, 512*512)
	for b.Loop() {
		if err := x.AddScatter(b.Context(), s, mean, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(1000*512*513/2*float64(b.N)/b.Elapsed().Seconds()/1e9, "GMAC/s")
}

func BenchmarkGramVec(b *testing.B) {
	x := sample(1, 1000, 512)
	mean, dst := x.Mean(), make([]float64, 512)
	for b.Loop() {
		x.gramVec(dst, mean, mean)
	}
	b.ReportMetric(2*1000*512*float64(b.N)/b.Elapsed().Seconds()/1e9, "GMAC/s")
}

func BenchmarkPCA(b *testing.B) {
	x := sample(1, 1000, 512)
	for b.Loop() {
		if _, err := NewPCA(b.Context(), x, 10); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSilhouette(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	points, group := make([]float64, 5000*10), make([]uint8, 5000)
	for i := range points {
		points[i] = rng.NormFloat64()
		group[i/10] = uint8(i / 10 % 2)
	}
	for b.Loop() {
		if _, _, err := Silhouette(b.Context(), points, 5000, 10, group); err != nil {
			b.Fatal(err)
		}
	}
}

// TestTwoMeansOfMany: of more points than starts are tried on, the division is
// that of the groups they have, it is a fixed point, and points of which a
// sample does not differ are divided all the same.
func TestTwoMeansOfMany(t *testing.T) {
	const n, d = startPoints*2 + 7, 3
	rng, points := NewRand(4), make([]float64, n*d)
	for i := range n {
		for j := range d {
			points[i*d+j] = 1000 + rng.Float64()
		}
		if i%9 == 0 {
			points[i*d+1] += 5
		}
	}
	s, err := TwoMeans(t.Context(), points, n, d)
	if err != nil || s == nil {
		t.Fatal(s, err)
	}
	for i, b := range s.Group {
		if (b == 1) != (i%9 == 0) {
			t.Fatalf("point %d is in group %d", i, b)
		}
	}
	var inertia float64
	for i, b := range s.Group {
		inertia += squared(points[i*d:i*d+d], s.Centres[b])
	}
	if math.Abs(inertia-s.Inertia) > 1e-9*inertia {
		t.Errorf("inertia %v, want %v", s.Inertia, inertia)
	}
	lone := make([]float64, n)
	lone[1] = 1 // between two points of the sample
	if s, err = TwoMeans(t.Context(), lone, n, 1); err != nil || s == nil || s.Group[1] != 1 || s.Sizes[1] != 1 {
		t.Errorf("one point that differs: %v, %v", s, err)
	}
}
