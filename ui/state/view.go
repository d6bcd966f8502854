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
	if it, ok := m.Current(); ok && msg.Finding != "" && it.Where.Class != "" && m.showClass(it.Finding) {
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

// key answers the single keys. The page does not send those typed in a field,
// except Escape.
func (m *Model) key(k KeyPressed) []Effect {
	if msg := m.rowKey(k); msg != nil {
		return m.update(msg)
	}
	if msg := shortcut(k); msg != nil {
		return m.update(msg)
	}
	switch k.Key {
	case "Escape":
		return m.escape()
	case "Enter":
		if it, ok := m.Current(); ok && m.View == Findings {
			m.Selected = it.ID
			return []Effect{Focus{ID: "detail"}}
		}
	case "/":
		m.show(Findings)
		return []Effect{Focus{ID: "query"}}
	case "e":
		m.show(Findings)
		return []Effect{Focus{ID: "exports"}}
	}
	return nil
}

// rowKey answers the keys that are about rows while the map is looked at.
func (m *Model) rowKey(k KeyPressed) Msg {
	if m.View != Map {
		return nil
	}
	shown := m.Table.Shown
	switch {
	case k.Key == "j":
		return RowStepped{1}
	case k.Key == "k":
		return RowStepped{-1}
	case k.Key == "Enter" && m.Plot.Hover >= 0:
		return RowShown{m.Plot.Hover}
	case k.Key == "p":
		return RowPinned{Keep: !m.pinned()}
	case k.Key == "x" && shown != nil:
		return RowToggled{shown.Row}
	}
	return nil
}

func shortcut(k KeyPressed) Msg {
	switch k.Key {
	case "o":
		return FilesWanted{}
	case "O":
		return FolderWanted{}
	case "r":
		return RunPressed{}
	case "1":
		return Navigated{View: Bench}
	case "2":
		return Navigated{View: Findings}
	case "3":
		return Navigated{View: Map}
	case "j":
		return Stepped{1}
	case "k":
		return Stepped{-1}
	case "s":
		return SeverityCycled{}
	case "t":
		return ThemeCycled{}
	case "?":
		return PanelToggled{HelpPanel}
	case "v":
		return ToolChosen{Pan}
	case "b":
		return ToolChosen{Box}
	case "l":
		return ToolChosen{Lasso}
	case "[":
		return ThresholdStepped{-1}
	case "]":
		return ThresholdStepped{1}
	}
	return nil
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
	if !m.Running {
		slices.SortStableFunc(out, func(a, b FileRow) int { return m.urgency(b) - m.urgency(a) })
	}
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
