// Package activationclustering is activation clustering: the rows of each labelled class
// are reduced to their principal components and divided in two; a small or
// well separated part may be rows that got their label by a trigger.
//
// Sources: Chen et al., "Detecting Backdoor Attacks on Deep Neural Networks by
// Activation Clustering", 2018; and ActivationDefence of the Adversarial
// Robustness Toolbox 1.20.1 (ART), whose options keep their names here.
package activationclustering

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"taster/core"
	"taster/core/dataset"
	"taster/core/moments"
	"taster/core/num"
)

const (
	name  = "activation-clustering"
	title = "Activation clustering"
)

// Detector needs activations and labels. Two-means always finds two parts, so
// its findings are context and accuse nobody.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "geometry",
	Help: core.Help{
		Does:    "Reduces the rows of each class to their first 10 principal components and divides them in two (2-means, the best of 40 fixed starts). Four published rules judge the parts. Smaller flags the smaller part of every class. Relative-size flags a part below 35 % of its class; it is the default here, while ART's default, smaller, flags two fifths of unpoisoned rows. Silhouette-scores also asks that the parts are well apart. Distance is there to compare with ART only. A row's score is 1 at the centre of the smaller part and −1 at that of the larger.",
		Misses:  "Every class divides somehow, so relative-size flags some classes without poison: read it beside other checks. It misses poison that makes up more than the size threshold, and poison that is not the largest difference inside its class.",
		Sources: "Chen et al. 2018; ART 1.20.1, ActivationDefence.",
	},
	Stored:   true,
	Together: true,
	Cost:     func(s core.Size) core.Cost { return core.Cost{Own: 9.4e-8 * s.Cells()} },
	Params: []core.Param{
		{Name: "dims", Title: "Principal components", Default: "10", Min: 1, Max: 100,
			Help: "Dimensions in which the rows are divided; data with fewer is used as it is. More keep finer differences and more noise."},
		{Name: "analysis", Title: "Rule", Default: "relative-size", Choices: []string{"smaller", "relative-size", "silhouette-scores", "distance"},
			Help: "smaller: flag the smaller part of every class. relative-size: flag a part below the size threshold. silhouette-scores: also ask for a silhouette above its threshold. distance: ART compatible, flags most rows of any data."},
		{Name: "reduce", Title: "Reduction", Default: "PCA", Choices: []string{"PCA", "FastICA"},
			Help: "PCA keeps the principal components as they are. FastICA gives them equal variance, so that small differences count as much as large ones: independent components are a rotation of that, and neither clusters nor silhouettes feel a rotation, so none is made."},
		{Name: "size-threshold", Title: "Size threshold", Default: "0.35", Min: 0, Max: 1,
			Help: "A part below this share of its class (rounded to 2 places, as ART does) is small. A larger value flags more."},
		{Name: "silhouette-threshold", Title: "Silhouette threshold", Default: "0.1", Min: -1, Max: 1,
			Help: "Mean silhouette (rounded to 4 places) above which the parts count as apart. A larger value flags less. The value is ART's and is not calibrated."},
	},
	Rules: []core.Rule{small},
	Check: dataset.On([]core.Role{core.RoleActivations, core.RoleLabels}, run),
}

var small = core.Rule{
	ID: "CLUSTER-SMALL", Title: "Small cluster inside a class", Severity: core.Info,
	Matters: "Rows that carry a trigger take another way through the network than the other rows of the class they are labelled as, so they can form a small cluster of their own. This method alone cannot tell such a cluster from an ordinary kind of the class.",
	Benign:  "Most classes have kinds, such as two ways to write a digit, and two-means divides every class in two whether or not it has parts. In unpoisoned data some classes have a small part as well.",
	Do:      "Look at rows of the small cluster beside rows of the large one. Take it seriously where the pooled within-class split or a label check accuses the same rows.",
	Refs:    []string{"AML.T0020", "AML.T0018.000", "LLM04:2025"},
}

const minRows = 4 // fewer are not divided

// run costs a PCA, a two-means and a silhouette for each class: see package num.
// Where the activations are stored, it costs the two passes of
// [moments.LeadingOf], and one for the overview.
func run(ctx context.Context, p *core.RowsPass) error {
	m := newMeasure(p)
	if err := m.divide(ctx, p); err != nil {
		return err
	}
	var err error
	if m.res.Points, err = overview(ctx, p); err != nil {
		return err
	}
	m.finish()
	if err := p.Emit(core.Event{Result: m.res}); err != nil {
		return err
	}
	if f := m.finding(); f != nil {
		return p.Emit(core.Event{Finding: f})
	}
	return nil
}

// divide divides all classes: along the components that are made for all
// detectors where the activations are stored, else by their rows.
func (m *measure) divide(ctx context.Context, p *core.RowsPass) error {
	_, cols := p.Data.Shape()
	var stored []*moments.Leading
	if cols > m.dims {
		var err error
		if stored, err = moments.LeadingOf(ctx, p, m.dims); err != nil {
			return err
		}
	}
	if stored == nil {
		return m.divideRows(ctx, p)
	}
	for c, l := range stored {
		if err := m.tell(p, c, 1); err != nil {
			return err
		}
		d, why, err := divideLeading(ctx, l, m.dims, m.whiten)
		if err != nil {
			return err
		}
		m.add(outcomeOf(core.ClassRows{Class: c, Size: len(l.Rows), Rows: l.Rows}, d, why))
	}
	return nil
}

