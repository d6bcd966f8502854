package ui

import (
	"taster/core"
	"taster/ui/state"
)

// Coverage is a table of checks: what ran, on what, and what came of it.
type Coverage struct {
	M     *state.Model
	Lines []state.Cover
	Send  func(state.Msg)
}

// State is the state of a check in words.
func (c *Coverage) State(l state.Cover) string {
	switch {
	case l.State == core.Ran && l.Found > 0:
		return "ran, " + plural(l.Found, "finding")
	case l.State == core.Ran:
		return "ran, no indicators"
	case l.State == state.Ready:
		return "will run" + soon(l)
	case l.State == core.Needs, l.State == state.Waiting && !c.M.Running:
		return "not run"
	}
	return l.State + soon(l)
}

// soon says how long a check that will run takes, where that is known.
func soon(l state.Cover) string {
	if l.Seconds == 0 {
		return ""
	}
	return ", " + state.About(l.Seconds)
}

// Key is the state for the colour.
func (c *Coverage) Key(l state.Cover) string {
	if l.State == core.Ran && l.Found > 0 {
		return "flagged"
	}
	return l.State
}

// Explained says whether there is more to say of a check.
func (c *Coverage) Explained(l state.Cover) bool { return l.Check != core.CheckStructure }

// Explain shows what a check does, and its parameters.
func (c *Coverage) Explain(l state.Cover) { c.Send(state.CheckOpened{Check: l.Check}) }
