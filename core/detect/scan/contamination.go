// Package scan is SCAn, the statistical contamination analyzer (Tang,
// Wang, Tang and Zhang, "Demon in the Variant", 2021): trusted rows teach how
// classes differ and how rows vary inside one; a class that is explained much
// better by two groups than by one, compared with the other classes, is
// contaminated.
//
// A second question is asked of each division, which the paper does not ask:
// do trusted rows of the class fall in both groups? Natural kinds of a class
// hold their share of them, planted rows hold next to none. The answer is a
// likelihood ratio (Wald, "Sequential tests of statistical hypotheses", 1945),
// which accuses, clears, and says which group is the planted one, also where
// that is the larger one.
package scan

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/dataset"
	"taster/core/num"
	"taster/core/pooledsplit"
)

const (
	name  = "scan"
	title = "Contamination against trusted rows (SCAn)"
)

// Detector needs activations and labels of rows under test and of trusted ones.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "geometry",
	Help: core.Help{
		Does:    "Learns from trusted rows how classes differ and how rows vary inside a class, divides each class under test in two in that metric, and asks how much better two groups explain it than one (J). The index says how far J lies above the median of the classes, in robust standard deviations. An accusation also needs the trusted rows to stay out of one group: the odds compare what they would do if that group were planted with what they would do if it were a natural kind. The same odds, taken of the pooled within-class split, accuse where that split stands out and clear a class whose groups share the trusted rows.",
		Misses:  "It misses poison that leaves no gap in this layer, and it believes the trusted rows. About 50 of them a class serve well; with fewer than ten for each dimension in all, only the odds of the pooled split count.",
		Sources: "Tang et al. 2021, whose limit is e² = 7.389; the odds are this tool's.",
	},
	Params: []core.Param{
		{Name: "index", Title: "Index among classes", Default: "7.389", Min: 0, Max: 1000,
			Help: "How far J of a class must lie above the median of the classes, in robust standard deviations. A larger value accuses fewer classes. The default is e², the paper's."},
		{Name: "odds", Title: "Odds of the trusted rows", Default: "100", Min: 0, Max: 1e9,
			Help: "How much likelier the places of the trusted rows must be if the group is planted than if it is natural. A natural group reaches 100 in at most one case of a hundred. A fifth is enough where the held-out separation of the pooled split is above 5, as that check asks for by itself. A larger value accuses fewer classes; 0 leaves the paper's rule alone."},
	},
	Check: dataset.On([]core.Role{core.RoleActivations, core.RoleLabels, core.RoleReference, core.RoleReferenceLabels}, run),
}

// run costs (n + D) D^2 for each of 4 or 5 rounds on n trusted rows, and some
// tens of passes over the rows under test, of which it makes a copy.
func run(ctx context.Context, p *core.RowsPass) error {
	split, err := pooledsplit.Of(ctx, p)
	if err != nil {
		return err
	}
	a := newAnalysis(p, split)
	if err := a.measure(ctx); err != nil {
		return err
	}
	return p.Emit(core.Event{Result: a.result()})
}

// analysis is one run.
type analysis struct {
	pass        *core.RowsPass
	pooled      *pooledsplit.Split
	index, odds float64 // limits
	classes     []class
	figures     []core.Figure
	few         bool // trusted rows, for their dimensions
}

// class is what was measured on one class.
type class struct {
	rows      []int // under test
	trusted   int
	groups    *pooledsplit.Groups // of the rows under test and, after them, the trusted ones; nil: see note
	note      string
	j         float64
	index     float64 // distance of j from the median class; NaN: not compared
	above     bool    // j is above it
	published sides   // trusted rows in the groups
	pooled    sides   // trusted rows in those of the pooled split
}

func newAnalysis(p *core.RowsPass, split *pooledsplit.Split) *analysis {
	a := &analysis{pass: p, pooled: split, index: p.Params.Float("index"), odds: p.Params.Float("odds"), classes: make([]class, len(p.Data.Classes))}
	for c, rows := range p.Data.ByClass() {
		a.classes[c].rows, a.classes[c].index = rows, math.NaN()
	}
	for _, c := range p.Data.RefLabels {
		if c >= 0 {
			a.classes[c].trusted++
		}
	}
	return a
}

