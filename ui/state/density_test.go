package state

import "testing"

// TestDensity toggles the height of lines by key, in tables short and too long
// for a browser; the lines that are rendered must go on to hold those in the
// window.
func TestDensity(t *testing.T) {
	for _, rows := range []int{2_000, 1_000_000, 5_000_000} {
		m := ready()
		m.Table.Order = make([]int, rows)
		for top := 0.0; top < min(float64(rows)*20, tallest); top += min(float64(rows)*20, tallest) / 500 {
			m.Table.First = max(0, (int(top/m.Pitch())-12)/8*8)
			m, _ = play(m, KeyPressed{Key: "d"})
			first := m.Table.First
			begin := float64(first) * m.Pitch() // of what is rendered, in pixels
			end := begin + float64(TableLines*m.LineHeight())
			if begin > top || end < top+352 && first+TableLines < rows {
				t.Fatalf("%d rows scrolled by %.0f: %.0f to %.0f are rendered", rows, top, begin, end)
			}
		}
	}
}

// TestPitch: the last of many lines can be reached.
func TestPitch(t *testing.T) {
	m := ready()
	for rows, want := range map[int]float64{0: 32, 1_000: 32, 1_000_000: 16} {
		m.Table.Order = make([]int, rows)
		if got := m.Pitch(); got != want {
			t.Errorf("%d rows lie %v pixels apart, want %v", rows, got, want)
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
