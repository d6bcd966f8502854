// Package spectre is SPECTRE (Hayase, Kong, Somani and Oh, "SPECTRE: Defending
// Against Backdoor Attacks Using Robust Statistics", 2021): the covariance of a
// class is estimated without the rows that bend it most, the rows are whitened by
// it, and those with the largest quantum entropy score are removed.
//
// The number of dimensions is bounded by a tenth of the rows, and by what has
// more than 1 % of the leading standard deviation: beyond that, on activations
// after a ReLU, the criterion that chooses it means nothing.
package spectre

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/dataset"
	"taster/core/num"
)

const (
	name  = "spectre"
	title = "SPECTRE"
)

// Detector needs activations and labels. Like the paper's, its flags are a
// fixed share of every class, so they make no finding.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "geometry",
	Help: core.Help{
		Does:    "Scores the rows of each class by quantum entropy (QUE) after whitening with a robust covariance, in as many leading principal dimensions as separate best. It finds rarer poison than checks that look for a group.",
		Misses:  "It must be told how much poison to expect, and flags 1.5 times that share of every class, poisoned or not: read the flags in a class that another check accuses. Classes of more than 600 rows learn their covariance from a fixed random sample of 600.",
		Sources: "Hayase et al. 2021; the bounds on the number of dimensions are this tool's.",
	},
	Cost: func(s core.Size) core.Cost { return core.Cost{Own: 3.5e-4 * float64(s.Rows)} },
	Params: []core.Param{
		{Name: "poison-share", Title: "Share of poison", Default: "0", Min: 0, Max: 0.5,
			Help: "Share of a class that is poison, at most; 0 does not run the check. 1.5 times as many rows are flagged in every class, and twice as many may be left out of the covariance. Much too large a share hides poison in the covariance's loss; too small a one flags too few."},
		{Name: "alpha", Title: "Alpha of the score", Default: "4", Min: 0, Max: 100,
			Help: "0 scores all directions alike (squared length), a large value only the one in which the class varies most."},
		{Name: "dims", Title: "Most dimensions", Default: "100", Min: 1, Max: 100,
			Help: "Ten numbers of dimensions up to this are tried. More cost more time."},
	},
	Asks: func(p core.Params) string {
		if p.Float("poison-share") == 0 {
			return "poison-share, the share of poison to expect,"
		}
		return ""
	},
	Check: dataset.On([]core.Role{core.RoleActivations, core.RoleLabels}, run),
}

const minRows = 40 // fewer have no tails to speak of

// run costs, for each class, one PCA and ten filters of some tens of steps, each
// of up to 600^2 k for k dimensions.
func run(ctx context.Context, p *core.RowsPass) error {
	n := len(p.Data.Labels)
	score, flagged := core.Unscored(n), make([]bool, n)
	res := &core.Result{Detector: name, Params: p.Params,
		Scores: []core.Score{{Name: "que", Title: "Quantum entropy score", Values: score}}}
	classes := p.Data.ByClass()
	for c, rows := range classes {
		if err := p.Emit(core.Event{Progress: &core.Progress{Step: title, Unit: "classes", Done: int64(c), Total: int64(len(classes))}}); err != nil {
			return err
		}
		out := core.Group{Name: p.Data.Classes[c], Size: len(rows)}
		best, err := class(ctx, p, rows)
		switch {
		case err != nil:
			return err
		case len(rows) < minRows:
			out.Note = fmt.Sprintf("too few rows (%d) for a robust covariance", len(rows))
		case best == nil:
			out.Note = "the rows do not differ"
		default:
			removed := 0
			for i, r := range rows {
				score[r] = best.score[i]
				if flagged[r] = best.remove[i]; best.remove[i] {
					removed++
				}
			}
			out.Figures = []core.Figure{{Name: "dims", Value: best.dims}, {Name: "criterion", Value: best.criterion}, {Name: "flagged", Value: removed}}
		}
		res.Groups = append(res.Groups, out)
	}
	res.Flagged = core.Marked(flagged)
	return p.Emit(core.Event{Result: res})
}

// choice is the scores at one number of dimensions.
type choice struct {
	dims      int
	criterion float64 // QUE score of all rows, whitened by those that stay
	score     []float64
	remove    []bool
}

// class is the best choice for the rows of one class, or nil.
func class(ctx context.Context, p *core.RowsPass, rows []int) (*choice, error) {
	if len(rows) < minRows {
		return nil, nil
	}
	x := num.Rows{Data: p.Data.X.Data, Cols: p.Data.X.Cols, Index: rows}
	pca, err := num.NewPCA(ctx, x, p.Params.Int("dims"))
	if err != nil {
		return nil, err
	}
	most := 0
	for _, v := range pca.Variance {
		if math.Sqrt(max(v, 0)) > 0.01*math.Sqrt(pca.Variance[0]) {
			most++
		}
	}
	if most == 0 {
		return nil, nil
	}
	most = max(1, min(most, len(rows)/10))
	pca.Vectors = pca.Vectors[:most]
	s := &space{n: len(rows), d: most, x: pca.Scores(x), alpha: p.Params.Float("alpha"),
		eps: max(1, math.RoundToEven(p.Params.Float("poison-share")*float64(len(rows))))}
	return s.choose(ctx)
}
