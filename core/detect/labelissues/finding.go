package labelissues

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"taster/core"
)

var ruleNoise = core.Rule{
	ID: "LABEL-NOISE", Title: "Labels contradict a confident model too often", Severity: core.Medium,
	Matters: "Where a model is sure of its answer, its own mistakes are rare. Labels that contradict it there at a steady rate were probably moved, by mistake or on purpose. A model trained on them learns wrong answers, and a measurement against them is wrong by as much.",
	Benign:  "Careless annotation, rows that belong to several classes, labels and rows in different order, or a model that is much too sure of itself lead to the same picture.",
	Do:      "Look at the flagged rows, worst first, and correct or remove what is wrong. See whether the wrong ones share a source, an annotator or a pair of classes: accidents are spread, an attack has a target. Then run again.",
	Refs:    []string{"AML.T0020", "LLM04:2025", "ML02:2023"},
}

var ruleIssues = core.Rule{
	ID: "LABEL-ISSUES", Title: "Rows whose label is worth a look", Severity: core.Info,
	Matters: "For these rows the model would have given another label. Some of them may be wrong, and a few wrong labels of a rare class matter more than their number says.",
	Benign:  "Most are usually rows that the model itself gets wrong, or that people would disagree on: some are listed for nearly every data set.",
	Do:      "Go through the list from the top and stop when labels are right again and again.",
	Refs:    []string{"AML.T0020", "ML02:2023"},
}

var ruleInSample = core.Rule{
	ID: "LABEL-PROBS-SEEN", Title: "The probabilities seem to come from a model that has seen these labels", Severity: core.Info,
	Matters: "A model that was trained on a wrong label tends to confirm it, so wrong labels stay hidden from this check.",
	Benign:  "An easy task, on which a model is right nearly always, also on rows it has not seen.",
	Do:      "Give probabilities from cross-validation: train on a part, predict the rest, until every row has been predicted by a model that did not see it.",
	Refs:    []string{"AML.T0020", "ML02:2023"},
}

const (
	shownRows  = 20
	shownPairs = 10
)

// findings are at most two: on the data as a whole or on rows to look at, and
// on the probabilities. Labels in another order than the rows make the others
// void.
func (r *runner) findings() []*core.Finding {
	var out []*core.Finding
	rows := r.rows()
	if r.byChance() {
		return []*core.Finding{r.orderFinding()}
	}
	if accused := r.accused(); !r.voted && (r.floors.all.high(1) || len(accused) > 0) {
		out = append(out, r.noiseFinding(rows, accused))
	} else if len(rows) > 0 {
		out = append(out, r.issuesFinding(rows))
	}
	if r.inSample() {
		out = append(out, r.inSampleFinding())
	}
	return out
}

// accused are the classes whose floor is high.
func (r *runner) accused() []int {
	var out []int
	for c := range r.floors.classes {
		if r.floors.classes[c].high(r.k) {
			out = append(out, c)
		}
	}
	return out
}

func (r *runner) inSample() bool {
	return !r.voted && r.n >= minRowsForAgreeing && float64(r.agree) > inSampleAgreement*float64(r.n)
}

func (r *runner) rows() []int {
	rows := []int{}
	for i, f := range r.flagged {
		if f {
			rows = append(rows, i)
		}
	}
	return rows
}

func (r *runner) noiseFinding(rows, accused []int) *core.Finding {
	f := r.finding(&ruleNoise, rows)
	all := r.floors.all
	f.Confidence = core.Moderate
	f.Title = fmt.Sprintf("%.1f %% of the labels that a model is surest of contradict it", 100*all.share())
	f.Saw = fmt.Sprintf("Among the %d rows that the model is surest of (probability at least %.4g), %d labels (%.1f %%, at least %.1f %% at 95 %% confidence) contradict it; its probabilities, tempered, allow for %.1f.",
		all.rows, all.threshold, all.against, 100*all.share(), 100*all.least(), all.expected)
	if !all.high(1) {
		c := accused[0]
		k := r.floors.classes[c]
		f.Title = fmt.Sprintf("Rows that a model is sure are %.80q often have another label", r.pass.Data.Classes[c])
		f.Where.Class = r.pass.Data.Classes[c]
		f.Saw = fmt.Sprintf("Among the %d rows that the model is surest are %.80q (probability at least %.4g), %d labels (%.1f %%, at least %.1f %% at 95 %% confidence) contradict it; its probabilities, tempered, allow for %.1f. Over all classes %.1f %% do.",
			k.rows, r.pass.Data.Classes[c], k.threshold, k.against, 100*k.share(), 100*k.least(), k.expected, 100*all.share())
	}
	f.Saw += fmt.Sprintf(" The filter %s flags %d rows.", r.pass.Params["filter"], len(rows))
	return f
}

