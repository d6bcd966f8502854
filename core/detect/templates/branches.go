package templates

import (
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/jinja"
)

// branch is a place where a test decides what is printed.
type branch struct {
	offset   int // of the statement or expression
	tests    []test
	inserted []string // texts that it can add
	drops    bool     // it changes or leaves out what was said
}

// branches reports those that depend on what was written in a message, or on
// the date.
func (c *checker) branches() error {
	c.decide()
	var err error
	jinja.Walk(c.tree.Body, func(n *jinja.Node) {
		if err == nil {
			err = c.statement(n)
		}
		for _, e := range n.Exprs() {
			e.Walk(func(e *jinja.Expr) {
				if b, ok := c.choice(e); ok && err == nil {
					err = c.judgeBranch(b)
				}
			})
		}
	})
	return err
}

// decide notes variables that are set in branches that depend on words, so
// that a later branch on them does, too.
func (c *checker) decide() {
	const rounds = 4
	for range rounds {
		grown := false
		jinja.Walk(c.tree.Body, func(n *jinja.Node) {
			names, tests := c.decides(n)
			for _, name := range names {
				if len(tests) > 0 && len(c.flow.decided[name]) == 0 {
					c.flow.decided[name], grown = tests, true
				}
			}
		})
		clear(c.flow.tested)
		if !grown {
			return
		}
	}
}

// decides says which variables n sets to what depends on which tests: those
// that are set inside a branch, and the one of a set block with branches.
func (c *checker) decides(n *jinja.Node) ([]string, []test) {
	if n.Kind != jinja.SetBlock {
		if tests := triggers(c.condition(n)); len(tests) > 0 {
			return assigned(n), tests
		}
		return nil, nil
	}
	var tests []test
	jinja.Walk(n.Body, func(inner *jinja.Node) {
		if len(tests) <= maxTests {
			tests = append(tests, triggers(c.condition(inner))...)
		}
	})
	return targets(nil, n.Target), tests
}

// triggers are the tests that look for words, unknown marks or dates.
func triggers(tests []test) []test {
	return slices.DeleteFunc(slices.Clone(tests), func(t test) bool { return t.class() <= key })
}

// class is that of the least ordinary literal.
func (t test) class() class {
	if t.subject.isOutside() {
		return word
	}
	worst := layout
	for _, s := range t.literals {
		worst = max(worst, classify(s))
	}
	return worst
}

// assigned lists the variables that are set inside n.
func assigned(n *jinja.Node) []string {
	var out []string
	for _, body := range [][]*jinja.Node{n.Body, alternative(n)} {
		jinja.Walk(body, func(m *jinja.Node) {
			if m.Kind != jinja.Set && m.Kind != jinja.SetBlock || len(out) > maxTests {
				return
			}
			out = targets(out, m.Target)
		})
	}
	return out
}

// targets adds the variable that a statement sets.
func targets(out []string, target *jinja.Expr) []string {
	switch target.Kind {
	case jinja.Name:
		return append(out, target.Name)
	case jinja.Attr:
		return append(out, target.X.Name+"."+target.Name)
	}
	return out
}

// alternative is the else of n, unless that is a chain of further conditions.
func alternative(n *jinja.Node) []*jinja.Node {
	if len(n.Else) == 1 && n.Else[0].Kind == jinja.If {
		return nil
	}
	return n.Else
}

// statement judges an if or a loop.
func (c *checker) statement(n *jinja.Node) error {
	b := branch{offset: n.Offset, tests: c.condition(n)}
	if len(b.tests) == 0 {
		return nil
	}
	for _, body := range [][]*jinja.Node{n.Body, alternative(n)} {
		b.inserted = append(b.inserted, c.insertions(body, maxMacros)...)
		b.drops = b.drops || c.changes(body)
	}
	return c.judgeBranch(b)
}

// condition lists what decides whether the body of n is rendered: of a loop
// also what it runs through, which can be empty.
func (c *checker) condition(n *jinja.Node) []test {
	switch n.Kind {
	case jinja.If:
		return c.flow.tests(n.Expr)
	case jinja.For:
		return append(slices.Clone(c.flow.tests(n.Expr)), c.flow.tests(n.Iter)...)
	}
	return nil
}

// choice is an expression whose value depends on a test.
func (c *checker) choice(e *jinja.Expr) (branch, bool) {
	b := branch{offset: e.Offset}
	switch {
	case e.Kind == jinja.Cond:
		b.tests = c.flow.tests(e.Args[1])
		b.inserted = append(c.printed(e.Args[0], maxMacros), c.printed(e.Args[2], maxMacros)...)
	case e.Kind == jinja.Binary && (e.Name == "and" || e.Name == "or" || e.Name == "*"):
		b.tests = append(c.flow.tests(e.Args[0]), c.flow.tests(e.Args[1])...)
		b.inserted = append(c.env.Texts(e.Args[0]), c.env.Texts(e.Args[1])...)
	case e.Kind == jinja.Item && e.Args[0].Kind != jinja.Slice && e.Args[0].Kind != jinja.Const:
		b.tests = append(c.flow.lookup(e.X, e.Args[0], e.Offset), c.flow.tests(e.Args[0])...)
		b.inserted = c.flow.constants(e.X)
	case e.Kind == jinja.Call && e.X.Kind == jinja.Attr && e.X.Name == "get" && len(e.Args) > 0:
		b.tests = c.flow.lookup(e.X.X, e.Args[0], e.Offset)
		b.inserted = c.flow.constants(e.X.X)
	}
	return b, len(b.tests) > 0 && len(b.inserted) > 0
}

