package ui

import (
	"strconv"

	"taster/core/chart"
	"taster/ui/state"
)

// Axes is the SVG over the scatter. All places are percentages, so it fits the
// canvas at any size.
type Axes struct {
	M *state.Model
}

type mark struct{ At, Label string }

// Xs and Ys are the ticks.
func (c *Axes) Xs() []mark { return marks(c.M.Plot.Window.X, 5, false) }

// Ys grows upwards, so its places are turned round.
func (c *Axes) Ys() []mark { return marks(c.M.Plot.Window.Y, 4, true) }

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

// Across names the horizontal axis.
func (c *Axes) Across() string { return c.M.AxisName(c.M.Plane().Across) }

// Up names the vertical axis.
func (c *Axes) Up() string { return c.M.AxisName(c.M.Plane().Up) }
