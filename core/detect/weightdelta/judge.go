package weightdelta

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"taster/core"
	delta "taster/core/weightdelta"
)

var number = regexp.MustCompile(`\d+`)

// pattern is a name without its numbers: what layers of one kind share.
func pattern(name string) string { return number.ReplaceAllString(name, "#") }

// chosen are the differences whose rank is looked for: all, where that is a
// matter of a minute or was asked for, else the largest of each kind of layer.
func (c *comparison) chosen() []int {
	var open []int
	work := 0.0
	for i, d := range c.deltas {
		if d.Kind == delta.Open {
			open = append(open, i)
			work += d.Work()
		}
	}
	switch ranks := c.pass.Params["ranks"]; {
	case ranks == "none":
		return nil
	case ranks == "all" || work <= seconds*perSecond:
		return open
	}
	slices.SortStableFunc(open, func(a, b int) int { return cmp.Compare(c.deltas[b].Relative(), c.deltas[a].Relative()) })
	taken := map[string]int{}
	return slices.DeleteFunc(open, func(i int) bool {
		kind := pattern(c.deltas[i].Name)
		taken[kind]++
		return taken[kind] > perKind
	})
}

// of lists the deltas of a kind.
func (c *comparison) of(kinds ...delta.Kind) []*delta.Delta {
	var out []*delta.Delta
	for _, d := range c.deltas {
		if slices.Contains(kinds, d.Kind) {
			out = append(out, d)
		}
	}
	return out
}

func (c *comparison) conclude() error {
	for _, f := range slices.Concat(c.few(), c.lines(), c.lowRank(), c.claim(), c.summary()) {
		if err := c.pass.Emit(core.Event{Finding: f}); err != nil {
			return err
		}
	}
	return c.pass.Emit(core.Event{Result: c.result()})
}

const single = 20 // tensors with a finding of their own

func (c *comparison) at(d *delta.Delta) core.Location {
	i := slices.Index(c.deltas, d)
	p := c.pairs[i]
	return core.Location{File: p.File, Member: p.Member, HasOffset: true, Offset: p.Suspect.Offset}
}

func (c *comparison) few() []*core.Finding {
	var out []*core.Finding
	all := c.of(delta.Few)
	for _, d := range all[:min(len(all), single)] {
		f := &core.Finding{Rule: ruleFew.ID, Severity: core.Medium, Confidence: core.HighConfidence, Where: c.at(d),
			Title: fmt.Sprintf("%d of %d weights of %s differ", d.Changed, d.Rows*d.Cols, clip(d.Name)), Measured: measured(d)}
		f.Saw = fmt.Sprintf("%d weights differ from the reference; %d of them in a single stored bit, %d of these in the sign or the exponent.", d.Changed, d.OneBit, d.Striking)
		if d.Striking > 0 {
			f.Severity = core.High
		}
		grid := &core.Grid{Head: []string{"row", "column", "was", "is", "one bit"}}
		for _, e := range d.Largest {
			grid.Rows = append(grid.Rows, []string{fmt.Sprint(e.Row), fmt.Sprint(e.Col), fmt.Sprintf("%.6g", e.Was), fmt.Sprintf("%.6g", e.Is), map[bool]string{true: "yes", false: "no"}[e.OneBit]})
		}
		f.Evidence = []core.Evidence{{Title: "The largest of them", Grid: grid}}
		out = append(out, f)
	}
	return out
}

func (c *comparison) lines() []*core.Finding {
	var out []*core.Finding
	all := c.of(delta.Rows, delta.Columns)
	for _, d := range all[:min(len(all), single)] {
		what, n := "rows", d.Rows
		if d.Kind == delta.Columns {
			what, n = "columns", d.Cols
		}
		var names []string
		for _, l := range d.Lines {
			names = append(names, fmt.Sprint(l))
		}
		out = append(out, &core.Finding{Rule: ruleRows.ID, Severity: core.Medium, Confidence: core.HighConfidence, Where: c.at(d), Measured: measured(d),
			Title: fmt.Sprintf("Only %d of %d %s of %s differ", len(d.Lines), n, what, clip(d.Name)),
			Saw:   fmt.Sprintf("Everything else is equal. The %s are %s, counted from 0.", what, core.Listed(names, 40))})
	}
	return out
}