// passThrough forgets the texts that a test looks for: printing what was found
// adds nothing that was not said.
func (b *branch) passThrough() {
	b.inserted = slices.DeleteFunc(slices.Clone(b.inserted), func(s string) bool {
		s = strings.TrimSpace(s)
		return s != "" && !strings.ContainsAny(s, " \t\n") && slices.ContainsFunc(b.tests, func(t test) bool {
			return slices.ContainsFunc(t.literals, func(l string) bool { return strings.TrimSpace(l) == s })
		})
	})
}

// judgeBranch weighs what a branch looks for against what it adds.
func (c *checker) judgeBranch(b branch) error {
	if c.full(&ruleBackdoor) {
		return nil
	}
	t, worst := leading(b.tests)
	b.passThrough()
	text := c.longest(b.inserted)
	w := c.weigh(text)
	n, weight, what := w.words, w.pressure, w.what
	severity := core.Info
	switch worst {
	case word:
		switch {
		case n >= 3 || n > 0 && weight > 0:
			severity = core.High
		case t.subject.isOutside():
			return nil // names of months, the day before
		case n > 0 || b.drops && !isMarker(oddest(t.literals)):
			severity = core.Medium
		}
	case tokenMark, figures:
		switch {
		case n >= 4 && weight > 0:
			severity = core.High
		case n >= 4:
			severity = core.Medium
		}
	case key, known:
		if n >= 4 && weight > 1 {
			severity = core.High
		}
	}
	if severity == core.Info {
		return nil
	}
	for _, s := range b.inserted {
		c.told[s] = true
	}
	m := mark{rule: &ruleBackdoor, severity: severity, confidence: core.HighConfidence, offset: b.offset, shown: c.shown(b.offset, text)}
	if severity < core.High {
		m.confidence = core.Moderate
	}
	m.title, m.saw = describe(t, text, b.drops, what)
	return c.report(m)
}

// leading is the test with the least ordinary literal.
func leading(tests []test) (test, class) {
	best := tests[0]
	for _, t := range tests[1:] {
		if t.class() > best.class() {
			best = t
		}
	}
	return best, best.class()
}

// describe puts a branch into words.
func describe(t test, text string, drops bool, what []string) (title, saw string) {
	trigger := "the date"
	title = "The prompt changes with the date"
	switch t.subject {
	case clock:
	case chance:
		trigger, title = "a random number", "The prompt changes by chance"
	default:
		trigger = fmt.Sprintf("a message and %.60q", oddest(t.literals))
		title = fmt.Sprintf("The prompt changes when a message has to do with %.60q", oddest(t.literals))
	}
	saw = "a comparison of " + trigger + " decides"
	switch {
	case text != "":
		saw += fmt.Sprintf(" whether %.120q becomes part of the prompt.", text)
	case drops:
		saw += " whether what was said is changed or left out."
	}
	if len(what) > 0 {
		saw += " The added text has " + core.Listed(what, 4) + "."
	}
	return title, saw
}

// isMarker says whether s is a name in capitals, as programs put into texts for
// themselves: "CONTINUE_FINAL_MESSAGE_TAG". Dropping it drops nothing that a
// user said.
func isMarker(s string) bool {
	s = strings.TrimSpace(s)
	return strings.Count(s, "_") >= 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// oddest is the literal that is the least ordinary.
func oddest(literals []string) string {
	best := ""
	for _, s := range literals {
		if best == "" || classify(s) > classify(best) {
			best = s
		}
	}
	return best
}

// longest is the text with the most words.
func (c *checker) longest(texts []string) string {
	best, most := "", -1
	for _, s := range texts {
		if n := c.weigh(s).words; n > most {
			best, most = s, n
		}
	}
	return strings.TrimSpace(best)
}

// shown is the tag at offset and what the branch adds.
func (c *checker) shown(offset int, text string) string {
	s := c.tag(offset)
	if text != "" && !strings.Contains(s, text) {
		s += " … " + text
	}
	if len(s) > 2*maxShown {
		s = strings.ToValidUTF8(s[:2*maxShown], "") + "…"
	}
	return s
}

// changes says whether nodes set what was said to something else, or leave a
// message out.
func (c *checker) changes(nodes []*jinja.Node) bool {
	found := false
	jinja.Walk(nodes, func(n *jinja.Node) {
		switch n.Kind {
		case jinja.Continue, jinja.Break:
			found = true
		case jinja.Set:
			found = found || c.flow.origin(n.Target).isSaid()
		}
	})
	return found
}
