package spectre

import (
	"context"
	"math"
	"slices"

	"taster/core/num"
)

const (
	tau      = 0.1 // chance of cutting a row that is merely long, as published
	strength = 10  // constant of the filter, as in the authors' program
	sample   = 600 // rows that a covariance is learnt from: the filter's cost grows with their cube
)

// space is the rows of one class in leading principal coordinates.
type space struct {
	n, d  int
	x     []float64 // n x d
	alpha float64
	eps   float64 // rows that are poison
}

// choose tries ten numbers of dimensions and keeps the one with the largest
// criterion.
func (s *space) choose(ctx context.Context) (*choice, error) {
	full := s.columns(s.d)
	var best *choice
	for _, k := range dimensions(s.d) {
		c, err := s.try(ctx, full[:k])
		if err != nil {
			return nil, err
		}
		c.criterion = s.criterion(full, c.remove)
		if best == nil || c.criterion > best.criterion {
			best = c
		}
	}
	return best, nil
}

// dimensions are the squares of ten equal steps from 1 to the root of most.
func dimensions(most int) []int {
	var out []int
	end := math.Sqrt(float64(most))
	for i := range 10 {
		t := 1 + float64(i)*(end-1)/9
		out = append(out, int(math.RoundToEven(t*t)))
	}
	return slices.Compact(out)
}

// points are coordinates by dimension: point i is p[0][i], p[1][i], ...
type points [][]float64

func (s *space) columns(k int) points {
	p := make(points, k)
	for j := range p {
		p[j] = make([]float64, s.n)
		for i := range p[j] {
			p[j][i] = s.x[i*s.d+j]
		}
	}
	return p
}

func (p points) pick(index []int) points {
	out := make(points, len(p))
	for j, col := range p {
		out[j] = make([]float64, len(index))
		for i, at := range index {
			out[j][i] = col[at]
		}
	}
	return out
}

// covariance has divisor n - less; it is about the mean where centred.
func (p points) covariance(centred bool, less int) []float64 {
	k, n := len(p), len(p[0])
	mean := make([]float64, k)
	for j := range mean {
		for _, v := range p[j] {
			mean[j] += v / float64(n)
		}
		if !centred {
			mean[j] = 0
		}
	}
	s := make([]float64, k*k)
	for i := range k {
		for j := range i + 1 {
			s[i*k+j] = (num.Dot(p[i], p[j]) - float64(n)*mean[i]*mean[j]) / float64(max(n-less, 1))
			s[j*k+i] = s[i*k+j]
		}
	}
	return s
}

// apply is the symmetric k x k matrix a times each point.
func (p points) apply(a []float64) points {
	k, n := len(p), len(p[0])
	out := make(points, k)
	for i := range out {
		out[i] = make([]float64, n)
		for j, col := range p {
			f := a[i*k+j]
			for at, v := range col {
				out[i][at] += f * v
			}
		}
	}
	return out
}

// lengths are the squared lengths of the points.
func (p points) lengths() []float64 {
	out := make([]float64, len(p[0]))
	for _, col := range p {
		for i, v := range col {
			out[i] += v * v
		}
	}
	return out
}

// forms are the quadratic forms x^T a x of the points.
func (p points) forms(a []float64) []float64 {
	out := make([]float64, len(p[0]))
	for j, col := range p.apply(a) {
		for i, v := range col {
			out[i] += v * p[j][i]
		}
	}
	return out
}

// mapped is V f(w) V^T for the decomposition of the symmetric matrix a.
func mapped(a []float64, k int, f func(w []float64)) []float64 {
	w, v, ok := num.Symmetric(a, k)
	out := make([]float64, k*k)
	if !ok {
		return out
	}
	f(w)
	for t, x := range w {
		row := v[t*k : t*k+k]
		for i, y := range row {
			for j, z := range row {
				out[i*k+j] += x * y * z
			}
		}
	}
	return out
}

func inverseRoot(a []float64, k int) []float64 {
	return mapped(a, k, func(w []float64) {
		top := w[k-1]
		for i, v := range w {
			w[i] = 1 / math.Sqrt(max(v, 1e-12*top))
		}
	})
}

// entropy is exp(alpha (S - 1) / (|S| - 1)) with trace 1; where |S| is 1, all
// directions weigh alike.
func entropy(s []float64, k int, alpha float64) []float64 {
	return mapped(s, k, func(w []float64) {
		top, sum := 0.0, 0.0
		for _, v := range w {
			top = max(top, math.Abs(v))
		}
		for i, v := range w {
			if w[i] = 1; top != 1 {
				w[i] = math.Exp(alpha * (v - 1) / (top - 1))
			}
			sum += w[i]
		}
		for i := range w {
			w[i] /= sum
		}
	})
}

// try scores all rows in the dimensions of p.
func (s *space) try(ctx context.Context, p points) (*choice, error) {
	k := len(p)
	c := &choice{dims: k}
	if k == 1 {
		c.score = p.lengths()
	} else {
		kept, err := s.robust(ctx, p)
		if err != nil {
			return nil, err
		}
		white := p.apply(inverseRoot(p.pick(kept).covariance(true, 0), k))
		c.score = white.forms(entropy(white.covariance(true, 1), k, s.alpha))
	}
	sorted := slices.Clone(c.score)
	slices.Sort(sorted)
	cut := sorted[s.n-max(1, min(s.n, int(math.RoundToEven(1.5*s.eps))))]
	c.remove = make([]bool, s.n)
	for i, v := range c.score {
		c.remove[i] = v >= cut
	}
	return c, nil
}

