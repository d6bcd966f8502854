package ui

import (
	"strconv"
	"strings"

	"github.com/vugu/vugu"

	"taster/ui/state"
)

// Map shows the rows of a dataset: projection, scores, figures.
type Map struct {
	M    *state.Model
	Send func(state.Msg)
}

// Classes are the choices of the class selector.
func (c *Map) Classes() []option {
	out := []option{{strconv.Itoa(state.AllClasses), "all classes", c.M.Plot.Class == state.AllClasses}}
	if d := c.M.Dataset(); d != nil {
		for i, k := range d.Info.Classes {
			out = append(out, option{strconv.Itoa(i), k.Name + " (" + Count(k.Size) + ")", c.M.Plot.Class == i})
		}
	}
	return out
}

// Sets are the choices of the set selector.
func (c *Map) Sets() []option {
	var out []option
	for i, s := range c.M.Sets() {
		out = append(out, option{strconv.Itoa(i), s.Info.Name + " (" + plural(s.Info.Rows, "row") + ")", s == c.M.Dataset()})
	}
	return out
}

// SetSet picks a set.
func (c *Map) SetSet(ev vugu.DOMEvent) {
	if i, err := strconv.Atoi(value(ev)); err == nil {
		c.Send(state.SetChosen{Index: i})
	}
}

type option struct {
	Value, Text string
	On          bool
}

// SetClass picks a class.
func (c *Map) SetClass(ev vugu.DOMEvent) {
	if i, err := strconv.Atoi(value(ev)); err == nil {
		c.Send(state.ClassChosen{Class: i})
	}
}

func value(ev vugu.DOMEvent) string { return ev.PropString("target", "value") }

// Colours are the choices of the colour selector.
func (c *Map) Colours() []option {
	var out []option
	for _, k := range state.Colours() {
		out = append(out, option{string(k), colourName(k), c.M.Plot.Colour == k})
	}
	return out
}

func colourName(k state.Colour) string {
	switch k {
	case state.ByCluster:
		return "cluster in its class"
	case state.ByFamily:
		return "families that flag it"
	}
	return string(k)
}

// Planes are the choices of axes.
func (c *Map) Planes() []option {
	var out []option
	for i, p := range c.M.Planes() {
		text := shortAxis(c.M.AxisName(p.Across)) + " × " + shortAxis(c.M.AxisName(p.Up))
		out = append(out, option{strconv.Itoa(i), text, p == c.M.Plane()})
	}
	return out
}

// shortAxis is the name of an axis without its share of the variance.
func shortAxis(name string) string {
	short, _, _ := strings.Cut(name, " (")
	return short
}

// SetPlane picks the axes.
func (c *Map) SetPlane(ev vugu.DOMEvent) {
	if i, err := strconv.Atoi(value(ev)); err == nil && i >= 0 && i < len(c.M.Planes()) {
		c.Send(state.PlaneChosen{Plane: c.M.Planes()[i]})
	}
}

type tool struct {
	option
	Title string
}

// Tools are what dragging can do.
func (c *Map) Tools() []tool {
	var out []tool
	for _, t := range []struct {
		tool        state.Tool
		text, title string
	}{{state.Pan, "Pan", "Drag moves the plot (v)"}, {state.Box, "Box", "Drag selects the rows in a box (b, or Shift and drag)"}, {state.Lasso, "Lasso", "Drag selects the rows in a loop (l)"}} {
		out = append(out, tool{option{string(t.tool), t.text, c.M.Plot.Tool == t.tool}, t.title})
	}
	return out
}

// SetTool picks what dragging does.
func (c *Map) SetTool(t string) { c.Send(state.ToolChosen{Tool: state.Tool(t)}) }

// Methods are the choices of the score selector: detector and score.
func (c *Map) Methods() []option {
	var out []option
	now := c.M.Score()
	for _, r := range c.M.Results() {
		for i := range r.Scores {
			s := &r.Scores[i]
			out = append(out, option{r.Detector + "/" + s.Name, c.M.Title(r.Detector) + ": " + s.Title, s == now})
		}
	}
	return out
}

// SetMethod picks a detector and one of its scores.
func (c *Map) SetMethod(ev vugu.DOMEvent) {
	detector, score, _ := strings.Cut(value(ev), "/")
	if r := c.M.Result(); r == nil || r.Detector != detector {
		c.Send(state.DetectorChosen{Name: detector})
	}
	c.Send(state.ScoreChosen{Name: score})
}

// Caption names the projection and what must not be read into it.
func (c *Map) Caption() string {
	p := c.M.Points()
	if p == nil {
		return ""
	}
	return p.Title + ". Distance between clusters is not evidence: the plane keeps only part of what separates the rows."
}

// Summary is the scatter in words.
func (c *Map) Summary() string {
	p, d := c.M.Points(), c.M.Dataset()
	if p == nil || d == nil {
		return "no projection"
	}
	return "Projection of " + plural(len(p.X), "row") + ", showing " + c.M.ClassName(c.M.Plot.Class) + "; " + plural(len(c.M.Plot.Suspects), "row") + " ringed as suspects."
}

// Readout describes the row under the pointer.
func (c *Map) Readout() string {
	row := c.M.Plot.Hover
	if row < 0 {
		return "Wheel or + − zooms, 0 fits, arrows go from row to row, n to the next suspect, space selects."
	}
	s := "row " + Count(row)
	if k := c.M.Label(row); k >= 0 {
		s += " · class " + c.M.ClassName(k)
	}
	if g := c.M.Groups(); row < len(g) && g[row] >= 0 {
		s += " · cluster " + strconv.Itoa(int(g[row]))
	}
	if v := c.M.Score(); v != nil && row < len(v.Values) {
		s += " · " + v.Title + " " + Number(v.Values[row])
	}
	return s
}

type legendKey struct {
	Mark int
	Text string
}

// Legend names the colours that are on the plot.
func (c *Map) Legend() []legendKey {
	pic := c.M.Plot.Picture
	if pic == nil {
		return nil
	}
	var out []legendKey
	for k, count := range pic.Count {
		if count > 0 && k != state.MarkFaint {
			out = append(out, legendKey{k, c.legend(k) + " · " + Count(count)})
		}
	}
	return out
}

func (c *Map) legend(mark int) string {
	colour := c.M.Plot.Colour
	switch {
	case mark >= state.MarkStep0 && colour == state.ByFlagged:
		return "suspect"
	case mark >= state.MarkStep0 && colour == state.ByFamily:
		return familyCount(mark - state.MarkStep0)
	case mark >= state.MarkStep0:
		return []string{"lowest fifth of scores", "second", "third", "fourth", "highest fifth"}[mark-state.MarkStep0]
	case mark == state.MarkOther && colour == state.ByFlagged:
		return "not flagged"
	case mark == state.MarkOther:
		return "other"
	case colour == state.ByCluster && c.M.Groups() != nil:
		return "cluster " + strconv.Itoa(mark)
	}
	return "class " + c.M.ClassName(mark)
}

// Nothing says what the map needs.
func (c *Map) Nothing() string {
	if c.M.Running {
		return "No rows measured yet."
	}
	return "Add activations (N × D) to see clusters. Add labels to compare classes."
}

// SetColour picks what the colour says.
func (c *Map) SetColour(ev vugu.DOMEvent) {
	c.Send(state.ColourChosen{Colour: state.Colour(value(ev))})
}
