package npy

import (
	"context"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"taster/core"
)

const (
	chunkBytes = 4 << 20 // read at once
	maxText    = 1 << 20 // bytes of one string
)

// textTable offers a vector of strings, such as labels, as a table of one
// column. It is nil for anything else.
func textTable(array core.Tensor, t dtype, count int64) *core.Table {
	vector := len(array.Shape) == 1 || len(array.Shape) == 2 && array.Shape[1] == 1
	if t.kind != 'U' && t.kind != 'S' || t.width == 0 || t.width > maxText || !vector {
		return nil
	}
	return &core.Table{
		Columns: []core.Column{{Name: "value"}},
		Rows:    count,
		Scan: func(ctx context.Context, yield func(int64, []string) error) error {
			return scanText(ctx, array.Data, t, yield)
		},
	}
}

func scanText(ctx context.Context, data core.Source, t dtype, yield func(int64, []string) error) error {
	per := max(1, chunkBytes/t.width) * t.width
	fields, row := make([]string, 1), int64(0)
	for at := int64(0); at < data.Size(); at += per {
		if err := ctx.Err(); err != nil {
			return err
		}
		chunk, err := core.ReadPart(data, at, min(per, data.Size()-at))
		if err != nil {
			return err
		}
		for ; len(chunk) > 0; chunk = chunk[t.width:] {
			fields[0] = t.text(chunk[:t.width])
			if err := yield(row, fields); err != nil {
				return err
			}
			row++
		}
	}
	return nil
}

// text decodes one item. NULs at its end are padding. Bytes that are not UTF-8
// are read as Latin-1, so that different items stay different.
func (t dtype) text(item []byte) string {
	var b strings.Builder
	if t.kind == 'U' {
		for ; len(item) >= 4; item = item[4:] {
			b.WriteRune(rune(t.char(item))) // an invalid one becomes U+FFFD
		}
		return strings.TrimRight(b.String(), "\x00")
	}
	s := strings.TrimRight(string(item), "\x00")
	if utf8.ValidString(s) {
		return s
	}
	for _, c := range []byte(s) {
		b.WriteRune(rune(c))
	}
	return b.String()
}

func (t dtype) char(b []byte) uint32 {
	if t.big {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}
