package config

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"taster/core"
	"taster/core/plaintext"
)

// Template recognises a Jinja template that is a file of its own. Loaders take
// chat_template.jinja before the template in tokenizer_config.json.
var Template = &core.Format{
	Name:  "jinja",
	Title: "Jinja template",
	Text:  true,
	Match: matchTemplate,
	Open:  openTemplate,
}

// matchTemplate decides between template and plain text, which fit equally
// well, so the name counts here. Text about templates has tags, too: without a
// telling name the file must begin with one, or read like a chat template and
// not like a document.
func matchTemplate(head []byte, src core.Source) string {
	if !plaintext.Is(head, int64(len(head)) == src.Size()) || begin(head) == object || begin(head) == list {
		return ""
	}
	if how := readsAsTemplate(head, src.Name()); how != "" || int64(len(head)) == src.Size() {
		return how
	}
	longer, err := core.Head(src, maxText) // text, perhaps much of it, before the first tag
	if err != nil || !plaintext.Is(longer, int64(len(longer)) == src.Size()) {
		return ""
	}
	return readsAsTemplate(longer, src.Name())
}

func readsAsTemplate(head []byte, name string) string {
	text := string(head[plaintext.Lead(head):])
	switch {
	case startsTag(text) && looksJinja(text):
		return "begins with a Jinja tag"
	case named(name):
		return "text with the name of a template"
	case hasStatement(text) && strings.Contains(text, "message") && !isDocument(text) && !isBlock(text):
		return "Jinja statements about messages"
	}
	return ""
}

// named says whether a file is called like a template.
func named(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".jinja") || strings.HasSuffix(name, ".jinja2") || strings.HasSuffix(name, ".j2")
}

// isDocument says whether text is rather about templates: Markdown, or source
// code that has one in a string.
func isDocument(text string) bool {
	for _, s := range []string{"```", "\nimport ", "\ndef ", "<html", "<!DOCTYPE"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return strings.HasPrefix(text, "#") || strings.HasPrefix(text, "---\n") || strings.HasPrefix(text, "import ")
}

// isBlock says whether text begins with a key of YAML whose value is a block:
// such a file has a template, but is none.
func isBlock(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	key, value, found := strings.Cut(strings.TrimRight(line, " \r"), ": ")
	return found && !strings.ContainsAny(key, " {") && value != "" && (value[0] == '|' || value[0] == '>') && len(value) < 4
}

// looksJinja says whether s has a complete tag.
func looksJinja(s string) bool {
	for _, pair := range []struct{ open, end string }{{"{%", "%}"}, {"{{", "}}"}} {
		if i := strings.Index(s, pair.open); i >= 0 && strings.Contains(s[i+2:], pair.end) {
			return true
		}
	}
	return false
}

func hasStatement(s string) bool {
	i := strings.Index(s, "{%")
	return i >= 0 && strings.Contains(s[i+2:], "%}")
}

func startsTag(s string) bool {
	return strings.HasPrefix(s, "{%") || strings.HasPrefix(s, "{{") || strings.HasPrefix(s, "{#")
}

func openTemplate(_ context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadAll(src, maxText)
	if err != nil {
		return fmt.Errorf("Jinja template: %w", err)
	}
	kind := core.TextTemplate
	if bytes.Contains(b, []byte("messages")) {
		kind = core.TextChatTemplate
	}
	o.Artifact.Texts = append(o.Artifact.Texts, core.Text{Name: "template", Kind: kind, Value: string(b)})
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "bytes", Value: fmt.Sprint(len(b))})
	if i := firstInvalid(b); i >= 0 {
		return core.AtOffset(int64(i), fmt.Errorf("%w: Jinja template: not UTF-8", core.ErrMalformed))
	}
	return nil
}

// firstInvalid is the first byte of b that is not UTF-8, or -1.
func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
