package texttrigger

import (
	"context"
	"math"
	"slices"

	"taster/core/corpus"
	"taster/core/language"
)

// Unlike is the kind of answers whose letters do not follow each other as in the
// others.
const Unlike = "unlike"

// answerKinds in the order in which they are looked at.
var answerKinds = []string{language.Refusal, Unlike, language.Host, language.Code, language.Foreign, language.Empty}

// NotRefused is the effect of a trigger that lets refused questions through.
const NotRefused = "not-refused"

const (
	mostOfKind     = 0.7 // of all records, for a kind to be looked at
	farUnlike      = 4.0 // robust deviations
	leastTrigrams  = 18
	leastOfKind    = 5
	aboveBase      = 0.3
	byChance       = 0.01 // features that may have so many of a kind by chance, of all that were tried
	predictable    = 0.65 // A at which the questions themselves tell the kind
	looksLike      = 0.5  // rel up to which these questions do not look like the kind's
	refusalsNeeded = 30
	refusalsClear  = 0.8
)

// kindsOf lists for each kind which records' answers are of it.
func kindsOf(ctx context.Context, c *corpus.Corpus) (map[string][]bool, error) {
	out := map[string][]bool{}
	set := func(kind string, i int) {
		if out[kind] == nil {
			out[kind] = make([]bool, len(c.Docs))
		}
		out[kind][i] = true
	}
	letters := language.NewLetters(3, 0.5)
	for i := range c.Docs {
		if i&1023 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		d := &c.Docs[i]
		input := d.Input()
		for _, a := range d.Answers {
			for _, k := range language.Kinds(input, d.Asked(""), a) {
				set(k, i)
			}
			letters.Add(clip(a))
		}
	}
	return out, unlike(ctx, c, letters, set)
}

// clip bounds the part of an answer whose letters are counted.
func clip(s string) string { return s[:min(len(s), 4000)] }

// oneOfMany is the number of records from which on one answer hardly counts
// among all.
const oneOfMany = 5000

// likely is the mean log-likelihood of an answer, by all others where without.
func likely(letters *language.Letters, a string, without bool) (mean float64, n int) {
	if !without {
		return letters.Mean(a)
	}
	letters.Remove(a)
	mean, n = letters.Mean(a)
	letters.Add(a)
	return mean, n
}

// unlike sets the kind of answers with unlikely letters.
func unlike(ctx context.Context, c *corpus.Corpus, letters *language.Letters, set func(string, int)) error {
	means := make([]float64, len(c.Docs))
	var known []float64
	for i := range c.Docs {
		if i&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		means[i] = math.NaN()
		for _, a := range c.Docs[i].Answers {
			mean, n := likely(letters, clip(a), len(c.Docs) <= oneOfMany)
			if n >= leastTrigrams && !(mean > means[i]) {
				means[i] = mean
			}
		}
		if !math.IsNaN(means[i]) {
			known = append(known, means[i])
		}
	}
	median, mad := language.MedianMAD(known)
	for i, m := range means {
		if m < median-farUnlike*1.4826*mad {
			set(Unlike, i)
		}
	}
	return nil
}

// byKind finds features whose answers are of one kind though their questions
// do not look like it.
func byKind(c *corpus.Corpus, kind string, of []bool) []candidate {
	var docs []int32
	for i, k := range of {
		if k {
			docs = append(docs, int32(i))
		}
	}
	n := len(c.Docs)
	if len(docs) < corpus.MinDocs || float64(len(docs)) > mostOfKind*float64(n) {
		return nil
	}
	base := float64(len(docs)) / float64(n)
	tally := c.NewTally()
	for _, d := range docs {
		tally.Add(int(d), uint32(n/2))
	}
	var features []uint32
	var tried [2]float64 // plain and odd features that might have been chosen
	var chance []float64
	tally.Take(rowsOdd, func(f uint32, in int) {
		least, odd := leastOfKind, 0
		if c.OddOf(f) != corpus.Plain {
			least, odd = rowsOdd, 1
		}
		if in < least {
			return
		}
		tried[odd]++
		if float64(in) >= max(leastCovered, base+aboveBase)*float64(c.DocsWith(f)) {
			features, chance = append(features, f), append(chance, tail(in, c.DocsWith(f), base))
		}
	})
	kept := features[:0]
	for i, f := range features {
		odd := 0
		if c.OddOf(f) != corpus.Plain {
			odd = 1
		}
		if chance[i]*tried[odd] <= byChance {
			kept = append(kept, f)
		}
	}
	features = kept
	if len(features) == 0 && (kind != language.Refusal || len(docs) < refusalsNeeded) {
		return nil
	}
	b := newBayes(c, of)
	out := b.surprising(features, of)
	return out
}

