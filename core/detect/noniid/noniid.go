// Package noniid asks whether rows that are alike stand near each other in the
// order of the data, as they do when data was collected in batches or drifted.
//
// Source: the non_iid check of cleanlab 2.9.0 (Datalab), after Cummings,
// Snorrason and Mueller, "Detecting Dataset Drift and Non-IID Sampling via
// k-Nearest Neighbors", 2023.
package noniid

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/dataset"
	"taster/core/knn"
)

const name = "non-iid"

// Detector needs activations in the order in which the data was collected.
var Detector = &core.Detector{
	Name:   name,
	Title:  "Order of rows",
	Family: "content",
	Help: core.Help{
		Does:    "Compares how far apart in the file neighbouring rows stand with how far apart any two rows do (Kolmogorov–Smirnov statistic), and with the same statistic of shuffled rows. A low p-value says that order and content are related: data sorted by class, collected in batches, drifted, or appended to.",
		Misses:  "It says nothing about data that were shuffled, nor about poison as such; a block of rows added later is one of the things that show. About one shuffled data set in twenty falls below the default level.",
		Sources: "cleanlab 2.9.0; Cummings, Snorrason and Mueller 2023.",
	},
	Together: true,
	Cost:     func(s core.Size) core.Cost { return core.Cost{Own: 5e-5 * float64(s.Rows), Graph: knn.Cost(s)} },
	Params: []core.Param{
		{Name: "neighbours", Title: "Neighbours", Default: "10", Min: 1, Max: 1000,
			Help: "How many neighbours of each row are looked at. A larger number sees slow drift better and small batches worse."},
		{Name: "permutations", Title: "Permutations", Default: "25", Min: 5, Max: 1000,
			Help: "How often the rows are shuffled to learn what is usual. More make the p-value more exact and take longer."},
		{Name: "level", Title: "Level", Default: "0.05", Min: 0, Max: 1,
			Help: "The p-value below which the order is reported. A larger level reports more often, also without a reason."},
	},
	Rules: []core.Rule{ruleOrder},
	Check: dataset.On([]core.Role{core.RoleActivations}, run),
}

var ruleOrder = core.Rule{
	ID: "NON-IID-ORDER", Title: "Similar rows stand near each other in the file", Severity: core.Info,
	Matters: "Methods of training and testing assume that rows were drawn independently. Where neighbouring rows are alike, a split by position tests on other data than it trains on, and a block of rows that was added later stands out like this.",
	Benign:  "Data sorted by class, or stored in the order of collection, always shows this. It is harmless when rows are shuffled before use.",
	Do:      "Find out how the rows came to be in this order. If they were supposed to be shuffled, look at the row that is marked and at those around it; the scores show where in the file the order is strongest.",
	Refs:    []string{"AML.T0020", "LLM04:2025"},
}

// leastRows is the fewest rows whose order is judged.
const leastRows = 20

// run costs one graph of neighbours, which the detectors of a run share, and
// N k steps for each permutation.
func run(ctx context.Context, p *core.RowsPass) error {
	g, err := knn.Of(ctx, p, p.Params.Int("neighbours"))
	if err != nil {
		return err
	}
	o := newOrder(p.Data, g)
	res := &core.Result{Detector: name, Params: p.Params, Flagged: []int{}, Groups: classes(p.Data),
		Scores: []core.Score{{Name: "non-iid", Title: "how unevenly the neighbours of a row are spread over the file", Values: o.blank(p.Data.X.Rows)}}}
	if len(o.rows) < leastRows {
		return p.Emit(core.Event{Result: res})
	}
	ks := o.statistic(nil)
	chance, err := o.shuffled(ctx, p.Params.Int("permutations"))
	if err != nil {
		return err
	}
	value := above(chance, ks)
	worst := o.scores(res.Scores[0].Values)
	res.Figures = []core.Figure{{Name: "ks", Value: ks}, {Name: "p-value", Value: value}, {Name: "neighbours", Value: o.k}}
	if value < p.Params.Float("level") {
		res.Flagged = []int{worst}
	}
	if err := p.Emit(core.Event{Result: res}); err != nil || len(res.Flagged) == 0 {
		return err
	}
	return p.Emit(core.Event{Finding: &core.Finding{Rule: ruleOrder.ID, Severity: ruleOrder.Severity, Confidence: core.Moderate,
		Where: core.Location{Rows: res.Flagged}, Title: ruleOrder.Title,
		Saw: fmt.Sprintf("The places in the file of neighbouring rows differ from those of any two rows by a Kolmogorov-Smirnov statistic of %.3g; in %d shuffled orders the probability of as much is %.2g.",
			ks, len(chance), value),
		Measured: res.Figures}})
}

// classes has no figures of its own: order is a matter of all rows.
func classes(d *core.Dataset) []core.Group {
	out := make([]core.Group, len(d.Classes))
	for c, rows := range d.ByClass() {
		out[c] = core.Group{Name: d.Classes[c], Size: len(rows), Note: "order is measured over all rows"}
	}
	return out
}

// order is the places of rows and of their neighbours among the usable rows.
type order struct {
	rows       []int   // by place
	neighbours []int32 // n x k places
	k          int
}

func newOrder(d *core.Dataset, g *knn.Graph) *order {
	o := &order{k: g.K}
	place := make([]int32, d.X.Rows)
	for i := range place {
		if ids, _ := g.Row(i); len(ids) > 0 {
			place[i] = int32(len(o.rows))
			o.rows = append(o.rows, i)
		}
	}
	for _, r := range o.rows {
		ids, _ := g.Row(r)
		for _, id := range ids {
			o.neighbours = append(o.neighbours, place[id])
		}
	}
	return o
}

func (o *order) blank(n int) core.Floats {
	out := make(core.Floats, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}
