package jinja

import "slices"

// Bounds of what an Env computes.
const (
	maxValues = 64      // that one expression may have
	maxLength = 4096    // bytes of a string, elements of a list
	maxArgs   = 256     // of a call, elements of a list in the template
	maxWork   = 4 << 20 // bytes and values that are handled
	rounds    = 6       // in which values flow through variables
)

// Env knows what variables of a template can hold, as far as that is made of
// constants: templates hide names by putting them together from pieces. A
// variable has every value that is assigned to it anywhere; what is assigned
// besides and is not constant counts for nothing.
type Env struct {
	vars  map[string][]any // by "name", "namespace.attribute", and "macro()"
	defs  map[string][]*Expr
	macro map[string]*Node
	given map[string]bool // names of parameters and imports
	memo  map[*Expr][]any // nil while variables are still being learnt
	work  int
	large *Expr // the first whose value grew too large to be followed
}

// list is a list or tuple of constants, dict one with keys and values in turn.
type (
	list []any
	dict []any
)

// Learn follows the constants of t through its assignments, loops and macros.
// It takes bounded time.
func Learn(t *Template) *Env {
	v := &Env{vars: map[string][]any{}, defs: map[string][]*Expr{}, macro: map[string]*Node{}, given: map[string]bool{}}
	Walk(t.Body, func(n *Node) {
		if n.Kind == Macro {
			v.macro[n.Name] = n
		}
	})
	Walk(t.Body, v.define)
	for range rounds {
		before := v.size()
		Walk(t.Body, v.learn)
		if v.size() == before {
			break
		}
	}
	v.memo = map[*Expr][]any{}
	return v
}

// Definitions lists the expressions assigned to the variable name anywhere:
// values, and what loops over it run through.
func (v *Env) Definitions(name string) []*Expr { return v.defs[name] }

// Large is the first expression that builds a list or dict too large to be
// followed from others, or nil.
func (v *Env) Large() *Expr { return v.large }

// Exhausted says whether the work of following constants ended before its end.
func (v *Env) Exhausted() bool { return v.work > maxWork }

// Macro is the macro called name, or nil.
func (v *Env) Macro(name string) *Node { return v.macro[name] }

