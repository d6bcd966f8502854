package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind is the kind of a token inside a tag.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota // of the tag
	tokenName
	tokenText
	tokenInt
	tokenFloat
	tokenOp
)

// token is a part of a tag.
type token struct {
	kind tokenKind
	at   int
	text string // of a name or operator; of a text, decoded; of a number, as written
}

// pieceKind is the kind of a piece of the source.
type pieceKind uint8

const (
	pieceData pieceKind = iota
	pieceComment
	piecePrint
	pieceBlock
)

// piece is a tag, or the text up to the next one.
type piece struct {
	kind   pieceKind
	at     int
	text   string  // of data and comments
	tokens []token // of the other two, with tokenEnd at their end
}

// lexer cuts a source into pieces.
type lexer struct {
	src    string
	at     int
	trim   bool // the last tag ended with "-"
	errors *errorList
}

func (l *lexer) fail(at int, text string) { l.errors.add(&Error{Offset: at, Text: text}) }

// errorList collects errors, of which a hostile template can have very many.
type errorList []*Error

func (l *errorList) add(e *Error) {
	const most = 100
	if len(*l) < most {
		*l = append(*l, e)
	}
}

// next is the next piece; ok is false at the end of the source.
func (l *lexer) next() (p piece, ok bool) {
	for l.at < len(l.src) {
		if n := l.untilTag(); n > 0 {
			if p := l.data(l.at + n); p.text != "" {
				return p, true
			}
			continue
		}
		if p, ok := l.tag(); ok {
			return p, true
		}
	}
	return piece{}, false
}

// untilTag is the number of bytes before the next tag.
func (l *lexer) untilTag() int {
	rest := l.src[l.at:]
	for i := 0; ; i += 2 {
		n := strings.IndexByte(rest[i:], '{')
		if n < 0 {
			return len(rest)
		}
		if i += n; i+1 < len(rest) && strings.IndexByte("%{#", rest[i+1]) >= 0 {
			return i
		}
		i--
	}
}

// data is the text up to end, without the white space that "-" takes away.
func (l *lexer) data(end int) piece {
	text, at := l.src[l.at:end], l.at
	if l.trim {
		trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
		text, at = trimmed, at+len(text)-len(trimmed)
	}
	if end+2 < len(l.src) && l.src[end+2] == '-' {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
	}
	l.at, l.trim = end, false
	return piece{kind: pieceData, at: at, text: text}
}

// tag reads the tag that begins here; ok is false for those that leave no
// piece.
func (l *lexer) tag() (p piece, ok bool) {
	p.at = l.at
	switch l.src[l.at+1] {
	case '#':
		return l.comment()
	case '{':
		p.kind = piecePrint
	default:
		p.kind = pieceBlock
		if text, found := l.raw(); found {
			return piece{kind: pieceData, at: p.at, text: text}, text != ""
		}
	}
	l.at += 2
	if l.at < len(l.src) && (l.src[l.at] == '-' || l.src[l.at] == '+') {
		l.at++
	}
	end := "%}"
	if p.kind == piecePrint {
		end = "}}"
	}
	p.tokens = l.tokens(end)
	return p, true
}

func (l *lexer) comment() (piece, bool) {
	p := piece{kind: pieceComment, at: l.at}
	n := strings.Index(l.src[l.at+2:], "#}")
	if n < 0 {
		l.fail(l.at, "a comment without an end")
		p.text, l.at = l.src[l.at+2:], len(l.src)
		return p, true
	}
	p.text = l.src[l.at+2 : l.at+2+n]
	l.trim = strings.HasSuffix(p.text, "-")
	l.at += n + 4
	return p, true
}

// raw reads {% raw %} up to {% endraw %}, between which there are no tags.
func (l *lexer) raw() (text string, found bool) {
	open, end := statement(l.src[l.at:], "raw")
	if !open {
		return "", false
	}
	start := l.at + end
	for at := start; ; at += 2 {
		n := strings.Index(l.src[at:], "{%")
		if n < 0 {
			l.fail(l.at, "raw without endraw")
			l.at = len(l.src)
			return l.src[start:], true
		}
		at += n
		if found, end := statement(l.src[at:], "endraw"); found {
			text, l.at = l.src[start:at], at+end
			return l.trimRaw(text, start, at), true
		}
	}
}

