// Package fishersplit looks for classes that hold two groups of rows further apart
// than the rows of one class ever are, in the pooled within-class metric (see
// package pooledsplit). core/detect/CALIBRATION.md says where its limits come from, and
// what it and the checks that build on it do with simulated data.
package fishersplit

import (
	"context"

	"taster/core"
	"taster/core/dataset"
	"taster/core/pooledsplit"
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
	Help: core.Help{
		Does:    "Divides the rows of each class in two, in the metric of the pooled within-class covariance: a direction in which all classes vary counts little, one in which a single class varies stands out. A class is accused when its two groups lie far apart (Ashman's D), also along directions chosen on other rows, and unusually far for the classes of this set. The smaller group is flagged; above 35 % of the class, either could be the changed one. Two more scores rank single rows: mahalanobis, the squared distance to the mean, and que, SPECTRE's score. Beyond says how many standard deviations the flagged rows lie from every other class, at least; rows that only have a wrong label are near 0. Where activations do not fit in memory, large classes are divided by an even sample and the other rows join the nearer group.",
		Misses:  "It misses poison that is spread over half of the classes or more, groups of fewer than 10 rows, triggers that leave no gap in this layer, and moved labels. A class of two natural kinds, alone among its classes, is accused as well: trusted rows or the final layer tell the two apart.",
		Sources: "Fisher 1936 for the metric; Ashman, Bird and Zepf 1994 for D; Hayase et al. 2021 for que; the comparison of classes follows SCAn (Tang et al. 2021).",
	},
	Stored:   true,
	Together: true,
	Cost:     func(s core.Size) core.Cost { return core.Cost{Own: 1.4e-7 * s.Cells()} },
	Params: []core.Param{
		{Name: "separation", Title: "Separation", Default: "6.5", Min: 0, Max: 1000,
			Help: "Ashman's D above which the two groups of a class count as far apart. A normal distribution cut in two has 2.6, and more where dimensions are many. A larger value accuses fewer classes."},
		{Name: "index", Title: "Index among classes", Default: "7.389", Min: 0, Max: 1000,
			Help: "How far the class's separation must lie above the median of the classes, in robust standard deviations. A larger value accuses fewer classes, 0 switches the comparison off. The default is e², as in SCAn."},
		{Name: "held-out", Title: "Held-out separation", Default: "5", Min: 0, Max: 1000,
			Help: "Ashman's D that must be reached on the half of the rows that had no part in choosing the direction. A larger value accuses fewer classes. Where dimensions outnumber rows, D alone is large for any division."},
	},
	Check: dataset.On([]core.Role{core.RoleActivations, core.RoleLabels}, run),
}

// run costs [pooledsplit.Of], and N D^2 / 2 with K D^3 for the ranks.
func run(ctx context.Context, p *core.RowsPass) error {
	split, err := pooledsplit.Of(ctx, p)
	if err != nil {
		return err
	}
	r := &runner{pass: p, split: split, index: split.Index(),
		limits: pooledsplit.Limits{Separation: p.Params.Float("separation"), Index: p.Params.Float("index"), HeldOut: p.Params.Float("held-out")}}
	ranks, err := r.ranks(ctx)
	if err != nil {
		return err
	}
	res := r.result()
	res.Scores = append(res.Scores, ranks...)
	return p.Emit(core.Event{Result: res})
}

type runner struct {
	pass   *core.RowsPass
	split  *pooledsplit.Split
	index  []float64 // by class
	limits pooledsplit.Limits
}
