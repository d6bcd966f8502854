// Package centroiddistance scores rows by the angle between them and the mean of
// their labelled class: 1 - cos(x, mean), from 0 (same direction) to 2.
//
// A fixed limit of 0.3 is in use, but what is far depends on the network: in
// some, no row ever reaches 0.3, in others most of a class does. So a robust z
// stands beside it: how far the distance lies above the median of the class, in
// robust standard deviations.
package centroiddistance

import (
	"context"
	"fmt"
	"math"
	"slices"

	"taster/core"
	"taster/core/dataset"
	"taster/core/moments"
	"taster/core/num"
)

const (
	name  = "centroid-distance"
	title = "Distance to the class mean"
)

// Detector needs activations and labels. Far rows are of every data set, so
// its finding is information.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "geometry",
	Help: core.Help{
		Does:    "Scores each row by 1 − cos of the angle to the mean of its class: 0 is the same direction, 1 a right angle, 2 the opposite. Two limits are offered: the customary 0.3, and a robust z-score, which adapts to the class.",
		Misses:  "It finds moved labels, whose rows lie far from the mean. Rows of a working backdoor lie near the mean, and this check hardly sees them. Every data set has far rows, so the finding is information.",
		Sources: "The limit of 0.3 is a custom, not a measurement.",
	},
	Stored: true,
	Cost:   func(s core.Size) core.Cost { return core.Cost{Own: 2e-8 * s.Cells()} },
	Params: []core.Param{
		{Name: "distance", Title: "Distance", Default: "0.3", Min: 0, Max: 2,
			Help: "Rows farther from the mean of their class than this are flagged. A larger value flags fewer."},
		{Name: "z", Title: "Robust z", Default: "0", Min: 0, Max: 1000,
			Help: "Rows must also lie this many robust standard deviations above the median of their class; 3.5 is usual. 0 leaves it out."},
	},
	Rules: []core.Rule{ruleFar},
	Check: dataset.On([]core.Role{core.RoleActivations, core.RoleLabels}, run),
}

var ruleFar = core.Rule{
	ID: "CENTROID-FAR", Title: "Rows far from the mean of their class", Severity: core.Info,
	Matters: "A row that points in another direction than its class may have the label of another class, or be of another kind.",
	Benign:  "Classes of several kinds, rare cases and poor recordings are far from the mean as well; most data sets have some.",
	Do:      "Look at the farthest rows of each class. Where a check of labels names the same rows, start with those.",
	Refs:    []string{"AML.T0020", "ML02:2023"},
}

// measure is the scores of all rows.
type measure struct {
	data        *core.Dataset
	limit, z    float64
	distance, s core.Floats // NaN where a row was not scored
	flagged     []int
	classes     []core.Group
}

// run costs two passes over the rows, O(N D).
func run(ctx context.Context, p *core.RowsPass) error {
	n := len(p.Data.Labels)
	m := &measure{data: p.Data, limit: p.Params.Float("distance"), z: p.Params.Float("z"), distance: blank(n), s: blank(n), flagged: []int{}}
	classes := p.Data.ByClass()
	score := m.held
	if p.Data.X == nil {
		score = m.stored
	}
	if err := score(ctx, p, classes); err != nil {
		return err
	}
	for c, rows := range classes {
		m.class(c, rows)
	}
	slices.Sort(m.flagged)
	err := p.Emit(core.Event{Result: &core.Result{Detector: name, Params: p.Params, Flagged: m.flagged, Groups: m.classes, Scores: []core.Score{
		{Name: "distance", Title: "1 − cos to the mean of the class", Values: m.distance},
		{Name: "z", Title: "robust standard deviations above the median of the class", Values: m.s},
	}}})
	if err != nil || len(m.flagged) == 0 {
		return err
	}
	return p.Emit(core.Event{Finding: m.finding()})
}

