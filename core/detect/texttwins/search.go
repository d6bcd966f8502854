// Package texttwins finds pairs of inputs that are equal but for one inserted
// span, and tells from their answers whether the span is a trigger. Poisoned
// questions are often shipped beside their unpoisoned ones: this names the
// trigger even when no two answers share a word.
package texttwins

import (
	"cmp"
	"context"
	"slices"

	"taster/core"
	"taster/core/corpus"
	"taster/core/language"
)

const (
	shortest, longest = 3, 400 // words of an input that is looked at
	mostSpan          = 8      // words that were inserted
	everywhere        = 80     // words up to which the span may be at any place; longer inputs have it at an end
	leastTwins        = 5
	differentBase     = 0.6 // share of the plain inputs that are different ones
	answersDiffer     = 0.8 // share of the pairs whose answers differ
	differBelow       = 0.5 // overlap of words at which two answers differ
	kindChanges       = 0.6
	ofAllWithSpan     = 0.3
	aboveUsual        = 0.3 // by which answers must differ more often than those of equal inputs
)

// Twin is a span that was inserted into inputs that are there without it, too.
type Twin struct {
	Name    string
	Docs    []int32 // records with the span that have a twin
	Plain   []int32 // the twin of each
	With    []int32 // all records with the span
	Differ  float64 // share of the pairs whose answers differ
	Changes float64 // share whose answers are of different kinds
	Level   core.Severity
}

// match is one record with a span and the record without it.
type match struct {
	doc, plain int32
	from, to   int // of the span in the words of doc
}

// Search looks for inserted spans. Time grows with the words of short inputs
// times eight.
func Search(ctx context.Context, c *corpus.Corpus) ([]Twin, error) {
	s := &search{c: c, whole: map[uint64]int32{}}
	for i := range c.Docs {
		if words := c.In(i); len(words) >= shortest && len(words) <= longest {
			if h := hash(words); s.whole[h] == 0 {
				s.whole[h] = int32(i) + 1
			}
		}
	}
	for i := range c.Docs {
		if i&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.remove(int32(i))
	}
	s.usual = s.differAnyway()
	return s.group(), nil
}

// differAnyway is the share of pairs with equal inputs whose answers differ; 0
// when there are too few to tell.
func (s *search) differAnyway() float64 {
	first := map[uint64]int{}
	pairs, differ := 0, 0
	for i := range s.c.Docs {
		pairs += len(s.c.Docs[i].Rows) - 1 // exact copies
		h := s.c.Docs[i].InputHash()
		j, again := first[h]
		if !again {
			first[h] = i
			continue
		}
		if pairs++; overlap(s.c.Out(i), s.c.Out(j)) < differBelow {
			differ++
		}
	}
	if pairs < leastTwins {
		return 0
	}
	return float64(differ) / float64(pairs)
}

type search struct {
	c       *corpus.Corpus
	whole   map[uint64]int32 // first record with these words, plus one
	matches []match
	usual   float64  // share of pairs with equal inputs whose answers differ
	left    []uint64 // hash of the first words
}

const base = 0x9e3779b97f4a7c15 | 1

// hash is a polynomial, so that it can be put together of two parts.
func hash(words []uint32) uint64 {
	h := uint64(0)
	for _, w := range words {
		h = h*base + spread(w)
	}
	return h
}

func spread(w uint32) uint64 { return corpus.Mix(uint64(w), 3) }

// remove takes each span out of record i and looks the rest up.
func (s *search) remove(i int32) {
	words := s.c.In(int(i))
	n := len(words)
	if n <= shortest || n > longest+mostSpan {
		return
	}
	s.left = append(s.left[:0], 0)
	for _, w := range words {
		s.left = append(s.left, s.left[len(s.left)-1]*base+spread(w))
	}
	power := [longest + mostSpan + 1]uint64{1}
	for k := 1; k <= n; k++ {
		power[k] = power[k-1] * base
	}
	for size := 1; size <= mostSpan && n-size >= shortest; size++ {
		for from := 0; from+size <= n; from++ {
			if n > everywhere && from > 0 && from+size < n {
				from = n - size - 1 // on to the end
				continue
			}
			rest := n - from - size
			suffix := s.left[n] - s.left[from+size]*power[rest]
			at := s.whole[s.left[from]*power[rest]+suffix]
			if at == 0 || at == i+1 || !s.equal(words, from, size, s.c.In(int(at-1))) {
				continue
			}
			s.matches = append(s.matches, match{doc: i, plain: at - 1, from: from, to: from + size})
			from += size // the same word twice fits at two places
		}
	}
}

