package templates

import (
	"maps"
	"slices"

	"taster/core/jinja"
)

// test is a comparison of what was written in a message, or of the date, with
// constants.
type test struct {
	subject  origin // words, content, part, clock or chance
	literals []string
	offset   int
}

const maxTests = 64 // of one condition, and literals of one test

// tests lists the comparisons that the truth of e depends on.
func (f *flow) tests(e *jinja.Expr) []test {
	if e == nil || e.Kind == jinja.Const {
		return nil
	}
	var out []test
	switch e.Kind {
	case jinja.Name:
		return f.testsOfVariable(e.Name)
	case jinja.Attr:
		if e.X.Kind == jinja.Name {
			out = slices.Clone(f.testsOfVariable(e.X.Name + "." + e.Name))
		}
	case jinja.Binary:
		out = f.comparison(e)
	case jinja.Test:
		out = f.isTest(e)
	case jinja.Call:
		out = f.calledTest(e)
	case jinja.Filter:
		out = f.filterTest(e)
	case jinja.Item:
		out = f.lookup(e.X, e.Args[0], e.Offset)
	}
	out = append(out, f.tests(e.X)...)
	for _, a := range e.Args {
		if len(out) > maxTests {
			break
		}
		out = append(out, f.tests(a)...)
	}
	return out[:min(len(out), maxTests)]
}

// testsOfVariable are those that a variable holds the outcome of.
func (f *flow) testsOfVariable(name string) []test {
	if out, ok := f.tested[name]; ok {
		return out
	}
	f.tested[name] = nil // while it is looked at: variables depend on themselves
	out := slices.Clone(f.decided[name])
	for _, d := range f.defs[name] {
		if len(out) > maxTests {
			break
		}
		if !d.element {
			out = append(out, f.tests(d.value)...)
		}
	}
	f.tested[name] = out
	return out
}

// testsOfMacro are those in the conditions of a macro, on which depends what it
// prints.
func (f *flow) testsOfMacro(name string) []test {
	key := name + "()"
	if out, ok := f.tested[key]; ok {
		return out
	}
	f.tested[key] = nil
	var out []test
	add := func(e *jinja.Expr) {
		if len(out) <= maxTests {
			out = append(out, f.tests(e)...)
		}
	}
	jinja.Walk(f.env.Macro(name).Body, func(n *jinja.Node) {
		if n.Kind == jinja.If {
			add(n.Expr)
		}
		for _, x := range n.Exprs() {
			x.Walk(func(x *jinja.Expr) {
				if x.Kind == jinja.Cond {
					add(x.Args[1])
				}
			})
		}
	})
	f.tested[key] = out
	return out
}

// comparison is "literal" in content, content == "literal", and the like.
func (f *flow) comparison(e *jinja.Expr) []test {
	switch e.Name {
	case "==", "!=", "<", ">", "<=", ">=", "in", "not in":
	default:
		return nil
	}
	left, right := e.Args[0], e.Args[1]
	if out, ok := f.ofParameters(e); ok {
		return out
	}
	var out []test
	for _, pair := range [][2]*jinja.Expr{{left, right}, {right, left}} {
		subject := f.origin(pair[0])
		if !subject.isSaid() && !subject.isOutside() {
			continue
		}
		literals := append(f.constants(pair[1]), f.chain(pair[0])...)
		if subject == part && (e.Name == "in" || e.Name == "not in") && pair[0] == right {
			continue // whether a part has a key
		}
		if subject.isOutside() && len(literals) == 0 && !f.env.Known(pair[1]) {
			continue
		}
		out = append(out, test{subject, literals, e.Offset})
	}
	return out
}

// ofParameters compares two parameters of one macro: what each call hands to
// both, not all values of the one with all of the other.
func (f *flow) ofParameters(e *jinja.Expr) (out []test, ok bool) {
	left, right := e.Args[0], e.Args[1]
	if left.Kind != jinja.Name || right.Kind != jinja.Name {
		return nil, false
	}
	for _, name := range slices.Sorted(maps.Keys(f.calls)) {
		macro := f.env.Macro(name)
		if !hasParam(macro, left.Name) || !hasParam(macro, right.Name) {
			continue
		}
		ok = true
		for _, call := range f.calls[name] {
			x, y := argument(macro, call, left.Name), argument(macro, call, right.Name)
			if x != nil && y != nil && len(out) <= maxTests {
				out = append(out, f.comparison(&jinja.Expr{Kind: jinja.Binary, Name: e.Name, Offset: e.Offset, Args: []*jinja.Expr{x, y}})...)
			}
		}
	}
	return out, ok
}

