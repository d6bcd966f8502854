package jinja

// statement reads the statement whose tag is at hand. It is nil when there is
// nothing to keep.
func (p *parser) statement() *Node {
	n := &Node{Offset: p.piece.at}
	if p.peek().kind != tokenName {
		p.fail("the name of a tag should stand here")
		p.end()
		return nil
	}
	switch word := p.next().text; word {
	case "if":
		p.ifStatement(n, 0)
	case "for":
		p.forStatement(n)
	case "set":
		p.setStatement(n)
	case "macro":
		n.Kind, n.Name, n.Params = Macro, p.name(), p.params()
		n.Body = p.inside("endmacro")
	case "call":
		p.callStatement(n)
	case "filter":
		n.Kind, n.Expr = FilterBlock, p.filter(nil)
		n.Expr = p.filters(n.Expr)
		n.Body = p.inside("endfilter")
	case "with":
		n.Kind, n.Params = With, p.assignments()
		n.Body = p.inside("endwith")
	case "block":
		p.blockStatement(n)
	case "autoescape":
		n.Kind, n.Expr = Autoescape, p.expr()
		n.Body = p.inside("endautoescape")
	case "generation":
		n.Kind, n.Body = Generation, p.inside("endgeneration")
	default:
		if !p.simple(n, word) {
			p.pos--
			p.fail("an unknown tag")
			n = nil
		}
		p.end()
	}
	return n
}

// simple reads the statements that have no body.
func (p *parser) simple(n *Node, word string) bool {
	switch word {
	case "print", "do":
		n.Kind, n.Expr = Do, p.tuple(true)
		if word == "print" {
			n.Kind = Print
		}
	case "extends":
		n.Kind, n.Expr = Extends, p.expr()
	case "include":
		n.Kind, n.Expr = Include, p.expr()
		if p.skipWord("ignore") {
			p.expectWord("missing")
		}
		p.context()
	case "import":
		n.Kind, n.Expr = Import, p.expr()
		p.expectWord("as")
		n.Name = p.name()
		p.context()
	case "from":
		p.fromStatement(n)
	case "break":
		n.Kind = Break
	case "continue":
		n.Kind = Continue
	default:
		return false
	}
	return true
}

// ifStatement reads an if or elif after its word, up to the endif.
func (p *parser) ifStatement(n *Node, branches int) {
	n.Kind, n.Expr = If, p.tuple(false)
	n.Body = p.branch("elif", "else", "endif")
	if branches > MaxHeight {
		p.failAt(p.piece.at, "an if with too many branches", true)
		p.rest()
	}
	switch {
	case p.isWord("elif"):
		inner := &Node{Offset: p.piece.at}
		p.pos++
		n.Else = []*Node{inner}
		p.ifStatement(inner, branches+1)
		return
	case p.isWord("else"):
		p.pos++
		n.Else = p.branch("endif")
	}
	p.close("endif")
}

func (p *parser) forStatement(n *Node) {
	n.Kind, n.Target = For, p.target()
	p.expectWord("in")
	n.Iter = p.tuple(false, "recursive")
	if p.skipWord("if") {
		n.Expr = p.expr()
	}
	p.skipWord("recursive")
	n.Body = p.branch("else", "endfor")
	if p.isWord("else") {
		p.pos++
		n.Else = p.branch("endfor")
	}
	p.close("endfor")
}

func (p *parser) setStatement(n *Node) {
	n.Target = p.target()
	if p.skipOp("=") {
		n.Kind, n.Expr = Set, p.tuple(true)
		p.end()
		return
	}
	n.Kind, n.Expr = SetBlock, p.filters(nil)
	n.Body = p.inside("endset")
}

func (p *parser) callStatement(n *Node) {
	n.Kind = CallBlock
	if p.isOp("(") {
		n.Params = p.params()
	}
	n.Expr = p.expr()
	n.Body = p.inside("endcall")
}

func (p *parser) blockStatement(n *Node) {
	n.Kind, n.Name = Block, p.name()
	p.skipWord("scoped")
	p.skipWord("required")
	n.Body = p.inside("endblock")
}

func (p *parser) fromStatement(n *Node) {
	n.Kind, n.Expr = From, p.expr()
	p.expectWord("import")
	for p.peek().kind == tokenName && !(p.isContext()) {
		at, name := p.peek().at, p.name()
		alias := p.build(&Expr{Kind: Name, Offset: at, Name: name})
		if p.skipWord("as") {
			alias = p.build(&Expr{Kind: Keyword, Offset: at, Name: p.name(), X: alias})
		}
		n.Params = append(n.Params, alias)
		if !p.skipOp(",") {
			break
		}
	}
	p.context()
}

func (p *parser) isContext() bool {
	return (p.isWord("with") || p.isWord("without")) && p.look().text == "context"
}

func (p *parser) context() {
	if p.isContext() {
		p.pos += 2
	}
}

// params reads the parameters of a macro or call block.
func (p *parser) params() []*Expr {
	var out []*Expr
	p.expectOp("(")
	for !p.isOp(")") && !p.failed {
		if len(out) > 0 {
			p.expectOp(",")
			if p.isOp(")") {
				break
			}
		}
		at := p.peek().at
		e := p.build(&Expr{Kind: Name, Offset: at, Name: p.name()})
		if p.skipOp("=") {
			e = p.build(&Expr{Kind: Keyword, Offset: at, Name: e.Name, X: p.expr()})
		}
		out = append(out, e)
	}
	p.expectOp(")")
	return out
}

// assignments reads the "a=1, b=2" of a with statement.
func (p *parser) assignments() []*Expr {
	var out []*Expr
	for p.peek().kind != tokenEnd {
		if len(out) > 0 {
			p.expectOp(",")
		}
		at, name := p.peek().at, p.name()
		p.expectOp("=")
		out = append(out, p.build(&Expr{Kind: Keyword, Offset: at, Name: name, X: p.expr()}))
	}
	return out
}

// target reads what is assigned to: names, or the attribute of a namespace.
func (p *parser) target() *Expr {
	var out []*Expr
	at, tuple := p.peek().at, false
	for {
		out = append(out, p.oneTarget())
		if !p.skipOp(",") {
			break
		}
		tuple = true
		if p.peek().kind != tokenName || p.isWord("in") {
			break
		}
	}
	if !tuple {
		return out[0]
	}
	return p.build(&Expr{Kind: Tuple, Offset: at, Args: out})
}

func (p *parser) oneTarget() *Expr {
	if p.isOp("(") {
		if p.depth++; p.depth > MaxDepth {
			p.failAt(p.peek().at, "brackets nested too deep", true)
		}
		p.skipOp("(")
		e := p.target()
		p.expectOp(")")
		p.depth--
		return e
	}
	at := p.peek().at
	e := p.build(&Expr{Kind: Name, Offset: at, Name: p.name()})
	if p.skipOp(".") {
		at = p.peek().at
		e = p.build(&Expr{Kind: Attr, Offset: at, X: e, Name: p.name()})
	}
	return e
}