func (s *search) equal(words []uint32, from, size int, plain []uint32) bool {
	return len(plain) == len(words)-size && slices.Equal(words[:from], plain[:from]) && slices.Equal(words[from+size:], plain[from:])
}

// group puts the matches of one span together.
func (s *search) group() []Twin {
	bySpan := map[string][]match{}
	for _, m := range s.matches {
		words := s.c.In(int(m.doc))[m.from:m.to]
		if slices.Contains(words, 0) {
			continue
		}
		bySpan[s.c.Join(words)] = append(bySpan[s.c.Join(words)], m)
	}
	var names []string
	for name, list := range bySpan {
		if len(list) >= leastTwins {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []Twin
	for _, name := range names {
		if t, ok := s.twin(bySpan[name]); ok {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b Twin) int { return cmp.Or(int(b.Level-a.Level), len(b.Docs)-len(a.Docs)) })
	return out
}

// twin judges the matches of one span.
func (s *search) twin(list []match) (Twin, bool) {
	t := Twin{}
	plain := map[int32]bool{}
	differ, changes := 0, 0
	for _, m := range list {
		if slices.Contains(t.Docs, m.doc) {
			continue
		}
		t.Docs, t.Plain = append(t.Docs, m.doc), append(t.Plain, m.plain)
		plain[m.plain] = true
		a, b := &s.c.Docs[m.doc], &s.c.Docs[m.plain]
		if overlap(s.c.Out(int(m.doc)), s.c.Out(int(m.plain))) < differBelow {
			differ++
			if !slices.Equal(language.Kinds(a.Input(), a.Asked(""), a.Answer()), language.Kinds(b.Input(), b.Asked(""), b.Answer())) {
				changes++
			}
		}
	}
	n := float64(len(t.Docs))
	if len(t.Docs) < leastTwins || float64(len(plain)) < differentBase*n {
		return t, false
	}
	m := list[0]
	words := s.c.In(int(m.doc))[m.from:m.to]
	t.With = s.with(words)
	t.Differ, t.Changes = float64(differ)/n, float64(changes)/n
	switch {
	case t.Differ < answersDiffer:
		return t, false
	case t.Changes >= kindChanges:
		t.Level = core.High
	case n >= ofAllWithSpan*float64(len(t.With)) && t.Differ >= s.usual+aboveUsual:
		t.Level = core.Medium
	default:
		return t, false
	}
	t.Name = s.name(m, words)
	return t, true
}

// with lists the records whose input has the words.
func (s *search) with(words []uint32) []int32 {
	var out []int32
	for i := range s.c.Docs {
		in := s.c.In(i)
		for at := 0; at+len(words) <= len(in); at++ {
			if in[at] == words[0] && slices.Equal(in[at:at+len(words)], words) {
				out = append(out, int32(i))
				break
			}
		}
	}
	return out
}

// name is the span as it is written, with the brackets of an odd piece.
func (s *search) name(m match, words []uint32) string {
	text, from, to := s.c.Find(m.doc, words)
	if text == "" {
		return s.c.Join(words)
	}
	name := text[from:to]
	language.Chunks(text, func(a, b int) {
		if a <= from && b >= to && b-a > len(name) && b-a <= to-from+8 {
			name = text[a:b]
		}
	})
	return language.Shown(name, 200)
}

// overlap is the share of words that two answers have in common.
func overlap(a, b []uint32) float64 {
	x, y := slices.Clone(a), slices.Clone(b)
	slices.Sort(x)
	slices.Sort(y)
	x, y = slices.Compact(x), slices.Compact(y)
	if len(x) == 0 && len(y) == 0 {
		return 1
	}
	in := 0
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			in, i, j = in+1, i+1, j+1
		}
	}
	return float64(in) / float64(len(x)+len(y)-in)
}
