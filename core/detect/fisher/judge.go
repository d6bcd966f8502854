package fisher

import (
	"fmt"
	"math"

	"taster/core"
	"taster/core/num"
)

const (
	minClasses = 5    // a median absolute deviation of fewer says nothing
	minSmall   = 10   // rows of the smaller group: fewer are apart by chance
	clearShare = 0.35 // up to here the smaller group is taken for the changed one
)

// judge compares the classes and accuses.
func (r *runner) judge() {
	var all []float64
	for i := range r.classes {
		if r.classes[i].judged() {
			all = append(all, r.classes[i].groups.separation)
		}
	}
	median, mad := num.Median(all), num.MAD(all)
	for i := range r.classes {
		c := &r.classes[i]
		if !c.judged() {
			continue
		}
		if len(all) >= minClasses {
			c.index = index(c.groups.separation, median, mad)
		}
		c.accused = c.groups.separation > r.limits.separation && c.groups.heldOut > r.limits.heldOut &&
			(math.IsNaN(c.index) || r.limits.index == 0 || c.index > r.limits.index)
	}
}

// judged reports whether the smaller group has enough rows to mean anything.
func (c *class) judged() bool { return c.groups != nil && c.groups.sizes[1] >= minSmall }

// index is how far v lies above the median, in robust standard deviations.
func index(v, median, mad float64) float64 {
	if !(v > median) { // also when both are infinite
		return 0
	}
	return (v - median) / mad
}

// result has the rows of the smaller group of each accused class as flagged.
func (r *runner) result() *core.Result {
	n := len(r.pass.Data.Labels)
	line, group := make(core.Floats, n), make(core.Ints, n)
	for i := range n {
		line[i], group[i] = math.NaN(), -1
	}
	flagged := make([]bool, n)
	res := &core.Result{Detector: name, Params: r.pass.Params, Flagged: []int{}, Groups: group,
		Scores: []core.Score{{Name: "line", Title: "Position towards the smaller group of the class, in pooled standard deviations", Values: line}}}
	for c, k := range r.classes {
		out := core.ClassResult{Class: r.pass.Data.Classes[c], Size: r.x[c].Len(), Note: k.note}
		if k.groups != nil {
			out.Figures = k.figures()
			for i, row := range r.x[c].Index {
				line[row], group[row] = k.groups.line[i], int32(k.groups.small[i])
				flagged[row] = k.accused && k.groups.small[i] == 1
			}
			if !k.judged() {
				out.Note = fmt.Sprintf("the smaller group has too few rows (%d) to be judged", k.groups.sizes[1])
			}
		}
		res.Classes = append(res.Classes, out)
	}
	for i, f := range flagged {
		if f {
			res.Flagged = append(res.Flagged, i)
		}
	}
	return res
}

func (c *class) figures() []core.Figure {
	g := c.groups
	return []core.Figure{
		{Name: "separation", Value: finite(g.separation)},
		{Name: "index", Value: finite(c.index)},
		{Name: "held-out", Value: finite(g.heldOut)},
		{Name: "large", Value: g.sizes[0]},
		{Name: "small", Value: g.sizes[1]},
		{Name: "share", Value: g.share()},
		{Name: "gain", Value: finite(g.gain)},
		{Name: "accused", Value: c.accused},
	}
}

func (g *groups) share() float64 { return float64(g.sizes[1]) / float64(g.sizes[0]+g.sizes[1]) }

// finite replaces the numbers that JSON has no word for.
func finite(v float64) any {
	switch {
	case math.IsNaN(v):
		return "none"
	case math.IsInf(v, 0):
		return "infinite"
	}
	return v
}
