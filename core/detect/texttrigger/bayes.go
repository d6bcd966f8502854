package texttrigger

import (
	"math"
	"slices"

	"taster/core/corpus"
)

const (
	folds = 5
	alpha = 0.5
)

// bayes tells by the words of a question whether its answer is of a kind. Each
// record is judged by what the other folds say.
type bayes struct {
	c          *corpus.Corpus
	kind, rest []foldCounts
	scores     []float64 // of all records
	meanKind   float64
	meanRest   float64
	area       float64 // under the ROC curve of scores
	buf        []uint32
}

// foldCounts are the records of all folds but one.
type foldCounts struct {
	docs  int
	words []uint32 // records that have each word
}

func foldOf(i int) int { return int(corpus.Mix(seed, uint64(i)) % folds) }

func newBayes(c *corpus.Corpus, of []bool) *bayes {
	b := &bayes{c: c, kind: make([]foldCounts, folds), rest: make([]foldCounts, folds), scores: make([]float64, len(of))}
	for f := range folds {
		b.kind[f].words, b.rest[f].words = make([]uint32, len(c.Words())), make([]uint32, len(c.Words()))
	}
	for i, k := range of {
		words := b.words(i, nil)
		for f := range folds {
			if f == foldOf(i) {
				continue
			}
			to := &b.rest[f]
			if k {
				to = &b.kind[f]
			}
			to.docs++
			for _, w := range words {
				to.words[w]++
			}
		}
	}
	nKind := 0
	for i, k := range of {
		b.scores[i] = b.score(i, nil)
		if k {
			nKind++
			b.meanKind += b.scores[i]
		} else {
			b.meanRest += b.scores[i]
		}
	}
	b.meanKind /= float64(max(1, nKind))
	b.meanRest /= float64(max(1, len(of)-nKind))
	b.area = areaUnder(b.scores, of)
	return b
}

// words are the different words of record i, without those of out. The list is
// valid until the next call.
func (b *bayes) words(i int, out []uint32) []uint32 {
	b.buf = b.buf[:0]
	for _, w := range b.c.In(i) {
		if w != 0 && !slices.Contains(out, w) {
			b.buf = append(b.buf, w)
		}
	}
	slices.Sort(b.buf)
	b.buf = slices.Compact(b.buf)
	return b.buf
}

// score is how much record i looks like the kind: the sum of the logarithms of
// its words' ratios over the root of their number.
func (b *bayes) score(i int, without []uint32) float64 {
	f := foldOf(i)
	k, r := &b.kind[f], &b.rest[f]
	sum := 0.0
	words := b.words(i, without)
	for _, w := range words {
		sum += math.Log((float64(k.words[w]) + alpha) / (float64(k.docs) + 2*alpha) * (float64(r.docs) + 2*alpha) / (float64(r.words[w]) + alpha))
	}
	return sum / math.Sqrt(float64(max(1, len(words))))
}

// areaUnder is the chance that a record of the kind has a higher score than one
// of the rest.
func areaUnder(scores []float64, of []bool) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case scores[a] < scores[b]:
			return -1
		case scores[a] > scores[b]:
			return 1
		}
		return 0
	})
	sum, n := 0.0, 0
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && scores[order[j]] == scores[order[i]] {
			j++
		}
		for _, at := range order[i:j] {
			if of[at] {
				sum += float64(i+j+1) / 2 // mean rank, from 1
				n++
			}
		}
		i = j
	}
	rest := len(scores) - n
	if n == 0 || rest == 0 {
		return 0.5
	}
	return (sum - float64(n)*float64(n+1)/2) / (float64(n) * float64(rest))
}
