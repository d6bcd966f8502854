package ui

import (
	"cmp"
	"slices"
	"strconv"

	"taster/core"
	"taster/ui/state"
)

// ClassFacts shows what a check measured of the class and of the rows that a
// finding is about.
type ClassFacts struct {
	M    *state.Model
	Item state.Item
	Send func(state.Msg)

	of      factsOf // what the rest was made for
	figures []classFigure
	rows    []factRow
}

// factsOf says what the facts depend on: a finding may name many rows, and they
// must not be sorted at each build.
type factsOf struct {
	finding *core.Finding
	results int
}

// classFigure is one figure of the class beside the same of the others.
type classFigure struct{ Name, Help, Value, Median, Rank string }

type factRow struct{ Row, Class, Value, Families, Checks string }

const factRows = 12

// BeforeBuild collects what is shown, once for each finding and new result.
func (c *ClassFacts) BeforeBuild() {
	now := factsOf{c.Item.Finding, len(c.M.Table.Checks)}
	if c.of == now {
		return
	}
	c.of = now
	c.figures, c.rows = c.figures[:0], c.rows[:0]
	result := c.result()
	if result == nil {
		return
	}
	for _, k := range result.Groups {
		if k.Name == c.Item.Where.Class {
			c.compare(result, k)
		}
	}
	c.list(result)
}

func (c *ClassFacts) result() *core.Result {
	if d := c.M.Dataset(); d != nil {
		for _, r := range d.Results {
			if r.Detector == c.Item.Plugin {
				return r
			}
		}
	}
	return nil
}

// compare puts the figures of a class beside the median of all classes.
func (c *ClassFacts) compare(r *core.Result, k core.Group) {
	for _, f := range k.Figures {
		line := classFigure{Name: Words(f.Name), Help: Meaning(r.Detector, f.Name), Value: Value(f.Value), Median: "–"}
		if mine, ok := asFloat(f.Value); ok {
			all := figuresOf(r, f.Name)
			above := len(all) - upper(all, mine)
			line.Median, line.Rank = Number(all[len(all)/2]), Count(above+1)+" of "+Count(len(all))
		}
		c.figures = append(c.figures, line)
	}
}

// upper is how many of the ascending values are at most v.
func upper(values []float64, v float64) int {
	at, _ := slices.BinarySearchFunc(values, v, func(a, b float64) int { return cmp.Or(cmp.Compare(a, b), -1) })
	return at
}

// figuresOf lists a figure of every class, ascending.
func figuresOf(r *core.Result, name string) []float64 {
	var out []float64
	for _, k := range r.Groups {
		for _, f := range k.Figures {
			if v, ok := asFloat(f.Value); ok && f.Name == name {
				out = append(out, v)
			}
		}
	}
	slices.Sort(out)
	return out
}

func asFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	}
	return 0, false
}

// list takes the rows of the finding that most families flag, and of those the
// ones with the highest score.
func (c *ClassFacts) list(r *core.Result) {
	value := func(row int) float64 {
		if len(r.Scores) == 0 || row >= len(r.Scores[0].Values) {
			return 0
		}
		return r.Scores[0].Values[row]
	}
	for _, row := range first(factRows, c.Item.Where.Rows, func(a, b int) int {
		return cmp.Or(c.M.Families(b)-c.M.Families(a), cmp.Compare(value(b), value(a)))
	}) {
		line := factRow{Row: Count(row), Class: rowClass(c.M, row), Value: "–", Families: strconv.Itoa(c.M.Families(row))}
		if len(r.Scores) > 0 {
			line.Value = Number(value(row))
		}
		line.Checks = strconv.Itoa(len(c.M.Checks(c.M.Flags(row))))
		c.rows = append(c.rows, line)
	}
}

// first lists the k rows that a stable sort would put first. O(n) for rows in
// any order that is not the worst.
func first(k int, rows []int, compare func(a, b int) int) []int {
	var out []int
	for _, r := range rows {
		if len(out) == k && compare(out[k-1], r) <= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, r, func(a, b int) int { return cmp.Or(compare(a, b), -1) })
		out = slices.Insert(out[:min(len(out), k-1)], min(at, k-1), r)
	}
	return out
}

// RowsTitle says which rows are listed.
func (c *ClassFacts) RowsTitle() string {
	n := len(c.Item.Where.Rows)
	if n <= factRows {
		return "Rows"
	}
	return Count(factRows) + " of its " + Count(n) + " rows, those that most checks flag first"
}

// ScoreTitle names the value that is listed.
func (c *ClassFacts) ScoreTitle() string {
	if r := c.result(); r != nil && len(r.Scores) > 0 {
		return r.Scores[0].Title
	}
	return "score"
}

// Select selects the rows of the finding on the map.
func (c *ClassFacts) Select() {
	c.Send(state.Navigated{View: state.Map, Finding: c.Item.ID})
	c.Send(state.RowsPicked{Rows: c.Item.Where.Rows, Why: "of finding " + c.Item.ID})
}
