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

// robust lists the points that the filter keeps, of a sample where there are
// many.
func (s *space) robust(ctx context.Context, p points) ([]int, error) {
	kept := num.NewRand(1).Sample(s.n, min(s.n, sample))
	f := &filter{points: p, kept: kept, eps: s.eps / float64(s.n), limit: int(math.RoundToEven(2 * s.eps * float64(len(kept)) / float64(s.n)))}
	for f.limit > 0 {
		keep, err := f.pass(ctx)
		if err != nil {
			return nil, err
		}
		if keep == nil || !slices.Contains(keep, false) {
			break
		}
		f.remove(keep)
	}
	return f.kept, nil
}

// filter is the iterative filter of fourth moments. It knows the points by
// their inner products after whitening, which follow from those before when a
// point goes.
type filter struct {
	points points
	kept   []int     // of the points
	eps    float64   // share of poison
	limit  int       // points that may still go
	gram   []float64 // inner products of the kept points, whitened; nil: to be made
	top    []float64 // eigenvector found last, by kept point
}

// pass says which points to keep; nil ends the filter.
func (f *filter) pass(ctx context.Context) ([]bool, error) {
	k, n := len(f.points), len(f.kept)
	if f.gram == nil {
		f.whiten()
	}
	long := make([]float64, n)
	for i := range long {
		long[i] = f.gram[i*n+i]
	}
	bound := strength * float64(k) * math.Log(float64(n)/tau)
	if slices.Max(long) >= bound {
		return f.keep(long, func(v float64) bool { return v < bound }), nil
	}
	value, along, err := f.fourth(ctx, long)
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

// whiten makes the inner products of the kept points. O(n^2 k / 2).
func (f *filter) whiten() {
	p := f.points.pick(f.kept)
	k, n := len(p), len(f.kept)
	y := p.apply(inverseRoot(p.covariance(false, 0), k))
	rows := make([]float64, n*k)
	for j, col := range y {
		for i, v := range col {
			rows[i*k+j] = v
		}
	}
	f.gram = make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			f.gram[i*n+j] = num.Dot(rows[i*k:i*k+k], rows[j*k:j*k+k])
		}
	}
	num.Mirror(f.gram, n)
}

const lowRank = 6 // dimensions up to which the iteration ends by itself after k (k + 1) / 2 steps

const few = 4 // points that go one by one; for more, whitening anew is cheaper

// remove takes the points out that are not to be kept.
func (f *filter) remove(keep []bool) {
	gone := 0
	for i := len(keep) - 1; i >= 0; i-- {
		if keep[i] {
			continue
		}
		if gone++; gone <= few && f.gram != nil {
			f.downdate(i)
		} else {
			f.gram = nil
		}
		f.kept = slices.Delete(f.kept, i, i+1)
		if f.top != nil {
			f.top = slices.Delete(f.top, i, i+1)
		}
	}
	f.limit -= gone
}

// downdate has the inner products follow when point x goes: with A the scatter
// matrix, n points have products n r_i A^-1 r_j, and the inverse of A - x x^T is
// that of Sherman and Morrison (1950). O(n^2).
func (f *filter) downdate(x int) {
	n := len(f.kept)
	left := float64(n) - f.gram[x*n+x]
	if left <= 1e-6*float64(n) { // the point alone spans a direction
		f.gram = nil
		return
	}
	with, shrink, to := slices.Clone(f.gram[x*n:x*n+n]), float64(n-1)/float64(n), 0
	for i := range n {
		if i == x {
			continue
		}
		factor := with[i] / left
		for j := range n {
			if j != x {
				f.gram[to] = shrink * (f.gram[i*n+j] + factor*with[j])
				to++
			}
		}
	}
	f.gram = f.gram[:to]
}

// fourth is the largest eigenvalue of the fourth-moment operator V -> mean of
// (y^T V y) y y^T - tr(V) 1 over whitened points, and for each point
// (y^T V y - tr V) / sqrt(2) with the unit eigenvector V. It works on the Gram
// matrix of the y y^T - 1: with its unit eigenvector a, V is their sum with
// weights a over sqrt(n value), so neither the operator nor V need be made.
// Some tens of products of O(n^2), fewer from the second time on.
func (f *filter) fourth(ctx context.Context, long []float64) (float64, []float64, error) {
	k, n := float64(len(f.points)), len(long)
	squares := make([]float64, n*n)
	for i, v := range f.gram {
		squares[i] = v * v
	}
	e, err := num.TopEigenFrom(ctx, n, 1, 1e-6, f.top, func(dst, v []float64) {
		var sum float64
		for _, x := range v {
			sum += x
		}
		along := num.Dot(long, v)
		for i := range dst {
			dst[i] = num.Dot(squares[i*n:i*n+n], v) - (long[i]-k)*sum - along
		}
	})
	if err != nil || len(e.Values) == 0 {
		return 0, nil, err
	}
	if k > lowRank {
		f.top = e.Vectors[0]
	}
	along := make([]float64, n)
	for i, v := range e.Vectors[0] {
		along[i] = v * math.Sqrt(max(e.Values[0], 0)/2)
	}
	return e.Values[0] / float64(n), along, nil
}
