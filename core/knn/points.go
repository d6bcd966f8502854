package knn

import (
	"context"
	"math"

	"taster/core"
	"taster/core/num"
	"taster/core/num/kernel"
)

// The lengths of the signatures. The last entry of each is the length of what
// the axes before it leave out.
const (
	coarseDims = 16
	fineDims   = 64
	sampleRows = 1024 // from which the axes are made: any axes give a true bound
)

// points is the usable rows, as the search sees them: unit rows for the cosine
// metric, since half the squared distance of unit rows is their cosine
// distance. Rows of zeros become unit rows along an axis of their own.
type points struct {
	x      *core.Matrix
	metric Metric
	rows   []int32   // row of each point; the tree brings them in its order
	length []float64 // by point: |row|
	scale  []float64 // by point: 1 / |row|, 0 for a row of zeros; 1 for the euclidean metric
	unit   float64   // length of 1 in signatures
	coarse []float32 // n x coarseDims
	fine   []float32 // n x fineDims; nil when coarse leaves nothing out
}

func newPoints(x *core.Matrix, usable []bool, metric Metric) *points {
	p := &points{x: x, metric: metric, unit: 1}
	for i := range x.Rows {
		if usable == nil || usable[i] {
			p.rows = append(p.rows, int32(i))
		}
	}
	p.length, p.scale = make([]float64, len(p.rows)), make([]float64, len(p.rows))
	for i := range p.rows {
		p.length[i], p.scale[i] = math.Sqrt(kernel.DotSingle(p.row(i), p.row(i))), 1
		if metric == Cosine {
			p.scale[i] = inverse(p.length[i])
		}
	}
	return p
}

func inverse(v float64) float64 {
	if v == 0 {
		return 0
	}
	return 1 / v
}

func (p *points) row(i int) []float32 { return p.x.Row(int(p.rows[i])) }

// put sets dst to point i less mean and returns its squared length, which
// counts the axis of rows of zeros.
func (p *points) put(dst []float64, i int, mean []float64) float64 {
	s, total := p.scale[i], 0.0
	if s == 0 {
		total = 1
	}
	for j, v := range p.row(i) {
		dst[j] = float64(v)*s - mean[j]
		total += dst[j] * dst[j]
	}
	return total
}

// sign makes the signatures. tell is called now and then; its error ends it.
func (p *points) sign(ctx context.Context, tell func() error) error {
	const stretch = 8192
	mean, axes, err := p.axes(ctx)
	if err != nil {
		return err
	}
	n, width := len(p.rows), len(axes)+1
	long := make([]float64, n*width)
	for lo := 0; lo < n; lo += stretch {
		if err := tell(); err != nil {
			return err
		}
		each(ctx, lo, min(lo+stretch, n), func(lo, hi int) {
			row := make([]float64, p.x.Cols)
			for i := lo; i < hi; i++ {
				left := p.put(row, i, mean)
				along(long[i*width:(i+1)*width], axes, row, left)
			}
		})
	}
	p.store(long, len(axes))
	return ctx.Err()
}

// along sets dst to the coordinates of row, whose squared length is left, and
// the length of what they leave out.
func along(dst []float64, axes [][]float64, row []float64, left float64) {
	last := len(dst) - 1
	for k, axis := range axes {
		dst[k] = num.Dot(axis, row)
		left -= dst[k] * dst[k]
	}
	dst[last] = math.Sqrt(max(left, 0))
}

// axes is the mean and the principal axes of a sample of the points.
func (p *points) axes(ctx context.Context) (mean []float64, axes [][]float64, err error) {
	n, d := len(p.rows), p.x.Cols
	m := min(n, sampleRows)
	mean = make([]float64, d)
	zero, row := make([]float64, d), make([]float64, d)
	for s := range m {
		p.put(row, s*n/m, zero)
		for j, v := range row {
			mean[j] += v / float64(m)
		}
	}
	sample := num.Rows{Data: make([]float32, m*d), Cols: d, Index: make([]int, m)}
	largest := 0.0
	for s := range m {
		p.put(row, s*n/m, mean)
		for _, v := range row {
			largest = max(largest, math.Abs(v))
		}
	}
	for s := range m {
		sample.Index[s] = s
		p.put(row, s*n/m, mean)
		for j, v := range row {
			sample.Data[s*d+j] = float32(v * inverse(largest))
		}
	}
	scores := make([]float64, m)
	e, err := num.TopEigen(ctx, d, fineDims-1, 1e-3, func(dst, v []float64) {
		clear(dst)
		sample.MulVec(scores, v)
		sample.AddTo(dst, scores)
	})
	return mean, e.Vectors, err
}

// store scales the signatures, so that none is longer than 1, and cuts them to
// their two lengths.
func (p *points) store(long []float64, axes int) {
	n, w := len(p.rows), axes+1
	largest := 0.0
	for i := range n {
		largest = max(largest, num.Dot(long[i*w:(i+1)*w], long[i*w:(i+1)*w]))
	}
	if largest > 0 {
		p.unit = 1 / math.Sqrt(largest)
	}
	p.coarse = make([]float32, n*coarseDims)
	if w > coarseDims {
		p.fine = make([]float32, n*fineDims)
	}
	for i := range n {
		cut(p.coarse[i*coarseDims:(i+1)*coarseDims], long[i*w:(i+1)*w], p.unit)
		if p.fine != nil {
			cut(p.fine[i*fineDims:(i+1)*fineDims], long[i*w:(i+1)*w], p.unit)
		}
	}
}

// cut shortens a signature: what does not fit goes into the last entry.
func cut(dst []float32, long []float64, unit float64) {
	last := len(dst) - 1
	for j := range min(last, len(long)) {
		dst[j] = float32(long[j] * unit)
	}
	if len(long) > last {
		dst[last] = float32(math.Sqrt(num.Dot(long[last:], long[last:])) * unit)
	}
}

// distance is the exact one of points i and j, the same for j and i.
func (p *points) distance(i, j int) float64 {
	a, b := p.row(i), p.row(j)
	if p.metric == Euclidean {
		return math.Sqrt(kernel.SquareSingle(a, b))
	}
	if p.scale[i] == 0 || p.scale[j] == 0 {
		if p.scale[i] == p.scale[j] {
			return 0
		}
		return 1
	}
	d := min(max(1-kernel.DotSingle(a, b)*(p.scale[i]*p.scale[j]), 0), 2)
	if d < 1e-9 && equal(a, b) {
		return 0
	}
	return d
}

func equal(a, b []float32) bool {
	for j, v := range a {
		if v != b[j] {
			return false
		}
	}
	return true
}
