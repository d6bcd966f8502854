// Package documentrules looks for sentences in documents that give orders to
// the assistant of whoever reads them, in what every reader sees.
//
// Families and levels are of our own wording; the method (anchors, then a
// linear expression in a window, quotations told apart) is described in package
// injection. Beside it stands the expression of a public recipe, for comparison
// only: it decides nothing.
package documentrules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/documents"
	"taster/core/injection"
)

const name = "document-rules"

// Detector finds orders in the visible text of documents.
var Detector = &core.Detector{
	Name:   name,
	Title:  "Orders in documents",
	Family: "content",
	Check:  core.On(documents.Subject, []core.Role{core.RoleDocuments}, run),
	Help: core.Help{
		Does:    "Looks for sentences that tell an assistant to set its instructions aside (A), to pass over the document and do something else (A2), that address a machine (C), announce new orders (N), ask for something to be done first (P), change its person (D), ask for secrecy or for its prompt (E), carry data out (X), hold control tokens (T), close frames (U), ask to decode and obey (O), or do the first in 24 other languages (M). Disguises come off first: look-alike letters, letters with spaces between them, digits for letters, text written backwards or shifted in the alphabet. A sentence in quotation marks, in code or after “such as” is low. Where a document talks about attacks itself, what is visible counts one level less.",
		Misses:  "Orders without any of these marks: a plain task (“recommend a book”), a command in a README, a claimed approval, a story, a false fact. In public sets, none of 150 plain tasks in e-mails and 1 of 50 bare goals were found. Pictures, sound and PDF are not read.",
		Sources: "Families: own wording after OWASP LLM01:2025 and MITRE ATLAS AML.T0051.001. Expressions are RE2 and tried in windows of some 400 characters, so time is in proportion to the text.",
	},
	Params: []core.Param{
		{Name: "max-chars", Title: "Longest ordinary document", Default: "50000", Min: 1000, Max: 10_000_000, Help: "A document with more characters is reported as long. Below 1,000 nothing changes."},
		{Name: "recipe", Title: "Compare with a public recipe", Default: "off", Choices: []string{"off", "M2"}, Help: "M2 lists beside our findings which documents a widely copied expression for ignoring instructions would have named. It decides nothing."},
	},
	Rules: []core.Rule{ruleInjection, ruleLong},
}

var refs = []string{"AML.T0070", "AML.T0051.001", "AML.T0066", "AML.T0068", "AML.T0077", "LLM01:2025", "LLM08:2025"}

var ruleInjection = core.Rule{ID: "DOC-INJECTION", Title: "A document gives orders to the reader's assistant", Severity: core.High,
	Matters: "An assistant that is given the document to read takes its sentences for instructions: it may answer falsely, pass on data, or act with the rights of the user.",
	Benign:  "A text about such attacks, a template for prompts, documentation of an assistant that is meant to be read by it, or a letter that takes back an earlier one.",
	Do:      "Read the sentence in its place. If it has no business there, take the document out of the store, keep it for evidence, and look where else its source has been used.",
	Refs:    refs}

var ruleLong = core.Rule{ID: "DOC-LONG", Title: "A document is much longer than the others may be", Severity: core.Low,
	Matters: "Orders are hidden in long texts, and a store that cuts texts into pieces shows a pieces' reader none of the rest.",
	Benign:  "A manual or a book in one file.",
	Do:      "Divide it, or raise the limit if such documents are expected.",
	Refs:    []string{"AML.T0070", "LLM08:2025"}}

func run(ctx context.Context, p *core.Pass, s *documents.Set) error {
	o, err := s.Overview(ctx, func(done, total int64) error {
		return p.Emit(core.Event{Progress: &core.Progress{Step: "Reading documents", Unit: "documents", Done: done, Total: total}})
	})
	if err != nil {
		return err
	}
	named := 0
	for _, f := range o.Found {
		if f.Level == core.Info {
			continue
		}
		named++
		if err := p.Emit(core.Event{Finding: finding(f)}); err != nil {
			return err
		}
	}
	if err := long(p, o); err != nil {
		return err
	}
	figures := []core.Figure{{Name: "documents", Value: o.Looked}, {Name: "named", Value: named}, {Name: "beyond", Value: o.Beyond}}
	if p.Params["recipe"] == "M2" {
		n, err := compare(ctx, s)
		if err != nil {
			return err
		}
		figures = append(figures, core.Figure{Name: "recipe-m2", Value: n})
	}
	return p.Emit(core.Event{Result: &core.Result{Detector: name, Params: p.Params, Flagged: flagged(o), Groups: []core.Group{}, Figures: figures}})
}

