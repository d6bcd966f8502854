package templates

import (
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/jinja"
)

// sign is one step of an expression that a prompt does not need.
type sign struct {
	rule       *core.Rule
	severity   core.Severity
	confidence core.Confidence
	what       string // "reads \"__class__\""
	offset     int
}

// access reports expressions that reach from values to Python, one finding for
// each tag and rule.
func (c *checker) access() error {
	var err error
	jinja.Walk(c.tree.Body, func(n *jinja.Node) {
		var signs []sign
		for _, e := range n.Exprs() {
			e.Walk(func(e *jinja.Expr) { signs = append(signs, c.signs(e)...) })
		}
		for _, rule := range []*core.Rule{&ruleCode, &ruleObject} {
			if err == nil {
				err = c.reach(rule, signs)
			}
		}
	})
	return err
}

// reach reports the signs of one tag that are of rule.
func (c *checker) reach(rule *core.Rule, signs []sign) error {
	var worst *sign
	var what []string
	for i := range signs {
		s := &signs[i]
		if s.rule != rule {
			continue
		}
		if worst == nil || s.severity > worst.severity {
			worst = s
		}
		if !slices.Contains(what, s.what) {
			what = append(what, s.what)
		}
	}
	if worst == nil {
		return nil
	}
	title := "The template " + what[0]
	if len(what) > 1 {
		title = fmt.Sprintf("The template %s, and %d more", what[0], len(what)-1)
	}
	return c.report(mark{rule: rule, severity: worst.severity, confidence: worst.confidence, offset: worst.offset,
		title: title, saw: "The expression " + core.Listed(what, 6) + ".", shown: c.tag(worst.offset)})
}

// signs judges e itself, not what is in it.
func (c *checker) signs(e *jinja.Expr) []sign {
	switch e.Kind {
	case jinja.Attr:
		return c.attribute(e, e.Name)
	case jinja.Item:
		return c.subscript(e)
	case jinja.Filter:
		return c.filter(e)
	case jinja.Call:
		return c.call(e)
	case jinja.Name:
		return c.name(e)
	}
	return c.folded(e)
}

func code(e *jinja.Expr, severity core.Severity, confidence core.Confidence, format string, args ...any) []sign {
	return []sign{{&ruleCode, severity, confidence, fmt.Sprintf(format, args...), e.Offset}}
}

// attribute judges X.name.
func (c *checker) attribute(e *jinja.Expr, name string) []sign {
	switch {
	case c.isInner(name):
		return code(e, core.Critical, core.HighConfidence, "reads %q", name)
	case strings.HasPrefix(name, "_") && c.chat && !c.ownAttribute(e, name):
		return []sign{{&ruleObject, core.Medium, core.Moderate, fmt.Sprintf("reads the private attribute %q", name), e.Offset}}
	case e.X != nil && e.X.Kind == jinja.Name && !c.env.Defined(e.X.Name):
		return c.ofGlobal(e, e.X.Name)
	}
	return nil
}

// ownAttribute says whether the template made the attribute itself, in a
// namespace.
func (c *checker) ownAttribute(e *jinja.Expr, name string) bool {
	return e.X != nil && e.X.Kind == jinja.Name && len(c.env.Definitions(e.X.Name+"."+name)) > 0
}

// ofGlobal judges an attribute of a name that the template does not define.
func (c *checker) ofGlobal(e *jinja.Expr, owner string) []sign {
	switch {
	case slices.Contains(engineObjects, owner) && (c.chat || owner != "self"): // pages call their own blocks by self
		return code(e, core.High, core.HighConfidence, "reads an attribute of the engine's object %q", owner)
	case c.chat && slices.Contains(pythonModules, owner):
		return code(e, core.High, core.Moderate, "uses the Python module %q", owner)
	case c.chat && slices.Contains(webObjects, owner):
		return []sign{{&ruleObject, core.Medium, core.Moderate, fmt.Sprintf("uses %q, an object of web programs", owner), e.Offset}}
	}
	return nil
}

// subscript judges X[index].
func (c *checker) subscript(e *jinja.Expr) []sign {
	for _, s := range c.env.Strings(e.Args[0]) {
		if c.isInner(s) {
			return code(e, core.Critical, core.HighConfidence, "reads %q", s)
		}
	}
	if pieces(e.Args[0]) && !c.env.Known(e.Args[0]) {
		return code(e, core.High, core.Moderate, "reads an attribute whose name is put together from the text of an object")
	}
	if e.X.Kind == jinja.Name && !c.env.Defined(e.X.Name) && slices.Contains(engineObjects, e.X.Name) {
		return code(e, core.High, core.HighConfidence, "reads an attribute of the engine's object %q", e.X.Name)
	}
	return nil
}

