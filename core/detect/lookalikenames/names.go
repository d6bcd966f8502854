// Package lookalikenames judges names that files mention: of models, data sets,
// packages and hosts. It says which ones imitate a name that is known; package
// lookalike decides that.
package lookalikenames

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"

	"taster/core"
	"taster/core/lookalike"
)

// Detector judges the names in all files together, since what else is in a
// folder makes a copy more or less suspicious.
var Detector = &core.Detector{
	Name:   "lookalike-names",
	Title:  "Names that imitate others",
	Family: "file",
	Help: core.Help{
		Does: "Compares the names of models, data sets, organisations, packages and hosts that configurations, cards, code, requirements and bills of materials mention with lists of known names that ship with Taster, " +
			"and with the names that you approve of. It looks at letters that are drawn alike, at letters that are changed, left out or swapped, at separators, at additions to the name of an organisation, and at words in another order. " +
			"Sizes, versions, languages and quantisations of a known model are siblings of it and are not reported.",
		Misses:  "It asks no one: a name that is like nothing on the lists, and one that is taken over by someone else, look ordinary. Names that are put together when the program runs are not seen.",
		Sources: "Unicode TR 39; MITRE ATLAS AML.T0074; Unit 42, \"Model Namespace Reuse\" (2025).",
	},
	Applies: applies,
	Wants:   "a file that names models, data sets, packages or hosts",
	Rules:   []core.Rule{ruleLookalike, ruleCase, ruleReupload, ruleMoved, rulePackage, ruleRelease, ruleMistaken, ruleHost},
	Check:   core.Across(run),
}

const (
	maxFindings = 50     // for one input
	maxNames    = 20_000 // judged in one run
)

func applies(a *core.Artifact) bool {
	found := cached(a.File) != ""
	a.Walk(func(m *core.Artifact) {
		found = found || len(m.Uses) > 0 || m.Program != nil
		for i := range m.Texts {
			found = found || m.Texts[i].Kind == core.TextAutoMap
		}
	})
	return found
}

// session is one run.
type session struct {
	p        *core.Pass
	lists    *lookalike.Lists
	judged   map[string]lookalike.Verdict // by kind and name
	runnable map[string]bool              // folders with something to run
	seen     map[string]bool              // findings of the file being judged, by rule and name
	sent     int
	left     int // names that were not judged
}

func run(ctx context.Context, p *core.Pass, in *core.Inputs) error {
	s := &session{p: p, lists: lookalike.New(in.Approved), judged: map[string]lookalike.Verdict{}, runnable: runnable(in.Artifacts)}
	cache := map[string]bool{}
	for _, a := range in.Artifacts {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.seen, s.sent = map[string]bool{}, 0
		if id := cached(a.File); id != "" && !cache[id] {
			cache[id] = true
			if err := s.id(a, core.Use{Kind: core.UseModel, Name: id, By: "folder of the hub's cache"}); err != nil {
				return err
			}
		}
		var stop error
		a.Walk(func(m *core.Artifact) {
			if stop == nil {
				stop = s.artifact(m)
			}
		})
		if stop != nil {
			return stop
		}
	}
	if s.left > 0 {
		return fmt.Errorf("%w: %d names beyond the first %d were not compared", core.ErrLimit, s.left, maxNames)
	}
	return nil
}

// cached is the id of the model or data set in whose folder of the hub's cache
// file lies, or "".
func cached(file string) string {
	for part := range strings.SplitSeq(file, "/") {
		for _, kind := range []string{"models--", "datasets--", "spaces--"} {
			if id, ok := strings.CutPrefix(part, kind); ok && id != "" {
				return strings.Replace(id, "--", "/", 1)
			}
		}
	}
	return ""
}

// runnable are the folders that hold something to start.
func runnable(artifacts []*core.Artifact) map[string]bool {
	out := map[string]bool{}
	for _, a := range artifacts {
		switch strings.ToLower(path.Ext(a.File)) {
		case ".bat", ".cmd", ".ps1", ".vbs", ".lnk", ".sh", ".exe", ".dll", ".scr", ".msi", ".command", ".py":
			out[path.Dir(a.File)] = true
		}
	}
	return out
}

func (s *session) artifact(m *core.Artifact) error {
	for _, u := range m.Uses {
		if err := s.use(m, u); err != nil {
			return err
		}
	}
	for i := range m.Texts {
		t := &m.Texts[i]
		if other, _, ok := strings.Cut(t.Value, "--"); ok && t.Kind == core.TextAutoMap {
			if err := s.id(m, core.Use{Kind: core.UseModel, Name: other, By: t.Name, Offset: t.At(0)}); err != nil {
				return err
			}
		}
	}
	if m.Program == nil {
		return nil
	}
	for i := range m.Program.Calls {
		if err := s.addresses(m, &m.Program.Calls[i]); err != nil {
			return err
		}
	}
	return nil
}

