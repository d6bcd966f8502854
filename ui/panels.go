package ui

import "taster/ui/state"

// Panels lie over the page: shortcuts, network.
type Panels struct {
	M    *state.Model
	Send func(state.Msg)
}

// Close closes the panel that is open.
func (c *Panels) Close() { c.Send(state.PanelToggled{Panel: c.M.Panel}) }

type shortcut struct{ Keys, Does string }

// Shortcuts lists the keyboard map.
func (c *Panels) Shortcuts() []shortcut {
	return []shortcut{
		{"o", "choose files"}, {"Shift o", "choose a folder"}, {"r", "run"}, {"Esc", "close what is open, else cancel"},
		{"1 2 3", "Bench, Findings, Map"}, {"j k", "next, previous finding"}, {"Enter", "to the detail"}, {"/", "filter the findings"},
		{"s", "step through the severities"}, {"[ ]", "threshold one bin down, up"}, {"e", "export"}, {"t", "theme"}, {"?", "this sheet"},
		{"+ − 0", "in the plot: zoom in, out, fit"}, {"arrows", "in the plot: pan; on the threshold: one bin, with Shift ten"},
	}
}

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
