package jinja

import "slices"

// Parse reads a template. What is no Jinja is noted in Errors and left out of
// the tree. It takes time in proportion to the source.
func Parse(src string) *Template {
	t, errors := &Template{}, errorList{}
	if len(src) > MaxSize {
		errors.add(&Error{Offset: MaxSize, Text: "the template is too large", Limit: true})
		src = src[:MaxSize]
	}
	p := &parser{l: &lexer{src: src, errors: &errors}, errors: &errors}
	p.advance()
	for !p.done {
		t.Body = append(t.Body, p.body(nil)...)
		if !p.done { // an end that fits nothing
			p.fail("this tag ends nothing that was begun")
			p.advance()
		}
	}
	slices.SortStableFunc(errors, func(a, b *Error) int { return a.Offset - b.Offset })
	t.Errors = errors
	return t
}

// parser reads pieces, and the tokens of the piece at hand.
type parser struct {
	l      *lexer
	errors *errorList
	piece  piece
	done   bool // no pieces are left
	pos    int  // next token of piece
	quiet  bool // an error of this piece was noted: one for each tag is enough
	failed bool // the other tokens of this piece are passed over
	depth  int
}

// advance goes on to the next piece.
func (p *parser) advance() {
	before := len(*p.errors)
	var ok bool
	p.piece, ok = p.l.next()
	p.done, p.pos, p.failed = !ok, 0, false
	p.quiet = len(*p.errors) > before
}

func (p *parser) peek() token {
	if p.pos < len(p.piece.tokens) {
		return p.piece.tokens[p.pos]
	}
	return token{at: p.piece.at}
}

// look is the token after the next one.
func (p *parser) look() token {
	if p.pos+1 < len(p.piece.tokens) {
		return p.piece.tokens[p.pos+1]
	}
	return token{}
}

func (p *parser) next() token {
	t := p.peek()
	if t.kind != tokenEnd {
		p.pos++
	}
	return t
}

// fail notes an error at the next token and passes over the rest of the tag,
// so that every loop over its tokens ends.
func (p *parser) fail(text string) { p.failAt(p.peek().at, text, false) }

func (p *parser) failAt(at int, text string, limit bool) {
	p.note(at, text, limit)
	p.failed = true
	p.pos = max(len(p.piece.tokens)-1, 0)
}

// note adds an error, unless this tag has one.
func (p *parser) note(at int, text string, limit bool) {
	if !p.quiet || limit {
		p.errors.add(&Error{Offset: at, Text: text, Limit: limit})
	}
	p.quiet = true
}

func (p *parser) isOp(text string) bool {
	t := p.peek()
	return t.kind == tokenOp && t.text == text
}

func (p *parser) isWord(text string) bool {
	t := p.peek()
	return t.kind == tokenName && t.text == text
}

func (p *parser) skipOp(text string) bool {
	if p.isOp(text) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) skipWord(text string) bool {
	if p.isWord(text) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) expectOp(text string) {
	if !p.skipOp(text) {
		p.fail("\"" + text + "\" should stand here")
	}
}

func (p *parser) expectWord(text string) {
	if !p.skipWord(text) {
		p.fail("\"" + text + "\" should stand here")
	}
}

func (p *parser) name() string {
	if p.peek().kind != tokenName {
		p.fail("a name should stand here")
		return ""
	}
	return p.next().text
}

// end closes the tag at hand, of which nothing may be left.
func (p *parser) end() {
	if p.peek().kind != tokenEnd {
		p.fail("the tag should end here")
	}
	p.advance()
}

// body reads nodes up to a tag whose first word is one of ends, or that ends
// something else.
func (p *parser) body(ends []string) []*Node {
	var out []*Node
	for !p.done {
		at := p.piece.at
		switch p.piece.kind {
		case pieceData:
			out = append(out, &Node{Kind: Data, Offset: at, Text: p.piece.text})
			p.advance()
		case pieceComment:
			out = append(out, &Node{Kind: Comment, Offset: at, Text: p.piece.text})
			p.advance()
		case piecePrint:
			out = append(out, &Node{Kind: Print, Offset: at, Expr: p.tuple(true)})
			p.end()
		case pieceBlock:
			word := p.peek().text
			if slices.Contains(ends, word) || isEnd(word) {
				return out
			}
			if n := p.statement(); n != nil {
				out = append(out, n)
			}
		}
	}
	return out
}

// isEnd says whether word ends a block or a part of one.
func isEnd(word string) bool {
	switch word {
	case "elif", "else", "endif", "endfor", "endset", "endmacro", "endcall", "endfilter", "endblock", "endwith", "endautoescape", "endgeneration":
		return true
	}
	return false
}

// inside reads the body of a block, whose tag is at hand, up to its end, and
// the end itself.
func (p *parser) inside(end string) []*Node {
	body := p.branch(end)
	p.close(end)
	return body
}

// branch closes the tag at hand and reads a body up to one of ends.
func (p *parser) branch(ends ...string) []*Node {
	p.skipOp(":")
	at := p.piece.at
	p.end()
	if p.depth++; p.depth > MaxDepth {
		p.failAt(at, "blocks nested too deep", true)
		p.rest()
	}
	body := p.body(ends)
	p.depth--
	return body
}

// rest passes over what is left of the source.
func (p *parser) rest() {
	for !p.done {
		p.advance()
	}
}

// close reads the tag that ends a block.
func (p *parser) close(end string) {
	if p.done {
		p.note(p.l.at, "the template ends before "+end, false)
		return
	}
	if !p.isWord(end) {
		p.note(p.piece.at, end+" should stand here", false)
		return // the tag may end an outer block
	}
	p.pos++
	if end == "endblock" && p.peek().kind == tokenName {
		p.pos++
	}
	p.end()
}
