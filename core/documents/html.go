package documents

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"taster/core/injection"
	"taster/core/language"
)

const mostDepth = 512 // of elements inside each other that are told apart

// page reads HTML token by token, which takes time in proportion to its length
// whatever it is; a tree does not.
type page struct {
	text   string // the source
	whole  bool   // a page, not pieces of HTML in other text
	styles sheet
	parts  []Part
	shown  language.Mapper
	quoted []injection.Range
	stack  []element
	open   map[string]int // elements of the stack by name
	hidden *hiddenText
	at     int               // the token being read
	code   []injection.Range // parts of the source that are code, as Markdown has them
	cut    []injection.Range // parts of it that are left out, ascending
}

type element struct {
	name   string
	why    string // why it is hidden; "" when it is not
	zone   string
	quoted int // 1 + the start in shown of a quotation; 0: none
}

// hiddenText is a hidden part being put together.
type hiddenText struct {
	zone, why string
	text      language.Mapper
	depth     int // of the stack at which it began
}

// htmlParts reads text by the tags of masked, a text of the same length in which
// code is made unreadable; code are the places of it, cut those that are left out.
func htmlParts(text, masked string, whole bool, code, cut []injection.Range) []Part {
	p := &page{text: text, whole: whole, open: map[string]int{}, code: code, cut: cut}
	if strings.Contains(masked, "<style") || strings.Contains(masked, "<STYLE") {
		p.styles = styles(masked)
	}
	p.shown.Grow(len(text))
	z := html.NewTokenizer(strings.NewReader(masked))
	at := 0
	for {
		kind := z.Next()
		n := len(z.Raw())
		if kind == html.ErrorToken {
			p.write(text[at:], at)
			break
		}
		p.at = at
		p.token(z, kind, at, at+n)
		at += n
	}
	p.closeHidden(len(text))
	for i := range p.stack {
		p.closeQuote(&p.stack[i])
	}
	visible := Part{Zone: Visible, Text: p.shown.Mapped(len(text)), Quoted: p.quotes()}
	return append([]Part{visible}, p.parts...)
}

func (p *page) token(z *html.Tokenizer, kind html.TokenType, from, to int) {
	switch kind {
	case html.TextToken:
		p.prose(from, to)
	case html.CommentToken:
		p.comment(from, to)
	case html.StartTagToken, html.SelfClosingTagToken:
		p.start(z, from, to, kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		name, _ := z.TagName()
		p.end(string(name), from, to)
	}
}

func (p *page) comment(from, to int) {
	raw := p.text[from:to]
	inner := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(raw, "<!--"), "-->"), ">")
	if strings.HasPrefix(inner, "[if ") || strings.HasPrefix(inner, "<![endif") {
		return
	}
	var b language.Mapper
	b.Copy(inner, from+strings.Index(raw, inner))
	p.add(Part{Zone: Comment, Why: "comment", Text: b.Mapped(to)})
}

func (p *page) add(part Part) {
	if strings.TrimSpace(part.Text.Text) != "" {
		p.parts = append(p.parts, part)
	}
}

// prose is text between tags.
func (p *page) prose(from, to int) {
	if p.open["script"] > 0 || p.open["style"] > 0 {
		return
	}
	for len(p.cut) > 0 && p.cut[0].To <= from {
		p.cut = p.cut[1:]
	}
	for _, c := range p.cut {
		if c.From >= to {
			break
		}
		if c.From > from {
			p.write(p.text[from:c.From], from)
		}
		from = min(max(from, c.To), to)
	}
	p.write(p.text[from:to], from)
}

