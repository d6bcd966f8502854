package state

import (
	"slices"

	"taster/core"
)

func (m *Model) navigated(msg Navigated) []Effect {
	if msg.Finding != "" {
		m.Selected = msg.Finding
	}
	m.show(msg.View)
	var out []Effect
	if msg.Finding == "" || msg.View == Map {
		out = append(out, Focus{ID: string(m.View), Top: true})
	}
	if it, ok := m.Current(); ok && msg.Finding != "" && m.showOnMap(it.Finding) {
		out = append(out, m.draw()...)
	}
	return out
}

func (m *Model) show(v View) {
	switch v {
	case Bench, Findings, Map:
		m.View = v
	default:
		m.View = Bench
	}
}

func (m *Model) togglePanel(p Panel) []Effect {
	if m.Panel == p {
		p = NoPanel
	}
	m.Panel = p
	switch p {
	case NoPanel:
		return nil
	case ShieldPanel:
		return []Effect{ReadShield{}, Focus{ID: "panel"}}
	case ExportPanel:
		m.Cleaned = m.cleanings()
	}
	return []Effect{Focus{ID: "panel"}}
}

// escape closes what is open, and only then ends the run.
func (m *Model) escape() []Effect {
	switch {
	case m.Panel != NoPanel:
		m.Panel = NoPanel
	case m.Notice != "":
		m.Notice = ""
	case m.Running:
		return m.cancel()
	case m.Table.Shown != nil:
		return m.update(RowHidden{})
	case m.Query != "":
		m.Query = ""
	}
	return nil
}

// Artifacts lists the top artifacts in the order of the files, after a run
// those with the worst verdict first; a file that was not read yet has a nil
// artifact.
func (m *Model) Artifacts() []FileRow {
	byFile := make(map[string]*core.Artifact, len(m.Report.Artifacts))
	for _, a := range m.Report.Artifacts {
		byFile[a.File] = a
	}
	out := make([]FileRow, len(m.Files))
	for i, f := range m.Files {
		out[i] = FileRow{File: f, Artifact: byFile[f.Path]}
	}
	if m.Running {
		return out
	}
	for i := range out {
		out[i].urgency = m.urgency(out[i])
	}
	slices.SortStableFunc(out, func(a, b FileRow) int { return b.urgency - a.urgency })
	return out
}

// urgency ranks an input by its verdict. Rows keep their place while a run
// goes on, so that nothing moves under the pointer.
func (m *Model) urgency(r FileRow) int {
	if r.Artifact == nil {
		return 0
	}
	return slices.Index([]core.Verdict{core.NoFinding, core.Unreadable, core.Suspicious, core.Dangerous}, m.Verdict(r.Artifact))
}

// FileRow is one input with what was understood of it.
type FileRow struct {
	File
	Artifact *core.Artifact // nil until it is read

	urgency int
}

// ArtifactAt is the artifact or the member that a place is in, or nil.
func (m *Model) ArtifactAt(w core.Location) *core.Artifact {
	var found *core.Artifact
	for _, a := range m.Report.Artifacts {
		if a.File == w.File {
			a.Walk(func(a *core.Artifact) {
				if a.Member == w.Member {
					found = a
				}
			})
		}
	}
	return found
}

// Role is the role in force for an artifact: the user's, or the guess.
func (m *Model) Role(a *core.Artifact) core.Role {
	if r, ok := m.Roles[a.Path()]; ok {
		return r
	}
	return a.Role
}