// flagged are the rows, or the places among the files, of documents at medium
// or above.
func flagged(o *documents.Overview) []int {
	out := []int{}
	for _, f := range o.Found {
		if f.Level >= core.Medium && f.Row >= 0 {
			out = append(out, f.Row)
		}
	}
	return out
}

// finding is the one finding of a document: all hits are its evidence.
func finding(f *documents.Found) *core.Finding {
	first := f.Worst()
	saw := fmt.Sprintf("%s: “%s” (%s).", capital(what[first.Hit.Family]), first.Excerpt, f.Name())
	if how := first.Hit.How; how != "" {
		saw += " The sentence is disguised: " + how + "."
	}
	if q := first.Hit.Quoted; q != "" {
		saw += " It is a quotation (" + q + ")."
	}
	if f.About {
		saw += " The document talks about attacks, so the level is one lower; an attacker can write such words, too."
	}
	out := &core.Finding{Rule: ruleInjection.ID, Severity: f.Level, Confidence: core.Moderate, Where: f.Place(first.Offset), Saw: saw,
		Title:    "Order to an assistant: " + what[first.Hit.Family],
		Measured: []core.Figure{{Name: "zone", Value: first.Zone}, {Name: "family", Value: families(f.Visible)}, {Name: "excerpt", Value: first.Excerpt}, {Name: "hits", Value: len(f.Visible)}},
		Evidence: []core.Evidence{{Title: "All places", Grid: documents.Grid(f.Visible)}}}
	if f.Level == core.Low {
		out.Title = "Words of an order to an assistant: " + what[first.Hit.Family]
	}
	if first.Hit.Quoted == "" && injection.Strong(first.Hit.Family) {
		out.Confidence = core.HighConfidence
	}
	return out
}

// what the families say, for titles and sentences.
var what = map[string]string{
	"A": "set earlier instructions aside", "M": "set earlier instructions aside, in another language", "A0": "forget everything above", "A2": "pass over the document and do something else",
	"C": "a machine is addressed", "N": "new orders are announced", "N0": "a new task is announced", "P": "do something first", "D": "take another mode or person", "E": "keep a secret, or show the prompt",
	"X": "carry data to an address", "T": "control tokens", "U": "a frame is closed that was never opened", "O": "decode and obey", "B": "a role marker", "B2": "an override is claimed", "": "hidden text",
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func families(sights []documents.Sight) string {
	var out []string
	for _, s := range sights {
		if f := s.Hit.Family; f != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// long reports the documents beyond the limit of length, and those of which
// only a part was looked at.
func long(p *core.Pass, o *documents.Overview) error {
	for _, f := range o.Cut {
		if err := p.Emit(core.Event{Finding: unread(f)}); err != nil {
			return err
		}
	}
	limit := p.Params.Int("max-chars")
	for _, f := range o.Long {
		if f.Length <= limit {
			continue
		}
		out := &core.Finding{Rule: ruleLong.ID, Severity: ruleLong.Severity, Confidence: core.HighConfidence, Where: f.Place(0), Title: ruleLong.Title,
			Saw:      fmt.Sprintf("%s has %d characters; the limit is %d.", capital(f.Name()), f.Length, limit),
			Measured: []core.Figure{{Name: "characters", Value: f.Length}, {Name: "limit", Value: limit}}}
		if err := p.Emit(core.Event{Finding: out}); err != nil {
			return err
		}
	}
	return nil
}

// unread is the finding of a document that was looked at in part.
func unread(f *documents.Found) *core.Finding {
	saw := fmt.Sprintf("%s has so many words that can begin an order that not all of them were looked at.", capital(f.Name()))
	if f.Cut {
		saw = fmt.Sprintf("%s is longer than %d characters; what follows them was not looked at.", capital(f.Name()), documents.MostCharacters)
	}
	return &core.Finding{Rule: documents.RuleUnread.ID, Severity: core.Medium, Confidence: core.HighConfidence, Where: f.Place(0), Title: "A part of a document was not looked at", Saw: saw, Unread: true}
}
