package pooledsplit

import (
	"context"
	"math"
	"slices"

	"taster/core/num"
)

// Groups is the rows of a class in two.
type Groups struct {
	Small      []uint8      // by row of the class: 1 in the smaller group
	Sizes      [2]int       // of the larger and the smaller one
	Different  int          // rows of the smaller one that are no copies of each other; minSmall stands for more
	Means      [2][]float64 // of the larger and the smaller one
	Line       []float64    // position from the mean of the class along the means, in units of the metric; the smaller group is on the positive side
	Direction  []float64    // metric times the difference of the means: a row x is nearer to the smaller group when Direction.x > Middle
	Middle     float64
	Separation float64 // Ashman's D on the line; infinite when neither group varies on it
	Gain       float64 // share (1 - share) |m1 - m0|^2
	HeldOut    float64 // separation along directions that the rows measured had no part in
}

// Share is the part of the rows that the smaller group holds.
func (g *Groups) Share() float64 { return float64(g.Sizes[1]) / float64(g.Sizes[0]+g.Sizes[1]) }

// Divide runs two-means in the metric and keeps the division with the largest
// variance between the groups. It starts in three ways (see [num.Starts]) along
// each of the five leading principal directions of the class. It is nil when
// the rows do not differ. Some hundred passes over the rows of O(n D).
func (m *Metric) Divide(ctx context.Context, c *Class) (*Groups, error) {
	scores, err := m.principal(ctx, c, 5)
	if err != nil {
		return nil, err
	}
	var starts [][]uint8
	for _, p := range scores {
		starts = append(starts, num.Starts(p)...)
	}
	return m.from(ctx, c, starts)
}

// DivideOnce runs two-means from one start: the side of the mean on which a row
// lies along the leading principal direction.
func (m *Metric) DivideOnce(ctx context.Context, c *Class) (*Groups, error) {
	scores, err := m.principal(ctx, c, 1)
	if err != nil || len(scores) == 0 {
		return nil, err
	}
	return m.from(ctx, c, num.Starts(scores[0])[:1])
}

func (m *Metric) from(ctx context.Context, c *Class, starts [][]uint8) (*Groups, error) {
	best, err := m.lloyd(c).best(ctx, starts)
	if err != nil || best == nil {
		return nil, err
	}
	return m.describe(c, best), nil
}

// direction is the metric times to - from.
func (m *Metric) direction(from, to []float64) []float64 {
	w := make([]float64, len(from))
	for j := range w {
		w[j] = to[j] - from[j]
	}
	m.chol.Solve(w)
	return w
}

// describe measures d with the smaller group as group 1.
func (m *Metric) describe(c *Class, d *division) *Groups {
	if d.sizes[1] > d.sizes[0] {
		for i := range d.group {
			d.group[i] ^= 1
		}
		d.sizes[0], d.sizes[1] = d.sizes[1], d.sizes[0]
		d.means[0], d.means[1] = d.means[1], d.means[0]
		d.dir = m.direction(d.means[0], d.means[1])
	}
	ends := [2]float64{num.Dot(d.dir, d.means[0]), num.Dot(d.dir, d.means[1])}
	g := &Groups{Small: d.group, Sizes: d.sizes, Means: d.means, Line: make([]float64, c.Rows.Len()), Gain: d.gain,
		Direction: d.dir, Middle: (ends[0] + ends[1]) / 2}
	c.along(g.Line, d.dir)
	length := math.Sqrt(ends[1] - ends[0])
	for i := range g.Line {
		g.Line[i] /= length
	}
	g.Separation = ashman(of(g.Line, g.Small, 0), of(g.Line, g.Small, 1))
	g.HeldOut = m.heldOut(c.Rows, d.group)
	g.Different = different(c.Rows, d.group, 1, minSmall)
	return g
}

// different counts the rows of group b that are no copies, up to most.
func different(x num.Rows, group []uint8, b uint8, most int) int {
	var seen [][]float32
	for i, g := range group {
		row := x.Row(i)
		if g != b || slices.ContainsFunc(seen, func(s []float32) bool { return slices.Equal(s, row) }) {
			continue
		}
		if seen = append(seen, row); len(seen) == most {
			break
		}
	}
	return len(seen)
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
func (m *Metric) heldOut(x num.Rows, group []uint8) float64 {
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

// pick selects every other row of group b, starting with the first (half 0) or
// the second (1).
func pick(x num.Rows, group []uint8, b uint8, half int) num.Rows {
	var index []int
	k := 0
	for i, g := range group {
		if g != b {
			continue
		}
		if k&1 == half {
			index = append(index, x.Index[i])
		}
		k++
	}
	return num.Rows{Data: x.Data, Cols: x.Cols, Index: index}
}

// ashman is sqrt(2) |a - b| / sqrt(var a + var b) with population variances,
// infinite when neither varies.
func ashman(a, b []float64) float64 {
	ma, va := meanVariance(a)
	mb, vb := meanVariance(b)
	return math.Sqrt2 * math.Abs(ma-mb) / math.Sqrt(va+vb)
}

func meanVariance(v []float64) (mean, variance float64) {
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	for _, x := range v {
		variance += (x - mean) * (x - mean)
	}
	return mean, variance / float64(len(v))
}
