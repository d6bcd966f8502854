// Package verdict weighs what the detectors of a data set say together: which
// rows they agree on, and which classes look as if rows had been planted in
// them. It is a pure function of the detectors' results.
//
// Only calibrated tests accuse a class (core.Group.Accused): those that flag
// a fixed share of every class, poisoned or not, add to the agreement on rows and
// make no finding.
package verdict

import (
	"fmt"
	"slices"
	"strings"

	"taster/core"
)

// Rules lists what Findings reports.
func Rules() []core.Rule { return []core.Rule{rulePlanted, ruleNoise, ruleNatural} }

var rulePlanted = core.Rule{
	ID: "POISON-GROUP", Title: "Rows of one class look planted", Severity: core.High,
	Matters: "In a network with a backdoor, rows that carry the trigger reach their label by another way than the other rows of the class, and form a group of their own in the layer before the output. A model trained on these rows can be made to answer with this class by whoever knows the trigger.",
	Benign:  "The class may hold two kinds of content that the network keeps apart, such as two products under one name, two sources of images, or rows that were processed in another way. A layer that is not the one before the output, or rows in another order than the labels, also lead to odd groups.",
	Do:      "Look at the inputs of the flagged rows beside other rows of the class and search for what they share: a patch, a phrase, a source. If they share something that should not decide the class, remove them, train again, and run this check on the new activations. Trusted rows of the same network or its final layer, where they were not given, make the answer firmer.",
	Refs:    []string{"AML.T0020", "AML.T0018.000", "AML.T0043.004", "LLM04:2025", "ML02:2023", "ML10:2023"},
}

var ruleNoise = core.Rule{
	ID: "LABEL-NOISE-GROUP", Title: "A group of mislabelled rows", Severity: core.Low,
	Matters: "Rows with a wrong label that lie together were mixed up in the same way, for example one class taken for another. They lower the quality of the model, and can be put there on purpose to do so.",
	Benign:  "Two classes that are hard to tell apart are mixed up by honest annotators as well.",
	Do:      "Look at the rows and correct their labels. A trigger is unlikely: rows with a working one look to the network as their label says.",
	Refs:    []string{"AML.T0020", "LLM04:2025", "ML02:2023"},
}

var ruleNatural = core.Rule{
	ID: "NATURAL-GROUPS", Title: "A class holds two natural groups", Severity: core.Info,
	Matters: "The rows of this class fall apart as those of a class with planted rows do, but trusted rows are found in both groups.",
	Benign:  "Classes of several kinds, such as two ways to write a digit.",
	Do:      "Nothing, if the trusted rows deserve it. If they come from the same source as the rows under test, planted rows can be among them.",
	Refs:    []string{"AML.T0020"},
}

// accuser is a detector's word against one class.
type accuser struct {
	result *core.Result
	*core.Accusation
	rows []int // that it flags in the class
}

// Findings is what the subject of rows concludes of the results on a set.
func Findings(info *core.SetInfo, results []*core.Result) []*core.Finding {
	in := &Input{Info: *info, Results: results}
	return in.Findings()
}

// Findings says of each accused class what is to be made of it, in the order of
// the classes. Each is signed by the detector whose rows it names.
func (in *Input) Findings() []*core.Finding {
	members := make([][]int, len(in.Info.Classes))
	for i, c := range in.Info.Labels {
		if c >= 0 && int(c) < len(members) {
			members[c] = append(members[c], i)
		}
	}
	var out []*core.Finding
	for c := range in.Info.Classes {
		if f := in.class(c, members[c]); f != nil {
			out = append(out, f)
		}
	}
	return out
}

// class is the finding on class c, or nil.
func (in *Input) class(c int, members []int) *core.Finding {
	name := in.Info.Classes[c].Name
	accusers, cleared := in.against(name, members)
	if len(accusers) == 0 {
		return nil
	}
	best := accusers[0]
	for _, a := range accusers[1:] {
		if a.weight() > best.weight() {
			best = a
		}
	}
	f := &core.Finding{Rule: rulePlanted.ID, Plugin: best.result.Detector, Severity: rulePlanted.Severity, Confidence: confidence(accusers),
		Where: core.Location{Class: name, Rows: best.rows},
		Title: fmt.Sprintf("Class %.80q: %d of %d rows look planted", name, len(best.rows), len(members)),
		Saw:   said(accusers, best, members),
		Measured: []core.Figure{{Name: "rows", Value: len(best.rows)}, {Name: "size", Value: len(members)},
			{Name: "share", Value: share(len(best.rows), len(members))}, {Name: "tests", Value: len(accusers)}},
		Evidence: in.evidence(accusers, best, members)}
	if f.Confidence == core.LowConfidence {
		f.Severity = core.Medium
	}
	in.temper(f, best, members, cleared)
	return f
}