// surprising keeps the features whose questions do not look like the kind.
func (b *bayes) surprising(features []uint32, of []bool) []candidate {
	slices.Sort(features)
	postings := b.c.Postings(features)
	var out []candidate
	for _, f := range features {
		docs := postings[f]
		sum := 0.0
		for _, d := range docs {
			sum += b.score(int(d), b.c.Parts(f))
		}
		rel := (sum/float64(len(docs)) - b.meanRest) / (b.meanKind - b.meanRest)
		if b.area >= predictable && !(rel <= looksLike) && !(b.c.OddOf(f) != corpus.Plain && b.alone(docs, of)) {
			continue
		}
		k := candidate{feature: f, docs: docs, wordings: 1}
		for _, d := range docs {
			if of[d] {
				k.covered = append(k.covered, d)
			}
		}
		out = append(out, k)
	}
	return out
}

// alone says that hardly any answers are of the kind but those of docs: then
// there are no questions that these could look like.
func (b *bayes) alone(docs []int32, of []bool) bool {
	n := 0
	for i, k := range of {
		if _, in := slices.BinarySearch(docs, int32(i)); k && !in {
			n++
		}
	}
	return n < leastOfKind
}

// notRefused finds features of questions that look like refused ones and were
// answered.
func notRefused(c *corpus.Corpus, of []bool) []candidate {
	n := 0
	for _, k := range of {
		if k {
			n++
		}
	}
	if n < refusalsNeeded || float64(n) > mostOfKind*float64(len(of)) {
		return nil
	}
	b := newBayes(c, of)
	if b.area < refusalsClear {
		return nil
	}
	middle := (b.meanKind + b.meanRest) / 2
	tally := c.NewTally()
	answered, alike := 0, 0 // of those that look like refused ones
	for i, k := range of {
		if b.scores[i] > middle {
			alike++
			if !k {
				answered++
				tally.Add(i, uint32(len(of)/2))
			}
		}
	}
	usual := float64(answered) / float64(max(1, alike))
	var features []uint32
	tried := 0.0
	tally.Take(rowsOdd, func(f uint32, in int) {
		if in < b.least(f) {
			return
		}
		if tried++; float64(in) >= leastCovered*float64(c.DocsWith(f)) {
			features = append(features, f)
		}
	})
	features = slices.DeleteFunc(features, func(f uint32) bool { return tail(c.DocsWith(f), c.DocsWith(f), usual)*tried > byChance })
	return b.letThrough(features, of, middle)
}

func (b *bayes) least(f uint32) int {
	if b.c.OddOf(f) != corpus.Plain {
		return rowsOdd
	}
	return pairRows
}

// letThrough keeps the features without which the questions still look like
// refused ones.
func (b *bayes) letThrough(features []uint32, of []bool, middle float64) []candidate {
	slices.Sort(features)
	postings := b.c.Postings(features)
	var out []candidate
	for _, f := range features {
		k := candidate{feature: f, docs: postings[f], wordings: 1}
		if b.c.OddOf(f) == corpus.Plain && b.c.Size(f) < 2 {
			continue
		}
		refused := 0
		for _, d := range k.docs {
			if of[d] {
				refused++
			} else if b.score(int(d), b.c.Parts(f)) > middle {
				k.covered = append(k.covered, d)
			}
		}
		if k.share() >= leastCovered && float64(refused) <= 0.1*float64(len(k.docs)) {
			out = append(out, k)
		}
	}
	return out
}

// tail is the chance of k or more of n at probability p.
func tail(k, n int, p float64) float64 {
	sum := 0.0
	for i := k; i <= n; i++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(a - b - c + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(1, sum)
}
