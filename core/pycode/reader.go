package pycode

import (
	"context"
	"sort"
	"strings"

	"taster/core"
)

// Part is a piece of source code with a place of its own, such as the cell of a
// notebook. The parts of a program share their names.
type Part struct {
	Name string
	Text string
}

// Facts are what is known of one part.
type Facts struct {
	Program *core.Program
	Uses    []core.Use
}

const (
	maxSites = 200_000 // calls looked at in one program
	maxCalls = 2000    // of these, calls kept for one part
)

// Read reads the parts of a program. Offsets count from the start of each part.
// It fails only when ctx ends. Time and memory grow with the length of the
// text.
func Read(ctx context.Context, parts []Part) ([]Facts, error) {
	r := &reader{ctx: ctx, table: newTable(), names: names{bound: map[string]*binding{}}}
	for i, p := range parts {
		if err := r.part(i, p.Text); err != nil {
			return nil, err
		}
	}
	return r.facts(parts)
}

// site is a call or an item, and where it stands.
type site struct {
	node   *node
	part   int
	when   string
	within string
}

// scope is a block of lines that are indented alike.
type scope struct {
	indent int
	when   string
	name   string
}

// reader reads a program.
type reader struct {
	ctx    context.Context
	table  *table
	names  names
	sites  []site
	sets   []setting
	scopes []scope
	index  int    // of the part being read
	allows []bool // by part
	lines  []int
}

// setting is os.environ["name"] = value.
type setting struct {
	site
	value *node
}

func (r *reader) part(i int, s string) error {
	r.index, r.scopes = i, r.scopes[:0]
	r.allows, r.lines = append(r.allows, speaksOfAllowed(s)), append(r.lines, strings.Count(s, "\n")+1)
	l := &lexer{src: strings.TrimPrefix(s, "\ufeff")}
	l.at = len(s) - len(l.src)
	l.src = s
	var buffer []token
	for n := 0; ; n++ {
		if n%1024 == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		tokens, indent, ok := l.line(buffer)
		if !ok {
			return nil
		}
		r.logical(tokens, indent)
		buffer = tokens
	}
}

// speaksOfAllowed says whether s has a name like ALLOWED_HOSTS or allow_list.
func speaksOfAllowed(s string) bool {
	lower := strings.ToLower(s)
	for _, w := range []string{"allowed_", "allow_list", "allowlist", "whitelist", "trusted_", "is_allowed", "is_trusted"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

// logical reads one logical line.
func (r *reader) logical(tokens []token, indent int) {
	for n := len(r.scopes); n > 0 && r.scopes[n-1].indent >= indent; n-- {
		r.scopes = r.scopes[:n-1]
	}
	if rest, opened := r.header(tokens, indent); opened {
		r.statements(rest)
		if len(rest) > 0 { // the block stands on the same line
			r.scopes = r.scopes[:len(r.scopes)-1]
		}
		return
	}
	r.statements(tokens)
}

// header reads a line that opens a block up to its colon. It returns what
// stands behind it.
func (r *reader) header(tokens []token, indent int) (rest []token, opened bool) {
	first := word(tokens, 0)
	at := 1
	if first == "async" {
		first, at = word(tokens, 1), 2
	}
	switch first {
	case "def", "class", "if", "elif", "else", "for", "while", "with", "try", "except", "finally":
	default:
		return nil, false
	}
	colon := colonOf(tokens)
	if colon < 0 {
		return nil, false
	}
	s := scope{indent: indent, when: r.when(), name: r.within()}
	switch first {
	case "def":
		s.when, s.name = core.InBody, word(tokens, at)
		r.names.bind(s.name, nil)
		r.parameters(tokens[:colon])
		at++
	case "class":
		r.names.bind(word(tokens, at), nil)
		at++
	case "if":
		if isMain(tokens[:colon]) && s.when == core.OnImport {
			s.when = core.AsMain
		}
	}
	r.bindings(tokens[:colon])
	r.expressions(tokens[min(at, colon):colon])
	r.scopes = append(r.scopes, s)
	if len(r.scopes) > 1000 { // deeper than Python goes
		r.scopes = r.scopes[1:]
	}
	return tokens[colon+1:], true
}

func (r *reader) when() string {
	if n := len(r.scopes); n > 0 {
		return r.scopes[n-1].when
	}
	return core.OnImport
}

func (r *reader) within() string {
	if n := len(r.scopes); n > 0 {
		return r.scopes[n-1].name
	}
	return ""
}

// colonOf is the place of the colon that opens the block, or -1.
func colonOf(tokens []token) int {
	depth, lambdas := 0, 0
	for i, t := range tokens {
		switch {
		case t.kind == name && t.text == "lambda" && depth == 0:
			lambdas++
		case t.kind != op:
		case t.text == ":" && depth == 0:
			if lambdas--; lambdas < 0 {
				return i
			}
		default:
			depth = max(0, depth+nesting(t.text))
		}
	}
	return -1
}

func isMain(tokens []token) bool {
	return len(tokens) >= 4 && (word(tokens, 1) == "__name__" && tokens[3].kind == text && tokens[3].text == "__main__" ||
		tokens[1].kind == text && tokens[1].text == "__main__" && word(tokens, 3) == "__name__")
}

// word is the name at place i, or "".
func word(tokens []token, i int) string {
	if i < len(tokens) && tokens[i].kind == name {
		return tokens[i].text
	}
	return ""
}

// parameters binds the names of a function's parameters: those behind the
// opening bracket or a comma.
func (r *reader) parameters(tokens []token) {
	depth := 0
	for i, t := range tokens {
		switch {
		case t.kind == op:
			depth += nesting(t.text)
		case t.kind == name && depth == 1 && i > 0 && tokens[i-1].kind == op && strings.Contains("(,***", tokens[i-1].text):
			r.names.parameter(t.text)
		}
	}
}

// statements reads what stands on one line, separated by semicolons.
func (r *reader) statements(tokens []token) {
	depth, from := 0, 0
	for i, t := range tokens {
		if t.kind != op {
			continue
		}
		if depth = max(0, depth+nesting(t.text)); depth == 0 && t.text == ";" {
			r.statement(tokens[from:i])
			from = i + 1
		}
	}
	r.statement(tokens[from:])
}

func (r *reader) statement(tokens []token) {
	switch word(tokens, 0) {
	case "":
		if len(tokens) == 0 {
			return
		}
	case "import":
		r.importLine(tokens[1:])
		return
	case "from":
		r.fromLine(tokens[1:])
		return
	case "global", "nonlocal":
		for _, t := range tokens[1:] {
			if t.kind == name {
				r.names.bind(t.text, nil)
			}
		}
		return
	}
	r.bindings(tokens)
	r.assignment(tokens)
}

// lineOf is the number of the line, from 1, that offset at stands in.
func lineOf(starts []int, at int) int {
	return sort.SearchInts(starts, at+1)
}

// lineStarts are the offsets at which the lines of s start.
func lineStarts(s string) []int {
	starts := []int{0}
	for i := range len(s) {
		if s[i] == '\n' || s[i] == '\r' && (i+1 == len(s) || s[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	return starts
}
