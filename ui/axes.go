package ui

import (
	"strconv"

	"taster/core"
	"taster/core/chart"
	"taster/ui/state"
)

// Axes is the SVG over the scatter. All places are percentages, so it fits the
// canvas at any size.
type Axes struct {
	Window state.Window
	Points *core.Points
}

type mark struct{ At, Label string }

// Xs and Ys are the ticks.
func (c *Axes) Xs() []mark { return marks(c.Window.X, 5, false) }

// Ys grows upwards, so its places are turned round.
func (c *Axes) Ys() []mark { return marks(c.Window.Y, 4, true) }

func marks(s chart.Scale, n int, up bool) []mark {
	var out []mark
	for _, t := range s.Ticks(n) {
		at := s.At(t.At)
		if up {
			at = 1 - at
		}
		out = append(out, mark{percent(at), t.Label})
	}
	return out
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 2, 64) + "%" }

// Axis names an axis.
func (c *Axes) Axis(i int) string {
	if c.Points == nil || i >= len(c.Points.Axes) {
		return ""
	}
	return c.Points.Axes[i]
}
