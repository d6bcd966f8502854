package state

import (
	"slices"
	"strconv"

	"taster/core"
	"taster/core/preview"
	"taster/core/protocol"
	"taster/core/report"
)

// Update answers msg. It is the only way the Model changes.
func Update(m Model, msg Msg) (Model, []Effect) {
	before := m.hash()
	out := m.update(msg)
	if after := m.hash(); after != before {
		out = append(out, SetHash{after})
	}
	return m, out
}

func (m *Model) update(msg Msg) []Effect {
	switch msg := msg.(type) {
	case Replied:
		m.Clock = msg.At
		return m.replied(msg.Replies)
	case WorkerDied:
		return m.ended(msg.Message)
	case Trouble:
		m.Notice = msg.Message
	case ShieldRead:
		m.Shield = msg.Shield
	case FilesAdded:
		return m.filesAdded(msg)
	case FileRemoved:
		return m.fileRemoved(msg.Path)
	case Cleared:
		return m.cleared()
	case RoleSet:
		return m.roleSet(msg)
	case ParamSet:
		m.paramSet(msg)
	case ParamsReset:
		m.paramsReset(msg.Check)
	case DigestsGiven:
		m.digestsGiven(msg.Text)
	case CheckOpened:
		return m.checkOpened(msg.Check)
	case Disposed:
		m.disposed(msg)
	case Noted:
		m.noted(msg)
	case SampleChosen:
		return []Effect{LoadSample(msg)}
	case FilesWanted:
		return []Effect{OpenFiles{}}
	case FolderWanted:
		return []Effect{OpenFiles{Folder: true}}
	case Dragged:
		m.Dragging = msg.Over
	case RunPressed:
		return m.runPressed()
	case CancelPressed:
		return m.cancel()
	case Exported:
		return m.exported(msg.Writer)
	case CleanedWanted:
		if m.CanExport() {
			return []Effect{Clean{msg.Path}}
		}
	case RedactToggled:
		m.Redact = !m.Redact
	case ScoresToggled:
		m.Scores = !m.Scores
	case EarlierGiven:
		m.earlierGiven(msg)
	case EarlierDropped:
		m.earlierDropped()
	case AcceptedGiven:
		m.acceptedGiven(msg)
	case Copied:
		m.Announce = "Copied"
		return []Effect{Copy(msg)}
	default:
		return m.look(msg)
	}
	return nil
}

// look handles what changes only what is shown.
func (m *Model) look(msg Msg) []Effect {
	switch msg := msg.(type) {
	case Routed:
		return m.routed(msg)
	case Navigated:
		return m.navigated(msg)
	case Stepped:
		return m.stepped(msg.By)
	case SeverityToggled:
		m.Hidden[msg.Severity] = !m.Hidden[msg.Severity]
	case SeverityCycled:
		m.cycleSeverity()
	case QueryTyped:
		m.Query = msg.Text
	case MoreWanted:
		m.Limits[msg.List] = m.Limit(msg.List) + moreRows
	case PanelToggled:
		return m.togglePanel(msg.Panel)
	case KeysToggled:
		m.KeysOff = !m.KeysOff
	case DensityToggled:
		m.toggleDensity()
	case ThemeCycled:
		m.Theme = nextTheme[m.Theme]
		return []Effect{SetTheme{m.Theme}, Draw{}}
	case ThemeSet:
		if _, ok := nextTheme[msg.Theme]; ok {
			m.Theme = msg.Theme
			return []Effect{SetTheme{m.Theme}, Draw{}}
		}
	case KeyPressed:
		return m.key(msg)
	default:
		return m.explore(msg)
	}
	return nil
}

var nextTheme = map[Theme]Theme{Auto: Light, Light: Dark, Dark: Auto}

// Rows of a long list: at first, and with each "show more".
const (
	firstRows = 100
	moreRows  = 200
)

// Limit is how many rows of a list are shown.
func (m *Model) Limit(list string) int {
	if n, ok := m.Limits[list]; ok {
		return n
	}
	return firstRows
}

func (m *Model) runPressed() []Effect {
	if !m.CanRun() {
		return nil
	}
	m.Data, m.Digest = true, true
	return m.send()
}

