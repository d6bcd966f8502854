package yaml

import (
	"strings"
	"unicode/utf8"
)

// kind is the kind of an event.
type kind uint8

const (
	kindScalar kind = iota // value, style; key says whether a ":" follows
	kindAlias              // value: the name of an anchor
	kindTag                // value: in full
	kindAnchor             // value
	kindOpen               // of a flow collection: value is "{" or "["
	kindClose              // of a flow collection
	kindEntry              // "-" of a block sequence
	kindNext               // "," of a flow collection
	kindStart              // of a document
)

// event is what the scanner sees next.
type event struct {
	kind   kind
	at     int    // of its first byte
	value  string // of a scalar, decoded
	text   int    // of the first byte of a scalar's value, where it stands as it is
	plain  bool   // of a scalar: not quoted, nor a block
	key    bool
	column int
}

// scanner cuts YAML into events. It is made for finding tags and a few keys in
// hostile text: it never fails, and where text is no YAML it goes on with the
// next line. Unlike a parser it needs to know no more of the structure than
// where scalars end, which depends on indentation (YAML 1.2.2, chapters 6 to 8;
// where PyYAML reads more than that, so does this).
type scanner struct {
	src      string
	at       int
	line     int  // where the line at hand begins
	first    bool // nothing but white space came before on this line
	flow     int  // collections in braces and brackets that are open
	indents  []int
	question int               // column after a "?", before its key
	handles  map[string]string // of tags, in this document
	coming   map[string]string // of tags, as %TAG sets them for the next document
}

// newScanner makes a scanner over text without a byte order mark.
func newScanner(src string) *scanner {
	return &scanner{src: src, first: true, handles: handles()}
}

// coreTags is what "!!" stands for.
const coreTags = "tag:yaml.org,2002:"

// handles are those that need no %TAG.
func handles() map[string]string { return map[string]string{"!": "!", "!!": coreTags} }

// next is the next event; ok is false at the end.
func (s *scanner) next() (e event, ok bool) {
	for s.at < len(s.src) {
		if s.skipSpace(); s.at == len(s.src) {
			break
		}
		e = event{at: s.at, column: s.at - s.line}
		if s.first && s.flow == 0 {
			s.unwind(e.column)
		}
		if s.first && e.column == 0 && s.marker(&e) {
			return e, true
		}
		if s.first && e.column == 0 && s.src[s.at] == '%' {
			s.directive()
			continue
		}
		s.first = false
		if s.token(&e) {
			return e, true
		}
	}
	return event{}, false
}

// token reads what begins here. It is false for what makes no event.
func (s *scanner) token(e *event) bool {
	c := s.src[s.at]
	switch {
	case c == '{' || c == '[':
		s.flow++
		return s.one(e, kindOpen)
	case (c == '}' || c == ']') && s.flow > 0:
		s.flow--
		return s.one(e, kindClose)
	case c == ',' && s.flow > 0:
		return s.one(e, kindNext)
	case c == '-' && s.flow == 0 && s.blank(1):
		s.indent(e.column)
		return s.one(e, kindEntry)
	case c == '?' && s.blank(1):
		s.indent(e.column)
		s.at++
		s.question = e.column + 1
		return false
	case c == ':' && (s.blank(1) || s.flow > 0):
		s.at++
		return false
	case c == '!':
		e.kind, e.value = kindTag, s.tag()
	case c == '&' || c == '*':
		e.kind, e.value = kindAnchor, s.anchor()
		if c == '*' {
			e.kind = kindAlias
			e.key = s.isKey(e.column)
		}
	case (c == '|' || c == '>') && s.flow == 0:
		e.value, e.text = s.block()
	case c == '"' || c == '\'':
		e.value, e.text = s.quoted(c)
		e.key = s.isKey(e.column)
	default:
		e.plain, e.text = true, s.at
		e.value = s.plain()
		e.key = s.isKey(e.column)
	}
	s.explicit(e)
	return true
}

// explicit makes a key of the scalar that follows a "?".
func (s *scanner) explicit(e *event) {
	if s.question == 0 || e.kind == kindTag || e.kind == kindAnchor {
		return
	}
	if !e.key {
		e.key, e.column = true, s.question-1
	}
	s.question = 0
}

func (s *scanner) one(e *event, k kind) bool {
	s.question = 0
	e.kind, e.value = k, s.src[s.at:s.at+1]
	s.at++
	return true
}

// blank says whether white space, or the end, stands n bytes from here.
func (s *scanner) blank(n int) bool {
	return s.at+n >= len(s.src) || strings.IndexByte(" \t\r\n", s.src[s.at+n]) >= 0
}

