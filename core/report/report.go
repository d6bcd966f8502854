// Package report writes a core.Report to files. Every writer prints the same
// findings in the same order under the same ids, and the same inputs,
// parameters and results give the same bytes.
package report

import (
	"fmt"
	"io"
	"slices"

	"taster/core"
)

// Input is what a writer prints.
type Input struct {
	Report    *core.Report
	Rules     []core.Rule
	Detectors []*core.Detector
	Scores    bool // print every row's values
}

// Writer is one output format.
type Writer struct {
	Name  string // "json"
	Title string
	Ext   string // ".json"
	Media string
	Write func(w io.Writer, in Input) error
}

// Writers lists the output formats.
func Writers() []Writer {
	return []Writer{
		{"text", "Text for the terminal", ".txt", "text/plain; charset=utf-8", Text},
		{"json", "JSON report", ".json", "application/json", JSON},
	}
}

// rule finds a rule by id. An unknown id gives a rule without texts.
func (in Input) rule(id string) core.Rule {
	for _, r := range in.Rules {
		if r.ID == id {
			return r
		}
	}
	return core.Rule{ID: id}
}

// numbered is a finding with the id that it has in every format.
type numbered struct {
	*core.Finding
	id string
}

// findings lists the findings in report order. Equal keys get a number.
func (in Input) findings() []numbered {
	seen := map[string]int{}
	var out []numbered
	for _, f := range in.Report.Sorted() {
		id := f.Key()
		seen[id]++
		if n := seen[id]; n > 1 {
			id = fmt.Sprintf("%s-%d", id, n)
		}
		out = append(out, numbered{f, id})
	}
	return out
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

// agreed is a row that two detectors or more have flagged.
type agreed struct {
	row       int
	label     string
	detectors []string
	families  int
}

// agreement lists the rows of d that several detectors flag, ascending. Rows
// flagged by methods of one family, such as two geometric ones, agree less
// than the number of methods suggests: families says how many there are.
func (in Input) agreement(d *core.DatasetReport) []agreed {
	byRow := map[int][]string{}
	for _, r := range d.Results {
		for _, row := range r.Flagged {
			byRow[row] = append(byRow[row], r.Detector)
		}
	}
	var out []agreed
	for row, names := range byRow {
		if len(names) > 1 {
			out = append(out, agreed{row, label(d, row), names, in.families(names)})
		}
	}
	slices.SortFunc(out, func(a, b agreed) int { return a.row - b.row })
	return out
}

func (in Input) families(detectors []string) int {
	seen := map[string]bool{}
	for _, d := range in.Detectors {
		if slices.Contains(detectors, d.Name) {
			seen[d.Family] = true
		}
	}
	return len(seen)
}

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