// addresses judges the hosts in the arguments of a call.
func (s *session) addresses(m *core.Artifact, c *core.CodeCall) error {
	for _, a := range c.Args {
		if a.Kind != core.ArgText || !strings.Contains(a.Value, "://") {
			continue
		}
		if err := s.host(m, core.Use{Name: a.Value, By: c.Name, Offset: c.Offset, Line: c.Line}); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) use(m *core.Artifact, u core.Use) error {
	switch u.Kind {
	case core.UseModel, core.UseDataset:
		return s.id(m, u)
	case core.UsePackage:
		return s.pkg(m, u)
	case core.UseIndex, core.UseSource, core.UseHost:
		return s.host(m, u)
	}
	return nil
}

// judge asks once for each name.
func (s *session) judge(kind, name string, ask func() lookalike.Verdict) lookalike.Verdict {
	key := kind + " " + name
	v, ok := s.judged[key]
	if ok {
		return v
	}
	if len(s.judged) >= maxNames {
		s.left++
		return v
	}
	v = ask()
	s.judged[key] = v
	return v
}

// id judges the id of a model or data set. An address of the hub stands for the
// id in it.
func (s *session) id(m *core.Artifact, u core.Use) error {
	name := u.Name
	if strings.Contains(name, "://") {
		if err := s.host(m, u); err != nil {
			return err
		}
		name = idOf(name)
	}
	if name == "" {
		return nil
	}
	kind := lookalike.Model
	if u.Kind == core.UseDataset {
		kind = lookalike.Dataset
	}
	v := s.judge(u.Kind, name, func() lookalike.Verdict { return s.lists.Judge(kind, name) })
	rule, severity, confidence := &ruleLookalike, core.High, core.HighConfidence
	switch v.Grade {
	case lookalike.Imitates:
	case lookalike.Resembles:
		severity, confidence = core.Medium, core.Moderate
	case lookalike.Case:
		rule, severity = &ruleCase, ruleCase.Severity
	case lookalike.Moved:
		rule, severity = &ruleMoved, ruleMoved.Severity
	case lookalike.Reupload:
		rule, severity, confidence = &ruleReupload, ruleReupload.Severity, core.LowConfidence
		if s.runnable[path.Dir(m.File)] {
			severity = core.Medium
			v.Why += " The folder has something to run."
		}
	default:
		return nil
	}
	return s.report(rule, severity, confidence, m, u, v, fmt.Sprintf("The %s %q looks like %q", u.Kind, name, v.Like))
}

// idOf is the id in an address of the hub.
func idOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	_, rest, _ = strings.Cut(rest, "/")
	parts := strings.SplitN(strings.TrimPrefix(rest, "datasets/"), "/", 3)
	if len(parts) < 2 {
		return ""
	}
	name, _, _ := strings.Cut(parts[1], "?")
	return parts[0] + "/" + name
}

func (s *session) pkg(m *core.Artifact, u core.Use) error {
	version := ""
	if v, ok := strings.CutPrefix(u.Version, "=="); ok {
		version = strings.TrimLeft(v, "= ")
	}
	v := s.judge("package", u.Name+" "+version, func() lookalike.Verdict { return s.lists.Package(u.Name, version) })
	rule, title := &rulePackage, fmt.Sprintf("The package %q looks like %q", u.Name, v.Like)
	switch {
	case v.Grade == lookalike.Imitates && v.Release:
		rule, title = &ruleRelease, fmt.Sprintf("Release %s of the package %q was published by an attacker", version, u.Name)
	case v.Grade == lookalike.Imitates && v.Like == lookalike.Normalise(u.Name):
		title = fmt.Sprintf("The package %q is known for an attack", u.Name)
	case v.Grade == lookalike.Imitates:
	case v.Grade == lookalike.Case:
		rule, title = &ruleMistaken, fmt.Sprintf("The package %q is called %q", u.Name, v.Like)
	default:
		return nil
	}
	return s.report(rule, rule.Severity, core.HighConfidence, m, u, v, title)
}

func (s *session) host(m *core.Artifact, u core.Use) error {
	name := u.Name
	if strings.Contains(name, "://") {
		name = hostOf(name)
	} else if u.Kind != core.UseHost {
		return nil // a repository by owner and name
	}
	if name == "" {
		return nil
	}
	v := s.judge("host", name, func() lookalike.Verdict { return s.lists.Host(name) })
	severity := core.High
	switch v.Grade {
	case lookalike.Imitates:
	case lookalike.Resembles:
		severity = core.Medium
	default:
		return nil
	}
	return s.report(&ruleHost, severity, core.HighConfidence, m, u, v, fmt.Sprintf("The host %q looks like %q", name, v.Like))
}

func hostOf(address string) string {
	if i := strings.Index(address, "://"); i > 0 {
		address = "x" + address[i:]
	}
	address, _, _ = strings.Cut(address, " ")
	if u, err := url.Parse(address); err == nil {
		return u.Hostname()
	}
	return ""
}

func (s *session) report(rule *core.Rule, severity core.Severity, confidence core.Confidence, m *core.Artifact, u core.Use, v lookalike.Verdict, title string) error {
	key := rule.ID + m.Member + title
	if s.seen[key] {
		return nil
	}
	s.seen[key] = true
	if s.sent++; s.sent > maxFindings {
		return nil
	}
	place := fmt.Sprintf("It is named by %s", u.By)
	if u.Line > 0 {
		place += fmt.Sprintf(" on line %d", u.Line)
	}
	where := m.At(u.Offset)
	if strings.HasPrefix(u.By, "folder") {
		where = m.Whole()
	}
	return s.p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: severity, Confidence: confidence, Where: where, Title: title, Saw: v.Why + " " + place + "."}})
}