const (
	editRank   = 4 // of knowledge edits
	editLayers = 8 // and how many layers they write to, at most
)

// writers are the names of matrices that write to the residual stream.
var writers = regexp.MustCompile(`(^|[._])(o_proj|out_proj|c_proj|wo|down_proj|w2|fc2|dense_4h_to_h|ffn_down|attn_output|attention\.dense|output\.dense)([._]|$)`)

func (c *comparison) lowRank() []*core.Finding {
	low := c.of(delta.LowRank)
	if len(low) == 0 {
		return nil
	}
	f := &core.Finding{Rule: ruleLowRank.ID, Severity: core.Low, Confidence: core.HighConfidence, Where: c.at(low[0])}
	var names []string
	certain, one, same := true, true, true
	top := 0
	for _, d := range low {
		names = append(names, fmt.Sprintf("%s (%s)", clip(d.Name), rank(d)))
		certain = certain && !d.About
		one = one && d.Rank == 1 && writers.MatchString(d.Name)
		same = same && d.Rank == low[0].Rank
		top = max(top, d.Rank)
	}
	f.Measured = []core.Figure{{Name: "matrices", Value: len(low)}, {Name: "rank", Value: top}}
	f.Saw = fmt.Sprintf("Beyond these ranks only rounding is left: %s.", core.Listed(names, 12))
	switch {
	case certain && top <= editRank && len(low) <= editLayers && c.othersEqual():
		f.Severity = core.Medium
		f.Title = fmt.Sprintf("Single layers were overwritten: %d of %d matrices, rank up to %d, the others equal", len(low), c.matrices(), top)
	case certain && one && c.everyWriter(low):
		f.Severity = core.Medium
		f.Title = fmt.Sprintf("One direction was changed in all %d matrices that write to the residual stream", len(low))
	case same && certain:
		f.Title = fmt.Sprintf("An adapter of rank %d was merged into %d matrices", top, len(low))
	default:
		f.Confidence = core.Moderate
		f.Title = fmt.Sprintf("The difference of %d matrices has a low rank, up to about %d", len(low), top)
	}
	return []*core.Finding{f}
}

func rank(d *delta.Delta) string {
	if d.About {
		return fmt.Sprintf("rank about %d", d.Rank)
	}
	return fmt.Sprintf("rank %d", d.Rank)
}

func (c *comparison) matrices() int {
	n := 0
	for _, d := range c.deltas {
		if d.Rows > 1 && d.Cols > 1 {
			n++
		}
	}
	return n
}

// othersEqual says that no matrix differs but those of low rank, and that all
// were compared.
func (c *comparison) othersEqual() bool {
	for _, d := range c.deltas {
		if d.Rows > 1 && d.Cols > 1 && d.Kind != delta.Equal && d.Kind != delta.LowRank {
			return false
		}
	}
	return len(c.failed)+len(c.weights.Uncompared) == 0
}

// everyWriter says that no matrix that writes to the residual stream is missing.
func (c *comparison) everyWriter(low []*delta.Delta) bool {
	for _, d := range c.deltas {
		if d.Rows > 1 && d.Cols > 1 && writers.MatchString(d.Name) && !slices.Contains(low, d) {
			return false
		}
	}
	return true
}

// claim holds a card that says "quantised" to what was found.
func (c *comparison) claim() []*core.Finding {
	if c.weights.Claim != "quantized" {
		return nil
	}
	other := c.of(delta.Few, delta.Rows, delta.Columns, delta.LowRank, delta.Dense, delta.Open)
	if len(other) == 0 {
		return nil
	}
	var names []string
	for _, d := range other {
		names = append(names, fmt.Sprintf("%s (%s)", clip(d.Name), d.Kind))
	}
	return []*core.Finding{{Rule: ruleClaim.ID, Severity: core.High, Confidence: core.Moderate, Where: c.at(other[0]),
		Title: fmt.Sprintf("The card says \"quantized\", and %d tensors were changed in another way", len(other)),
		Saw:   fmt.Sprintf("Neither equal, nor converted, nor quantised: %s.", core.Listed(names, 12))}}
}