// trimRaw takes away the white space of a raw block that the tags at its start
// and end ask for, and notes what the latter says about the text behind it.
func (l *lexer) trimRaw(text string, start, end int) string {
	if l.src[start-3] == '-' {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
	}
	if l.src[end+2] == '-' {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
	}
	l.trim = l.src[l.at-3] == '-'
	return text
}

// statement says whether s begins with the tag of one word, and where it ends.
func statement(s, word string) (bool, int) {
	rest := s[2:]
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		rest = rest[1:]
	}
	rest, found := strings.CutPrefix(strings.TrimLeftFunc(rest, unicode.IsSpace), word)
	rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		rest = rest[1:]
	}
	rest, ends := strings.CutPrefix(rest, "%}")
	return found && ends, len(s) - len(rest)
}

// tokens reads the inside of a tag up to end. As in Jinja, end is not seen
// inside brackets.
func (l *lexer) tokens(end string) []token {
	var out []token
	var open []byte // brackets that wait for their ends
	for {
		l.space()
		rest := l.src[l.at:]
		if rest == "" {
			l.fail(l.at, "the template ends inside a tag")
			break
		}
		if n := ends(rest, end); n > 0 && len(open) == 0 {
			l.trim = rest[0] == '-'
			out = append(out, token{kind: tokenEnd, at: l.at})
			l.at += n
			return out
		}
		if last := len(out) - 1; last >= 0 && out[last].kind == tokenOp && out[last].text == "." {
			if n := run(rest, decimal); n > 0 {
				rest = rest[:n] // "a.1.2" has no float
			}
		}
		t, n := scan(rest)
		if problem := balance(&open, t); n == 0 || problem != "" {
			if problem == "" {
				problem = "a character that has no meaning here"
			}
			l.fail(l.at, problem)
			l.skipTo(end)
			break
		}
		t.at = l.at
		out = append(out, t)
		l.at += n
	}
	return append(out, token{kind: tokenEnd, at: l.at})
}

// ends is the length of the end of a tag at the start of s, or 0.
func ends(s, end string) int {
	if strings.HasPrefix(s, end) {
		return 2
	}
	if len(s) > 2 && s[1:3] == end && (s[0] == '-' || s[0] == '+' && end == "%}") {
		return 3
	}
	return 0
}

// balance keeps the open brackets, and says what is wrong with t.
func balance(open *[]byte, t token) string {
	if t.kind != tokenOp {
		return ""
	}
	if i := strings.Index("([{", t.text); i >= 0 {
		if len(*open) >= MaxDepth {
			return "brackets nested too deep"
		}
		*open = append(*open, ")]}"[i])
		return ""
	}
	if !strings.Contains(")]}", t.text) {
		return ""
	}
	if n := len(*open); n > 0 && (*open)[n-1] == t.text[0] {
		*open = (*open)[:n-1]
		return ""
	}
	return "a bracket that does not fit"
}

// skipTo goes on behind the next end of a tag.
func (l *lexer) skipTo(end string) {
	n := strings.Index(l.src[l.at:], end)
	if n < 0 {
		l.at = len(l.src)
		return
	}
	l.at += n + len(end)
}

func (l *lexer) space() {
	l.at += len(l.src[l.at:]) - len(strings.TrimLeftFunc(l.src[l.at:], unicode.IsSpace))
}

// operators by falling length, so that the first that fits is the longest.
var operators = []string{"//", "**", "==", "!=", "<=", ">=",
	"+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"}

// scan reads the token that s begins with, and its length; 0 when there is none.
func scan(s string) (token, int) {
	if n := nameLength(s); n > 0 {
		return token{kind: tokenName, text: s[:n]}, n
	}
	if n, float := numberLength(s); n > 0 {
		if float {
			return token{kind: tokenFloat, text: s[:n]}, n
		}
		return token{kind: tokenInt, text: s[:n]}, n
	}
	if s[0] == '\'' || s[0] == '"' {
		n := quotedLength(s)
		if n == 0 {
			return token{}, 0
		}
		return token{kind: tokenText, text: unescape(s[1 : n-1])}, n
	}
	for _, op := range operators {
		if strings.HasPrefix(s, op) {
			return token{kind: tokenOp, text: op}, len(op)
		}
	}
	return token{}, 0
}

// nameLength is the length of the identifier that s begins with.
func nameLength(s string) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if r != '_' && !unicode.IsLetter(r) && (n == 0 || !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)) {
			break
		}
		n += size
	}
	return n
}

// quotedLength is the length of the string literal that s begins with, or 0.
func quotedLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return 0
}