// write adds raw, which stands at from, to where text goes now, with entities
// decoded and, in pages, white space as it is drawn.
func (p *page) write(raw string, from int) {
	out := &p.shown
	if p.hidden != nil {
		out = &p.hidden.text
	}
	squeeze := p.whole && p.open["pre"] == 0
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c == '&':
			if n := entity(raw[i:]); n > 1 {
				out.Add(html.UnescapeString(raw[i:i+n]), from+i)
				i += n
				continue
			}
			out.Copy(raw[i:i+1], from+i)
			i++
		case squeeze && isSpace(c):
			if !out.Ends(' ') && !out.Ends('\n') {
				out.Add(" ", from+i)
			}
			i++
		default:
			n := 1
			for i+n < len(raw) && raw[i+n] != '&' && !(squeeze && isSpace(raw[i+n])) {
				n++
			}
			out.Copy(raw[i:i+n], from+i)
			i += n
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// entity is the length of the character reference at the start of s; 1 when it
// is none.
func entity(s string) int {
	for i := 1; i < min(len(s), 33); i++ {
		switch c := s[i]; {
		case c == ';':
			return i + 1
		case c == '#' && i == 1, '0' <= c && c <= '9', 'a' <= c|0x20 && c|0x20 <= 'z':
		default:
			return i
		}
	}
	return min(len(s), 33)
}

func (p *page) start(z *html.Tokenizer, from, to int, closed bool) {
	raw, more := z.TagName()
	name := string(raw)
	if p.unknown(name, from, to) {
		p.write(p.text[from:to], from)
		return
	}
	at := p.attributes(z, more)
	p.attributeParts(name, at, from, to)
	if len(p.stack) > 0 && (name == "p" || name == "li" || name == "td" || name == "th" || name == "tr" || name == "option" || name == "dd" || name == "dt") && p.stack[len(p.stack)-1].name == name {
		p.pop()
	}
	if isBlock(name) {
		p.line(from)
	}
	if closed && !isContent(name) || isVoid(name) || len(p.stack) >= mostDepth {
		return
	}
	e := element{name: name}
	e.zone, e.why = p.hides(name, at)
	if p.hidden == nil && e.why != "" {
		p.hidden = &hiddenText{zone: e.zone, why: e.why, depth: len(p.stack)}
	}
	if p.hidden == nil && isQuotation(name) {
		e.quoted = 1 + p.shown.Len()
	}
	p.stack = append(p.stack, e)
	p.open[name]++
}

// unknown says whether a tag is none of HTML, so that it is part of the text.
// In pages other tags are common: only those count that mark orders.
func (p *page) unknown(name string, from, to int) bool {
	if p.whole {
		raw := p.text[from:to]
		switch name {
		case "important", "information", "system":
			return raw == strings.ToUpper(raw)
		case "start_of_turn", "end_of_turn":
			return true
		}
		return false
	}
	return atom.Lookup([]byte(name)) == 0 || name == "data"
}

func (p *page) end(name string, from, to int) {
	if p.unknown(name, from, to) {
		p.write(p.text[from:to], from)
		return
	}
	if isBlock(name) {
		p.line(from)
	}
	if p.open[name] == 0 {
		return
	}
	for p.open[name] > 0 {
		last := p.stack[len(p.stack)-1].name
		p.pop()
		if last == name {
			return
		}
	}
}

func (p *page) pop() {
	e := &p.stack[len(p.stack)-1]
	p.closeQuote(e)
	p.open[e.name]--
	p.stack = p.stack[:len(p.stack)-1]
	if p.hidden != nil && p.hidden.depth == len(p.stack) {
		p.closeHidden(p.at)
	}
}

func (p *page) closeQuote(e *element) {
	if e.quoted > 0 && p.shown.Len() >= e.quoted {
		p.quoted = append(p.quoted, injection.Range{From: e.quoted - 1, To: p.shown.Len(), What: "element " + e.name})
	}
}

func (p *page) closeHidden(end int) {
	h := p.hidden
	if h == nil {
		return
	}
	p.hidden = nil
	p.add(Part{Zone: h.zone, Why: h.why, Text: h.text.Mapped(end)})
}

// line ends a line of the text as it is drawn.
func (p *page) line(from int) {
	out := &p.shown
	if p.hidden != nil {
		out = &p.hidden.text
	}
	if !out.Ends('\n') {
		out.Add("\n", from)
	}
}

func isBlock(name string) bool {
	switch name {
	case "p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "th", "section", "article", "header", "footer", "nav", "aside", "main", "blockquote", "pre", "hr", "form", "dl", "dt", "dd",
		"figure", "figcaption", "title", "body", "option", "select", "button", "textarea", "details", "summary", "address", "caption", "center", "fieldset", "legend":
		return true
	}
	return false
}

func isVoid(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

// isContent says whether a tag that closes itself is open all the same.
func isContent(name string) bool { return name == "div" || name == "span" || name == "p" }

func isQuotation(name string) bool {
	switch name {
	case "code", "pre", "blockquote", "q", "samp", "kbd", "tt":
		return true
	}
	return false
}
