package report

import (
	"fmt"
	"strings"

	"taster/core"
)

// A group is findings that say the same of several places.
type group struct {
	finding // the first
	all     []finding
	mixed   bool // their titles differ
}

// title says what all of them say.
func (g group) title() string {
	if g.mixed && g.rule.Title != "" {
		return g.rule.Title
	}
	return g.Title
}

// groups puts findings of one rule and severity together, in report order. Those
// that are high or critical must say the same, too: each is read for itself.
func (v *view) groups() []group {
	type key struct {
		rule, title string
		severity    core.Severity
	}
	var out []group
	at := map[key]int{}
	for _, f := range v.findings {
		k := key{f.rule.ID, "", f.Severity}
		if f.Severity >= core.High || f.Severity == core.Info {
			k.title = f.Title
		}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, group{finding: f})
		}
		out[i].all = append(out[i].all, f)
		out[i].mixed = out[i].mixed || f.Title != out[i].Title
	}
	return out
}

// files lists the inputs of a group, each once.
func (g group) files() []string {
	var out []string
	for _, f := range g.all {
		out = append(out, f.Where.File)
	}
	return distinct(out)
}

// where names the place, or counts the files.
func (g group) where() string {
	files := g.files()
	switch {
	case len(g.all) == 1:
		return place(g.Where)
	case len(files) == 1:
		return count(len(g.all), "place") + " in " + files[0]
	}
	return count(len(files), "file") + ": " + core.Listed(files, 2)
}

// glyphs mark the severities by shape and letter, so that colour is never
// alone.
func glyph(s core.Severity) string {
	return [...]string{"○ i", "● L", "■ M", "▲ H", "◆ C"}[min(max(s, core.Info), core.Critical)]
}

// firstSentence is s up to the end of its first sentence.
func firstSentence(s string) string {
	if first, _, more := strings.Cut(s, ". "); more {
		return first + "."
	}
	return s
}

func (v *view) htmlFindings(m *markup, groups []group) {
	m.section("findings", "Findings")
	var info []group
	for _, g := range groups {
		if g.Severity == core.Info {
			info = append(info, g)
			continue
		}
		v.htmlGroup(m, g)
	}
	m.close("section")
	if len(info) == 0 {
		return
	}
	m.section("information", "For information")
	m.open("ul")
	for _, g := range info {
		m.open("li", "id", g.id)
		m.element("b", g.Title+".")
		m.text(" " + g.Saw + " ")
		m.element("span", g.where()+v.marks(g.finding), "class", "dim")
		m.close("li")
	}
	m.close("ul")
	m.close("section")
}

// mostPlaces bounds the places of a group that say what was seen there, and
// mostNamed those that are named.
const mostPlaces, mostNamed = 3, 40

func (v *view) htmlGroup(m *markup, g group) {
	m.open("article", "id", g.id, "class", "finding "+g.Severity.String())
	m.open("div", "class", "whole")
	m.open("h3")
	m.element("span", glyph(g.Severity), "class", "glyph", "aria-hidden", "true")
	m.text(" " + g.title())
	if n := len(g.all); n > 1 {
		m.text(fmt.Sprintf(" · %s", count(n, "time")))
	}
	m.close("h3")
	m.element("p", fmt.Sprintf("%s severity, %s confidence · rule %s%s", g.Severity, g.Confidence, g.rule.ID, v.marks(g.finding)), "class", "dim")
	m.element("p", place(g.Where), "class", "place")
	m.open("dl")
	saw := g.Saw
	if g.mixed {
		saw = g.Title + ": " + saw
	}
	for _, s := range [][2]string{{"Seen", saw}, {"Why it matters", g.rule.Matters}, {"What else could explain it", g.rule.Benign}, {"What to do next", g.rule.Do}, {"Decision", v.decision(g.finding)},
		{"References", strings.Join(g.rule.Refs, " · ")}} {
		if s[1] != "" {
			m.element("dt", s[0])
			m.element("dd", s[1])
		}
	}
	m.close("dl")
	m.close("div")
	if g.Severity > core.Low { // of the others the appendix has it
		v.htmlExcerpt(m, g.finding)
	}
	v.htmlPlaces(m, g)
	m.close("article")
}

// marks are the id of a finding and whether an earlier report knew it.
func (v *view) marks(f finding) string { return " · " + f.id + v.age(f) }

// decision is what was decided about f; "" while that is open and without a note.
func (v *view) decision(f finding) string {
	if d := v.disposition(f); d != Open {
		return d
	}
	return ""
}

// htmlPlaces lists the other places of a group: the first with what was seen.
func (v *view) htmlPlaces(m *markup, g group) {
	if len(g.all) < 2 {
		return
	}
	m.element("h4", "Seen in the same way at "+count(len(g.all)-1, "other place"))
	m.open("ul", "class", map[bool]string{true: "places many", false: "places"}[len(g.all) > mostPlaces+2])
	for i, f := range g.all[1:] {
		m.open("li", "id", f.id)
		m.element("span", place(f.Where), "class", "place")
		switch {
		case g.mixed:
			m.text(" " + f.Title)
		case i < mostPlaces && f.Saw != g.Saw:
			m.text(" " + f.Saw)
		}
		if d := v.decision(f); d != "" {
			m.text(" Decision: " + d + ".")
		}
		if i == mostNamed && len(g.all) > mostNamed+2 {
			m.close("li")
			m.element("li", fmt.Sprintf("and %d more, in the JSON report", len(g.all)-mostNamed-2))
			break
		}
		m.close("li")
	}
	m.close("ul")
}

// An excerpt has at most so much of the evidence.
const (
	excerptText  = 480 // bytes
	excerptLines = 4   // before and after the marked one
	excerptRows  = 5
)

// htmlExcerpt shows the first piece of evidence in short, or the plot of what
// the finding is about; the appendix has the whole.
func (v *view) htmlExcerpt(m *markup, f finding) {
	if set, res := v.plotted(f); res != nil {
		scatter(m, res.Points, rowSet(f.Where.Rows, set.Info.Rows))
		return
	}
	if len(f.Evidence) == 0 {
		return
	}
	e := f.Evidence[0]
	switch {
	case e.Listing != nil:
		e.Listing = around(e.Listing)
	case e.Grid != nil:
		e.Grid = &core.Grid{Head: e.Grid.Head, Rows: e.Grid.Rows[:min(len(e.Grid.Rows), excerptRows)]}
	default:
		e.Text = shorten(e.Text, excerptText)
	}
	htmlEvidence(m, e)
}

// around is the lines about the first marked one.
func around(list []core.Line) []core.Line {
	at := 0
	for i, l := range list {
		if l.Mark {
			at = i
			break
		}
	}
	return list[max(0, at-excerptLines):min(len(list), at+excerptLines+1)]
}

// plotted finds the set and a projection that show the rows of a finding.
func (v *view) plotted(f finding) (*core.SubjectReport, *core.Result) {
	if len(f.Where.Rows) == 0 {
		return nil, nil
	}
	for _, set := range v.Report.Datasets() {
		if !set.Info.Uses(f.Where.File) {
			continue
		}
		for _, r := range set.Results {
			if r.Points != nil && len(r.Points.X) > f.Where.Rows[len(f.Where.Rows)-1] {
				return set, r
			}
		}
	}
	return nil, nil
}

// rowSet are rows below n as a set.
func rowSet(rows []int, n int) map[int]bool {
	out := map[int]bool{}
	for _, r := range rows {
		if r < n {
			out[r] = true
		}
	}
	return out
}
