package within

import (
	"context"

	"taster/core/num"
)

const (
	// Ridge is added to all eigenvalues of the pooled covariance, as a share of
	// the largest one.
	Ridge    = 1e-3
	minRows  = 4       // fewer are not divided
	startTol = 1e-6    // of the directions that starts are made from
	keep     = 8 << 20 // values of class scatter matrices that are kept
)

// Class is the rows of one class.
type Class struct {
	Rows    num.Rows
	Mean    []float64
	scatter []float64 // D x D about the mean, where that is less to read than the rows; else nil
}

// Metric is the inverse of a covariance, kept as its Cholesky factor L: L^-1
// whitens as any other root does, up to a rotation, and distances do not feel
// that.
type Metric struct {
	chol *num.Cholesky
	cols int
}

// Pool is the metric of the pooled within-class covariance with a ridge. It is
// nil when no class varies. progress hears of rows done. O(N D^2 / 2 + D^3 / 6).
func Pool(ctx context.Context, rows []num.Rows, progress func(done, total int) error) (*Metric, []*Class, error) {
	total, cols := 0, 0
	for _, x := range rows {
		total, cols = total+x.Len(), x.Cols
	}
	classes, s, done := make([]*Class, len(rows)), make([]float64, cols*cols), 0
	own := cols > 0 && len(rows) <= keep/cols/cols
	for c, x := range rows {
		classes[c] = &Class{Rows: x, Mean: x.Mean()}
		to := s
		if own && 2*x.Len() > cols {
			classes[c].scatter = make([]float64, cols*cols)
			to = classes[c].scatter
		}
		before := done
		err := x.AddScatter(ctx, to, classes[c].Mean, func(n int) error {
			done = before + n
			return progress(done, total)
		})
		if err != nil {
			return nil, nil, err
		}
		classes[c].addTo(s)
	}
	if total == 0 {
		return nil, classes, nil
	}
	num.Mirror(s, cols)
	for i := range s {
		s[i] /= float64(total)
	}
	if total < plenty*cols {
		shrink(s, classes, total, cols)
	}
	m, err := NewMetric(ctx, s, cols, Ridge)
	return m, classes, err
}

// plenty is how many rows for each column make the pooled covariance firm
// enough to be taken as it is.
const plenty = 10

// shrink moves the covariance s of few rows towards a multiple of the identity,
// by as much as its own error asks for (Ledoit and Wolf, "A well-conditioned
// estimator for large-dimensional covariance matrices", 2004). Its smallest
// eigenvalues are far too small else, and the metric finds groups in noise.
// O(N D + D^2).
func shrink(s []float64, classes []*Class, n, d int) {
	var mean, fourth, size, square float64
	for i := range d {
		mean += s[i*d+i] / float64(d)
	}
	for _, c := range classes {
		for i := range c.Rows.Index {
			var length float64
			for j, v := range c.Rows.Row(i) {
				e := float64(v) - c.Mean[j]
				length += e * e
			}
			fourth += length * length
		}
	}
	for _, v := range s {
		square += v * v
	}
	size = square - float64(d)*mean*mean // squared distance of s from the multiple
	noise := (fourth/float64(n) - square) / float64(n)
	if !(size > 0) || !(noise > 0) {
		return
	}
	weight := min(1, noise/size)
	for i := range s {
		s[i] *= 1 - weight
	}
	for i := range d {
		s[i*d+i] += weight * mean
	}
}

// addTo adds the scatter matrix to s, of which the lower triangle counts.
func (c *Class) addTo(s []float64) {
	if c.scatter == nil {
		return
	}
	num.Mirror(c.scatter, c.Rows.Cols)
	for i, v := range c.scatter {
		s[i] += v
	}
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
