package fisher

import (
	"context"

	"taster/core/num"
)

const (
	ridge    = 1e-3 // of the largest eigenvalue, added to all of them
	minRows  = 4    // fewer are not divided
	startTol = 1e-6 // of the directions that starts are made from
)

// metric is the inverse of the pooled within-class covariance S + ridge, kept
// as the Cholesky factor L of that sum: L^-1 whitens as any other root does,
// up to a rotation, and distances do not feel that.
type metric struct {
	chol *num.Cholesky
	cols int
}

// newMetric pools the classes. It is nil when no class varies.
func newMetric(ctx context.Context, classes []num.Rows, progress func(step, unit string, done, total int) error) (*metric, error) {
	total := 0
	for _, x := range classes {
		total += x.Len()
	}
	if total == 0 {
		return nil, nil
	}
	d, done := classes[0].Cols, 0
	s := make([]float64, d*d)
	for _, x := range classes {
		before := done
		err := x.AddScatter(ctx, s, x.Mean(), func(rows int) error {
			done = before + rows
			return progress("Pooled covariance", "rows", done, total)
		})
		if err != nil {
			return nil, err
		}
	}
	return factor(ctx, s, d, total)
}

func factor(ctx context.Context, s []float64, d, n int) (*metric, error) {
	num.Mirror(s, d)
	for i := range s {
		s[i] /= float64(n)
	}
	top, err := num.TopEigen(ctx, d, 1, 1e-13, func(dst, v []float64) {
		for i := range dst {
			dst[i] = num.Dot(s[i*d:i*d+d], v)
		}
	})
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
	return &metric{chol, d}, nil
}

// starts are first divisions of a class: three for each of its five leading
// principal directions in the metric.
func (m *metric) starts(ctx context.Context, x num.Rows, mean []float64) ([][]uint8, error) {
	u, t := make([]float64, m.cols), make([]float64, x.Len())
	e, err := num.TopEigen(ctx, m.cols, min(5, x.Len()), startTol, func(dst, v []float64) {
		copy(u, v)
		m.chol.WhitenT(u)
		m.along(t, x, mean, u)
		x.AddTo(dst, t) // the mean adds nothing: t sums to 0
		m.chol.Whiten(dst)
	})
	if err != nil {
		return nil, err
	}
	var out [][]uint8
	for _, v := range e.Vectors {
		m.chol.WhitenT(v)
		m.along(t, x, mean, v)
		out = append(out, num.Starts(t)...)
	}
	return out, nil
}

// along sets t to the coordinates of the rows from mean, along v.
func (m *metric) along(t []float64, x num.Rows, mean, v []float64) {
	x.MulVec(t, v)
	shift := num.Dot(mean, v)
	for i := range t {
		t[i] -= shift
	}
}
