package pycode

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind uint8

const (
	name   kind = iota // also keywords
	number             //
	text               // a string
	op                 // one or more characters of operators and brackets
)

// token is one lexeme. Comments, white space and line ends inside brackets have
// none.
type token struct {
	kind  kind
	text  string // as written; of a string, its value
	at    int    // offset in the part
	end   int    // offset behind it
	fixed bool   // of a string: text is all of its value, no field is filled in
	bytes bool   // of a string: b"..."
	inner string // of an f-string: what stands between its quotes
	first int    // offset of inner
}

// lexer reads the tokens of one part.
type lexer struct {
	src string
	at  int
}

// line reads one logical line: up to a line end outside brackets. indent is the
// column of its first token, a tab counting as 8. ok is false at the end.
func (l *lexer) line(into []token) (tokens []token, indent int, ok bool) {
	tokens = into[:0]
	depth := 0
	for l.at < len(l.src) {
		c := l.src[l.at]
		switch {
		case c == '\n' || c == '\r':
			l.at++
			if depth == 0 && len(tokens) > 0 {
				return tokens, indent, true
			}
		case c == ' ' || c == '\t' || c == '\f':
			l.at++
		case c == '#':
			l.comment()
		case c == '\\':
			l.continued()
		default:
			if len(tokens) == 0 {
				indent = l.column()
			}
			t := l.token()
			if t.kind == op {
				depth = max(0, depth+nesting(t.text))
			}
			tokens = append(tokens, t)
		}
	}
	return tokens, indent, len(tokens) > 0
}

// nesting is how a bracket changes the depth.
func nesting(s string) int {
	switch s {
	case "(", "[", "{":
		return 1
	case ")", "]", "}":
		return -1
	}
	return 0
}

func (l *lexer) comment() {
	if n := strings.IndexAny(l.src[l.at:], "\r\n"); n >= 0 {
		l.at += n
		return
	}
	l.at = len(l.src)
}

// continued passes over a backslash and the line end behind it.
func (l *lexer) continued() {
	l.at++
	if strings.HasPrefix(l.src[l.at:], "\r\n") {
		l.at += 2
	} else if l.at < len(l.src) && (l.src[l.at] == '\n' || l.src[l.at] == '\r') {
		l.at++
	}
}

// column is that of the next character in its line.
func (l *lexer) column() int {
	start := strings.LastIndexAny(l.src[:l.at], "\r\n") + 1
	n := 0
	for _, c := range l.src[start:l.at] {
		switch c {
		case '\t':
			n = n/8*8 + 8
		case '\f', '\ufeff':
			n = 0
		default:
			n++
		}
	}
	return n
}

// operators of more than one character, the longest first.
var operators = []string{"**=", "//=", ">>=", "<<=", "...", "->", ":=", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@="}

// token reads the token that comes next; there is at least one character.
func (l *lexer) token() token {
	at, rest := l.at, l.src[l.at:]
	if n := prefix(rest); n >= 0 {
		return l.quoted(n)
	}
	c, size := utf8.DecodeRuneInString(rest)
	switch {
	case c == '_' || unicode.IsLetter(c):
		l.at += span(rest, func(r rune) bool {
			return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
		})
		return token{kind: name, text: rest[:l.at-at], at: at, end: l.at}
	case c >= '0' && c <= '9':
		l.at += span(rest, func(r rune) bool { return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) })
		return token{kind: number, text: rest[:l.at-at], at: at, end: l.at}
	}
	if len(rest) > 1 && strings.IndexByte("=*/<>.", rest[1]) >= 0 {
		for _, o := range operators {
			if strings.HasPrefix(rest, o) {
				size = len(o)
				break
			}
		}
	}
	l.at += size
	return token{kind: op, text: rest[:size], at: at, end: l.at}
}

// span is the length of the start of s that is made of characters that fit.
func span(s string, fits func(rune) bool) int {
	if n := strings.IndexFunc(s, func(r rune) bool { return !fits(r) }); n >= 0 {
		return n
	}
	return len(s)
}

// prefix is the length of the letters before a quote that s starts with, or -1
// when s does not start with a string.
func prefix(s string) int {
	for i := range min(len(s), 4) {
		switch c := s[i]; {
		case c == '"' || c == '\'':
			return i
		case strings.IndexByte("rRbBuUfFtT", c) < 0:
			return -1
		}
	}
	return -1
}

// quoted reads a string whose prefix has n letters. One that is not closed
// ends with its line, or with the part when it has three quotes.
func (l *lexer) quoted(n int) token {
	t := token{kind: text, at: l.at, fixed: true}
	letters := strings.ToLower(l.src[l.at : l.at+n])
	l.at += n
	quote := l.src[l.at : l.at+1]
	if strings.HasPrefix(l.src[l.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	l.at += len(quote)
	start := l.at
	raw := l.src[start:l.close(quote)]
	t.end = l.at
	t.bytes = strings.Contains(letters, "b")
	t.text = raw
	if !strings.Contains(letters, "r") {
		t.text = unescape(raw)
	}
	if strings.ContainsAny(letters, "ft") {
		t.fixed = !strings.Contains(raw, "{")
		t.inner, t.first = raw, start
	}
	return t
}

// close finds the end of a string and passes over it. It returns the offset of
// the closing quotes.
func (l *lexer) close(quote string) int {
	for l.at < len(l.src) {
		switch c := l.src[l.at]; {
		case c == '\\':
			l.at = min(l.at+2, len(l.src))
		case c == quote[0] && strings.HasPrefix(l.src[l.at:], quote):
			l.at += len(quote)
			return l.at - len(quote)
		case (c == '\n' || c == '\r') && len(quote) == 1:
			return l.at
		default:
			l.at++
		}
	}
	return l.at
}
