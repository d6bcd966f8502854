package jinja

import (
	"fmt"
	"strconv"
	"strings"
)

var nodeNames = [...]string{"data", "comment", "print", "if", "for", "set", "setblock", "macro", "callblock", "filterblock", "block", "with", "do",
	"extends", "include", "import", "from", "autoescape", "generation", "break", "continue"}

// dump writes nodes as S-expressions.
func dump(nodes []*Node) string {
	var out []string
	for _, n := range nodes {
		if n.Kind != Comment {
			out = append(out, n.dump())
		}
	}
	return strings.Join(out, " ")
}

func (n *Node) dump() string {
	s := "(" + nodeNames[n.Kind]
	if n.Name != "" {
		s += " " + n.Name
	}
	if n.Kind == Data {
		s += " " + strconv.QuoteToASCII(n.Text)
	}
	for _, e := range n.Exprs() {
		s += " " + e.dump()
	}
	body, other := dump(n.Body), dump(n.Else)
	if body != "" || other != "" {
		s += " {" + body + "}"
	}
	if other != "" {
		s += " else {" + other + "}"
	}
	return s + ")"
}

var exprNames = [...]string{"const", "name", ".", "[]", "slice", "call", "|", "is", "unary", "binary", "cond", "list", "tuple", "dict", "kw", "star"}

func (e *Expr) dump() string {
	if e == nil {
		return "-"
	}
	switch e.Kind {
	case Const:
		switch v := e.Value.(type) {
		case string:
			return strconv.QuoteToASCII(v)
		case float64:
			return fmt.Sprintf("%g", v)
		}
		return fmt.Sprint(e.Value)
	case Name:
		return e.Name
	}
	s := "(" + exprNames[e.Kind]
	if e.Kind == Unary || e.Kind == Binary || e.Kind == Star {
		s = "(" + e.Name
	} else if e.Name != "" {
		s += " " + e.Name
	}
	if e.X != nil || e.Kind == Filter {
		s += " " + e.X.dump()
	}
	for _, a := range e.Args {
		s += " " + a.dump()
	}
	return s + ")"
}
