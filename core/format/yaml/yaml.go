// Package yaml reads YAML (version 1.2.2, and what PyYAML makes of it) as far
// as loaders run what stands in it: tags that name Python objects, keys such as
// Hydra's _target_ by which programs import code, switches that allow remote
// code, and templates. It is no parser: it builds nothing, and text that is no
// valid YAML does not end it, since loaders differ in what they accept. What
// was found is judged by detectors.
package yaml

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"taster/core"
	"taster/core/plaintext"
)

// Format recognises YAML by tags, markers and keys. A name decides only where
// the text could be plain text as well.
var Format = &core.Format{
	Name:  "yaml",
	Title: "YAML configuration",
	Rules: []core.Rule{ruleLimit},
	Text:  true,
	Match: match,
	Open:  open,
}

const (
	maxBytes = 32 << 20 // of a file
	maxProbe = 1 << 20  // that are looked at to tell YAML from other text
	maxText  = 1 << 20  // of one text
	maxTexts = 1000     // of one file
	maxTotal = 16 << 20 // bytes of all texts of one file
)

var ruleLimit = core.Rule{ID: "YAML-LIMIT", Title: "A part of the YAML was not looked at", Severity: core.Medium,
	Matters: "It is of a kind that loaders run or render, and it was not assessed.",
	Benign:  "A generated file that is far larger than usual.",
	Do:      "Read the text at the place shown, and find out why there is that much.",
	Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-400"}}

// match looks at the first lines, and at more of them where the head does not
// tell. Tags that name Python are looked for in the whole head, since no other
// text has them.
func match(head []byte, src core.Source) string {
	how := reads(head, src.Name())
	if how != "" || int64(len(head)) == src.Size() || !plaintext.Is(head, false) {
		return how
	}
	longer, err := core.Head(src, maxProbe)
	if err != nil {
		return ""
	}
	return reads(longer, src.Name())
}

func reads(head []byte, name string) string {
	if len(head) == 0 || !utf8.RuneStart(head[0]) {
		return "" // no text in any encoding
	}
	text, _ := decoded(head)
	text = text[:len(text)-cutRune(text)]
	if text == "" || !plaintext.Is([]byte(text), true) {
		return ""
	}
	text = text[plaintext.Lead([]byte(text)):]
	trimmed := text
	if isOther(trimmed) {
		return ""
	}
	name = strings.ToLower(name)
	named := strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
	switch {
	case hasPythonTag(text) && (named || !isProse(trimmed)):
		return "YAML tags of Python"
	case strings.HasPrefix(trimmed, "%YAML") || strings.HasPrefix(trimmed, "%TAG"):
		return "a YAML directive"
	case named:
		return "text with the name of YAML"
	case strings.HasSuffix(name, ".md") || strings.HasSuffix(name, ".markdown"):
		return "" // front matter only describes
	case hasKeys(text):
		return "lines of YAML keys"
	}
	return ""
}

// cutRune is the number of bytes of a character that is cut at the end of text.
func cutRune(text string) int {
	for n := 1; n <= min(3, len(text)); n++ {
		if c := text[len(text)-n]; utf8.RuneStart(c) {
			if !utf8.FullRuneInString(text[len(text)-n:]) {
				return n
			}
			break
		}
	}
	return 0
}

// isOther says whether text is rather JSON, a template, or source code.
func isOther(text string) bool {
	if strings.HasPrefix(text, "{") {
		inside := strings.TrimLeft(text[1:], " \t\r\n")
		return inside == "" || strings.IndexByte("\"}{%#", inside[0]) >= 0
	}
	if strings.HasPrefix(text, "[") {
		inside := strings.TrimLeft(text[1:], " \t\r\n")
		return inside == "" || strings.IndexByte("\"]{[-0123456789", inside[0]) >= 0
	}
	return strings.HasPrefix(text, "<") || strings.HasPrefix(text, "#!")
}

// hasPythonTag says whether text has a tag that PyYAML takes for Python, in a
// spelling without tricks; those are found when the file is opened.
func hasPythonTag(text string) bool {
	return strings.Contains(text, "!!python/") || strings.Contains(text, "tag:yaml.org,2002:python/")
}

// isProse says whether text is a document about YAML, or a program that has
// some in a string.
func isProse(text string) bool {
	for _, s := range []string{"```", "\nimport ", "\ndef ", "\nfrom ", "\n#include", "<html"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	for _, s := range []string{"# ", "import ", "from ", "\"\"\""} {
		if strings.HasPrefix(text, s) && !hasKeys(text) {
			return true
		}
	}
	return false
}

// hasKeys says whether every line that is not indented is a key, an entry, a
// comment or a marker, and at least two are keys, or one has something below
// it. The last line may be cut.
func hasKeys(text string) bool {
	keys, below, last := 0, 0, false
	for line := range strings.Lines(text) {
		trimmed := strings.TrimRight(line, " \t\r\n")
		switch {
		case trimmed == "" || trimmed[0] == '#' || isMarker(trimmed):
		case trimmed[0] == ' ':
			if last {
				below++
			}
		case strings.HasPrefix(trimmed, "- ") || trimmed == "-":
			below++
		default:
			if isKeyLine(trimmed) {
				keys++
				last = strings.HasSuffix(trimmed, ":")
				continue
			}
			if !strings.HasSuffix(line, "\n") && len(text) >= 4000 {
				continue
			}
			return false
		}
	}
	return keys > 1 || keys == 1 && below > 0
}

// isKeyLine says whether line is "key: value" or "key:" with a key that is a
// name.
func isKeyLine(line string) bool {
	key, value, found := strings.Cut(line, ":")
	if !found || value != "" && value[0] != ' ' && value[0] != '\t' {
		return false
	}
	key = strings.Trim(strings.TrimRight(key, " "), `"'`)
	return key != "" && len(key) < 60 && strings.IndexFunc(key, func(r rune) bool {
		return !(r == '_' || r == '-' || r == '.' || r == '/' || r == '<' || r == '@' || r == '$' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) < 0
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadAll(src, min(maxBytes, o.Limits.Header))
	if err != nil {
		return fmt.Errorf("YAML: %w", err)
	}
	text, place := decoded(b)
	r := &reader{ctx: ctx, o: o, tally: core.NewTally(o), s: newScanner(text), text: text, place: place,
		anchors: map[string]event{}, tags: map[string]bool{}}
	if err := r.read(); err != nil {
		return err
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "documents", Value: fmt.Sprint(max(r.documents, 1))},
		core.Meta{Name: "keys", Value: fmt.Sprint(r.keys)})
	if err := r.tally.Close(); err != nil {
		return err
	}
	if i := bytes.IndexByte(b, 0); i >= 0 && place(0) != 2 {
		return core.AtOffset(int64(i), fmt.Errorf("%w: YAML: a NUL byte", core.ErrMalformed))
	}
	return nil
}
