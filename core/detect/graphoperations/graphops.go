package graphoperations

import (
	"context"
	"fmt"
	"strings"

	"taster/core"
)

const (
	maxShown = 20  // uses in the evidence of one finding
	maxWords = 200 // bytes of one text in it
)

// run judges the operations of one artifact.
func run(ctx context.Context, p *core.Pass, a *core.Artifact) error {
	var custom []string
	severity := ruleCustom.Severity
	for i := range a.Ops {
		if err := ctx.Err(); err != nil {
			return err
		}
		op := &a.Ops[i]
		j, known := lookup(op)
		if !known {
			if isCustom(op) && !op.Defined {
				custom = append(custom, label(op))
				if op.Domain != customDomain { // of ONNX; accelerators for TensorFlow Lite have their own all the time
					severity = core.Low
				}
			}
			continue
		}
		if err := judge(p, a, op, j); err != nil {
			return err
		}
	}
	if len(custom) == 0 {
		return nil
	}
	f := &core.Finding{Rule: ruleCustom.ID, Severity: severity, Confidence: core.HighConfidence, Where: a.Whole(),
		Title: "Needs " + core.Listed(custom, 3), Saw: fmt.Sprintf("%d operations are of no standard set: %s.", len(custom), core.Listed(custom, 20))}
	return p.Emit(core.Event{Finding: f})
}

// lookup finds the judgement on op in the set of its runtime. TensorFlow Lite
// names the operations of TensorFlow with "Flex" before them.
func lookup(op *core.Op) (judgement, bool) {
	if j, ok := onnx(op.Domain, op.Name); ok {
		return j, true
	}
	if op.Domain == scriptDomain {
		j, ok := script[op.Name]
		return j, ok
	}
	if op.Domain != "" && op.Domain != customDomain {
		return judgement{}, false
	}
	j, ok := tensorflow[strings.TrimPrefix(op.Name, "Flex")]
	return j, ok
}

// customDomain is where TensorFlow Lite's custom operations are listed.
const customDomain = "custom"

func isCustom(op *core.Op) bool {
	if op.Domain == customDomain {
		return !strings.HasPrefix(op.Name, "Flex") && !strings.HasPrefix(op.Name, "TFLite_")
	}
	return op.Domain != scriptDomain && !standard(op.Domain)
}

// use is one node that is worth a finding.
type use struct {
	node  *core.Node
	words []string // the path, as far as the file sets it
	given bool     // at least a part of the path comes from the program
}

// judge reports the uses of op that are not ordinary, in one finding.
func judge(p *core.Pass, a *core.Artifact, op *core.Op, j judgement) error {
	var uses []use
	for i := range op.Nodes {
		if u := look(&op.Nodes[i], j); u.odd(j) {
			uses = append(uses, u)
		}
	}
	if len(uses) > 0 {
		return p.Emit(core.Event{Finding: finding(a, op, j, uses)})
	}
	switch {
	case len(op.Nodes) < op.Count && j.when != always:
		f := &core.Finding{Rule: ruleCrowd.ID, Severity: ruleCrowd.Severity, Confidence: core.HighConfidence, Where: a.Whole(), Unread: true,
			Title: label(op) + " is used very often", Saw: fmt.Sprintf("%d of %d uses were looked at.", len(op.Nodes), op.Count)}
		return p.Emit(core.Event{Finding: f})
	case len(op.Nodes) == 0 && j.when == always: // a format that lists no nodes
		return p.Emit(core.Event{Finding: finding(a, op, j, nil)})
	}
	return nil
}

// look finds out what a use acts on.
func look(n *core.Node, j judgement) use {
	u := use{node: n, given: true}
	if j.path >= 0 {
		var in core.NodeInput // when it cannot be followed, the file may set it
		if n.Input != nil {
			in = n.Input(j.path)
		}
		u.words, u.given = in.Texts, in.Open
	}
	if j.attr == "" {
		return u
	}
	u.given = false
	for _, a := range n.Attrs {
		if a.Name == j.attr {
			u.words = append(u.words, a.Value)
		}
	}
	return u
}

