package state

import "slices"

type (
	// RowsPicked selects rows, and says how: "lasso".
	RowsPicked struct {
		Rows []int
		Why  string
	}
	// RowToggled takes a row into the selection, or out of it.
	RowToggled struct{ Row int }
	// PickCleared goes back to what the line or the check selects.
	PickCleared struct{}
)

func (msg RowsPicked) apply(m *Model) []Effect {
	m.pick(msg.Rows, msg.Why)
	return m.draw()
}

func (msg RowToggled) apply(m *Model) []Effect {
	m.toggle(msg.Row)
	return m.draw()
}

func (PickCleared) apply(m *Model) []Effect {
	m.Plot.unpick()
	m.aboveLine()
	return m.draw()
}

// ring marks the suspects among n rows, so that asking for one costs nothing.
func (p *Plot) ring(n int) {
	p.ringed = make([]bool, n)
	for _, r := range p.Suspects {
		if r >= 0 && r < n {
			p.ringed[r] = true
		}
	}
}

// Suspect says whether a row is one of the suspects.
func (in *Session) Suspect(row int) bool {
	return row >= 0 && row < len(in.Plot.ringed) && in.Plot.ringed[row]
}

// pick selects rows by hand, in place of those that the line or the check
// chose.
func (m *Model) pick(rows []int, why string) {
	d := m.Dataset()
	picked := slices.DeleteFunc(slices.Clone(rows), func(r int) bool { return d == nil || r < 0 || r >= d.Info.Rows })
	slices.Sort(picked)
	m.Plot.unpick()
	m.Plot.Picked, m.Plot.Why = slices.Compact(picked), why
	if m.Plot.Picked == nil {
		m.Plot.Picked = []int{}
	}
	m.Announce = plural(len(m.Plot.Picked), "row") + " selected"
	m.aboveLine()
}

func (m *Model) toggle(row int) {
	rows := slices.Clone(m.Plot.Suspects)
	if i := slices.Index(rows, row); i >= 0 {
		rows = slices.Delete(rows, i, i+1)
	} else {
		rows = append(rows, row)
	}
	first, kept := m.Table.First, slices.Clone(m.Table.Order)
	m.pick(rows, "by hand")
	m.Table.First, m.Table.Order = first, kept // the line stays under the pointer
}
