package templates

import (
	"fmt"
	"strings"

	"taster/core"
	"taster/core/jinja"
)

const (
	maxMacros   = 4        // that call one another
	maxTexts    = 500      // of one branch
	maxGathered = 16 << 10 // bytes of one text that is put together
)

// insertions lists the constant texts that nodes can add to the prompt. Texts
// that follow one another are also listed as one, since an instruction can be
// cut into pieces.
func (c *checker) insertions(nodes []*jinja.Node, macros int) []string {
	var out []string
	var all strings.Builder
	add := func(texts ...string) {
		for _, s := range texts {
			if len(out) < maxTexts {
				out = append(out, s)
			}
			if all.Len()+len(s) < maxGathered {
				all.WriteString(s)
			}
		}
	}
	jinja.Walk(nodes, func(n *jinja.Node) {
		switch n.Kind {
		case jinja.Data:
			add(n.Text)
		case jinja.Print, jinja.Set, jinja.CallBlock:
			add(c.printed(n.Expr, macros)...)
		case jinja.Do:
			for _, a := range arguments(n.Expr) {
				add(c.printed(a, macros)...)
			}
		}
	})
	if len(out) > 1 {
		out = append(out, all.String())
	}
	return out
}

// arguments are those of a call, such as list.append("...").
func arguments(e *jinja.Expr) []*jinja.Expr {
	if e == nil || e.Kind != jinja.Call {
		return nil
	}
	return e.Args
}

// printed lists the constant texts that e is or is partly made of.
func (c *checker) printed(e *jinja.Expr, macros int) []string {
	if e == nil {
		return nil
	}
	if out := c.env.Texts(e); len(out) > 0 {
		return out
	}
	switch e.Kind {
	case jinja.Const:
		if s, ok := e.Value.(string); ok { // too long to compute with
			return []string{s}
		}
	case jinja.Binary:
		switch e.Name {
		case "+", "~", "or", "and", "*", "%":
			return append(c.printed(e.Args[0], macros), c.printed(e.Args[1], macros)...)
		}
	case jinja.Cond:
		return append(c.printed(e.Args[0], macros), c.printed(e.Args[2], macros)...)
	case jinja.List, jinja.Tuple, jinja.Dict:
		var out []string
		for _, a := range e.Args {
			if len(out) < maxTexts {
				out = append(out, c.printed(a, macros)...)
			}
		}
		return out
	case jinja.Filter:
		return c.printed(e.X, macros)
	case jinja.Call:
		return c.printedByCall(e, macros)
	}
	return nil
}

// printedByCall is what a macro prints, or the text whose method is called. An
// exception ends the rendering: its text is in no prompt.
func (c *checker) printedByCall(e *jinja.Expr, macros int) []string {
	switch {
	case e.X.Kind == jinja.Attr:
		return c.printed(e.X.X, macros)
	case e.X.Kind == jinja.Name && macros > 0 && c.env.Macro(e.X.Name) != nil:
		return c.insertions(c.env.Macro(e.X.Name).Body, macros-1)
	}
	return nil
}

// instructions reports texts of a chat template whose wording works against
// the user, wherever they stand.
func (c *checker) instructions() error {
	if !c.chat {
		return nil
	}
	var err error
	jinja.Walk(c.tree.Body, func(n *jinja.Node) {
		var texts []string
		switch n.Kind {
		case jinja.Data:
			texts = []string{n.Text}
		case jinja.Print, jinja.Set:
			texts = c.printed(n.Expr, 0)
			if n.Expr != nil && n.Expr.Kind == jinja.Binary {
				texts = append(texts, strings.Join(texts, " "))
			}
		}
		if err == nil {
			err = c.instruction(n, texts)
		}
	})
	return err
}

func (c *checker) instruction(n *jinja.Node, texts []string) error {
	for _, s := range texts {
		w := c.weigh(s)
		if w.pressure < 2 || c.told[s] {
			continue
		}
		m := mark{rule: &ruleInstruction, severity: core.Medium, confidence: core.Moderate, offset: n.Offset,
			title: "Adds to the prompt " + w.what[0], saw: fmt.Sprintf("the text %.160q has %s.", strings.TrimSpace(s), core.Listed(w.what, 4)),
			shown: c.excerpt(n.Offset, max(tagEnd(c.text.Value, n.Offset), min(n.Offset+len(s), len(c.text.Value))))}
		if w.pressure > 2 {
			m.severity, m.confidence = core.High, core.HighConfidence
		}
		return c.report(m)
	}
	return nil
}

// rewrites reports replacements of words in what was said.
func (c *checker) rewrites() error {
	var err error
	jinja.Walk(c.tree.Body, func(n *jinja.Node) {
		for _, e := range n.Exprs() {
			e.Walk(func(e *jinja.Expr) {
				if err == nil {
					err = c.rewrite(e)
				}
			})
		}
	})
	return err
}

func (c *checker) rewrite(e *jinja.Expr) error {
	subject := e.X
	switch {
	case e.Kind == jinja.Filter && (e.Name == "replace" || e.Name == "regex_replace"):
	case e.Kind == jinja.Call && e.X.Kind == jinja.Attr && e.X.Name == "replace":
		subject = e.X.X
	default:
		return nil
	}
	if len(e.Args) < 2 || c.full(&ruleRewrite) || !c.flow.origin(subject).isSaid() {
		return nil
	}
	from, to := c.longest(c.env.Strings(e.Args[0])), c.longest(c.env.Strings(e.Args[1]))
	w := c.weigh(to)
	m := mark{rule: &ruleRewrite, severity: core.Medium, confidence: core.HighConfidence, offset: e.Offset, shown: c.tag(e.Offset),
		title: fmt.Sprintf("Replaces %.60q by %.60q", from, to), saw: "the template makes the replacement in what was written in messages."}
	switch {
	case w.words >= 3 || w.words > 0 && w.pressure > 1:
		m.severity = core.High
	case classify(from) == word && c.weigh(from).words > 0 && (w.words > 0 || strings.Contains(from, " ")):
	default:
		return nil
	}
	return c.report(m)
}
