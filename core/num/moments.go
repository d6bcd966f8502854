package num

import (
	"context"
	"slices"

	"taster/core/num/kernel"
)

// Moments are the number, the mean and the scatter matrix of rows that come in
// blocks. Each block is summed about its own mean and then merged, so that no
// digits are lost where the mean is far larger than the spread (Chan, Golub and
// LeVeque, "Updating formulae and a pairwise algorithm for computing sample
// variances", 1979).
type Moments struct {
	N       int
	Mean    []float64
	Scatter []float64 // D x D, sum of (x - Mean)(x - Mean)^T; the lower triangle counts
}

// NewMoments are those of no rows.
func NewMoments(cols int) *Moments {
	return &Moments{Mean: make([]float64, cols), Scatter: make([]float64, cols*cols)}
}

// Add takes in a block of rows. O(n D^2 / 2 + D^2 / 2).
func (m *Moments) Add(ctx context.Context, x Rows) error {
	if x.Len() == 0 {
		return nil
	}
	mean := x.Mean()
	if err := x.AddScatter(ctx, m.Scatter, mean, nil); err != nil {
		return err
	}
	m.shift(x.Len(), mean)
	return nil
}

// Merge takes in all rows of o. O(D^2).
func (m *Moments) Merge(o *Moments) {
	if o.N == 0 {
		return
	}
	for i, v := range o.Scatter {
		m.Scatter[i] += v
	}
	m.shift(o.N, o.Mean)
}

// shift counts n more rows with the given mean, whose scatter about it has been
// added: what is left is the scatter of the two means about the common one.
func (m *Moments) shift(n int, mean []float64) {
	d, all := len(mean), float64(m.N+n)
	delta := make([]float64, d)
	for j, v := range mean {
		delta[j] = v - m.Mean[j]
	}
	if m.N == 0 {
		copy(m.Mean, mean)
	} else {
		weight := float64(m.N) / all * float64(n)
		for i, v := range delta {
			kernel.Axpy(m.Scatter[i*d:i*d+i+1], weight*v, delta[:i+1])
		}
		kernel.Axpy(m.Mean, float64(n)/all, delta)
	}
	m.N += n
}

// PCA finds the k leading components, as [NewPCA] does from the rows.
// O(s D^2) for s steps of [TopEigen].
func (m *Moments) PCA(ctx context.Context, k int) (*PCA, error) {
	d := len(m.Mean)
	s, total := slices.Clone(m.Scatter), 0.0
	Mirror(s, d)
	for i := range d {
		total += s[i*d+i]
	}
	return newPCA(ctx, m.N, k, m.Mean, total, func(dst, v []float64) { mulSquare(dst, s, v) })
}
