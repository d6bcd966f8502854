package report

import (
	"fmt"
	"strings"

	"taster/core"
	"taster/core/verdict"
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

// number sorts the findings and gives them their ids.
func (v *view) number() {
	rules := map[string]core.Rule{}
	for _, r := range v.Rules {
		rules[r.ID] = r
	}
	ids := v.ids
	if ids == nil {
		ids = IDs(v.Report)
	}
	for _, f := range v.Report.Sorted() {
		rule, ok := rules[f.Rule]
		if !ok {
			rule.ID = f.Rule
		}
		v.findings = append(v.findings, finding{f, ids[f], rule})
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
	mine := core.Report{Findings: v.byFile[a.File], Subjects: v.Report.Subjects, Coverage: v.Report.Coverage}
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

// agreement is what the detectors say together of d.
func (v *view) agreement(d *core.SubjectReport) *verdict.Input {
	return &verdict.Input{Info: d.Info, Results: d.Results}
}

// disposition says what was decided about f.
func (v *view) disposition(f finding) string {
	d := v.Dispositions[f.id]
	if d.State == "" {
		d.State = Open
	}
	return strings.Join(nonEmpty(d.State, d.Note), ": ")
}

// age says whether an earlier report has f; "" when there was none to compare
// with.
func (v *view) age(f finding) string {
	switch {
	case v.Baseline == nil:
		return ""
	case v.Baseline[f.id]:
		return " · known from the earlier report"
	}
	return " · new"
}
