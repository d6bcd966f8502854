package documentvectors

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"taster/core"
	"taster/core/documents"
	"taster/core/language"
)

// Bounds of the search for questions.
const (
	leastWords   = 5   // of a question
	leastEchoes  = 3   // documents that begin with it
	mostQuestion = 400 // bytes
	mostEchoes   = 1000
	mostTokens   = 2000 // of a document's rest
)

// echo is documents that begin with the same question.
type echo struct {
	question string
	docs     []*documents.Document
	all      int
	rests    map[uint64]bool // how they go on
	shared   map[string]int  // tokens of how they go on, and in how many
	asked    bool            // it is a question of the user's
}

// echoes reports questions that several documents begin with.
func echoes(ctx context.Context, p *core.Pass, s *documents.Set) error {
	found, err := questions(ctx, s)
	if err != nil || len(found) == 0 {
		return err
	}
	if err := rests(ctx, s, found); err != nil {
		return err
	}
	for _, e := range found {
		if err := p.Emit(core.Event{Finding: e.finding()}); err != nil {
			return err
		}
	}
	return nil
}

// questions are those that at least three documents begin with and go on
// differently, or, of the user's questions, two.
func questions(ctx context.Context, s *documents.Set) ([]*echo, error) {
	queries := newQueries(s.Queries)
	seed := maphash.MakeSeed()
	by := map[uint64]*echo{}
	var order []uint64
	err := s.Each(ctx, func(d *documents.Document) error {
		q, rest := firstSentence(d.Text)
		asked := queries.match(q)
		if q == "" || !strings.HasSuffix(q, "?") && !asked {
			return ctx.Err()
		}
		key := maphash.String(seed, q)
		e := by[key]
		if e == nil {
			e = &echo{question: q, rests: map[uint64]bool{}, asked: asked}
			by[key], order = e, append(order, key)
		}
		if e.all++; len(e.docs) < mostEchoes {
			e.rests[maphash.String(seed, rest)] = true
			d.Text, d.Vector = "", nil
			e.docs = append(e.docs, d)
		}
		return ctx.Err()
	})
	var out []*echo
	for _, key := range order {
		if e := by[key]; len(e.rests) >= leastEchoes || e.asked && len(e.rests) >= 2 {
			out = append(out, e)
		}
	}
	return out, err
}

// firstSentence is the first sentence of a text, folded, if it is short enough
// to be a question of five words or more, and what follows.
func firstSentence(text string) (sentence, rest string) {
	text = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(text), "#*>-\ufeff"))
	head := text[:min(len(text), mostQuestion)]
	i := strings.IndexAny(head, "?？.!。\n")
	if i < 0 {
		return "", ""
	}
	end := i + 1
	if strings.HasPrefix(head[i:], "？") {
		end = i + len("？")
	}
	q := strings.Join(strings.Fields(language.Fold(head[:end]).Text), " ")
	if len(language.Words(q, leastWords)) < leastWords { // characters of scripts without spaces are words
		return "", ""
	}
	return q, text[end:]
}

// rests looks which rare words the rests of an echo share that stand in no
// document outside of it.
func rests(ctx context.Context, s *documents.Set, found []*echo) error {
	by := map[string]*echo{}
	for _, e := range found {
		e.shared = map[string]int{}
		by[e.question] = e
	}
	pass := func(visit func(e *echo, words map[string]bool)) error {
		return s.Each(ctx, func(d *documents.Document) error {
			q, rest := firstSentence(d.Text)
			e := by[q]
			if e == nil {
				rest = d.Text
			}
			visit(e, wordsOf(rest))
			return ctx.Err()
		})
	}
	err := pass(func(e *echo, words map[string]bool) {
		if e != nil && len(e.shared) < 100*mostTokens {
			for w := range words {
				e.shared[w]++
			}
		}
	})
	if err != nil {
		return err
	}
	owner := map[string]*echo{} // of each word; nil: several
	for _, e := range found {
		for w, n := range e.shared {
			if n < leastEchoes || strings.Contains(e.question, w) {
				delete(e.shared, w)
			} else if _, twice := owner[w]; twice {
				owner[w] = nil
			} else {
				owner[w] = e
			}
		}
	}
	err = pass(func(of *echo, words map[string]bool) {
		for w := range words {
			if e := owner[w]; e != nil && e != of {
				owner[w] = nil
			}
		}
	})
	for _, e := range found {
		for w := range e.shared {
			if owner[w] != e {
				delete(e.shared, w)
			}
		}
	}
	return err
}

func wordsOf(text string) map[string]bool {
	out := map[string]bool{}
	language.Tokens(text, func(t language.Token) bool {
		if w := strings.ToLower(text[t.Start:t.End]); len(w) >= 4 {
			out[w] = true
		}
		return len(out) < mostTokens
	})
	return out
}

func (e *echo) finding() *core.Finding {
	f := &core.Finding{Rule: ruleEcho.ID, Severity: core.Medium, Confidence: core.Moderate, Where: placeOf(e.docs),
		Title:    fmt.Sprintf("%d documents begin with the same question", e.all),
		Saw:      fmt.Sprintf("%d documents begin with “%s” and go on in %d ways: %s.", e.all, documents.Printable(e.question, 150), len(e.rests), named(e.docs)),
		Measured: []core.Figure{{Name: "excerpt", Value: documents.Printable(e.question, 200)}, {Name: "documents", Value: e.all}}}
	if e.asked {
		f.Saw += " It is one of the questions of your users."
	}
	if len(e.shared) > 0 && len(e.rests) >= leastEchoes {
		var words []string
		for w := range e.shared {
			words = append(words, w)
		}
		slices.Sort(words)
		f.Severity = core.High
		f.Saw += fmt.Sprintf(" At least three of them share words that no other document has: %s.", language.Shown(core.Listed(words, 5), 200))
	}
	return f
}

// queries are the questions of users, to be compared with first sentences.
type queries struct {
	sets   []map[string]bool
	byWord map[string][]int32
}

func newQueries(list []string) *queries {
	q := &queries{byWord: map[string][]int32{}}
	for _, text := range list {
		set := wordSet(language.Fold(text).Text)
		if len(set) < 3 {
			continue
		}
		for w := range set {
			q.byWord[w] = append(q.byWord[w], int32(len(q.sets)))
		}
		q.sets = append(q.sets, set)
	}
	return q
}

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n?!.,;:\"'()", r) }) {
		set[w] = true
	}
	return set
}

// match says whether a sentence has nine in ten words in common with a query.
func (q *queries) match(sentence string) bool {
	if len(q.sets) == 0 || sentence == "" {
		return false
	}
	set := wordSet(sentence)
	rare := []int32(nil)
	for w := range set { // nearly all words are shared, so one of the two rarest is
		if l := q.byWord[w]; l != nil && (rare == nil || len(l) < len(rare)) {
			rare = l
		}
	}
	for _, i := range rare {
		common := 0
		for w := range set {
			if q.sets[i][w] {
				common++
			}
		}
		if common*10 >= 9*(len(set)+len(q.sets[i])-common) {
			return true
		}
	}
	return false
}