// divideRows divides the classes by their rows, together with the team.
func (m *measure) divideRows(ctx context.Context, p *core.RowsPass) error {
	shares, err := core.Together(ctx, p.Pass, name, func(ctx context.Context, share core.Share) ([]outcome, error) {
		var out []outcome
		err := p.EachClass(ctx, func(c core.ClassRows) error {
			if !share.Has(c.Class) {
				return nil
			}
			if err := m.tell(p, c.Class, share.Of); err != nil {
				return err
			}
			d, why, err := divide(ctx, num.Rows{Data: c.X.Data, Cols: c.X.Cols, Index: c.Index}, m.dims, m.whiten)
			out = append(out, outcomeOf(c, d, why))
			return err
		})
		return out, err
	})
	if err != nil {
		return err
	}
	for _, o := range core.InOrder(shares) {
		m.add(o)
	}
	return nil
}

func (m *measure) tell(p *core.RowsPass, class, workers int) error {
	return p.Emit(core.Event{Progress: &core.Progress{Step: title, Unit: "classes", Done: int64(class), Total: int64(len(m.parts)), Workers: workers}})
}

// outcome is what came of a class.
type outcome struct {
	Class, Size int
	Rows        []int // that were measured
	Parts       *parts
	Scores      core.Exact // of Rows
	Group       []uint8    // of Rows
	Note        string     // why it has no parts, or of which rows they are
}

// outcomeOf keeps what is needed of d, which is nil where the class was not
// divided, for the reason why.
func outcomeOf(c core.ClassRows, d *division, why string) outcome {
	out := outcome{Class: c.Class, Size: c.Size, Note: notes(why, c.Sampled())}
	if d != nil {
		out.Rows, out.Parts, out.Scores, out.Group = c.Rows, d.parts(), d.scores(), d.split.Group
	}
	return out
}

type measure struct {
	data     *core.Dataset
	dims     int
	whiten   bool
	analysis string
	limits   thresholds
	res      *core.Result
	score    core.Floats
	parts    []*parts // by class; nil: not divided
}

func newMeasure(p *core.RowsPass) *measure {
	n := len(p.Data.Labels)
	m := &measure{data: p.Data, dims: p.Params.Int("dims"), whiten: p.Params["reduce"] == "FastICA", analysis: p.Params["analysis"],
		limits: thresholds{size: num.Round(p.Params.Float("size-threshold"), 2), silhouette: p.Params.Float("silhouette-threshold")},
		score:  make(core.Floats, n), parts: make([]*parts, len(p.Data.Classes))}
	groups := make(core.Ints, n)
	for i := range n {
		m.score[i], groups[i] = math.NaN(), -1
	}
	m.res = &core.Result{Detector: name, Params: p.Params, Flagged: []int{}, Clusters: groups,
		Scores: []core.Score{{Name: "nearness", Title: "Nearness to the smaller cluster, −1 to 1", Values: m.score}}}
	return m
}

// add adds the figures of a class to the result.
func (m *measure) add(o outcome) {
	class := core.Group{Name: m.data.Classes[o.Class], Size: o.Size, Note: o.Note}
	if o.Parts != nil {
		for i, r := range o.Rows {
			m.score[r], m.res.Clusters[r] = o.Scores[i], int32(o.Group[i])
		}
		m.parts[o.Class] = o.Parts
		class.Figures = o.Parts.figures()
		if o.Parts.Sampled {
			class.Note = notes(class.Note, fmt.Sprintf("silhouette of a fixed random sample of %d rows", num.SilhouetteMax))
		}
	}
	m.res.Groups = append(m.res.Groups, class)
}

// notes joins those that say something.
func notes(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// finish judges the parts, which one analysis does by those of other classes.
func (m *measure) finish() {
	bad := make([][2]bool, len(m.parts))
	for c, d := range m.parts {
		if d == nil {
			continue
		}
		v := d.judge(m.limits)
		v.distance = d.nearOther(c, m.parts)
		bad[c] = v.of(m.analysis)
		m.res.Groups[c].Figures = append(m.res.Groups[c].Figures, v.figures()...)
	}
	for i, g := range m.res.Clusters {
		if g >= 0 && bad[m.data.Labels[i]][g] {
			m.res.Flagged = append(m.res.Flagged, i)
		}
	}
}

// finding lists the classes with a small cluster, for the analyses that do not
// find one in every class.
func (m *measure) finding() *core.Finding {
	if m.analysis != "relative-size" && m.analysis != "silhouette-scores" || len(m.res.Flagged) == 0 {
		return nil
	}
	grid := &core.Grid{Head: []string{"Class", "Rows", "Small cluster", "Share", "Silhouette"}}
	for c, d := range m.parts {
		if d == nil || !d.judge(m.limits).of(m.analysis)[1] {
			continue
		}
		grid.Rows = append(grid.Rows, []string{fmt.Sprintf("%.80s", m.data.Classes[c]), strconv.Itoa(d.N), strconv.Itoa(d.Sizes[1]),
			fmt.Sprintf("%.1f %%", 100*d.share(1)), fmt.Sprintf("%.3f", d.silhouette())})
	}
	return &core.Finding{Rule: small.ID, Severity: small.Severity, Confidence: core.LowConfidence,
		Where: core.Location{Rows: m.res.Flagged},
		Title: fmt.Sprintf("%d of %d classes have a small cluster", len(grid.Rows), len(m.parts)),
		Saw: fmt.Sprintf("Two-means in up to %d dimensions puts %d rows in clusters that are smaller than %g of their class. Unpoisoned classes have such clusters as well.",
			m.dims, len(m.res.Flagged), m.limits.size),
		Measured: []core.Figure{{Name: "classes", Value: len(grid.Rows)}, {Name: "rows", Value: len(m.res.Flagged)}, {Name: "size-threshold", Value: m.limits.size}},
		Evidence: []core.Evidence{{Title: "Classes with a small cluster", Grid: grid}},
	}
}
