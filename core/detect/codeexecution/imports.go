package codeexecution

import (
	"strings"

	"taster/core"
	"taster/core/pynames"
)

// An opinion is what a name by itself amounts to.
type opinion struct {
	pynames.Listing
	danger bool
	rule   argRule // not nil: the arguments decide
}

// judge judges one global. Only exact names are trusted: a prefix says nothing
// about what a dotted name reaches.
func judge(module, ident string, computed bool) opinion {
	switch {
	case computed:
		return opinion{Listing: pynames.Listing{Verdict: pynames.Abusable, Reason: "Its name is computed while the stream runs, so it can be anything."}, danger: true}
	case strings.HasPrefix(module, "__torch__"):
		return opinion{Listing: pynames.Listing{Verdict: pynames.Expected, Reason: "It is a TorchScript class of this archive, not a Python one."}}
	}
	n := pynames.Of(module, ident)
	if rule, reason := conditional(pynames.Modern(n)); rule != nil {
		return opinion{Listing: pynames.Listing{Verdict: pynames.Abusable, Reason: reason}, rule: rule}
	}
	if l, ok := pynames.Look(n); ok {
		return opinion{Listing: l, danger: l.Verdict != pynames.Expected}
	}
	if reason := deviousPath(module, ident); reason != "" {
		return opinion{Listing: pynames.Listing{Verdict: pynames.Abusable, Reason: reason}, danger: true}
	}
	return opinion{Listing: pynames.Listing{Verdict: pynames.Unknown, Reason: "It is on no list of Taster; importing it runs its module, and calling it can do anything."}}
}

// deviousPath says what is wrong with a path that no list holds.
func deviousPath(module, ident string) string {
	if strings.Contains(ident, ".") {
		return "The dotted name reaches through a module to whatever that module has imported."
	}
	n := pynames.Modern(pynames.Of(module, ident))
	if module != "__future__" && pynames.Hidden(n.String()) {
		return "Names with double underscores lead into the inner workings of Python."
	}
	return ""
}

// judgeImports writes a verdict into every import.
func judgeImports(imports []core.Import) {
	for i := range imports {
		o := judge(imports[i].Module, imports[i].Name, imports[i].Computed)
		imports[i].Verdict, imports[i].Reason = o.Verdict, o.Reason
	}
}

// judgeExpr judges a global of an expression.
func judgeExpr(e *core.Expr) opinion { return judge(e.Module, e.Name, e.Computed) }
