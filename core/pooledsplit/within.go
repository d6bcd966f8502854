// Package pooledsplit divides classes of rows in two where they fall apart most,
// measured in the pooled within-class metric: the inverse covariance of the
// rows about their own class mean, over all classes together (Fisher's linear
// discriminant, 1936). Directions in which every class varies count little,
// and a direction in which one class alone varies stands out. How far apart the
// two groups are is Ashman's D (Ashman, Bird and Zepf, "Detecting bimodality in
// astronomical datasets", 1994) on the line through their means.
//
// The split is made once and shared by the detectors that judge it.
package pooledsplit

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/num"
)

// Split is every class of a data set, divided.
type Split struct {
	Metric  *Metric // nil: no class varies
	Classes []*Class
	Groups  []*Groups // by class; nil: not divided
	Notes   []string  // by class: why it is not divided, or of which rows
}

// Of divides the classes of the data of p, or takes what was divided before.
// It costs N D^2 / 2 for the pooled covariance, D^3 / 6 once, and for each
// class some hundred passes over its rows of O(n D), most of them Lloyd steps.
// Memory: 8 D^2 bytes, for up to 64 MB of them also for each class, one vector
// for each Lanczos step, and a few values for each row.
//
// Where the activations are stored, the covariance is that of all rows if
// [moments.Of] has it. A class that is too large for the passes of EachClass is
// divided by an even sample; its other rows are then put in the nearer group,
// in one more pass.
func Of(ctx context.Context, p *core.RowsPass) (*Split, error) {
	return core.Once(p.Data, "within", func() (*Split, error) { return split(ctx, p) })
}

func split(ctx context.Context, p *core.RowsPass) (*Split, error) {
	progress := func(step, unit string, done, total int) error {
		return p.Emit(core.Event{Progress: &core.Progress{Step: step, Unit: unit, Done: int64(done), Total: int64(total)}})
	}
	q, err := newPool(p)
	if err != nil {
		return nil, err
	}
	known, err := q.addStored(ctx, p)
	if err != nil {
		return nil, err
	}
	if !known {
		err = each(ctx, p, q.classes, func(_ int, x *Class) error {
			return q.add(ctx, x, func(done, total int) error { return progress("Pooled covariance", "rows", done, total) })
		})
		if err != nil {
			return nil, err
		}
	}
	m, err := q.metric(ctx)
	if err != nil {
		return nil, err
	}
	s := &Split{Metric: m, Classes: q.classes, Groups: make([]*Groups, len(q.classes)), Notes: make([]string, len(q.classes))}
	if err := s.divideAll(ctx, p); err != nil {
		return nil, err
	}
	return s, s.extend(ctx, p)
}

// divideAll divides the classes, together with the team.
func (s *Split) divideAll(ctx context.Context, p *core.RowsPass) error {
	shares, err := core.Together(ctx, p.Pass, "within", func(ctx context.Context, share core.Share) ([]divided, error) {
		var out []divided
		err := each(ctx, p, s.Classes, func(c int, x *Class) error {
			if !share.Has(c) {
				return nil
			}
			if err := p.Emit(core.Event{Progress: &core.Progress{Step: "Dividing classes", Unit: "classes", Done: int64(c), Total: int64(len(s.Classes)), Workers: share.Of}}); err != nil {
				return err
			}
			g, note, err := s.divide(ctx, x)
			out = append(out, send(g, note))
			return err
		})
		return out, err
	})
	if err != nil {
		return err
	}
	for c, d := range core.InOrder(shares) {
		s.Groups[c], s.Notes[c] = d.take()
		s.Classes[c].scatter = nil // served
	}
	return nil
}

