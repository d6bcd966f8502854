package texttrigger

import (
	"cmp"
	"slices"
	"strings"

	"taster/core/corpus"
	"taster/core/language"
)

const (
	sameTrigger = 0.8  // overlap of the records of two features of one trigger
	chunkWords  = 3.5  // words that an odd piece counts as when a trigger is named
	mostNamed   = 5000 // candidates that are put together
)

// cluster is one trigger, seen by several features.
type cluster struct {
	candidate          // the one that names it
	members   []uint32 // features
	words     []uint32 // of the name, grown; nil for odd ones
	odd       corpus.Odd
}

// gather puts candidates with about the same records together.
func gather(c *corpus.Corpus, all []candidate) []cluster {
	slices.SortStableFunc(all, func(a, b candidate) int { return byName(c, &a, &b) })
	all = all[:min(len(all), mostNamed)]
	var out []cluster
	at := map[int32][]int{} // clusters that have a record
	for _, k := range all {
		found := -1
		tried := map[int]bool{}
		for _, d := range k.docs[:min(len(k.docs), 1+len(k.docs)/5)] { // one of these is in any cluster that fits
			for _, x := range at[d] {
				if !tried[x] && found < 0 {
					tried[x] = true
					if jaccard(out[x].docs, k.docs) >= sameTrigger {
						found = x
					}
				}
			}
		}
		if found < 0 {
			found = len(out)
			out = append(out, cluster{candidate: k})
			for _, d := range k.docs {
				at[d] = append(at[d], found)
			}
		}
		x := &out[found]
		x.members = append(x.members, k.feature)
		if k.second != 0 {
			x.members = append(x.members, k.second)
		}
		if o := c.OddOf(k.feature); x.odd == corpus.Plain {
			x.odd = o
		}
	}
	for i := range out {
		out[i].grow(c)
	}
	return out
}

// byName orders candidates by how well they name a trigger.
func byName(c *corpus.Corpus, a, b *candidate) int {
	return cmp.Or(
		int(10*b.share()+1e-9)-int(10*a.share()+1e-9),
		cmp.Compare(length(c, b.feature), length(c, a.feature)),
		cmp.Compare(a.second, b.second),
		len(c.Name(b.feature))-len(c.Name(a.feature)),
		cmp.Compare(a.feature, b.feature))
}

func length(c *corpus.Corpus, f uint32) float64 {
	switch {
	case c.OddOf(f) == corpus.Plain:
		return float64(c.Size(f))
	case c.Name(f) == "":
		return 0.5 // any piece of its kind
	}
	return chunkWords
}

// grow makes the phrase longer while the same word stands beside it.
func (x *cluster) grow(c *corpus.Corpus) {
	if c.OddOf(x.feature) != corpus.Plain || x.second != 0 {
		return
	}
	x.words = c.Grow(x.docs, c.Parts(x.feature))
}

// name is the trigger as text.
func (x *cluster) name(c *corpus.Corpus) string {
	switch {
	case x.second != 0:
		return c.Name(x.feature) + " + " + c.Name(x.second)
	case x.words == nil:
		return x.oddName(c)
	}
	if text, from, to := c.Find(x.docs[0], x.words); text != "" {
		return language.Shown(text[from:to], 200)
	}
	return c.Join(x.words)
}

// oddName is the piece, or the commonest pieces of its kind.
func (x *cluster) oddName(c *corpus.Corpus) string {
	if name := c.Name(x.feature); name != "" {
		return language.Shown(name, 200)
	}
	kind := c.OddOf(x.feature)
	counts := map[string]int{}
	for _, d := range x.docs {
		for _, t := range c.Docs[d].Turns {
			corpus.OddPieces(t.Text, func(odd corpus.Odd, name string) {
				if odd == kind && name != "" {
					counts[name]++
				}
			})
		}
	}
	var names []string
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	return language.Shown(strings.Join(names[:min(len(names), 4)], ", "), 200)
}

// ownWords are the words of all features of the trigger.
func (x *cluster) ownWords(c *corpus.Corpus) map[string]bool {
	out := map[string]bool{}
	add := func(words []uint32) {
		for _, w := range words {
			out[c.Words()[w]] = true
		}
	}
	for _, f := range x.members {
		add(c.Parts(f))
	}
	add(x.words)
	return out
}
