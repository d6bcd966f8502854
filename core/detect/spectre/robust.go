package spectre

import (
	"context"
	"math"
	"slices"

	"taster/core/num"
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
