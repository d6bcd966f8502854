package state

import (
	"math"

	"taster/core"
)

// Marks of a point in [Scatter]: 0 to 7 are the palette, then come grey, a
// point outside of the chosen class, and five steps: of a score, or of 0 to 4
// families and more.
const (
	MarkOther = 8
	MarkFaint = 9
	MarkStep0 = 10
	MarkSteps = 5
)

// Scatter is the picture as plot.js draws it.
type Scatter struct {
	X, Y []float64
	Mark []uint8
	Ring []uint8 // 1: a suspect
	// Count is how often each mark is there.
	Count [MarkStep0 + MarkSteps]int
}

// scatter lays the picture out. O(n).
func (in *Session) scatter() *Scatter {
	pts := in.Points()
	if pts == nil {
		return nil
	}
	n, axes, plane := len(pts.X), []core.Floats{pts.X, pts.Y, pts.Z}, in.Plane()
	s := &Scatter{X: axes[plane.Across], Y: axes[plane.Up], Mark: make([]uint8, n), Ring: make([]uint8, n)}
	for _, r := range in.Plot.Suspects {
		if r < n && (in.Plot.Class == AllClasses || in.Label(r) == in.Plot.Class) {
			s.Ring[r] = 1
		}
	}
	mark := in.marker()
	for i := range n {
		switch {
		case in.Plot.Class != AllClasses && in.Label(i) != in.Plot.Class:
			s.Mark[i] = MarkFaint
		default:
			s.Mark[i] = mark(i, s.Ring[i] == 1)
		}
		s.Count[s.Mark[i]]++
	}
	return s
}

// marker says how a row looks under the chosen colouring.
func (in *Session) marker() func(row int, suspect bool) uint8 {
	groups, score := in.Groups(), in.Score()
	switch {
	case in.Plot.Colour == ByCluster && groups != nil:
		return func(row int, _ bool) uint8 { return palette(at(groups, row)) }
	case in.Plot.Colour == ByScore && score != nil:
		h := in.Plot.Histogram
		return func(row int, _ bool) uint8 {
			if row >= len(score.Values) || math.IsNaN(score.Values[row]) {
				return MarkOther
			}
			return MarkStep0 + uint8(min(h.Rank(score.Values[row])*MarkSteps, MarkSteps-1))
		}
	case in.Plot.Colour == ByFamily:
		return func(row int, _ bool) uint8 { return MarkStep0 + uint8(min(in.Families(row), MarkSteps-1)) }
	case in.Plot.Colour == ByFlagged:
		return func(_ int, suspect bool) uint8 {
			if suspect {
				return MarkStep0 + MarkSteps - 2
			}
			return MarkOther
		}
	}
	return func(row int, _ bool) uint8 { return palette(in.Label(row)) }
}

func palette(i int) uint8 {
	if i < 0 || i >= MarkOther {
		return MarkOther
	}
	return uint8(i)
}

func at(g core.Ints, i int) int {
	if i >= len(g) {
		return -1
	}
	return int(g[i])
}

// draw lays the picture out anew and asks for it to be drawn.
func (in *Session) draw() []Effect {
	in.Plot.Picture = in.scatter()
	return []Effect{in.drawn()}
}

// drawn asks for the picture as it is laid out.
func (in *Session) drawn() Effect { return Draw{in.Plot.Picture, in.Plot.Tool} }
