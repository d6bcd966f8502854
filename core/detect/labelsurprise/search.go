// Package labelsurprise finds words that bend labels: texts which have
// something in common and a label that the rest of their words speak against.
package labelsurprise

import (
	"cmp"
	"context"
	"math"
	"slices"

	"taster/core"
	"taster/core/corpus"
)

const (
	leastRows, leastClasses, mostClasses = 60, 2, 50
	leastDocs, leastOdd                  = 4, 3
	mostShare                            = 0.5 // of all texts that may have a feature
	leastPurity                          = 0.8
	mostPurityZ                          = 8   // what purity can add to the rank
	mostWords                            = 4   // of a feature
	clearAgainst                         = 0.8 // and must for a high finding
	leastAgainst                         = 0.6 // share of the texts whose other words must speak for another label
	leastSpread                          = 0.1 // of the surprise in a class: where words tell everything, it is next to none
	sameFeature                          = 0.8
	blockCells                           = 4 << 20 // counts held at once
)

// Bent is a feature whose texts have a surprising label.
type Bent struct {
	Name    string
	Label   string
	Docs    []int32 // with the feature and the label
	With    int     // with the feature
	Z       float64 // standard errors by which their labels surprise more than usual
	PurityZ float64
	Purity  float64
	Against float64 // share of the texts whose other words speak for another label
	Looks   string  // the label that their other words speak for
	Level   core.Severity
	feature uint32
}

// Rank is what features are ordered by.
func (b *Bent) Rank() float64 { return b.Z + min(b.PurityZ, mostPurityZ) }

// Found is what a search saw.
type Found struct {
	Bent     []Bent // the most surprising first, at most ten
	Classes  []string
	Accuracy float64 // share of labels that the words of a text tell, out of fold
	Short    string  // why nothing was looked at; "" when it was
}

// Search looks for features of c, which has labels.
func Search(ctx context.Context, c *corpus.Corpus) (*Found, error) {
	s := &search{ctx: ctx, c: c}
	s.classify()
	out := &Found{Classes: s.classes}
	switch {
	case len(c.Docs) < leastRows:
		out.Short = "fewer than 60 different texts"
		return out, nil
	case len(s.classes) < leastClasses || len(s.classes) > mostClasses:
		out.Short = "labels of fewer than 2 or more than 50 classes"
		return out, nil
	}
	m, err := train(ctx, c, s.label, len(s.classes))
	if err != nil {
		return nil, err
	}
	s.m = m
	out.Accuracy = m.accuracy
	all, err := s.all()
	if err != nil {
		return nil, err
	}
	out.Bent = s.merge(all)
	return out, nil
}

type search struct {
	ctx     context.Context
	c       *corpus.Corpus
	classes []string
	label   []int
	counts  []int // of each class
	m       *model
	mean    []float64 // surprise of each class
	sd      []float64
}

// classify numbers the labels in the order of their names.
func (s *search) classify() {
	seen := map[string]bool{}
	for i := range s.c.Docs {
		seen[s.c.Docs[i].Label] = true
	}
	for l := range seen {
		s.classes = append(s.classes, l)
	}
	slices.Sort(s.classes)
	s.counts = make([]int, len(s.classes))
	for i := range s.c.Docs {
		k, _ := slices.BinarySearch(s.classes, s.c.Docs[i].Label)
		s.label = append(s.label, k)
		s.counts[k]++
	}
}

