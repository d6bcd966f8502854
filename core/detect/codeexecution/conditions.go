package codeexecution

import (
	"slices"
	"strings"

	"taster/core"
	"taster/core/pynames"
)

// A weight is how bad a call is.
type weight int

const (
	harmless weight = iota
	unlisted        // reported with the unknown imports
	doubtful        // an attribute looked up by an ordinary name
	hidden          // a function that is not listed is handed on to be called
	deadly
)

// A finding of one call: how bad, and why in one sentence.
type ruling struct {
	weight weight
	why    string
}

// An argRule judges a call by its arguments.
type argRule func(args []*core.Expr) ruling

// conditional returns the rule for a function that is harmless with some
// arguments and not with others, and what to say of the import.
func conditional(n pynames.Name) (argRule, string) {
	switch n {
	case pynames.Of("builtins", "getattr"):
		return getattr, "It looks up an attribute by name; what it reaches depends on its arguments."
	case pynames.Of("operator", "attrgetter"), pynames.Of("_operator", "attrgetter"):
		return attrgetter, "It makes a function that looks up attributes by name."
	case pynames.Of("operator", "methodcaller"), pynames.Of("_operator", "methodcaller"):
		return methodcaller, "It makes a function that calls a method by name."
	case pynames.Of("operator", "itemgetter"), pynames.Of("_operator", "itemgetter"):
		return itemgetter, "It makes a function that looks up items."
	case pynames.Of("functools", "partial"), pynames.Of("_functools", "partial"):
		return partial, "It binds arguments to a function; what that does depends on the function."
	case pynames.Of("functools", "reduce"), pynames.Of("_functools", "reduce"):
		return union, "It calls a function again and again; Python writes the type int | str this way."
	case pynames.Of("_codecs", "encode"), pynames.Of("codecs", "encode"):
		return encode, "It turns a text into bytes; with any codec but latin1 it can hide what a file holds."
	case pynames.Of("builtins", "type"):
		return typeOf, "With one argument it names a type; with three it makes a class."
	case pynames.Of("torch.storage", "_load_from_bytes"):
		return loadFromBytes, "It loads a PyTorch file that lies inside this one."
	case pynames.Of("collections", "defaultdict"):
		return defaultdict, "It is a dict that calls a function for missing keys."
	case pynames.Of("numpy", "vectorize"), pynames.Of("numpy.lib.function_base", "vectorize"), pynames.Of("numpy.lib._function_base_impl", "vectorize"):
		return defaultdict, "It keeps a function that is later called for each item."
	case pynames.Of("builtins", "iter"):
		return iterate, "It goes through a container; with two arguments it calls a function."
	case pynames.Of("operator", "getitem"), pynames.Of("_operator", "getitem"):
		return subscript, "It looks up an item; what it reaches depends on its arguments."
	case builtinType:
		return loadType, "It looks up a type of Python by its name."
	case pynames.Of("dill._dill", "_create_array"), pynames.Of("dill.dill", "_create_array"):
		return createArray, "It makes an array with a function that it is given."
	case pynames.Of("dill._dill", "_load_type"), pynames.Of("dill.dill", "_load_type"):
		return loadType, "It looks up a type by its name."
	}
	return nil, ""
}

// builtinType is how cloudpickle names the types of Python itself.
var builtinType = pynames.Of("cloudpickle.cloudpickle", "_builtin_type")

// plainName says that s names an ordinary attribute.
func plainName(e *core.Expr) (string, bool) {
	s, ok := e.Value.(string)
	if !ok || e.Kind != core.ExprLiteral || s == "" || strings.HasPrefix(s, "_") || strings.Contains(s, ".") {
		return s, false
	}
	return s, e.Length <= int64(len(s))
}

func getattr(args []*core.Expr) ruling {
	if len(args) < 2 {
		return ruling{deadly, "It looks up an attribute that cannot be told from the file."}
	}
	object := args[0]
	attr, plain := plainName(args[1])
	if args[1].Kind == core.ExprLiteral && vettedAttribute(object, attr, plain) {
		return ruling{}
	}
	if !plain {
		return ruling{deadly, "It looks up an attribute that is private, dotted or computed, which leads into the inner workings of Python."}
	}
	return attributeOf(object)
}

