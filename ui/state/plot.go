package state

import (
	"math"
	"slices"

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

// Planes lists the planes of a projection; the zero Plane stands for the first.
func (m *Model) Planes() []Plane {
	if p := m.Points(); p == nil || len(p.Z) != len(p.X) {
		return planes()[:1]
	}
	return planes()
}

func planes() []Plane { return []Plane{{0, 1}, {0, 2}, {1, 2}} }

// Plane is the one drawn.
func (m *Model) Plane() Plane {
	if planes := m.Planes(); slices.Contains(planes, m.Plot.Plane) {
		return m.Plot.Plane
	}
	return Plane{0, 1}
}

// AxisName names an axis of the projection: "PC 1 (24.5 %)".
func (m *Model) AxisName(i int) string {
	if p := m.Points(); p != nil && i < len(p.Axes) {
		return p.Axes[i]
	}
	return ""
}

// AllClasses stands for no choice of a class.
const AllClasses = -1

// Window is the part of the plane that the scatter shows.
type Window struct{ X, Y chart.Scale }

// Plot is what the map shows of a dataset. Update keeps the derived part in
// step with the choices.
type Plot struct {
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
	return Plot{Detector: p.Detector, Score: p.Score, Class: p.Class, Colour: p.Colour, Plane: p.Plane, Tool: p.Tool, chosen: p.chosen, Hover: -1}
}

// unpick forgets what was selected by hand.
func (p *Plot) unpick() { p.Picked, p.Why, p.Overlap = nil, "", 0 }

// Dataset is the one shown, or nil.
func (m *Model) Dataset() *core.DatasetReport {
	if len(m.Report.Datasets) == 0 {
		return nil
	}
	return m.Report.Datasets[0]
}

// Results lists what can be drawn: the results that hold scores.
func (m *Model) Results() []*core.Result {
	d := m.Dataset()
	if d == nil {
		return nil
	}
	var out []*core.Result
	for _, r := range d.Results {
		if len(r.Scores) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// Result is the one chosen, or nil.
func (m *Model) Result() *core.Result {
	results := m.Results()
	for _, r := range results {
		if r.Detector == m.Plot.Detector {
			return r
		}
	}
	if len(results) == 0 {
		return nil
	}
	return results[0]
}

// Score is the one chosen, or nil.
func (m *Model) Score() *core.Score {
	r := m.Result()
	if r == nil {
		return nil
	}
	for i := range r.Scores {
		if r.Scores[i].Name == m.Plot.Score {
			return &r.Scores[i]
		}
	}
	return &r.Scores[0]
}

// Points is the projection to draw, or nil.
func (m *Model) Points() *core.Points {
	d := m.Dataset()
	if d == nil {
		return nil
	}
	for _, r := range d.Results {
		if r.Points != nil && len(r.Points.X) > 0 && len(r.Points.X) == len(r.Points.Y) {
			return r.Points
		}
	}
	return nil
}

// Groups are the clusters to colour by: those of the chosen result, or of the
// first that has any.
func (m *Model) Groups() core.Ints {
	if r := m.Result(); r != nil && len(r.Groups) > 0 {
		return r.Groups
	}
	if d := m.Dataset(); d != nil {
		for _, r := range d.Results {
			if len(r.Groups) > 0 {
				return r.Groups
			}
		}
	}
	return nil
}

// ClassName names a class by index.
func (m *Model) ClassName(class int) string {
	d := m.Dataset()
	if d == nil || class < 0 || class >= len(d.Info.Classes) {
		return "all classes"
	}
	return d.Info.Classes[class].Name
}

// Label is the class of a row, or -1.
func (m *Model) Label(row int) int {
	d := m.Dataset()
	if d == nil || row < 0 || row >= len(d.Info.Labels) {
		return -1
	}
	return int(d.Info.Labels[row])
}

// explore handles what the user does in the map.
func (m *Model) explore(msg Msg) []Effect {
	p := &m.Plot
	switch msg := msg.(type) {
	case Hovered:
		p.Hover = msg.Row
		return nil
	case Zoomed:
		p.Window = msg.Window
		return nil
	case ToolChosen:
		p.Tool = msg.Tool
	case PlaneChosen:
		p.Plane = msg.Plane
	case ColourChosen:
		p.Colour = msg.Colour
	case DetectorChosen:
		p.unpick()
		p.Detector, p.Score, p.Moved, p.chosen = msg.Name, "", false, true
		m.replot()
	case ScoreChosen:
		p.Score, p.Moved, p.chosen = msg.Name, false, true
		m.replot()
	case ClassChosen:
		p.Class, p.Moved, p.chosen = msg.Class, false, true
		m.replot()
	case ThresholdSet:
		m.moveTo(msg.Value)
	case ThresholdStepped:
		m.moveTo(p.Threshold + float64(msg.Bins)*p.Histogram.Width())
	case ThresholdReset:
		p.Moved = false
		p.unpick()
		m.aboveLine()
	default:
		return m.table(msg)
	}
	return m.draw()
}

// draw lays the picture out anew and asks for it to be drawn.
func (m *Model) draw() []Effect {
	m.Plot.Picture = m.scatter()
	return []Effect{Draw{}}
}

func (m *Model) moveTo(v float64) {
	h := m.Plot.Histogram
	if len(h.Values) == 0 || math.IsNaN(v) {
		return
	}
	m.Plot.unpick()
	m.Plot.Threshold, m.Plot.Moved = min(max(v, h.Lo), h.Hi), true
	m.aboveLine()
}

// replot brings the derived part of Plot in step. O(n) in the rows, and
// O(k log k) in those that the table lists.
func (m *Model) replot() {
	p := &m.Plot
	m.unplotted = false
	if !p.chosen {
		m.guess()
	}
	s := m.Score()
	m.flagged()
	if s == nil {
		*p = p.reset()
		return
	}
	p.Rows = m.rowsOf(p.Class)
	m.Table.Overlaps = m.overlaps()
	p.Histogram = chart.Bins(pick(s.Values, p.Rows))
	p.Flagged = make([]int, len(p.Histogram.Counts))
	p.Cutoff, p.HasCutoff = m.cutoff(s, p)
	m.aboveLine()
}

// rowsOf lists the rows of a class in order, or all.
func (m *Model) rowsOf(class int) []int {
	n, room := m.Dataset().Info.Rows, 0
	if class == AllClasses {
		room = n
	}
	out := make([]int, 0, room)
	for i := range n {
		if class == AllClasses || m.Label(i) == class {
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
func (m *Model) cutoff(s *core.Score, p *Plot) (float64, bool) {
	flagged := m.marked()
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
func (m *Model) marked() []bool {
	out := make([]bool, len(m.Score().Values))
	for _, row := range m.Result().Flagged {
		if row >= 0 && row < len(out) {
			out[row] = true
		}
	}
	return out
}

// aboveLine lists the rows at or above the threshold.
func (m *Model) aboveLine() {
	p, s := &m.Plot, m.Score()
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
		p.Suspects = m.Result().Flagged
	}
	p.ring(m.Dataset().Info.Rows)
	m.list()
}

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
func (m *Model) scatter() *Scatter {
	pts := m.Points()
	if pts == nil {
		return nil
	}
	n, axes, plane := len(pts.X), []core.Floats{pts.X, pts.Y, pts.Z}, m.Plane()
	s := &Scatter{X: axes[plane.Across], Y: axes[plane.Up], Mark: make([]uint8, n), Ring: make([]uint8, n)}
	for _, r := range m.Plot.Suspects {
		if r < n && (m.Plot.Class == AllClasses || m.Label(r) == m.Plot.Class) {
			s.Ring[r] = 1
		}
	}
	mark := m.marker()
	for i := range n {
		switch {
		case m.Plot.Class != AllClasses && m.Label(i) != m.Plot.Class:
			s.Mark[i] = MarkFaint
		default:
			s.Mark[i] = mark(i, s.Ring[i] == 1)
		}
		s.Count[s.Mark[i]]++
	}
	return s
}

// marker says how a row looks under the chosen colouring.
func (m *Model) marker() func(row int, suspect bool) uint8 {
	groups, score := m.Groups(), m.Score()
	switch {
	case m.Plot.Colour == ByCluster && groups != nil:
		return func(row int, _ bool) uint8 { return palette(at(groups, row)) }
	case m.Plot.Colour == ByScore && score != nil:
		h := m.Plot.Histogram
		return func(row int, _ bool) uint8 {
			if row >= len(score.Values) || math.IsNaN(score.Values[row]) {
				return MarkOther
			}
			return MarkStep0 + uint8(min(h.Rank(score.Values[row])*MarkSteps, MarkSteps-1))
		}
	case m.Plot.Colour == ByFamily:
		return func(row int, _ bool) uint8 { return MarkStep0 + uint8(min(m.Families(row), MarkSteps-1)) }
	case m.Plot.Colour == ByFlagged:
		return func(_ int, suspect bool) uint8 {
			if suspect {
				return MarkStep0 + MarkSteps - 2
			}
			return MarkOther
		}
	}
	return func(row int, _ bool) uint8 { return palette(m.Label(row)) }
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
