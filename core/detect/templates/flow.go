package templates

import (
	"slices"

	"taster/core/jinja"
)

// origin says where a value comes from, as far as that matters for a branch.
type origin uint8

// The origins, by rising closeness to what was written in a message.
const (
	elsewhere    origin = iota
	chance              // a random choice
	clock               // the date or time
	conversation        // the list of messages, or one message
	part                // a part of a message: {"type": "text", "text": ...}
	content             // the content of a message: a text, or a list of parts
	words               // a text from a message
)

// isSaid says whether o holds what somebody wrote.
func (o origin) isSaid() bool { return o == content || o == words || o == part }

// isOutside says whether o is neither written in a message nor fixed.
func (o origin) isOutside() bool { return o == clock || o == chance }

// definition is one value that a variable gets.
type definition struct {
	value   *jinja.Expr
	element bool // the variable runs through the elements of value
}

// flow follows what was written in messages, and the date, through the
// variables of a template. Like [jinja.Env] it knows neither order nor scope:
// a variable comes from everything that is assigned to it anywhere.
type flow struct {
	env     *jinja.Env
	defs    map[string][]definition // by "name" and "namespace.attribute"
	names   []string                // of defs, in the order of the template
	origins map[string]origin
	calls   map[string][]*jinja.Expr // of macros
	decided map[string][]test        // variables that are set in branches that depend on words

	// What was found out once; nil while origins are still being learnt.
	memo   map[*jinja.Expr]origin
	tested map[string][]test   // by variable, and "macro()"
	chains map[string][]string // by variable
}

// rounds in which origins flow through variables.
const rounds = 8

func newFlow(env *jinja.Env, t *jinja.Template) *flow {
	f := &flow{env: env, defs: map[string][]definition{}, origins: map[string]origin{}, calls: map[string][]*jinja.Expr{}, decided: map[string][]test{}}
	jinja.Walk(t.Body, f.define)
	for range rounds {
		changed := false
		for _, name := range f.names {
			for _, d := range f.defs[name] {
				if o := f.of(d); o > f.origins[name] {
					f.origins[name], changed = o, true
				}
			}
		}
		if !changed {
			break
		}
	}
	f.memo, f.tested, f.chains = map[*jinja.Expr]origin{}, map[string][]test{}, map[string][]string{}
	return f
}

func (f *flow) define(n *jinja.Node) {
	switch n.Kind {
	case jinja.Set:
		f.assign(n.Target, definition{value: n.Expr})
		f.namespace(n.Target, n.Expr)
	case jinja.For:
		f.assign(n.Target, definition{n.Iter, true})
	case jinja.SetBlock:
		jinja.Walk(n.Body, func(inner *jinja.Node) {
			if inner.Kind == jinja.Print {
				f.assign(n.Target, definition{value: inner.Expr})
			}
		})
	case jinja.With, jinja.Macro, jinja.CallBlock:
		for _, p := range n.Params {
			if p.Kind == jinja.Keyword {
				f.add(p.Name, definition{value: p.X})
			}
		}
	}
	for _, e := range n.Exprs() {
		e.Walk(f.arguments)
	}
}

// namespace gives the attributes of a new namespace their first values.
func (f *flow) namespace(target, value *jinja.Expr) {
	if target.Kind != jinja.Name || !isNamespace(value) {
		return
	}
	for _, a := range value.Args {
		if a.Kind == jinja.Keyword {
			f.add(target.Name+"."+a.Name, definition{value: a.X})
		}
	}
}

func isNamespace(e *jinja.Expr) bool {
	return e.Kind == jinja.Call && e.X.Kind == jinja.Name && e.X.Name == "namespace"
}

func (f *flow) assign(target *jinja.Expr, d definition) {
	switch target.Kind {
	case jinja.Name:
		f.add(target.Name, d)
	case jinja.Attr:
		f.add(target.X.Name+"."+target.Name, d)
	case jinja.Tuple:
		for i, t := range target.Args {
			inner := d
			if d.value.Kind == jinja.Tuple && i < len(d.value.Args) {
				inner.value = d.value.Args[i]
			}
			f.assign(t, inner)
		}
	}
}

