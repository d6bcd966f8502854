package state

import (
	"taster/core"
	"taster/core/preview"
	"taster/core/protocol"
	"taster/core/report"
)

type (
	// Replied brings what the worker sent since the last message, and when: in
	// milliseconds of a clock that only moves on.
	Replied struct {
		Replies []protocol.Reply
		At      int64
	}
	// WorkerDied says that the worker ended by itself: out of memory, or a bug.
	WorkerDied struct{ Message string }
)

func (msg Replied) apply(m *Model) []Effect {
	m.Clock = msg.At
	var out []Effect
	for _, r := range msg.Replies {
		switch {
		case r.Ready:
			m.ready()
		case r.Row != nil && r.ID == m.Run:
			m.rowRead(r.Row)
		case r.ID != m.Run || !m.Running:
			continue // of a run that was cancelled or replaced
		case r.Error != "":
			m.runFailed(r.Error)
		case r.Event != nil:
			out = append(out, m.event(*r.Event)...)
		}
	}
	m.sortItems()
	if m.unplotted {
		m.replot()
		out = append(out, m.draw()...)
	}
	return out
}

func (msg WorkerDied) apply(m *Model) []Effect {
	why := msg.Message
	switch {
	case m.reading():
		m.rowRead(&preview.Row{Index: m.Table.Shown.Row, Why: why})
	case m.Running:
		m.stop(why)
		m.Failure, m.Alert = why, "The analysis ended early: "+why
	default:
		m.Failure = why
	}
	return []Effect{Restart{}}
}

// ready notes that a worker came up, after one that died idle perhaps.
func (m *Model) ready() {
	m.Ready = true
	if !m.Running && m.Report.Done == nil {
		m.Failure = ""
	}
}

// runFailed takes an error that the worker survived.
func (m *Model) runFailed(why string) {
	m.Running, m.Failure, m.Alert = false, why, "The run failed: "+why
	m.Report.Add(core.Event{Done: &core.Done{Stopped: why}})
}

func (m *Model) event(e core.Event) []Effect {
	switch {
	case e.Progress != nil:
		m.Progress, m.Watch = *e.Progress, m.Watch.follow(*e.Progress, m.Clock)
		return nil
	case e.Start != nil:
		m.forget()
		m.Alert, m.Limits, m.began = "", map[string]int{}, m.Clock
	}
	m.Report.Add(e)
	m.events = append(m.events, e)
	switch {
	case e.Finding != nil:
		m.found(e.Finding)
		if e.Finding.Severity == core.Critical && m.Alert == "" {
			m.Alert = "Critical: " + e.Finding.Title
		}
	case e.Result != nil, e.Set != nil:
		m.unplotted = true
		m.timed(e.Result, m.Clock)
	case e.Done != nil:
		return m.finished()
	}
	return nil
}

// longRun is how many milliseconds a run takes that nobody wants to lose.
const longRun = 30_000

func (m *Model) finished() []Effect {
	m.Running = false
	m.Unsaved = m.Unsaved || m.Clock-m.began > longRun
	m.Items, m.ids = nil, report.IDs(&m.Report) // from now on those of the exports
	m.sortItems()
	m.replot()
	m.accept()
	m.compare()
	m.recall()
	v := m.Overall()
	m.Announce = v.Title + ". " + v.Detail
	return m.draw()
}

// found gives a finding its id: the key that is stable across runs, numbered
// when the same thing was seen twice.
func (in *Session) found(f *core.Finding) {
	if in.ids == nil {
		in.ids, in.used, in.byFile = map[*core.Finding]string{}, map[string]int{}, map[string][]*core.Finding{}
	}
	id := f.Key()
	in.used[id]++
	if n := in.used[id]; n > 1 {
		id += "-" + itoa(n)
	}
	in.ids[f] = id
	in.byFile[f.Where.File] = append(in.byFile[f.Where.File], f)
}
