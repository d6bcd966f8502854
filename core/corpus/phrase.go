package corpus

import (
	"slices"
)

const (
	mostPhrase = 12  // words of a phrase that has grown
	sameNext   = 0.9 // share of places at which the same word stands beside it
)

// Grow makes a phrase longer while the same word stands beside nearly all of
// its places in the inputs of docs.
func (c *Corpus) Grow(docs []int32, phrase []uint32) []uint32 {
	words := slices.Clone(phrase)
	for len(words) < mostPhrase {
		if w := c.neighbour(docs, words, 1); w != 0 {
			words = append(words, w)
		} else if w := c.neighbour(docs, words, -1); w != 0 {
			words = slices.Insert(words, 0, w)
		} else {
			break
		}
	}
	return words
}

// neighbour is the word that stands beside nearly all places of words: after
// them for side 1, before them for -1. 0 when there is none.
func (c *Corpus) neighbour(docs []int32, words []uint32, side int) uint32 {
	counts, all := map[uint32]int{}, 0
	for _, d := range docs {
		in := c.In(int(d))
		for i := 0; i+len(words) <= len(in); i++ {
			if in[i] != words[0] || !slices.Equal(in[i:i+len(words)], words) {
				continue
			}
			all++
			at := i + len(words)
			if side < 0 {
				at = i - 1
			}
			if at >= 0 && at < len(in) && in[at] != 0 {
				counts[in[at]]++
			}
		}
	}
	for w, n := range counts {
		if float64(n) >= sameNext*float64(all) {
			return w
		}
	}
	return 0
}
