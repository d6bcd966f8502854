package pooledsplit

import (
	"context"

	"taster/core/num"
)

const (
	// Ridge is added to all eigenvalues of the pooled covariance, as a share of
	// the largest one.
	Ridge    = 1e-3
	minRows  = 4    // fewer are not divided
	startTol = 1e-6 // of the directions that starts are made from
)

// Metric is the inverse of a covariance, kept as its Cholesky factor L: L^-1
// whitens as any other root does, up to a rotation, and distances do not feel
// that.
type Metric struct {
	chol *num.Cholesky
	cols int
}

// NewMetric inverts the symmetric d x d covariance s, which it uses up, after
// it has added ridge times the largest eigenvalue to all of them. It is nil
// when s is zero or singular.
func NewMetric(ctx context.Context, s []float64, d int, ridge float64) (*Metric, error) {
	top, err := num.TopEigen(ctx, d, 1, 1e-13, func(dst, v []float64) { multiply(dst, s, v) })
	if err != nil || len(top.Values) == 0 || !(top.Values[0] > 0) {
		return nil, err
	}
	for i := range d {
		s[i*d+i] += ridge * top.Values[0]
	}
	chol, ok, err := num.NewCholesky(ctx, s, d)
	if err != nil || !ok {
		return nil, err
	}
	return &Metric{chol, d}, nil
}

func multiply(dst, s, v []float64) {
	d := len(v)
	for i := range dst {
		dst[i] = num.Dot(s[i*d:i*d+d], v)
	}
}

// Solve replaces v by the metric times v. O(D^2).
func (m *Metric) Solve(v []float64) { m.chol.Solve(v) }

// Whiten replaces v by coordinates in which the metric is the plain one.
// O(D^2 / 2).
func (m *Metric) Whiten(v []float64) { m.chol.Whiten(v) }

// principal is the coordinates of the rows along the k leading principal
// directions of c in the metric.
func (m *Metric) principal(ctx context.Context, c *Class, k int) ([][]float64, error) {
	u, t := make([]float64, m.cols), make([]float64, c.Rows.Len())
	e, err := num.TopEigen(ctx, m.cols, min(k, c.Rows.Len()), startTol, func(dst, v []float64) {
		copy(u, v)
		m.chol.WhitenT(u)
		if c.scatter != nil {
			multiply(dst, c.scatter, u)
		} else {
			c.along(t, u)
			clear(dst)
			c.Rows.AddTo(dst, t) // the mean adds nothing: t sums to 0
		}
		m.chol.Whiten(dst)
	})
	if err != nil {
		return nil, err
	}
	var out [][]float64
	for _, v := range e.Vectors {
		m.chol.WhitenT(v)
		p := make([]float64, c.Rows.Len())
		c.along(p, v)
		out = append(out, p)
	}
	return out, nil
}

// along sets t to the coordinates of the rows from the mean, along v.
func (c *Class) along(t, v []float64) {
	c.Rows.MulVec(t, v)
	shift := num.Dot(c.Mean, v)
	for i := range t {
		t[i] -= shift
	}
}
