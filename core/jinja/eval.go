package jinja

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// eval lists the constants that e can be. Unknown is the empty list.
func (v *Env) eval(e *Expr) []any {
	if e == nil {
		return nil
	}
	if v.memo != nil {
		if out, ok := v.memo[e]; ok {
			return out
		}
	}
	if !v.spend(1) {
		return nil
	}
	out := v.compute(e)
	if v.memo != nil {
		v.memo[e] = out
	}
	return out
}

func (v *Env) compute(e *Expr) []any {
	switch e.Kind {
	case Const:
		if weight(e.Value, maxLength) > maxLength {
			return nil
		}
		return []any{e.Value}
	case Name:
		return v.vars[e.Name]
	case Attr:
		if e.X.Kind == Name {
			return v.vars[e.X.Name+"."+e.Name]
		}
	case Item:
		return v.item(e)
	case Binary:
		return v.operator(e)
	case Cond:
		return v.union(slices.Clone(v.eval(e.Args[0])), v.eval(e.Args[2]))
	case List, Tuple:
		return v.wrap(e, func(x []any) any { return list(x) })
	case Dict:
		return v.wrap(e, func(x []any) any { return dict(x) })
	case Filter:
		return v.applied(e, filter)
	case Call:
		return v.call(e)
	case Unary:
		return v.product(v.eval(e.X), []any{nil}, func(x, _ any) any {
			n, ok := x.(int64)
			if !ok || e.Name == "not" {
				return nil
			}
			if e.Name == "-" {
				return -n
			}
			return n
		})
	}
	return nil
}

// product is f of every pair, without those for which f has no answer, nil.
func (v *Env) product(a, b []any, f func(x, y any) any) []any {
	var out []any
	for _, x := range a {
		for _, y := range b {
			if len(out) >= maxValues || !v.spend(weight(x, maxLength)+weight(y, maxLength)) {
				return out
			}
			out = v.keep(out, f(x, y))
		}
	}
	return out
}

// keep adds x to values unless it is unknown, too large, or there already.
func (v *Env) keep(values []any, x any) []any {
	if x == nil {
		return values
	}
	n := weight(x, maxLength)
	if n > maxLength || !v.spend(n) {
		return values
	}
	return v.union(values, []any{x})
}

// spend counts work, and says whether there may be more.
func (v *Env) spend(n int) bool {
	v.work += n + 1
	return v.work <= maxWork
}

// weight is the size of x in bytes and elements, or more than limit.
func weight(x any, limit int) int {
	n := 1
	var inner []any
	switch x := x.(type) {
	case string:
		return n + len(x)
	case list:
		inner = x
	case dict:
		inner = x
	}
	for _, y := range inner {
		if n += weight(y, limit-n); n > limit {
			break
		}
	}
	return n
}

// all lists the ways in which args can be constants; it is empty when one of
// them is unknown.
func (v *Env) all(args []*Expr) [][]any {
	if len(args) > maxArgs {
		return nil
	}
	out := [][]any{{}}
	for _, a := range args {
		values := v.eval(a)
		if a != nil && a.Kind == Keyword {
			values = v.eval(a.X)
		}
		var next [][]any
		for _, before := range out {
			for _, x := range values {
				if len(next) < maxValues && v.spend(len(before)) {
					next = append(next, append(slices.Clip(before), x))
				}
			}
		}
		out = next
	}
	return out
}

// wrap makes lists of values, without those that are too large: sixty lists of
// which each holds the one before it twice stand for 2^60 values.
func (v *Env) wrap(e *Expr, f func([]any) any) []any {
	var out []any
	for _, x := range v.all(e.Args) {
		made := f(x)
		n := weight(made, maxLength)
		if n > maxLength && v.large == nil {
			v.large = e
		}
		if n <= maxLength && v.spend(n) {
			out = append(out, made)
		}
	}
	return out
}

// item is a subscript: an element, a part of a text, or a value by key.
func (v *Env) item(e *Expr) []any {
	if s := e.Args[0]; s.Kind == Slice {
		return v.product(v.eval(e.X), []any{nil}, func(x, _ any) any { return v.slice(x, s.Args) })
	}
	return v.product(v.eval(e.X), v.eval(e.Args[0]), element)
}

func element(x, index any) any {
	if d, ok := x.(dict); ok {
		for i := 0; i+1 < len(d); i += 2 {
			if same(d[i], index) {
				return d[i+1]
			}
		}
		return nil
	}
	l := sequence(x)
	i, ok := index.(int64)
	if i < 0 {
		i += int64(len(l))
	}
	if !ok || i < 0 || i >= int64(len(l)) {
		return nil
	}
	return l[i]
}

