// Package jinja parses Jinja templates into a tree, so that what a template
// would do can be judged without rendering it. It follows the grammar of
// Jinja 3.1 with the tags that chat templates add (generation, break,
// continue, do), and it is made for hostile input: depth and size are bounded,
// and after a mistake it goes on with the next tag, so that a template which
// one engine refuses and another accepts does not hide the rest.
package jinja

import "fmt"

// Bounds of what Parse accepts.
const (
	MaxSize   = 256 << 10 // bytes of a template; those in use have up to 50 kB
	MaxDepth  = 200       // blocks inside blocks, brackets inside brackets
	MaxHeight = 1000      // of an expression, and branches of an if
)

// Template is a parsed template. All offsets in it are bytes of the source.
type Template struct {
	Body   []*Node
	Errors []*Error // in the order of the source; the tree lacks what they name
}

// Error is a place where the source is no valid Jinja.
type Error struct {
	Offset int
	Text   string
	Limit  bool // the source may be valid, but exceeds a bound
}

func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset, e.Text) }

// NodeKind says which fields of a Node are set.
type NodeKind uint8

// The kinds of Node, with the fields that are set besides Offset.
const (
	Data        NodeKind = iota // Text
	Comment                     // Text
	Print                       // Expr
	If                          // Expr, Body, Else
	For                         // Target, Iter, Expr (the filter after "if", or nil), Body, Else
	Set                         // Target, Expr
	SetBlock                    // Target, Expr (filters, or nil), Body
	Macro                       // Name, Params, Body
	CallBlock                   // Params, Expr (the call), Body
	FilterBlock                 // Expr (filters), Body
	Block                       // Name, Body
	With                        // Params, Body
	Do                          // Expr
	Extends                     // Expr
	Include                     // Expr
	Import                      // Expr, Name
	From                        // Expr, Params
	Autoescape                  // Expr, Body
	Generation                  // Body
	Break                       //
	Continue                    //
)

// Node is a statement, or text between the tags.
type Node struct {
	Kind   NodeKind
	Offset int // of the tag or the text
	Text   string
	Name   string
	Expr   *Expr
	Iter   *Expr
	Target *Expr   // a Name, a Tuple of names, or an Attr of a Name
	Params []*Expr // Names; with a default, or a value, Keywords
	Body   []*Node
	Else   []*Node // of an elif: one If
}

// ExprKind says which fields of an Expr are set.
type ExprKind uint8

// The kinds of Expr, with the fields that are set besides Offset.
const (
	Const   ExprKind = iota // Value: nil, bool, int64, float64, or string
	Name                    // Name
	Attr                    // X, Name: X.Name
	Item                    // X, Args[0]: X[Args[0]]
	Slice                   // Args: from, to, step; each may be nil
	Call                    // X, Args
	Filter                  // X (nil in a filter block), Name, Args
	Test                    // X, Name, Args
	Unary                   // Name ("not", "-", "+"), X
	Binary                  // Name (the operator: "+", "~", "==", "in", "not in", "and", ...), Args: left, right
	Cond                    // Args: value, condition, value otherwise (or nil)
	List                    // Args
	Tuple                   // Args
	Dict                    // Args: key, value, key, value, ...
	Keyword                 // Name, X: an argument by name
	Star                    // Name ("*", "**"), X: arguments from a list or a dict
)

// Expr is an expression.
type Expr struct {
	Kind   ExprKind
	Offset int // of the operator, the name after a dot, or the first byte
	Name   string
	Value  any
	X      *Expr
	Args   []*Expr
	height int
}

// Walk calls f for e and everything in it, outer ones first.
func (e *Expr) Walk(f func(*Expr)) {
	if e == nil {
		return
	}
	f(e)
	e.X.Walk(f)
	for _, a := range e.Args {
		a.Walk(f)
	}
}

// Exprs lists the expressions of n itself, not of what is inside it.
func (n *Node) Exprs() []*Expr {
	var out []*Expr
	for _, e := range append([]*Expr{n.Target, n.Iter, n.Expr}, n.Params...) {
		if e != nil {
			out = append(out, e)
		}
	}
	return out
}

// Walk calls f for every node below nodes, outer ones first.
func Walk(nodes []*Node, f func(*Node)) {
	for _, n := range nodes {
		f(n)
		Walk(n.Body, f)
		Walk(n.Else, f)
	}
}
