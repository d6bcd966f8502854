package codeexecution

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/pynames"
)

// maxPath is how much of a name from the file is shown.
const maxPath = 120

// printable is text from the file as it may stand in a message: quoted when it
// holds anything but printable characters, and cut when it is long.
func printable(s string) string {
	if len(s) > maxPath {
		s = strings.ToValidUTF8(s[:maxPath], "") + "…"
	}
	if q := strconv.Quote(s); q[1:len(q)-1] != s {
		return q
	}
	return s
}

// display names an import.
func display(i core.Import) string { return printable(i.Path()) }

// listed joins the first n of list.
func listed(list []string, n int) string {
	if len(list) <= n {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:n], ", "), len(list)-n)
}

// describe is what an instruction does, in the manner of Python.
func describe(c *core.Call) string {
	switch c.Opcode {
	case "REDUCE", "INST", "OBJ":
		return (&core.Expr{Kind: core.ExprCall, Fn: c.Target, Args: c.Args}).String()
	case "NEWOBJ", "NEWOBJ_EX":
		return c.Target.String() + ".__new__" + (&core.Expr{Kind: core.ExprTuple, Args: append([]*core.Expr{c.Target}, c.Args...)}).String()
	case "BUILD":
		return c.Target.String() + ".__setstate__" + (&core.Expr{Kind: core.ExprTuple, Args: c.Args}).String()
	}
	return fmt.Sprintf("%s of %s with %s", c.Opcode, c.Target, &core.Expr{Kind: core.ExprTuple, Args: c.Args})
}

func (s *session) finding(rule *core.Rule, offset int64) *core.Finding {
	return &core.Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: core.HighConfidence, Where: s.a.At(offset)}
}

func (s *session) callFinding(v verdict) *core.Finding {
	c := v.call
	f := s.finding(v.rule, c.Offset)
	if v.weight == hidden {
		f.Severity, f.Confidence = core.High, core.Moderate
	}
	f.Title = callTitle(c)
	f.Saw = fmt.Sprintf("%s at offset %d of stream %d does %s. %s", c.Opcode, c.Offset, c.Stream, describe(c), v.why)
	s.explain(f, c.Opcode, c.Stream, describe(c))
	if source := sourceIn(c); source != "" {
		f.Saw += " Among its arguments is source text, which is shown below."
		f.Evidence = slices.Insert(f.Evidence, 1, core.Evidence{Title: "Source text among its arguments", Text: source})
	}
	return f
}

// sourceIn is the longest text among the arguments of c that reads like source
// code: modules of torch.fx are pickled as such. It is as much of the text as
// was kept.
func sourceIn(c *core.Call) string {
	best := ""
	w := walker{left: 10_000, seen: map[*core.Expr]bool{}, visit: func(e *core.Expr) {
		s, ok := e.Value.(string)
		if ok && len(s) > len(best) && strings.Contains(s, "\n") && (strings.Contains(s, "def ") || strings.Contains(s, "import ") || strings.Contains(s, "lambda")) {
			best = s
		}
	}}
	for _, a := range c.Args {
		w.walk(a)
	}
	return best
}

func callTitle(c *core.Call) string {
	target := origin(c.Target)
	what := "an object that cannot be told from the file"
	if target != nil && target.Kind == core.ExprGlobal {
		what = printable(target.Module + "." + target.Name)
		if target.Computed {
			what = "a function with a computed name"
		}
	}
	switch {
	case c.Opcode != "REDUCE" && c.Opcode != "INST" && c.Opcode != "OBJ" && c.Opcode != "NEWOBJ" && c.Opcode != "NEWOBJ_EX":
		return "Loading the file changes " + what
	case c.Target.Kind == core.ExprCall:
		return "Loading the file calls what " + what + " returns"
	}
	return "Loading the file calls " + what
}

// explain adds what every finding shows: the instructions around the place,
// the expression, the imports, and what weights_only would do.
func (s *session) explain(f *core.Finding, opcode string, stream int, expression string) {
	f.Measured = []core.Figure{{Name: "opcode", Value: opcode}, {Name: "stream", Value: stream}}
	if stream < len(s.weights) {
		f.Measured = append(f.Measured, core.Figure{Name: "torch.load(weights_only=True)", Value: s.weights[stream]})
	}
	if expression != "" {
		f.Evidence = append(f.Evidence, core.Evidence{Title: "What it evaluates", Text: expression})
	}
	if s.a.Listing != nil {
		if lines := s.a.Listing(f.Where.Offset, listingLines); len(lines) > 0 {
			f.Evidence = append(f.Evidence, core.Evidence{Title: "Instructions around it", Listing: lines})
		}
	}
	f.Evidence = append(f.Evidence, core.Evidence{Title: "Everything the file imports", Grid: s.importGrid()})
}

var verdictOrder = map[string]int{pynames.RunsCode: 0, pynames.Abusable: 1, pynames.Unknown: 2, pynames.Expected: 3}

// importGrid lists the imports, the worst first, each name once.
func (s *session) importGrid() *core.Grid {
	imports := slices.Clone(s.a.Imports)
	slices.SortStableFunc(imports, func(a, b core.Import) int {
		return cmp.Or(cmp.Compare(verdictOrder[a.Verdict], verdictOrder[b.Verdict]), cmp.Compare(a.Offset, b.Offset))
	})
	g := &core.Grid{Head: []string{"import", "verdict", "reason", "opcode", "offset"}}
	seen := map[pynames.Name]bool{}
	for _, i := range imports {
		if n := pynames.Of(i.Module, i.Name); !seen[n] && len(g.Rows) < maxListed {
			seen[n] = true
			g.Rows = append(g.Rows, []string{display(i), i.Verdict, i.Reason, i.Opcode, strconv.FormatInt(i.Offset, 10)})
		}
	}
	return g
}

// weightsOnly says for each stream whether torch.load(weights_only=True) would
// accept it: it knows few opcodes and few names, and refuses all others.
func (s *session) weightsOnly() {
	for _, st := range s.a.Streams[:min(len(s.a.Streams), maxStreams)] {
		answer := "finds nothing to refuse"
		if stops := s.stops(st); len(stops) > 0 {
			answer = "refuses it because of " + listed(stops, 3)
		}
		s.weights = append(s.weights, answer)
		s.a.Meta = append(s.a.Meta, core.Meta{Name: fmt.Sprintf("torch.load(weights_only=True), stream %d", st.Index), Value: answer})
	}
}

func (s *session) stops(st core.Stream) []string {
	rules := theRules()
	var stops []string
	for _, i := range s.a.Imports {
		if n := pynames.Of(i.Module, i.Name); i.Stream == st.Index && (i.Computed || !rules.names[pynames.Modern(n)]) {
			stops = append(stops, display(i))
		}
	}
	for _, op := range st.Used {
		if !rules.ops[op] {
			stops = append(stops, "opcode "+op)
		}
	}
	if st.Broken != "" {
		stops = append(stops, "the broken stream")
	}
	return stops
}
