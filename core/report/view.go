package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"taster/core"
)

// view is an Input with what several writers look up in it.
type view struct {
	Input
	findings  []finding // in report order
	detectors map[string]*core.Detector
	tops      map[string]*core.Artifact  // by path of the input
	byFile    map[string][]*core.Finding // by path of the input
}

// finding is a core.Finding with the id that it has in every format, and its
// rule. A rule that is not in the catalogue has an id only.
type finding struct {
	*core.Finding
	id   string
	rule core.Rule
}

func newView(in Input) *view {
	v := &view{Input: in, detectors: map[string]*core.Detector{}, tops: map[string]*core.Artifact{}, byFile: map[string][]*core.Finding{}}
	for _, d := range in.Detectors {
		v.detectors[d.Name] = d
	}
	for _, a := range in.Report.Artifacts {
		v.tops[a.File] = a
	}
	for _, f := range in.Report.Findings {
		v.byFile[f.Where.File] = append(v.byFile[f.Where.File], f)
	}
	v.number()
	return v
}

// number sorts the findings and gives them ids. Equal keys get a number.
func (v *view) number() {
	rules := map[string]core.Rule{}
	for _, r := range v.Rules {
		rules[r.ID] = r
	}
	seen := map[string]int{}
	for _, f := range v.Report.Sorted() {
		rule, ok := rules[f.Rule]
		if !ok {
			rule.ID = f.Rule
		}
		v.findings = append(v.findings, finding{f, unique(seen, f.Key()), rule})
	}
}

// unique is name, or name-2, name-3 and so on when it was seen before.
func unique(seen map[string]int, name string) string {
	seen[name]++
	if n := seen[name]; n > 1 {
		return fmt.Sprintf("%s-%d", name, n)
	}
	return name
}

// verdict is [core.Report.Verdict], looking only at the findings in a's file.
func (v *view) verdict(a *core.Artifact) core.Verdict {
	mine := core.Report{Findings: v.byFile[a.File]}
	return mine.Verdict(a)
}

// top is what was understood of an input; one of which nothing is known is
// empty.
func (v *view) top(in core.Input) *core.Artifact {
	if a := v.tops[in.Path]; a != nil {
		return a
	}
	return &core.Artifact{File: in.Path, Size: in.Size}
}

// imports lists the globals named in a and below it, each once, in the order
// of their first appearance.
func imports(a *core.Artifact) []string {
	seen := map[string]bool{}
	out := []string{}
	a.Walk(func(m *core.Artifact) {
		for _, i := range m.Imports {
			if p := i.Path(); !seen[p] {
				seen[p] = true
				out = append(out, p)
			}
		}
	})
	return out
}

// flaggedRow is a row that detectors have flagged.
type flaggedRow struct {
	row       int
	label     string
	detectors []string // in the order of the results
	families  int      // distinct ones
}

// flagged lists the rows of d that at least n detectors flag, ascending. Rows
// flagged by methods of one family, such as two geometric ones, agree less
// than the number of methods suggests: families says how many there are.
func (v *view) flagged(d *core.DatasetReport, n int) []flaggedRow {
	byRow := map[int][]string{}
	for _, r := range d.Results {
		for _, row := range r.Flagged {
			byRow[row] = append(byRow[row], r.Detector)
		}
	}
	var out []flaggedRow
	for row, names := range byRow {
		if len(names) >= n {
			out = append(out, flaggedRow{row, label(d, row), names, v.families(names)})
		}
	}
	slices.SortFunc(out, func(a, b flaggedRow) int { return a.row - b.row })
	return out
}

func (v *view) families(detectors []string) int {
	seen := map[string]bool{}
	for _, name := range detectors {
		if d := v.detectors[name]; d != nil {
			seen[d.Family] = true
		}
	}
	return len(seen)
}

// label is the class name of a row, "" when it has none.
func label(d *core.DatasetReport, row int) string {
	if row < 0 || row >= len(d.Info.Labels) {
		return ""
	}
	c := int(d.Info.Labels[row])
	if c < 0 || c >= len(d.Info.Classes) {
		return ""
	}
	return d.Info.Classes[c].Name
}

// disposition says what was decided about f.
func (v *view) disposition(f finding) string {
	d := v.Dispositions[f.id]
	if d.State == "" {
		d.State = "open"
	}
	return strings.Join(nonEmpty(d.State, d.Note), ": ")
}

// combination is a set of checks that flag the same rows.
type combination struct {
	detectors []string
	families  int
	rows      int
	lift      float64 // rows over those expected of independent checks
}

// combinations lists the sets of two checks or more that flag the same rows,
// by falling number of families and rows. The lift of a set counts the rows
// that all of its checks flag, whatever others do.
func (v *view) combinations(d *core.DatasetReport) []combination {
	exact := map[string]*combination{}
	for _, r := range v.flagged(d, 2) {
		key := strings.Join(r.detectors, "\x00")
		if exact[key] == nil {
			exact[key] = &combination{detectors: r.detectors, families: r.families}
		}
		exact[key].rows++
	}
	out := make([]combination, 0, len(exact))
	for _, c := range exact {
		c.lift = v.lift(d, c.detectors)
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b combination) int {
		return cmp.Or(b.families-a.families, b.rows-a.rows, slices.Compare(a.detectors, b.detectors))
	})
	return out
}

// lift is N^(m-1) times the rows that all m checks flag, over the product of
// what each of them flags.
func (v *view) lift(d *core.DatasetReport, detectors []string) float64 {
	shared, expected := map[int]int{}, float64(d.Info.Rows)
	for _, r := range d.Results {
		if !slices.Contains(detectors, r.Detector) {
			continue
		}
		expected *= float64(len(r.Flagged)) / float64(d.Info.Rows)
		for _, row := range r.Flagged {
			shared[row]++
		}
	}
	all := 0
	for _, n := range shared {
		if n == len(detectors) {
			all++
		}
	}
	return float64(all) / expected
}
