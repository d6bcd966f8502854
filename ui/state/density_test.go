package state

import "testing"

// TestDensity toggles the height of lines by key; the lines that are rendered
// must go on to hold those in the window.
func TestDensity(t *testing.T) {
	m := ready()
	for top := range 2000 { // pixels that the table is scrolled down, in steps of 20
		m.Compact = top%2 == 0
		m.Table.First = max(0, (20*top/m.LineHeight()-12)/8*8)
		m, _ = play(m, KeyPressed{Key: "d"})
		first := 20 * top / m.LineHeight()
		last := first + 352/m.LineHeight()
		if m.Table.First > first || m.Table.First+TableLines < last {
			t.Fatalf("scrolled by %d: lines %d to %d are rendered, %d to %d are in sight", 20*top, m.Table.First, m.Table.First+TableLines, first, last)
		}
	}
}

func TestDensityInTheAddress(t *testing.T) {
	m, _ := play(ready(), DensityToggled{})
	if got := m.hash(); got != "#/bench?lines=compact" {
		t.Errorf("the address is %q", got)
	}
	if again, _ := play(ready(), Route(m.hash())); !again.Compact {
		t.Error("the address does not bring the lines back")
	}
}
