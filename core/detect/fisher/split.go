package fisher

import (
	"context"
	"math"

	"taster/core/num"
)

// groups is the best division of a class in two.
type groups struct {
	small      []uint8   // 1: in the smaller group
	sizes      [2]int    // of the larger and the smaller one
	line       []float64 // position between the means, in units of the metric; the smaller group is on the positive side
	separation float64   // Ashman's D on that line; infinite when neither group varies on it
	gain       float64   // share (1 - share) |m1 - m0|^2
	heldOut    float64   // separation along directions that the rows measured had no part in
}

// divide runs two-means in the metric from fixed starts and keeps the division
// with the largest variance between the groups. It is nil when there is none.
// Whitened rows are never made: whether a row is nearer to one mean is a
// question of its inner product with the metric times their difference.
func (m *metric) divide(ctx context.Context, x num.Rows) (*groups, error) {
	mean := x.Mean()
	starts, err := m.starts(ctx, x, mean)
	if err != nil {
		return nil, err
	}
	l := &lloyd{m: m, x: x, mean: mean, seen: map[uint64]bool{}, t: make([]float64, x.Len())}
	var best *division
	for _, g := range starts {
		d, err := l.run(ctx, g)
		if err != nil {
			return nil, err
		}
		if d != nil && (best == nil || d.gain > best.gain*(1+1e-12)) {
			best = d
		}
	}
	if best == nil {
		return nil, nil
	}
	return m.describe(x, mean, best), nil
}

// direction is the metric times to - from.
func (m *metric) direction(from, to []float64) []float64 {
	w := make([]float64, len(from))
	for j := range w {
		w[j] = to[j] - from[j]
	}
	m.chol.Solve(w)
	return w
}

// pick selects the rows of group b; with half >= 0 every other one of them,
// starting with the first (0) or the second (1).
func pick(x num.Rows, group []uint8, b uint8, half int) num.Rows {
	var index []int
	k := 0
	for i, g := range group {
		if g != b {
			continue
		}
		if half < 0 || k&1 == half {
			index = append(index, x.Index[i])
		}
		k++
	}
	return num.Rows{Data: x.Data, Cols: x.Cols, Index: index}
}

// describe measures d with the smaller group as group 1.
func (m *metric) describe(x num.Rows, mean []float64, d *division) *groups {
	if d.sizes[1] > d.sizes[0] {
		for i := range d.group {
			d.group[i] ^= 1
		}
		d.sizes[0], d.sizes[1] = d.sizes[1], d.sizes[0]
		d.means[0], d.means[1] = d.means[1], d.means[0]
		d.dir = m.direction(d.means[0], d.means[1])
	}
	g := &groups{small: d.group, sizes: d.sizes, line: make([]float64, x.Len()), gain: d.gain}
	m.along(g.line, x, mean, d.dir)
	length := math.Sqrt(num.Dot(d.dir, d.means[1]) - num.Dot(d.dir, d.means[0]))
	for i := range g.line {
		g.line[i] /= length
	}
	g.separation = ashman(of(g.line, g.small, 0), of(g.line, g.small, 1))
	g.heldOut = m.heldOut(x, d.group)
	return g
}

func of(values []float64, group []uint8, b uint8) []float64 {
	var out []float64
	for i, v := range values {
		if group[i] == b {
			out = append(out, v)
		}
	}
	return out
}

// heldOut is the separation when the line is laid through the means of one
// half of each group and measured on the other half, averaged over the two
// ways. In many dimensions any two groups of few rows are apart along the line
// through their own means; along this one they are not. It is 0 when a group
// is too small to be halved.
func (m *metric) heldOut(x num.Rows, group []uint8) float64 {
	var sum float64
	for half := range 2 {
		learn0, learn1 := pick(x, group, 0, half), pick(x, group, 1, half)
		test0, test1 := pick(x, group, 0, 1-half), pick(x, group, 1, 1-half)
		if min(learn0.Len(), learn1.Len(), test0.Len(), test1.Len()) == 0 {
			return 0
		}
		dir := m.direction(learn0.Mean(), learn1.Mean())
		a, b := make([]float64, test0.Len()), make([]float64, test1.Len())
		test0.MulVec(a, dir)
		test1.MulVec(b, dir)
		sum += ashman(a, b)
	}
	return sum / 2
}

// ashman is sqrt(2) |a - b| / sqrt(var a + var b) with population variances,
// infinite when neither varies.
func ashman(a, b []float64) float64 {
	ma, va := moments(a)
	mb, vb := moments(b)
	return math.Sqrt2 * math.Abs(ma-mb) / math.Sqrt(va+vb)
}

func moments(v []float64) (mean, variance float64) {
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	for _, x := range v {
		variance += (x - mean) * (x - mean)
	}
	return mean, variance / float64(len(v))
}
