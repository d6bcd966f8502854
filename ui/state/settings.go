package state

import (
	"maps"

	"taster/core"
	"taster/core/report"
)

// detector finds a check by name, or nil.
func (m *Model) detector(name string) *core.Detector {
	for _, d := range m.Catalog.Detectors {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Opened is the check that CheckPanel shows, or nil.
func (m *Model) Opened() *core.Detector {
	if m.Panel != CheckPanel {
		return nil
	}
	return m.detector(m.Check)
}

func (m *Model) checkOpened(name string) []Effect {
	if m.detector(name) == nil {
		return nil
	}
	m.Check, m.Panel, m.Refused = name, CheckPanel, ""
	return []Effect{Focus{ID: "panel"}}
}

// Param is the value in force of a parameter.
func (m *Model) Param(d *core.Detector, p core.Param) string {
	if v, ok := m.Params[d.Name][p.Name]; ok {
		return v
	}
	return p.Default
}

// paramSet takes a value that the check accepts. Results stay, marked stale,
// until the next run.
func (m *Model) paramSet(msg ParamSet) {
	d := m.detector(msg.Check)
	if d == nil {
		return
	}
	next := maps.Clone(m.Params[d.Name])
	if next == nil {
		next = core.Params{}
	}
	next[msg.Name] = msg.Value
	if _, err := d.Resolve(next); err != nil {
		m.Refused = err.Error()
		return
	}
	for _, p := range d.Params {
		if next[p.Name] == p.Default {
			delete(next, p.Name)
		}
	}
	m.takeParams(d.Name, next)
}

func (m *Model) paramsReset(check string) { m.takeParams(check, core.Params{}) }

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

// Dispositions lists what can be decided about a finding; the first is none.
func Dispositions() []string { return []string{"", report.Accepted, report.FalseAlarm} }

func (m *Model) disposed(msg Disposed) {
	d := m.Dispositions[msg.Finding]
	d.State = msg.State
	m.dispose(msg.Finding, d)
}

func (m *Model) noted(msg Noted) {
	d := m.Dispositions[msg.Finding]
	d.Note = msg.Text
	m.dispose(msg.Finding, d)
}

func (m *Model) dispose(id string, d report.Disposition) {
	if m.Dispositions[id] = d; d == (report.Disposition{}) {
		delete(m.Dispositions, id)
	}
}
