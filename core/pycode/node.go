package pycode

import "strings"

// nodeKind is the kind of a node.
type nodeKind uint8

const (
	unknown   nodeKind = iota
	nameNode           // name
	textNode           // name is its value when fixed
	wordNode           // True, False, None, a number: name is how it is written
	attrNode           // x.name
	callNode           // x(args)
	itemNode           // x[args]
	groupNode          // (args), [args], {args}
	mixedNode          // args joined by operators
)

// node is an expression, as far as it matters who calls what with what. What
// operators do is not kept.
type node struct {
	kind  nodeKind
	name  string
	fixed bool
	open  string // of a group: its bracket
	x     *node
	args  []arg
	at    int // of the name that is called or read, in its part
	start int // of the whole expression
	end   int
}

// arg is an argument of a call, or an element of a group.
type arg struct {
	name  string // keyword; "*" or "**" for what is unpacked
	key   *node  // of a dictionary
	value *node
}

// maxDepth is how deep brackets are followed; what is deeper is unknown.
const maxDepth = 100

// maxArgs is how many elements of a group are kept.
const maxArgs = 1000

// parser reads expressions from the tokens of one line. It accepts more than
// Python does: it never fails, and whatever it does not understand joins
// operands to a mixed node.
type parser struct {
	tokens []token
	at     int
	depth  int
	visit  func(*node) // is called for every call and every item, inner ones first
}

func (p *parser) more() bool { return p.at < len(p.tokens) }

func (p *parser) is(s string) bool {
	return p.more() && p.tokens[p.at].kind == op && p.tokens[p.at].text == s
}

// keywords that stand between operands.
var between = map[string]bool{"and": true, "or": true, "not": true, "in": true, "is": true, "if": true, "else": true, "elif": true, "for": true, "while": true, "lambda": true,
	"await": true, "yield": true, "return": true, "async": true, "assert": true, "raise": true, "from": true, "del": true, "with": true, "as": true, "except": true, "print": false}

// expr reads up to a comma, a closing bracket, one of stops, or the end.
func (p *parser) expr(stops string) *node {
	var operands []*node
	plus := true // all operators are "+"
	start := p.at
	for p.more() {
		t := &p.tokens[p.at]
		if t.kind == op && (t.text == "," || nesting(t.text) < 0 || stops != "" && strings.Contains(stops, t.text) && len(t.text) == 1) {
			break
		}
		switch {
		case t.kind == op && nesting(t.text) == 0:
			plus = plus && t.text == "+"
			p.at++
		case t.kind == name && between[t.text]:
			plus = false
			p.at++
		default:
			operands = append(operands, p.operand())
		}
	}
	switch len(operands) {
	case 0:
		return &node{at: p.offset(start), start: p.offset(start), end: p.offset(start)}
	case 1:
		return operands[0]
	}
	return mixed(operands, plus)
}

func (p *parser) offset(i int) int {
	if i < len(p.tokens) {
		return p.tokens[i].at
	}
	if len(p.tokens) > 0 {
		return p.tokens[len(p.tokens)-1].end
	}
	return 0
}

// mixed joins operands. Texts that are put together by "+" are one text.
func mixed(operands []*node, plus bool) *node {
	first, last := operands[0], operands[len(operands)-1]
	n := &node{kind: mixedNode, at: first.at, start: first.start, end: last.end}
	var b strings.Builder
	fixed := plus
	for _, o := range operands {
		n.args = append(n.args, arg{value: o})
		fixed = fixed && o.kind == textNode && o.fixed
		if fixed {
			b.WriteString(o.name)
		}
	}
	if fixed {
		return &node{kind: textNode, name: b.String(), fixed: true, at: n.at, start: n.start, end: n.end}
	}
	return n
}

// operand reads a name, a literal or a group with what follows it.
func (p *parser) operand() *node {
	t := p.tokens[p.at]
	n := &node{at: t.at, start: t.at, end: t.end}
	switch t.kind {
	case name:
		n.kind, n.name = nameNode, t.text
		if t.text == "True" || t.text == "False" || t.text == "None" {
			n.kind = wordNode
		}
		p.at++
	case number:
		n.kind, n.name = wordNode, t.text
		p.at++
	case text:
		n = p.texts()
	default:
		n.kind, n.open = groupNode, t.text
		n.args, n.end = p.inside()
		if len(n.args) == 1 && t.text == "(" && n.args[0].name == "" && n.args[0].key == nil {
			n = n.args[0].value // plain parentheses
		}
	}
	return p.trailers(n)
}