// skipSpace passes over white space, line breaks and comments.
func (s *scanner) skipSpace() {
	for s.at < len(s.src) {
		switch c := s.src[s.at]; {
		case c == '\n' || c == '\r':
			s.at++
			s.line, s.first = s.at, true
		case c == ' ' || c == '\t':
			s.at++
		case c == '#' && (s.at == s.line || strings.IndexByte(" \t", s.src[s.at-1]) >= 0 || s.flow > 0):
			s.at += lineLength(s.src[s.at:])
		default:
			return
		}
	}
}

// lineLength is the number of bytes before the next line break.
func lineLength(text string) int {
	if n := strings.IndexAny(text, "\r\n"); n >= 0 {
		return n
	}
	return len(text)
}

// marker reads "---" and "...".
func (s *scanner) marker(e *event) bool {
	rest := s.src[s.at:]
	if !strings.HasPrefix(rest, "---") && !strings.HasPrefix(rest, "...") || !s.blank(3) {
		return false
	}
	s.at += 3
	s.flow, s.indents, s.first = 0, nil, false
	if rest[0] == '-' {
		if s.handles, s.coming = s.coming, nil; s.handles == nil {
			s.handles = handles()
		}
	}
	e.kind, e.value = kindStart, rest[:3]
	return true
}

// directive reads a line such as "%TAG !p! tag:yaml.org,2002:python/".
func (s *scanner) directive() {
	n := lineLength(s.src[s.at:])
	fields := strings.Fields(s.src[s.at : s.at+n])
	if len(fields) > 2 && fields[0] == "%TAG" {
		if s.coming == nil {
			s.coming = handles()
		}
		s.coming[fields[1]] = unescapeURI(fields[2])
	}
	s.at += n
}

// unwind ends the collections that are indented more than column.
func (s *scanner) unwind(column int) {
	for len(s.indents) > 0 && s.indents[len(s.indents)-1] > column {
		s.indents = s.indents[:len(s.indents)-1]
	}
}

// maxIndents bounds the stack: deeper collections count as one.
const maxIndents = 1000

// indent begins a collection at column unless one is open there.
func (s *scanner) indent(column int) {
	if s.flow == 0 && s.parent() < column && len(s.indents) < maxIndents {
		s.indents = append(s.indents, column)
	}
}

// parent is the column of the innermost collection, or -1.
func (s *scanner) parent() int {
	if len(s.indents) == 0 {
		return -1
	}
	return s.indents[len(s.indents)-1]
}

// isKey says whether a ":" follows on this line, and notes that a mapping is
// here.
func (s *scanner) isKey(column int) bool {
	i := s.at
	for i < len(s.src) && (s.src[i] == ' ' || s.src[i] == '\t') {
		i++
	}
	if i == len(s.src) || s.src[i] != ':' || s.flow == 0 && i+1 < len(s.src) && strings.IndexByte(" \t\r\n", s.src[i+1]) < 0 {
		return false
	}
	s.at = i + 1
	s.indent(column)
	return true
}

// anchor reads the name after "&" or "*".
func (s *scanner) anchor() string {
	start := s.at + 1
	s.at++
	for s.at < len(s.src) && strings.IndexByte(" \t\r\n,[]{}:", s.src[s.at]) < 0 {
		s.at++
	}
	return s.src[start:s.at]
}

// plain reads a scalar without quotes, over several lines if they are indented
// more than what it is in.
func (s *scanner) plain() string {
	var b strings.Builder
	for {
		n := s.plainLength()
		b.WriteString(strings.TrimRight(s.src[s.at:s.at+n], " \t"))
		s.at += max(n, 1) // a byte that nothing can begin with is passed over
		if n == 0 || !s.continues() {
			return b.String()
		}
		b.WriteByte(' ')
	}
}

// plainLength is the number of bytes of a plain scalar on this line.
func (s *scanner) plainLength() int {
	rest := s.src[s.at:]
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		switch {
		case c == '\n' || c == '\r':
			return i
		case c == ':' && (i+1 == len(rest) || strings.IndexByte(" \t\r\n", rest[i+1]) >= 0):
			return i
		case c == '#' && i > 0 && (rest[i-1] == ' ' || rest[i-1] == '\t'):
			return i
		case s.flow > 0 && (strings.IndexByte(",[]{}", c) >= 0 || c == ':' && strings.IndexByte(",[]{}", rest[i+1]) >= 0):
			return i
		}
	}
	return len(rest)
}

