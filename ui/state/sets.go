package state

import "taster/core"

// Sets lists the sets of rows that were judged.
func (in *Session) Sets() []*core.SubjectReport { return in.Report.Datasets() }

// set is the place of the one shown.
func (in *Session) set() int { return max(0, min(in.Plot.Set, len(in.Sets())-1)) }

// Dataset is the one shown, or nil.
func (in *Session) Dataset() *core.SubjectReport {
	sets := in.Sets()
	if len(sets) == 0 {
		return nil
	}
	return sets[in.set()]
}

// Foreseen lists the sets of all kinds: those that were judged, or before that
// those that a run would judge.
func (in *Session) Foreseen() []*core.SetInfo {
	var out []*core.SetInfo
	for _, s := range in.Report.Subjects {
		out = append(out, &s.Info)
	}
	if len(out) == 0 && in.Report.Plan != nil {
		out = in.Report.Plan.Sets
	}
	return out
}

// SetChosen shows another set in the map.
type SetChosen struct{ Index int }

func (msg SetChosen) apply(m *Model) []Effect {
	if msg.Index < 0 || msg.Index >= len(m.Sets()) {
		return nil
	}
	m.chooseSet(msg.Index)
	m.Plot.chosen = false
	m.replot()
	m.Announce = "Showing " + m.Dataset().Info.Name
	return m.draw()
}

// chooseSet turns to a set. Rows and classes of another one mean nothing in it.
func (in *Session) chooseSet(i int) {
	if i == in.set() && in.Plot.setChosen {
		return
	}
	if i != in.set() {
		in.Plot, in.Table = in.Plot.reset(), in.Table.reset()
		in.Plot.Class = AllClasses
	}
	in.Plot.Set, in.Plot.setChosen = i, true
}
