package documents

import (
	"strings"

	"taster/core/injection"
	"taster/core/language"
)

// restParts reads reStructuredText: explicit markup that is no directive, target
// or footnote is a comment; literal blocks are code.
func restParts(text string) []Part {
	var shown language.Mapper
	shown.Grow(len(text))
	var quoted []injection.Range
	var parts []Part
	s := &lines{text: text}
	literal := -1 // indent of the line that announced a literal block
	for s.next() {
		trimmed := strings.TrimLeft(s.line, " ")
		indent := len(s.line) - len(trimmed)
		switch {
		case literal >= 0 && trimmed != "" && indent <= literal:
			literal = -1
		case literal >= 0 && trimmed != "":
			quoted = append(quoted, injection.Range{From: shown.Len(), To: shown.Len() + len(s.line), What: "code"})
		}
		if literal < 0 && isRestComment(trimmed) {
			parts = append(parts, s.restComment(indent))
			continue
		}
		if literal < 0 && (strings.HasSuffix(trimmed, "::") || strings.HasPrefix(trimmed, ".. code") || strings.HasPrefix(trimmed, ".. literalinclude")) && !strings.HasPrefix(trimmed, ".. note") && !strings.HasPrefix(trimmed, ".. warning") && !isAdmonition(trimmed) {
			literal = indent
		}
		if alt, ok := strings.CutPrefix(trimmed, ":alt:"); ok && len(alt) >= 12 {
			var b language.Mapper
			b.Copy(alt, s.at+len(s.line)-len(alt))
			parts = append(parts, Part{Zone: Attribute, Why: "text of a picture", Text: b.Mapped(s.end), Soft: true})
			continue
		}
		quoted = append(quoted, spansOf(s.line, "``", shown.Len())...)
		shown.Copy(text[s.at:s.end], s.at)
	}
	return append([]Part{{Zone: Visible, Text: shown.Mapped(len(text)), Quoted: quoted}}, parts...)
}

// isAdmonition says whether a directive holds prose.
func isAdmonition(line string) bool {
	if !strings.HasPrefix(line, ".. ") {
		return false
	}
	for _, code := range []string{".. code", ".. literalinclude", ".. parsed-literal", ".. sourcecode", ".. highlight", ".. prompt", ".. doctest", ".. math", ".. raw"} {
		if strings.HasPrefix(line, code) {
			return false
		}
	}
	return true
}

// isRestComment says whether explicit markup is a comment.
func isRestComment(line string) bool {
	rest, ok := strings.CutPrefix(line, ".. ")
	if line == ".." {
		return true
	}
	if !ok || rest == "" {
		return false
	}
	first, _, _ := strings.Cut(rest, " ")
	return rest[0] != '_' && rest[0] != '[' && rest[0] != '|' && !strings.Contains(first, "::") && !strings.Contains(rest, "::")
}

// restComment is a comment and the indented lines below it.
func (s *lines) restComment(indent int) Part {
	var b language.Mapper
	b.Copy(s.text[s.at:s.end], s.at)
	for s.peek(func(line string) bool {
		t := strings.TrimLeft(line, " ")
		return t == "" && s.deeper(indent) || t != "" && len(line)-len(t) > indent
	}) {
		b.Copy(s.text[s.at:s.end], s.at)
	}
	return Part{Zone: Comment, Why: "comment", Text: b.Mapped(s.end)}
}

// deeper says whether the next line that is not blank is indented further.
func (s *lines) deeper(indent int) bool {
	rest := strings.TrimLeft(s.text[s.end:min(len(s.text), s.end+2000)], "\r\n")
	t := strings.TrimLeft(rest, " ")
	return len(rest)-len(t) > indent
}

// spansOf are the code spans of a line, moved by shift.
func spansOf(line, mark string, shift int) []injection.Range {
	var out []injection.Range
	for at := 0; ; {
		i := strings.Index(line[at:], mark)
		if i < 0 {
			return out
		}
		from := at + i
		end := strings.Index(line[from+len(mark):], mark)
		if end < 0 {
			return out
		}
		at = from + len(mark) + end + len(mark)
		out = append(out, injection.Range{From: shift + from, To: shift + at, What: "code"})
	}
}

// lines walks over the lines of a text.
type lines struct {
	text    string
	at, end int
	line    string // without its end
}

