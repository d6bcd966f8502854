// Package pairsurprise finds words in prompts behind which the preferences are
// turned round: a model of all pairs would have chosen the other answer.
package pairsurprise

import (
	"cmp"
	"context"
	"math"
	"slices"

	"taster/core"
	"taster/core/corpus"
)

const (
	leastPairs    = 40
	leastAccuracy = 0.6
	leastDocs     = 4
	mostShare     = 0.5
	mostWords     = 4
	sameFeature   = 0.8
)

// Turned is a feature of prompts whose choices surprise.
type Turned struct {
	Name    string
	Docs    []int32
	Z       float64
	Misfit  float64 // share of the choices that the model would not have made
	Level   core.Severity
	feature uint32
}

// Oddity is something strange about the pairs that no model is needed for.
type Oddity struct {
	What  string // one of the constants below
	Docs  []int32
	Share float64
}

// What may be odd about pairs.
const (
	Equal     = "both answers are the same"
	Opposite  = "the same prompt with opposite choices"
	Shorter   = "the preferred answer has less than a fifth of the other's length"
	OneForAll = "one preferred answer for five prompts or more"
)

// Found is what a search saw.
type Found struct {
	Turned   []Turned // the most surprising first, at most ten
	Accuracy float64  // share of the choices that a model of the others makes as well
	Silent   bool     // the two answers cannot be told apart: nothing was looked for
	Short    string   // why nothing was looked at; "" when it was
	Oddities []Oddity
	Longer   float64 // share of pairs whose longer answer is preferred
	Chances  []float64
}

// Search looks at the pairs of c.
func Search(ctx context.Context, c *corpus.Corpus) (*Found, error) {
	out := &Found{}
	out.Oddities, out.Longer = oddities(c)
	if len(c.Docs) < leastPairs {
		out.Short = "fewer than 40 different pairs"
		return out, nil
	}
	pairs := make([]sparse, len(c.Docs))
	for i := range c.Docs {
		if i&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		pairs[i] = difference(&c.Docs[i])
	}
	p, err := chances(ctx, pairs)
	if err != nil {
		return nil, err
	}
	fits := 0
	for _, x := range p {
		if x >= 0.5 {
			fits++
		}
	}
	out.Chances, out.Accuracy = p, float64(fits)/float64(len(p))
	if out.Silent = out.Accuracy < leastAccuracy; out.Silent {
		return out, nil
	}
	out.Turned = turned(c, p)
	return out, nil
}

// turned ranks the features of prompts by how much their choices surprise.
func turned(c *corpus.Corpus, p []float64) []Turned {
	surprise := make([]float64, len(p))
	mean, sd := 0.0, 0.0
	for i, x := range p {
		surprise[i] = -math.Log(max(x, 1e-12))
		mean += surprise[i] / float64(len(p))
	}
	for _, s := range surprise {
		sd += (s - mean) * (s - mean)
	}
	sd = math.Sqrt(sd / float64(len(p)-1))
	sums, misfits, last := make([]float64, c.Features()), make([]uint32, c.Features()), make([]uint32, c.Features())
	for i := range c.Docs {
		c.Each(i, func(f uint32) {
			if last[f] == uint32(i+1) {
				return
			}
			last[f] = uint32(i + 1)
			sums[f] += surprise[i]
			if p[i] < 0.5 {
				misfits[f]++
			}
		})
	}
	var all []Turned
	for f := 1; f < c.Features(); f++ {
		n := c.DocsWith(uint32(f))
		if n < leastDocs || float64(n) > mostShare*float64(len(p)) || c.Size(uint32(f)) > mostWords {
			continue
		}
		z := (sums[f]/float64(n) - mean) / (sd / math.Sqrt(float64(n)))
		if z > 1 {
			all = append(all, Turned{feature: uint32(f), Z: z, Misfit: float64(misfits[f]) / float64(n)})
		}
	}
	slices.SortFunc(all, func(a, b Turned) int {
		return cmp.Or(cmp.Compare(b.Z, a.Z), cmp.Compare(c.Size(b.feature), c.Size(a.feature)), cmp.Compare(a.feature, b.feature))
	})
	return merge(c, all)
}

// merge puts features of about the same pairs together, and gives levels.
func merge(c *corpus.Corpus, all []Turned) []Turned {
	const most, tried = 10, 400
	all = all[:min(len(all), tried)]
	var features []uint32
	for _, t := range all {
		features = append(features, t.feature)
	}
	postings := c.Postings(features)
	var out []Turned
	for _, t := range all {
		t.Docs = postings[t.feature]
		same := slices.IndexFunc(out, func(o Turned) bool { return overlap(o.Docs, t.Docs) >= sameFeature })
		switch {
		case same < 0 && len(out) < most:
			out = append(out, t)
		case same >= 0 && c.Size(t.feature) > c.Size(out[same].feature) && len(t.Docs) >= len(out[same].Docs)*4/5:
			out[same].feature = t.feature
		}
	}
	for i := range out {
		t := &out[i]
		t.Name = name(c, t)
		switch n := len(t.Docs); {
		case i == 0 && t.Z >= 9 && t.Misfit >= 0.75 && n >= 5:
			t.Level = core.High
		case i == 0 && t.Z >= 6.5 && t.Misfit >= 0.6:
			t.Level = core.Medium
		}
	}
	return out
}

// name is the feature, longer while the same word stands beside all its places.
func name(c *corpus.Corpus, t *Turned) string {
	if c.OddOf(t.feature) != corpus.Plain {
		return c.Name(t.feature)
	}
	return c.Join(c.Grow(t.Docs, c.Parts(t.feature)))
}

func overlap(a, b []int32) float64 {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return float64(n) / float64(max(1, min(len(a), len(b))))
}
