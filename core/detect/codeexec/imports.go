package codeexec

import (
	"strings"

	"taster/core"
)

// An opinion is what a name by itself amounts to.
type opinion struct {
	listing
	danger bool
	rule   argRule // not nil: the arguments decide
}

// judge judges one global. Only exact names are trusted: a prefix says nothing
// about what a dotted name reaches.
func judge(module, ident string, computed bool) opinion {
	switch {
	case computed:
		return opinion{listing: listing{verdict: abusable, reason: "Its name is computed while the stream runs, so it can be anything."}, danger: true}
	case strings.HasPrefix(module, "__torch__"):
		return opinion{listing: listing{verdict: expected, reason: "It is a TorchScript class of this archive, not a Python one."}}
	}
	n := name{module, ident}
	b := theBook()
	if rule, reason := conditional(b.modern(n)); rule != nil {
		return opinion{listing: listing{verdict: abusable, reason: reason}, rule: rule}
	}
	if l, ok := b.look(n); ok {
		return opinion{listing: l, danger: l.verdict != expected}
	}
	if reason := deviousPath(module, ident); reason != "" {
		return opinion{listing: listing{verdict: abusable, reason: reason}, danger: true}
	}
	return opinion{listing: listing{verdict: unknown, reason: "It is on no list of Taster; importing it runs its module, and calling it can do anything."}}
}

// deviousPath says what is wrong with a path that no list holds.
func deviousPath(module, ident string) string {
	if strings.Contains(ident, ".") {
		return "The dotted name reaches through a module to whatever that module has imported."
	}
	for part := range strings.SplitSeq(module+"."+ident, ".") {
		if len(part) > 4 && strings.HasPrefix(part, "__") && strings.HasSuffix(part, "__") && part != "__main__" {
			return "Names with double underscores lead into the inner workings of Python."
		}
	}
	return ""
}

// judgeImports writes a verdict into every import.
func judgeImports(imports []core.Import) {
	for i := range imports {
		o := judge(imports[i].Module, imports[i].Name, imports[i].Computed)
		imports[i].Verdict, imports[i].Reason = o.verdict, o.reason
	}
}

// judgeExpr judges a global of an expression.
func judgeExpr(e *core.Expr) opinion { return judge(e.Module, e.Name, e.Computed) }