// attributeOf judges looking up an attribute with an ordinary name.
func attributeOf(object *core.Expr) ruling {
	owner := origin(object)
	if owner != nil && isPlain(owner) {
		return ruling{doubtful, "It looks up a method of a plain value."}
	}
	if owner == nil || owner.Kind != core.ExprGlobal {
		return ruling{deadly, "It looks up an attribute of an object that cannot be told from the file."}
	}
	o := judgeExpr(owner)
	if o.danger || o.rule != nil {
		return ruling{deadly, "It looks up an attribute of what a dangerous function returns."}
	}
	if known := leftOut(owner); object == owner && o.Verdict == pynames.Unknown && known.weight > harmless {
		return ruling{deadly, "It looks up an attribute of a module or function that no saved data needs, which leads to whatever it has imported."}
	}
	return ruling{doubtful, "It looks up an attribute with an ordinary name of an object that is not dangerous by itself."}
}

// isPlain says that e is a value that stands in the stream itself.
func isPlain(e *core.Expr) bool {
	switch e.Kind {
	case core.ExprLiteral, core.ExprTuple, core.ExprList, core.ExprDict, core.ExprSet:
		return true
	}
	return false
}

// vettedAttribute says that the list has the attribute of a class or of its
// instances, or that it is a member of an enumeration.
func vettedAttribute(object *core.Expr, attr string, plain bool) bool {
	class := object
	if object.Kind == core.ExprCall {
		class = object.Fn
	}
	if class.Kind != core.ExprGlobal {
		return false
	}
	if _, ok := pynames.Vetted(pynames.Of(class.Module, class.Name+"."+attr)); ok {
		return true
	}
	of, _ := pynames.Vetted(pynames.Of(class.Module, class.Name))
	return plain && object.Kind == core.ExprGlobal && of.Members
}

// origin is the global that an object is, or was made by.
func origin(e *core.Expr) *core.Expr {
	for i := 0; e != nil && e.Kind == core.ExprCall && i < 8; i++ {
		e = e.Fn
	}
	return e
}

func attrgetter(args []*core.Expr) ruling {
	for _, a := range args {
		if _, ok := plainName(a); !ok {
			return ruling{deadly, "It makes a function that looks up private, dotted or computed attributes."}
		}
	}
	return ruling{doubtful, "It makes a function that looks up an attribute with an ordinary name."}
}

// running are names of methods that run or load something on common objects.
var running = strings.Fields("system popen run call check_call check_output eval exec execute execfile spawn start load loads read open write send connect compile import_module get_data")

// methodcaller makes a function for later: calling that is judged as a call of
// what another call returns.
func methodcaller(args []*core.Expr) ruling {
	if len(args) == 0 {
		return ruling{deadly, "It makes a function that calls a method that cannot be told from the file."}
	}
	name, ok := plainName(args[0])
	if !ok || slices.Contains(running, name) {
		return ruling{deadly, "It makes a function that calls a private, dotted or computed method, or one that runs things."}
	}
	if len(args) > 1 { // get("os") of the modules of Python, say
		return ruling{hidden, "It makes a function that calls a method with arguments, on whatever it is given later."}
	}
	return ruling{doubtful, "It makes a function that calls a method with an ordinary name."}
}

// createArray is how dill makes an array: a function, its arguments, the state.
func createArray(args []*core.Expr) ruling {
	if len(args) >= 2 && args[0].Kind == core.ExprGlobal && args[0].Name == "_reconstruct" && judgeExpr(args[0]).Verdict == pynames.Expected &&
		args[1].Kind == core.ExprTuple && len(args[1].Args) > 0 && args[1].Args[0].Kind == core.ExprGlobal {
		if judgeExpr(args[1].Args[0]).Verdict == pynames.Expected {
			return ruling{}
		}
		return ruling{unlisted, ""}
	}
	return ruling{deadly, "It calls a function that is given to it."}
}

func itemgetter(args []*core.Expr) ruling {
	for _, a := range args {
		if a.Kind != core.ExprLiteral {
			return ruling{deadly, "It makes a function that looks up computed items."}
		}
		if s, ok := a.Value.(string); ok && strings.HasPrefix(s, "_") {
			return ruling{deadly, "It makes a function that looks up private items."}
		}
	}
	return ruling{}
}

func partial(args []*core.Expr) ruling {
	if len(args) == 0 {
		return ruling{deadly, "It binds arguments to a function that cannot be told from the file."}
	}
	return bound(args[0])
}

