package pooledsplit

import (
	"context"
	"fmt"

	"taster/core"
	"taster/core/num"
)

// Class is the rows of one class.
type Class struct {
	Index   []int    // the rows of the data set
	Rows    num.Rows // their values; without data where they are not held
	Mean    []float64
	scatter []float64 // D x D about the mean, where that is less to read than the rows; else nil
	sampled string    // says that Index is not all of them, or nothing
}

const (
	keep = 8 << 20 // values of class scatter matrices that are kept
	// plenty is how many rows for each column make the pooled covariance firm
	// enough to be taken as it is.
	plenty = 10
)

// pool sums up the classes of a data set.
type pool struct {
	classes     []*Class
	cols, total int
	own         bool // classes keep their scatter matrices
	s           []float64
	done        int     // rows
	fourth      float64 // sum of fourth powers of the distances to the class mean, where rows are few
}

// newPool refuses data of so many columns that their covariance does not fit.
func newPool(p *core.RowsPass) (*pool, error) {
	_, cols := p.Data.Shape()
	if limit := p.Limits.WithDefaults().Cells; int64(cols) > limit/2/int64(max(cols, 1)) { // its values take twice the room
		return nil, fmt.Errorf("%w: the covariance of %d columns", core.ErrLimit, cols)
	}
	q := &pool{cols: cols, s: make([]float64, cols*cols)}
	for _, index := range p.Data.ByClass() {
		q.classes, q.total = append(q.classes, &Class{Index: index}), q.total+len(index)
	}
	q.own = cols > 0 && len(q.classes) <= keep/cols/cols
	return q, nil
}

// add adds the rows of class c. progress hears of rows done. O(n D^2 / 2).
func (q *pool) add(ctx context.Context, c *Class, progress func(done, total int) error) error {
	c.Mean = c.Rows.Mean()
	to := q.s
	if q.own && 2*c.Rows.Len() > q.cols {
		c.scatter = make([]float64, q.cols*q.cols)
		to = c.scatter
	}
	before := q.done
	err := c.Rows.AddScatter(ctx, to, c.Mean, func(n int) error {
		q.done = before + n
		return progress(q.done, q.total)
	})
	if err != nil {
		return err
	}
	if c.scatter != nil {
		num.Mirror(c.scatter, q.cols)
		for i, v := range c.scatter { // of s the lower triangle counts
			q.s[i] += v
		}
	}
	if q.total < plenty*q.cols {
		q.fourth += fourth(c.Rows, c.Mean)
	}
	return nil
}

// fourth is the sum of the fourth powers of the distances to the mean.
func fourth(x num.Rows, mean []float64) (sum float64) {
	for i := range x.Index {
		var length float64
		for j, v := range x.Row(i) {
			e := float64(v) - mean[j]
			length += e * e
		}
		sum += length * length
	}
	return sum
}

// metric is that of the pooled within-class covariance with a ridge. It is nil
// when no class varies. O(D^3 / 6).
func (q *pool) metric(ctx context.Context) (*Metric, error) {
	if q.done == 0 {
		return nil, nil
	}
	num.Mirror(q.s, q.cols)
	for i := range q.s {
		q.s[i] /= float64(q.done)
	}
	if q.total < plenty*q.cols {
		q.shrink()
	}
	return NewMetric(ctx, q.s, q.cols, Ridge)
}

// shrink moves the covariance of few rows towards a multiple of the identity,
// by as much as its own error asks for (Ledoit and Wolf, "A well-conditioned
// estimator for large-dimensional covariance matrices", 2004). Its smallest
// eigenvalues are far too small else, and the metric finds groups in noise.
// O(D^2).
func (q *pool) shrink() {
	var mean, size, square float64
	d, n := q.cols, float64(q.done)
	for i := range d {
		mean += q.s[i*d+i] / float64(d)
	}
	for _, v := range q.s {
		square += v * v
	}
	size = square - float64(d)*mean*mean // squared distance from the multiple
	noise := (q.fourth/n - square) / n
	if !(size > 0) || !(noise > 0) {
		return
	}
	weight := min(1, noise/size)
	for i := range q.s {
		q.s[i] *= 1 - weight
	}
	for i := range d {
		q.s[i*d+i] += weight * mean
	}
}