func (s *lines) next() bool {
	s.at = s.end
	if s.at >= len(s.text) {
		return false
	}
	s.end = lineEnd(s.text, s.at)
	s.line = strings.TrimRight(s.text[s.at:s.end], "\r\n")
	return true
}

// peek goes on to the next line if want says so.
func (s *lines) peek(want func(line string) bool) bool {
	if s.end >= len(s.text) || !want(strings.TrimRight(s.text[s.end:lineEnd(s.text, s.end)], "\r\n")) {
		return false
	}
	return s.next()
}

func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// latexParts reads LaTeX source: comments, white text and what is not drawn are
// hidden, verbatim is code.
func latexParts(text string) []Part {
	var shown language.Mapper
	shown.Grow(len(text))
	var quoted []injection.Range
	var parts []Part
	s := &lines{text: text}
	verbatim, comment := "", ""
	var hidden, remarks language.Mapper // remarks: comments on lines below each other
	flush := func(end int) {
		if m := remarks.Mapped(end); strings.TrimSpace(m.Text) != "" {
			parts = append(parts, Part{Zone: Comment, Why: "comment", Text: m})
		}
		remarks = language.Mapper{}
	}
	for s.next() {
		trimmed := strings.TrimSpace(s.line)
		switch {
		case comment != "":
			if strings.HasPrefix(trimmed, comment) {
				comment = ""
				parts = append(parts, Part{Zone: Comment, Why: "environment comment", Text: hidden.Mapped(s.at)})
				hidden = language.Mapper{}
				continue
			}
			hidden.Copy(text[s.at:s.end], s.at)
			continue
		case verbatim != "":
			quoted = append(quoted, injection.Range{From: shown.Len(), To: shown.Len() + s.end - s.at, What: "code"})
			if strings.HasPrefix(trimmed, verbatim) {
				verbatim = ""
			}
		case strings.HasPrefix(trimmed, `\begin{comment}`):
			comment = `\end{comment}`
			continue
		default:
			for _, e := range []string{"verbatim", "lstlisting", "minted", "quote", "quotation"} {
				if strings.HasPrefix(trimmed, `\begin{`+e) {
					verbatim = `\end{` + e
				}
			}
		}
		cut := s.end
		if i := percent(s.line); i >= 0 && verbatim == "" {
			cut = s.at + i
			remarks.Copy(text[cut+1:s.end], cut+1)
		} else if i < 0 {
			flush(s.at)
		}
		shown.Copy(text[s.at:cut], s.at)
		if cut < s.end {
			shown.Add("\n", cut)
		}
	}
	flush(len(text))
	if hidden.Len() > 0 {
		parts = append(parts, Part{Zone: Comment, Why: "environment comment", Text: hidden.Mapped(len(text))})
	}
	visible := shown.Mapped(len(text))
	parts = append(parts, unseenGroups(visible)...)
	return append([]Part{{Zone: Visible, Text: visible, Quoted: quoted}}, parts...)
}

// percent is where a comment begins in a line, or -1.
func percent(line string) int {
	for i := range len(line) {
		if line[i] == '%' && (i == 0 || line[i-1] != '\\') {
			return i
		}
	}
	return -1
}

// unseenGroups are the arguments of commands that draw nothing that is seen.
func unseenGroups(m language.Mapped) []Part {
	var out []Part
	t := m.Text
	for _, command := range []string{`\textcolor{white}{`, `\textcolor[rgb]{1,1,1}{`, `\color{white}`, `\color[rgb]{1,1,1}`, `\phantom{`, `\hphantom{`, `\fontsize{0`, `\fontsize{1pt}`, `\textcolor[HTML]{FFFFFF}{`, `\pdfstringdefDisableCommands{`, `\transparent{0}`} {
		for at := 0; len(out) < 10_000; {
			i := strings.Index(t[at:], command)
			if i < 0 {
				break
			}
			at += i + len(command)
			end := group(t, at)
			if strings.TrimSpace(t[at:end]) != "" {
				out = append(out, Part{Zone: Hidden, Why: "command " + strings.TrimRight(command, "{"), Text: m.Slice(at, end)})
			}
			at = end
		}
	}
	return out
}

// group is where the group of braces ends that is open at at, within 4,000 bytes.
func group(t string, at int) int {
	depth := 1
	for i := at; i < min(len(t), at+4000); i++ {
		switch t[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return min(len(t), at+4000)
}
