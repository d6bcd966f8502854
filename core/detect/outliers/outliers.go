// Package outliers scores rows by how far their nearest neighbours are.
//
// Source: the outlier check of cleanlab 2.9.0 (Datalab, OutOfDistribution on
// features), after Kuan and Mueller, "Back to the Basics: Revisiting
// Out-of-Distribution Detection Baselines", 2022.
package outliers

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/dataset"
	"taster/core/knn"
	"taster/core/num"
)

const name = "outliers"

// Detector needs activations. Its rule flags some rows of any data, so it
// makes no accusation.
var Detector = &core.Detector{
	Name:   name,
	Title:  "Outliers",
	Family: "geometry",
	Help: core.Help{
		Does:    "Measures how far each row lies from its nearest neighbours, on average, and flags rows far above the others by the rule of box plots. Neighbours are exact: by cosine distance where there are more than 3 columns, else Euclidean.",
		Misses:  "It finds single odd rows. It misses poisoned rows that are many, since they lie near each other. About 3 % of ordinary rows are flagged, too: use the scores to look at the strangest rows first.",
		Sources: "cleanlab 2.9.0; Kuan and Mueller 2022.",
	},
	Together: true,
	Cost:     func(s core.Size) core.Cost { return core.Cost{Own: 5e-6 * float64(s.Rows), Graph: knn.Cost(s)} },
	Params: []core.Param{
		{Name: "neighbours", Title: "Neighbours", Default: "10", Min: 1, Max: 1000,
			Help: "How many nearest rows the distance is averaged over. A larger number finds small groups of odd rows as well as single ones."},
		{Name: "threshold", Title: "Threshold", Default: "0.37037", Min: 0.001, Max: 1,
			Help: "A row is flagged when its distance exceeds the upper quartile by 1/threshold − 1 interquartile ranges, which is 1.7 of them with the default. A larger threshold flags more rows."},
	},
	Rules: []core.Rule{ruleFar},
	Check: dataset.On([]core.Role{core.RoleActivations}, run),
}

var ruleFar = core.Rule{
	ID: "OUTLIER-ROWS", Title: "Some rows are far from all others", Severity: core.Info,
	Matters: "A row unlike every other has more influence on a model than its share, and a few poisoned rows, or damaged ones, can look like that.",
	Benign:  "Every data set has rare rows, and this rule flags about 3 % of ordinary ones. Rare subjects, odd angles and long texts are typical.",
	Do:      "Look at the inputs of the rows with the highest scores. Remove those that do not belong to the task; keep those that are only rare.",
	Refs:    []string{"AML.T0020", "LLM04:2025", "ML02:2023"},
}

// The constants of cleanlab.
const (
	epsilon   = 0x1p-52
	leastUnit = 100 * epsilon // least median distance to divide by
	same      = 50 * epsilon  // average cosine distance up to which rows count as equal
)

// run costs one graph of neighbours, which the detectors of a run share.
func run(ctx context.Context, p *core.RowsPass) error {
	g, err := knn.Of(ctx, p, p.Params.Int("neighbours"))
	if err != nil {
		return err
	}
	m := newMeasure(g, p.Data.X.Rows, p.Params.Float("threshold"))
	res := &core.Result{Detector: name, Params: p.Params, Flagged: m.flagged, Groups: m.classes(p.Data),
		Scores: []core.Score{
			{Name: "outlier", Title: "1 − exp(−distance / median distance)", Values: m.score},
			{Name: "distance", Title: fmt.Sprintf("mean %s distance to %d neighbours", g.Metric, g.K), Values: m.mean}},
		Figures: []core.Figure{{Name: "median-distance", Value: m.median}, {Name: "cutoff", Value: m.cutoff}, {Name: "neighbours", Value: g.K}}}
	if err := p.Emit(core.Event{Result: res}); err != nil || len(m.flagged) == 0 {
		return err
	}
	return p.Emit(core.Event{Finding: m.finding()})
}

type measure struct {
	mean, score    core.Floats // by row; NaN: not measured
	flagged        []int
	known          int
	median, cutoff float64
}

func newMeasure(g *knn.Graph, rows int, threshold float64) *measure {
	m := &measure{mean: make(core.Floats, rows), score: make(core.Floats, rows), flagged: []int{}}
	var all []float64
	for i := range rows {
		m.mean[i], m.score[i] = math.NaN(), math.NaN()
		if _, dist := g.Row(i); len(dist) > 0 {
			m.mean[i] = average(dist)
			all = append(all, m.mean[i])
		}
	}
	if m.known = len(all); m.known == 0 {
		return m
	}
	m.median = num.Median(all)
	q1, q3 := num.Quantile(all, 0.25), num.Quantile(all, 0.75)
	m.cutoff = q3 + (1/threshold-1)*(q3-q1)
	for i, d := range m.mean {
		if math.IsNaN(d) {
			continue
		}
		m.score[i] = 1 - math.Exp(-d/max(m.median, leastUnit))
		if g.Metric == knn.Cosine && d < same {
			m.score[i] = 0
		}
		if d > m.cutoff {
			m.flagged = append(m.flagged, i)
		}
	}
	return m
}

func average(values []float64) float64 {
	s := 0.0
	for _, v := range values {
		s += v
	}
	return s / float64(len(values))
}

func (m *measure) classes(d *core.Dataset) []core.Group {
	out := make([]core.Group, len(d.Classes))
	for c, rows := range d.ByClass() {
		k := core.Group{Name: d.Classes[c], Size: len(rows)}
		var mine []float64
		far := 0
		for _, r := range rows {
			if math.IsNaN(m.mean[r]) {
				continue
			}
			mine = append(mine, m.mean[r])
			if m.mean[r] > m.cutoff {
				far++
			}
		}
		if k.Note = "too few rows to have neighbours"; len(mine) > 0 {
			k.Note = ""
			k.Figures = []core.Figure{{Name: "median-distance", Value: num.Median(mine)}, {Name: "flagged", Value: far}}
		}
		out[c] = k
	}
	return out
}

func (m *measure) finding() *core.Finding {
	share := float64(len(m.flagged)) / float64(m.known)
	return &core.Finding{Rule: ruleFar.ID, Severity: ruleFar.Severity, Confidence: core.LowConfidence,
		Where: core.Location{Rows: m.flagged},
		Title: "Some rows are far from all others",
		Saw: fmt.Sprintf("%d of %d rows (%.1f %%) are further than %.3g from their nearest neighbours on average; the median is %.3g.",
			len(m.flagged), m.known, 100*share, m.cutoff, m.median),
		Measured: []core.Figure{{Name: "flagged", Value: len(m.flagged)}, {Name: "share", Value: share},
			{Name: "cutoff", Value: m.cutoff}, {Name: "median-distance", Value: m.median}}}
}