// Strings lists the constant strings that e can be.
func (v *Env) Strings(e *Expr) []string {
	var out []string
	for _, x := range v.eval(e) {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Texts lists the constant strings that e can be or hold: in a list, or among
// the keys and values of a dict, too.
func (v *Env) Texts(e *Expr) []string {
	var out []string
	for _, x := range v.eval(e) {
		out = texts(out, x)
	}
	return out
}

func texts(out []string, x any) []string {
	if s, ok := x.(string); ok {
		return append(out, s)
	}
	inner, _ := compound(x)
	for _, y := range inner {
		out = texts(out, y)
	}
	return out
}

// Ints lists the constant integers that e can be.
func (v *Env) Ints(e *Expr) []int64 {
	var out []int64
	for _, x := range v.eval(e) {
		if n, ok := x.(int64); ok {
			out = append(out, n)
		}
	}
	return out
}

// Known says whether e can be a constant.
func (v *Env) Known(e *Expr) bool { return len(v.eval(e)) > 0 }

// Defined says whether the template itself gives name a meaning anywhere: as a
// variable, a parameter, a macro or an import.
func (v *Env) Defined(name string) bool {
	return len(v.defs[name]) > 0 || v.macro[name] != nil || v.given[name]
}

func (v *Env) size() int {
	n := 0
	for _, x := range v.vars {
		n += len(x)
	}
	return n
}

// define notes which expressions n assigns.
func (v *Env) define(n *Node) {
	v.bind(n)
	switch n.Kind {
	case Set:
		v.defineTarget(n.Target, n.Expr)
	case For:
		v.defineTarget(n.Target, n.Iter)
	case SetBlock:
		for _, inner := range n.Body {
			if inner.Expr != nil {
				v.defineTarget(n.Target, inner.Expr)
			}
		}
	case With, Macro:
		for _, e := range n.Params {
			if e.Kind == Keyword {
				v.defs[e.Name] = append(v.defs[e.Name], e.X)
			}
		}
	}
	for _, e := range n.Exprs() {
		e.Walk(v.defineCall)
	}
}

// bind notes the names that n gives a meaning without a value.
func (v *Env) bind(n *Node) {
	switch n.Kind {
	case Import:
		v.given[n.Name] = true
	case Macro, CallBlock, From:
		for _, e := range n.Params {
			v.given[e.Name] = true
		}
	case SetBlock:
		if n.Target.Kind == Name {
			v.given[n.Target.Name] = true
		}
	}
}

func (v *Env) defineTarget(target, value *Expr) {
	switch target.Kind {
	case Name:
		v.defs[target.Name] = append(v.defs[target.Name], value)
		if value.Kind == Call && value.X.Kind == Name && value.X.Name == "namespace" {
			v.defineNamespace(target.Name, value)
		}
	case Attr:
		name := target.X.Name + "." + target.Name
		v.defs[name] = append(v.defs[name], value)
	case Tuple:
		for i, t := range target.Args {
			inner := value
			if value.Kind == Tuple && i < len(value.Args) {
				inner = value.Args[i]
			}
			v.defineTarget(t, inner)
		}
	}
}

func (v *Env) defineNamespace(name string, call *Expr) {
	for _, a := range call.Args {
		if a.Kind == Keyword {
			v.defs[name+"."+a.Name] = append(v.defs[name+"."+a.Name], a.X)
		}
	}
}

// defineCall gives the parameters of a macro the arguments of a call.
func (v *Env) defineCall(e *Expr) {
	if e.Kind != Call || e.X.Kind != Name || v.macro[e.X.Name] == nil {
		return
	}
	params := v.macro[e.X.Name].Params
	for i, a := range e.Args {
		switch {
		case a.Kind == Keyword:
			v.defs[a.Name] = append(v.defs[a.Name], a.X)
		case a.Kind != Star && i < len(params):
			v.defs[params[i].Name] = append(v.defs[params[i].Name], a)
		}
	}
}

// learn adds the values that n assigns.
func (v *Env) learn(n *Node) {
	switch n.Kind {
	case Set:
		v.assign(n.Target, v.eval(n.Expr))
	case For:
		v.assign(n.Target, v.elements(v.eval(n.Iter)))
	case SetBlock:
		v.assign(n.Target, v.block(n))
	case Macro:
		v.add(n.Name+"()", v.text(n.Body))
	case With:
		for _, e := range n.Params {
			v.add(e.Name, v.eval(e.X))
		}
	}
	v.learnParams(n)
}

// learnParams gives macro parameters and attributes of namespaces the values
// that calls and defaults have for them.
func (v *Env) learnParams(n *Node) {
	if n.Kind == Macro {
		for _, e := range n.Params {
			for _, d := range v.defs[e.Name] {
				v.add(e.Name, v.eval(d))
			}
		}
	}
	if n.Kind == Set && n.Target.Kind == Name && n.Expr.Kind == Call {
		for _, a := range n.Expr.Args {
			if a.Kind == Keyword {
				v.add(n.Target.Name+"."+a.Name, v.eval(a.X))
			}
		}
	}
}

func (v *Env) assign(target *Expr, values []any) {
	switch target.Kind {
	case Name:
		v.add(target.Name, values)
	case Attr:
		v.add(target.X.Name+"."+target.Name, values)
	case Tuple:
		for _, x := range values {
			l, _ := x.(list)
			for i := range min(len(l), len(target.Args)) {
				v.assign(target.Args[i], l[i:i+1])
			}
		}
	}
}

func (v *Env) add(name string, values []any) { v.vars[name] = v.union(v.vars[name], values) }

// elements are what a loop over values runs through.
func (v *Env) elements(values []any) []any {
	var out []any
	for _, x := range values {
		out = v.union(out, sequence(x))
	}
	return out
}

// union is a with what is new in b, as far as the work goes that may be spent:
// lists that share their elements are compared element by element.
func (v *Env) union(a, b []any) []any {
	for i, x := range b {
		if _, ok := compound(x); ok && !v.spend(len(a)*weight(x, maxLength)) {
			return union(a, b[:i])
		}
	}
	return union(a, b)
}

// union is a with what is new in b, up to maxValues.
func union(a, b []any) []any {
	for _, x := range b {
		if len(a) >= maxValues {
			break
		}
		if !slices.ContainsFunc(a, func(y any) bool { return same(x, y) }) {
			a = append(a, x)
		}
	}
	return a
}

func same(x, y any) bool {
	a, ok := compound(x)
	b, ok2 := compound(y)
	if ok && ok2 {
		return slices.EqualFunc(a, b, same)
	}
	return !ok && !ok2 && x == y
}

// compound are the elements of a list, or the keys and values of a dict.
func compound(x any) ([]any, bool) {
	switch x := x.(type) {
	case list:
		return x, true
	case dict:
		return x, true
	}
	return nil, false
}

// block is what a set block assigns.
func (v *Env) block(n *Node) []any {
	texts := v.text(n.Body)
	if n.Expr == nil {
		return texts
	}
	var out []any
	for _, t := range texts {
		e := *n.Expr
		inner := &e
		for inner.X != nil { // the innermost filter takes the text
			x := *inner.X
			inner.X = &x
			inner = &x
		}
		inner.X = &Expr{Kind: Const, Value: t}
		out = v.union(out, v.compute(&e))
	}
	return out
}

// text is what nodes print when that is constant.
func (v *Env) text(nodes []*Node) []any {
	out := []any{""}
	for _, n := range nodes {
		switch n.Kind {
		case Data:
			out = v.product(out, []any{n.Text}, concat)
		case Print:
			out = v.product(out, v.eval(n.Expr), concat)
		case Comment, Set:
		default:
			return nil
		}
	}
	return out
}
