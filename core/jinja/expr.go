package jinja

// build gives e its height and refuses expressions that are too high, so that
// recursion over them is bounded.
func (p *parser) build(e *Expr) *Expr {
	if e.X != nil {
		e.height = e.X.height
	}
	for _, a := range e.Args {
		if a != nil {
			e.height = max(e.height, a.height)
		}
	}
	if e.height++; e.height > MaxHeight {
		p.failAt(e.Offset, "an expression that is too large", true)
		return &Expr{Offset: e.Offset}
	}
	return e
}

func (p *parser) binary(op token, name string, left, right *Expr) *Expr {
	return p.build(&Expr{Kind: Binary, Offset: op.at, Name: name, Args: []*Expr{left, right}})
}

// tuple reads one expression, or several separated by commas. A conditional
// expression is read when cond is set. A word of ends cannot begin an element.
func (p *parser) tuple(cond bool, ends ...string) *Expr {
	at, comma := p.peek().at, false
	var items []*Expr
	for !p.tupleEnds(ends) {
		if cond {
			items = append(items, p.expr())
		} else {
			items = append(items, p.or())
		}
		if !p.skipOp(",") {
			break
		}
		comma = true
	}
	switch {
	case comma:
		return p.build(&Expr{Kind: Tuple, Offset: at, Args: items})
	case len(items) == 0:
		p.fail("an expression should stand here")
		return &Expr{Offset: at}
	}
	return items[0]
}

func (p *parser) tupleEnds(ends []string) bool {
	t := p.peek()
	if t.kind == tokenEnd || t.kind == tokenOp && t.text == ")" {
		return true
	}
	for _, word := range ends {
		if p.isWord(word) {
			return true
		}
	}
	return false
}

// expr reads an expression: value [if condition [else value]].
func (p *parser) expr() *Expr {
	if p.depth++; p.depth > MaxDepth {
		p.failAt(p.peek().at, "expressions nested too deep", true)
	}
	defer func() { p.depth-- }()
	e := p.or()
	var open []*Expr // conditions whose else is read now
	for {
		at := p.peek().at
		if !p.skipWord("if") {
			break
		}
		c := &Expr{Kind: Cond, Offset: at, Args: []*Expr{e, p.or(), nil}}
		if !p.skipWord("else") {
			e = p.build(c)
			continue
		}
		open = append(open, c)
		e = p.or()
	}
	for i := len(open) - 1; i >= 0; i-- {
		open[i].Args[2] = e
		e = p.build(open[i])
	}
	return e
}

func (p *parser) or() *Expr {
	e := p.and()
	for p.isWord("or") {
		op := p.next()
		e = p.binary(op, "or", e, p.and())
	}
	return e
}

func (p *parser) and() *Expr {
	e := p.not()
	for p.isWord("and") {
		op := p.next()
		e = p.binary(op, "and", e, p.not())
	}
	return e
}

func (p *parser) not() *Expr {
	var nots []token
	for p.isWord("not") {
		nots = append(nots, p.next())
	}
	e := p.compare()
	for i := len(nots) - 1; i >= 0; i-- {
		e = p.build(&Expr{Kind: Unary, Offset: nots[i].at, Name: "not", X: e})
	}
	return e
}

func (p *parser) compare() *Expr {
	e := p.sum()
	for {
		op := p.peek()
		switch {
		case op.kind == tokenOp && isComparison(op.text):
			p.pos++
			e = p.binary(op, op.text, e, p.sum())
		case p.skipWord("in"):
			e = p.binary(op, "in", e, p.sum())
		case p.isWord("not") && p.look().kind == tokenName && p.look().text == "in":
			p.pos += 2
			e = p.binary(op, "not in", e, p.sum())
		default:
			return e
		}
	}
}

func isComparison(op string) bool {
	switch op {
	case "==", "!=", "<", ">", "<=", ">=":
		return true
	}
	return false
}

func (p *parser) sum() *Expr {
	e := p.concat()
	for p.isOp("+") || p.isOp("-") {
		op := p.next()
		e = p.binary(op, op.text, e, p.concat())
	}
	return e
}

