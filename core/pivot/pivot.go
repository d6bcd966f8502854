// Package pivot looks for a text, such as a trigger that was found, in every
// other input: records, templates, settings and whatever else was read.
package pivot

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"taster/core"
	"taster/core/language"
	"taster/core/records"
)

// Ways in which a text can stand in another.
const (
	Exact  = "as it is"
	Folded = "in other letters" // upper and lower case, compatibility forms
	Hidden = "with unseen characters in it"
)

// Hit is one place, with how often the text stands there.
type Hit struct {
	File, Member string
	What         string // "row 12", "chat template", "tensor"
	How          string // the closest way
	Count        int
	Excerpt      string
}

// mostHits bounds the places of one search.
const mostHits = 10_000

// Count says how often term stands in text, in the closest way that it does, and
// where first. n is 0 when it does not.
func Count(text, term string) (n int, how string, at int) {
	if term == "" {
		return 0, "", 0
	}
	if n := strings.Count(text, term); n > 0 {
		return n, Exact, strings.Index(text, term)
	}
	folded, want := fold(text), fold(term)
	if want == "" {
		return 0, "", 0
	}
	if n := strings.Count(folded, want); n > 0 {
		return n, Folded, 0
	}
	if shown := seen(folded); len(shown) < len(folded) {
		if n := strings.Count(shown, seen(want)); n > 0 && seen(want) != "" {
			return n, Hidden, 0
		}
	}
	return 0, "", 0
}

// fold brings letters of either case and compatibility forms together.
func fold(s string) string {
	return strings.ToLower(norm.NFKC.String(s))
}

// seen is s without the characters that nobody sees.
func seen(s string) string {
	return strings.Map(func(r rune) rune {
		if language.ClassOf(r) != "" {
			return -1
		}
		return r
	}, s)
}

// Search looks for term in artifacts and everything below them, whatever role
// they have. Places come in the order of the inputs. more says that there were
// too many.
func Search(ctx context.Context, artifacts []*core.Artifact, term string) (hits []Hit, more bool, err error) {
	s := &search{ctx: ctx, term: term}
	for _, a := range artifacts {
		a.Walk(func(m *core.Artifact) {
			if s.err == nil {
				s.err = s.artifact(m)
			}
		})
	}
	return s.hits, s.more, s.err
}

type search struct {
	ctx  context.Context
	term string
	hits []Hit
	more bool
	err  error
}

func (s *search) look(a *core.Artifact, what, text string) {
	n, how, at := Count(text, s.term)
	switch {
	case n == 0:
	case len(s.hits) == mostHits:
		s.more = true
	default:
		s.hits = append(s.hits, Hit{File: a.File, Member: a.Member, What: what, How: how, Count: n, Excerpt: language.Shown(strings.ToValidUTF8(text[max(0, at-40):], ""), 160)})
	}
}

func (s *search) artifact(a *core.Artifact) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	s.look(a, "name", a.Path())
	for _, m := range a.Meta {
		s.look(a, m.Name, m.Value)
	}
	for _, t := range a.Texts {
		s.look(a, t.Name, t.Value)
	}
	for _, i := range a.Imports {
		s.look(a, "import", i.Module+"."+i.Name)
	}
	for i := range a.Tensors {
		s.look(a, "tensor", a.Tensors[i].Name)
	}
	return records.Raw(s.ctx, a, func(row int, text string) error {
		s.look(a, rowName(row), text)
		return nil
	})
}

func rowName(row int) string { return fmt.Sprintf("row %d", row) }