// Trusted rows for each dimension: with fewer than scarce, their covariance
// cannot be inverted as it is; with fewer than plenty, the metric suits them
// better than rows that it was not made of.
const (
	scarce = 2
	plenty = 10
)

// measure fills the classes.
func (a *analysis) measure(ctx context.Context) error {
	both := a.join()
	if both.cols == 0 {
		a.note("too few trusted rows, or they do not vary")
		return nil
	}
	t, err := gather(ctx, both.trusted)
	if err != nil {
		return err
	}
	if t.n < scarce*t.d {
		t.ridge = pooledsplit.Ridge
	}
	m, err := t.learn(ctx)
	if err == nil && m == nil && t.ridge == 0 { // singular
		t.ridge = pooledsplit.Ridge
		m, err = t.learn(ctx)
	}
	if err != nil {
		return err
	}
	if m == nil {
		a.note("the trusted rows do not vary inside their classes")
		return nil
	}
	a.few = t.n < plenty*t.d
	a.figures = []core.Figure{{Name: "trusted", Value: t.n}, {Name: "columns", Value: t.d}, {Name: "rounds", Value: m.rounds}, {Name: "smoothed", Value: t.ridge > 0}}
	for c := range a.classes {
		if err := a.pass.Emit(core.Event{Progress: &core.Progress{Step: title, Unit: "classes", Done: int64(c), Total: int64(len(a.classes))}}); err != nil {
			return err
		}
		if err := a.class(ctx, m, both, c); err != nil {
			return err
		}
	}
	a.compare()
	return nil
}

func (a *analysis) note(why string) {
	for c := range a.classes {
		a.classes[c].note = why
	}
}

const minRows = 4 // fewer are not divided

// class divides class c and measures what the division explains.
func (a *analysis) class(ctx context.Context, m *model, both *joined, c int) error {
	k := &a.classes[c]
	if len(k.rows) < minRows {
		k.note = fmt.Sprintf("too few rows (%d) to divide", len(k.rows))
		return nil
	}
	x := both.all[c]
	all := &pooledsplit.Class{Rows: x, Mean: x.Mean()}
	g, err := m.metric.DivideOnce(ctx, all)
	if err != nil || g == nil {
		k.note = "the rows do not differ"
		return err
	}
	k.groups = g
	n := float64(x.Len())
	mu := m.remaining(n, less(all.Mean, both.centre))
	for b, mean := range g.Means {
		k.j += float64(g.Sizes[b]) / n * m.length2(mu, less(mean, both.centre))
	}
	k.published = count(g.Small, len(k.rows))
	if p := a.pooled.Groups[c]; p != nil {
		k.pooled = a.place(c, p)
	}
	if k.trusted == 0 {
		k.note = "no trusted row has this label"
	}
	return nil
}

func less(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for j := range a {
		out[j] = a[j] - b[j]
	}
	return out
}

// place finds the groups of the pooled split that trusted rows of class c lie
// nearer to.
func (a *analysis) place(c int, g *pooledsplit.Groups) sides {
	ref := num.Rows{Data: a.pass.Data.Ref.Data, Cols: a.pass.Data.Ref.Cols}
	for i, label := range a.pass.Data.RefLabels {
		if label == c {
			ref.Index = append(ref.Index, i)
		}
	}
	along := make([]float64, ref.Len())
	ref.MulVec(along, g.Direction)
	s := sides{rows: g.Sizes}
	for _, v := range along {
		if v > g.Middle {
			s.trusted[1]++
		} else {
			s.trusted[0]++
		}
	}
	return s
}

const minClasses = 5 // a median absolute deviation of fewer says nothing

// compare fills the indices.
func (a *analysis) compare() {
	var all []float64
	for _, k := range a.classes {
		if k.groups != nil {
			all = append(all, k.j)
		}
	}
	if len(all) < minClasses {
		return
	}
	median, mad := num.Median(all), num.MAD(all)
	for c := range a.classes {
		if k := &a.classes[c]; k.groups != nil {
			if k.index = math.Abs(k.j-median) / mad; k.j == median { // also when mad is 0
				k.index = 0
			}
			k.above = k.j > median
		}
	}
}
