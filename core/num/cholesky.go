package num

import (
	"context"
	"math"

	"taster/core/num/kernel"
)

// Cholesky is the lower triangular L with L L^T = A.
type Cholesky struct {
	n int
	l []float64 // n x n; the upper triangle is not read
}

// NewCholesky factors the symmetric n x n matrix a in place. It reports false
// when a is not positive definite. O(n^3 / 6).
func NewCholesky(ctx context.Context, a []float64, n int) (*Cholesky, bool, error) {
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		ri := a[i*n : i*n+i+1]
		for j := range i {
			rj := a[j*n : j*n+j+1]
			ri[j] = (ri[j] - Dot(ri[:j], rj[:j])) / rj[j]
		}
		s := ri[i] - Dot(ri[:i], ri[:i])
		if !(s > 0) {
			return nil, false, nil
		}
		ri[i] = math.Sqrt(s)
	}
	return &Cholesky{n, a}, true, nil
}

// Whiten replaces v by L^-1 v. O(n^2 / 2).
func (c *Cholesky) Whiten(v []float64) {
	for i := range v {
		row := c.l[i*c.n : i*c.n+i+1]
		v[i] = (v[i] - Dot(row[:i], v[:i])) / row[i]
	}
}

// WhitenT replaces v by L^-T v. O(n^2 / 2).
func (c *Cholesky) WhitenT(v []float64) {
	for i := len(v) - 1; i >= 0; i-- {
		row := c.l[i*c.n : i*c.n+i+1]
		v[i] /= row[i]
		kernel.Axpy(v[:i], -v[i], row[:i])
	}
}

// Solve replaces v by A^-1 v. O(n^2).
func (c *Cholesky) Solve(v []float64) {
	c.Whiten(v)
	c.WhitenT(v)
}
