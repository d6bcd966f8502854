package pickle

import (
	"context"
	"encoding/binary"
	"strings"

	"taster/core"
)

// words is the texts of a value that is a list of them, a vector of texts, or
// one of Python objects that are: labels that were pickled, or saved with numpy
// as objects.
func words(v any) []string {
	list, ok := sequence(v)
	if a, isArray := v.(*ndarray); isArray && len(a.shape) == 1 {
		if a.dtype.letters > 0 {
			return a.texts()
		}
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

// texts is the items of an array of texts: four bytes a letter, filled up with
// zeros.
func (a *ndarray) texts() []string {
	width := 4 * int64(a.dtype.letters)
	if a.dtype.letters > len(a.data) || sizeOf(a.shape, width) != int64(len(a.data)) {
		return nil
	}
	var order binary.ByteOrder = binary.LittleEndian
	if a.dtype.big {
		order = binary.BigEndian
	}
	var out []string
	for data := a.data; len(data) > 0; data = data[width:] {
		var b strings.Builder
		for at := int64(0); at < width; at += 4 {
			b.WriteRune(rune(order.Uint32(data[at:])))
		}
		out = append(out, strings.TrimRight(b.String(), "\x00"))
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
