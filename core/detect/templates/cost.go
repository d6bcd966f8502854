package templates

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/jinja"
)

const (
	maxRounds = 1_000_000  // of a loop with all those inside it
	maxBytes  = 16_000_000 // of one text that an expression makes
)

// cost reports loops and texts of constant size that exhaust the program.
func (c *checker) cost() error {
	if err := c.unfollowed(); err != nil {
		return err
	}
	return c.loops(c.tree.Body, 1)
}

// unfollowed reports that constants were not followed to their end.
func (c *checker) unfollowed() error {
	m := mark{rule: &ruleCost, severity: ruleCost.Severity, confidence: core.HighConfidence, unread: true}
	switch e := c.env.Large(); {
	case e != nil:
		m.offset, m.title = e.Offset, "A value that grows without bound"
		m.saw = "lists or dicts are put into each other until one stands for more than 4096 values; what is made of it was not followed."
	case c.env.Exhausted():
		m.title = "Constants that take too long to follow"
		m.saw = "following them was given up, so that a name which is put together from pieces may have been overlooked."
	default:
		return nil
	}
	m.shown = c.tag(m.offset)
	return c.report(m)
}

// loops follows loops inside loops: rounds is how often nodes are rendered.
func (c *checker) loops(nodes []*jinja.Node, rounds float64) error {
	for _, n := range nodes {
		if err := c.sizes(n); err != nil {
			return err
		}
		inner := rounds
		if n.Kind == jinja.For {
			inner *= c.length(n.Iter)
		}
		if inner > maxRounds {
			err := c.report(mark{rule: &ruleCost, severity: ruleCost.Severity, confidence: core.HighConfidence, offset: n.Offset, shown: c.tag(n.Offset),
				title: "A loop that does not end in time", saw: fmt.Sprintf("the loop goes round about %.3g times.", inner)})
			if err != nil {
				return err
			}
			inner = 1 // the loops inside it need not be named, too
		}
		if err := c.loops(n.Body, inner); err != nil {
			return err
		}
		if err := c.loops(n.Else, rounds); err != nil {
			return err
		}
	}
	return nil
}

// length is how many elements a loop over e goes through, as far as a range
// says so, and else 1.
func (c *checker) length(e *jinja.Expr) float64 {
	for e != nil && e.Kind == jinja.Filter {
		e = e.X
	}
	if e == nil || e.Kind != jinja.Call || e.X.Kind != jinja.Name || e.X.Name != "range" || len(e.Args) == 0 {
		return 1
	}
	first, last, step := 0.0, c.most(e.Args[0]), 1.0
	if len(e.Args) > 1 {
		first, last = c.most(e.Args[0]), c.most(e.Args[1])
	}
	if len(e.Args) > 2 {
		step = math.Max(1, math.Abs(c.most(e.Args[2])))
	}
	return math.Max(1, math.Abs(last-first)/step)
}

// most is the largest integer that e can be, or 0.
func (c *checker) most(e *jinja.Expr) float64 {
	var most float64
	for _, n := range c.env.Ints(e) {
		most = math.Max(most, float64(n))
	}
	return most
}

// sizes reports expressions of n that make a huge text or list.
func (c *checker) sizes(n *jinja.Node) error {
	var err error
	for _, e := range n.Exprs() {
		e.Walk(func(e *jinja.Expr) {
			if size := c.size(e); size > maxBytes && err == nil {
				err = c.report(mark{rule: &ruleCost, severity: ruleCost.Severity, confidence: core.HighConfidence, offset: e.Offset, shown: c.tag(e.Offset),
					title: "An expression that fills the memory", saw: fmt.Sprintf("the expression makes about %.3g characters or elements.", size)})
			}
		})
	}
	return err
}

// size is about how many characters or elements e has, as far as a constant
// says so.
func (c *checker) size(e *jinja.Expr) float64 {
	switch e.Kind {
	case jinja.Binary:
		switch e.Name {
		case "*":
			return c.repeated(e)
		case "**":
			return c.power(e)
		case "%":
			return width(c.env.Strings(e.Args[0]))
		}
	case jinja.Filter:
		switch e.Name {
		case "center", "indent", "wordwrap", "ljust", "rjust":
			return c.first(e.Args)
		case "format":
			return width(c.env.Strings(e.X))
		}
	case jinja.Call:
		if e.X.Kind == jinja.Name && (e.X.Name == "lipsum" || e.X.Name == "range") {
			return c.first(e.Args)
		}
		if e.X.Kind == jinja.Attr {
			switch e.X.Name {
			case "center", "ljust", "rjust", "zfill", "expandtabs":
				return c.first(e.Args)
			case "format":
				return width(c.env.Strings(e.X.X))
			}
		}
	}
	return 0
}

// repeated is the length of a text or list times a number.
func (c *checker) repeated(e *jinja.Expr) float64 {
	for _, pair := range [][2]*jinja.Expr{{e.Args[0], e.Args[1]}, {e.Args[1], e.Args[0]}} {
		if len(c.env.Ints(pair[0])) == 0 {
			return c.most(pair[1])
		}
	}
	return 0
}

// power is the number of digits of a power of integers.
func (c *checker) power(e *jinja.Expr) float64 {
	base, exponent := c.most(e.Args[0]), c.most(e.Args[1])
	if base < 2 {
		return 0
	}
	return exponent * math.Log10(base)
}

// first is the largest integer among the first argument and those by name.
func (c *checker) first(args []*jinja.Expr) float64 {
	var most float64
	for _, a := range args {
		if a.Kind == jinja.Keyword {
			a = a.X
		}
		most = math.Max(most, c.most(a))
	}
	return most
}

// width is the largest number in a text that says how to format.
func width(forms []string) float64 {
	var most float64
	for _, s := range forms {
		for _, digits := range strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
			if len(digits) > 6 {
				n, _ := strconv.ParseFloat(digits, 64) // on a range error, the infinity
				most = math.Max(most, n)
			}
		}
	}
	return most
}
