package loadercode

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"taster/core"
	"taster/core/pynames"
)

const (
	maxFindings = 20  // of one rule for one artifact
	maxListed   = 100 // names in the evidence of one finding
)

// session is one artifact under judgement.
type session struct {
	p      *core.Pass
	a      *core.Artifact
	sent   map[string]int
	seen   map[string]bool // findings, by rule and title
	own    []*core.Text    // classes of the repository itself
	others []*core.Text    // classes of other repositories
	names  []*core.Text    // targets that are on no list
	trust  *core.Text
}

func run(ctx context.Context, p *core.Pass, a *core.Artifact) error {
	s := &session{p: p, a: a, sent: map[string]int{}, seen: map[string]bool{}}
	for i := range a.Texts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.judge(&a.Texts[i]); err != nil {
			return err
		}
	}
	return s.together()
}

func (s *session) judge(t *core.Text) error {
	switch t.Kind {
	case core.TextAutoMap:
		return s.autoMap(t)
	case core.TextTarget:
		return s.target(t)
	case core.TextTag:
		return s.tag(t)
	case core.TextReplacement:
		return s.replacement(t)
	case core.TextStartup:
		return s.startup(t)
	case core.TextScript:
		return s.script(t)
	case core.TextTrust:
		if s.trust == nil {
			s.trust = t
		}
	}
	return nil
}

// autoMap sorts a class by where its code comes from. What is no class of a
// module can lead the loader out of the folder.
func (s *session) autoMap(t *core.Text) error {
	repository, class, other := strings.Cut(t.Value, "--")
	if !other {
		repository, class = "", t.Value
	}
	if strings.ContainsAny(class, `/\:`) || strings.Contains(class, "..") || strings.Contains(repository, "..") || strings.Contains(repository, ":") {
		rule := ruleOther
		return s.report(&rule, t, core.High, fmt.Sprintf("auto_map names %.100q, which is no class of a module", t.Value),
			fmt.Sprintf("%.80q is %.200q: a path or an address stands where the name of a module should.", t.Name, t.Value), t.Value)
	}
	if other {
		s.others = append(s.others, t)
	} else {
		s.own = append(s.own, t)
	}
	return nil
}

// target judges a callable that the loader imports and calls.
func (s *session) target(t *core.Text) error {
	if strings.Contains(t.Value, "${") {
		return s.report(&ruleComputed, t, ruleComputed.Severity, fmt.Sprintf("Calls %.100q", t.Value),
			fmt.Sprintf("%.80q is %.200q: a part of the name is filled in when the configuration is loaded.", t.Name, t.Value), t.Name+": "+t.Value)
	}
	if strings.HasSuffix(t.Name, "parent_library") {
		return s.parentLibrary(t)
	}
	o := judge(t.Value)
	switch {
	case o.grade == unknown && isModule(t):
		s.own = append(s.own, t)
		return nil
	case o.grade == unknown && isImported(t):
		s.names = append(s.names, t)
		return nil
	case o.grade <= unknown:
		return nil
	}
	return s.report(&ruleTarget, t, o.grade.severity(), fmt.Sprintf("Calls %.100q", t.Value),
		fmt.Sprintf("%.80q is %.200q. %s", t.Name, t.Value, o.why), t.Name+": "+t.Value)
}

// parentLibrary judges the module that PEFT imports to find a class of a model.
func (s *session) parentLibrary(t *core.Text) error {
	switch pynames.Library(pynames.Of(t.Value, "")) {
	case pynames.Common:
		return nil
	case pynames.Standard:
		return s.report(&ruleTarget, t, core.High, fmt.Sprintf("Imports %.100q", t.Value),
			fmt.Sprintf("%.80q is %.200q, a module of Python itself, which has no models.", t.Name, t.Value), t.Name+": "+t.Value)
	}
	s.own = append(s.own, t)
	return nil
}

// script judges a program that a loader runs.
func (s *session) script(t *core.Text) error {
	severity := ruleScript.Severity
	saw := fmt.Sprintf("%.80q holds %d bytes of a program.", t.Name, len(t.Value))
	if words := telling(t.Value); len(words) > 0 {
		severity = core.High
		saw += " It has " + core.Listed(words, 6) + "."
	}
	const shown = 2000
	return s.report(&ruleScript, t, severity, fmt.Sprintf("Runs %.100q", strings.TrimSpace(t.Value)), saw,
		strings.ToValidUTF8(t.Value[:min(len(t.Value), shown)], ""))
}

// telling are the words of a program that fetching and converting images needs
// no use of.
func telling(program string) []string {
	var found []string
	for _, w := range []string{"os.system", "popen", "subprocess", "eval(", "exec(", "compile(", "__import__", "importlib", "getattr", "globals(", "builtins",
		"socket", "base64", "pickle", "marshal", "ctypes", "pty", "curl ", "| sh", "|sh", "| bash", "/dev/tcp", "chmod", "rm -", ".ssh", "environ", "setattr", "codecs"} {
		if strings.Contains(program, w) {
			found = append(found, fmt.Sprintf("%q", w))
		}
	}
	return found
}

