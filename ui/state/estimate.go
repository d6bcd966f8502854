package state

import (
	"math"

	"taster/core"
)

// How long checks take is said from their costs, corrected by what checks have
// taken in this tab: another machine has another pace.

// worthTiming is how many seconds a check takes at least, measured and expected,
// to say something of the pace: short ones measure how the browser warms up.
const worthTiming = 0.25

// Pace is what checks of this tab took. It outlives runs, never the tab.
type Pace struct {
	Took, Expected float64 // seconds, of the checks that were timed
	lap            int64   // when the last of them ended; 0 while none is under way
	graph          bool    // the graph of neighbours was made in this run
}

// Factor is how much longer checks take here than their costs say; 1 when
// nothing was timed yet.
func (p Pace) Factor() float64 {
	if p.Expected == 0 {
		return 1
	}
	return p.Took / p.Expected
}

// timed notes that the data was read, or that a check has its result. The check
// has taken the time since the one before it.
func (in *Session) timed(r *core.Result, now int64) {
	p := &in.Pace
	last := p.lap
	p.lap = now
	if r == nil {
		p.graph = false
		return
	}
	d := in.detector(r.Detector)
	if last == 0 || d == nil || d.Cost == nil {
		return
	}
	c := d.Cost(in.size())
	expected, took := c.With(p.graph), float64(now-last)/1000
	p.graph = p.graph || c.Graph > 0
	if expected >= worthTiming && took >= worthTiming {
		p.Took, p.Expected = p.Took+took, p.Expected+expected
	}
}

// size is what the data checks read: of the dataset, or before it is loaded of
// the files by their roles.
func (in *Session) size() core.Size {
	var out core.Size
	if d := in.Dataset(); d != nil {
		out = core.Size{Rows: d.Info.Rows, Dims: d.Info.Dims, Classes: len(d.Info.Classes)}
	}
	for _, top := range in.Report.Artifacts {
		top.Walk(func(a *core.Artifact) { in.measure(&out, a) })
	}
	return out
}

// measure fills in what out lacks.
func (in *Session) measure(out *core.Size, a *core.Artifact) {
	rows, cols := extent(a)
	switch in.Role(a) {
	case core.RoleActivations, core.RolePooled:
		out.Rows, out.Dims = or(out.Rows, rows), or(out.Dims, cols)
	case core.RoleProbs, core.RoleLogits:
		out.Probs = true
		out.Rows, out.Classes = or(out.Rows, rows), or(out.Classes, cols)
	}
}

// tooLarge says whether the activations stay in their file.
func (in *Session) tooLarge() bool {
	return in.Catalog.Cells > 0 && in.size().Cells() > float64(in.Catalog.Cells)
}

func or(known, found int) int {
	if known > 0 {
		return known
	}
	return found
}

// extent is the number of rows, and of values in each, of an array or a table;
// 0 where there is neither.
func extent(a *core.Artifact) (rows, cols int) {
	if len(a.Tensors) > 0 && len(a.Tensors[0].Shape) > 0 {
		shape := a.Tensors[0].Shape
		n, ok := core.Span(shape[1:], 1)
		if !ok || shape[0] < 0 || n > math.MaxInt32 || shape[0] > math.MaxInt32 {
			return 0, 0
		}
		return int(shape[0]), int(n)
	}
	if a.Table != nil {
		return int(min(a.Table.Rows, math.MaxInt32)), len(a.Table.Columns)
	}
	return 0, 0
}

// estimate says how long the checks that are still to run take: the first that
// needs the graph of neighbours pays for it.
func (in *Session) estimate(checks []Cover, given map[core.Role]bool) {
	size, graph := in.size(), in.Running && in.Pace.graph
	for i := range checks {
		c := &checks[i]
		d := in.detector(c.Check)
		if d == nil || d.Cost == nil || size.Rows == 0 || !in.toRun(d, c.State, given) {
			continue
		}
		cost := d.Cost(size)
		if cost.Graph > 0 && in.tooLarge() {
			continue // neighbours are not looked for
		}
		c.Seconds = cost.With(graph) * in.Pace.Factor()
		graph = graph || cost.Graph > 0
	}
}

// toRun says whether a check on the data is still to run, in this run or in the
// one that the user is offered.
func (in *Session) toRun(d *core.Detector, condition string, given map[core.Role]bool) bool {
	if condition == Waiting && in.Running && in.Data && (d.Asks == nil || in.asks(d) == "") {
		condition, _ = in.planned(d, given)
	}
	return condition == Ready
}

func (in *Session) asks(d *core.Detector) string {
	params, err := d.Resolve(in.Params[d.Name])
	if err != nil {
		return err.Error()
	}
	return d.Asks(params)
}
