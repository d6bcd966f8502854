package ui

import (
	"strings"

	"taster/core/report"
	"taster/ui/state"
)

// Exports is the row of the files that are saved most, with a way to all of
// them.
type Exports struct {
	M    *state.Model
	Send func(state.Msg)
}

// quarantine is what the rows of the map are called among the writers.
const quarantine = "quarantine"

// usual lists the writers that have a button of their own.
var usual = []string{"html", "json", "sarif"}

// Writers lists those writers.
func (c *Exports) Writers() []report.Writer {
	var out []report.Writer
	for _, name := range usual {
		for _, w := range c.M.Catalog.Writers {
			if w.Name == name {
				out = append(out, w)
			}
		}
	}
	return out
}

// WriterName is a format in a word or two.
func WriterName(w report.Writer) string {
	switch w.Name {
	case "html", "json", "sarif", "csv":
		return strings.ToUpper(w.Name)
	case "text":
		return "Text"
	case "cyclonedx":
		return "CycloneDX"
	case "drop":
		return "Drop list"
	case "keep":
		return "Keep list"
	case "bundle":
		return "ZIP of all"
	}
	return w.Name
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

// More shows all of them.
func (c *Exports) More() { c.Send(state.PanelToggled{Panel: state.ExportPanel}) }

// Open says whether they are shown.
func (c *Exports) Open() bool { return c.M.Panel == state.ExportPanel }
