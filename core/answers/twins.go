package answers

import (
	"hash/maphash"
	"strings"
)

// Bounds of the comparison of questions.
const (
	mostSpan  = 8  // tokens of a trigger
	mostWords = 80 // of a question in which a trigger is looked for everywhere
	leastSame = 3  // questions that have to differ by the same trigger
)

// twins pairs the rows of a log whose questions are the same but for one
// inserted stretch of words: the stretch that most pairs have in common is the
// trigger.
func (j *join) twins() {
	seed := maphash.MakeSeed()
	key := func(words []string) uint64 { return maphash.String(seed, strings.ToLower(strings.Join(words, "\x00"))) }
	byPrompt := map[uint64]*half{}
	for _, h := range j.log {
		if k := key(strings.Fields(h.prompt)); byPrompt[k] == nil {
			byPrompt[k] = h
		}
	}
	type pair struct{ clean, triggered *half }
	bySpan := map[string][]pair{}
	for _, h := range j.log {
		words := strings.Fields(h.prompt)
		eachSpan(len(words), func(from, to int) {
			rest := append(append([]string{}, words[:from]...), words[to:]...)
			if other := byPrompt[key(rest)]; other != nil && other != h && len(rest) > 0 {
				span := strings.Join(words[from:to], " ")
				bySpan[span] = append(bySpan[span], pair{other, h})
			}
		})
	}
	best := ""
	for span, pairs := range bySpan {
		if n := len(pairs) - len(bySpan[best]); n > 0 || n == 0 && (len(span) > len(best) || len(span) == len(best) && span < best) {
			best = span
		}
	}
	if len(bySpan[best]) < leastSame {
		return
	}
	j.set.Trigger = best
	j.set.Unpaired -= 2 * len(bySpan[best])
	for _, p := range bySpan[best] {
		j.set.add(&Pair{Row: p.triggered.row, Prompt: p.clean.prompt, Trigger: best, Clean: p.clean.answer, Triggered: p.triggered.answer})
	}
	j.set.Unpaired = max(j.set.Unpaired, 0)
}

// eachSpan calls f for the stretches of up to eight words of n; of long texts
// those at both ends only.
func eachSpan(n int, f func(from, to int)) {
	if n > 400 {
		return
	}
	for from := range n {
		for size := 1; size <= mostSpan && from+size <= n; size++ {
			if n <= mostWords || from == 0 || from+size == n {
				f(from, from+size)
			}
		}
	}
}
