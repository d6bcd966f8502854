// Package labelissues looks for rows whose given label is probably wrong, by
// confident learning: what a model thinks of the rows it was not trained on,
// compared with what it thinks of each class as a whole.
//
// Source: Northcutt, Jiang and Chuang, "Confident Learning: Estimating
// Uncertainty in Dataset Labels", 2021; counts, filters and ranks agree with
// cleanlab 2.9.0 to 1e-12 and as sets.
//
// Filters and estimates flag rows of every data set: a model that is right in
// 95 of 100 rows leaves 5 that may be its own mistakes. So a finding of weight
// is made of another measure, the floor: how often the label contradicts the
// model among the quarter of the rows that the model is surest of. Mistakes of
// a model are rare there, moved labels are as frequent as everywhere.
//
// How often that finding is made in simulations (sim_test.go holds a part of
// them): 2,000 rows of normal classes in 8 dimensions, with their exact
// posterior probabilities, made too sure or too unsure by temperatures from 0.3
// to 1.5, ten runs each.
//
//	labels                       classes    model right in    finding in
//	right                        2 to 100   5 to 99 %         0 of 600 runs
//	8 % moved                    2          92 %              50 of 50
//	8 % moved                    10         86 %              50 of 50
//	8 % moved                    10         71 %              30 of 50
//	8 % moved                    100        65 %              0 of 50
//	3 % moved                    10         90 %              37 of 50
//	20 % of one class to another 10         91 %              50 of 50
//	5 % of one class to another  10         92 %              10 of 50
//
// A model that has learnt how many labels were moved is as unsure as that
// everywhere, and so hides them from the finding; filters and ranks list them
// all the same.
package labelissues

import (
	"context"
	"fmt"

	"taster/core"
	"taster/core/dataset"
	"taster/core/knn"
)

const (
	name  = "label-issues"
	title = "Label issues (confident learning)"
)

// The filters, by cleanlab's names.
const (
	byNoiseRate        = "prune_by_noise_rate"
	byClass            = "prune_by_class"
	both               = "both"
	confidentLearning  = "confident_learning"
	predictedNeqGiven  = "predicted_neq_given"
	lowMargin          = "low_normalized_margin"
	lowSelfConfidence  = "low_self_confidence"
	inSampleAgreement  = 0.995 // above this the model has probably seen the labels
	minRowsForAgreeing = 50
	neighbours         = 10 // that vote where there are no probabilities; cleanlab's default
)

// Detector needs labels and predicted probabilities, best out-of-sample.
var Detector = &core.Detector{
	Name:   name,
	Title:  title,
	Family: "label",
	Help: core.Help{
		Does:    "Compares the given labels with predicted probabilities. A row is confidently of a class when its probability reaches the mean of that class's own rows. Rows that are confidently of another class than their label make up the confident joint, from which the number of wrong labels for each pair of classes is estimated; the filter picks that many rows. A row's value is 1 minus its quality score. A finding above info is made only where labels contradict the model too often among the rows it is surest of. Without probabilities, the votes of the 10 nearest rows stand in for them.",
		Misses:  "It needs probabilities from a model that was not trained on these rows: one that has learnt a wrong label confirms it. It does not see backdoors, whose labels the model has learnt on purpose, nor errors that the model shares. The filter flags rows of every data set, the model's own mistakes among them.",
		Sources: "Northcutt, Jiang and Chuang 2021; cleanlab 2.9.0.",
	},
	Cost:     cost,
	Together: true,
	OneOf:    []core.Role{core.RoleProbs, core.RoleActivations},
	Params: []core.Param{
		{Name: "filter", Title: "Filter", Default: byNoiseRate, Choices: []string{byNoiseRate, byClass, both, confidentLearning, predictedNeqGiven, lowMargin, lowSelfConfidence},
			Help: "Which rows to flag. prune_by_noise_rate: for each pair of classes the estimated number, by margin. prune_by_class: for each class the estimated number, by probability of the label. both: those flagged by both, the fewest of the three. confident_learning: all that are confidently of another class. predicted_neq_given: all whose most probable class is another one, the most rows. low_…: as many as confident learning counts, by score over all classes."},
		{Name: "rank", Title: "Score", Default: selfConfidence, Choices: []string{selfConfidence, margin, entropy},
			Help: "How rows are ranked. self_confidence: probability of the given label. normalized_margin: against the most probable other class. confidence_weighted_entropy: with the entropy of the row; it costs a logarithm for each value. Only low_… filters flag by a score."},
		{Name: "adjust", Title: "Adjust scores", Default: "no", Choices: []string{"no", "yes"},
			Help: "yes: subtract each class's threshold first, so that classes the model is unsure of as a whole do not fill the top of the list. It has no effect on confidence_weighted_entropy."},
		{Name: "noise", Title: "Share of the estimate", Default: "1", Min: 0, Max: 1,
			Help: "The share of the estimated issues that the prune filters flag. Smaller flags fewer rows, the surest ones."},
		{Name: "min-examples", Title: "Rows to keep", Default: "1", Min: 0, Max: 1e9,
			Help: "Rows that the prune filters leave in every class. Classes with no more rows than this are never flagged."},
		{Name: "remove", Title: "Rows per class", Default: "0", Min: 0, Max: 1e9,
			Help: "Flag this many rows of each class with the prune filters instead of the estimated number; 0 means the estimate."},
		{Name: "calibrate", Title: "Calibrate the joint", Default: "yes", Choices: []string{"yes", "no"},
			Help: "yes: scale the confident joint to the number of rows of each class, which also counts the rows that reach no threshold. no: count the confident rows alone, which flags fewer rows with prune_by_noise_rate."},
	},
	Rules: []core.Rule{ruleNoise, ruleIssues, ruleOrder, ruleInSample},
	Check: dataset.On([]core.Role{core.RoleLabels}, run),
}

