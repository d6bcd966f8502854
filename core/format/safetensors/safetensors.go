// Package safetensors reads the container of the same name by the rules of its
// specification: a length of 8 bytes, a JSON header, then the tensors without
// gap or overlap. Nothing in it runs when it is loaded. What it can do is
// disagree with itself, so that two readers see different tensors, or carry
// bytes that no tensor covers; every such defect is a finding.
package safetensors

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"taster/core"
)

// maxHeader is the bound of the reference implementation.
const maxHeader = 100_000_000

// Format recognises safetensors by a plausible header length and the start of
// a JSON object.
var Format = &core.Format{
	Name:  "safetensors",
	Title: "safetensors tensors",
	Rules: []core.Rule{ruleHeader, ruleDuplicate, ruleDType, ruleLayout, ruleTrailing, ruleTruncated},
	Match: match,
	Open:  open,
}

const space = " \t\r\n"

func match(head []byte, _ core.Source) string {
	if len(head) < 10 {
		return ""
	}
	n := binary.LittleEndian.Uint64(head)
	if n < 2 || n > maxHeader {
		return ""
	}
	rest, found := strings.CutPrefix(strings.TrimLeft(string(head[8:]), space), "{")
	rest = strings.TrimLeft(rest, space)
	if !found || rest == "" || rest[0] != '"' && rest[0] != '}' {
		return ""
	}
	return "header length, then a JSON object"
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadPart(src, 0, 8)
	if err != nil {
		return err
	}
	length := int64(binary.LittleEndian.Uint64(b))
	if length < 0 || length > min(maxHeader, o.Limits.Header) {
		return core.AtOffset(0, fmt.Errorf("%w: safetensors: a header of %d bytes", core.ErrLimit, uint64(length)))
	}
	text, err := core.ReadPart(src, 8, min(length, src.Size()-8))
	if err != nil {
		return err
	}
	r := &reader{src: src, o: o, tally: core.NewTally(o), data: 8 + length, seen: map[string]int64{}}
	if err := r.header(ctx, text); err != nil {
		return err
	}
	if err := r.layout(ctx); err != nil {
		return err
	}
	return r.tally.Close()
}

// reader is one file being read.
type reader struct {
	src     core.Source
	o       *core.Opener
	tally   *core.Tally
	data    int64            // offset of the first tensor byte
	seen    map[string]int64 // offset of each key
	entries []entry          // whose place is known
	gaps    int
}

// entry is a tensor with its place.
type entry struct {
	name       string
	key        int64 // offset of its key
	begin, end int64 // from the start of the data
}

// header reads the header's text. What was understood before an error stays
// in the artifact.
func (r *reader) header(ctx context.Context, text []byte) error {
	if err := r.checkText(text); err != nil {
		return err
	}
	w := newWalker(text, 8)
	err := w.object(func(name string, at int64) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.once(r.seen, name, at, "The header"); err != nil {
			return err
		}
		if name == "__metadata__" {
			return r.metadata(ctx, w)
		}
		return r.tensor(w, name, at)
	})
	r.facts()
	if err != nil {
		return err
	}
	if at := w.here(); at < 8+int64(len(text)) {
		return w.fail(at, "%.20q after the object", text[at-8:])
	}
	if r.data > r.src.Size() {
		return core.AtOffset(r.src.Size(), fmt.Errorf("%w: safetensors: the file ends in its header", core.ErrMalformed))
	}
	return nil
}

// checkText looks for what lenient readers accept and the reference does not.
func (r *reader) checkText(text []byte) error {
	if len(text) > 0 && text[0] != '{' {
		if err := r.tally.Report(&ruleHeader, 8, "The header does not begin with an opening brace",
			fmt.Sprintf("Its first byte is %q.", text[:1])); err != nil {
			return err
		}
	}
	if utf8.Valid(text) {
		return nil
	}
	return r.tally.Report(&ruleHeader, 8+firstInvalid(text), "The header is not UTF-8", "Here is the first byte that is not UTF-8.")
}

func firstInvalid(text []byte) int64 {
	at := int64(0)
	for len(text) > 0 {
		c, n := utf8.DecodeRune(text)
		if c == utf8.RuneError && n == 1 {
			break
		}
		text, at = text[n:], at+int64(n)
	}
	return at
}

// once reports a key that stands twice in what.
func (r *reader) once(seen map[string]int64, key string, at int64, what string) error {
	first, again := seen[key]
	seen[key] = at
	if !again {
		return nil
	}
	return r.tally.Report(&ruleDuplicate, at, fmt.Sprintf("Key %.80q stands twice", key),
		fmt.Sprintf("%s has it at byte %d and again here.", what, first))
}

func (r *reader) metadata(ctx context.Context, w *walker) error {
	seen := map[string]int64{}
	return w.object(func(name string, at int64) error {
		if err := r.once(seen, name, at, "__metadata__"); err != nil {
			return err
		}
		value, isText, err := w.skip()
		if err != nil {
			return err
		}
		if !isText {
			return r.tally.Report(&ruleHeader, at, fmt.Sprintf("Metadata %.80q is not a string", name),
				"The specification allows strings only in __metadata__.")
		}
		if len(r.o.Artifact.Meta) < maxMeta {
			r.o.Artifact.Meta = append(r.o.Artifact.Meta, core.Meta{Name: r.clip(name), Value: r.clip(value)})
		}
		if content := code(value); content != nil {
			return r.o.Nested(ctx, "__metadata__."+r.clip(name), core.Bytes("__metadata__", content))
		}
		return nil
	})
}

// code is a text of the metadata that programs may take for a configuration or
// a template, or a pickle that it holds in base64; nil for other texts, of
// which trainers put dozens there.
func code(value string) []byte {
	for _, mark := range []string{"_target_", "__target__", "class_path", "auto_map", "trust_remote_code", "class_name", "!!python", "tag:yaml.org", "{{", "{%"} {
		if strings.Contains(value, mark) {
			return []byte(value)
		}
	}
	const proto, highest = 0x80, 5
	if !strings.HasPrefix(value, "gA") { // base64 of PROTO
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(b) < 3 || b[0] != proto || b[1] > highest {
		return nil
	}
	return b
}

const (
	maxMeta = 100 // facts kept for people
	maxGaps = 20  // that are scanned
)

func (r *reader) clip(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), r.o.Limits.TextLength)], "\ufffd")
}

// facts puts the counts before the metadata.
func (r *reader) facts() {
	a := r.o.Artifact
	a.Meta = append([]core.Meta{
		{Name: "header bytes", Value: fmt.Sprint(r.data - 8)},
		{Name: "tensors", Value: fmt.Sprint(len(a.Tensors))},
	}, a.Meta...)
}
