package report

import (
	"fmt"
	"slices"
	"strings"

	"taster/core"
)

// Front is the first page of a report.
type Front struct {
	Title          string
	Fields         [][2]string // of the case: name and value
	Verdict, Tally string
	Lines          []FrontLine // a line for each group of findings, the most serious first
	Unassessed     []string
	Informational  int // groups of findings that are for information, and have no line
}

// FrontLine is a finding at a glance.
type FrontLine struct {
	Severity         core.Severity
	Title, Where, Do string
}

// NewFront is the first page of the report that in makes.
func NewFront(in Input) Front {
	if in.Redact {
		in = redacted(in)
	}
	v := newView(in)
	return v.front(v.groups())
}

func (v *view) front(groups []group) Front {
	f := Front{Title: orID(v.Case.Title, "Taster report"), Verdict: v.conclusion() + ".", Tally: v.tally(), Unassessed: v.unassessed()}
	date, _, _ := strings.Cut(v.Time, "T")
	for _, field := range [][2]string{{"Client", v.Case.Client}, {"Auditor", v.Case.Auditor}, {"Date", date}, {"Scope", v.Case.Scope},
		{"Inputs", count(len(v.Report.Inputs), "file") + ", " + sizeOf(v.Report.Inputs)}, {"Made with", "Taster " + core.Version}, {"Notes", v.Case.Notes}} {
		if field[1] != "" {
			f.Fields = append(f.Fields, field)
		}
	}
	for _, g := range groups {
		if g.Severity == core.Info {
			f.Informational++
			continue
		}
		f.Lines = append(f.Lines, FrontLine{g.Severity, g.title(), g.where(), firstSentence(g.rule.Do)})
	}
	return f
}

// html writes the first page: who, what, the verdict, a line for each finding,
// and what was not assessed.
func (f *Front) html(m *markup) {
	m.raw("<header>\n")
	m.element("h1", f.Title)
	m.open("dl", "class", "case")
	for _, field := range f.Fields {
		m.open("div")
		m.element("dt", field[0])
		m.element("dd", field[1])
		m.close("div")
	}
	m.close("dl")
	m.open("div", "class", "band")
	m.element("p", f.Verdict, "class", "verdict")
	m.element("p", f.Tally)
	m.close("div")
	m.raw("</header>\n<main>\n")
	m.section("glance", "Findings at a glance")
	var rows [][]string
	for _, l := range f.Lines {
		rows = append(rows, []string{glyph(l.Severity)[:len("◆")] + " " + l.Severity.String(), l.Title, l.Where, l.Do})
	}
	if len(rows) > 0 {
		m.table("", []string{"Severity", "Finding", "Where", "What to do"}, rows)
	} else {
		m.element("p", "None of the checks that ran reported more than information.")
	}
	m.close("section")
	m.section("not-assessed", "What was not assessed")
	m.list(f.Unassessed)
	m.close("section")
}

// sizeOf is the size of inputs together.
func sizeOf(inputs []core.Input) string {
	var n float64
	for _, i := range inputs {
		n += float64(i.Size)
	}
	for _, u := range []string{"bytes", "kB", "MB", "GB"} {
		if n < 1000 {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0") + " " + u
		}
		n /= 1000
	}
	return fmt.Sprintf("%.1f TB", n)
}

// unassessed says in three lines what this report cannot speak of.
func (v *view) unassessed() []string {
	var unread, idle []string
	for _, c := range v.Report.Coverage {
		switch {
		case c.State == core.Ran:
		case c.Check == core.CheckRead:
			unread = append(unread, c.Path)
		case !slices.Contains(idle, v.checkTitle(c.Check)):
			idle = append(idle, v.checkTitle(c.Check))
		}
	}
	out := []string{"Every input was read whole."}
	if len(unread) > 0 {
		out[0] = fmt.Sprintf("%d of %s not read whole: %s.", len(unread), count(len(v.Report.Inputs), "input"), core.Listed(unread, 5))
	}
	if s := v.stopped(); s != "" {
		out[0] += " The run did not come to its end: " + s + "."
	}
	if len(idle) > 0 {
		out = append(out, fmt.Sprintf("%s did not run, most for want of data: %s.", count(len(idle), "check"), core.Listed(idle, 6)))
	}
	return append(out, notProof)
}