const tabled = 200 // rows of the table

// summary is the table of all that differs.
func (c *comparison) summary() []*core.Finding {
	counts := map[delta.Kind]int{}
	grid := &core.Grid{Head: []string{"tensor", "form", "relative size", "changed", "rank", "first direction", "first eight"}}
	for _, d := range c.deltas {
		counts[d.Kind]++
		if d.Kind == delta.Equal || len(grid.Rows) == tabled {
			continue
		}
		row := []string{clip(d.Name), form(d), fmt.Sprintf("%.3g", d.Relative()), fmt.Sprintf("%.2f %%", 100*d.Share()), "", "", ""}
		if d.Top1 > 0 {
			row[5], row[6] = fmt.Sprintf("%.1f %%", 100*d.Top1), fmt.Sprintf("%.1f %%", 100*d.Top8)
		}
		if d.Rank > 0 {
			row[4] = strings.TrimPrefix(rank(d), "rank ")
		}
		grid.Rows = append(grid.Rows, row)
	}
	var parts []string
	for _, k := range []delta.Kind{delta.Equal, delta.Few, delta.Cast, delta.Quantised, delta.Rows, delta.Columns, delta.LowRank, delta.Rounding, delta.Dense, delta.Open} {
		if n := counts[k]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, k))
		}
	}
	f := &core.Finding{Rule: ruleDelta.ID, Severity: core.Info, Confidence: core.HighConfidence,
		Title: fmt.Sprintf("%d tensors beside the reference: %s", len(c.deltas), strings.Join(parts, ", ")), Saw: c.rest()}
	if len(grid.Rows) > 0 {
		f.Evidence = []core.Evidence{{Title: "What differs", Grid: grid}}
	}
	f.Unread = len(c.failed)+len(c.weights.Uncompared) > 0
	if len(c.pairs) > 0 {
		f.Where = core.Location{File: c.pairs[0].File, Member: c.pairs[0].Member}
	}
	return []*core.Finding{f}
}

func form(d *delta.Delta) string {
	if d.Kind == delta.Cast {
		return "cast to " + d.To
	}
	return string(d.Kind)
}

// rest says what was not compared, and what was not looked at for its rank.
func (c *comparison) rest() string {
	text := "All tensors of both were compared."
	w := c.weights
	if n := len(w.Added) + len(w.Removed) + len(w.Reshaped) + len(w.Uncompared) + len(c.failed); n > 0 {
		text = fmt.Sprintf("%d tensors were not compared.", n)
	}
	for _, l := range []struct {
		what  string
		names []string
	}{{"Only here", w.Added}, {"Only in the reference", w.Removed}, {"Of another shape", w.Reshaped}, {"Of types that are not decoded", w.Uncompared}, {"Not read", c.failed}} {
		if len(l.names) > 0 {
			text += fmt.Sprintf(" %s: %.2000s.", l.what, core.Listed(l.names, 12))
		}
	}
	if c.left > 0 {
		text += fmt.Sprintf(" Ranks that were not looked for would take about %.0f minutes more: set ranks to \"all\".", 1+c.left/perSecond/60)
	}
	return text
}

func measured(d *delta.Delta) []core.Figure {
	return []core.Figure{{Name: "relative", Value: d.Relative()}, {Name: "changed", Value: d.Share()}, {Name: "kind", Value: string(d.Kind)}}
}

// result has the tensors as groups.
func (c *comparison) result() *core.Result {
	r := &core.Result{Detector: "weight-delta", Params: c.pass.Params, Flagged: []int{}, Groups: []core.Group{}}
	for _, d := range c.deltas {
		if d.Kind == delta.Equal {
			continue
		}
		figures := append(measured(d), core.Figure{Name: "rank", Value: d.Rank}, core.Figure{Name: "top1", Value: d.Top1}, core.Figure{Name: "top8", Value: d.Top8})
		r.Groups = append(r.Groups, core.Group{Of: "tensor", Name: clip(d.Name), Size: int(d.Rows * d.Cols), Figures: figures})
	}
	return r
}

// clip shortens a name for a message.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 200)], "\ufffd") }
