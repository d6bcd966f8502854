package nearduplicates

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"taster/core"
)

var (
	refs = []string{"AML.T0020", "LLM04:2025", "ML02:2023"}

	ruleConflict = core.Rule{
		ID: "DUPLICATE-CONFLICT", Title: "Equal rows have different labels", Severity: core.Medium,
		Matters: "The same row cannot belong to two classes, so at least one of the labels is wrong. Copies with another label are the simplest way to poison labels, and they teach a model to contradict itself.",
		Benign:  "People label the same thing differently, and data sets that are put together from several sources repeat rows. Different inputs can also end up as equal rows in this layer when its values are coarse or mostly zero.",
		Do:      "Look at the inputs of each group. Where they are the same, find out which label is right, where the other one came from, and what else came from there.",
		Refs:    refs}
	ruleNearConflict = core.Rule{
		ID: "NEAR-DUPLICATE-CONFLICT", Title: "Rows that are nearly equal have different labels", Severity: core.Low,
		Matters: "Poison is often made by changing a row a little and giving it another label. Wrong labels of copies look the same.",
		Benign:  "A network brings different inputs close together where it cannot tell two classes apart.",
		Do:      "Look at the inputs of each group side by side. If they are copies, find out which label is right.",
		Refs:    refs}
	ruleExact = core.Rule{
		ID: "DUPLICATE-EXACT", Title: "Rows are equal", Severity: core.Low,
		Matters: "Repeated rows count as often as they are repeated, so copies give a few rows more influence than they should have; and copies in both training and test data make a model look better than it is.",
		Benign:  "Data sets often repeat rows: the same input collected twice, oversampling of rare classes, inputs that fail in the same way. In this layer different inputs can end up as equal rows, above all rows of zeros.",
		Do:      "Keep one row of each group, unless the copies are there on purpose. A group with many copies deserves a look at where it came from.",
		Refs:    refs}
	ruleNear = core.Rule{
		ID: "NEAR-DUPLICATE", Title: "Rows are nearly equal", Severity: core.Info,
		Matters: "Rows that are changed copies of each other count more than once, and changed copies are one way to plant a pattern.",
		Benign:  "Frames of one video, pictures of one series, augmented copies and texts made from one template are near duplicates, and rows of tight classes can be.",
		Do:      "Look at the inputs of some groups side by side, and decide whether such copies belong in the data.",
		Refs:    refs}
)

// coarseShare is the share of rows with an equal one above which equal rows
// say less: the values are coarse, or the data was multiplied.
const coarseShare = 0.1

func (s *search) result(params core.Params) *core.Result {
	res := &core.Result{Detector: name, Params: params, Flagged: s.flagged(), Groups: make([]core.Group, len(s.data.Classes)),
		Scores: []core.Score{
			{Name: "near-duplicate", Title: "exp(−distance to the nearest row / median)", Values: s.scores()},
			{Name: "distance", Title: "distance to the nearest row", Values: s.nearest}},
		Figures: []core.Figure{{Name: "median-distance", Value: s.median}, {Name: "radius", Value: s.radius},
			{Name: "exact-groups", Value: len(s.exact)}, {Name: "near-groups", Value: len(s.near)}}}
	for c, rows := range s.data.ByClass() {
		flagged := 0
		for _, r := range rows {
			if _, ok := slices.BinarySearch(res.Flagged, r); ok {
				flagged++
			}
		}
		res.Groups[c] = core.Group{Name: s.data.Classes[c], Size: len(rows), Figures: []core.Figure{{Name: "flagged", Value: flagged}}}
	}
	return res
}

// rounding is the distance up to which rows count as equal in the score.
const rounding = 1e-8

func (s *search) scores() core.Floats {
	out := make(core.Floats, len(s.nearest))
	for i, d := range s.nearest {
		out[i] = math.Exp(-d / max(s.median, leastMedian))
		if d <= rounding {
			out[i] = 1
		}
	}
	return out
}

func (s *search) flagged() []int { return union(append(slices.Clone(s.exact), s.near...)) }

