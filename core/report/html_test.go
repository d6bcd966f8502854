package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"taster/core"
)

// TestGroups: findings that say the same of many files are one article, with
// every place and its id in it.
func TestGroups(t *testing.T) {
	in := canned()
	for i := range 28 {
		in.Report.Findings = append(in.Report.Findings, &core.Finding{Rule: "UNLISTED", Severity: core.Medium, Title: "Not in the list", Saw: fmt.Sprintf("File %d.", i),
			Where: core.Location{File: fmt.Sprintf("data/%02d.npy", i)}})
	}
	html := string(write(t, Writer{Write: writeHTML}, in))
	front, rest, _ := strings.Cut(html, `<section id="findings"`)
	if n := strings.Count(front, "Not in the list"); n != 1 || !strings.Contains(front, "28 files: data/00.npy, data/01.npy and 26 more") {
		t.Errorf("the first page names it %d times", n)
	}
	body, _, _ := strings.Cut(rest, `class="appendix`)
	if n := strings.Count(body, "<article"); n != 4 {
		t.Errorf("%d articles, want 4: three single findings and one of 28", n)
	}
	for id := range IDs(in.Report) {
		if want := `id="` + IDs(in.Report)[id] + `"`; strings.Count(body, want) != 1 {
			t.Errorf("%s stands %d times among the findings", want, strings.Count(body, want))
		}
	}
}

// TestMixedGroup: of findings of medium severity, those of one rule stand together
// under the title of the rule, each with its own.
func TestMixedGroup(t *testing.T) {
	in := canned()
	in.Rules = append(in.Rules, core.Rule{ID: "UNPINNED", Title: "Loads without a version"})
	for _, title := range []string{"Loads one", "Loads two"} {
		in.Report.Findings = append(in.Report.Findings, &core.Finding{Rule: "UNPINNED", Severity: core.Medium, Title: title, Saw: "Seen.", Where: core.Location{File: "acts.npy"}})
	}
	front := NewFront(in)
	last := front.Lines[len(front.Lines)-1]
	if last.Title != "Loads without a version" || last.Where != "2 places in acts.npy" {
		t.Errorf("%+v", last)
	}
	html := string(write(t, Writer{Write: writeHTML}, in))
	if !strings.Contains(html, "<dd>Loads one: Seen.</dd>") || !strings.Contains(html, "</span>\n Loads two") {
		t.Error("a title of the group is lost")
	}
}

// TestPlotted: the plot under a finding is of the set that its file is in.
func TestPlotted(t *testing.T) {
	v := newView(canned())
	set := v.Report.Datasets()[0]
	set.Info.Parts = []core.Given{{Path: "acts.npy", Used: true}, {Path: "other.jsonl"}}
	for file, want := range map[string]bool{"acts.npy": true, "other.jsonl": false, "x": false} {
		_, res := v.plotted(finding{Finding: &core.Finding{Where: core.Location{File: file, Rows: []int{1}}}})
		if got := res != nil; got != want {
			t.Errorf("%s: a plot is shown: %v", file, got)
		}
	}
}

// TestCase: what people say of a run stands on the first page, as text, and what
// they leave out is not there.
func TestCase(t *testing.T) {
	in := canned()
	in.Case = Case{Title: "Supplier model 7", Client: hostile, Auditor: "A. Auditor", Scope: "Weights", Notes: "n"}
	all := write(t, Writer{Write: writeHTML}, in)
	for _, want := range []string{"<title>Supplier model 7</title>", "<h1>Supplier model 7</h1>", "A. Auditor", `class="appendix unprinted"`} {
		if !bytes.Contains(all, []byte(want)) {
			t.Errorf("%q is missing", want)
		}
	}
	if bytes.Contains(all, []byte("<script>alert")) {
		t.Error("the client's name is markup")
	}
	for _, s := range Sections() {
		in.Case.Without = append(in.Case.Without, s.ID)
	}
	in.Case.Print = true
	short := write(t, Writer{Write: writeHTML}, in)
	if bytes.Contains(short, []byte(`<h2 id="rules-title"`)) || bytes.Contains(short, []byte("unprinted\"")) || len(short) >= len(all) {
		t.Error("the appendix is still there")
	}
}

func TestColumns(t *testing.T) {
	for _, tt := range []struct {
		cells []string
		want  int
	}{{[]string{"1", "2.25", ""}, 2}, {[]string{"1", "x"}, -1}, {[]string{"1e5"}, -1}, {[]string{"", ""}, -1}, {[]string{"7", "12"}, 0}} {
		var rows [][]string
		for _, c := range tt.cells {
			rows = append(rows, []string{c})
		}
		if got := decimals(rows, 0); got != tt.want {
			t.Errorf("%q: %d, want %d", tt.cells, got, tt.want)
		}
	}
	if got := padding("1", 2); got != pointSpace+figureSpace+figureSpace {
		t.Errorf("padding is %q", got)
	}
}