// maxDefinitions bounds what is kept of one variable.
const maxDefinitions = 200

func (f *flow) add(name string, d definition) {
	if d.value == nil || len(f.defs[name]) >= maxDefinitions {
		return
	}
	if len(f.defs[name]) == 0 {
		f.names = append(f.names, name)
	}
	f.defs[name] = append(f.defs[name], d)
}

// arguments gives the parameters of a macro what a call hands to them, and the
// attributes of a namespace what it begins with.
func (f *flow) arguments(e *jinja.Expr) {
	if e.Kind != jinja.Call || e.X.Kind != jinja.Name {
		return
	}
	macro := f.env.Macro(e.X.Name)
	if macro == nil {
		return
	}
	if len(f.calls[macro.Name]) < maxDefinitions {
		f.calls[macro.Name] = append(f.calls[macro.Name], e)
	}
	for _, p := range macro.Params {
		f.add(p.Name, definition{value: argument(macro, e, p.Name)})
	}
}

// argument is what call hands to the parameter of macro called name, or nil.
func argument(macro *jinja.Node, call *jinja.Expr, name string) *jinja.Expr {
	for i, a := range call.Args {
		switch {
		case a.Kind == jinja.Keyword && a.Name == name:
			return a.X
		case a.Kind != jinja.Keyword && a.Kind != jinja.Star && i < len(macro.Params) && macro.Params[i].Name == name:
			return a
		}
	}
	return nil
}

// of is the origin of what d assigns.
func (f *flow) of(d definition) origin {
	o := f.origin(d.value)
	if !d.element {
		return o
	}
	if o == content && isPlain(d.value) {
		return part // or a character
	}
	return o
}

// isPlain says whether e is a value as it came: a variable, or a place in a
// message. What a function or filter made of a content has texts in it.
func isPlain(e *jinja.Expr) bool {
	return e.Kind == jinja.Name || e.Kind == jinja.Attr || e.Kind == jinja.Item || e.Kind == jinja.Call && e.X.Kind == jinja.Attr && e.X.Name == "get"
}

// origin is the closest origin among the parts of e that its value is made of.
func (f *flow) origin(e *jinja.Expr) origin {
	if e == nil {
		return elsewhere
	}
	if o, ok := f.memo[e]; ok {
		return o
	}
	o := f.compute(e)
	if f.memo != nil {
		f.memo[e] = o
	}
	return o
}

func (f *flow) compute(e *jinja.Expr) origin {
	switch e.Kind {
	case jinja.Name:
		return f.variable(e.Name)
	case jinja.Attr:
		return f.attribute(e)
	case jinja.Item:
		return f.item(e)
	case jinja.Call:
		return f.call(e)
	case jinja.Filter:
		return f.filter(e)
	case jinja.Binary:
		return f.binary(e)
	case jinja.Cond:
		return max(f.origin(e.Args[0]), f.origin(e.Args[2]))
	case jinja.List, jinja.Tuple, jinja.Dict:
		var o origin
		for _, a := range e.Args {
			o = max(o, f.origin(a))
		}
		return o
	}
	return elsewhere
}

// given are names by which programs hand a single text to a template.
var given = []string{"prompt", "query", "question", "user_input", "user_message", "user_prompt", "instruction", "input", "input_text"}

// dates are names by which programs hand the date to a template.
var dates = []string{"date_string", "current_date", "today", "today_date", "current_time", "now", "timestamp"}

// clocks are functions that tell it.
var clocks = []string{"strftime_now", "strftime", "now", "utcnow", "time", "localtime", "today"}

func (f *flow) variable(name string) origin {
	o := f.origins[name]
	switch {
	case name == "messages" || name == "conversation" || name == "chat_history":
		return max(o, conversation)
	case o != elsewhere || f.env.Defined(name):
	case slices.Contains(given, name):
		return words
	case slices.Contains(dates, name):
		return clock
	}
	return o
}