// sequence are the elements of a list, the characters of a text, or the keys
// of a dict.
func sequence(x any) []any {
	var out []any
	switch x := x.(type) {
	case list:
		return x
	case string:
		for _, r := range x {
			out = append(out, string(r))
		}
	case dict:
		for i := 0; i+1 < len(x); i += 2 {
			out = append(out, x[i])
		}
	}
	return out
}

// slice is x[from:to:step] as in Python.
func (v *Env) slice(x any, parts []*Expr) any {
	step, ok := v.bound(parts[2], 1)
	l := sequence(x)
	n := int64(len(l))
	if !ok || step == 0 || n == 0 {
		return nil
	}
	first, last := int64(0), n
	if step < 0 {
		first, last = n-1, -1
	}
	from, ok1 := v.bound(parts[0], first)
	to, ok2 := v.bound(parts[1], last)
	if !ok1 || !ok2 {
		return nil
	}
	if parts[0] != nil {
		from = clamp(from, n, step < 0)
	}
	if parts[1] != nil {
		to = clamp(to, n, step < 0)
	}
	var out list
	for i := from; (step > 0 && i < to || step < 0 && i > to) && i >= 0 && i < n; i += step {
		out = append(out, l[i])
		if step > n || step < -n {
			break
		}
	}
	if _, text := x.(string); text {
		return joined(out, "")
	}
	return out
}

// clamp turns a bound that may count from the end into one from 0 to n.
func clamp(i, n int64, down bool) int64 {
	if i < 0 {
		i += n
	}
	if down {
		return max(min(i, n-1), -1)
	}
	return max(min(i, n), 0)
}

func (v *Env) bound(e *Expr, otherwise int64) (int64, bool) {
	if e == nil {
		return otherwise, true
	}
	for _, x := range v.eval(e) {
		if n, ok := x.(int64); ok {
			return n, true
		}
	}
	return 0, false
}

// operator is what an operator makes of constants, as far as that can be a text.
func (v *Env) operator(e *Expr) []any {
	left, right := v.eval(e.Args[0]), v.eval(e.Args[1])
	switch e.Name {
	case "~":
		return v.product(left, right, concat)
	case "+":
		return v.product(left, right, sum)
	case "-":
		return v.product(left, right, func(x, y any) any {
			a, ok := x.(int64)
			b, ok2 := y.(int64)
			if !ok || !ok2 {
				return nil
			}
			return a - b
		})
	case "*":
		return v.product(left, right, repeat)
	case "**":
		return v.product(left, right, power)
	case "%":
		return v.product(left, right, func(x, y any) any {
			args, ok := y.(list)
			if !ok {
				args = list{y}
			}
			return percent(x, args)
		})
	case "or", "and":
		return v.union(slices.Clone(left), right)
	}
	return nil
}

func concat(x, y any) any { return text(x) + text(y) }

func sum(x, y any) any {
	switch a := x.(type) {
	case string:
		if b, ok := y.(string); ok {
			return a + b
		}
	case int64:
		if b, ok := y.(int64); ok {
			return a + b
		}
	case list:
		if b, ok := y.(list); ok && len(a)+len(b) <= maxLength {
			return append(slices.Clip(a), b...)
		}
	}
	return nil
}

func repeat(x, y any) any {
	if _, ok := x.(int64); ok {
		x, y = y, x
	}
	n, ok := y.(int64)
	if !ok {
		return nil
	}
	if m, ok := x.(int64); ok {
		return times(m, n)
	}
	if n < 0 || n > maxLength {
		return nil
	}
	switch x := x.(type) {
	case string:
		if int64(len(x))*n <= maxLength {
			return strings.Repeat(x, int(n))
		}
	case list:
		if int64(len(x))*n <= maxLength {
			return list(slices.Repeat(x, int(n)))
		}
	}
	return nil
}

// times is a * b, or the largest number.
func times(a, b int64) int64 {
	if p := float64(a) * float64(b); math.Abs(p) < math.MaxInt64 {
		return a * b
	}
	return math.MaxInt64
}

// power is the integer x to the y-th, or the largest one.
func power(x, y any) any {
	a, ok := x.(int64)
	n, ok2 := y.(int64)
	if !ok || !ok2 || n < 0 {
		return nil
	}
	p := math.Pow(float64(a), float64(n))
	if math.Abs(p) >= math.MaxInt64 {
		return int64(math.MaxInt64)
	}
	return int64(p)
}

// text is the value as "~" and join print it.
func text(x any) string {
	switch x := x.(type) {
	case string:
		return x
	case nil:
		return "None"
	case bool:
		if x {
			return "True"
		}
		return "False"
	}
	return fmt.Sprint(x)
}

func joined(l []any, sep string) any {
	parts, n := make([]string, len(l)), 0
	for i, x := range l {
		parts[i] = text(x)
		if n += len(parts[i]) + len(sep); n > maxLength {
			return nil
		}
	}
	return strings.Join(parts, sep)
}
