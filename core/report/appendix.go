package report

import (
	"fmt"
	"strconv"
	"strings"

	"taster/core"
)

// Section is a part of the HTML report that can be left out.
type Section struct {
	ID, Title string
	write     func(*view, *markup)
}

// Sections lists them in their order. They make the appendix.
func Sections() []Section {
	return []Section{
		{"coverage", "What was and was not assessed", (*view).htmlCoverage},
		{"evidence", "Evidence in full", (*view).htmlEvidences},
		{"datasets", "Data sets", (*view).htmlDatasets},
		{"inputs", "Inputs and their digests", (*view).htmlProvenance},
		{"mapping", "MITRE ATLAS, OWASP and mitigations", (*view).htmlMapping},
		{"checklist", "Validation checklist", (*view).htmlChecklist},
		{"reproduce", "How to reproduce", (*view).htmlReproduce},
		{"limitations", "What the checks cannot see", (*view).htmlLimitations},
		{"rules", "Rules of this report", (*view).htmlRules},
	}
}

// htmlCoverage lists the checks, and of the inputs those that were not read
// whole: with thousands of inputs the others would hide them.
func (v *view) htmlCoverage(m *markup) {
	m.section("coverage", "What was and was not assessed")
	var checks, unread [][]string
	read := 0
	for _, c := range v.Report.Coverage {
		switch {
		case c.Check != core.CheckRead:
			checks = append(checks, []string{v.checkTitle(c.Check), coverageWord(c), words(c.Path, c.Why)})
		case c.State != core.Ran:
			unread = append(unread, []string{c.Path, coverageWord(c), c.Why})
		default:
			read++
		}
	}
	m.table("Checks", []string{"Check", "State", "On what, or why not"}, checks)
	m.element("p", fmt.Sprintf("%d of %s read whole.", read, count(read+len(unread), "input")))
	if len(unread) > 0 {
		m.table("Inputs not read whole", []string{"Input", "State", "Why"}, unread)
	}
	m.close("section")
}

func (v *view) checkTitle(name string) string {
	if d := v.detectors[name]; d != nil {
		return d.Title
	}
	switch name {
	case core.CheckRead:
		return "Reading the file"
	case core.CheckStructure:
		return "File structure"
	}
	return name
}

func (v *view) checkTitles(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = v.checkTitle(name)
	}
	return out
}

// spoken is the name of a figure as people read it: "top share".
func spoken(name string) string {
	if strings.ContainsAny(name, ".(=") {
		return name
	}
	return strings.ReplaceAll(name, "_", " ")
}

func coverageWord(c core.Coverage) string {
	switch c.State {
	case core.Ran:
		return "ran"
	case core.Needs:
		return "not run: something is missing"
	case core.Failed:
		return "failed: not assessed"
	}
	return "skipped"
}

func (v *view) htmlProvenance(m *markup) {
	m.section("provenance", "Inputs and their digests")
	var rows [][]string
	for _, i := range v.Report.Inputs {
		a := v.top(i)
		rows = append(rows, []string{i.Path, strconv.FormatInt(i.Size, 10), orID(i.SHA256, "not computed"), a.Kind, orID(string(a.Role), "none"), strings.ReplaceAll(string(v.verdict(a)), "-", " ")})
	}
	m.table("Inputs", []string{"Path", "Bytes", "SHA-256", "Kind", "Role", "Verdict"}, rows)
	htmlContent(m, v.Report.Artifacts)
	for _, a := range v.Report.Artifacts {
		if names := imports(a); len(names) > 0 {
			m.element("h3", "Imports named in "+a.File)
			m.list(names[:min(len(names), mostRows)])
		}
	}
	m.close("section")
}

// htmlContent lists the digests of what tables say.
func htmlContent(m *markup, artifacts []*core.Artifact) {
	var rows [][]string
	for _, top := range artifacts {
		top.Walk(func(a *core.Artifact) {
			if a.Content != nil {
				rows = append(rows, []string{a.Path(), a.Content.Columns, a.Content.Rows})
			}
		})
	}
	if len(rows) > 0 {
		m.table("Content of tables, apart from how the files are written (SHA-256)", []string{"Path", "Columns", "Rows in any order"}, rows)
	}
}

func (v *view) htmlMapping(m *markup) {
	m.section("mapping", "Mapping to MITRE ATLAS, OWASP and mitigations")
	var rows [][]string
	for _, r := range v.usedRules() {
		var against []string
		for _, ref := range r.Refs {
			against = append(against, mitigations(ref)...)
		}
		rows = append(rows, []string{r.ID, strings.Join(v.idsOf(r.ID), " "), strings.Join(named(r.Refs), "; "), strings.Join(distinct(against), "; ")})
	}
	m.table("Findings by rule", []string{"Rule", "Findings", "References", "Mitigations (ATLAS)"}, rows)
	m.close("section")
}

