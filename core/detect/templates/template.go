package templates

import (
	"context"
	"fmt"
	"strings"

	"taster/core"
	"taster/core/jinja"
)

const (
	maxFindings = 20  // of one rule for one artifact
	maxShown    = 600 // bytes of the template in the evidence of one finding
)

// session is one artifact under judgement.
type session struct {
	ctx  context.Context
	p    *core.Pass
	a    *core.Artifact
	sent map[string]int  // findings by rule
	seen map[string]bool // what was reported, by rule, title and evidence
}

func run(ctx context.Context, p *core.Pass, a *core.Artifact) error {
	s := &session{ctx: ctx, p: p, a: a, sent: map[string]int{}, seen: map[string]bool{}}
	for i := range a.Texts {
		if err := ctx.Err(); err != nil {
			return err
		}
		t := &a.Texts[i]
		if !isTemplate(t) {
			continue
		}
		if err := s.judge(t); err != nil {
			return err
		}
	}
	return nil
}

// judge parses one template and runs every check on it.
func (s *session) judge(t *core.Text) error {
	tree := jinja.Parse(t.Value)
	c := &checker{s: s, text: t, tree: tree, env: jinja.Learn(tree), chat: t.Kind == core.TextChatTemplate, told: map[string]bool{}, weighed: map[string]weighed{}}
	c.flow = newFlow(c.env, tree)
	for _, check := range []func() error{c.access, c.cost, c.branches, c.rewrites, c.instructions, c.files, c.broken} {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checker is one template under judgement.
type checker struct {
	s    *session
	text *core.Text
	tree *jinja.Template
	env  *jinja.Env
	flow *flow
	chat bool // it is known to be a chat template

	told    map[string]bool    // texts of branches that were reported
	weighed map[string]weighed // texts, which stand inside branches inside branches
}

// mark is one thing that a check has seen.
type mark struct {
	rule       *core.Rule
	severity   core.Severity
	confidence core.Confidence
	offset     int // in the template
	title      string
	saw        string // a sentence
	shown      string // the expression or branch
	unread     bool   // something was not followed because of it
}

// report emits m, once for each rule, title and expression.
func (c *checker) report(m mark) error {
	key := strings.Join([]string{m.rule.ID, m.title, m.shown}, "\x00")
	if c.s.seen[key] {
		return nil
	}
	c.s.seen[key] = true
	if c.s.sent[m.rule.ID]++; c.s.sent[m.rule.ID] > maxFindings {
		return nil
	}
	line := 1 + strings.Count(c.text.Value[:m.offset], "\n")
	f := &core.Finding{Rule: m.rule.ID, Severity: m.severity, Confidence: m.confidence,
		Where: c.s.a.At(c.text.At(m.offset)), Title: m.title, Unread: m.unread,
		Saw:      fmt.Sprintf("Line %d of %.80q: %s", line, c.text.Name, m.saw),
		Evidence: []core.Evidence{{Title: fmt.Sprintf("From line %d of the template", line), Text: m.shown}}}
	return c.s.p.Emit(core.Event{Finding: f})
}

// full says whether enough was reported of rule, so that a hostile template
// does not keep its other uses being described.
func (c *checker) full(rule *core.Rule) bool { return c.s.sent[rule.ID] >= maxFindings }

// tag is the tag around the byte at offset, as it stands in the template.
func (c *checker) tag(offset int) string {
	src := c.text.Value
	start := offset
	if !strings.HasPrefix(src[offset:], "{{") && !strings.HasPrefix(src[offset:], "{%") {
		low := max(0, offset-maxShown)
		before := src[low:offset]
		start = low + max(strings.LastIndex(before, "{{"), strings.LastIndex(before, "{%"), 0)
	}
	return c.excerpt(start, tagEnd(src, offset))
}

// tagEnd is where the tag around the byte at offset ends, or far enough to
// show it.
func tagEnd(src string, offset int) int {
	rest := src[offset:min(len(src), offset+2*maxShown)]
	end := len(rest)
	for _, closing := range []string{"}}", "%}"} {
		if i := strings.Index(rest, closing); i >= 0 {
			end = min(end, i+len(closing))
		}
	}
	return offset + end
}

// excerpt is a part of the template, or its beginning when that is long.
func (c *checker) excerpt(from, to int) string {
	s := c.text.Value[from:to]
	if len(s) > maxShown {
		s = s[:maxShown] + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// files reports statements that load other templates.
func (c *checker) files() error {
	var err error
	jinja.Walk(c.tree.Body, func(n *jinja.Node) {
		if err == nil {
			err = c.file(n)
		}
	})
	return err
}

func (c *checker) file(n *jinja.Node) error {
	switch n.Kind {
	case jinja.Extends, jinja.Include, jinja.Import, jinja.From:
	default:
		return nil
	}
	m := mark{rule: &ruleFile, severity: ruleFile.Severity, confidence: core.HighConfidence, offset: n.Offset, shown: c.tag(n.Offset),
		title: "Loads another template", saw: "The name of the file is only known when the template is rendered."}
	for _, path := range c.env.Texts(n.Expr) {
		m.title = fmt.Sprintf("Loads the template %.80q", path)
		m.saw = "It loads another file."
		if how := core.LeadsOut(path); how != "" {
			m.severity, m.saw = core.High, fmt.Sprintf("The name of the file %s.", how)
			return c.report(m)
		}
	}
	if !c.chat {
		return nil // templates of pages are split into files
	}
	return c.report(m)
}

// broken reports what is no valid template. For a text that only looks like
// one it says nothing but that a bound was reached.
func (c *checker) broken() error {
	for _, e := range c.tree.Errors {
		if !e.Limit && !c.chat {
			continue
		}
		title := "Not valid: " + e.Text
		if e.Limit {
			title = "Not assessed whole: " + e.Text
		}
		offset := min(e.Offset, len(c.text.Value))
		f := &core.Finding{Rule: ruleBroken.ID, Severity: ruleBroken.Severity, Confidence: core.HighConfidence, Unread: true,
			Where: c.s.a.At(c.text.At(offset)), Title: title,
			Saw: fmt.Sprintf("Line %d of %.80q: the parser stopped at %.40q and went on with the next tag.",
				1+strings.Count(c.text.Value[:offset], "\n"), c.text.Name, c.text.Value[offset:])}
		if e.Limit {
			f.Severity = core.Medium
		}
		return c.s.p.Emit(core.Event{Finding: f}) // one is enough: mistakes follow from mistakes
	}
	return nil
}
