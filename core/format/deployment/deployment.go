// Package deployment reads manifests of Kubernetes and Compose as far as they say
// what a container may do. Each setting becomes a fact with its path, such as
// "spec.containers.securityContext.privileged". It follows block style and short
// flow mappings; anchors, merges and templates of Helm are not resolved.
//
// References: Kubernetes, "Configure a Security Context for a Pod"; Compose
// Specification.
package deployment

import (
	"context"
	"fmt"
	"path"
	"strings"

	"taster/core"
	"taster/core/plaintext"
)

// Format recognises manifests by the keys in their first column.
var Format = &core.Format{
	Name:  "deployment-manifest",
	Title: "manifest of Kubernetes or Compose",
	Text:  true,
	Match: match,
	Open:  open,
}

const (
	maxBytes    = 4 << 20
	maxSettings = 20_000
	maxDepth    = 60
)

func match(head []byte, src core.Source) string {
	ext := strings.ToLower(path.Ext(src.Name()))
	if ext != ".yml" && ext != ".yaml" || !plaintext.Is(head, int64(len(head)) == src.Size()) {
		return ""
	}
	s := "\n" + strings.ReplaceAll(string(head), "\r\n", "\n")
	base := strings.ToLower(path.Base(src.Name()))
	switch {
	case strings.Contains(s, "\napiVersion:") && strings.Contains(s, "\nkind:"):
		return "YAML with apiVersion and kind"
	case strings.Contains(s, "\nservices:") && (strings.Contains(base, "compose") || strings.Contains(s, "image:") || strings.Contains(s, "build:")):
		return "YAML with services of Compose"
	}
	return ""
}

// level is a key that is open.
type level struct {
	indent int
	key    string
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadAll(src, maxBytes)
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	text := string(b)
	r := &reader{program: &core.Program{Language: "kubernetes", Lines: strings.Count(text, "\n") + 1}}
	if strings.Contains("\n"+text, "\nservices:") && !strings.Contains("\n"+text, "\napiVersion:") {
		r.program.Language = "compose"
	}
	at, row := 0, 0
	for line := range strings.Lines(text) {
		if row++; row%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r.line(line, at, row)
		at += len(line)
	}
	o.Artifact.Program = r.program
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "documents", Value: fmt.Sprint(r.document + 1)})
	return nil
}

// reader reads a manifest line by line.
type reader struct {
	program  *core.Program
	open     []level
	document int
}

func (r *reader) line(line string, at, row int) {
	content := strings.TrimSpace(uncommented(line))
	switch {
	case content == "" || content == "...":
		return
	case content == "---" || strings.HasPrefix(line, "--- "):
		if row > 1 {
			r.document++
		}
		r.open = r.open[:0]
		return
	}
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	at += indent
	for strings.HasPrefix(content, "- ") { // an entry: what follows stands two columns further
		for len(r.open) > 0 && r.open[len(r.open)-1].indent > indent {
			r.open = r.open[:len(r.open)-1]
		}
		trimmed := strings.TrimLeft(content[2:], " ")
		n := len(content) - len(trimmed)
		indent, at, content = indent+n, at+n, trimmed
		if _, _, ok := pair(content); !ok {
			for len(r.open) > 0 && r.open[len(r.open)-1].indent >= indent {
				r.open = r.open[:len(r.open)-1]
			}
			r.setting(unquote(content), at, row)
			return
		}
	}
	key, value, ok := pair(content)
	if !ok {
		return
	}
	for len(r.open) > 0 && r.open[len(r.open)-1].indent >= indent {
		r.open = r.open[:len(r.open)-1]
	}
	if len(r.open) >= maxDepth {
		return
	}
	r.open = append(r.open, level{indent, key})
	switch {
	case value == "":
	case strings.HasPrefix(value, "{"):
		for part := range strings.SplitSeq(strings.Trim(value, "{} "), ",") {
			if k, v, ok := pair(strings.TrimSpace(part)); ok {
				r.open = append(r.open, level{indent + 1, k})
				r.setting(unquote(v), at, row)
				r.open = r.open[:len(r.open)-1]
			}
		}
	case strings.HasPrefix(value, "["):
		for part := range strings.SplitSeq(strings.Trim(value, "[] "), ",") {
			r.setting(unquote(strings.TrimSpace(part)), at, row)
		}
	default:
		r.setting(unquote(value), at, row)
	}
}

// pair parts "key: value".
func pair(s string) (key, value string, ok bool) {
	key, value, ok = strings.Cut(s, ":")
	if !ok || value != "" && value[0] != ' ' || strings.ContainsAny(key, " {[") {
		return "", "", false
	}
	return strings.Trim(key, `"'`), strings.TrimSpace(value), key != ""
}

func uncommented(line string) string {
	if i := strings.Index(line, " #"); i >= 0 {
		return line[:i]
	}
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return ""
	}
	return line
}

func unquote(s string) string { return strings.Trim(s, `"'`) }

// setting adds the value of the key that is open.
func (r *reader) setting(value string, at, row int) {
	if len(r.program.Calls) >= maxSettings {
		r.program.Dropped++
		return
	}
	keys := make([]string, len(r.open))
	for i, l := range r.open {
		keys[i] = l.key
	}
	clip := func(s string) string { return strings.ToValidUTF8(s[:min(len(s), 300)], "") }
	r.program.Calls = append(r.program.Calls, core.CodeCall{Does: core.DoesConfigure, Name: clip(strings.Join(keys, ".")), Within: fmt.Sprint(r.document), Offset: int64(at), Line: row,
		Args: []core.CodeArg{{Kind: core.ArgText, Value: clip(value)}}})
}