func (u use) odd(j judgement) bool {
	path := strings.Join(u.words, "")
	switch j.when {
	case fixed:
		if u.isSaver() {
			return u.leadsOut()
		}
		return path != "" && (!u.given || u.leadsOut())
	case outside, anywhere:
		return u.leadsOut()
	}
	return true
}

// isSaver says that u is a node of the saver that TensorFlow 1 puts into every
// graph: it writes a checkpoint of a default name, which programs replace.
func (u use) isSaver() bool {
	scope, op, _ := strings.Cut(u.node.Name, "/")
	return strings.HasPrefix(scope, "save") && (strings.HasPrefix(op, "Save") || strings.HasPrefix(op, "Merge"))
}

// leadsOut says whether a part of the path, or the parts joined, leave the
// folder of the model.
func (u use) leadsOut() bool {
	for _, w := range u.words {
		if core.LeadsOut(w) != "" {
			return true
		}
	}
	return core.LeadsOut(strings.Join(u.words, "")) != ""
}

// finding is about op, with the first of uses as its place.
func finding(a *core.Artifact, op *core.Op, j judgement, uses []use) *core.Finding {
	f := &core.Finding{Rule: j.rule.ID, Severity: j.rule.Severity, Confidence: core.HighConfidence, Where: a.Whole(),
		Title: fmt.Sprintf("%s: %s", j.rule.Title, label(op)), Measured: []core.Figure{{Name: "operation", Value: label(op)}, {Name: "uses", Value: op.Count}},
		Saw: fmt.Sprintf("%s is used %d times. It %s.", label(op), op.Count, j.why)}
	if len(uses) == 0 {
		return f
	}
	first := worst(uses)
	if j.rule != &ruleCode && first.given && !first.leadsOut() { // the program says which file
		f.Severity, f.Confidence = core.Medium, core.Moderate
	}
	f.Where = a.At(first.node.Offset)
	f.Saw = fmt.Sprintf("%s at byte %d is node %.80q of the %.100s. It %s%s. Such nodes: %d.", label(op), first.node.Offset, first.node.Name,
		quoteName(first.node.Graph), j.why, first.place(), op.Count)
	f.Evidence = []core.Evidence{{Title: "Where it is used", Grid: grid(uses)}}
	return f
}

// worst is the use that acts on the least ordinary place.
func worst(uses []use) use {
	for _, u := range uses {
		if u.leadsOut() {
			return u
		}
	}
	for _, u := range uses {
		if !u.given {
			return u
		}
	}
	return uses[0]
}

// place is the path for people.
func (u use) place() string {
	if len(u.words) == 0 {
		return ""
	}
	return fmt.Sprintf(": %.*q", maxWords, strings.Join(u.words, " + "))
}

func grid(uses []use) *core.Grid {
	g := &core.Grid{Head: []string{"node", "graph", "offset", "texts that reach it"}}
	for _, u := range uses[:min(len(uses), maxShown)] {
		g.Rows = append(g.Rows, []string{clip(u.node.Name), clip(u.node.Graph), fmt.Sprint(u.node.Offset), clip(strings.Join(u.words, " + "))})
	}
	return g
}

func clip(s string) string {
	if len(s) > maxWords {
		s = s[:maxWords] + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// quoteName quotes what the file says of a graph, and leaves "main graph".
func quoteName(s string) string {
	if name, ok := strings.CutPrefix(s, "function "); ok {
		return fmt.Sprintf("function %q", name)
	}
	return s
}

// label names an operation, quoted when it is not plain.
func label(op *core.Op) string {
	s := op.Name
	if op.Domain != "" && op.Domain != customDomain {
		s = op.Domain + "::" + s
	}
	if q := fmt.Sprintf("%q", s); q != `"`+s+`"` || len(s) > 100 {
		return fmt.Sprintf("%.100q", s)
	}
	return s
}
