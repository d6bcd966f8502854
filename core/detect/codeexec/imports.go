package codeexec

import (
	"strings"

	"taster/core"
	"taster/core/names"
)

// An opinion is what a name by itself amounts to.
type opinion struct {
	names.Listing
	danger bool
	rule   argRule // not nil: the arguments decide
}

// judge judges one global. Only exact names are trusted: a prefix says nothing
// about what a dotted name reaches.
func judge(module, ident string, computed bool) opinion {
	switch {
	case computed:
		return opinion{Listing: names.Listing{Verdict: names.Abusable, Reason: "Its name is computed while the stream runs, so it can be anything."}, danger: true}
	case strings.HasPrefix(module, "__torch__"):
		return opinion{Listing: names.Listing{Verdict: names.Expected, Reason: "It is a TorchScript class of this archive, not a Python one."}}
	}
	n := names.Of(module, ident)
	if rule, reason := conditional(names.Modern(n)); rule != nil {
		return opinion{Listing: names.Listing{Verdict: names.Abusable, Reason: reason}, rule: rule}
	}
	if l, ok := names.Look(n); ok {
		return opinion{Listing: l, danger: l.Verdict != names.Expected}
	}
	if reason := deviousPath(module, ident); reason != "" {
		return opinion{Listing: names.Listing{Verdict: names.Abusable, Reason: reason}, danger: true}
	}
	return opinion{Listing: names.Listing{Verdict: names.Unknown, Reason: "It is on no list of Taster; importing it runs its module, and calling it can do anything."}}
}

// deviousPath says what is wrong with a path that no list holds.
func deviousPath(module, ident string) string {
	if strings.Contains(ident, ".") {
		return "The dotted name reaches through a module to whatever that module has imported."
	}
	if names.Hidden(module + "." + ident) {
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