func (v *view) idsOf(rule string) []string {
	var out []string
	for _, f := range v.findings {
		if f.rule.ID == rule {
			out = append(out, f.id)
		}
	}
	return out
}

func distinct(s []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, x := range s {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

func (v *view) htmlReproduce(m *markup) {
	m.section("reproduce", "How to reproduce")
	m.element("p", "Run the same version over files with the digests above. The same inputs and parameters give the same findings under the same ids.")
	var roles []string
	for _, a := range v.Report.Artifacts {
		if a.Role != "" && a.Role != core.RoleModel {
			roles = append(roles, "-role "+quoteArg(a.File+"="+string(a.Role)))
		}
	}
	var paths []string
	for _, i := range v.Report.Inputs[:min(len(v.Report.Inputs), mostRows)] {
		paths = append(paths, quoteArg(i.Path))
	}
	m.block(words("taster scan -format html", strings.Join(roles, " "), strings.Join(paths, " ")))
	var rows [][]string
	for _, d := range v.Report.Datasets() {
		for _, r := range d.Results {
			for _, s := range v.settings(r) {
				rows = append(rows, []string{r.Detector, s.name, s.value})
			}
		}
	}
	if len(rows) > 0 {
		m.table("Parameters", []string{"Check", "Parameter", "Value"}, rows)
	}
	m.close("section")
}

// quoteArg quotes s for a POSIX shell.
func quoteArg(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func (v *view) htmlLimitations(m *markup) {
	m.section("limitations", "Limitations")
	m.element("p", "Findings are indicators, not proof, and their absence proves nothing. What each check measures and cannot see:")
	m.open("dl")
	for _, d := range v.Detectors {
		m.element("dt", d.Title)
		m.element("dd", strings.TrimSpace(d.Help.Does+" "+d.Help.Misses))
	}
	m.close("dl")
	m.close("section")
}

func (v *view) htmlRules(m *markup) {
	m.section("rules", "Rules of this report")
	m.open("dl")
	for _, r := range v.usedRules() {
		m.element("dt", words(r.ID, r.Title))
		m.element("dd", words(r.Matters, r.Benign, r.Do, labelled("Reported for: ", r.Seen), labelled("Not reported for: ", r.NotSeen)))
	}
	m.close("dl")
	m.close("section")
}

// htmlEvidences shows the evidence of every finding, whole where people can
// still read it.
func (v *view) htmlEvidences(m *markup) {
	m.section("evidence", "Evidence in full")
	for _, f := range v.findings {
		if len(f.Evidence) == 0 && len(f.Measured) == 0 {
			continue
		}
		m.element("h3", f.Title+" · "+place(f.Where))
		if len(f.Measured) > 0 {
			m.element("p", measured(f.Measured), "class", "dim")
		}
		for _, e := range f.Evidence {
			htmlEvidence(m, e)
		}
	}
	m.close("section")
}

// mostRows bounds the tables of a page that people read; the JSON twin has
// them whole.
const mostRows = 50

func htmlEvidence(m *markup, e core.Evidence) {
	m.element("h4", orID(e.Title, "Evidence"))
	switch {
	case e.Listing != nil:
		m.open("pre", "tabindex", "0", "class", "listing")
		for _, l := range e.Listing {
			m.open("span", "class", map[bool]string{true: "here", false: "line"}[l.Mark])
			m.textf("%s%10d  %s", map[bool]string{true: "▶", false: " "}[l.Mark], l.Offset, l.Text)
			m.raw("</span>\n")
		}
		m.close("pre")
	case e.Grid != nil:
		m.table("", e.Grid.Head, e.Grid.Rows[:min(len(e.Grid.Rows), mostRows)])
		if n := len(e.Grid.Rows); n > mostRows {
			m.element("p", fmt.Sprintf("The first %d of %d rows.", mostRows, n), "class", "dim")
		}
	default:
		m.block(e.Text)
	}
}

// named adds to each reference its title in its catalogue.
func named(refs []string) []string {
	out := make([]string, len(refs))
	for i, ref := range refs {
		out[i] = ref
		for _, t := range taxonomies() {
			if name := t.names[ref]; name != "" {
				out[i] += " " + name
			}
		}
	}
	return out
}

func measured(figures []core.Figure) string {
	var out []string
	for _, f := range figures {
		out = append(out, spoken(f.Name)+" "+strings.Trim(string(appendValue(nil, f.Value)), `"`))
	}
	return strings.Join(out, " · ")
}
