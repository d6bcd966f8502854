// Package python reads Python source code: what it loads, runs, fetches and
// starts, and which models, data sets and hosts it names. It states that and
// judges nothing.
package python

import (
	"context"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"taster/core"
	"taster/core/pycode"
	"taster/core/secrets"
)

// Format recognises Python by its first line or by lines that begin like
// statements. A name decides where the text could be plain text as well.
var Format = &core.Format{
	Name:  "python",
	Title: "Python source code",
	Text:  true,
	Match: match,
	Open:  open,
}

const maxBytes = 4 << 20

func match(head []byte, src core.Source) string {
	text, ok := textOf(head, src.Size())
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(text, "\n")
	switch ext := strings.ToLower(path.Ext(src.Name())); {
	case strings.HasPrefix(first, "#!") && strings.Contains(first, "python"):
		return "a first line that names Python"
	case ext == ".py" || ext == ".pyw" || ext == ".pyi":
		return "text with the name of Python"
	case (ext == "" || ext == ".txt" || ext == ".bak" || ext == ".orig") && looksPython(text):
		return "lines that begin like Python"
	}
	return ""
}

// textOf is head when it is text, without what is cut off at its end.
func textOf(head []byte, size int64) (string, bool) {
	if int64(len(head)) < size {
		for n := 0; n < 3 && len(head) > 0 && !utf8.Valid(head); n++ {
			head = head[:len(head)-1]
		}
	}
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			return "", false
		}
	}
	return string(head), len(head) > 0
}

// looksPython wants three lines that begin statements of at least two kinds,
// and nothing that is no program.
func looksPython(text string) bool {
	kinds, lines := map[string]bool{}, 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		kind := ""
		switch {
		case strings.HasPrefix(line, "```") || strings.HasPrefix(line, "<"):
			return false
		case strings.HasPrefix(line, "import ") && !strings.HasSuffix(line, ";") && !strings.HasSuffix(line, "."):
			kind = "import"
		case strings.HasPrefix(line, "from ") && strings.Contains(line, " import "):
			kind = "import"
		case strings.HasPrefix(line, "def ") && strings.HasSuffix(line, ":"), strings.HasPrefix(line, "class ") && strings.HasSuffix(line, ":"):
			kind = "def"
		case strings.HasPrefix(line, "if __name__"):
			kind = "main"
		case strings.HasPrefix(line, "    return "), strings.HasPrefix(line, "    self."):
			kind = "body"
		}
		if kind != "" {
			kinds[kind] = true
			lines++
		}
	}
	return lines >= 3 && len(kinds) >= 2
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadAll(src, maxBytes)
	if err != nil {
		return fmt.Errorf("Python: %w", err)
	}
	facts, err := pycode.Read(ctx, []pycode.Part{{Text: string(b)}})
	if err != nil {
		return err
	}
	o.Artifact.Program = facts[0].Program
	for _, u := range facts[0].Uses {
		o.AddUse(u)
	}
	for _, m := range secrets.Find(string(b)) {
		o.Artifact.Texts = append(o.Artifact.Texts, core.Text{Name: m.Of, Kind: core.TextKey, Value: m.Masked, Offset: int64(m.At)})
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "lines", Value: fmt.Sprint(facts[0].Program.Lines)})
	return nil
}