func (p *parser) concat() *Expr {
	e := p.product()
	for p.isOp("~") {
		op := p.next()
		e = p.binary(op, "~", e, p.product())
	}
	return e
}

func (p *parser) product() *Expr {
	e := p.power()
	for p.isOp("*") || p.isOp("/") || p.isOp("//") || p.isOp("%") {
		op := p.next()
		e = p.binary(op, op.text, e, p.power())
	}
	return e
}

func (p *parser) power() *Expr {
	e := p.unary(true)
	for p.isOp("**") {
		op := p.next()
		e = p.binary(op, "**", e, p.unary(true))
	}
	return e
}

// unary reads signs and a value with what follows it. As in Jinja, filters
// apply to the value with its sign.
func (p *parser) unary(filters bool) *Expr {
	var signs []token
	for p.isOp("-") || p.isOp("+") {
		signs = append(signs, p.next())
	}
	e := p.postfix(p.primary())
	for i := len(signs) - 1; i >= 0; i-- {
		e = p.postfix(p.build(&Expr{Kind: Unary, Offset: signs[i].at, Name: signs[i].text, X: e}))
	}
	if filters {
		e = p.filters(e)
	}
	return e
}

// primary reads a name, a literal, or something in brackets.
func (p *parser) primary() *Expr {
	t := p.next()
	e := &Expr{Kind: Const, Offset: t.at}
	switch {
	case t.kind == tokenName:
		return p.build(nameOrWord(t))
	case t.kind == tokenText:
		text := t.text
		for p.peek().kind == tokenText { // adjacent texts are one
			text += p.next().text
		}
		e.Value = text
	case t.kind == tokenInt || t.kind == tokenFloat:
		e.Value = number(t)
	case t.kind == tokenOp && t.text == "(":
		return p.parentheses(t)
	case t.kind == tokenOp && t.text == "[":
		e.Kind, e.Args = List, p.items("]", false)
	case t.kind == tokenOp && t.text == "{":
		e.Kind, e.Args = Dict, p.items("}", true)
	default:
		p.failAt(t.at, "an expression should stand here", false)
	}
	return p.build(e)
}

func nameOrWord(t token) *Expr {
	e := &Expr{Kind: Const, Offset: t.at}
	switch t.text {
	case "true", "True":
		e.Value = true
	case "false", "False":
		e.Value = false
	case "none", "None":
	default:
		e.Kind, e.Name = Name, t.text
	}
	return e
}

func (p *parser) parentheses(open token) *Expr {
	if p.skipOp(")") {
		return p.build(&Expr{Kind: Tuple, Offset: open.at})
	}
	e := p.tuple(true)
	p.expectOp(")")
	return e
}

// items reads the elements of a list, or the keys and values of a dict.
func (p *parser) items(end string, pairs bool) []*Expr {
	var out []*Expr
	for !p.isOp(end) && !p.failed {
		if len(out) > 0 {
			p.expectOp(",")
			if p.isOp(end) {
				break
			}
		}
		out = append(out, p.expr())
		if pairs {
			p.expectOp(":")
			out = append(out, p.expr())
		}
	}
	p.expectOp(end)
	return out
}

// postfix reads attributes, subscripts and calls.
func (p *parser) postfix(e *Expr) *Expr {
	for {
		t := p.peek()
		switch {
		case p.skipOp("."):
			e = p.attribute(e)
		case p.skipOp("["):
			e = p.build(&Expr{Kind: Item, Offset: t.at, X: e, Args: []*Expr{p.subscript()}})
		case p.isOp("("):
			e = p.build(&Expr{Kind: Call, Offset: t.at, X: e, Args: p.arguments()})
		default:
			return e
		}
	}
}

func (p *parser) attribute(x *Expr) *Expr {
	t := p.next()
	switch t.kind {
	case tokenName:
		return p.build(&Expr{Kind: Attr, Offset: t.at, X: x, Name: t.text})
	case tokenInt:
		index := p.build(&Expr{Kind: Const, Offset: t.at, Value: number(t)})
		return p.build(&Expr{Kind: Item, Offset: t.at, X: x, Args: []*Expr{index}})
	}
	p.failAt(t.at, "a name or number should stand here", false)
	return x
}

