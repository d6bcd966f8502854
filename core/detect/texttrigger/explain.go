package texttrigger

import (
	"context"
	"slices"

	"taster/core/corpus"
)

const (
	shareOfGroup = 0.8  // of a group that must have a feature
	leastF1      = 0.12 // between feature and group, for the pair to be kept at all
	awayBest     = 0.85 // a group with so exact a reason drops ...
	awayGap      = 0.2  // ... those that are so much less exact
	leastCovered = 0.8  // of a feature's records that must be explained
	mostWordings = 6
	rowsOdd      = 3 // records that an odd feature needs
	rowsPlain    = 5
)

// candidate is a feature of the input, or two words, with the groups of answers
// that it explains.
type candidate struct {
	feature  uint32
	second   uint32 // of two words that only together explain; else 0
	docs     []int32
	covered  []int32 // docs that are in one of its groups
	groups   []int32
	wordings int
}

func (k *candidate) share() float64 { return float64(len(k.covered)) / float64(len(k.docs)) }

// pair is a feature that most of a group has.
type pair struct {
	feature, group uint32
	docs           uint32
}

// explainer finds features for groups.
type explainer struct {
	c      *corpus.Corpus
	groups []group
	best   []float64 // F1 of the best feature of each group
	stamp  []uint32  // of records
	serial uint32
}

func f1(both, a, b int) float64 { return 2 * float64(both) / float64(a+b) }

// pairs lists for each group the features that most of it has, without those
// that a more exact one explains away.
func (e *explainer) pairs(ctx context.Context) ([]pair, error) {
	tally := e.c.NewTally()
	e.best = make([]float64, len(e.groups))
	most := uint32(0.9 * float64(len(e.c.Docs)))
	var out []pair
	for i, g := range e.groups {
		if i&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n := len(g.docs)
		for _, d := range g.docs {
			tally.Add(int(d), min(most, uint32(float64(n)*(2/leastF1-1))))
		}
		from := len(out)
		tally.Take((n*4+4)/5, func(f uint32, docs int) {
			F := f1(docs, e.c.DocsWith(f), n)
			e.best[i] = max(e.best[i], F)
			if F >= leastF1 && e.c.DocsWith(f) >= e.least(f) {
				out = append(out, pair{f, uint32(i), uint32(docs)})
			}
		})
		if e.best[i] >= awayBest {
			kept := slices.DeleteFunc(out[from:], func(p pair) bool { return f1(int(p.docs), e.c.DocsWith(p.feature), n) < e.best[i]-awayGap })
			out = out[:from+len(kept)]
		}
	}
	return out, nil
}

// least is how many records must have f.
func (e *explainer) least(f uint32) int {
	if e.c.OddOf(f) != corpus.Plain {
		return rowsOdd
	}
	return rowsPlain
}

// candidates are the features whose records are explained by few wordings.
func (e *explainer) candidates(pairs []pair) []candidate {
	slices.SortFunc(pairs, func(a, b pair) int {
		if a.feature != b.feature {
			return int(a.feature) - int(b.feature)
		}
		return int(a.group) - int(b.group)
	})
	var out []candidate
	var features []uint32
	for i := 0; i < len(pairs); {
		f, sum := pairs[i].feature, 0
		k := candidate{feature: f}
		for ; i < len(pairs) && pairs[i].feature == f; i++ {
			sum += int(pairs[i].docs)
			k.groups = append(k.groups, int32(pairs[i].group))
		}
		if float64(sum) >= leastCovered*float64(e.c.DocsWith(f)) {
			out, features = append(out, k), append(features, f)
		}
	}
	postings := e.c.Postings(features)
	kept := out[:0]
	for _, k := range out {
		k.docs = postings[k.feature]
		if e.cover(&k); k.share() >= leastCovered {
			kept = append(kept, k)
		}
	}
	return kept
}

// cover fills in which records of k its groups explain, and with how many
// groups four fifths of them are.
func (e *explainer) cover(k *candidate) {
	if e.stamp == nil {
		e.stamp = make([]uint32, len(e.c.Docs))
	}
	slices.SortStableFunc(k.groups, func(a, b int32) int { return len(e.groups[b].docs) - len(e.groups[a].docs) })
	e.serial++
	has := e.serial
	for _, d := range k.docs {
		e.stamp[d] = has
	}
	e.serial++
	done := e.serial
	var covered []int32
	left := slices.Clone(k.groups)
	need := (len(k.docs)*4 + 4) / 5
	k.wordings = 0
	for len(left) > 0 && len(covered) < need {
		best, most := -1, 0
		for i, g := range left {
			if len(e.groups[g].docs) <= most {
				break // no larger one follows
			}
			n := 0
			for _, d := range e.groups[g].docs {
				if e.stamp[d] == has {
					n++
				}
			}
			if n > most {
				best, most = i, n
			}
		}
		if best < 0 || k.wordings > mostWordings {
			break
		}
		covered = e.mark(covered, e.groups[left[best]].docs, has, done)
		left = slices.Delete(left, best, best+1)
		k.wordings++
	}
	for _, g := range left {
		covered = e.mark(covered, e.groups[g].docs, has, done)
	}
	slices.Sort(covered)
	k.covered = covered
}

func (e *explainer) mark(covered, docs []int32, has, done uint32) []int32 {
	for _, d := range docs {
		if e.stamp[d] == has {
			e.stamp[d] = done
			covered = append(covered, d)
		}
	}
	return covered
}

// fewWordings says that the effect of k is worded in few enough ways: with less
// than four records for each, chance does as well.
func (k *candidate) fewWordings() bool {
	return k.wordings <= max(1, min(mostWordings, len(k.docs)/4))
}
