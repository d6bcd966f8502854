package report

import (
	"slices"
	"strings"

	"taster/core"
)

// item is a line of the validation checklist.
type item struct {
	title, state, why string // state: done, not done, not applicable
}

// checklist is what an auditor would want to have seen done, with what this
// run has to say about it. A line is done only by checks that ran.
func (v *view) checklist() []item {
	items := []item{v.allRead(), v.digests(), v.compared()}
	for _, c := range []struct {
		title  string
		checks []string
	}{
		{"Structure of every container checked", []string{core.CheckStructure}},
		{"Code that loading would run looked for", []string{"code-execution"}},
		{"Code in layers, templates and configurations looked for", []string{"templates", "remote-code", "keras-code", "graph-operations"}},
		{"Activations examined for planted groups", []string{"fisher-split", "activation-clustering", "spectral-signatures", "scan", "spectre"}},
		{"Labels examined for mislabelled rows", []string{"label-issues"}},
		{"Duplicates and outliers looked for", []string{"near-duplicates", "outliers"}},
		{"Behaviour with a trigger measured", []string{"trigger-probe"}},
	} {
		items = append(items, v.done(c.title, c.checks))
	}
	return items
}

func (v *view) allRead() item {
	it := item{title: "Every input read whole", state: "done", why: count(len(v.Report.Inputs), "input")}
	var not []string
	for _, c := range v.Report.Coverage {
		if c.Check == core.CheckRead && c.State != core.Ran {
			not = append(not, c.Path)
		}
	}
	if len(not) > 0 || len(v.Report.Inputs) == 0 {
		it.state, it.why = "not done", "not read or only in part: "+shorten(orID(strings.Join(not, ", "), "no input"), 200)
	}
	return it
}

func (v *view) digests() item {
	without := 0
	for _, i := range v.Report.Inputs {
		if i.SHA256 == "" {
			without++
		}
	}
	if without > 0 || len(v.Report.Inputs) == 0 {
		return item{"Digest of every input recorded", "not done", "no digest of " + count(without, "input")}
	}
	return item{"Digest of every input recorded", "done", "SHA-256 of " + count(len(v.Report.Inputs), "input")}
}

// compared is not done, and not "not applicable", where nothing was given that
// vouches for the inputs.
func (v *view) compared() item {
	it := v.done("Digests compared with a manifest or a signature", []string{"digest-comparison", "signature"})
	if it.state == "not applicable" {
		it.state, it.why = "not done", "this run had nothing to compare with"
	}
	return it
}

// done judges a line by the checks that can do it: one that ran will do, and
// none may have failed.
func (v *view) done(title string, checks []string) item {
	var ran, why []string
	data := false
	for _, c := range v.Report.Coverage {
		if !slices.Contains(checks, c.Check) {
			continue
		}
		switch c.State {
		case core.Failed:
			return item{title, "not done", words(v.checkTitle(c.Check), "failed:", c.Why)}
		case core.Ran:
			ran = append(ran, v.checkTitle(c.Check)+" "+c.Why)
		default:
			why = append(why, v.checkTitle(c.Check)+" "+c.Why)
			d := v.detectors[c.Check]
			data = data || d != nil && d.Check.Subject() != nil || c.State == core.Skipped
		}
	}
	switch {
	case len(ran) > 0:
		return item{title, "done", strings.Join(ran, "; ")}
	case len(why) == 0:
		return item{title, "not done", "no such check in this run"}
	case data:
		return item{title, "not done", strings.Join(why, "; ")}
	}
	return item{title, "not applicable", "no input holds any: " + strings.Join(why, "; ")}
}

func (v *view) htmlChecklist(m *markup) {
	m.section("checklist", "Validation checklist")
	var rows [][]string
	for _, i := range v.checklist() {
		rows = append(rows, []string{map[string]string{"done": "✓ done", "not done": "✗ not done", "not applicable": "– not applicable"}[i.state], i.title, i.why})
	}
	m.table("Ten lines, from what ran", []string{"State", "Step", "Evidence, or what is missing"}, rows)
	m.close("section")
}
