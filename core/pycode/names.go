package pycode

import "strings"

// binding is what a name stands for in the file. It does not tell functions
// apart: a name with two meanings has none.
type binding struct {
	count  int     // times it is bound
	values []*node // what it is bound to, as far as there are expressions
	given  bool    // a parameter of a function
	path   string  // of an import
}

const (
	maxValues  = 16     // expressions kept for one name
	maxNames   = 50_000 // bound in one file
	maxResolve = 8      // steps from a name to what it stands for
)

// names are the bindings of a file.
type names struct {
	bound map[string]*binding
	stars []string // modules that everything is imported of
}

func (b *names) of(name string) *binding {
	x := b.bound[name]
	if x == nil && len(b.bound) < maxNames {
		x = &binding{}
		b.bound[name] = x
	}
	return x
}

// bind says that name stands for value; nil is something unknown.
func (b *names) bind(name string, value *node) {
	x := b.of(name)
	if x == nil {
		return
	}
	x.count++
	if value != nil && len(x.values) < maxValues {
		x.values = append(x.values, value)
	}
}

func (b *names) imported(name, path string) {
	if x := b.of(name); x != nil {
		if x.path != path { // importing the same thing twice changes nothing
			x.count++
		}
		x.path = path
	}
}

func (b *names) parameter(name string) {
	if x := b.of(name); x != nil {
		x.count++
		x.given = true
	}
}

// path is what n names, with aliases resolved: "torch.load" for t.load after
// import torch as t. "?" stands for what is not known, "()" for the result of a
// call.
func (b *names) path(n *node, t *table) string { return b.resolve(n, t, 0) }

func (b *names) resolve(n *node, t *table, steps int) string {
	if steps > maxResolve*maxDepth {
		return "?"
	}
	switch n.kind {
	case nameNode:
		return b.name(n.name, t, steps)
	case attrNode:
		return b.resolve(n.x, t, steps+1) + "." + n.name
	case itemNode:
		return b.item(n, t, steps)
	case callNode:
		return b.result(n, t, steps)
	}
	return "?"
}

func (b *names) name(name string, t *table, steps int) string {
	x := b.bound[name]
	switch {
	case x == nil:
		for _, module := range b.stars {
			if path := module + "." + name; t.calls[path].does != "" {
				return path
			}
		}
		return name
	case x.path != "":
		return x.path // a name that is imported and bound again most likely still is the import
	case x.count == 1 && len(x.values) == 1:
		if v := x.values[0]; v.kind == nameNode && v.name != name || v.kind == attrNode || v.kind == callNode || v.kind == itemNode {
			return b.resolve(v, t, steps+maxDepth)
		}
	}
	return "?"
}

// item is for modules and functions that are looked up by their name.
func (b *names) item(n *node, t *table, steps int) string {
	key, ok := fixedText(n.args, 0)
	if !ok {
		return "?"
	}
	switch b.resolve(n.x, t, steps+1) {
	case "sys.modules":
		return key
	case "globals()", "locals()", "vars()", "__builtins__", "builtins.__dict__", "__builtins__.__dict__":
		return b.name(key, t, steps+maxDepth)
	}
	return "?"
}

// result is for calls that give a module or an attribute.
func (b *names) result(n *node, t *table, steps int) string {
	path := b.resolve(n.x, t, steps+1)
	switch path {
	case "getattr":
		if key, ok := fixedText(n.args, 1); ok {
			return b.resolve(n.args[0].value, t, steps+1) + "." + key
		}
	case "__import__", "importlib.import_module", "importlib.__import__":
		if key, ok := fixedText(n.args, 0); ok {
			return key
		}
	}
	if strings.HasSuffix(path, "?") {
		return "?"
	}
	return path + "()"
}

func fixedText(args []arg, i int) (string, bool) {
	if i >= len(args) || args[i].name != "" || args[i].value.kind != textNode || !args[i].value.fixed {
		return "", false
	}
	return args[i].value.name, true
}