func (f *flow) attribute(e *jinja.Expr) origin {
	if e.X.Kind == jinja.Name {
		if name := e.X.Name + "." + e.Name; len(f.defs[name]) > 0 {
			return f.origins[name]
		}
	}
	return inside(f.origin(e.X), e.Name)
}

// inside is the origin of the value under key in something of origin o.
func inside(o origin, key string) origin {
	switch o {
	case conversation:
		switch key {
		case "content", "reasoning_content", "reasoning", "thinking", "thought":
			return content
		case "text", "prompt", "value", "message":
			return words
		}
	case content, part:
		switch key {
		case "text", "content", "value":
			return words
		}
	case words, clock, chance:
		return o
	}
	return elsewhere
}

func (f *flow) item(e *jinja.Expr) origin {
	o := f.origin(e.X)
	index := e.Args[0]
	if keys := f.env.Strings(index); len(keys) > 0 {
		return inside(o, keys[0])
	}
	switch {
	case o == content && index.Kind == jinja.Slice:
		return words
	case o == content:
		return part // or a character
	}
	return o
}

func (f *flow) call(e *jinja.Expr) origin {
	switch {
	case e.X.Kind == jinja.Attr:
		return f.method(e)
	case isNamespace(e):
		return elsewhere
	case e.X.Kind == jinja.Name && slices.Contains(clocks, e.X.Name) && !f.env.Defined(e.X.Name):
		return clock
	}
	if o := f.ofArguments(e.Args); o.isSaid() { // a macro that prints it, or a function that changes it
		return words
	}
	return elsewhere
}

// method is the origin of what X.name(args) returns.
func (f *flow) method(e *jinja.Expr) origin {
	o := f.origin(e.X.X)
	switch name := e.X.Name; {
	case name == "get" && len(e.Args) > 0:
		if keys := f.env.Strings(e.Args[0]); len(keys) > 0 {
			return inside(o, keys[0])
		}
	case o.isSaid():
		return words // strip, lower, split, ...
	case o == conversation && (name == "values" || name == "items"):
		return content
	case name == "join" || name == "format":
		if a := f.ofArguments(e.Args); a >= conversation {
			return words
		}
	}
	return o
}

// ofArguments is the closest origin among arguments.
func (f *flow) ofArguments(args []*jinja.Expr) origin {
	var o origin
	for _, a := range args {
		if a.Kind == jinja.Keyword || a.Kind == jinja.Star {
			a = a.X
		}
		o = max(o, f.origin(a))
	}
	return o
}

func (f *flow) filter(e *jinja.Expr) origin {
	o := f.origin(e.X)
	switch e.Name {
	case "length", "count", "wordcount":
		if o == conversation {
			return elsewhere
		}
	case "map":
		for _, a := range e.Args {
			if a.Kind == jinja.Keyword && a.Name == "attribute" {
				for _, key := range f.env.Strings(a.X) {
					o = max(o, inside(o, key))
				}
			}
		}
	case "tojson", "string", "join", "pprint":
		if o == conversation {
			return words
		}
	case "items", "dictsort":
		if o == conversation {
			return content
		}
	case "random":
		return max(o, chance)
	case "format":
		if f.ofArguments(e.Args) >= conversation {
			return words
		}
	}
	if o == content && e.Name != "default" && e.Name != "d" {
		return words
	}
	return o
}

func (f *flow) binary(e *jinja.Expr) origin {
	switch e.Name {
	case "+", "~", "or", "and", "%", "*", "-":
	default:
		return elsewhere // a truth value
	}
	o := max(f.origin(e.Args[0]), f.origin(e.Args[1]))
	if o.isSaid() && e.Name == "+" || o >= conversation && (e.Name == "~" || e.Name == "%") {
		return words
	}
	return o
}
