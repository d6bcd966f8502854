// Package dependencies reads the files in which projects of Python say which
// packages they need: requirements files of pip, project files and lock files
// in TOML, and environments of conda. What is needed becomes uses, with the
// place at which it is named.
//
// References: pip, "Requirements File Format"; PEP 621; Poetry, "The
// pyproject.toml file"; uv, "Dependency sources"; conda, "Managing
// environments".
package dependencies

import (
	"context"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"taster/core"
	"taster/core/requirement"
)

const (
	maxBytes = 16 << 20
	maxLine  = 64 << 10
)

// Requirements reads requirements files.
var Requirements = &core.Format{
	Name:  "requirements",
	Title: "Python requirements",
	Text:  true,
	Match: matchRequirements,
	Open:  openRequirements,
}

// matchRequirements wants lines that are requirements, one of them with a
// version or an option; where the name says so, any text will do.
func matchRequirements(head []byte, src core.Source) string {
	if !isText(head) {
		return ""
	}
	base := strings.ToLower(path.Base(src.Name()))
	folder := strings.ToLower(path.Base(path.Dir(src.Name())))
	ext := path.Ext(base)
	if ext != ".txt" && ext != ".in" && ext != "" {
		return ""
	}
	named := strings.Contains(base, "requirement") || strings.HasPrefix(base, "constraints") || folder == "requirements"
	lines, sure := 0, 0
	for line := range strings.Lines(string(head)) {
		if !strings.HasSuffix(line, "\n") && int64(len(head)) < src.Size() {
			break
		}
		line, _ = cutRemark(line)
		if line == "" {
			continue
		}
		uses, option := requirement.Option(line, "")
		if !option {
			uses = requirement.Parse(strings.TrimSuffix(line, "\\"), "")
		}
		if len(uses) == 0 && !option && !named {
			return ""
		}
		lines++
		if len(uses) > 0 && strings.ContainsAny(line, "=<>~") || strings.HasPrefix(line, "--") && option {
			sure++
		}
	}
	switch {
	case named && lines > 0:
		return "text with the name of requirements"
	case sure > 0 && sure*2 >= lines && ext == ".txt":
		return "lines of requirements"
	}
	return ""
}

func isText(head []byte) bool {
	for n := 0; n < 3 && len(head) > 0 && !utf8.Valid(head); n++ {
		head = head[:len(head)-1]
	}
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			return false
		}
	}
	return len(head) > 0 && utf8.Valid(head)
}

// cutRemark is line without its remark and the space around it, and the column
// at which it begins.
func cutRemark(line string) (string, int) {
	trimmed := strings.TrimLeft(strings.TrimPrefix(line, "\ufeff"), " \t")
	at := len(line) - len(trimmed)
	for i := range len(trimmed) {
		if trimmed[i] == '#' && (i == 0 || trimmed[i-1] == ' ' || trimmed[i-1] == '\t') {
			trimmed = trimmed[:i]
			break
		}
	}
	return strings.TrimSpace(trimmed), at
}

// read is the text of src.
func read(src core.Source, o *core.Opener) (string, error) {
	b, err := core.ReadAll(src, min(maxBytes, o.Limits.Header))
	if err != nil {
		return "", fmt.Errorf("dependencies: %w", err)
	}
	return string(b), nil
}

func openRequirements(ctx context.Context, src core.Source, o *core.Opener) error {
	text, err := read(src, o)
	if err != nil {
		return err
	}
	var joined strings.Builder // a line that goes on
	at, row, from, fromRow := int64(0), 0, int64(0), 0
	unread := 0
	for line := range strings.Lines(text) {
		if row++; row%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		trimmed, column := cutRemark(line)
		if joined.Len() == 0 {
			from, fromRow = at+int64(column), row
		}
		at += int64(len(line))
		if rest, more := strings.CutSuffix(trimmed, "\\"); more && joined.Len() < maxLine {
			joined.WriteString(strings.TrimSpace(rest) + " ")
			continue
		}
		joined.WriteString(trimmed)
		if !require(o, joined.String(), from, fromRow) {
			unread++
		}
		joined.Reset()
	}
	if joined.Len() > 0 && !require(o, joined.String(), from, fromRow) {
		unread++
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "requirements", Value: fmt.Sprint(len(o.Artifact.Uses))})
	if unread > 0 {
		o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "lines that are none", Value: fmt.Sprint(unread)})
	}
	return nil
}

// require adds what one line needs. It is false when the line is no
// requirement.
func require(o *core.Opener, line string, at int64, row int) bool {
	if line == "" {
		return true
	}
	uses, option := requirement.Option(line, "requirements")
	if !option {
		uses = requirement.Parse(line, "requirements")
	}
	add(o, uses, at, row)
	return option || len(uses) > 0
}

func add(o *core.Opener, uses []core.Use, at int64, row int) {
	for _, u := range uses {
		u.Offset, u.Line = at, row
		o.AddUse(u)
	}
}
