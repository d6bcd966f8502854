package ui

import (
	"testing"

	"taster/ui/state"
)

func TestLiftText(t *testing.T) {
	for _, tt := range []struct {
		lift float64
		want string
	}{{0, ""}, {0.61, "× 0.6, chance"}, {1.99, "× 2.0, chance"}, {41.94, "× 41.9"}} {
		if got, _ := liftText(tt.lift); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.lift, got, tt.want)
		}
	}
}

func TestOverlapBars(t *testing.T) {
	m := dataset()
	c := &Overlaps{M: &m}
	for i := range 20 {
		m.Table.Overlaps = append(m.Table.Overlaps, state.Overlap{Flags: state.Flags(2 + i), Families: 6, Rows: 3})
	}
	c.BeforeBuild()
	if len(c.bars) != barsShown || c.left != 13 {
		t.Errorf("%d bars and %d left, want %d and 13", len(c.bars), c.left, barsShown)
	}
	if first, second := c.bars[0], c.bars[1]; first.Width != "100.00%" || second.Width != "25.00%" || second.Families != "4" {
		t.Errorf("bars %+v and %+v", first, second)
	}
	m = update(m, state.MoreWanted{List: "overlaps"})
	if c.BeforeBuild(); c.left != 0 {
		t.Errorf("%d left after 'show more'", c.left)
	}
}
