package ui

import (
	"strconv"
	"strings"

	"github.com/vugu/vugu"

	"taster/ui/state"
)

// Rows is the table of rows. It renders the lines in sight and leaves room for
// the others, so that a million rows scroll like a hundred.
type Rows struct {
	M    *state.Model
	Send func(state.Msg)

	lines        []line // these are filled once for each build
	above, below int
}

// line is one row of the table.
type line struct {
	Key, ID           string
	Row, Class, Value string
	Bar               string // how far its value lies between the least and the largest
	Strip, Checks     string // which checks flag it, as signs and in words
	Families          string
	Selected, Shown   bool
	row               int
}

// BeforeBuild finds the lines in sight.
func (c *Rows) BeforeBuild() {
	rows, above, below := c.M.Lines()
	shown := c.M.Table.Shown
	c.lines, c.above, c.below = c.lines[:0], above, below
	for _, r := range rows {
		strip, checks := c.strip(r)
		c.lines = append(c.lines, line{Key: strconv.Itoa(r), ID: state.LineID(r), Row: Count(r), Class: rowClass(c.M, r), Value: Number(c.M.Value(r)), Bar: barStyle(c.M.Plot.Histogram.At(c.M.Value(r))),
			Strip: strip, Checks: checks, Families: strconv.Itoa(c.M.Families(r)), Selected: c.M.Suspect(r), Shown: shown != nil && shown.Row == r, row: r})
	}
}

// rowClass names the class of a row, if it has a label.
func rowClass(m *state.Model, row int) string {
	if k := m.Label(row); k >= 0 {
		return m.ClassName(k)
	}
	return "–"
}

// strip shows a row's checks in their fixed order: ● flags it, ○ scored it
// below its line, – did not score it.
func (c *Rows) strip(row int) (signs, words string) {
	var b strings.Builder
	var by []string
	for k, r := range c.M.Table.Checks {
		switch {
		case row < len(c.M.Table.Flags) && c.M.Table.Flags[row].Has(k):
			b.WriteString("●")
			by = append(by, c.M.Title(r.Detector))
		case len(r.Scores) > 0 && row < len(r.Scores[0].Values) && r.Scores[0].Values[row] == r.Scores[0].Values[row]:
			b.WriteString("○")
		default:
			b.WriteString("–")
		}
	}
	if by == nil {
		return b.String(), "flagged by no check"
	}
	return b.String(), "flagged by " + strings.Join(by, ", ")
}

// Space is the height of n lines that are not rendered.
func (c *Rows) Space(n int) string { return strconv.Itoa(int(float64(n) * c.M.Pitch())) }

// Scrolled renders other lines when those in sight change.
func (c *Rows) Scrolled(ev vugu.DOMEvent) {
	const before, step = 12, 8
	top := int(ev.PropFloat64("target", "scrollTop") / c.M.Pitch())
	first := max(0, (top-before)/step*step)
	if first != c.M.Table.First {
		c.Send(state.RowsScrolled{First: first})
	}
}

// Total and Index tell a screen reader where it is.
func (c *Rows) Total() string { return strconv.Itoa(len(c.M.Table.Order) + 1) }

// Index is the place of line i in the whole table, the head being 1.
func (c *Rows) Index(i int) string { return strconv.Itoa(c.above + i + 2) }

type column struct {
	Text   string
	By     state.RowSort
	Sorted any
	Class  string
	Help   string
}

// Heads lists the columns that sort.
func (c *Rows) Heads() []column {
	t := &c.M.Table
	out := []column{
		{Text: "row", By: state.SortRow, Class: "num", Help: "Place in the file, from 0"},
		{Text: "class", By: state.SortClass},
		{Text: "score", By: state.SortScore, Class: "num", Help: c.scoreTitle()},
		{Text: "checks", By: state.SortFlags, Help: "A sign for each check, explained below"},
		{Text: "families", By: state.SortFlags, Class: "num", Help: "Kinds of checks that flag the row: those that look at the same thing count once"},
	}
	for i := range out[:4] {
		if out[i].By == t.Sort {
			falling := (t.Sort == state.SortScore || t.Sort == state.SortFlags) != t.Reverse
			out[i].Sorted = map[bool]string{true: "descending", false: "ascending"}[falling]
		}
	}
	return out
}

func (c *Rows) scoreTitle() string {
	if s := c.M.Score(); s != nil {
		return s.Title
	}
	return ""
}

// Filters are the choices of what is listed.
func (c *Rows) Filters() []option {
	var out []option
	for _, f := range []struct {
		filter state.RowFilter
		text   string
	}{{state.RowsSuspect, "suspects"}, {state.RowsAgreed, "two families or more"}, {state.RowsFlagged, "flagged by any check"}, {state.RowsAll, "all of the class"}} {
		out = append(out, option{string(f.filter), f.text, c.M.Table.Filter == f.filter})
	}
	return out
}

// Selection says how many rows are suspects, and why.
func (c *Rows) Selection() string {
	n := plural(len(c.M.Plot.Suspects), "suspect")
	switch {
	case c.M.Plot.Picked != nil:
		return n + ", " + c.M.Plot.Why
	case c.M.Plot.Moved:
		return n + ", at or above the line"
	}
	return n + ", flagged by the check"
}

// Nothing says why the table is empty.
func (c *Rows) Nothing() string {
	if c.M.Table.Filter == state.RowsSuspect {
		return "No suspects in this class. Move the line, or choose other rows."
	}
	return "No row passes this filter."
}

// Legend explains the signs.
func (c *Rows) Legend() string {
	var titles []string
	for _, r := range c.M.Table.Checks {
		titles = append(titles, c.M.Title(r.Detector))
	}
	return "● flagged, ○ scored below the line, – not scored, in this order: " + strings.Join(titles, ", ") + "."
}

// SetFilter says what is listed.
func (c *Rows) SetFilter(ev vugu.DOMEvent) {
	c.Send(state.RowsFiltered{Filter: state.RowFilter(value(ev))})
}

// SortBy orders the table.
func (c *Rows) SortBy(by state.RowSort) { c.Send(state.RowsSorted{By: by}) }

// Toggle takes a row into the selection, or out of it.
func (c *Rows) Toggle(l line) { c.Send(state.RowToggled{Row: l.row}) }

// Show shows a row as it was dropped, or closes it again.
func (c *Rows) Show(l line) {
	if l.Shown {
		c.Send(state.RowHidden{})
		return
	}
	c.Send(state.RowShown{Row: l.row})
}

// ClearPick goes back to the rows of the line or the check.
func (c *Rows) ClearPick() { c.Send(state.PickCleared{}) }

// Copy puts the rows listed on the clipboard.
func (c *Rows) Copy(asJSON bool) { c.Send(state.RowsCopied{JSON: asJSON}) }
