package pairsurprise

import (
	"strings"

	"taster/core/corpus"
)

const (
	farShorter   = 0.2
	leastLength  = 40 // bytes of the other answer, for lengths to be compared
	samePrompts  = 5
	leastPhrases = 20 // bytes of a preferred answer that is the same for many prompts
)

// oddities are what is strange about single pairs.
func oddities(c *corpus.Corpus) ([]Oddity, float64) {
	equal, shorter := Oddity{What: Equal}, Oddity{What: Shorter}
	longer := 0
	bySides, byChosen := map[[3]string][]int32{}, map[string][]int32{}
	opposite := Oddity{What: Opposite}
	for i := range c.Docs {
		d := &c.Docs[i]
		chosen, reject := strings.TrimSpace(d.Answer()), strings.TrimSpace(d.Reject)
		at := int32(i)
		switch {
		case chosen == reject:
			equal.Docs = append(equal.Docs, at)
		case len(reject) >= leastLength && float64(len(chosen)) < farShorter*float64(len(reject)):
			shorter.Docs = append(shorter.Docs, at)
		}
		if len(chosen) > len(reject) {
			longer++
		}
		input := d.Input()
		bySides[[3]string{input, chosen, reject}] = append(bySides[[3]string{input, chosen, reject}], at)
		if other := bySides[[3]string{input, reject, chosen}]; len(other) > 0 && chosen != reject {
			opposite.Docs = append(append(opposite.Docs, other...), at)
		}
		if len(chosen) >= leastPhrases {
			byChosen[chosen] = append(byChosen[chosen], at)
		}
	}
	out := []Oddity{equal, opposite, shorter, oneForAll(c, byChosen)}
	kept := out[:0]
	for _, o := range out {
		if o.Share = float64(len(o.Docs)) / float64(max(1, len(c.Docs))); len(o.Docs) > 0 {
			kept = append(kept, o)
		}
	}
	return kept, float64(longer) / float64(max(1, len(c.Docs)))
}

// oneForAll are the pairs whose preferred answer is that of five prompts.
func oneForAll(c *corpus.Corpus, byChosen map[string][]int32) Oddity {
	in := make([]bool, len(c.Docs))
	for _, docs := range byChosen {
		inputs := map[uint64]bool{}
		for _, d := range docs {
			inputs[c.Docs[d].InputHash()] = true
		}
		if len(inputs) >= samePrompts {
			for _, d := range docs {
				in[d] = true
			}
		}
	}
	o := Oddity{What: OneForAll}
	for i, x := range in {
		if x {
			o.Docs = append(o.Docs, int32(i))
		}
	}
	return o
}