// isImported says whether the key of t is for names of code alone. Many other
// things are called "target" and have dots.
func isImported(t *core.Text) bool {
	return !strings.HasSuffix(t.Name, "target") && strings.Contains(t.Value, ".")
}

// startup judges a line that Python runs when it starts. A bare import only
// does what the module does.
func (s *session) startup(t *core.Text) error {
	severity := ruleStartup.Severity
	if !strings.ContainsAny(t.Value, ";(") {
		severity = core.Medium
	}
	return s.report(&ruleStartup, t, severity, fmt.Sprintf("Python runs %.100q when it starts", t.Value),
		fmt.Sprintf("The line at byte %d begins with import, so that site.py runs all of it.", t.Offset), t.Value)
}

// isModule says whether t is a module of sentence-transformers that is not of
// the library: then it is looked for in the repository.
func isModule(t *core.Text) bool {
	return strings.HasPrefix(t.Name, "[") && strings.HasSuffix(t.Name, ".type") && !strings.HasPrefix(t.Value, "sentence_transformers.")
}

// replacement judges what a tokenizer puts in the place of what: spaces and
// marks are ordinary, words are not.
func (s *session) replacement(t *core.Text) error {
	quoted, err := strconv.QuotedPrefix(t.Value)
	if err != nil {
		return nil
	}
	from, _ := strconv.Unquote(quoted)
	to, _ := strconv.Unquote(strings.TrimPrefix(t.Value[len(quoted):], " -> "))
	if !hasWord(from) && !hasWord(to) || strings.EqualFold(from, to) {
		return nil
	}
	return s.report(&ruleReplace, t, ruleReplace.Severity, fmt.Sprintf("The tokenizer replaces %.60q by %.60q", from, to),
		fmt.Sprintf("The step %.80q makes the replacement in every text before the model reads it.", t.Name), t.Value)
}

// hasWord says whether s has three letters in a row: no class or escape of a
// regular expression has.
func hasWord(s string) bool {
	n := 0
	for _, r := range s {
		if !unicode.IsLetter(r) {
			n = 0
			continue
		}
		if n++; n == 3 {
			return true
		}
	}
	return false
}

// together reports what is gathered over the whole artifact.
func (s *session) together() error {
	if len(s.others) > 0 {
		repository, _, _ := strings.Cut(s.others[0].Value, "--")
		if err := s.list(&ruleOther, s.others, fmt.Sprintf("Runs code of the repository %.100q", repository)); err != nil {
			return err
		}
	}
	if len(s.own) > 0 {
		if err := s.list(&ruleRemote, s.own, fmt.Sprintf("Needs the code of %.100q", s.own[0].Value)); err != nil {
			return err
		}
	}
	if s.trust != nil {
		if err := s.report(&ruleTrust, s.trust, ruleTrust.Severity, ruleTrust.Title, fmt.Sprintf("%.80q is set.", s.trust.Name), s.trust.Name+": true"); err != nil {
			return err
		}
	}
	if len(s.names) == 0 {
		return nil
	}
	return s.list(&ruleNames, s.names, fmt.Sprintf("Names %.100q", s.names[0].Value))
}

// list reports texts in one finding, at the place of the first.
func (s *session) list(rule *core.Rule, texts []*core.Text, title string) error {
	g := &core.Grid{Head: []string{"key", "names", "offset"}}
	var values []string
	for _, t := range texts[:min(len(texts), maxListed)] {
		values = append(values, fmt.Sprintf("%.100q", t.Value))
		g.Rows = append(g.Rows, []string{t.Name, t.Value, strconv.FormatInt(t.At(0), 10)})
	}
	if n := len(texts) - 1; n > 0 {
		title += fmt.Sprintf(" and %d more", n)
	}
	f := &core.Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: core.HighConfidence, Where: s.a.At(texts[0].At(0)),
		Title: title, Saw: fmt.Sprintf("%d places name code: %s.", len(texts), core.Listed(values, 5)),
		Evidence: []core.Evidence{{Title: "What is named", Grid: g}}}
	return s.p.Emit(core.Event{Finding: f})
}

// report emits a finding once for each title.
func (s *session) report(rule *core.Rule, t *core.Text, severity core.Severity, title, saw, evidence string) error {
	if key := rule.ID + title; s.seen[key] {
		return nil
	} else {
		s.seen[key] = true
	}
	if s.sent[rule.ID]++; s.sent[rule.ID] > maxFindings {
		return nil
	}
	return s.p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: severity, Confidence: core.HighConfidence,
		Where: s.a.At(t.At(0)), Title: title, Saw: saw, Evidence: []core.Evidence{{Title: "As it stands in the file", Text: evidence}}}})
}