// pieces says whether e is made of the text of an object, which templates that
// are not allowed to write a character take it from.
func pieces(e *jinja.Expr) bool {
	found := false
	e.Walk(func(e *jinja.Expr) { found = found || isObjectText(e) })
	return found
}

// isObjectText says whether e prints an object that has no text of its own,
// such as a function or a generator.
func isObjectText(e *jinja.Expr) bool {
	if e.Kind != jinja.Filter || e.X == nil {
		return false
	}
	switch e.Name {
	case "string", "list", "escape", "e", "forceescape", "urlencode", "upper", "lower", "batch":
	default:
		return false
	}
	x := e.X
	switch x.Kind {
	case jinja.Name:
		return slices.Contains(engineObjects, x.Name) || x.Name == "range" || x.Name == "dict" || x.Name == "namespace"
	case jinja.Filter:
		return e.Name == "string" && slices.Contains([]string{"select", "reject", "map", "batch", "slice", "groupby", "attr"}, x.Name) || isObjectText(x)
	}
	return false
}

// filter judges X|name(args).
func (c *checker) filter(e *jinja.Expr) []sign {
	if e.Name == "attr" && len(e.Args) > 0 {
		return c.attrFilter(e)
	}
	var out []sign
	for _, a := range e.Args {
		out = append(out, c.argument(e, a)...)
	}
	switch {
	case isObjectText(e):
		out = append(out, code(e, core.High, core.Moderate, "takes characters from the text of an object")...)
	case slices.Contains(programFilters, e.Name):
		out = append(out, code(e, core.High, core.Moderate, "uses the filter %q, which runs what it is given", e.Name)...)
	}
	return append(out, c.folded(e)...)
}

// programFilters are filters of some programs that run commands or code.
var programFilters = []string{"eval", "exec", "system", "shell", "popen", "pipe", "lookup", "import", "python"}

// attrFilter judges X|attr(name).
func (c *checker) attrFilter(e *jinja.Expr) []sign {
	names := c.env.Strings(e.Args[0])
	if len(names) == 0 {
		return code(e, core.High, core.HighConfidence, "reads an attribute whose name is only known when it is rendered")
	}
	for _, s := range names {
		if strings.HasPrefix(s, "_") || c.isInner(s) {
			return code(e, core.Critical, core.HighConfidence, "reads %q", s)
		}
	}
	return []sign{{&ruleObject, core.Low, core.Moderate, fmt.Sprintf("reads %q by the filter attr", names[0]), e.Offset}}
}

// argument judges an argument that can name an attribute: map(attribute="a.b"),
// selectattr("a"), sort(attribute="a"), map("attr", "a").
func (c *checker) argument(e, arg *jinja.Expr) []sign {
	if arg.Kind == jinja.Keyword {
		arg = arg.X
	}
	for _, s := range c.env.Texts(arg) {
		for part := range strings.SplitSeq(s, ".") {
			if c.isInner(part) {
				return code(e, core.Critical, core.HighConfidence, "reads %q", part)
			}
		}
	}
	return nil
}

// call judges what is called: a function that templates do not have, or format
// with a text that reads attributes.
func (c *checker) call(e *jinja.Expr) []sign {
	var out []sign
	switch x := e.X; x.Kind {
	case jinja.Name:
		if !c.env.Defined(x.Name) && slices.Contains(pythonFunctions, x.Name) {
			return code(e, core.High, core.Moderate, "calls the Python function %q", x.Name)
		}
		if x.Name == "lipsum" && !c.env.Defined(x.Name) && c.chat {
			return []sign{{&ruleObject, core.Medium, core.HighConfidence, "makes filler text", e.Offset}}
		}
	case jinja.Attr:
		if x.Name == "format" || x.Name == "format_map" {
			out = c.format(e)
		}
		if slices.Contains(programMethods, x.Name) || x.X.Kind == jinja.Name && !c.env.Defined(x.X.Name) && slices.Contains(pythonModules, x.X.Name) {
			out = append(out, code(e, core.High, core.Moderate, "calls %q", x.Name)...)
		}
	}
	return append(out, c.folded(e)...)
}

