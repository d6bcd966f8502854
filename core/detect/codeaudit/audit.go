// Package codeaudit judges what source code does: how it loads models and data
// sets, what it unpickles, runs, starts and fetches. The same call weighs more
// in the code of a model, which runs when the model is loaded.
package codeaudit

import (
	"context"
	"fmt"
	"slices"

	"taster/core"
	"taster/core/lookalike"
)

// Detector judges the source code of all inputs together: whether a file is the
// code of a model, and which release of torch is required, others say.
var Detector = &core.Detector{
	Name:   "code-audit",
	Title:  "What source code does",
	Family: "file",
	Help: core.Help{
		Does: "Reads scripts, notebooks, the custom code of models, code in model cards, and the command lines of Dockerfiles call by call, with imports, aliases and constants resolved, and reports the lines that load without a pin, " +
			"run code of a repository, unpickle, run text as code, start programs, fetch, or keep keys. In files that config.json names, or that are named like the code of a model, calls that run on import weigh most.",
		Misses: "Names that are put together at run time, functions of other files, code inside data, shell scripts, and other languages. It runs nothing and follows no value through a function: what arrives as a parameter is said to be given. " +
			"Dynamic names of models are counted and not judged.",
		Sources: "MITRE ATLAS AML.T0011.000; Python and PyTorch documentation on pickle, torch.load and torch.hub.",
	},
	Applies: applies,
	Wants:   "source code: .py, .ipynb, a Dockerfile, a card with code",
	Rules:   rules(),
	Check:   core.Across(run),
}

const maxFindings = 200 // for one input

func applies(a *core.Artifact) bool {
	found := false
	a.Walk(func(m *core.Artifact) { found = found || m.Program != nil || hasKey(m) })
	return found
}

func hasKey(m *core.Artifact) bool {
	return slices.ContainsFunc(m.Texts, func(t core.Text) bool { return t.Kind == core.TextKey })
}

// session is one run.
type session struct {
	p       *core.Pass
	project *project
	lists   *lookalike.Lists
	input   *core.Artifact // of which findings are counted
	sent    int
	seen    map[string]bool // rule, member and line
	dynamic []place
	over    []string // inputs with more findings than were reported
}

// place is a line that is told of later.
type place struct {
	m      *core.Artifact
	offset int64
	line   int
}

func run(ctx context.Context, p *core.Pass, in *core.Inputs) error {
	s := &session{p: p, project: newProject(in.Artifacts), lists: lookalike.New(in.Approved)}
	for _, a := range in.Artifacts {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.input, s.sent, s.seen, s.dynamic = a, 0, map[string]bool{}, nil
		var stop error
		a.Walk(func(m *core.Artifact) {
			if stop == nil {
				stop = s.artifact(m)
			}
		})
		if stop == nil {
			stop = s.end()
		}
		if stop != nil {
			return stop
		}
	}
	if len(s.over) > 0 {
		return fmt.Errorf("%w: of one file %d findings are reported; %s", core.ErrLimit, maxFindings, core.Listed(s.over, 5))
	}
	return nil
}

func (s *session) artifact(m *core.Artifact) error {
	for i := range m.Texts {
		if t := &m.Texts[i]; t.Kind == core.TextKey {
			err := s.report(&hit{rule: &ruleSecret, title: fmt.Sprintf("Holds a key of %s", t.Name), saw: fmt.Sprintf("It begins %s.", t.Value), text: t.Value, offset: t.At(0)}, m)
			if err != nil {
				return err
			}
		}
	}
	if m.Program == nil {
		return nil
	}
	c := &code{session: s, m: m, model: s.project.isModelCode(m), card: m.Program.Language == "card"}
	for i := range m.Program.Calls {
		for _, h := range c.judge(&m.Program.Calls[i]) {
			if err := s.report(h, m); err != nil {
				return err
			}
		}
	}
	if c.card {
		return nil // examples never pin
	}
	for _, u := range m.Uses {
		if h := c.use(u); h != nil {
			if err := s.report(h, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// end reports what is said once for an input.
func (s *session) end() error {
	if len(s.dynamic) > 0 {
		var lines []string
		for _, d := range s.dynamic {
			where := fmt.Sprint(d.line)
			if d.m != s.input {
				where = d.m.Member + ":" + where
			}
			lines = append(lines, where)
		}
		first := s.dynamic[0]
		err := s.report(&hit{rule: &ruleDynamic, title: ruleDynamic.Title, offset: first.offset,
			saw: fmt.Sprintf("%d names are not written in the file: lines %s. They were not resolved.", len(lines), core.Listed(lines, 10))}, first.m)
		if err != nil {
			return err
		}
	}
	if s.sent > maxFindings {
		s.over = append(s.over, fmt.Sprintf("%.100q has %d findings", s.input.File, s.sent))
	}
	return nil
}

// hit is a finding in the making. Severity Info is that of the rule unless
// graded is set.
type hit struct {
	rule     *core.Rule
	graded   bool
	severity core.Severity
	title    string
	saw      string
	text     string // as it stands in the file
	offset   int64
	line     int
}

func (h *hit) at(severity core.Severity) *hit {
	h.graded, h.severity = true, severity
	return h
}

// report sends h once for each rule and line.
func (s *session) report(h *hit, m *core.Artifact) error {
	key := fmt.Sprintf("%s\x00%s\x00%d\x00%d", h.rule.ID, m.Member, h.line, h.offset)
	if h.line > 0 {
		key = fmt.Sprintf("%s\x00%s\x00%d", h.rule.ID, m.Member, h.line)
	}
	if s.seen[key] {
		return nil
	}
	s.seen[key] = true
	if s.sent++; s.sent > maxFindings {
		return nil
	}
	severity := h.rule.Severity
	if h.graded {
		severity = h.severity
	}
	f := &core.Finding{Rule: h.rule.ID, Severity: severity, Confidence: core.HighConfidence, Where: m.At(h.offset), Title: h.title, Saw: h.saw}
	if h.line > 0 {
		f.Saw = fmt.Sprintf("Line %d. %s", h.line, h.saw)
		f.Measured = []core.Figure{{Name: "line", Value: h.line}}
	}
	if h.text != "" {
		f.Evidence = []core.Evidence{{Title: "As it stands in the file", Text: h.text}}
	}
	return s.p.Emit(core.Event{Finding: f})
}

// use judges a model or data set that code names.
func (c *code) use(u core.Use) *hit {
	if u.Kind != core.UseModel && u.Kind != core.UseDataset {
		return nil
	}
	if u.Name == "" {
		c.dynamic = append(c.dynamic, place{c.m, u.Offset, u.Line})
		return nil
	}
	if u.Pinned || !c.isID(u) {
		return nil
	}
	saw := "No revision is given."
	if u.Version != "" {
		saw = fmt.Sprintf("The revision is %.80q, which can be moved.", u.Version)
	}
	return &hit{rule: &ruleUnpinned, title: fmt.Sprintf("Loads the %s %.120q without a commit", u.Kind, u.Name), saw: saw, offset: u.Offset, line: u.Line}
}

// isID says whether the name is an id of the hub. One without an organisation
// is only when it is known: "resume" and "json" are not.
func (c *code) isID(u core.Use) bool {
	kind := lookalike.Model
	if u.Kind == core.UseDataset {
		kind = lookalike.Dataset
	}
	return c.lists.Names(kind, u.Name)
}
