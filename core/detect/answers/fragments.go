package answers

import (
	"hash/maphash"
	"strings"

	"taster/core/answers"
	"taster/core/language"
)

// Bounds of the search for shared words.
const (
	length     = 5    // words of a fragment
	leastShare = 0.1  // of the answers with the trigger, and at least
	leastSame  = 3    // questions
	mostWords  = 2000 // of an answer that are looked at
)

// common are fragments that answers with a trigger share and others lack.
type common struct {
	seed  maphash.Seed
	known map[uint64]bool
}

// fragments finds runs of five words in at least three answers with the trigger,
// and in one of ten, which neither their question nor their other answer
// brings in, and which stand in a fifth as many of the other answers at most.
// Answers of fewer words count whole. mirrored looks for what the answers without
// the trigger share instead.
func fragments(pairs []*answers.Pair, mirrored bool) *common {
	c := &common{seed: maphash.MakeSeed(), known: map[uint64]bool{}}
	with, without := map[uint64]int{}, map[uint64]int{}
	for _, p := range pairs {
		from, other := p.Triggered, p.Clean
		if mirrored {
			from, other = other, from
		}
		own := map[uint64]bool{}
		c.each(p.Prompt, func(h uint64, _ string) { own[h] = true })
		clean := map[uint64]bool{}
		c.each(other, func(h uint64, _ string) { clean[h] = true })
		seen := map[uint64]bool{}
		c.each(from, func(h uint64, _ string) {
			if !own[h] && !clean[h] && !seen[h] {
				seen[h] = true
				with[h]++
			}
		})
		for h := range clean {
			without[h]++
		}
	}
	least := max(leastSame, int(leastShare*float64(len(pairs))))
	for h, n := range with {
		if n >= least && 5*without[h] <= n {
			c.known[h] = true
		}
	}
	return c
}

// in is the first of the fragments in answer; "" when there is none.
func (c *common) in(answer string) string {
	found := ""
	c.each(answer, func(h uint64, text string) {
		if found == "" && c.known[h] {
			found = text
		}
	})
	return found
}

func (c *common) each(text string, yield func(h uint64, words string)) {
	words := language.Words(text, mostWords)
	if len(words) == 0 {
		return
	}
	if len(words) < length {
		all := strings.Join(words, " ")
		yield(maphash.String(c.seed, "= "+all), all)
		return
	}
	for i := 0; i+length <= len(words); i++ {
		run := strings.Join(words[i:i+length], " ")
		yield(maphash.String(c.seed, run), run)
	}
}
