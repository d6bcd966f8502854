package dependencies

import (
	"strings"
)

// pair is a key of TOML and its value, or one element of the array that is its
// value.
type pair struct {
	table string // path of the table: "tool.poetry.dependencies"
	key   string
	value string // of a string: without quotes; else as written, on one line
	text  bool   // it is a string
	at    int
	row   int
	start bool // of an array of tables: a new element begins; key and value are ""
}

// tomlReader reads as much of TOML as project files need: tables, keys, strings,
// arrays of strings over several lines. Values that are none of these are kept
// as they are written. What it does not understand it passes over.
type tomlReader struct {
	s     string
	at    int
	row   int
	table string
	yield func(pair) bool
}

// eachPair calls yield for the pairs of s in their order until it says no.
func eachPair(s string, yield func(pair) bool) {
	r := &tomlReader{s: strings.TrimPrefix(s, "\ufeff"), yield: yield, row: 1}
	r.at, r.s = len(s)-len(r.s), s
	for r.at < len(r.s) {
		r.space()
		if r.at >= len(r.s) || !r.line() {
			return
		}
	}
}

// space passes over white space, line ends and remarks.
func (r *tomlReader) space() {
	for r.at < len(r.s) {
		switch c := r.s[r.at]; {
		case c == '\n':
			r.row++
			r.at++
		case c == ' ' || c == '\t' || c == '\r' || c == ',':
			r.at++
		case c == '#':
			r.skipLine()
		default:
			return
		}
	}
}

func (r *tomlReader) skipLine() {
	if n := strings.IndexByte(r.s[r.at:], '\n'); n >= 0 {
		r.at += n
		return
	}
	r.at = len(r.s)
}

// line reads the head of a table, or a pair.
func (r *tomlReader) line() bool {
	if r.s[r.at] == '[' {
		head := r.s[r.at:]
		if n := strings.IndexByte(head, '\n'); n >= 0 {
			head = head[:n]
		}
		again := strings.HasPrefix(head, "[[")
		name, _, _ := strings.Cut(strings.TrimLeft(head, "["), "]")
		r.table = unquoteKey(name)
		p := pair{table: r.table, at: r.at, row: r.row, start: again}
		r.skipLine()
		return !again || r.yield(p)
	}
	at, row := r.at, r.row
	rest := r.s[r.at:]
	if n := strings.IndexByte(rest, '\n'); n >= 0 {
		rest = rest[:n]
	}
	equal := strings.IndexByte(rest, '=')
	if equal < 0 {
		r.skipLine()
		return true
	}
	key := unquoteKey(rest[:equal])
	r.at += equal + 1
	return r.value(pair{table: r.table, key: key, at: at, row: row})
}

// unquoteKey is a key without quotes and space: a."b" is a.b.
func unquoteKey(s string) string {
	return strings.TrimSpace(strings.NewReplacer(`"`, "", "'", "", " .", ".", ". ", ".").Replace(s))
}

// value reads what is behind "=" or stands in an array.
func (r *tomlReader) value(p pair) bool {
	for r.at < len(r.s) && (r.s[r.at] == ' ' || r.s[r.at] == '\t') {
		r.at++
	}
	if r.at >= len(r.s) {
		return true
	}
	switch c := r.s[r.at]; c {
	case '[':
		return r.array(p)
	case '"', '\'':
		p.value, p.text = r.quoted(c), true
		return r.yield(p)
	case '{':
		return r.inline(p)
	}
	rest := r.s[r.at:]
	if n := strings.IndexAny(rest, "\n#,]"); n >= 0 {
		rest = rest[:n]
	}
	r.at += len(rest)
	p.value = strings.TrimSpace(rest)
	return r.yield(p)
}

// array reads elements until the bracket that closes it.
func (r *tomlReader) array(p pair) bool {
	for r.at++; ; {
		r.space()
		if r.at >= len(r.s) {
			return true
		}
		if r.s[r.at] == ']' {
			r.at++
			return true
		}
		before := r.at
		p.at, p.row, p.text = r.at, r.row, false
		if c := r.s[r.at]; c == '[' {
			r.at++ // an array in an array: its elements are taken for ours
		} else if !r.value(p) {
			return false
		}
		if r.at == before {
			r.at++
		}
	}
}

// inline reads {a = "x", b = "y"} as one value.
func (r *tomlReader) inline(p pair) bool {
	start, depth := r.at, 0
	for ; r.at < len(r.s); r.at++ {
		switch c := r.s[r.at]; c {
		case '"', '\'':
			r.quoted(c)
			r.at--
		case '{':
			depth++
		case '}':
			depth--
		case '\n':
			r.row++
		}
		if depth == 0 {
			r.at++
			break
		}
	}
	p.value = r.s[start:r.at]
	return r.yield(p)
}

// quoted reads a string and leaves the reader behind it. One that is not closed
// ends with its line.
func (r *tomlReader) quoted(quote byte) string {
	three := strings.Repeat(string(quote), 3)
	if strings.HasPrefix(r.s[r.at:], three) {
		r.at += 3
		n := strings.Index(r.s[r.at:], three)
		if n < 0 {
			n = len(r.s) - r.at
		}
		v := r.s[r.at : r.at+n]
		r.row += strings.Count(v, "\n")
		r.at = min(r.at+n+3, len(r.s))
		return v
	}
	start := r.at + 1
	for r.at = start; r.at < len(r.s) && r.s[r.at] != quote && r.s[r.at] != '\n'; r.at++ {
		if r.s[r.at] == '\\' && quote == '"' && r.at+1 < len(r.s) && r.s[r.at+1] != '\n' {
			r.at++
		}
	}
	v := r.s[start:min(r.at, len(r.s))]
	if r.at < len(r.s) && r.s[r.at] == quote {
		r.at++
	}
	return v
}

// field is the string under key in an inline table.
func field(inline, key string) string {
	value := ""
	eachPair(strings.ReplaceAll(strings.Trim(inline, "{} "), ",", "\n"), func(p pair) bool {
		if p.key == key {
			value = p.value
		}
		return true
	})
	return value
}
