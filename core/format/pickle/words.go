package pickle

import (
	"context"

	"taster/core"
)

// words is the texts of a value that is a list of them, or a vector of Python
// objects that are: labels that were pickled, or saved with numpy as objects.
func words(v any) []string {
	list, ok := sequence(v)
	if a, isArray := v.(*ndarray); isArray && len(a.shape) == 1 {
		list, ok = a.items, a.shape[0] == int64(len(a.items))
	}
	if !ok || len(list) < fewestNumbers {
		return nil
	}
	out := make([]string, len(list))
	for i, item := range list {
		if out[i], ok = item.(string); !ok {
			return nil
		}
	}
	return out
}

// wordTable offers texts as a table of one column.
func wordTable(texts []string) *core.Table {
	return &core.Table{Columns: []core.Column{{Name: "value"}}, Rows: int64(len(texts)),
		Scan: func(ctx context.Context, yield func(int64, []string) error) error {
			for i, text := range texts {
				if err := yield(int64(i), []string{text}); err != nil {
					return err
				}
			}
			return ctx.Err()
		}}
}

// allTexts says whether items are texts alone, and enough for a table.
func allTexts(items []*core.Expr) bool {
	for _, item := range items {
		if _, ok := item.Value.(string); !ok || item.Kind != core.ExprLiteral {
			return false
		}
	}
	return len(items) >= fewestNumbers
}