// texts reads strings that stand behind each other, which are one.
func (p *parser) texts() *node {
	first := p.tokens[p.at]
	n := &node{kind: textNode, fixed: true, at: first.at, start: first.at}
	var b strings.Builder
	for p.more() && p.tokens[p.at].kind == text {
		t := p.tokens[p.at]
		n.end = t.end
		n.fixed = n.fixed && t.fixed
		b.WriteString(t.text)
		if !t.fixed {
			n.args = append(n.args, p.fields(t)...)
		}
		p.at++
	}
	n.name = b.String()
	return n
}

// fields reads the expressions that are filled into an f-string.
func (p *parser) fields(t token) []arg {
	var out []arg
	s := t.inner
	if p.depth >= maxDepth {
		return nil
	}
	for at := 0; at < len(s); {
		i := strings.IndexByte(s[at:], '{')
		if i < 0 {
			break
		}
		at += i + 1
		if at < len(s) && s[at] == '{' {
			at++
			continue
		}
		end := strings.IndexByte(s[at:], '}')
		if end < 0 {
			break
		}
		l := &lexer{src: s[at : at+end]}
		tokens, _, _ := l.line(nil)
		for i := range tokens {
			tokens[i].at, tokens[i].end, tokens[i].first = tokens[i].at+t.first+at, tokens[i].end+t.first+at, tokens[i].first+t.first+at
		}
		q := &parser{tokens: tokens, visit: p.visit, depth: p.depth + 1}
		out = append(out, arg{value: q.expr("")})
		at += end + 1
	}
	return out
}

// trailers reads attributes, calls and items behind n.
func (p *parser) trailers(n *node) *node {
	for links := 1; p.more(); links++ {
		if links%maxDepth == 0 { // a chain that no one writes: its start does not matter
			n = &node{at: n.at, start: n.start, end: n.end}
		}
		t := p.tokens[p.at]
		switch {
		case t.kind != op:
			return n
		case t.text == "." && p.at+1 < len(p.tokens) && p.tokens[p.at+1].kind == name:
			member := p.tokens[p.at+1]
			n = &node{kind: attrNode, name: member.text, x: n, at: n.at, start: n.start, end: member.end}
			p.at += 2
		case t.text == "(" || t.text == "[":
			outer := &node{kind: callNode, x: n, at: n.at, start: n.start}
			if t.text == "[" {
				outer.kind = itemNode
			}
			outer.args, outer.end = p.inside()
			n = outer
			if p.visit != nil {
				p.visit(n)
			}
		default:
			return n
		}
	}
	return n
}

// inside reads what is between the bracket that comes next and the one that
// closes it, and returns the offset behind that.
func (p *parser) inside() (args []arg, end int) {
	p.at++
	if p.depth++; p.depth > maxDepth {
		return nil, p.skip()
	}
	defer func() { p.depth-- }()
	for p.more() {
		t := p.tokens[p.at]
		switch {
		case t.kind == op && nesting(t.text) < 0:
			p.at++
			return args, t.end
		case t.kind == op && t.text == ",":
			p.at++
		default:
			if a := p.arg(); len(args) < maxArgs {
				args = append(args, a)
			}
		}
	}
	return args, p.offset(p.at)
}

// skip passes over a group that is too deep to be read.
func (p *parser) skip() int {
	defer func() { p.depth-- }()
	for depth := 1; p.more(); p.at++ {
		if t := p.tokens[p.at]; t.kind == op {
			if depth += nesting(t.text); depth == 0 {
				p.at++
				return t.end
			}
		}
	}
	return p.offset(p.at)
}

// arg reads one argument or element.
func (p *parser) arg() arg {
	t := p.tokens[p.at]
	if t.kind == name && p.at+1 < len(p.tokens) && p.tokens[p.at+1].kind == op && p.tokens[p.at+1].text == "=" {
		p.at += 2
		return arg{name: t.text, value: p.expr("")}
	}
	if p.is("*") || p.is("**") {
		p.at++
		return arg{name: t.text, value: p.expr("")}
	}
	value := p.expr(":")
	if !p.is(":") {
		return arg{value: value}
	}
	p.at++
	return arg{key: value, value: p.expr("")}
}
