// Package text recognises plain text and JSON documents, so that a README or a
// config.json is not an unknown binary. It only recognises: it states size and
// lines and judges nothing.
package text

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"taster/core"
)

const (
	maxJSON    = 4 << 20  // larger documents are called text
	maxCount   = 64 << 20 // lines of larger files are not counted
	chunkBytes = 4 << 20
)

// Format recognises what no other format does and is valid UTF-8 without
// control characters. Its kinds are json and text.
var Format = &core.Format{
	Name:     "text",
	Title:    "plain text or JSON",
	Text:     true,
	Fallback: true,
	Match:    match,
	Open:     open,
}

// match looks at the head only: what comes later is checked by Open.
func match(head []byte, src core.Source) string {
	if len(head) == 0 || !isText(head, int64(len(head)) == src.Size()) {
		return ""
	}
	return "UTF-8 text"
}

// isText says whether b is UTF-8 without control characters other than white
// space. Unless b is whole, its last character may be cut.
func isText(b []byte, whole bool) bool {
	for len(b) > 0 {
		c, n := utf8.DecodeRune(b)
		if c == utf8.RuneError && n == 1 {
			return !whole && !utf8.FullRune(b)
		}
		if c < ' ' && strings.IndexByte("\t\n\r\f\x1b", byte(c)) < 0 || c == 0x7f {
			return false
		}
		b = b[n:]
	}
	return true
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "bytes", Value: fmt.Sprint(src.Size())})
	if isJSON(src) {
		o.Artifact.Kind = "json"
	}
	if src.Size() > maxCount {
		return nil
	}
	lines, err := countLines(ctx, src)
	if err != nil {
		return err
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "lines", Value: fmt.Sprint(lines)})
	return nil
}

// isJSON is for objects and arrays; a bare number is text.
func isJSON(src core.Source) bool {
	b, err := core.ReadAll(src, maxJSON)
	if err != nil {
		return false
	}
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	return len(b) > 0 && (b[0] == '{' || b[0] == '[') && json.Valid(b)
}

// countLines counts lines and fails where the text turns into something else.
func countLines(ctx context.Context, src core.Source) (int64, error) {
	lines, last := int64(0), byte('\n')
	for at := int64(0); at < src.Size(); at += chunkBytes {
		if err := ctx.Err(); err != nil {
			return lines, err
		}
		b, err := core.ReadPart(src, at, min(chunkBytes, src.Size()-at))
		if err != nil {
			return lines, err
		}
		if i := bytes.IndexByte(b, 0); i >= 0 {
			return lines, core.AtOffset(at+int64(i), fmt.Errorf("%w: text: a NUL byte", core.ErrMalformed))
		}
		lines += int64(bytes.Count(b, []byte("\n")))
		last = b[len(b)-1]
	}
	if last != '\n' {
		lines++
	}
	return lines, nil
}
