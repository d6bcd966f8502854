package codeexecution

import (
	"strings"

	"taster/core"
	"taster/core/pynames"
)

// A verdict on one call of the stream.
type verdict struct {
	call *core.Call
	ruling
	rule *core.Rule
}

// judgeCall judges what one instruction does.
func judgeCall(c *core.Call) verdict {
	switch c.Opcode {
	case "BINPERSID", "PERSID": // what it makes is the loader's choice; the names in it are judged as imports
		return verdict{call: c}
	case "REDUCE", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX":
		return verdict{c, judgeCallee(c), &ruleCall}
	}
	return verdict{c, judgeChange(c), &ruleTamper}
}

func judgeCallee(c *core.Call) ruling {
	fn := c.Target
	if fn.Kind == core.ExprPersistent { // old torch files: ("module", class, file, source)
		if id := fn.Args[0]; id.Kind == core.ExprTuple && len(id.Args) > 1 && id.Args[0].Value == any("module") {
			fn = id.Args[1]
		}
	}
	switch fn.Kind {
	case core.ExprGlobal:
		return judgeGlobalCall(c, fn)
	case core.ExprCall:
		return judgeComputedCallee(c, fn)
	}
	if isPlain(fn) {
		return ruling{} // Python refuses to call it
	}
	return ruling{deadly, "It calls an object that cannot be told from the file."}
}

// judgeComputedCallee judges calling what another call returned. Below protocol
// 4, Python writes a class inside a class as getattr(Outer, "Inner").
func judgeComputedCallee(c *core.Call, fn *core.Expr) ruling {
	if fn.Fn.Kind == core.ExprGlobal && fn.Fn.Name == "getattr" && judgeExpr(fn.Fn).rule != nil {
		r := getattr(fn.Args)
		if r.weight == harmless || r.weight == doubtful && makesEmpty(c) {
			return r
		}
	}
	if fn.Fn.Kind == core.ExprGlobal && isMethodType(fn) && len(c.Args) == 2 {
		if r := bound(c.Args[0]); r.weight > doubtful {
			return r
		}
		return ruling{doubtful, "It binds a function to an object, for a later call."}
	}
	return ruling{deadly, "It calls what another call returns, so the function is not named anywhere in the file."}
}

// isMethodType says that e looks up the type of bound methods.
func isMethodType(e *core.Expr) bool {
	n := pynames.Of(e.Fn.Module, e.Fn.Name)
	if rule, _ := conditional(n); rule == nil || n != builtinType && e.Fn.Name != "_load_type" || len(e.Args) != 1 {
		return false
	}
	return e.Args[0].Value == any("MethodType")
}

func judgeGlobalCall(c *core.Call, fn *core.Expr) ruling {
	o := judgeExpr(fn)
	switch {
	case o.danger:
		return ruling{deadly, o.Reason}
	case o.rule != nil:
		return o.rule(c.Args)
	case o.Empty && !makesEmpty(c) && len(c.Args) > 0:
		if l, ok := pynames.Around(pynames.Of(fn.Module, fn.Name)); ok {
			return ruling{deadly, l.Reason}
		}
		return ruling{unlisted, ""}
	}
	r := handedOn(c, fn, o)
	if makesEmpty(c) || o.Verdict != pynames.Unknown {
		return r
	}
	if known := leftOut(fn); known.weight > r.weight {
		return known
	}
	return r
}

// makesEmpty says that c makes an object without its constructor.
func makesEmpty(c *core.Call) bool { return c.Opcode == "NEWOBJ" || c.Opcode == "NEWOBJ_EX" }

// leftOut judges a call of a name that is not vetted, although its library is
// known as a whole.
func leftOut(fn *core.Expr) ruling {
	switch pynames.Library(pynames.Of(fn.Module, fn.Name)) {
	case pynames.Standard:
		return ruling{deadly, "It calls something of Python's standard library that no saved data needs."}
	case pynames.Common:
		if isFunction(fn.Name) {
			return ruling{hidden, "It calls a function of a known library that rebuilds no object."}
		}
	}
	return ruling{}
}

