package pickle

import (
	"testing"

	"taster/core"
)

func TestMayHoldArrays(t *testing.T) {
	number := func(n int) (out []*core.Expr) {
		for i := range n {
			out = append(out, &core.Expr{Kind: core.ExprLiteral, Value: int64(i)})
		}
		return out
	}
	list := func(items ...*core.Expr) *core.Expr { return &core.Expr{Kind: core.ExprList, Args: items} }
	tuple := func(items ...*core.Expr) *core.Expr { return &core.Expr{Kind: core.ExprTuple, Args: items} }
	text := &core.Expr{Kind: core.ExprLiteral, Value: "text"}
	dict := func(v *core.Expr) *core.Expr { return &core.Expr{Kind: core.ExprDict, Args: []*core.Expr{text, v}} }
	nested := func(levels int) *core.Expr {
		e := list(text)
		for range levels {
			e = list(e)
		}
		return e
	}
	shared := list(text) // 2 to the power of 40 texts
	for range 40 {
		shared = list(shared, shared)
	}
	for _, tt := range []struct {
		name string
		e    *core.Expr
		want bool
	}{
		{"a text", text, false},
		{"a short list", list(number(7)...), false},
		{"a list", list(number(8)...), true},
		{"a tuple", tuple(number(8)...), true},
		{"texts", list(text, text, text, text, text, text, text, text), true},
		{"few texts", list(text, text), false},
		{"texts in a dict", dict(list(text, text, text, text, text, text, text, text)), false},
		{"numbers and a text", list(append(number(8), text)...), false},
		{"rows", list(list(number(4)...), tuple(number(4)...)), true},
		{"short rows", list(list(number(3)...), list(number(4)...)), false},
		{"in a dict", dict(list(number(8)...)), true},
		{"settings", dict(list(number(3)...)), false},
		{"a set", &core.Expr{Kind: core.ExprSet, Args: number(8)}, true},
		{"an object", dict(&core.Expr{Kind: core.ExprCall}), true},
		{"a list of which a part was kept", list(append(number(2), &core.Expr{})...), true},
		{"deep", nested(collectDepth - 1), false},
		{"too deep", nested(collectDepth + 1), true},
		{"too much", shared, true},
	} {
		if got := mayHoldArrays(tt.e); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
