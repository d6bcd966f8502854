// Package fisher looks for classes that hold two groups of rows further apart
// than the rows of one class ever are.
//
// It measures distance in the pooled within-class metric: the covariance of the
// rows about their own class mean, over all classes together (Fisher's linear
// discriminant, 1936). Directions in which every class varies count little,
// and a direction in which one class alone varies stands out. Each class is
// divided in two in that metric, and the separation of the two groups is
// Ashman's D (Ashman, Bird and Zepf, "Detecting bimodality in astronomical
// datasets", 1994) on the line through their means.
package fisher

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/num"
)

const (
	name  = "fisher-split"
	title = "Pooled within-class split"
)

// Detector needs activations and labels. It accuses a class when its two
// groups are far apart in absolute terms and compared with the other classes.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "geometry",
	Help: "Divides the rows of each labelled class in two, in the metric of the pooled within-class covariance: directions in which all classes vary count little, one in which a single class varies stands out. " +
		"A class is accused when its two groups are far apart (Ashman's D), stay apart along directions that the measured rows had no part in, " +
		"and are unusually far apart compared with the other classes. The smaller group is flagged; where it is more than 35 % of the class, either group could be the changed one. " +
		"It misses poison that is spread over half of the classes or more, groups of fewer than 10 rows, and triggers that leave no gap in this layer. " +
		"It does not see moved labels: label checks do. The thresholds were chosen on five small image data sets. " +
		"Sources: Fisher 1936 for the metric; Ashman, Bird and Zepf 1994 for D; the comparison of classes follows SCAn (Tang et al. 2021).",
	Needs: []core.Role{core.RoleActivations, core.RoleLabels},
	Params: []core.Param{
		{Name: "separation", Title: "Separation", Default: "6.5", Min: 0, Max: 1000,
			Help: "Ashman's D above which the two groups of a class count as far apart. A larger value accuses fewer classes."},
		{Name: "index", Title: "Index among classes", Default: "7.389", Min: 0, Max: 1000,
			Help: "How far the class's separation must lie above the median of the classes, in robust standard deviations. A larger value accuses fewer classes, 0 switches the comparison off. The default is e², as in SCAn."},
		{Name: "held-out", Title: "Held-out separation", Default: "5", Min: 0, Max: 1000,
			Help: "Ashman's D that must be reached on the half of the rows that had no part in choosing the direction. A larger value accuses fewer classes. Where dimensions outnumber rows, D alone is large for any division."},
	},
	Rules: []core.Rule{ruleSplit},
	Run:   run,
}

// run costs N D^2 / 2 for the pooled covariance, D^3 / 6 once, and for each
// class some hundred passes over its rows of O(n D), most of them Lloyd steps. Memory: 8 D^2 bytes, one
// vector for each Lanczos step, and a few values for each row.
func run(ctx context.Context, p *core.Pass) error {
	r := newRunner(p)
	if err := r.measure(ctx); err != nil {
		return err
	}
	r.judge()
	if err := p.Emit(core.Event{Result: r.result()}); err != nil {
		return err
	}
	for c := range r.classes {
		if !r.classes[c].accused {
			continue
		}
		if err := p.Emit(core.Event{Finding: r.finding(c)}); err != nil {
			return err
		}
	}
	return nil
}

type runner struct {
	pass    *core.Pass
	x       []num.Rows // by class
	classes []class
	limits  thresholds
}

// thresholds that a class must exceed, all of them, to be accused.
type thresholds struct{ separation, index, heldOut float64 }

// class is what was measured on one class.
type class struct {
	groups  *groups // nil: not divided, note says why
	note    string
	index   float64 // among the classes; NaN: not compared
	accused bool
}

func newRunner(p *core.Pass) *runner {
	r := &runner{pass: p, limits: thresholds{p.Params.Float("separation"), p.Params.Float("index"), p.Params.Float("held-out")}}
	for _, rows := range p.Data.ByClass() {
		r.x = append(r.x, num.Rows{Data: p.Data.X.Data, Cols: p.Data.X.Cols, Index: rows})
	}
	r.classes = make([]class, len(r.x))
	return r
}

func (r *runner) measure(ctx context.Context) error {
	m, err := newMetric(ctx, r.x, r.progress)
	if err != nil {
		return err
	}
	for c, x := range r.x {
		r.classes[c].index = math.NaN()
		switch {
		case m == nil:
			r.classes[c].note = "the rows of each class do not differ"
		case x.Len() < minRows:
			r.classes[c].note = fmt.Sprintf("too few rows (%d) to divide", x.Len())
		default:
			if err := r.progress("Dividing classes", "classes", c, len(r.x)); err != nil {
				return err
			}
			if r.classes[c].groups, err = m.divide(ctx, x); err != nil {
				return err
			}
			if r.classes[c].groups == nil {
				r.classes[c].note = "the rows do not differ"
			}
		}
	}
	return nil
}

func (r *runner) progress(step, unit string, done, total int) error {
	return r.pass.Emit(core.Event{Progress: &core.Progress{Step: step, Unit: unit, Done: int64(done), Total: int64(total)}})
}
