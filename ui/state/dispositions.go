package state

import (
	"slices"

	"taster/core/report"
)

// Dispositions lists what can be decided about a finding; the first is none.
func Dispositions() []string { return []string{"", report.Accepted, report.FalseAlarm} }

type (
	// Disposed says what the user decided about a finding, "" for nothing.
	Disposed struct{ Finding, State string }
	// Noted is the user's note on a finding.
	Noted struct{ Finding, Text string }
)

func (msg Disposed) apply(m *Model) []Effect {
	d := m.Dispositions[msg.Finding]
	d.State = msg.State
	m.dispose(msg.Finding, d)
	m.Unsaved = true
	return nil
}

func (msg Noted) apply(m *Model) []Effect {
	d := m.Dispositions[msg.Finding]
	d.Note = msg.Text
	m.dispose(msg.Finding, d)
	m.Unsaved = true
	return nil
}

func (in *Session) dispose(id string, d report.Disposition) {
	if in.Dispositions[id] = d; d == (report.Disposition{}) {
		delete(in.Dispositions, id)
	}
}

// decideNext steps through what can be decided about the finding shown.
func (m *Model) decideNext() {
	it, ok := m.Current()
	if !ok || m.View != Findings {
		return
	}
	order := []string{report.Open, report.Accepted, report.FalseAlarm}
	at := max(slices.Index(order, m.Dispositions[it.ID].State), 0)
	Disposed{Finding: it.ID, State: order[(at+1)%len(order)]}.apply(m)
	m.Announce = "Decision: " + m.Dispositions[it.ID].State
}
