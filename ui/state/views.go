package state

import "slices"

// ViewID names a view in the address and in the page.
type ViewID string

// The views that messages and keys lead to.
const (
	Bench    ViewID = "bench"
	Findings ViewID = "findings"
	Map      ViewID = "map"
	Report   ViewID = "report"
)

// View is one of the page's views. Catalog.Views lists them in the order of
// their tabs.
type View struct {
	ID    ViewID
	Title string
	Key   string // a digit
	// Applies says whether there is something to show; nil: always.
	Applies func(*Model) bool
}

// Applying lists the views that have something to show.
func (m *Model) Applying() []View {
	return slices.DeleteFunc(slices.Clone(m.Catalog.Views), func(v View) bool { return v.Applies != nil && !v.Applies(m) })
}

// known says whether there is such a view.
func (c *Catalog) known(id ViewID) bool {
	return slices.ContainsFunc(c.Views, func(v View) bool { return v.ID == id })
}

// Navigated shows a view, and a finding when one is named.
type Navigated struct {
	View    ViewID
	Finding string
}

func (msg Navigated) apply(m *Model) []Effect {
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

// show turns to a view; to the first one where there is none of this name.
func (m *Model) show(id ViewID) {
	if m.View = id; !m.Catalog.known(id) {
		m.View = Bench
	}
}