// continues says whether the next line that is not empty goes on with the
// plain scalar before it, and goes there if so.
func (s *scanner) continues() bool {
	if s.at < len(s.src) && s.src[s.at] != '\n' && s.src[s.at] != '\r' {
		return false
	}
	i, line := s.at, s.line
	for i < len(s.src) && strings.IndexByte(" \t\r\n", s.src[i]) >= 0 {
		if s.src[i] == '\n' || s.src[i] == '\r' {
			line = i + 1
		}
		i++
	}
	column := i - line
	if i == len(s.src) || s.src[i] == '#' || s.flow == 0 && column <= s.parent() || column == 0 && isMarker(s.src[i:]) {
		return false
	}
	if s.flow > 0 && strings.IndexByte(",[]{}", s.src[i]) >= 0 {
		return false
	}
	// What looks like the next key, entry or tag is taken for one, so that
	// nothing hides behind a scalar that readers end elsewhere.
	if s.flow == 0 && startsNode(s.src[i:]) {
		return false
	}
	s.at, s.line = i, line
	return true
}

func isMarker(text string) bool {
	return strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...")
}

// startsNode says whether a line begins with an entry, or has a key.
func startsNode(line string) bool {
	line = line[:lineLength(line)]
	return strings.HasPrefix(line, "- ") || line == "-" || strings.Contains(line, ": ") || strings.HasSuffix(line, ":")
}

// quoted reads a scalar in quotes; its value begins at text.
func (s *scanner) quoted(quote byte) (value string, text int) {
	s.at++
	start := s.at
	for s.at < len(s.src) {
		switch c := s.src[s.at]; {
		case c == '\\' && quote == '"':
			s.at++
		case c == quote && quote == '\'' && s.at+1 < len(s.src) && s.src[s.at+1] == quote:
			s.at++
		case c == quote:
			raw := s.src[start:s.at]
			s.at++
			return unquote(raw, quote), start
		case c == '\n' || c == '\r':
			s.line = s.at + 1
		}
		s.at++
	}
	s.at = len(s.src)
	if start > len(s.src) {
		return "", len(s.src)
	}
	return unquote(s.src[start:], quote), start
}

// block reads a scalar after "|" or ">".
func (s *scanner) block() (value string, text int) {
	header := s.src[s.at : s.at+lineLength(s.src[s.at:])]
	s.at += len(header)
	s.newline()
	width := 0 // of the indentation
	if i := strings.IndexAny(header, "123456789"); i >= 0 && i < 3 {
		width = max(s.parent(), 0) + int(header[i]-'0')
	}
	text = s.at
	var b strings.Builder
	for s.at < len(s.src) {
		line := s.src[s.at : s.at+lineLength(s.src[s.at:])]
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		if strings.TrimLeft(line, " \t") != "" {
			if width == 0 {
				if spaces <= s.parent() || spaces == 0 && s.parent() < 0 && isMarker(line) {
					break
				}
				width, text = spaces, s.at+spaces
			}
			if spaces < width {
				break
			}
		}
		if b.Len() > 0 || strings.TrimSpace(line) != "" {
			b.WriteString(line[min(width, spaces):])
			b.WriteByte('\n')
		}
		s.at += len(line)
		s.newline()
	}
	return b.String(), text
}

// newline passes over a line break.
func (s *scanner) newline() {
	if strings.HasPrefix(s.src[s.at:], "\r\n") {
		s.at++
	}
	if s.at < len(s.src) {
		s.at++
	}
	s.line, s.first = s.at, true
}

// tag reads a tag and returns it in full.
func (s *scanner) tag() string {
	rest := s.src[s.at:]
	if uri, found := strings.CutPrefix(rest, "!<"); found {
		n := strings.IndexAny(uri, "> \t\r\n")
		if n < 0 {
			n = len(uri)
		}
		s.at += min(2+n+1, len(rest))
		return unescapeURI(uri[:n])
	}
	n := 1
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		if r <= ' ' || r == '{' || r == '}' || r == '"' || r == '|' || r == '>' || r == '<' || s.flow > 0 && (r == ',' || r == '[' || r == ']') {
			break
		}
		n += size
	}
	s.at += n
	return s.resolve(rest[:n])
}

// resolve puts the prefix in the place of a tag's handle. Directives count
// even where the "---" after them is missing.
func (s *scanner) resolve(tag string) string {
	handle := "!"
	if i := strings.IndexByte(tag[1:], '!'); i >= 0 {
		handle = tag[:i+2]
	}
	for _, known := range []map[string]string{s.coming, s.handles} {
		if prefix, ok := known[handle]; ok {
			return prefix + unescapeURI(tag[len(handle):])
		}
	}
	return unescapeURI(tag)
}
