package state

// The densities, as the address names them.
const (
	comfortable = "comfortable"
	compact     = "compact"
)

func (m *Model) density() string {
	if m.Compact {
		return compact
	}
	return comfortable
}

// LineHeight is the height of a line of a table in CSS pixels; style.css holds
// the lines to it.
func (m *Model) LineHeight() int {
	if m.Compact {
		return 26
	}
	return 32
}

// toggleDensity keeps the lines in sight rendered: the table of rows stays
// scrolled as many pixels down as it was, over other lines.
func (m *Model) toggleDensity() {
	const margin = 16 // lines rendered above the window, about
	before := m.LineHeight()
	m.Compact = !m.Compact
	if t := &m.Table; t.First > 0 {
		t.First = max(0, (t.First+margin)*before/m.LineHeight()-margin)
	}
	m.Announce = "Density: " + m.density()
}
