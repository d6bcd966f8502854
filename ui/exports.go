package ui

import (
	"strings"

	"taster/ui/state"
)

// Exports is the row of files that can be saved.
type Exports struct {
	M    *state.Model
	Send func(state.Msg)
}

// Writers lists the export formats besides the table of rows.
func (c *Exports) Writers() []writer {
	var out []writer
	for _, name := range c.M.Catalog.Writers {
		out = append(out, writer{name, writerHelp[name]})
	}
	return out
}

type writer struct{ Name, Help string }

// Title is the name on the button.
func (w writer) Title() string {
	if w.Name == "cyclonedx" {
		return "CycloneDX"
	}
	return strings.ToUpper(w.Name)
}

var writerHelp = map[string]string{
	"json":      "The report as data: findings, figures, coverage. The same bytes as taster scan -format json.",
	"sarif":     "For code scanning and CI dashboards (SARIF 2.1.0).",
	"html":      "A report to read and print, one file.",
	"cyclonedx": "A bill of materials (CycloneDX).",
	"jsonl":     "The run as a stream of events.",
	"text":      "The findings as plain text.",
	"csv":       "Every row that a check flags, with the checks that flag it.",
}

// Suspects counts the rows of the table of rows.
func (c *Exports) Suspects() int { return len(c.M.Plot.Suspects) }

// RowsTitle is the name on the button of the table of rows.
func (c *Exports) RowsTitle() string {
	if n := c.Suspects(); n > 0 {
		return "CSV of " + plural(n, "row")
	}
	return "CSV of rows"
}

// Save asks for one of the files.
func (c *Exports) Save(name string) { c.Send(state.Exported{Writer: name}) }
