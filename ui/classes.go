package ui

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"taster/core"
	"taster/ui/state"
)

// Classes shows for each class how it falls in two, as small bars that choose
// the class.
type Classes struct {
	M    *state.Model
	Send func(state.Msg)

	of     classesOf // what the splits were made for
	splits []split
	left   int
}

type classesOf struct {
	dataset *core.SubjectReport
	results int
	all     bool
}

// split is a class and its two groups, as the checks that split it measured
// them. A figure that no check gave is NaN.
type split struct {
	Class                  int
	Name                   string
	Large, Small           float64
	Silhouette, Separation float64
	Accused                int // tests that accuse the class
}

// classesShown bounds the tiles; beyond, the most suspicious come first.
const classesShown = 30

// BeforeBuild collects the splits, once for each new result.
func (c *Classes) BeforeBuild() {
	_, all := c.M.Limits["classes"]
	now := classesOf{c.M.Dataset(), len(c.M.Table.Checks), all}
	if c.of == now {
		return
	}
	c.of, c.splits, c.left = now, splits(now.dataset), 0
	if n := len(c.splits); n > classesShown && !all {
		slices.SortStableFunc(c.splits, func(a, b split) int {
			return cmp.Or(b.Accused-a.Accused, cmp.Compare(b.Separation, a.Separation))
		})
		c.splits, c.left = c.splits[:classesShown], n-classesShown
	}
}

func splits(d *core.SubjectReport) []split {
	if d == nil {
		return nil
	}
	out := make([]split, len(d.Info.Classes))
	index := make(map[string]int, len(out))
	for i, k := range d.Info.Classes {
		out[i] = split{Class: i, Name: k.Name, Large: math.NaN(), Small: math.NaN(), Silhouette: math.NaN(), Separation: math.NaN()}
		index[k.Name] = i
	}
	for _, r := range d.Results {
		for _, k := range r.Groups {
			if i, ok := index[k.Name]; ok {
				out[i].take(k)
			}
		}
	}
	return out
}

// HasSplits says whether any check split a class in two.
func HasSplits(d *core.SubjectReport) bool {
	return d != nil && slices.ContainsFunc(d.Results, func(r *core.Result) bool {
		return slices.ContainsFunc(r.Groups, func(k core.Group) bool {
			return slices.ContainsFunc(k.Figures, func(f core.Figure) bool { return f.Name == "large" })
		})
	})
}

// take keeps the figures of k that are not known yet; the first check that
// gives one is the one that counts.
func (s *split) take(k core.Group) {
	if k.Accused != nil {
		s.Accused++
	}
	given := map[string]float64{}
	for _, f := range k.Figures {
		if v, ok := asFloat(f.Value); ok {
			given[f.Name] = v
		}
	}
	for name, to := range map[string]*float64{"silhouette": &s.Silhouette, "separation": &s.Separation} {
		if v, ok := given[name]; ok && math.IsNaN(*to) {
			*to = v
		}
	}
	if large, small := given["large"], given["small"]; large+small > 0 && math.IsNaN(s.Large) {
		s.Large, s.Small = large, small
	}
}

// Known says whether the class was split.
func (s split) Known() bool { return !math.IsNaN(s.Large) }

// LargeWidth is the share of the larger group.
func (s split) LargeWidth() string { return percent(s.Large / (s.Large + s.Small)) }

// SmallWidth is the share of the smaller group, which follows it.
func (s split) SmallWidth() string { return percent(s.Small / (s.Large + s.Small)) }

// Sizes are the sizes of the groups.
func (s split) Sizes() string {
	if !s.Known() {
		return "not split"
	}
	return Count(int64(s.Large)) + " + " + Count(int64(s.Small))
}

// Figures are what was measured of the split, in short.
func (s split) Figures() string {
	out := ""
	if !math.IsNaN(s.Separation) {
		out = "D " + strconv.FormatFloat(s.Separation, 'f', 1, 64)
	}
	if !math.IsNaN(s.Silhouette) {
		out += "  s " + strconv.FormatFloat(s.Silhouette, 'f', 2, 64)
	}
	return out
}

// Label is the tile in words.
func (s split) Label() string {
	out := "Class " + s.Name + ": " + s.Sizes()
	if !math.IsNaN(s.Separation) {
		out += ", separation " + Number(s.Separation)
	}
	if !math.IsNaN(s.Silhouette) {
		out += ", silhouette " + Number(s.Silhouette)
	}
	if s.Accused > 0 {
		out += ", accused by " + plural(s.Accused, "test")
	}
	return out
}

// Chosen says whether the map shows the class.
func (c *Classes) Chosen(s split) bool { return c.M.Plot.Class == s.Class }

// Choose shows a class, or all when it is shown already.
func (c *Classes) Choose(s split) {
	class := s.Class
	if c.Chosen(s) {
		class = state.AllClasses
	}
	c.Send(state.ClassChosen{Class: class})
}

// More shows every class.
func (c *Classes) More() { c.Send(state.MoreWanted{List: "classes"}) }

// Mark is the glyph of an accusation.
func (s split) Mark() string { return Shape(core.High) }
