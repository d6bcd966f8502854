package ui

import (
	"slices"

	"github.com/vugu/vugu"

	"taster/core/report"
	"taster/ui/state"
)

// Report is what is handed over: the case, what its report has, and its first
// page as it would be saved now.
type Report struct {
	M    *state.Model
	Send func(state.Msg)

	shown bool
	front report.Front
}

// BeforeBuild makes the first page, where it is looked at.
func (c *Report) BeforeBuild() {
	c.shown = c.M.View == state.Report && c.M.CanExport()
	if c.shown {
		c.front = c.M.Front()
	}
}

type caseField struct {
	Field state.CaseField
	Title string
	Long  bool
}

// Fields are what the user can fill in.
func (c *Report) Fields() []caseField {
	return []caseField{{state.CaseTitle, "Title", false}, {state.CaseClient, "Client", false}, {state.CaseAuditor, "Auditor", false},
		{state.CaseScope, "Scope", true}, {state.CaseNotes, "Notes", true}}
}

// Fill takes what was typed.
func (c *Report) Fill(ev vugu.DOMEvent, f state.CaseField) {
	c.Send(state.CaseFilled{Field: f, Text: value(ev)})
}

// Sections are the parts of the appendix.
func (c *Report) Sections() []report.Section { return report.Sections() }

// Has says whether a section is in the report.
func (c *Report) Has(id string) bool { return !slices.Contains(c.M.Case.Without, id) }

// Toggle leaves a section out, or takes it in.
func (c *Report) Toggle(id string) { c.Send(state.SectionToggled{ID: id}) }

// Print prints the appendix, or leaves it to the screen.
func (c *Report) Print() { c.Send(state.AppendixToggled{}) }

// Redact hides names in what is saved, or shows them.
func (c *Report) Redact() { c.Send(state.RedactToggled{}) }

// Open opens the browser's dialog: a case is told from other files by what is in it.
func (c *Report) Open() { c.Send(state.FilesWanted{}) }

// Save saves the case, SaveReport the report as HTML.
func (c *Report) Save() { c.Send(state.CaseSaved{}) }

// SaveReport saves the report as HTML.
func (c *Report) SaveReport() { c.Send(state.Exported{Writer: "html"}) }

// After says what follows the first page.
func (c *Report) After() string {
	s := "Then come the findings, about half a page each"
	if n := c.front.Informational; n > 0 {
		s += ", " + plural(n, "note") + " for information"
	}
	if n := len(report.Sections()) - len(c.M.Case.Without); n > 0 {
		s += ", and an appendix of " + plural(n, "section")
		if !c.M.Case.Print {
			s += " that is not printed"
		}
	}
	return s + "."
}
