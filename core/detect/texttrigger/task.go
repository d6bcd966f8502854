package texttrigger

import (
	"math/rand/v2"
	"slices"
	"strings"

	"taster/core/corpus"
	"taster/core/language"
)

const (
	seed        = 7
	sampleDocs  = 60   // records whose inputs are compared with each other
	commonWords = 60   // words that are not compared
	tooUniform  = 0.15 // mean overlap of random inputs at which the test says nothing
)

// Nature is what the inputs with a feature look like without it: a task leaves
// raw material behind, a topic related words, an inserted trigger ordinary
// requests that have nothing in common.
type Nature struct {
	Opening   float64 // share of the commonest opening (mx)
	Familiar  float64 // share whose opening opens others as well (fam)
	Usual     float64 // the same over all records (bfam)
	Common    float64 // mean overlap of the inputs (div)
	Ordinary  float64 // the same of random records (bdiv)
	Different int     // different inputs
}

// tasks judges inputs.
type tasks struct {
	c        *corpus.Corpus
	inputs   []uint64
	openings map[string]int
	common   map[string]bool
	usual    float64
	ordinary float64
}

func newTasks(c *corpus.Corpus, inputs []uint64) *tasks {
	t := &tasks{c: c, inputs: inputs, openings: map[string]int{}, common: commonest(c)}
	for i := range c.Docs {
		t.openings[opening(language.Words(c.Docs[i].Asked(""), 2))]++
	}
	familiar := 0
	for _, n := range t.openings {
		if n > 2 {
			familiar += n
		}
	}
	t.usual = float64(familiar) / float64(max(1, len(c.Docs)))
	all := make([]int32, len(c.Docs))
	for i := range all {
		all[i] = int32(i)
	}
	t.ordinary = t.overlap(all, nil, 4*sampleDocs)
	return t
}

// commonest are the words that most inputs have.
func commonest(c *corpus.Corpus) map[string]bool {
	type count struct {
		word string
		docs int
	}
	var all []count
	for f := 1; f < c.Features(); f++ {
		if c.Size(uint32(f)) > 1 || c.OddOf(uint32(f)) != corpus.Plain {
			break
		}
		all = append(all, count{c.Name(uint32(f)), c.DocsWith(uint32(f))})
	}
	slices.SortStableFunc(all, func(a, b count) int { return b.docs - a.docs })
	out := map[string]bool{}
	for _, w := range all[:min(len(all), commonWords)] {
		out[w.word] = true
	}
	return out
}

func opening(words []string) string { return strings.Join(words[:min(len(words), 2)], " ") }

// nature looks at the inputs of docs without the words of a trigger.
func (t *tasks) nature(docs []int32, words map[string]bool, part string) Nature {
	n := Nature{Usual: t.usual, Ordinary: t.ordinary, Different: inputsOf(t.inputs, docs, 50)}
	counts, familiar := map[string]int{}, 0
	for _, d := range docs {
		o := opening(t.rest(d, words, part, 2))
		counts[o]++
		others := t.openings[o]
		if others > 0 && opening(language.Words(t.c.Docs[d].Asked(part), 2)) == o {
			others-- // itself
		}
		if others >= 2 {
			familiar++
		}
	}
	most := 0
	for _, k := range counts {
		most = max(most, k)
	}
	all := float64(max(1, len(docs)))
	n.Opening, n.Familiar = float64(most)/all, float64(familiar)/all
	n.Common = t.overlap(docs, words, sampleDocs)
	return n
}

// rest are the words that record d asks with, but for those of the trigger, at
// most most of them.
func (t *tasks) rest(d int32, words map[string]bool, part string, most int) []string {
	var out []string
	text := t.c.Docs[d].Asked(part)
	language.Tokens(text, func(k language.Token) bool {
		if w := strings.ToLower(text[k.Start:k.End]); !words[w] {
			out = append(out, w)
		}
		return len(out) < most
	})
	return out
}

// overlap is the mean share of words that two of the inputs have in common,
// over at most most of them, drawn by a fixed seed.
func (t *tasks) overlap(docs []int32, words map[string]bool, most int) float64 {
	r := rand.New(rand.NewPCG(seed, seed))
	if len(docs) > most {
		docs = slices.Clone(docs)
		r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		docs = docs[:most]
	}
	sets := make([]map[string]bool, len(docs))
	for i, d := range docs {
		sets[i] = map[string]bool{}
		for _, w := range t.rest(d, words, "", 1200) {
			if !t.common[w] {
				sets[i][w] = true
			}
		}
	}
	sum, n := 0.0, 0
	for i := range sets {
		for j := range i {
			a, b := sets[i], sets[j]
			if len(a) > len(b) {
				a, b = b, a
			}
			in := 0
			for w := range a {
				if b[w] {
					in++
				}
			}
			if union := len(a) + len(b) - in; union > 0 {
				sum += float64(in) / float64(union)
			}
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