func (r *runner) issuesFinding(rows []int) *core.Finding {
	f := r.finding(&ruleIssues, rows)
	all := r.floors.all
	f.Confidence = core.LowConfidence
	f.Title = fmt.Sprintf("%d of %d labels are worth a look", len(rows), r.n)
	if r.voted {
		f.Saw = fmt.Sprintf("By the votes of the %d nearest rows, the filter %s flags %d rows. Probabilities of a model that has not seen the rows would say more.",
			neighbours, r.pass.Params["filter"], len(rows))
		return f
	}
	f.Saw = fmt.Sprintf("The filter %s flags %d rows. Among the %d rows that the model is surest of, %d labels contradict it (%.1f %%), no more than its own mistakes explain.",
		r.pass.Params["filter"], len(rows), all.rows, all.against, 100*all.share())
	return f
}

func (r *runner) inSampleFinding() *core.Finding {
	agreement := float64(r.agree) / float64(r.n)
	return &core.Finding{Rule: ruleInSample.ID, Severity: ruleInSample.Severity, Confidence: core.Moderate, Title: ruleInSample.Title,
		Saw:      fmt.Sprintf("The most probable class is the given label in %d of %d rows (%.2f %%), more than %.1f %%.", r.agree, r.n, 100*agreement, 100*inSampleAgreement),
		Measured: []core.Figure{{Name: "agreement", Value: agreement}, {Name: "threshold", Value: inSampleAgreement}}}
}

func (r *runner) finding(rule *core.Rule, rows []int) *core.Finding {
	all := r.floors.all
	return &core.Finding{Rule: rule.ID, Severity: rule.Severity, Where: core.Location{Rows: rows},
		Measured: []core.Figure{
			{Name: "flagged", Value: len(rows)},
			{Name: "rows", Value: r.n},
			{Name: "health", Value: 1 - share(float64(r.issues), float64(r.n))},
			{Name: "estimated-issues", Value: r.estimated()},
			{Name: "floor", Value: all.share()},
			{Name: "floor-least", Value: all.least()},
			{Name: "floor-rows", Value: all.rows},
			{Name: "floor-expected", Value: all.expected},
			{Name: "temperature", Value: r.floors.temperature},
			{Name: "agreement", Value: share(float64(r.agree), float64(r.n))},
		},
		Evidence: []core.Evidence{r.worst(rows), r.overlaps()}}
}

// estimated is how many labels the joint says are wrong.
func (r *runner) estimated() int {
	return int(math.RoundToEven(float64(r.n) * (1 - share(r.joint2.trace(), r.joint2.sum()))))
}

func (r *runner) worst(rows []int) core.Evidence {
	order := slices.Clone(rows)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.scores[a], r.scores[b]) })
	g := &core.Grid{Head: []string{"Row", "Given label", "Probability", "Most probable", "Probability"}}
	for _, i := range order[:min(len(order), shownRows)] {
		p, given, top := r.probs.Row(i), r.labels[i], int(r.top[i])
		g.Rows = append(g.Rows, []string{strconv.Itoa(i), r.class(given), fmt.Sprintf("%.4f", p[given]), r.class(top), fmt.Sprintf("%.4f", p[top])})
	}
	return core.Evidence{Title: fmt.Sprintf("The %d rows that fit their label least", len(g.Rows)), Grid: g}
}

func (r *runner) overlaps() core.Evidence {
	g := &core.Grid{Head: []string{"Classes", "Labelled the first, seem the second", "The other way", "Share of all rows"}}
	for _, p := range r.health.pairs[:min(len(r.health.pairs), shownPairs)] {
		g.Rows = append(g.Rows, []string{r.class(p.a) + ", " + r.class(p.b), strconv.Itoa(p.ab), strconv.Itoa(p.rows - p.ab), fmt.Sprintf("%.2f %%", 100*p.share)})
	}
	return core.Evidence{Title: "Classes taken for each other, estimated rows", Grid: g}
}

func (r *runner) class(c int) string { return fmt.Sprintf("%.80q", r.pass.Data.Classes[c]) }

// result has 1 - quality as the value of each row.
func (r *runner) result() *core.Result {
	values := make(core.Floats, len(r.scores))
	for i, v := range r.scores {
		values[i] = 1 - v
	}
	res := &core.Result{Detector: name, Params: r.pass.Params, Flagged: r.rows(),
		Scores: []core.Score{{Name: r.pass.Params["rank"], Title: "1 − " + r.pass.Params["rank"] + " of the given label", Values: values}}}
	flagged := make([]int, r.k)
	for _, i := range res.Flagged {
		flagged[r.labels[i]]++
	}
	for c, class := range r.pass.Data.Classes {
		k := core.Group{Name: class, Size: r.sizes[c]}
		if r.sizes[c] < 2 {
			k.Note = fmt.Sprintf("too few rows (%d) to judge", r.sizes[c])
		}
		f := r.floors.classes[c]
		k.Figures = []core.Figure{
			{Name: "threshold", Value: r.survey.thresholds[c]},
			{Name: "flagged", Value: flagged[c]},
			{Name: "issues", Value: r.health.issues[c]},
			{Name: "inverse-issues", Value: r.health.missing[c]},
			{Name: "label-noise", Value: r.health.noise[c]},
			{Name: "inverse-label-noise", Value: r.health.inverse[c]},
			{Name: "quality", Value: 1 - r.health.noise[c]},
			{Name: "floor", Value: f.share()},
			{Name: "floor-least", Value: f.least()},
		}
		res.Groups = append(res.Groups, k)
	}
	return res
}
