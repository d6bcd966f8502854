package state

import (
	"math"

	"taster/core"
	"taster/core/chart"
)

// Colour is what the colour of a point in the scatter says.
type Colour string

// The colourings.
const (
	ByClass   Colour = "class"
	ByCluster Colour = "cluster"
	ByFlagged Colour = "flagged"
	ByScore   Colour = "score"
	ByFamily  Colour = "families" // how many families of checks flag the row
)

// Colours lists the colourings in the order in which they are offered.
func Colours() []Colour { return []Colour{ByCluster, ByClass, ByFlagged, ByFamily, ByScore} }

// Tool is what dragging on the scatter does.
type Tool string

// The tools, in the order of their buttons. With Shift, dragging always draws
// a box.
const (
	Pan   Tool = "pan"
	Box   Tool = "box"
	Lasso Tool = "lasso"
)

// Plane picks the two axes of the projection that are drawn, counted from 0.
type Plane struct{ Across, Up int }

// AllClasses stands for no choice of a class.
const AllClasses = -1

// Window is the part of the plane that the scatter shows.
type Window struct{ X, Y chart.Scale }

// Plot is what the map shows of a dataset. Update keeps the derived part in
// step with the choices.
type Plot struct {
	Set       int    // of Session.Sets
	Detector  string // "": the default
	Score     string
	Class     int
	Colour    Colour
	Plane     Plane
	Threshold float64
	Moved     bool // the user set Threshold
	Tool      Tool
	Hover     int // row under the pointer, or -1
	Window    Window
	chosen    bool // the user chose detector or class: later results leave them
	setChosen bool // and the set

	Rows      []int // of the chosen class, usable ones
	Histogram chart.Histogram
	Flagged   []int  // Flagged rows per bin of Histogram, by the detector
	Picked    []int  // selected by the user, nil: none
	Why       string // how: "lasso", "by hand"
	Overlap   Flags  // the combination of checks that was picked, 0: none
	// Suspects are the rows that are ringed and exported: those picked by hand,
	// else those at or above the line when the user moved it, else those that
	// the detector flagged.
	Suspects  []int
	ringed    []bool   // the same by row
	Picture   *Scatter // nil when there is nothing to draw
	Cutoff    float64
	HasCutoff bool // the detector used one cutoff for these rows
}

func newPlot() Plot { return Plot{Class: AllClasses, Colour: ByCluster, Tool: Pan, Hover: -1} }

// reset forgets the data and keeps the choices.
func (p Plot) reset() Plot {
	return Plot{Set: p.Set, setChosen: p.setChosen, Detector: p.Detector, Score: p.Score, Class: p.Class, Colour: p.Colour, Plane: p.Plane, Tool: p.Tool, chosen: p.chosen, Hover: -1}
}

// unpick forgets what was selected by hand.
func (p *Plot) unpick() { p.Picked, p.Why, p.Overlap = nil, "", 0 }

type (
	// Hovered is the row under the pointer in the scatter, -1 for none.
	Hovered struct{ Row int }
	// Zoomed is the part of the plane that the scatter shows.
	Zoomed struct{ Window Window }
	// DetectorChosen picks the result that is drawn.
	DetectorChosen struct{ Name string }
	// ScoreChosen picks one of its scores.
	ScoreChosen struct{ Name string }
	// ClassChosen picks a class by index; AllClasses is all of them.
	ClassChosen struct{ Class int }
	// PlaneChosen picks the axes of the projection.
	PlaneChosen struct{ Plane Plane }
	// ColourChosen picks what the colour of a point says.
	ColourChosen struct{ Colour Colour }
	// ToolChosen picks what dragging on the scatter does.
	ToolChosen struct{ Tool Tool }
	// ThresholdSet moves the line to a value.
	ThresholdSet struct{ Value float64 }
	// ThresholdStepped moves it by bins.
	ThresholdStepped struct{ Bins int }
	// ThresholdReset puts it back to the detector's own cutoff.
	ThresholdReset struct{}
)

func (msg Hovered) apply(m *Model) []Effect {
	m.Plot.Hover = msg.Row
	return nil
}

func (msg Zoomed) apply(m *Model) []Effect {
	m.Plot.Window = msg.Window
	return nil
}

func (msg ToolChosen) apply(m *Model) []Effect {
	m.Plot.Tool = msg.Tool
	return []Effect{m.drawn()}
}

func (msg PlaneChosen) apply(m *Model) []Effect {
	m.Plot.Plane = msg.Plane
	return m.draw()
}

func (msg ColourChosen) apply(m *Model) []Effect {
	m.Plot.Colour = msg.Colour
	return m.draw()
}