// bound judges a function that is kept for a later call.
func bound(f *core.Expr) ruling {
	if f.Kind == core.ExprLiteral && f.Value == nil {
		return ruling{}
	}
	if f.Kind != core.ExprGlobal {
		if owner := origin(f); f.Kind == core.ExprCall && owner.Kind == core.ExprGlobal && !judgeExpr(owner).danger {
			return ruling{} // an object whose making was judged
		}
		return ruling{deadly, "It keeps a function for a later call that cannot be told from the file."}
	}
	switch o := judgeExpr(f); {
	case o.danger:
		return ruling{deadly, "It keeps a dangerous function for a later call."}
	case o.rule != nil:
		return ruling{hidden, "It keeps a function for a later call that is dangerous with some arguments."}
	case o.Verdict == pynames.Unknown:
		return ruling{unlisted, ""}
	}
	return ruling{}
}

func defaultdict(args []*core.Expr) ruling {
	if len(args) == 0 {
		return ruling{}
	}
	r := bound(args[0])
	if r.weight == unlisted && isFunction(args[0].Name) {
		return ruling{hidden, "It keeps a function that Taster does not know, for a call at the next look-up."}
	}
	return r
}

// union accepts reduce(or_, types), which is how a union of types is saved.
func union(args []*core.Expr) ruling {
	bad := ruling{deadly, "It calls a function that is given to it for each item."}
	if len(args) != 2 || args[0].Kind != core.ExprGlobal || args[0].Module != "_operator" || args[0].Name != "or_" || args[1].Kind != core.ExprTuple {
		return bad
	}
	for _, t := range args[1].Args {
		if t.Kind != core.ExprGlobal || judgeExpr(t).Verdict != pynames.Expected {
			return bad
		}
	}
	return ruling{}
}

func encode(args []*core.Expr) ruling {
	if len(args) >= 2 && args[0].Kind == core.ExprLiteral && args[1].Kind == core.ExprLiteral {
		codec, _ := args[1].Value.(string)
		if slices.Contains([]string{"latin1", "latin-1", "latin_1", "iso-8859-1", "iso8859-1"}, strings.ToLower(codec)) {
			return ruling{}
		}
	}
	return ruling{deadly, "It computes a text with a codec that pickling never uses, which hides names from scanners."}
}

func typeOf(args []*core.Expr) ruling {
	if len(args) == 1 && args[0].Kind == core.ExprLiteral {
		return ruling{}
	}
	if len(args) == 1 {
		return ruling{doubtful, "It takes the type of an object that the stream computes."}
	}
	return ruling{deadly, "It makes a new class, whose methods Python calls later."}
}

func loadFromBytes(args []*core.Expr) ruling {
	if len(args) == 1 && isBytes(args[0]) {
		return ruling{}
	}
	return ruling{deadly, "It loads a nested file whose bytes cannot be told from this one."}
}

// isBytes accepts bytes and their form in protocols below 3,
// _codecs.encode(text, "latin1").
func isBytes(e *core.Expr) bool {
	if e.Kind == core.ExprLiteral {
		_, ok := e.Value.([]byte)
		return ok
	}
	return e.Kind == core.ExprCall && e.Fn.Kind == core.ExprGlobal && e.Fn.Module == "_codecs" && e.Fn.Name == "encode" &&
		encode(e.Args).weight == harmless
}

func iterate(args []*core.Expr) ruling {
	if len(args) == 1 && args[0].Kind != core.ExprGlobal {
		return ruling{}
	}
	return ruling{deadly, "It calls a function again and again."}
}

// subscript accepts the generic types of typing, such as Optional[int].
func subscript(args []*core.Expr) ruling {
	if len(args) == 2 && args[0].Kind == core.ExprGlobal && args[0].Module == "typing" && judgeExpr(args[0]).Verdict == pynames.Expected {
		return ruling{}
	}
	return ruling{deadly, "It looks up an item of an object, which is a way to functions that are not named in the file."}
}

// dataTypes are those that dill looks up by name when it saves plain data. A
// MethodType binds a function to an object; making one is judged by itself.
var dataTypes = []string{"NoneType", "EllipsisType", "NotImplementedType", "type", "object", "bool", "int", "float", "complex",
	"str", "bytes", "bytearray", "list", "tuple", "dict", "set", "frozenset", "range", "slice", "OrderedDict", "defaultdict"}

func loadType(args []*core.Expr) ruling {
	if len(args) == 1 {
		if s, ok := args[0].Value.(string); ok && (slices.Contains(dataTypes, s) || s == "MethodType") {
			return ruling{}
		}
	}
	return ruling{deadly, "It looks up a type by a name that is none of data; with types of code, functions can be made."}
}
