package num

import (
	"context"
	"math"
)

const (
	eigenTol  = 1e-13
	denseCols = 256 // up to here one pass for the scatter matrix beats a pass for each product
)

// PCA is the principal components of n rows of D columns.
type PCA struct {
	Mean     []float64
	Vectors  [][]float64 // loadings; the one of largest magnitude is positive
	Variance []float64   // along each, with divisor n - 1
	Total    float64     // variance in all directions
}

// NewPCA finds the k leading components of x, fewer when x has fewer columns
// or rows. Equal variances leave the basis of their subspace open.
//
// Cost: O(n D^2) for D <= 256, else 20 to 100 passes over the rows of O(n D)
// each and as many vectors of memory; never a D x D matrix.
func NewPCA(ctx context.Context, x Rows, k int) (*PCA, error) {
	mean := x.Mean()
	mul, err := x.scatterProduct(ctx, mean)
	if err != nil {
		return nil, err
	}
	return newPCA(ctx, x.Len(), k, mean, x.spread(mean), mul)
}

// newPCA finds the components of n rows by the products with their scatter
// matrix about mean, whose trace is total.
func newPCA(ctx context.Context, n, k int, mean []float64, total float64, mul func(dst, v []float64)) (*PCA, error) {
	e, err := TopEigen(ctx, len(mean), min(k, n), eigenTol, mul)
	if err != nil {
		return nil, err
	}
	scale := float64(max(n-1, 1))
	p := &PCA{Mean: mean, Total: total / scale}
	for i, v := range e.Vectors {
		fixSign(v)
		p.Vectors, p.Variance = append(p.Vectors, v), append(p.Variance, max(e.Values[i], 0)/scale)
	}
	return p, nil
}

// Scores is the n x k matrix of the rows' coordinates, row by row.
func (p *PCA) Scores(x Rows) []float64 {
	out := make([]float64, x.Len()*len(p.Vectors))
	x.Project(out, p.Mean, p.Vectors)
	return out
}

// Share is the part of the variance that component i holds, 0 when there is no
// variance.
func (p *PCA) Share(i int) float64 {
	if i >= len(p.Variance) || !(p.Total > 0) {
		return 0
	}
	return p.Variance[i] / p.Total
}

// scatterProduct is the product with the scatter matrix about mean.
func (x Rows) scatterProduct(ctx context.Context, mean []float64) (func(dst, v []float64), error) {
	d := x.Cols
	if d > denseCols || x.Len() < d {
		return func(dst, v []float64) { x.gramVec(dst, mean, v) }, nil
	}
	s := make([]float64, d*d)
	if err := x.AddScatter(ctx, s, mean, nil); err != nil {
		return nil, err
	}
	Mirror(s, d)
	return func(dst, v []float64) { mulSquare(dst, s, v) }, nil
}

// mulSquare sets dst to the square matrix s times v.
func mulSquare(dst, s, v []float64) {
	d := len(v)
	for i := range dst {
		dst[i] = Dot(s[i*d:i*d+d], v)
	}
}

// spread is the sum of squared distances to mean. O(n D).
func (x Rows) spread(mean []float64) float64 {
	var total float64
	for i := range x.Index {
		var s float64
		for j, v := range x.Row(i) {
			e := float64(v) - mean[j]
			s += e * e
		}
		total += s
	}
	return total
}

func fixSign(v []float64) {
	best := 0
	for i := range v {
		if math.Abs(v[i]) > math.Abs(v[best]) {
			best = i
		}
	}
	if v[best] < 0 {
		for i := range v {
			v[i] = -v[i]
		}
	}
}
