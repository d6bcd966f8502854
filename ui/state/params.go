package state

import (
	"maps"

	"taster/core"
)

// Opened is the check that CheckPanel shows, or nil.
func (m *Model) Opened() *core.Detector {
	if m.Panel != CheckPanel {
		return nil
	}
	return m.detector(m.Check)
}

type (
	// CheckOpened shows what a check does, and its parameters.
	CheckOpened struct{ Check string }
	// ParamSet sets a parameter of a check; its default takes it back. Results
	// stay, marked stale, until the next run.
	ParamSet struct{ Check, Name, Value string }
	// ParamsReset goes back to the defaults of a check.
	ParamsReset struct{ Check string }
)

func (msg CheckOpened) apply(m *Model) []Effect {
	if m.detector(msg.Check) == nil {
		return nil
	}
	m.Check, m.Panel, m.Refused = msg.Check, CheckPanel, ""
	return []Effect{Focus{ID: "panel"}}
}

// Param is the value in force of a parameter.
func (in *Session) Param(d *core.Detector, p core.Param) string {
	if v, ok := in.Params[d.Name][p.Name]; ok {
		return v
	}
	return p.Default
}

func (msg ParamSet) apply(m *Model) []Effect {
	d := m.detector(msg.Check)
	if d == nil {
		return nil
	}
	next := maps.Clone(m.Params[d.Name])
	if next == nil {
		next = core.Params{}
	}
	next[msg.Name] = msg.Value
	if _, err := d.Resolve(next); err != nil {
		m.Refused = err.Error()
		return nil
	}
	for _, p := range d.Params {
		if next[p.Name] == p.Default {
			delete(next, p.Name)
		}
	}
	m.takeParams(d.Name, next)
	return nil
}

func (msg ParamsReset) apply(m *Model) []Effect {
	m.takeParams(msg.Check, core.Params{})
	return nil
}

func (m *Model) takeParams(check string, next core.Params) {
	m.Refused = ""
	if maps.Equal(m.Params[check], next) {
		return
	}
	if m.Params[check] = next; len(next) == 0 {
		delete(m.Params, check)
	}
	m.Stale = len(m.Files) > 0
	m.Announce = "Parameter changed. Run to apply it."
}
