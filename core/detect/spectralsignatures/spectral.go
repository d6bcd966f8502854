// Package spectralsignatures scores rows by spectral signatures: within one class, rows
// that were changed in a common way stand out along the direction in which the
// class varies most.
//
// Sources: Tran, Li and Madry, "Spectral Signatures in Backdoor Attacks", 2018;
// and SpectralSignatureDefense of the Adversarial Robustness Toolbox 1.20.1
// (ART), whose score differs from the paper's.
package spectralsignatures

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/dataset"
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
	Help: core.Help{
		Does:    "Scores each row within its class by how far it lies along v, the direction of largest variance. Two scores: art is |v·x| of the rows as they are, as ART computes it; paper is ((x − mean)·v)², as published.",
		Misses:  "The published rule flags a fixed share of every class, 49.5 % with the defaults, so its flags say nothing about whether there is poison: use the scores to rank the rows of a class that another check accuses. It misses poison that does not lie along the first direction, and poison that is most of its class.",
		Sources: "Tran, Li and Madry 2018; ART 1.20.1, SpectralSignatureDefense.",
	},
	Stored: true,
	Cost:   func(s core.Size) core.Cost { return core.Cost{Own: 1.1e-8 * s.Cells()} },
	Params: []core.Param{
		{Name: "expected-poison", Title: "Expected share of poison", Default: "0.33", Min: 0, Max: 1,
			Help: "Share of each class that is assumed to be poisoned. A larger share flags more rows of every class."},
		{Name: "multiplier", Title: "Multiplier", Default: "1.5", Min: 0, Max: 100,
			Help: "The share flagged is this times the expected share. A larger one flags more rows of every class."},
		{Name: "score", Title: "Score that flags", Default: "art", Choices: []string{"art", "paper"},
			Help: "art: |v·x| of the rows as they are. paper: ((x − mean)·v)². They can rank rows very differently where activations are never negative."},
	},
	Check: dataset.On([]core.Role{core.RoleActivations, core.RoleLabels}, run),
}

// directions is how many singular values are reported.
const directions = 3

// run costs one PCA with 3 components for each class: see num.NewPCA. Where the
// activations are stored, it costs the two passes of [moments.LeadingOf].
func run(ctx context.Context, p *core.RowsPass) error {
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
	err := eachClass(ctx, p, func(c *class) error {
		err := p.Emit(core.Event{Progress: &core.Progress{Step: title, Unit: "classes", Done: int64(c.number), Total: int64(len(p.Data.Classes))}})
		if err != nil {
			return err
		}
		out := m.class(c, flagged)
		out.Name, out.Size = p.Data.Classes[c.number], c.size
		res.Groups = append(res.Groups, out)
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
func (m *measure) class(c *class, flagged []bool) core.Group {
	if len(c.rows) < 2 {
		return core.Group{Note: fmt.Sprintf("too few rows (%d) to have a direction", len(c.rows))}
	}
	if !(c.pca.Share(0) > 0) {
		return core.Group{Note: "the rows do not differ"}
	}
	shift := num.Dot(c.pca.Mean, c.pca.Vectors[0])
	mine := make([]float64, len(c.rows))
	for i, r := range c.rows {
		m.art[r], m.paper[r] = math.Abs(c.along[i]+shift), c.along[i]*c.along[i]
		mine[i] = m.decides[r]
	}
	cutoff, count := num.Quantile(mine, m.quantile), 0
	for i, r := range c.rows {
		if mine[i] >= cutoff {
			flagged[r] = true
			count++
		}
	}
	return core.Group{Note: c.note, Figures: figures(c.pca, len(c.rows), cutoff, count)}
}

func figures(pca *num.PCA, n int, cutoff float64, count int) []core.Figure {
	out := []core.Figure{{Name: "cutoff", Value: cutoff}, {Name: "flagged", Value: count}}
	var singular []float64
	for i, v := range pca.Variance[:min(len(pca.Variance), directions)] {
		singular = append(singular, math.Sqrt(v*float64(n-1)))
		out = append(out, core.Figure{Name: fmt.Sprintf("singular-%d", i+1), Value: singular[i]})
	}
	if len(singular) > 1 {
		out = append(out, core.Figure{Name: "ratio-2-to-1", Value: singular[1] / singular[0]})
	}
	return out
}