// all lists the features that are pure enough, with how much they surprise.
func (s *search) all() ([]Bent, error) {
	s.usual()
	var out []Bent
	size := max(1, blockCells/len(s.classes))
	for from := 1; from < s.c.Features(); from += size {
		part, err := s.block(from, min(from+size, s.c.Features()))
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	slices.SortFunc(out, func(a, b Bent) int { return cmp.Or(cmp.Compare(b.Rank(), a.Rank()), cmp.Compare(a.feature, b.feature)) })
	return out, nil
}

// usual is the mean surprise of each class and its spread.
func (s *search) usual() {
	k := len(s.classes)
	s.mean, s.sd = make([]float64, k), make([]float64, k)
	each := make([]float64, len(s.label))
	for i, l := range s.label {
		each[i], _ = s.m.surprise(i, l, nil)
		s.mean[l] += each[i]
	}
	for l := range s.mean {
		s.mean[l] /= float64(s.counts[l])
	}
	for i, l := range s.label {
		d := each[i] - s.mean[l]
		s.sd[l] += d * d
	}
	for l := range s.sd {
		s.sd[l] = max(leastSpread, math.Sqrt(s.sd[l]/float64(max(1, s.counts[l]-1))))
	}
}

// block looks at the features [from, to).
func (s *search) block(from, to int) ([]Bent, error) {
	k := len(s.classes)
	counts := make([]uint32, (to-from)*k)
	last := make([]uint32, to-from)
	each := func(yield func(i int, f uint32)) error {
		clear(last)
		for i := range s.c.Docs {
			if i&1023 == 0 && s.ctx.Err() != nil {
				return s.ctx.Err()
			}
			s.c.Each(i, func(f uint32) {
				if at := int(f) - from; at >= 0 && at < to-from && last[at] != uint32(i+1) {
					last[at] = uint32(i + 1)
					yield(i, f)
				}
			})
		}
		return nil
	}
	if err := each(func(i int, f uint32) { counts[(int(f)-from)*k+s.label[i]]++ }); err != nil {
		return nil, err
	}
	major := s.pure(counts, from, to)
	sums, against := make([]float64, to-from), make([]int, to-from)
	err := each(func(i int, f uint32) {
		if l := major[int(f)-from]; l >= 0 && s.label[i] == int(l) {
			x, other := s.m.surprise(i, int(l), s.c.Parts(f))
			if sums[int(f)-from] += x; other {
				against[int(f)-from]++
			}
		}
	})
	var out []Bent
	for at, l := range major {
		if l < 0 {
			continue
		}
		b := s.bent(uint32(from+at), int(l), int(counts[at*k+int(l)]), sums[at])
		if b.Against = float64(against[at]) / float64(counts[at*k+int(l)]); b.Against >= leastAgainst {
			out = append(out, b)
		}
	}
	return out, err
}

// pure is the commonest label of each feature; -1 where it has none that counts.
func (s *search) pure(counts []uint32, from, to int) []int8 {
	k := len(s.classes)
	major := make([]int8, to-from)
	for at := range major {
		f := uint32(from + at)
		major[at] = -1
		least := leastDocs
		if s.c.OddOf(f) != corpus.Plain {
			least = leastOdd
		}
		if n := s.c.DocsWith(f); n < least || float64(n) > mostShare*float64(len(s.c.Docs)) || s.c.Size(f) > mostWords {
			continue
		}
		best := 0
		for l := range k {
			if counts[at*k+l] > counts[at*k+best] {
				best = l
			}
		}
		if float64(counts[at*k+best]) >= leastPurity*float64(s.c.DocsWith(f)) {
			major[at] = int8(best)
		}
	}
	return major
}

func (s *search) bent(f uint32, l, n int, sum float64) Bent {
	all := float64(s.c.DocsWith(f))
	b := Bent{feature: f, Label: s.classes[l], With: int(all), Purity: float64(n) / all}
	if s.sd[l] > 0 {
		b.Z = (sum/float64(n) - s.mean[l]) / (s.sd[l] / math.Sqrt(float64(n)))
	}
	p0 := float64(s.counts[l]) / float64(len(s.label))
	if p0 < 1 {
		b.PurityZ = (b.Purity - p0) / math.Sqrt(p0*(1-p0)/all)
	}
	return b
}

// merge puts features of about the same texts together, and gives levels.
func (s *search) merge(all []Bent) []Bent {
	const most, tried = 10, 400
	all = all[:min(len(all), tried)]
	var features []uint32
	for _, b := range all {
		features = append(features, b.feature)
	}
	postings := s.c.Postings(features)
	var out []Bent
	for _, b := range all {
		for _, d := range postings[b.feature] {
			if s.classes[s.label[d]] == b.Label {
				b.Docs = append(b.Docs, d)
			}
		}
		same := slices.IndexFunc(out, func(o Bent) bool { return overlap(o.Docs, b.Docs) >= sameFeature })
		switch {
		case same < 0 && len(out) < most:
			out = append(out, b)
		case same >= 0 && s.longer(b.feature, out[same].feature) && len(b.Docs) >= len(out[same].Docs)*4/5:
			out[same].feature = b.feature
		}
	}
	for i := range out {
		b := &out[i]
		b.Name, b.Looks = s.c.Name(b.feature), s.looks(b)
		switch n := len(b.Docs); {
		case b.Z >= 10 && b.Purity >= 0.9 && b.Against >= clearAgainst && n >= 5:
			b.Level = core.High
		case i == 0 && b.Z >= 2 && b.Rank() >= 6:
			b.Level = core.Medium
		}
	}
	return out
}

func (s *search) longer(a, b uint32) bool { return length(s.c, a) > length(s.c, b) }

// length counts an odd piece as three and a half words.
func length(c *corpus.Corpus, f uint32) float64 {
	if c.OddOf(f) != corpus.Plain {
		return 3.5
	}
	return float64(c.Size(f))
}

// looks is the label that most of b's texts would have without its words.
func (s *search) looks(b *Bent) string {
	votes := make([]int, len(s.classes))
	own, _ := slices.BinarySearch(s.classes, b.Label)
	for _, d := range b.Docs {
		votes[s.m.best(int(d), s.c.Parts(b.feature), own)]++
	}
	best := 0
	for l, n := range votes {
		if n > votes[best] {
			best = l
		}
	}
	return s.classes[best]
}

// overlap is the share of the smaller list that is in both, which ascend.
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
