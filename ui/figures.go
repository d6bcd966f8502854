package ui

import (
	"math"
	"strconv"

	"taster/core"
	"taster/ui/state"
)

// Figures is the table of what the check of the map measured for each class.
type Figures struct {
	M *state.Model

	of      *core.Result  // what the rest was made for
	columns []core.Figure // by the first class that has them
	heads   []fact
	rows    []figureRow
}

// HasFigures says whether a check, nil for none, measured anything of classes.
func HasFigures(r *core.Result) bool { return r != nil && len(r.Groups) > 0 }

type figureRow struct {
	Class, Size, Note string
	Cells             []figureCell
}

// figureCell is a figure with a bar as long as its part of the largest in its
// column.
type figureCell struct{ Text, Bar string }

// HasBar says whether there is a bar.
func (f figureCell) HasBar() string { return Onoff(f.Bar != "") }

// barStyle is the style of a cell that a bar of this part of its width lies under.
func barStyle(part float64) string {
	if !(part > 0) {
		return ""
	}
	return "--part: " + strconv.FormatFloat(min(part, 1), 'f', 3, 64)
}

// BeforeBuild fills the table, once for each result.
func (c *Figures) BeforeBuild() {
	r := c.M.Result()
	if c.of == r {
		return
	}
	*c = Figures{M: c.M, of: r}
	index, most := c.head(r)
	for _, k := range r.Groups {
		row := figureRow{Class: k.Name, Size: Count(k.Size), Note: k.Note, Cells: make([]figureCell, len(c.columns))}
		for _, f := range k.Figures {
			i := index[f.Name]
			row.Cells[i].Text = Value(f.Value)
			if v, ok := asFloat(f.Value); ok {
				row.Cells[i].Bar = barStyle(math.Abs(v) / most[i])
			}
		}
		c.rows = append(c.rows, row)
	}
}

// head collects the columns, and the largest value of each.
func (c *Figures) head(r *core.Result) (index map[string]int, most []float64) {
	index = map[string]int{}
	for _, k := range r.Groups {
		for _, f := range k.Figures {
			i, known := index[f.Name]
			if !known {
				i = len(c.columns)
				index[f.Name] = i
				c.columns, most = append(c.columns, f), append(most, 0)
				c.heads = append(c.heads, fact{Name: Words(f.Name), Value: Meaning(r.Detector, f.Name)})
			}
			if v, ok := asFloat(f.Value); ok && !math.IsInf(v, 0) {
				most[i] = max(most[i], math.Abs(v))
			}
		}
	}
	return index, most
}

// Check is the title of the check that measured them.
func (c *Figures) Check() string { return c.M.Title(c.of.Detector) }

// Chosen marks the class of the map.
func (c *Figures) Chosen(r figureRow) string {
	return Onoff(c.M.Plot.Class != state.AllClasses && c.M.ClassName(c.M.Plot.Class) == r.Class)
}