func blank(n int) core.Floats {
	out := make(core.Floats, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// held measures the distances of activations that are held.
func (m *measure) held(ctx context.Context, p *core.RowsPass, classes [][]int) error {
	for c, rows := range classes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.Emit(core.Event{Progress: &core.Progress{Step: title, Unit: "classes", Done: int64(c), Total: int64(len(classes))}}); err != nil {
			return err
		}
		x := num.Rows{Data: m.data.X.Data, Cols: m.data.X.Cols, Index: rows}
		m.measure(x, x.Mean(), 0)
	}
	return nil
}

// stored measures the distances of activations that are read from their file.
func (m *measure) stored(ctx context.Context, p *core.RowsPass, _ [][]int) error {
	means, err := moments.Means(ctx, p)
	if err != nil {
		return err
	}
	return p.EachBlock(ctx, title, func(b core.Block) error {
		for c, mean := range means {
			m.measure(moments.Rows(b, c), mean, b.First)
		}
		return nil
	})
}

// measure notes the distances of x to the mean of its class, where row 0 of the
// matrix is row first of the data. A row of zeros, or a mean of zeros, has no
// direction: its distance is 1.
func (m *measure) measure(x num.Rows, mean []float64, first int) {
	along := make([]float64, x.Len())
	x.MulVec(along, mean)
	length := math.Sqrt(num.Dot(mean, mean))
	for i, r := range x.Index {
		m.distance[first+r] = 1 - cosine(along[i], norm(x.Row(i)), length)
	}
}

// class marks the rows of class c. A single row is its own mean, and has no
// distance.
func (m *measure) class(c int, rows []int) {
	k := core.Group{Name: m.data.Classes[c], Size: len(rows)}
	if len(rows) < 2 {
		k.Note = fmt.Sprintf("too few rows (%d) to have a mean", len(rows))
		for _, r := range rows {
			m.distance[r] = math.NaN()
		}
	} else {
		distance := make([]float64, len(rows))
		for i, r := range rows {
			distance[i] = m.distance[r]
		}
		k.Figures = m.mark(rows, distance)
	}
	m.classes = append(m.classes, k)
}

func cosine(dot, a, b float64) float64 {
	if !(a > 0 && b > 0) {
		return 0
	}
	return dot / a / b
}

func norm(row []float32) float64 {
	sum := 0.0
	for _, v := range row {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

// mark flags the rows of a class and gives its figures.
func (m *measure) mark(rows []int, distance []float64) []core.Figure {
	median, mad := num.Median(distance), num.MAD(distance)
	over, strange, both, farthest := 0, 0, 0, 0.0
	for i, r := range rows {
		m.s[r] = z(distance[i], median, mad)
		farthest = max(farthest, distance[i])
		far, odd := distance[i] > m.limit, m.s[r] > usualZ
		if far {
			over++
		}
		if odd {
			strange++
		}
		if far && (m.z == 0 || m.s[r] > m.z) {
			m.flagged = append(m.flagged, r)
			both++
		}
	}
	return []core.Figure{
		{Name: "median", Value: median}, {Name: "mad", Value: mad}, {Name: "farthest", Value: farthest},
		{Name: "over-limit", Value: over}, {Name: "z-over-3.5", Value: strange}, {Name: "flagged", Value: both},
	}
}

const (
	usualZ = 3.5    // Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993
	mostZ  = 1000.0 // where the class does not vary
)

func z(v, median, mad float64) float64 {
	switch {
	case v == median:
		return 0
	case mad == 0:
		return math.Copysign(mostZ, v-median)
	}
	return max(min((v-median)/mad, mostZ), -mostZ)
}

const shown = 20

func (m *measure) finding() *core.Finding {
	order := slices.Clone(m.flagged)
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case m.distance[a] > m.distance[b]:
			return -1
		case m.distance[a] < m.distance[b]:
			return 1
		}
		return 0
	})
	g := &core.Grid{Head: []string{"Row", "Class", "1 − cos", "Robust z"}}
	for _, r := range order[:min(len(order), shown)] {
		g.Rows = append(g.Rows, []string{fmt.Sprint(r), fmt.Sprintf("%.80q", m.data.Classes[m.data.Labels[r]]), fmt.Sprintf("%.4f", m.distance[r]), fmt.Sprintf("%.2f", m.s[r])})
	}
	n := len(m.data.Labels)
	return &core.Finding{Rule: ruleFar.ID, Severity: ruleFar.Severity, Confidence: core.LowConfidence,
		Where: core.Location{Rows: m.flagged},
		Title: fmt.Sprintf("%d of %d rows are far from the mean of their class", len(m.flagged), n),
		Saw: fmt.Sprintf("%d of %d rows (%.1f %%) have 1 − cos above %g; the farthest is row %d with %.3f, %.1f robust standard deviations above the median of its class.",
			len(m.flagged), n, 100*float64(len(m.flagged))/float64(n), m.limit, order[0], m.distance[order[0]], m.s[order[0]]),
		Measured: []core.Figure{{Name: "flagged", Value: len(m.flagged)}, {Name: "rows", Value: n}, {Name: "limit", Value: m.limit}, {Name: "farthest", Value: m.distance[order[0]]}},
		Evidence: []core.Evidence{{Title: "Farthest rows", Grid: g}}}
}
