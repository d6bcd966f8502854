// Package dockerfile reads Dockerfiles: the images they build on, what their RUN
// lines install and fetch, whom they run as, and settings.
//
// Reference: Docker, "Dockerfile reference".
package dockerfile

import (
	"context"
	"fmt"
	"path"
	"strings"

	"taster/core"
	"taster/core/secrets"
	"taster/core/shellcode"
)

// Format recognises a Dockerfile by its first instruction, or by its name.
var Format = &core.Format{
	Name:  "dockerfile",
	Title: "Dockerfile",
	Text:  true,
	Match: match,
	Open:  open,
}

const maxBytes = 4 << 20

var instructions = []string{"FROM", "RUN", "CMD", "LABEL", "MAINTAINER", "EXPOSE", "ENV", "ADD", "COPY", "ENTRYPOINT", "VOLUME", "USER", "WORKDIR", "ARG", "ONBUILD", "STOPSIGNAL", "HEALTHCHECK", "SHELL"}

func match(head []byte, src core.Source) string {
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			return ""
		}
	}
	base := strings.ToLower(path.Base(src.Name()))
	named := base == "dockerfile" || base == "containerfile" || strings.HasPrefix(base, "dockerfile.") || strings.HasSuffix(base, ".dockerfile")
	first, from, others := "", false, 0
	for line := range strings.Lines(string(head)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" || word[0] == '#' {
			continue
		}
		if first == "" {
			first = word
		}
		from = from || word == "FROM" && rest != ""
		for _, i := range instructions[1:] {
			if word == i && rest != "" {
				others++
			}
		}
	}
	switch {
	case named && (from || others > 0):
		return "instructions, and the name of a Dockerfile"
	case (first == "FROM" || first == "ARG") && from && others > 0 && path.Ext(base) != ".sql":
		return "instructions of a Dockerfile"
	}
	return ""
}

// instruction is one line, with those that go on joined.
type instruction struct {
	word string
	rest string // as written, line ends included
	at   int    // of rest
	row  int
	from int // of the word
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadAll(src, maxBytes)
	if err != nil {
		return fmt.Errorf("Dockerfile: %w", err)
	}
	text := string(b)
	p := &core.Program{Language: "dockerfile", Lines: strings.Count(text, "\n") + 1}
	o.Artifact.Program = p
	stages := map[string]bool{}
	for i, in := range divide(text) {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		read(o, p, in, stages)
	}
	for _, m := range secrets.Find(text) {
		o.Artifact.Texts = append(o.Artifact.Texts, core.Text{Name: m.Of, Kind: core.TextKey, Value: m.Masked, Offset: int64(m.At)})
	}
	return nil
}

// divide splits text into instructions. Documents that follow RUN <<EOF belong
// to it.
func divide(text string) []instruction {
	var out []instruction
	at, row := 0, 0
	more, until := false, ""
	for line := range strings.Lines(text) {
		row++
		trimmed := strings.TrimSpace(line)
		start := at
		at += len(line)
		switch {
		case until != "":
			out[len(out)-1].rest = text[out[len(out)-1].at:at]
			if trimmed == until {
				until = ""
			}
			continue
		case more && len(out) > 0:
			out[len(out)-1].rest = text[out[len(out)-1].at:at]
			if trimmed != "" && trimmed[0] != '#' {
				more = strings.HasSuffix(trimmed, "\\")
			}
			continue
		case trimmed == "" || trimmed[0] == '#':
			continue
		}
		word, _, _ := strings.Cut(trimmed, " ")
		begin := start + strings.Index(line, word)
		in := instruction{word: strings.ToUpper(word), from: begin, at: min(begin+len(word), at), row: row}
		in.rest = text[in.at:at]
		out = append(out, in)
		more = strings.HasSuffix(trimmed, "\\")
		if in.word == "RUN" || in.word == "COPY" || in.word == "ADD" {
			until = document(trimmed)
		}
	}
	return out
}

// document is the word that ends the document which line announces by <<, or "".
func document(line string) string {
	_, doc, _ := strings.Cut(line, "<<")
	words := strings.Fields(doc)
	if len(words) == 0 {
		return ""
	}
	return strings.Trim(words[0], `-"'`)
}