// each calls f for every class while its rows are held.
func each(ctx context.Context, p *core.RowsPass, classes []*Class, f func(c int, x *Class) error) error {
	return p.EachClass(ctx, func(r core.ClassRows) error {
		x := classes[r.Class]
		x.Index, x.sampled = r.Rows, r.Sampled()
		x.Rows = num.Rows{Data: r.X.Data, Cols: r.X.Cols, Index: r.Index}
		err := f(r.Class, x)
		if p.Data.X == nil {
			x.Rows.Data = nil
		}
		return err
	})
}

// divide divides a class, or says why not.
func (s *Split) divide(ctx context.Context, x *Class) (g *Groups, note string, err error) {
	switch n := x.Rows.Len(); {
	case s.Metric == nil:
		return nil, "the rows of each class do not differ", nil
	case n < minRows:
		return nil, fmt.Sprintf("too few rows (%d) to divide", n), nil
	}
	if x.sampled != "" {
		x.Mean = x.Rows.Mean() // two-means counts from that of the rows it moves
	}
	if g, err = s.Metric.Divide(ctx, x); err == nil && g == nil {
		return nil, "the rows do not differ", nil
	}
	return g, x.sampled, err
}

const (
	minClasses = 5  // a median absolute deviation of fewer says nothing
	minSmall   = 10 // different rows of the smaller group: fewer are apart by chance
)

// Judged reports whether class c has two groups with enough rows to mean
// anything.
func (s *Split) Judged(c int) bool { return s.Groups[c] != nil && s.Groups[c].Different >= minSmall }

// Note says why class c has no groups, or none that mean anything, or that they
// are those of a sample; else nothing.
func (s *Split) Note(c int) string {
	if s.Groups[c] != nil && !s.Judged(c) {
		return fmt.Sprintf("the smaller group has too few different rows (%d) to be judged", s.Groups[c].Different)
	}
	return s.Notes[c]
}

// Index is how far the separation of each class lies above the median of the
// classes, in robust standard deviations: 0 at or below the median, NaN where
// there are fewer than five classes to compare.
func (s *Split) Index() []float64 {
	var all []float64
	for c := range s.Groups {
		if s.Judged(c) {
			all = append(all, s.Groups[c].Separation)
		}
	}
	median, mad := num.Median(all), num.MAD(all)
	out := make([]float64, len(s.Groups))
	for c := range out {
		switch {
		case !s.Judged(c) || len(all) < minClasses:
			out[c] = math.NaN()
		case s.Groups[c].Separation > median: // else both may be infinite
			out[c] = (s.Groups[c].Separation - median) / mad
		}
	}
	return out
}

// Limits are what the groups of a class must exceed, all of them, to be far
// apart.
type Limits struct {
	Separation float64
	Index      float64 // 0 switches the comparison of classes off
	HeldOut    float64
}

// Usual are the limits that are used unless the user sets others.
var Usual = Limits{Separation: 6.5, Index: 7.389, HeldOut: 5}

// Far says which classes hold groups that are far apart. Where there are too
// few classes for an index, they are compared in another way: see odd.
func (s *Split) Far(l Limits) []bool {
	index, out := s.Index(), make([]bool, len(s.Groups))
	for c, g := range s.Groups {
		if out[c] = s.Judged(c) && g.Separation > l.Separation && g.HeldOut > l.HeldOut; !out[c] || l.Index == 0 {
			continue
		}
		if out[c] = index[c] > l.Index; math.IsNaN(index[c]) {
			out[c] = s.odd(c)
		}
	}
	return out
}

// OnePeak is √12: the largest separation of a symmetric distribution with one
// peak that is cut at its centre, which the uniform one has.
const OnePeak = 3.4641016151377544

// odd reports whether class c stands out among few: most others look like one
// population, or their groups are not half as far apart.
func (s *Split) odd(c int) bool {
	var held []float64
	largest := 0.0
	for k, g := range s.Groups {
		if k != c && s.Judged(k) {
			held, largest = append(held, g.HeldOut), max(largest, g.Separation)
		}
	}
	return len(held) == 0 || num.Median(held) <= OnePeak || s.Groups[c].Separation > 2*largest
}