// union lists the rows of groups, ascending.
func union(groups []group) []int {
	out := []int{}
	for _, g := range groups {
		out = append(out, g.rows...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (s *search) findings() []*core.Finding {
	var out []*core.Finding
	add := func(rule *core.Rule, groups []group, confidence core.Confidence, saw string) {
		if len(groups) > 0 {
			out = append(out, s.finding(rule, groups, confidence, saw))
		}
	}
	all := "all their values"
	add(&ruleConflict, s.conflicts(s.exact), core.HighConfidence, "agree in "+all+" but not in their label")
	add(&ruleNearConflict, s.conflicts(s.near), core.LowConfidence, fmt.Sprintf("are closer than %.3g to each other but have different labels", s.radius))
	add(&ruleExact, s.exact, core.HighConfidence, "agree in "+all)
	add(&ruleNear, s.near, core.Moderate, fmt.Sprintf("are closer than %.3g to another row, where the median is %.3g", s.radius, s.median))
	if share := s.equalShare(); len(out) > 0 && out[0].Rule == ruleConflict.ID && share > coarseShare {
		out[0].Severity, out[0].Confidence = core.Low, core.LowConfidence
		out[0].Saw += fmt.Sprintf(" As %.0f %% of all rows have an equal one, equal rows need not be equal inputs.", 100*share)
	}
	return out
}

// conflicts are the groups whose rows have different labels.
func (s *search) conflicts(groups []group) []group {
	var out []group
	for _, g := range groups {
		if !g.zero && len(s.labels(g)) > 1 {
			out = append(out, g)
		}
	}
	return out
}

// labels of g, each once, ascending.
func (s *search) labels(g group) []int {
	if s.data.Labels == nil {
		return nil
	}
	var out []int
	for _, r := range g.rows {
		out = append(out, s.data.Labels[r])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (s *search) equalShare() float64 { return float64(len(union(s.exact))) / float64(max(s.known, 1)) }

func (s *search) finding(rule *core.Rule, groups []group, confidence core.Confidence, saw string) *core.Finding {
	rows := union(groups)
	largest, severity := 0, core.Info // of rows of zeros alone
	for _, g := range groups {
		largest = max(largest, len(g.rows))
		if !g.zero {
			severity = rule.Severity
		}
	}
	return &core.Finding{Rule: rule.ID, Severity: severity, Confidence: confidence,
		Where: core.Location{Rows: rows}, Title: rule.Title,
		Saw: fmt.Sprintf("%d of %d rows, in %d groups of up to %d, %s.", len(rows), s.known, len(groups), largest, saw),
		Measured: []core.Figure{{Name: "rows", Value: len(rows)}, {Name: "groups", Value: len(groups)}, {Name: "largest", Value: largest},
			{Name: "radius", Value: s.radius}, {Name: "median-distance", Value: s.median}},
		Evidence: []core.Evidence{s.table(groups)}}
}

const (
	shownGroups = 50
	shownRows   = 12
)

// table shows the largest groups.
func (s *search) table(groups []group) core.Evidence {
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b group) int { return len(b.rows) - len(a.rows) })
	e := core.Evidence{Title: "Groups", Grid: &core.Grid{Head: []string{"Rows", "Labels", "Distance", "Note"}}}
	if len(groups) > shownGroups {
		e.Title = fmt.Sprintf("The %d largest groups of %d", shownGroups, len(groups))
		groups = groups[:shownGroups]
	}
	for _, g := range groups {
		note := ""
		if g.zero {
			note = "rows of zeros"
		}
		e.Grid.Rows = append(e.Grid.Rows, []string{listed(g.rows, func(r int) string { return fmt.Sprint(r) }),
			listed(s.labels(g), func(c int) string { return fmt.Sprintf("%.40q", s.data.Classes[c]) }), fmt.Sprintf("%.3g", g.closest), note})
	}
	return e
}

// listed joins the first values.
func listed(values []int, text func(int) string) string {
	var out []string
	for _, v := range values[:min(len(values), shownRows)] {
		out = append(out, text(v))
	}
	if more := len(values) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}