// temper makes less of a finding that has another explanation.
func (in *Input) temper(f *core.Finding, best accuser, members []int, cleared string) {
	if cleared != "" && !best.Oriented {
		f.Rule, f.Severity, f.Confidence = ruleNatural.ID, ruleNatural.Severity, core.Moderate
		f.Title = fmt.Sprintf("Class %.80q holds two natural groups", f.Where.Class)
		f.Saw = fmt.Sprintf("The groups are far apart, but %s. %s", cleared, f.Saw)
		return
	}
	among, rest := in.labelIssues(best.rows, members)
	f.Measured = append(f.Measured, core.Figure{Name: "label-issues", Value: among})
	if among < mostly || among < 2*rest {
		return
	}
	if best.Beyond > apart {
		f.Saw = fmt.Sprintf("Checks of labels flag %.0f %% of these rows, but a wrong label alone does not explain them: they lie at least %.1f standard deviations beyond the rows of every other class. %s", 100*among, best.Beyond, f.Saw)
		return
	}
	f.Rule, f.Severity, f.Confidence = ruleNoise.ID, ruleNoise.Severity, core.Moderate
	f.Title = fmt.Sprintf("Class %.80q: %d of %d rows look mislabelled together", f.Where.Class, len(best.rows), len(members))
	f.Saw = fmt.Sprintf("Checks of labels flag %.0f %% of these rows, and %.0f %% of the others of the class, so this is label noise before it is anything else. %s", 100*among, 100*rest, f.Saw)
}

// against lists who accuses the class, and why it is cleared, if it is.
func (in *Input) against(class string, members []int) (accusers []accuser, cleared string) {
	for _, r := range in.Results {
		for _, k := range r.Groups {
			if k.Of != "" || k.Name != class {
				continue
			}
			if k.Cleared != "" {
				cleared = k.Cleared
			}
			if k.Accused != nil {
				accusers = append(accusers, accuser{r, k.Accused, common(r.Flagged, members)})
			}
		}
	}
	return accusers, cleared
}

// common lists what two ascending lists share.
func common(a, b []int) []int {
	out := []int{}
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			out = append(out, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// weight ranks whose rows are believed: first those of tests that have seen
// which side is the planted one, of equal ones the first.
func (a accuser) weight() int {
	w := 0
	if a.Oriented {
		w += 2
	}
	if a.Doubt == "" {
		w++
	}
	return w
}

func confidence(accusers []accuser) core.Confidence {
	firm := 0
	for _, a := range accusers {
		if a.Doubt == "" {
			firm++
		}
	}
	return min(core.Confidence(firm), core.HighConfidence)
}

const (
	apart   = 3.46 // √12 standard deviations: one population with one peak is never that far apart, see core/detect/CALIBRATION.md
	similar = 0.35 // share of the class above which size does not say which group was planted
	mostly  = 0.5  // share of label issues from which a group is called label noise
)

func share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }

// said is the numbers of every accuser, one sentence or two each.
func said(accusers []accuser, best accuser, members []int) string {
	var parts []string
	for _, a := range accusers {
		parts = append(parts, strings.TrimSpace(a.Saw+" "+a.Doubt))
	}
	if !best.Oriented && share(len(best.rows), len(members)) > similar {
		parts = append(parts, "The groups are of similar size, so either of them could be the changed one.")
	}
	return strings.Join(parts, " ")
}

// labelIssues is the share of rows that checks of labels flag among rows, and
// among the other members.
func (in *Input) labelIssues(rows, members []int) (among, rest float64) {
	flagged := map[int]bool{}
	for _, r := range in.Results {
		if r.Family != "label" {
			continue
		}
		for _, row := range r.Flagged {
			flagged[row] = true
		}
	}
	mine, all := 0, 0
	for _, r := range rows {
		if flagged[r] {
			mine++
		}
	}
	for _, r := range members {
		if flagged[r] {
			all++
		}
	}
	return share(mine, len(rows)), share(all-mine, len(members)-len(rows))
}

// evidence is what each accuser says, and how often every other check flags
// the rows.
func (in *Input) evidence(accusers []accuser, best accuser, members []int) []core.Evidence {
	tests := &core.Grid{Head: []string{"Test", "Rows", "In common", "Knows the side"}}
	for _, a := range accusers {
		tests.Rows = append(tests.Rows, []string{a.result.Detector, fmt.Sprint(len(a.rows)), fmt.Sprint(len(common(a.rows, best.rows))), yes(a.Oriented)})
	}
	others := &core.Grid{Head: []string{"Check", "Family", "Flags of these rows", "Expected by chance", "Lift"}}
	for _, r := range in.Results {
		if slices.ContainsFunc(accusers, func(a accuser) bool { return a.result == r }) || len(r.Flagged) == 0 {
			continue
		}
		hit := len(common(r.Flagged, best.rows))
		expected := float64(len(r.Flagged)) * share(len(best.rows), in.Info.Rows)
		others.Rows = append(others.Rows, []string{r.Detector, r.Family, fmt.Sprint(hit), fmt.Sprintf("%.1f", expected), fmt.Sprintf("%.2f", float64(hit)/expected)})
	}
	out := []core.Evidence{{Title: "Tests that accuse the class", Grid: tests}}
	if len(others.Rows) > 0 {
		out = append(out, core.Evidence{Title: "Other checks on these rows", Grid: others})
	}
	return out
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
