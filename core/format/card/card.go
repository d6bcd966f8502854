// Package card reads what a Markdown file says to loaders and to those who copy
// from it: the front matter of a model or data set card (licence, base models,
// data sets), and the code in it, which readers paste. Prose is passed over.
//
// Reference: Hugging Face, "Model Cards", "Dataset Cards".
package card

import (
	"context"
	"fmt"
	"path"
	"strings"

	"taster/core"
	"taster/core/plaintext"
	"taster/core/pycode"
	"taster/core/secrets"
	"taster/core/shellcode"
)

// Format recognises Markdown with front matter of a card, and any file with the
// name of Markdown.
var Format = &core.Format{
	Name:  "card",
	Title: "model card, or Markdown with code",
	Text:  true,
	Match: match,
	Open:  open,
}

const (
	maxBytes = 4 << 20
	maxParts = 2000 // pieces of code
	maxItems = 1000 // of the front matter
)

// keys of front matter that only cards have.
var keys = []string{"license", "base_model", "pipeline_tag", "library_name", "datasets", "model-index", "task_categories", "model_name", "base_model_relation", "license_name"}

func match(head []byte, src core.Source) string {
	if !plaintext.Is(head, int64(len(head)) == src.Size()) {
		return ""
	}
	front, _ := frontMatter(string(head))
	for line := range strings.Lines(front) {
		key, _, ok := strings.Cut(line, ":")
		for _, k := range keys {
			if ok && key == k {
				return "front matter of a card"
			}
		}
	}
	switch strings.ToLower(path.Ext(src.Name())) {
	case ".md", ".markdown", ".mdx":
		return "text with the name of Markdown"
	}
	return ""
}

// frontMatter is what stands between two lines of three hyphens at the start of
// text, and where it starts. When the second is cut off, it is the rest.
func frontMatter(text string) (front string, at int) {
	trimmed := strings.TrimLeft(text, "\ufeff \t\r\n")
	at = len(text) - len(trimmed)
	first, rest, more := strings.Cut(trimmed, "\n")
	if !more || strings.TrimRight(first, " \r") != "---" {
		return "", 0
	}
	at += len(first) + 1
	n := 0
	for line := range strings.Lines(rest) {
		if strings.TrimRight(line, " \r\n") == "---" {
			return rest[:n], at
		}
		n += len(line)
	}
	return rest, at
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadAll(src, maxBytes)
	if err != nil {
		return fmt.Errorf("Markdown: %w", err)
	}
	text := string(b)
	front, at := frontMatter(text)
	if front != "" {
		describe(o, front, at, 1+strings.Count(text[:at], "\n"))
	}
	for _, m := range secrets.Find(text) {
		o.Artifact.Texts = append(o.Artifact.Texts, core.Text{Name: m.Of, Kind: core.TextKey, Value: m.Masked, Offset: int64(m.At)})
	}
	return code(ctx, o, text, at+len(front))
}

// item is a value of the front matter, of a key or of its list.
type item struct {
	key, value string
	at, row    int
}

// items reads "key: value", "key: [a, b]", and lists below a key. Values that are
// mappings are passed over.
func items(front string, at, row int) []item {
	var out []item
	key := ""
	for line := range strings.Lines(front) {
		trimmed := strings.TrimSpace(line)
		begin := at + strings.Index(line, trimmed)
		switch {
		case trimmed == "" || trimmed[0] == '#' || len(out) >= maxItems:
		case strings.HasPrefix(trimmed, "- "):
			if value := strings.TrimSpace(trimmed[2:]); key != "" && !strings.HasSuffix(value, ":") && !strings.Contains(value, ": ") {
				out = append(out, item{key, unquote(value), begin + strings.Index(trimmed, value), row})
			}
		case line[0] != ' ' && line[0] != '\t':
			name, value, ok := strings.Cut(trimmed, ":")
			key = ""
			if !ok {
				break
			}
			key = strings.Trim(name, `"'`)
			value = strings.TrimSpace(value)
			inner, list := strings.CutPrefix(value, "[")
			if !list && value != "" {
				out = append(out, item{key, unquote(value), begin + len(trimmed) - len(value), row})
			}
			for part := range strings.SplitSeq(strings.TrimSuffix(inner, "]"), ",") {
				if part = strings.TrimSpace(part); list && part != "" {
					out = append(out, item{key, unquote(part), begin + strings.Index(trimmed, part), row})
				}
			}
		default:
			if !strings.HasPrefix(trimmed, "-") {
				key = "" // below a mapping
			}
		}
		at, row = at+len(line), row+1
	}
	return out
}

func unquote(s string) string {
	if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	return strings.Trim(s, `"'`)
}

// describe makes facts of the front matter.
func describe(o *core.Opener, front string, at, row int) {
	meta := func(name, value string) {
		o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: name, Value: strings.ToValidUTF8(value[:min(len(value), 200)], "")})
	}
	meta("card", "front matter")
	for _, x := range items(front, at, row) {
		u := core.Use{Name: x.value, By: x.key, Offset: int64(x.at), Line: x.row}
		switch x.key {
		case "license", "license_name":
			meta("licence", x.value)
		case "base_model":
			u.Kind = core.UseModel
			o.AddUse(u)
		case "datasets", "source_datasets":
			u.Kind = core.UseDataset
			if x.key == "datasets" || strings.Contains(x.value, "/") {
				o.AddUse(u)
			}
		case "base_model_relation", "library_name", "pipeline_tag":
			meta(x.key, x.value)
		}
	}
}

// piece is code in the text.
type piece struct {
	text  string
	at    int
	row   int
	shell bool
}

// code reads the code of the text behind place from.
func code(ctx context.Context, o *core.Opener, text string, from int) error {
	pieces := pieces(text, from)
	var parts []pycode.Part
	var where []piece
	program := &core.Program{Language: "card", Lines: strings.Count(text, "\n") + 1}
	for _, p := range pieces {
		if !p.shell {
			parts, where = append(parts, pycode.Part{Text: p.text}), append(where, p)
			continue
		}
		f := shellcode.Read(p.text, int64(p.at), p.row)
		program.Calls = append(program.Calls, f.Calls...)
		for _, u := range f.Uses {
			o.AddUse(u)
		}
	}
	facts, err := pycode.Read(ctx, parts)
	if err != nil {
		return err
	}
	for i, f := range facts {
		for _, c := range f.Program.Calls {
			c.Offset, c.Line = c.Offset+int64(where[i].at), c.Line+where[i].row-1
			program.Calls = append(program.Calls, c)
		}
		for _, u := range f.Uses {
			u.Offset, u.Line = u.Offset+int64(where[i].at), u.Line+where[i].row-1
			o.AddUse(u)
		}
	}
	starts(o, text, pieces)
	o.Artifact.Program = program
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "pieces of code", Value: fmt.Sprint(len(pieces))})
	return nil
}