// criterion is the QUE score of all rows together, whitened by those that stay.
func (s *space) criterion(full points, remove []bool) float64 {
	var stay []int
	for i, r := range remove {
		if !r {
			stay = append(stay, i)
		}
	}
	k := len(full)
	w := []float64{1}
	if k > 1 {
		w = full.apply(inverseRoot(full.pick(stay).covariance(true, 1), k)).covariance(true, 1)
	}
	m := entropy(w, k, s.alpha)
	return num.Dot(w, m) // the trace of their product: both are symmetric
}

// robust lists the points that the filter keeps, of a sample where there are
// many.
func (s *space) robust(ctx context.Context, p points) ([]int, error) {
	kept := num.NewRand(1).Sample(s.n, min(s.n, sample))
	f := &filter{eps: s.eps / float64(s.n), limit: int(math.RoundToEven(2 * s.eps * float64(len(kept)) / float64(s.n)))}
	for f.limit > 0 {
		keep, err := f.pass(ctx, p.pick(kept))
		if err != nil || keep == nil {
			return kept, err
		}
		var next []int
		for i, k := range keep {
			if k {
				next = append(next, kept[i])
			}
		}
		if len(next) == len(kept) {
			return kept, nil
		}
		f.limit -= len(kept) - len(next)
		kept = next
	}
	return kept, nil
}

// filter is the iterative filter of fourth moments.
type filter struct {
	eps   float64 // share of poison
	limit int     // points that may still go
}

// pass says which points to keep; nil ends the filter.
func (f *filter) pass(ctx context.Context, p points) ([]bool, error) {
	k, n := len(p), len(p[0])
	y := p.apply(inverseRoot(p.covariance(false, 0), k))
	long := y.lengths()
	bound := strength * float64(k) * math.Log(float64(n)/tau)
	if slices.Max(long) >= bound {
		return f.keep(long, func(v float64) bool { return v < bound }), nil
	}
	value, along, err := fourth(ctx, y, long)
	if err != nil || value <= 1+strength*f.eps*math.Pow(math.Log(1/f.eps), 2) {
		return nil, err
	}
	median := num.Median(along)
	for i, v := range along {
		along[i] = math.Abs(v - median)
	}
	sorted := slices.Clone(along)
	slices.Sort(sorted)
	for i, q := range sorted {
		t := q - 3
		if t > 0 && float64(i+1)/float64(n) >= tail(t, f.eps) {
			return f.keep(along, func(v float64) bool { return v <= t }), nil
		}
	}
	return nil, nil
}

// keep marks the points whose value is good, and as many of the others, the
// lowest first, as must stay.
func (f *filter) keep(values []float64, good func(float64) bool) []bool {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	most := math.Inf(-1)
	if stay := len(values) - f.limit; stay > 0 {
		most = sorted[stay-1]
	}
	out := make([]bool, len(values))
	for i, v := range values {
		out[i] = good(v) || v <= most
	}
	return out
}

func tail(t, eps float64) float64 {
	if t <= 10*math.Log(1/eps) {
		return 1
	}
	return 3 * eps / math.Pow(t*math.Log(t), 2)
}

// fourth is the largest eigenvalue of the fourth-moment operator V -> mean of
// (y^T V y) y y^T - tr(V) 1 over whitened points, and for each point
// (y^T V y - tr V) / sqrt(2) with the unit eigenvector V.
func fourth(ctx context.Context, y points, long []float64) (float64, []float64, error) {
	if k := len(y); k*(k+1)/2 <= packed {
		value, along := fourthPacked(y)
		return value, along, nil
	}
	return fourthGram(ctx, y, long)
}

const packed = 100 // entries of a symmetric matrix up to which the operator is made

// fourthPacked makes the operator on the entries of V, those off the diagonal
// times sqrt(2). O(n k^4 / 8).
func fourthPacked(y points) (float64, []float64) {
	var entries points
	for i := range y {
		for j := range i + 1 {
			e, scale, less := make([]float64, len(y[0])), math.Sqrt2, 0.0
			if i == j {
				scale, less = 1, 1
			}
			for at := range e {
				e[at] = scale*y[i][at]*y[j][at] - less
			}
			entries = append(entries, e)
		}
	}
	m := len(entries)
	along := make([]float64, len(y[0]))
	w, v, ok := num.Symmetric(entries.covariance(false, 0), m)
	if !ok {
		return 0, along
	}
	for j, e := range entries {
		for at, x := range e {
			along[at] += v[(m-1)*m+j] * x / math.Sqrt2
		}
	}
	return w[m-1], along
}

// fourthGram works on the Gram matrix of the y y^T - 1: with its unit
// eigenvector a, V is their sum with weights a over sqrt(n value), so neither
// the operator nor V need be made. O(n^2 k / 2) and some tens of products of
// O(n^2).
func fourthGram(ctx context.Context, y points, long []float64) (float64, []float64, error) {
	k, n := len(y), len(long)
	rows := make([]float64, n*k)
	for j, col := range y {
		for i, v := range col {
			rows[i*k+j] = v
		}
	}
	gram := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			v := num.Dot(rows[i*k:i*k+k], rows[j*k:j*k+k])
			gram[i*n+j] = v*v - long[i] - long[j] + float64(k)
		}
	}
	num.Mirror(gram, n)
	e, err := num.TopEigen(ctx, n, 1, 1e-6, func(dst, v []float64) {
		for i := range dst {
			dst[i] = num.Dot(gram[i*n:i*n+n], v)
		}
	})
	if err != nil || len(e.Values) == 0 {
		return 0, nil, err
	}
	along := e.Vectors[0]
	for i := range along {
		along[i] *= math.Sqrt(max(e.Values[0], 0) / 2)
	}
	return e.Values[0] / float64(n), along, nil
}