func (m *Model) cancel() []Effect {
	if !m.Running {
		return nil
	}
	m.Running = false
	m.Run++
	m.Report.Add(core.Event{Done: &core.Done{Stopped: "cancelled by you"}})
	m.Announce = "Cancelled. What was found so far stays."
	return []Effect{Restart{}}
}

// ended closes a run that did not reach its end.
func (m *Model) ended(why string) []Effect {
	if m.reading() {
		m.rowRead(&preview.Row{Index: m.Table.Shown.Row, Why: why})
		return []Effect{Restart{}}
	}
	if !m.Running {
		m.Failure = why
		return []Effect{Restart{}}
	}
	m.Running, m.Failure = false, why
	m.Run++
	m.Report.Add(core.Event{Done: &core.Done{Stopped: why}})
	m.Alert = "The analysis ended early: " + why
	return []Effect{Restart{}}
}

func (m *Model) roleSet(msg RoleSet) []Effect {
	if m.Roles[msg.Path] == msg.Role {
		return nil
	}
	m.Roles[msg.Path] = msg.Role
	if msg.Role == "" {
		delete(m.Roles, msg.Path)
	}
	m.Stale = true
	m.Announce = "Role changed. Run to apply it."
	return nil
}

func (m *Model) exported(writer string) []Effect {
	if !m.CanExport() {
		return nil
	}
	switch writer {
	case "quarantine":
		return []Effect{m.quarantine()}
	case "comparison.txt", "comparison.json":
		return m.saveComparison(writer)
	}
	return []Effect{Export{Writer: writer}}
}

func (m *Model) replied(replies []protocol.Reply) []Effect {
	var out []Effect
	for _, r := range replies {
		switch {
		case r.Ready:
			m.ready()
		case r.Row != nil && r.ID == m.Run:
			m.rowRead(r.Row)
		case r.ID != m.Run || !m.Running:
			continue // of a run that was cancelled or replaced
		case r.Error != "":
			out = append(out, m.runFailed(r.Error)...)
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

// ready notes that a worker came up, after one that died idle perhaps.
func (m *Model) ready() {
	m.Ready = true
	if !m.Running && m.Report.Done == nil {
		m.Failure = ""
	}
}

// runFailed takes an error that the worker survived.
func (m *Model) runFailed(why string) []Effect {
	m.Running, m.Failure, m.Alert = false, why, "The run failed: "+why
	m.Report.Add(core.Event{Done: &core.Done{Stopped: why}})
	return nil
}

func (m *Model) event(e core.Event) []Effect {
	switch {
	case e.Progress != nil:
		m.Progress, m.Watch = *e.Progress, m.Watch.follow(*e.Progress, m.Clock)
		return nil
	case e.Start != nil:
		m.forget()
	}
	m.Report.Add(e)
	m.events = append(m.events, e)
	switch {
	case e.Finding != nil:
		m.found(e.Finding)
	case e.Result != nil, e.Dataset != nil:
		m.unplotted = true
		m.timed(e.Result)
	case e.Done != nil:
		return m.finished()
	}
	return nil
}

func (m *Model) finished() []Effect {
	m.Running = false
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
func (m *Model) found(f *core.Finding) {
	if m.ids == nil {
		m.ids, m.used, m.byFile = map[*core.Finding]string{}, map[string]int{}, map[string][]*core.Finding{}
	}
	id := f.Key()
	m.used[id]++
	if n := m.used[id]; n > 1 {
		id += "-" + itoa(n)
	}
	m.ids[f] = id
	m.byFile[f.Where.File] = append(m.byFile[f.Where.File], f)
	if f.Severity == core.Critical && m.Alert == "" {
		m.Alert = "Critical: " + f.Title
	}
}

func (m *Model) sortItems() {
	if len(m.Items) == len(m.Report.Findings) {
		return
	}
	sorted := m.Report.Sorted()
	m.Items = slices.Grow(m.Items[:0], len(sorted))
	for _, f := range sorted {
		m.Items = append(m.Items, Item{Finding: f, ID: m.ids[f]})
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