// isFunction says that ident is by its form a function, and by its words none
// that libraries use to rebuild their objects.
func isFunction(ident string) bool {
	first := strings.TrimLeft(ident, "_")
	if first == "" || !isLower(first[0]) {
		return false
	}
	if len(first) > 2 && strings.IndexByte("sdczif", first[0]) >= 0 && first[1] >= 'A' && first[1] <= 'Z' && isLower(first[2]) {
		return false // a class for one element type, as in LAPACK: dKalmanFilter
	}
	for _, word := range []string{"rebuild", "unpickle", "reconstruct", "restore", "newobj"} {
		if strings.Contains(strings.ToLower(ident), word) {
			return false
		}
	}
	return true
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// handedOn judges functions among the arguments: handing one to a function
// that calls it is a call.
func handedOn(c *core.Call, fn *core.Expr, o opinion) ruling {
	worst := ruling{}
	if o.Verdict == pynames.Unknown {
		worst = ruling{weight: unlisted}
	}
	for i, a := range c.Args {
		if a.Kind != core.ExprGlobal {
			continue
		}
		switch arg := judgeExpr(a); {
		case arg.danger:
			return ruling{deadly, "It hands a dangerous function on: " + arg.Reason}
		case arg.rule != nil && worst.weight < hidden && !takesClass(c, fn, i):
			worst = ruling{hidden, "It hands on a function that is dangerous with some arguments."}
		case arg.Verdict == pynames.Unknown && o.Verdict == pynames.Expected && !takesClass(c, fn, i):
			worst = ruling{hidden, "It hands a function that Taster does not know to one that may call it."}
		}
	}
	return worst
}

// takesClass says that argument i of fn is a class that fn makes an object of.
func takesClass(c *core.Call, fn *core.Expr, i int) bool {
	if makesEmpty(c) {
		return true // __new__ of a listed class calls none of its arguments
	}
	if strings.HasPrefix(fn.Name, "__pyx_unpickle_") { // Cython's: class, checksum, state
		return i == 0
	}
	switch fn.Name {
	case "newObj", "dtype": // Cython's trees and distances; an element type
		return i == 0
	case "_reconstructor", "__newobj__", "__newobj_ex__", "_reconstruct", "_mareconstruct", "_new_Index",
		"_new_DatetimeIndex", "_new_PeriodIndex", "_rebuild_wrapper_subclass":
		return i <= 1
	case "_rebuild_from_type", "_rebuild_from_type_v2":
		return i == 1
	}
	return false
}

// judgeChange judges BUILD and the instructions that add items.
func judgeChange(c *core.Call) ruling {
	owner := origin(c.Target)
	switch {
	case c.Target.Kind == core.ExprGlobal:
		return ruling{deadly, "It changes an object that was imported, which every part of the program shares."}
	case addsItems(c) && c.Target.Kind == core.ExprPersistent:
		return ruling{hidden, "It writes into what is kept outside of the stream, a storage of a tensor as a rule; pickling never does."}
	case c.Target.Kind != core.ExprCall || owner.Kind != core.ExprGlobal:
		return ruling{}
	case addsItems(c) && isArray(owner):
		return ruling{hidden, "It writes into an array or a tensor, which pickling never does. PyTorch below 2.10 writes outside of its memory where the sizes of the tensor lie (CVE-2026-24747)."}
	}
	o := judgeExpr(owner)
	if c.Target.Fn == owner && isPartial(owner) {
		return partialState(c.Args)
	}
	if o.rule != nil && isLookup(owner) {
		return ruling{deadly, "It changes an object that was reached by looking up an attribute."}
	}
	return ruling{}
}

// addsItems says that c adds items, or sets them.
func addsItems(c *core.Call) bool { return c.Opcode != "BUILD" }

// isArray says that e makes or rebuilds arrays, tensors or storages.
func isArray(e *core.Expr) bool {
	top, _, _ := strings.Cut(e.Module, ".")
	if top != "torch" && top != "numpy" && top != "pandas" && top != "jax" && top != "jaxlib" {
		return false
	}
	switch e.Name {
	case "_reconstruct", "_frombuffer", "frombuffer", "scalar", "ndarray", "array", "dtype", "Tensor", "Parameter", "tensor", "zeros", "ones", "empty", "_reconstruct_array":
		return true
	}
	return strings.HasPrefix(e.Name, "_rebuild_") || strings.HasSuffix(e.Name, "Storage") || strings.HasSuffix(e.Name, "Tensor")
}

func isPartial(e *core.Expr) bool {
	return (e.Module == "functools" || e.Module == "_functools") && e.Name == "partial"
}

func isLookup(e *core.Expr) bool { return e.Name == "getattr" || e.Name == "type" }

// partialState judges the state (function, arguments, keywords, dict) that
// BUILD gives to a functools.partial, in place of what it was made with.
func partialState(args []*core.Expr) ruling {
	if len(args) != 1 || args[0].Kind != core.ExprTuple || len(args[0].Args) == 0 {
		return ruling{}
	}
	return bound(args[0].Args[0])
}
