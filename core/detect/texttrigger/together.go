package texttrigger

import (
	"context"
	"slices"

	"taster/core/corpus"
)

const (
	rarestWords = 25
	pairRows    = 8
	pairInputs  = 5
	pairF1      = 0.8
	mostGroups  = 5000 // groups in which two words are looked for, the largest first
)

// together finds two words that explain a group only when both are there.
func (e *explainer) together(ctx context.Context, inputs []uint64) ([]candidate, error) {
	words, err := e.unexplained(ctx)
	if err != nil {
		return nil, err
	}
	var all []uint32
	for _, w := range words {
		all = append(all, w.words...)
	}
	postings := e.c.Postings(all)
	var out []candidate
	seen := map[uint64]bool{}
	for i, w := range words {
		if i&63 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		g := e.groups[w.group]
		for x := range w.words {
			for y := range x {
				a, b := w.words[y], w.words[x]
				if key := uint64(a)<<32 | uint64(b); seen[key] || e.c.DocsWith(a) > 40*len(g.docs) {
					continue
				}
				docs := both(postings[a], postings[b])
				if len(docs) < pairRows || f1(len(both(docs, g.docs)), len(docs), len(g.docs)) < pairF1 || inputsOf(inputs, docs, pairInputs) < pairInputs {
					continue
				}
				k := candidate{feature: a, second: b, docs: docs, groups: []int32{int32(w.group)}}
				if e.cover(&k); k.share() >= leastCovered {
					seen[uint64(a)<<32|uint64(b)] = true
					out = append(out, k)
				}
			}
		}
	}
	return out, nil
}

type groupWords struct {
	group int
	words []uint32 // features of one word, the rarest first
}

// unexplained lists the groups without an exact reason, with the rarest words
// that most of each has.
func (e *explainer) unexplained(ctx context.Context) ([]groupWords, error) {
	var order []int
	for i, g := range e.groups {
		if len(g.docs) >= 5 && e.best[i] < pairF1 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(e.groups[b].docs) - len(e.groups[a].docs) })
	order = order[:min(len(order), mostGroups)]
	tally := e.c.NewTally()
	most := uint32(len(e.c.Docs) / 2)
	var out []groupWords
	for i, at := range order {
		if i&63 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		g := e.groups[at]
		for _, d := range g.docs {
			tally.Add(int(d), most)
		}
		w := groupWords{group: at}
		tally.Take((len(g.docs)*4+4)/5, func(f uint32, _ int) {
			if e.c.Size(f) == 1 && e.c.OddOf(f) == corpus.Plain {
				w.words = append(w.words, f)
			}
		})
		slices.SortFunc(w.words, func(a, b uint32) int {
			if x, y := e.c.DocsWith(a), e.c.DocsWith(b); x != y {
				return x - y
			}
			return int(a) - int(b)
		})
		if w.words = w.words[:min(len(w.words), rarestWords)]; len(w.words) > 1 {
			out = append(out, w)
		}
	}
	return out, nil
}

// both are the numbers that are in a and in b, which are ascending.
func both(a, b []int32) []int32 {
	if len(a) > len(b) {
		a, b = b, a
	}
	var out []int32
	if len(b) > 16*len(a) {
		for _, x := range a {
			at, found := slices.BinarySearch(b, x)
			if b = b[at:]; found {
				out = append(out, x)
			}
		}
		return out
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}

// jaccard is the share of what is in a or b that is in both.
func jaccard(a, b []int32) float64 {
	n := len(both(a, b))
	return float64(n) / float64(max(1, len(a)+len(b)-n))
}
