// Package documenthidden looks for orders and messages in the parts of documents
// that no reader sees: comments, styles that hide, attributes, invisible
// characters, and texts in codes.
package documenthidden

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/documents"
)

const name = "document-hidden"

// Detector finds what is hidden in documents.
var Detector = &core.Detector{
	Name:   name,
	Title:  "Hidden parts of documents",
	Family: "content",
	Check:  core.On(documents.Subject, []core.Role{core.RoleDocuments}, run),
	Help: core.Help{
		Does:    "Takes documents apart into what is drawn and what is not: comments, elements that a style or a rule of the page hides (no display, no size, white or transparent, outside of the page, clipped), templates, attributes such as alt and title, descriptions of the page, link titles, white text in LaTeX, hidden, white, one-point and deleted text and comments of DOCX files, tag characters, variation selectors, zero-width characters, and base64, hexadecimal, percent signs, escapes or binary digits that are text. The families of the check for orders are looked for in each; a message in invisible characters counts by itself.",
		Misses:  "PDF, pictures, external style sheets, styles that a program computes, and text that is covered by something else. Hidden prose without an order is common in web pages and reported low.",
		Sources: "HTML Standard, sections 13 and 15; CSS; CommonMark 0.31; Unicode, chapter 23. OWASP LLM01:2025; MITRE ATLAS AML.T0068.",
	},
	Rules: []core.Rule{ruleHidden},
}

var ruleHidden = core.Rule{ID: "DOC-HIDDEN", Title: "A document says something to machines that readers do not see", Severity: core.High,
	Matters: "People review what they see; a program that cuts texts into pieces for an assistant passes on everything. What is hidden from the one and shown to the other is the usual place for orders.",
	Benign:  "Menus and texts for screen readers, remarks of editors in comments, samples of encoded text in documentation.",
	Do:      "Read the hidden part. If it gives orders, take the document out of the store; otherwise strip hidden parts before texts go into it.",
	Refs:    []string{"AML.T0070", "AML.T0051.001", "AML.T0068", "AML.T0077", "LLM01:2025", "LLM08:2025"}}

func run(ctx context.Context, p *core.Pass, s *documents.Set) error {
	o, err := s.Overview(ctx, func(done, total int64) error {
		return p.Emit(core.Event{Progress: &core.Progress{Step: "Reading documents", Unit: "documents", Done: done, Total: total}})
	})
	if err != nil {
		return err
	}
	flagged, named := []int{}, 0
	for _, f := range o.Found {
		if f.Beneath == core.Info {
			continue
		}
		named++
		if f.Beneath >= core.Medium && f.Row >= 0 {
			flagged = append(flagged, f.Row)
		}
		if err := p.Emit(core.Event{Finding: finding(f)}); err != nil {
			return err
		}
	}
	return p.Emit(core.Event{Result: &core.Result{Detector: name, Params: p.Params, Flagged: flagged, Groups: groups(o),
		Figures: []core.Figure{{Name: "documents", Value: o.Looked}, {Name: "named", Value: named}}}})
}

// groups counts what was hidden by how it was.
func groups(o *documents.Overview) []core.Group {
	out := []core.Group{}
	for zone, n := range o.Zones {
		out = append(out, core.Group{Of: "zone", Name: zone, Size: n})
	}
	slices.SortFunc(out, func(a, b core.Group) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// finding is the one finding of a document: all hidden sights are its evidence.
func finding(f *documents.Found) *core.Finding {
	first := f.Hidden[0]
	for _, s := range f.Hidden {
		if s.Level > first.Level {
			first = s
		}
	}
	out := &core.Finding{Rule: ruleHidden.ID, Severity: first.Level, Confidence: core.HighConfidence, Where: f.Place(first.Offset), Title: title(first), Saw: saw(f, first),
		Measured: []core.Figure{{Name: "zone", Value: first.Zone}, {Name: "family", Value: first.Hit.Family}, {Name: "excerpt", Value: first.Excerpt}},
		Evidence: []core.Evidence{{Title: "All places", Grid: documents.Grid(f.Hidden)}}}
	if first.Decoded != "" {
		out.Measured = append(out.Measured, core.Figure{Name: "decoded", Value: first.Decoded})
	}
	if first.Hit.Family == "" && first.Zone != documents.ZoneInvisible {
		out.Confidence = core.Moderate
	}
	return out
}

func title(s documents.Sight) string {
	switch {
	case s.Zone == documents.ZoneInvisible:
		return "A message in characters that are not drawn: " + s.Why
	case s.Zone == documents.ZoneDecoded && s.Hit.Family != "":
		return "An order in code: " + s.Why
	case s.Zone == documents.ZoneDecoded:
		return "A text in code: " + s.Why
	case s.Hit.Family != "":
		return "An order in a part that readers do not see: " + s.Why
	}
	return "Prose that readers do not see: " + s.Why
}

func saw(f *documents.Found, s documents.Sight) string {
	switch {
	case s.Zone == documents.ZoneInvisible:
		return fmt.Sprintf("%d bytes of %s say: “%s” (%s).", s.To-s.From, s.Why, s.Decoded, f.Name())
	case s.Zone == documents.ZoneDecoded:
		return fmt.Sprintf("%d bytes (%s) say: “%s” (%s).", s.To-s.From, s.Why, s.Decoded, f.Name())
	}
	return fmt.Sprintf("A part that is not drawn (%s) says: “%s” (%s).", s.Why, s.Excerpt, f.Name())
}
