package pooledsplit

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/moments"
	"taster/core/num"
)

// addStored adds all classes from their moments, and reports whether those are
// known.
func (q *pool) addStored(ctx context.Context, p *core.RowsPass) (bool, error) {
	known, err := moments.Of(ctx, p)
	if known == nil || err != nil {
		return false, err
	}
	for c, m := range known {
		x := q.classes[c]
		x.Mean = m.Mean
		for i, v := range m.Scatter {
			q.s[i] += v
		}
		q.done += m.N
		if q.own && 2*m.N > q.cols {
			x.scatter = append([]float64(nil), m.Scatter...)
			num.Mirror(x.scatter, q.cols)
		}
	}
	if q.total >= plenty*q.cols {
		return true, nil
	}
	return true, p.EachBlock(ctx, "Pooled covariance", func(b core.Block) error {
		for c, x := range q.classes {
			q.fourth += fourth(moments.Rows(b, c), x.Mean)
		}
		return nil
	})
}

// extend puts the rows of classes that were divided by a sample into the nearer
// group. Separation and sizes are then those of all rows; the means, and what
// is held out, stay those of the sample.
func (s *Split) extend(ctx context.Context, p *core.RowsPass) error {
	classes, lines, some := p.Data.ByClass(), make([]*line, len(s.Classes)), false
	for c, x := range s.Classes {
		if x.sampled == "" {
			continue
		}
		x.Index = classes[c]
		if g := s.Groups[c]; g != nil {
			s.Notes[c] = fmt.Sprintf("divided by an even sample of %d of %d rows; the others were put in the nearer group", len(g.Small), len(x.Index))
			lines[c], some = newLine(g, x), true
		}
	}
	if !some {
		return nil
	}
	err := p.EachBlock(ctx, "Rows beyond the sample", func(b core.Block) error {
		for c, l := range lines {
			if l != nil {
				l.add(moments.Rows(b, c))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l != nil {
			l.finish()
		}
	}
	return nil
}

// line is what becomes of the groups of a sample with all rows of the class.
type line struct {
	*Groups
	shift, length float64
}

// newLine empties g of its rows and makes room for those of x.
func newLine(g *Groups, x *Class) *line {
	l := &line{Groups: g, shift: num.Dot(x.Mean, g.Direction)}
	l.length = math.Sqrt(num.Dot(g.Direction, g.Means[1]) - num.Dot(g.Direction, g.Means[0]))
	g.Small, g.Line, g.Sizes = make([]uint8, 0, len(x.Index)), make([]float64, 0, len(x.Index)), [2]int{}
	return l
}

func (l *line) add(rows num.Rows) {
	t := make([]float64, rows.Len())
	rows.MulVec(t, l.Direction)
	for _, v := range t {
		b := uint8(0)
		if v > l.Middle {
			b = 1
		}
		l.Small, l.Line = append(l.Small, b), append(l.Line, (v-l.shift)/l.length)
		l.Sizes[b]++
	}
}

// finish measures the groups, and turns them round where the smaller one of the
// sample is the larger one of all rows.
func (l *line) finish() {
	if l.Sizes[1] > l.Sizes[0] {
		for i := range l.Small {
			l.Small[i] ^= 1
			l.Line[i] = -l.Line[i]
		}
		for j := range l.Direction {
			l.Direction[j] = -l.Direction[j]
		}
		l.Middle = -l.Middle
		l.Sizes[0], l.Sizes[1] = l.Sizes[1], l.Sizes[0]
		l.Means[0], l.Means[1] = l.Means[1], l.Means[0]
	}
	l.Separation = ashman(of(l.Line, l.Small, 0), of(l.Line, l.Small, 1))
}