// subscript reads what is between brackets after a value.
func (p *parser) subscript() *Expr {
	at := p.peek().at
	var args []*Expr
	for !p.isOp("]") && !p.failed {
		if len(args) > 0 {
			p.expectOp(",")
		}
		args = append(args, p.index())
	}
	p.expectOp("]")
	if len(args) == 1 {
		return args[0]
	}
	return p.build(&Expr{Kind: Tuple, Offset: at, Args: args})
}

// index reads an expression or a slice.
func (p *parser) index() *Expr {
	at := p.peek().at
	var parts [3]*Expr
	n := 0
	for {
		if !p.isOp(":") && !p.isOp("]") && !p.isOp(",") {
			parts[n] = p.expr()
		}
		if n++; n == 3 || !p.skipOp(":") {
			break
		}
	}
	if n == 1 {
		if parts[0] == nil {
			p.fail("an expression should stand here")
			return &Expr{Offset: at}
		}
		return parts[0]
	}
	return p.build(&Expr{Kind: Slice, Offset: at, Args: parts[:]})
}

// arguments reads those of a call.
func (p *parser) arguments() []*Expr {
	var out []*Expr
	p.expectOp("(")
	for !p.isOp(")") && !p.failed {
		if len(out) > 0 {
			p.expectOp(",")
			if p.isOp(")") {
				break
			}
		}
		out = append(out, p.argument())
	}
	p.expectOp(")")
	return out
}

func (p *parser) argument() *Expr {
	t := p.peek()
	switch {
	case p.skipOp("*"), p.skipOp("**"):
		return p.build(&Expr{Kind: Star, Offset: t.at, Name: t.text, X: p.expr()})
	case t.kind == tokenName && p.look().kind == tokenOp && p.look().text == "=":
		p.pos += 2
		return p.build(&Expr{Kind: Keyword, Offset: t.at, Name: t.text, X: p.expr()})
	}
	return p.expr()
}

// filters reads filters, tests and calls after e, which is nil in the tags
// that have filters alone.
func (p *parser) filters(e *Expr) *Expr {
	for {
		t := p.peek()
		switch {
		case p.skipOp("|"):
			e = p.filter(e)
		case e != nil && p.skipWord("is"):
			e = p.test(e)
		case e != nil && p.isOp("("):
			e = p.build(&Expr{Kind: Call, Offset: t.at, X: e, Args: p.arguments()})
		default:
			return e
		}
	}
}

// filter reads the name of a filter and its arguments.
func (p *parser) filter(x *Expr) *Expr {
	e := &Expr{Kind: Filter, Offset: p.peek().at, X: x, Name: p.dotted()}
	if p.isOp("(") {
		e.Args = p.arguments()
	}
	return p.build(e)
}

func (p *parser) dotted() string {
	name := p.name()
	for p.skipOp(".") {
		name += "." + p.name()
	}
	return name
}

// test reads what follows "is".
func (p *parser) test(x *Expr) *Expr {
	not := p.peek()
	negated := p.skipWord("not")
	e := &Expr{Kind: Test, Offset: p.peek().at, X: x, Name: p.dotted()}
	switch {
	case p.isOp("("):
		e.Args = p.arguments()
	case p.isWord("is"):
		p.fail("a test of a test")
	case p.startsArgument():
		e.Args = []*Expr{p.postfix(p.primary())}
	}
	e = p.build(e)
	if negated {
		e = p.build(&Expr{Kind: Unary, Offset: not.at, Name: "not", X: e})
	}
	return e
}

// startsArgument says whether an argument of a test without brackets follows.
func (p *parser) startsArgument() bool {
	t := p.peek()
	switch t.kind {
	case tokenName:
		return t.text != "else" && t.text != "or" && t.text != "and"
	case tokenText, tokenInt, tokenFloat:
		return true
	case tokenOp:
		return t.text == "[" || t.text == "{"
	}
	return false
}
