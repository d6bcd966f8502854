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

// tallest is how high the table of rows gets, in CSS pixels: Firefox gives up
// beyond 17.9 million, Chromium beyond 33.5 million.
const tallest = 16_000_000

// Pitch is how far apart the lines of the table of rows lie in the space above
// and below those that are rendered: their height, or less where so many would
// be too high.
func (m *Model) Pitch() float64 {
	return min(float64(m.LineHeight()), tallest/float64(max(len(m.Table.Order), 1)))
}

// DensityToggled makes the lines of tables lower, or high again.
type DensityToggled struct{}

// apply keeps the lines in sight rendered: the table of rows stays
// scrolled as many pixels down as it was, over other lines.
func (DensityToggled) apply(m *Model) []Effect {
	const margin = 16 // lines rendered above the window, about
	before := m.Pitch()
	m.Compact = !m.Compact
	if t := &m.Table; t.First > 0 {
		t.First = max(0, int(float64(t.First+margin)*before/m.Pitch())-margin)
	}
	m.Announce = "Density: " + m.density()
	return nil
}