// cost is for the probabilities, which are read twice, or for those made from
// neighbours.
func cost(s core.Size) core.Cost {
	if s.Probs {
		return core.Cost{Own: 4e-8 * float64(s.Rows) * float64(s.Classes)}
	}
	return core.Cost{Own: 4e-8 * float64(s.Rows) * float64(s.Classes), Graph: knn.Cost(s)}
}

// run reads one value of each row, then all N K values once, and once more for
// the filter prune_by_noise_rate. Memory: some tens of bytes for each row, and
// 8 for each estimated issue.
func run(ctx context.Context, p *core.RowsPass) error {
	probs, voted := p.Data.Probs, false
	if probs == nil {
		if n, k := int64(len(p.Data.Labels)), int64(len(p.Data.Classes)); k > 0 && n > p.Limits.Cells/k {
			return fmt.Errorf("%w: %d rows of %d classes", core.ErrLimit, n, k)
		}
		var err error
		if probs, err = knn.NeighbourProbs(ctx, p, neighbours); err != nil {
			return err
		}
		voted = true
	}
	r := &runner{pass: p, table: newTable(p.Data, probs), voted: voted}
	if err := r.measure(ctx); err != nil {
		return err
	}
	if err := p.Emit(core.Event{Result: r.result()}); err != nil {
		return err
	}
	for _, f := range r.findings() {
		if err := p.Emit(core.Event{Finding: f}); err != nil {
			return err
		}
	}
	return nil
}

type runner struct {
	pass  *core.RowsPass
	voted bool // the probabilities are votes of neighbours
	*table
	*survey
	joint2  square // calibrated, unless the user says otherwise
	issues  int    // rows confidently of another class than their label
	flagged []bool
	health  *health
	floors  *floors
}

func (r *runner) progress(step string) func(int) error {
	return func(row int) error {
		return r.pass.Emit(core.Event{Progress: &core.Progress{Step: step, Unit: "rows", Done: int64(row), Total: int64(len(r.labels))}})
	}
}

func (r *runner) measure(ctx context.Context) (err error) {
	params := r.pass.Params
	scorer := newScorer(params["rank"], params["adjust"] == "yes")
	if r.survey, err = r.take(ctx, scorer, r.progress("Reading probabilities")); err != nil {
		return err
	}
	for i := range r.labels {
		if r.confident[i] && r.differs[i] {
			r.issues++
		}
	}
	if r.joint2 = r.joint; params["calibrate"] == "yes" {
		r.joint2 = r.joint.calibrated(r.sizes)
	}
	r.health = newHealth(r.joint2)
	r.floors = r.newFloors(r.survey)
	r.flagged, err = r.filter(ctx)
	return err
}

// filter is the rows that the chosen filter flags. All but the low_… ones leave
// out rows whose label is the most probable class.
func (r *runner) filter(ctx context.Context) ([]bool, error) {
	params := r.pass.Params
	prune := pruning{noise: params.Float("noise"), keep: params.Float("min-examples"), remove: params.Float("remove")}
	switch params["filter"] {
	case byClass:
		return r.byClass(r.survey, prune.counts(r.joint2, r.sizes), prune.keep), nil
	case confidentLearning:
		return and(r.confident, r.differs), nil
	case predictedNeqGiven:
		return r.differs, nil
	case lowMargin:
		return r.lowest(r.rescore(margin), r.issues), nil
	case lowSelfConfidence:
		return r.lowest(r.rescore(selfConfidence), r.issues), nil
	}
	counts := prune.counts(r.joint2, r.sizes)
	flags, err := r.byNoiseRate(ctx, r.survey, counts, prune.keep, r.progress("Comparing classes"))
	if params["filter"] == both {
		flags = and(flags, r.byClass(r.survey, counts, prune.keep))
	}
	return flags, err
}

// rescore is the plain score called rank; it may be another one than the user
// ranks by.
func (r *runner) rescore(rank string) []float64 {
	if r.pass.Params["rank"] == rank && r.pass.Params["adjust"] == "no" {
		return r.scores
	}
	quality, out := newScorer(rank, false)(r.survey.thresholds), make([]float64, len(r.labels))
	for i, l := range r.labels {
		if r.used(i) {
			row := r.probs.Row(i)
			out[i] = quality(row, l, look(row, nil))
		}
	}
	return out
}

func and(a, b []bool) []bool {
	out := make([]bool, len(a))
	for i := range out {
		out[i] = a[i] && b[i]
	}
	return out
}