func hasParam(macro *jinja.Node, name string) bool {
	return slices.ContainsFunc(macro.Params, func(p *jinja.Expr) bool { return p.Name == name })
}

// constants are the texts that e can be or hold, or is partly made of.
func (f *flow) constants(e *jinja.Expr) []string {
	if out := f.env.Texts(e); len(out) > 0 {
		return out
	}
	var out []string
	switch e.Kind {
	case jinja.List, jinja.Tuple, jinja.Binary:
		for _, a := range e.Args {
			out = append(out, f.constants(a)...)
		}
	}
	return out
}

// isTest is content is equalto("literal"), or a test of the program.
func (f *flow) isTest(e *jinja.Expr) []test {
	subject := f.origin(e.X)
	if !subject.isSaid() && !subject.isOutside() || len(e.Args) == 0 {
		return nil
	}
	return []test{{subject, append(f.argumentTexts(e.Args), f.chain(e.X)...), e.Offset}}
}

// calledTest is content.startswith("literal"), a look-up by content, or a macro
// that tests what it is given.
func (f *flow) calledTest(e *jinja.Expr) []test {
	if e.X.Kind == jinja.Attr {
		if e.X.Name == "get" && len(e.Args) > 0 {
			return f.lookup(e.X.X, e.Args[0], e.Offset)
		}
		if subject := f.origin(e.X.X); subject.isSaid() || subject.isOutside() {
			if literals := f.chain(e); len(literals) > 0 {
				return []test{{subject, literals, e.Offset}}
			}
		}
		return nil
	}
	if e.X.Kind == jinja.Name && f.env.Macro(e.X.Name) != nil && f.origin(e).isSaid() {
		return f.testsOfMacro(e.X.Name)
	}
	return nil
}

// filterTest is messages|selectattr("content", "equalto", "literal").
func (f *flow) filterTest(e *jinja.Expr) []test {
	switch e.Name {
	case "selectattr", "rejectattr":
		if len(e.Args) < 2 {
			return nil
		}
		subject := f.origin(e.X)
		for _, key := range f.env.Strings(e.Args[0]) {
			subject = inside(subject, key)
		}
		if subject.isSaid() {
			return []test{{subject, f.argumentTexts(e.Args[2:]), e.Offset}}
		}
	case "select", "reject":
		if subject := f.origin(e.X); subject.isSaid() && len(e.Args) > 1 {
			return []test{{subject, f.argumentTexts(e.Args[1:]), e.Offset}}
		}
	}
	return nil
}

// lookup is {"literal": ...}[content].
func (f *flow) lookup(table, index *jinja.Expr, offset int) []test {
	if index == nil || index.Kind == jinja.Slice || index.Kind == jinja.Const {
		return nil
	}
	subject := f.origin(index)
	if !subject.isSaid() && !subject.isOutside() {
		return nil
	}
	if literals := f.constants(table); len(literals) > 0 {
		return []test{{subject, literals, offset}}
	}
	return nil
}

// chain lists the constants by which e was made from what was written:
// content.split("literal")[1].
func (f *flow) chain(e *jinja.Expr) []string {
	var out []string
	for e != nil && len(out) <= maxTests {
		switch e.Kind {
		case jinja.Call:
			if e.X.Kind == jinja.Attr && e.X.Name != "get" && f.origin(e.X.X) > conversation {
				out = append(out, f.argumentTexts(e.Args)...)
			}
		case jinja.Filter:
			if isChange(e.Name) {
				out = append(out, f.argumentTexts(e.Args)...)
			}
		case jinja.Name:
			return append(out, f.chainOfVariable(e.Name)...)
		case jinja.Attr, jinja.Item:
		default:
			return out
		}
		e = e.X
	}
	return out
}

func (f *flow) chainOfVariable(name string) []string {
	if out, ok := f.chains[name]; ok {
		return out
	}
	f.chains[name] = nil // while it is looked at
	var out []string
	for _, d := range f.defs[name] {
		if len(out) > maxTests {
			break
		}
		out = append(out, f.chain(d.value)...)
	}
	f.chains[name] = out
	return out
}

// isChange says whether a filter looks for its arguments in a text.
func isChange(filter string) bool {
	switch filter {
	case "replace", "split", "regex_search", "regex_replace", "regex_findall", "regex_match", "match", "search", "startswith", "endswith", "contains":
		return true
	}
	return false
}

func (f *flow) argumentTexts(args []*jinja.Expr) []string {
	var out []string
	for _, a := range args {
		if a.Kind == jinja.Keyword || a.Kind == jinja.Star {
			a = a.X
		}
		out = append(out, f.constants(a)...)
	}
	return out
}
