package fishersplit

import (
	"fmt"
	"math"

	"taster/core"
	"taster/core/pooledsplit"
)

// result has the rows of the smaller group of each accused class as flagged.
func (r *runner) result() *core.Result {
	n := len(r.pass.Data.Labels)
	line, group, flagged := core.Unscored(n), make(core.Ints, n), make([]bool, n)
	for i := range group {
		group[i] = -1
	}
	res := &core.Result{Detector: name, Params: r.pass.Params, Clusters: group,
		Scores: []core.Score{{Name: "line", Title: "Position towards the smaller group of the class, in pooled standard deviations", Values: line}}}
	far := r.split.Far(r.limits)
	for c, x := range r.split.Classes {
		out := core.Group{Name: r.pass.Data.Classes[c], Size: len(x.Index), Note: r.split.Note(c)}
		if g := r.split.Groups[c]; g != nil {
			accused := far[c]
			out.Figures = append(figures(g), core.Figure{Name: "index", Value: r.index[c]})
			if accused {
				out.Accuse(r.accusation(c), r.split.Beyond(c, g.Small, 1))
			}
			for i, row := range x.Index {
				line[row], group[row] = g.Line[i], int32(g.Small[i])
				flagged[row] = accused && g.Small[i] == 1
			}
		}
		res.Groups = append(res.Groups, out)
	}
	res.Flagged = core.Marked(flagged)
	return res
}

func (r *runner) accusation(c int) *core.Accusation {
	g := r.split.Groups[c]
	a := &core.Accusation{Saw: fmt.Sprintf("%d of %d rows (%.1f %%) form a group at separation D = %.2f from the others; the threshold is %g, and D is %.2f on rows that had no part in choosing the direction.",
		g.Sizes[1], g.Sizes[0]+g.Sizes[1], 100*g.Share(), g.Separation, r.limits.Separation, g.HeldOut)}
	if math.IsNaN(r.index[c]) {
		a.Doubt = "There are too few classes to say what separation is usual here."
		return a
	}
	a.Saw += fmt.Sprintf(" That is %.1f robust standard deviations above the median class.", r.index[c])
	return a
}

// figures of a class that was divided.
func figures(g *pooledsplit.Groups) []core.Figure {
	return []core.Figure{
		{Name: "separation", Value: g.Separation},
		{Name: "held-out", Value: g.HeldOut},
		{Name: "large", Value: g.Sizes[0]},
		{Name: "small", Value: g.Sizes[1]},
		{Name: "share", Value: g.Share()},
		{Name: "gain", Value: g.Gain},
	}
}
