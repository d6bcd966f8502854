package jinja

import (
	"fmt"
	"slices"
	"strings"
)

// applied is f, a filter or a method, of all constants that its operand and
// arguments can be.
func (v *Env) applied(e *Expr, f func(name string, x any, args []any, named map[string]any) any) []any {
	operand, name := e.X, e.Name
	if e.Kind == Call {
		operand, name = e.X.X, e.X.Name
	}
	var out []any
	for _, args := range v.all(e.Args) {
		plain, named := split(e.Args, args)
		for _, x := range v.eval(operand) {
			if !v.spend(weight(x, maxLength)) {
				return out
			}
			out = v.keep(out, f(name, x, plain, named))
		}
	}
	return out
}

// split parts the values of arguments into those by place and by name.
func split(args []*Expr, values []any) (plain []any, named map[string]any) {
	named = map[string]any{}
	for i, a := range args {
		if a.Kind == Keyword {
			named[a.Name] = values[i]
		} else {
			plain = append(plain, values[i])
		}
	}
	return plain, named
}

// call is a method of a constant, dict(), or a macro that prints constants.
func (v *Env) call(e *Expr) []any {
	switch {
	case e.X.Kind == Attr:
		return v.applied(e, method)
	case e.X.Kind != Name:
		return nil
	case e.X.Name == "dict":
		return []any{v.keys(e.Args)}
	}
	return v.vars[e.X.Name+"()"]
}

// keys is dict() with the given arguments. Its values need not be known: names
// are hidden in its keys.
func (v *Env) keys(args []*Expr) any {
	var out dict
	for _, a := range args {
		if a.Kind != Keyword {
			continue
		}
		value := any("")
		if x := v.eval(a.X); len(x) > 0 {
			value = x[0]
		}
		out = append(out, a.Name, value)
	}
	return out
}

// filter is what the filter called name makes of x; nil is unknown.
func filter(name string, x any, args []any, named map[string]any) any {
	switch name {
	case "join":
		return joined(sequence(x), argument(args, 0, ""))
	case "format":
		return percentNamed(x, args, named)
	case "list":
		return list(sequence(x))
	case "first":
		return element(list(sequence(x)), int64(0))
	case "last":
		return element(list(sequence(x)), int64(-1))
	case "reverse":
		return reversed(x)
	case "map":
		return mapped(x, args)
	case "sort", "unique":
		return order(name, x)
	case "default", "d", "safe", "escape", "e", "forceescape":
		return x
	case "string":
		return text(x)
	}
	if s, ok := x.(string); ok {
		return change(name, s, args)
	}
	return nil
}

// method is what the method called name of x gives; nil is unknown.
func method(name string, x any, args []any, named map[string]any) any {
	s, ok := x.(string)
	if !ok {
		return nil
	}
	switch name {
	case "join":
		if len(args) == 1 {
			return joined(sequence(args[0]), s)
		}
		return nil
	case "format":
		return braces(s, args, named)
	case "split":
		return parts(s, args)
	}
	return change(name, s, args)
}

// change is what filters and methods that share a name make of a text.
func change(name, s string, args []any) any {
	switch name {
	case "lower", "casefold":
		return strings.ToLower(s)
	case "upper":
		return strings.ToUpper(s)
	case "capitalize":
		return capital(s)
	case "trim", "strip":
		return strings.Trim(s, argument(args, 0, whiteSpace))
	case "lstrip":
		return strings.TrimLeft(s, argument(args, 0, whiteSpace))
	case "rstrip":
		return strings.TrimRight(s, argument(args, 0, whiteSpace))
	case "removeprefix":
		return strings.TrimPrefix(s, argument(args, 0, ""))
	case "removesuffix":
		return strings.TrimSuffix(s, argument(args, 0, ""))
	case "replace":
		return replaced(s, args)
	}
	return nil
}

const whiteSpace = " \t\r\n\v\f"

func argument(args []any, i int, otherwise string) string {
	if i < len(args) {
		if s, ok := args[i].(string); ok {
			return s
		}
	}
	return otherwise
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + strings.ToLower(s[1:])
}

func replaced(s string, args []any) any {
	if len(args) < 2 {
		return nil
	}
	from, to := text(args[0]), text(args[1])
	if (len(s)+1)*(len(to)+1) > 16*maxLength {
		return nil
	}
	return strings.ReplaceAll(s, from, to)
}

func parts(s string, args []any) any {
	var fields []string
	if sep := argument(args, 0, ""); sep != "" {
		fields = strings.Split(s, sep)
	} else {
		fields = strings.Fields(s)
	}
	out := list{}
	for _, f := range fields {
		out = append(out, f)
	}
	return out
}

func reversed(x any) any {
	l := slices.Clone(sequence(x))
	slices.Reverse(l)
	if _, ok := x.(string); ok {
		return joined(l, "")
	}
	return list(l)
}

// mapped applies the filter that is named first to every element.
func mapped(x any, args []any) any {
	name := argument(args, 0, "")
	if name == "" || name == "map" {
		return nil
	}
	out := list{}
	for _, y := range sequence(x) {
		z := filter(name, y, args[1:], nil)
		if z == nil {
			return nil
		}
		out = append(out, z)
	}
	return out
}

func order(name string, x any) any {
	l := slices.Clone(sequence(x))
	if name == "sort" {
		slices.SortStableFunc(l, func(a, b any) int { return strings.Compare(text(a), text(b)) })
		return list(l)
	}
	return list(union(nil, l))
}

// percentNamed is the filter format: "%(name)s" or "%s".
func percentNamed(x any, args []any, named map[string]any) any {
	s, ok := x.(string)
	if !ok || len(named) == 0 {
		return percent(x, args)
	}
	for name, value := range named {
		s = strings.ReplaceAll(s, "%("+name+")s", text(value))
		if len(s) > maxLength {
			return nil
		}
	}
	return s
}

// percent is the operator "%" of a text with the verbs s, d and c.
func percent(x any, args []any) any {
	s, ok := x.(string)
	if !ok {
		return nil
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 || i+1 == len(s) {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		verb := s[i+1]
		s = s[i+2:]
		if verb == '%' {
			b.WriteByte('%')
			continue
		}
		if len(args) == 0 || strings.IndexByte("sdc", verb) < 0 || b.Len() > maxLength {
			return nil
		}
		b.WriteString(verbText(verb, args[0]))
		args = args[1:]
	}
}

func verbText(verb byte, x any) string {
	if n, ok := x.(int64); ok && verb == 'c' && n >= 0 && n <= 0x10ffff {
		return string(rune(n))
	}
	return text(x)
}

// braces is the method format with "{}", "{0}", "{name}" and ":c".
func braces(s string, args []any, named map[string]any) any {
	var b strings.Builder
	for auto := 0; ; {
		i := strings.IndexAny(s, "{}")
		if i < 0 || b.Len() > maxLength {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		if i+1 < len(s) && s[i+1] == s[i] {
			b.WriteByte(s[i])
			s = s[i+2:]
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		if s[i] == '}' || end < 0 {
			return nil
		}
		field, spec, _ := strings.Cut(s[i+1:i+end], ":")
		x, ok := named[field]
		if field == "" {
			field = fmt.Sprint(auto)
			auto++
		}
		for n := range args {
			if field == fmt.Sprint(n) {
				x, ok = args[n], true
			}
		}
		if !ok {
			return nil
		}
		verb := byte('s')
		if spec == "c" {
			verb = 'c'
		}
		b.WriteString(verbText(verb, x))
		s = s[i+end+1:]
	}
}
