package core

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Bounds of a printed Expr. Without them a few bytes of DUP and TUPLE2 print
// for ever, and a list that holds itself does too.
const (
	printDepth = 6
	printItems = 8
	printText  = 60
	printTotal = 600
)

// String prints e in the manner of Python, for people. The text is bounded in
// depth and length; what is left out shows as "…".
func (e *Expr) String() string {
	var p exprPrinter
	p.expr(e, 0)
	return p.b.String()
}

type exprPrinter struct{ b strings.Builder }

func (p *exprPrinter) full() bool { return p.b.Len() > printTotal }

func (p *exprPrinter) expr(e *Expr, depth int) {
	if e == nil || depth > printDepth || p.full() {
		p.b.WriteString("…")
		return
	}
	switch e.Kind {
	case ExprLiteral:
		p.literal(e)
	case ExprGlobal:
		p.global(e)
	case ExprCall:
		p.expr(e.Fn, depth+1)
		p.list("(", e.Args, ")", depth)
	case ExprTuple:
		end := ")"
		if len(e.Args) == 1 {
			end = ",)"
		}
		p.list("(", e.Args, end, depth)
	case ExprList:
		p.list("[", e.Args, "]", depth)
	case ExprDict:
		p.dict(e.Args, depth)
	case ExprSet:
		p.list("{", e.Args, "}", depth)
	case ExprPersistent:
		p.list("persistent_id(", e.Args, ")", depth)
	default:
		p.b.WriteString("…")
	}
}

func (p *exprPrinter) global(e *Expr) {
	if e.Computed {
		p.b.WriteString("find_class(" + shorten(e.Module) + ", " + shorten(e.Name) + ")")
		return
	}
	p.b.WriteString(printable(shorten(e.Module + "." + e.Name)))
}

func (p *exprPrinter) list(open string, items []*Expr, end string, depth int) {
	p.b.WriteString(open)
	for i, item := range items {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if i == printItems || p.full() {
			p.b.WriteString("…")
			break
		}
		p.expr(item, depth+1)
	}
	p.b.WriteString(end)
}

func (p *exprPrinter) dict(items []*Expr, depth int) {
	p.b.WriteByte('{')
	for i := 0; i+1 < len(items); i += 2 {
		if i > 0 {
			p.b.WriteString(", ")
		}
		if i == 2*printItems || p.full() {
			p.b.WriteString("…")
			break
		}
		p.expr(items[i], depth+1)
		p.b.WriteString(": ")
		p.expr(items[i+1], depth+1)
	}
	p.b.WriteByte('}')
}

func (p *exprPrinter) literal(e *Expr) {
	switch v := e.Value.(type) {
	case nil:
		p.b.WriteString("None")
	case bool:
		p.b.WriteString(map[bool]string{true: "True", false: "False"}[v])
	case string:
		p.b.WriteString(strconv.Quote(shorten(v)))
		p.length(e, len(v))
	case []byte:
		p.b.WriteString("b" + strconv.QuoteToASCII(shorten(string(v))))
		p.length(e, len(v))
	case *big.Int:
		p.b.WriteString(shorten(v.String()))
	default:
		fmt.Fprint(&p.b, v)
	}
}

// length notes the true length of a text that is shown in part.
func (p *exprPrinter) length(e *Expr, kept int) {
	if n := max(e.Length, int64(kept)); n > printText {
		fmt.Fprintf(&p.b, " (%d bytes)", n)
	}
}

func shorten(s string) string {
	if len(s) <= printText {
		return s
	}
	return strings.ToValidUTF8(s[:printText], "") + "…"
}

// printable quotes s when it holds anything but printable characters.
func printable(s string) string {
	if q := strconv.Quote(s); q[1:len(q)-1] != s {
		return q
	}
	return s
}
