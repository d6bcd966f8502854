// Package fishersplit looks for classes that hold two groups of rows further apart
// than the rows of one class ever are, in the pooled within-class metric (see
// package within). core/detect/CALIBRATION.md says where its limits come from, and
// what it and the checks that build on it do with simulated data.
package fishersplit

import (
	"context"

	"taster/core"
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
	Help: "Divides the rows of each labelled class in two, in the metric of the pooled within-class covariance: directions in which all classes vary count little, one in which a single class varies stands out. " +
		"A class is accused when its two groups are far apart (Ashman's D), stay apart along directions that the measured rows had no part in, " +
		"and are unusually far apart compared with the other classes: by the index, or, of fewer than five classes, where most others look like one population or have groups not half as far apart. The smaller group is flagged; where it is more than 35 % of the class, either group could be the changed one. " +
		"Two more scores rank single rows where there are up to 256 dimensions: mahalanobis is the squared distance to the mean of the class in the metric, and que weighs it towards the directions in which the class varies more than the others (SPECTRE's score, alpha 4); they can show what is too rare to form a group. " +
		"The split misses poison that is spread over half of the classes or more, groups of fewer than 10 rows, and triggers that leave no gap in this layer. " +
		"It does not see moved labels: label checks do. Of an accused class, beyond is how many standard deviations its flagged rows lie beyond rows of every other class, at least: rows with nothing but a wrong label are near 0. Where the activations do not fit in memory, the covariance is that of all rows, and a large class is divided by an even sample, whose size is noted; the other rows are put in the nearer group, and mahalanobis, que and beyond are left out. A class that holds two natural kinds, alone among its classes, is accused as well; trusted rows or the final layer tell the two apart. " +
		"Sources: Fisher 1936 for the metric; Ashman, Bird and Zepf 1994 for D; Hayase et al. 2021 for que; the comparison of classes follows SCAn (Tang et al. 2021).",
	Needs:    []core.Role{core.RoleActivations, core.RoleLabels},
	ByClass:  true,
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
	Run: run,
}

// run costs [pooledsplit.Of], and N D^2 / 2 with K D^3 for the ranks.
func run(ctx context.Context, p *core.Pass) error {
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
	pass   *core.Pass
	split  *pooledsplit.Split
	index  []float64 // by class
	limits pooledsplit.Limits
}