func read(o *core.Opener, p *core.Program, in instruction, stages map[string]bool) {
	rest := strings.TrimSpace(in.rest)
	call := core.CodeCall{Name: in.word, Text: clip(in.word + " " + rest), Offset: int64(in.from), Line: in.row, When: core.OnImport}
	switch in.word {
	case "FROM":
		image(o, in, rest, stages)
	case "RUN":
		run := shellcode.Read(exec(unremarked(in.rest)), int64(in.at), in.row)
		p.Calls = append(p.Calls, run.Calls...)
		for _, u := range run.Uses {
			o.AddUse(u)
		}
	case "USER":
		call.Does = core.DoesUser
		call.Args = []core.CodeArg{{Kind: core.ArgText, Value: clip(rest)}}
		p.Calls = append(p.Calls, call)
	case "ADD":
		if strings.Contains(rest, "http://") || strings.Contains(rest, "https://") {
			call.Does = core.DoesDownload
			call.Args = []core.CodeArg{{Kind: core.ArgText, Value: clip(rest)}}
			p.Calls = append(p.Calls, call)
		}
	case "ENV", "ARG":
		settings(p, call, rest)
	}
}

// unremarked blanks out the remarks between the lines of an instruction, which
// do not end it.
func unremarked(rest string) string {
	if !strings.Contains(rest, "#") || strings.Contains(rest, "<<") {
		return rest
	}
	var b strings.Builder
	for line := range strings.Lines(rest) {
		if trimmed := strings.TrimSpace(line); b.Len() == 0 || trimmed == "" || trimmed[0] != '#' {
			b.WriteString(line)
			continue
		}
		if blank, whole := strings.CutSuffix(line, "\n"); whole {
			b.WriteString(strings.Repeat(" ", max(0, len(blank)-1)) + "\\\n")
		}
	}
	return b.String()
}

// exec turns the form ["a", "b"] into a b, keeping places.
func exec(rest string) string {
	if !strings.HasPrefix(strings.TrimSpace(rest), "[") {
		return options(rest)
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]",`, r) {
			return ' '
		}
		return r
	}, rest)
}

// options blanks out --mount=... and the like, which stand before the command.
func options(rest string) string {
	b := []byte(rest)
	for at := 0; at < len(b); {
		for at < len(b) && (b[at] == ' ' || b[at] == '\t' || b[at] == '\\' || b[at] == '\r' || b[at] == '\n') {
			at++
		}
		if !strings.HasPrefix(string(b[at:min(len(b), at+2)]), "--") {
			break
		}
		for at < len(b) && b[at] > ' ' {
			b[at] = ' '
			at++
		}
	}
	return string(b)
}

// image adds what FROM names, unless it is a stage of this file.
func image(o *core.Opener, in instruction, rest string, stages map[string]bool) {
	words := strings.Fields(rest)
	for len(words) > 0 && strings.HasPrefix(words[0], "--") {
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	name := words[0]
	if len(words) > 2 && strings.EqualFold(words[1], "as") {
		defer func() { stages[strings.ToLower(words[2])] = true }()
	}
	if stages[strings.ToLower(name)] || name == "scratch" || strings.Contains(name, "$") {
		return
	}
	u := core.Use{Kind: core.UseImage, Name: name, By: "FROM", Offset: int64(in.from), Line: in.row}
	if base, digest, ok := strings.Cut(name, "@"); ok {
		u.Name, u.Version = base, digest
		u.Pinned = core.IsCommit(strings.TrimPrefix(digest, "sha256:"))
	} else if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		u.Name, u.Version = name[:i], name[i+1:]
	}
	o.AddUse(u)
}

// settings adds NAME=value and NAME value.
func settings(p *core.Program, call core.CodeCall, rest string) {
	call.Does = core.DoesSetting
	if key, value, ok := strings.Cut(rest, " "); ok && !strings.Contains(key, "=") {
		call.Args = []core.CodeArg{{Kind: core.ArgText, Value: clip(key)}, {Kind: core.ArgText, Value: clip(strings.TrimSpace(value))}}
		p.Calls = append(p.Calls, call)
		return
	}
	for _, w := range strings.Fields(strings.ReplaceAll(rest, "\\", " ")) {
		if key, value, ok := strings.Cut(w, "="); ok {
			call.Args = []core.CodeArg{{Kind: core.ArgText, Value: clip(key)}, {Kind: core.ArgText, Value: clip(strings.Trim(value, `"'`))}}
			p.Calls = append(p.Calls, call)
		}
	}
}

func clip(s string) string {
	s = strings.Join(strings.Fields(s[:min(len(s), 800)]), " ")
	return strings.ToValidUTF8(s[:min(len(s), 200)], "")
}
