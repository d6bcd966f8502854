package pooledsplit

import "taster/core"

// divided is a divided class as it crosses between workers. Separations may
// be infinite.
type divided struct {
	Small     []uint8 // nil: not divided
	Sizes     [2]int
	Different int
	Means     [2]core.Exact
	Line      core.Exact
	Direction core.Exact
	Figures   core.Exact // Middle, Separation, Gain, HeldOut
	Note      string
}

func send(g *Groups, note string) divided {
	if g == nil {
		return divided{Note: note}
	}
	return divided{Small: g.Small, Sizes: g.Sizes, Different: g.Different, Means: [2]core.Exact{g.Means[0], g.Means[1]},
		Line: g.Line, Direction: g.Direction, Figures: core.Exact{g.Middle, g.Separation, g.Gain, g.HeldOut}, Note: note}
}

func (d divided) take() (*Groups, string) {
	if d.Small == nil {
		return nil, d.Note
	}
	return &Groups{Small: d.Small, Sizes: d.Sizes, Different: d.Different, Means: [2][]float64{d.Means[0], d.Means[1]},
		Line: d.Line, Direction: d.Direction, Middle: d.Figures[0], Separation: d.Figures[1], Gain: d.Figures[2], HeldOut: d.Figures[3]}, d.Note
}