// format judges "{0.attribute}".format(value).
func (c *checker) format(e *jinja.Expr) []sign {
	for _, s := range c.env.Strings(e.X.X) {
		for rest := s; ; {
			_, field, found := strings.Cut(rest, "{")
			if !found {
				break
			}
			rest = field
			field, _, _ = strings.Cut(field, "}")
			for _, part := range strings.FieldsFunc(field, func(r rune) bool { return strings.ContainsRune(".[]:!", r) }) {
				if c.isInner(part) {
					return code(e, core.Critical, core.HighConfidence, "reads %q by format", part)
				}
			}
		}
	}
	return nil
}

// name judges a variable.
func (c *checker) name(e *jinja.Expr) []sign {
	if isDunder(e.Name) && (c.chat || slices.Contains(innerNames, e.Name)) || strings.HasPrefix(e.Name, "_TemplateReference") {
		return code(e, core.Critical, core.HighConfidence, "uses %q", e.Name)
	}
	return c.folded(e)
}

// folded judges the texts that e can be: a name of Python's inner workings is
// kept for an access that comes later.
func (c *checker) folded(e *jinja.Expr) []sign {
	for _, s := range c.env.Strings(e) {
		if slices.Contains(innerNames, s) || strings.HasPrefix(s, "__") && c.isInner(s) {
			return code(e, core.High, core.HighConfidence, "holds the name %q", s)
		}
	}
	return nil
}

// isInner says whether an attribute leads into the inner workings of Python.
// Where the text may be no Jinja, only names that Python has count.
func (c *checker) isInner(name string) bool {
	return slices.Contains(innerNames, name) || slices.Contains(innerAttributes, name) || c.chat && isDunder(name)
}

func isDunder(s string) bool {
	return len(s) > 4 && strings.HasPrefix(s, "__") && strings.HasSuffix(s, "__")
}

// innerNames are names with double underscores that lead from one object of
// Python to others (Python Language Reference, "Data model").
var innerNames = []string{"__class__", "__base__", "__bases__", "__mro__", "__subclasses__", "__globals__", "__builtins__", "__import__", "__init__",
	"__dict__", "__getattribute__", "__getattr__", "__setattr__", "__getitem__", "__call__", "__code__", "__func__", "__self__", "__module__",
	"__reduce__", "__reduce_ex__", "__loader__", "__spec__", "__wrapped__", "__closure__", "__defaults__", "__kwdefaults__", "__new__", "__del__",
	"__enter__", "__exit__", "__init_subclass__", "__class_getitem__", "__qualname__", "__objclass__", "__thisclass__", "__self_class__",
	"__get__", "__set__", "__delattr__", "__dir__", "__weakref__", "__annotations__", "__instancecheck__", "__subclasshook__", "__prepare__",
	"_TemplateReference__context", "_load_context_from_file"}

// innerAttributes are those that Jinja's sandbox refuses although they have no
// underscores (jinja2.sandbox, UNSAFE_*_ATTRIBUTES), and their like.
var innerAttributes = []string{"mro", "func_globals", "func_code", "func_closure", "gi_frame", "gi_code", "gi_yieldfrom", "cr_frame", "cr_code", "cr_await",
	"ag_frame", "ag_code", "ag_await", "tb_frame", "tb_next", "f_globals", "f_locals", "f_builtins", "f_back", "f_code", "co_consts", "co_code",
	"im_func", "im_self", "im_class"}

// engineObjects are functions and classes of the engine, whose attributes lead
// to the modules that define them.
var engineObjects = []string{"cycler", "joiner", "lipsum", "self"}

// webObjects are what web programs hand to their templates.
var webObjects = []string{"request", "config", "session", "g", "url_for", "get_flashed_messages", "current_app", "app", "environ", "settings"}

// pythonModules are modules that some programs hand to templates.
var pythonModules = []string{"os", "sys", "subprocess", "importlib", "builtins", "posix", "socket", "shutil", "pathlib", "pickle", "ctypes", "urllib", "pty"}

// pythonFunctions are functions that a template has only where a program gave
// them to it.
var pythonFunctions = []string{"open", "eval", "exec", "compile", "getattr", "setattr", "delattr", "globals", "locals", "vars", "input", "breakpoint", "type", "object", "memoryview", "system", "popen"}

// programMethods start programs or load code.
var programMethods = []string{"popen", "Popen", "check_output", "check_call", "getoutput", "import_module", "load_module", "execfile", "exec_module", "run_path"}
