package ui

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/vugu/vugu"

	"taster/core"
	"taster/core/report"
	"taster/ui/state"
)

// Panels lie over the page: shortcuts, network.
type Panels struct {
	M    *state.Model
	Send func(state.Msg)
}

// SaveID is the hook of a writer in the list of all; those that have a button
// of their own elsewhere keep their name there.
func (c *Panels) SaveID(w report.Writer) string {
	if slices.Contains(usual, w.Name) {
		return "save-" + w.Name
	}
	return "export-" + w.Name
}

// Save asks for one of the files.
func (c *Panels) Save(name string) { c.Send(state.Exported{Writer: name}) }

// Clean asks for an input without its rows of the drop-list.
func (c *Panels) Clean(path string) { c.Send(state.CleanedWanted{Path: path}) }

// Ext is the end of a file's name.
func (c *Panels) Ext(name string) string { return path.Ext(name) }

// Redact and Scores change what is written.
func (c *Panels) Redact() { c.Send(state.RedactToggled{}) }

// Scores puts every row's values into the JSON report, or leaves them.
func (c *Panels) Scores() { c.Send(state.ScoresToggled{}) }

// otherFile is a file to save that no writer makes of the report alone.
type otherFile struct{ Name, Title, Ext, Note string }

// Others lists them, as far as there is something to write.
func (c *Panels) Others() []otherFile {
	var out []otherFile
	if !c.M.Redact {
		out = append(out, otherFile{"jsonl", "JSON lines", ".jsonl", "Everything that the run said, event by event"})
	}
	if len(c.M.Report.Datasets()) > 0 {
		out = append(out, otherFile{"png", "Plots", ".zip", "PNG pictures of the plots, which the ZIP of all has as SVG"})
	}
	if c.M.Change != nil {
		since := "What changed since " + c.M.Earlier.Name
		out = append(out, otherFile{"comparison.txt", "Comparison", ".txt", since}, otherFile{"comparison.json", "Comparison", ".json", since})
	}
	return out
}

// Close closes the panel that is open.
func (c *Panels) Close() { c.Send(state.PanelToggled{Panel: c.M.Panel}) }

type shortcut struct{ Keys, Does string }

// Each lists the keys one by one.
func (k shortcut) Each() []string { return strings.Fields(k.Keys) }

type keyGroup struct {
	Title string
	Keys  []shortcut
}

// Shortcuts lists the keyboard map.
func (c *Panels) Shortcuts() []keyGroup {
	return []keyGroup{
		{"Everywhere", []shortcut{{"o", "choose files"}, {"Shift+o", "choose a folder"}, {"r", "run"}, {"Esc", "close what is open, else cancel"},
			{"1 2 3 4", "Bench, Findings, Map, Report"}, {"e", "export"}, {"d", "compact or comfortable lines"}, {"t", "theme"}, {"?", "this sheet"}}},
		{"Bench", []shortcut{{"j k", "next, previous file"}, {"Enter", "the findings of the file"}}},
		{"Findings", []shortcut{{"j k", "next, previous finding"}, {"Enter", "to the detail"}, {"/", "filter"}, {"s", "step through the severities"},
			{"a", "decide: open, accepted, false alarm"}, {"Shift+a", "the same for all like this"}, {"c", "copy the finding as Markdown"}}},
		{"Map, rows", []shortcut{{"j k", "next, previous row"}, {"x", "into the selection, out of it"}, {"p", "keep the row to compare"}, {"c", "copy the row as JSON"}}},
		{"Map, plot", []shortcut{{"v b l", "dragging: pan, box, lasso"}, {"+ − 0", "zoom in, out, fit"}, {"← ↑ → ↓", "to the next row that way; with Shift, pan"},
			{"n", "to the next suspect"}, {"Space", "select the row, or let it go"}, {"Enter", "show the row as it was dropped"}}},
		{"Map, threshold", []shortcut{{"[ ]", "one bin down, up"}, {"← →", "on the line: one bin; with Shift, ten"}}},
	}
}

// ToggleKeys turns the single keys off, or on again.
func (c *Panels) ToggleKeys() { c.Send(state.KeysToggled{}) }

// ShieldText says what the page measured.
func (c *Panels) ShieldText() string {
	switch {
	case !c.M.Shield.Known:
		return "The test has not finished."
	case c.M.Shield.Cut:
		return "At the start the page tried to reach a host that cannot exist, and the browser refused the attempt because of the policy below."
	}
	return "The test connection at the start was not refused by a policy. The page sends nothing, but the browser would not stop it: check how it is served."
}

// HelpOpen and ShieldOpen say which panel is shown.
func (c *Panels) HelpOpen() bool { return c.M.Panel == state.HelpPanel }

// ShieldOpen says whether the network panel is shown.
func (c *Panels) ShieldOpen() bool { return c.M.Panel == state.ShieldPanel }

// Check is the check that is shown. Its zero value stands for none.
func (c *Panels) Check() *core.Detector {
	if d := c.M.Opened(); d != nil {
		return d
	}
	return &core.Detector{}
}

// Lead is the first sentence on a check, Rest the others.
func (c *Panels) Lead() string {
	lead, rest, ok := strings.Cut(c.Check().Help.Does, ". ")
	if !ok || rest == "" {
		return c.Check().Help.Does
	}
	return lead + "."
}

// Rest is what more there is to say of a check.
func (c *Panels) Rest() string {
	h := c.Check().Help
	_, rest, _ := strings.Cut(h.Does, ". ")
	for _, more := range []string{h.Misses, h.Sources} {
		if more != "" {
			rest = strings.TrimSpace(rest + " " + more)
		}
	}
	return rest
}

// Reads says what the check looks at.
func (c *Panels) Reads() string {
	d := c.Check()
	if d.Check.Subject() == nil {
		return "Reads " + d.Wants + "."
	}
	var roles []string
	for _, r := range d.Check.Needs() {
		roles = append(roles, RoleName(r))
	}
	return "Reads " + strings.Join(roles, " and ") + ". Family: " + d.Family + "."
}

// ParamID joins a field to its label.
func (c *Panels) ParamID(p core.Param) string { return "param-" + p.Name }

// ParamHelp is the meaning of a parameter, its range and its default.
func (c *Panels) ParamHelp(p core.Param) string {
	if p.Text {
		return p.Help
	}
	s := p.Help + " Default " + p.Default
	if len(p.Choices) == 0 {
		s += ", from " + strconv.FormatFloat(p.Min, 'g', -1, 64) + " to " + strconv.FormatFloat(p.Max, 'g', -1, 64)
	}
	return s + "."
}

// Set takes a value.
func (c *Panels) Set(ev vugu.DOMEvent, p core.Param) {
	c.Send(state.ParamSet{Check: c.Check().Name, Name: p.Name, Value: strings.TrimSpace(value(ev))})
}

// Changed says whether any parameter differs from its default.
func (c *Panels) Changed() bool { return len(c.M.Params[c.Check().Name]) > 0 }

// Defaults goes back to the defaults.
func (c *Panels) Defaults() { c.Send(state.ParamsReset{Check: c.Check().Name}) }

// Run applies what was changed.
func (c *Panels) Run() { c.Send(state.RunPressed{}) }

// Digest is the program's SHA-256.
func (c *Panels) Digest() string {
	if c.M.Shield.Digest == "" {
		return "not known"
	}
	return "SHA-256 " + c.M.Shield.Digest
}

// ExportOpen says whether the list of files to save is shown.
func (c *Panels) ExportOpen() bool { return c.M.Panel == state.ExportPanel }
