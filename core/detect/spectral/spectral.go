// Package spectral scores rows by spectral signatures: within one class, rows
// that were changed in a common way stand out along the direction in which the
// class varies most.
//
// Sources: Tran, Li and Madry, "Spectral Signatures in Backdoor Attacks", 2018;
// and SpectralSignatureDefense of the Adversarial Robustness Toolbox 1.20.1
// (ART), whose score differs from the paper's.
package spectral

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/num"
)

const (
	name  = "spectral-signatures"
	title = "Spectral signatures"
)

// Detector needs activations and labels. Its flags are ART's: a fixed share of
// each class. So it makes no finding; its scores are for ranking.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "geometry",
	Help: "Scores each row within its labelled class by how far it lies along v, the direction of largest variance. " +
		"Two scores: art is |v·x| of the rows as they are, which is what ART computes; paper is ((x − mean)·v)², as published. " +
		"The published rule flags a fixed share of every class, poisoned or not: 49.5 % with the defaults. " +
		"So the flags say nothing about whether there is poison, and no finding is made of them; use the scores to rank rows of a class that another check accuses. " +
		"It misses poison that does not lie along the first direction, and poison that is most of its class. " +
		"Source: Tran, Li and Madry 2018; ART 1.20.1 SpectralSignatureDefense.",
	Needs:   []core.Role{core.RoleActivations, core.RoleLabels},
	ByClass: true,
	Params: []core.Param{
		{Name: "expected-poison", Title: "Expected share of poison", Default: "0.33", Min: 0, Max: 1,
			Help: "Share of each class that is assumed to be poisoned. A larger share flags more rows of every class."},
		{Name: "multiplier", Title: "Multiplier", Default: "1.5", Min: 0, Max: 100,
			Help: "The share flagged is this times the expected share. A larger one flags more rows of every class."},
		{Name: "score", Title: "Score that flags", Default: "art", Choices: []string{"art", "paper"},
			Help: "art: |v·x| of the rows as they are. paper: ((x − mean)·v)². They can rank rows very differently where activations are never negative."},
	},
	Run: run,
}

// directions is how many singular values are reported.
const directions = 3

// run costs one PCA with 3 components for each class: see num.NewPCA.
func run(ctx context.Context, p *core.Pass) error {
	n := len(p.Data.Labels)
	m := &measure{art: blank(n), paper: blank(n),
		quantile: max(1-p.Params.Float("multiplier")*p.Params.Float("expected-poison"), 0)}
	m.decides = m.art
	if p.Params["score"] == "paper" {
		m.decides = m.paper
	}
	res := &core.Result{Detector: name, Params: p.Params, Flagged: []int{}, Scores: []core.Score{
		{Name: "art", Title: "|v·x|, ART's score", Values: m.art},
		{Name: "paper", Title: "((x − mean)·v)², the paper's score", Values: m.paper},
	}}
	flagged := make([]bool, n)
	err := p.EachClass(ctx, func(c core.ClassRows) error {
		err := p.Emit(core.Event{Progress: &core.Progress{Step: title, Unit: "classes", Done: int64(c.Class), Total: int64(len(p.Data.Classes))}})
		if err != nil {
			return err
		}
		class, err := m.class(ctx, c, flagged)
		if err != nil {
			return err
		}
		class.Class, class.Size = p.Data.Classes[c.Class], c.Size
		res.Classes = append(res.Classes, class)
		return nil
	})
	if err != nil {
		return err
	}
	for i, f := range flagged {
		if f {
			res.Flagged = append(res.Flagged, i)
		}
	}
	return p.Emit(core.Event{Result: res})
}

func blank(n int) core.Floats {
	out := make(core.Floats, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

type measure struct {
	quantile            float64
	art, paper, decides core.Floats
}

// class scores the rows of one class and marks those at or above the cutoff.
func (m *measure) class(ctx context.Context, c core.ClassRows, flagged []bool) (core.ClassResult, error) {
	if len(c.Rows) < 2 {
		return core.ClassResult{Note: fmt.Sprintf("too few rows (%d) to have a direction", len(c.Rows))}, nil
	}
	x := num.Rows{Data: c.X.Data, Cols: c.X.Cols, Index: c.Index}
	pca, err := num.NewPCA(ctx, x, directions)
	if err != nil {
		return core.ClassResult{}, err
	}
	if !(pca.Share(0) > 0) {
		return core.ClassResult{Note: "the rows do not differ"}, nil
	}
	m.score(x, pca, c.Rows)
	mine := make([]float64, len(c.Rows))
	for i, r := range c.Rows {
		mine[i] = m.decides[r]
	}
	cutoff, count := num.Quantile(mine, m.quantile), 0
	for i, r := range c.Rows {
		if mine[i] >= cutoff {
			flagged[r] = true
			count++
		}
	}
	return core.ClassResult{Note: c.Sampled(), Figures: figures(pca, len(c.Rows), cutoff, count)}, nil
}

// score writes the scores of x, which holds the given rows of the dataset.
func (m *measure) score(x num.Rows, pca *num.PCA, rows []int) {
	v := pca.Vectors[0]
	shift := num.Dot(pca.Mean, v)
	along := make([]float64, x.Len())
	x.MulVec(along, v)
	for i, r := range rows {
		m.art[r] = math.Abs(along[i])
		m.paper[r] = (along[i] - shift) * (along[i] - shift)
	}
}

func figures(pca *num.PCA, n int, cutoff float64, count int) []core.Figure {
	out := []core.Figure{{Name: "cutoff", Value: cutoff}, {Name: "flagged", Value: count}}
	var singular []float64
	for i, v := range pca.Variance {
		singular = append(singular, math.Sqrt(v*float64(n-1)))
		out = append(out, core.Figure{Name: fmt.Sprintf("singular-%d", i+1), Value: singular[i]})
	}
	if len(singular) > 1 {
		out = append(out, core.Figure{Name: "ratio-2-to-1", Value: singular[1] / singular[0]})
	}
	return out
}