func (msg DetectorChosen) apply(m *Model) []Effect {
	m.Plot.unpick()
	m.Plot.choose(m.Plot.Class, msg.Name, "")
	m.replot()
	return m.draw()
}

func (msg ScoreChosen) apply(m *Model) []Effect {
	m.Plot.choose(m.Plot.Class, m.Plot.Detector, msg.Name)
	m.replot()
	return m.draw()
}

func (msg ClassChosen) apply(m *Model) []Effect {
	m.Plot.choose(msg.Class, m.Plot.Detector, m.Plot.Score)
	m.replot()
	return m.draw()
}

func (msg ThresholdSet) apply(m *Model) []Effect {
	m.moveTo(msg.Value)
	return m.draw()
}

func (msg ThresholdStepped) apply(m *Model) []Effect {
	return ThresholdSet{m.Plot.Threshold + float64(msg.Bins)*m.Plot.Histogram.Width()}.apply(m)
}

func (ThresholdReset) apply(m *Model) []Effect {
	m.Plot.Moved = false
	m.Plot.unpick()
	m.aboveLine()
	return m.draw()
}

// choose takes what the user wants to see: later results leave it.
func (p *Plot) choose(class int, detector, score string) {
	p.Class, p.Detector, p.Score = class, detector, score
	p.Moved, p.chosen = false, true
}

func (in *Session) moveTo(v float64) {
	h := in.Plot.Histogram
	if len(h.Values) == 0 || math.IsNaN(v) {
		return
	}
	in.Plot.unpick()
	in.Plot.Threshold, in.Plot.Moved = min(max(v, h.Lo), h.Hi), true
	in.aboveLine()
}

// replot brings the derived part of Plot in step. O(n) in the rows, and
// O(k log k) in those that the table lists.
func (in *Session) replot() {
	p := &in.Plot
	in.unplotted = false
	if !p.chosen {
		in.guess()
	}
	s := in.Score()
	in.flagged()
	if s == nil {
		*p = p.reset()
		return
	}
	p.Rows = in.rowsOf(p.Class)
	in.Table.Overlaps = in.overlaps()
	p.Histogram = chart.Bins(pick(s.Values, p.Rows))
	p.Flagged = make([]int, len(p.Histogram.Counts))
	p.Cutoff, p.HasCutoff = in.cutoff(s, p)
	in.aboveLine()
}

// rowsOf lists the rows of a class in order, or all.
func (in *Session) rowsOf(class int) []int {
	n, room := in.Dataset().Info.Rows, 0
	if class == AllClasses {
		room = n
	}
	out := make([]int, 0, room)
	for i := range n {
		if class == AllClasses || in.Label(i) == class {
			out = append(out, i)
		}
	}
	return out
}

func pick(values []float64, rows []int) []float64 {
	out := make([]float64, 0, len(rows))
	for _, r := range rows {
		if r < len(values) {
			out = append(out, values[r])
		}
	}
	return out
}

// cutoff finds where the detector drew its line for the chosen rows, and
// counts the flagged rows by bin. There is a line when no row that was not
// flagged lies above one that was. Where there is none (each class has its
// own), the value returned leaves as many rows above as were flagged.
func (in *Session) cutoff(s *core.Score, p *Plot) (float64, bool) {
	flagged := in.marked()
	low, high, n := math.Inf(1), math.Inf(-1), 0
	for _, r := range p.Rows {
		if r >= len(s.Values) || math.IsNaN(s.Values[r]) {
			continue
		}
		if v := s.Values[r]; flagged[r] {
			n++
			low = min(low, v)
			p.Flagged[p.Histogram.Bin(v)]++
		} else {
			high = max(high, v)
		}
	}
	sorted := p.Histogram.Values
	switch {
	case n == 0:
		return p.Histogram.Hi, false
	case low > high:
		return low, true
	}
	return sorted[max(0, len(sorted)-n)], false
}

// marked says of each row whether the chosen detector flags it.
func (in *Session) marked() []bool {
	out := make([]bool, len(in.Score().Values))
	for _, row := range in.Result().Flagged {
		if row >= 0 && row < len(out) {
			out[row] = true
		}
	}
	return out
}

// aboveLine lists the rows at or above the threshold.
func (in *Session) aboveLine() {
	p, s := &in.Plot, in.Score()
	if s == nil {
		return
	}
	if !p.Moved {
		p.Threshold = p.Cutoff
	}
	var above []int
	for _, r := range p.Rows {
		if r < len(s.Values) && s.Values[r] >= p.Threshold {
			above = append(above, r)
		}
	}
	switch {
	case p.Picked != nil:
		p.Suspects = p.Picked
	case p.Moved:
		p.Suspects = above
	default:
		p.Suspects = in.Result().Flagged
	}
	p.ring(in.Dataset().Info.Rows)
	in.list()
}
