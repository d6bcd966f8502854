package state

import (
	"taster/core"
	"taster/core/protocol"
)

type (
	// RunPressed starts a run of everything.
	RunPressed struct{}
	// CancelPressed ends the run.
	CancelPressed struct{}
)

func (RunPressed) apply(m *Model) []Effect {
	if !m.CanRun() {
		return nil
	}
	m.Data, m.Digest = true, true
	return m.send()
}

func (CancelPressed) apply(m *Model) []Effect {
	if !m.Running {
		return nil
	}
	m.stop("cancelled by you")
	m.Announce = "Cancelled. What was found so far stays."
	return []Effect{Restart{}}
}

// stop ends the run before its end: replies that are under way belong to nobody.
func (m *Model) stop(why string) {
	m.Running = false
	m.number()
	m.Report.Add(core.Event{Done: &core.Done{Stopped: why}})
}

// number gives the session a request of its own: no two have the same.
func (m *Model) number() {
	m.requests++
	m.Run = m.requests
}

// dataLimit is how many bytes of row data a run reads without being asked: the
// data detectors load them whole.
const dataLimit = 256 << 20

// digestLimit is how many bytes are hashed without being asked, over those of
// files that are small by themselves.
const digestLimit = 256 << 20

// start runs everything again. A run under way is ended first.
func (m *Model) start() []Effect {
	m.Data = m.dataBytes() <= dataLimit
	m.Digest = m.bytes() <= digestLimit
	return m.send()
}

func (m *Model) send() []Effect {
	var out []Effect
	if m.Running || m.reading() {
		out = append(out, Restart{})
	}
	m.number()
	m.Running, m.Stale, m.Failure, m.Alert = true, false, "", ""
	m.Progress, m.Watch = core.Progress{Step: "Starting"}, Watch{}
	return append(out, Send{Request: m.request(), Handles: m.handles()})
}

// request is the run that the session asks for.
func (in *Session) request() protocol.Request {
	run := protocol.Run{Files: make([]string, len(in.Files)), Roles: in.Roles, Params: in.Params, Claims: in.Claims, Data: in.Data, Digest: in.Digest}
	for i, f := range in.Files {
		run.Files[i] = f.Path
	}
	return protocol.Request{ID: in.Run, Run: run}
}

// handles are those of the files, by path.
func (in *Session) handles() map[string]int {
	out := make(map[string]int, len(in.Files))
	for _, f := range in.Files {
		out[f.Path] = f.Handle
	}
	return out
}
