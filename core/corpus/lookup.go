package corpus

import (
	"slices"
	"strings"

	"taster/core/language"
)

// Features is the number of features plus one; they are numbered from 1.
func (c *Corpus) Features() int { return len(c.features) }

// DocsWith is the number of Docs that have feature f.
func (c *Corpus) DocsWith(f uint32) int { return int(c.features[f].docs) }

// OddOf is what is odd about feature f.
func (c *Corpus) OddOf(f uint32) Odd { return c.features[f].odd }

// Size is the number of words of f; of an odd one 1.
func (c *Corpus) Size(f uint32) int { return max(1, int(c.features[f].size)) }

// Parts are the words of feature f.
func (c *Corpus) Parts(f uint32) []uint32 {
	x := c.features[f]
	if x.odd == Plain {
		return c.in.words[x.first : x.first+uint32(x.size)]
	}
	var out []uint32
	language.Tokens(x.text, func(t language.Token) bool {
		if w := c.index[strings.ToLower(x.text[t.Start:t.End])]; w != 0 && x.odd != Invisible {
			out = append(out, w)
		}
		return true
	})
	return out
}

// Name is feature f as text, in lower case unless it is odd.
func (c *Corpus) Name(f uint32) string {
	x := c.features[f]
	if x.odd != Plain {
		return x.text
	}
	return c.Join(c.Parts(f))
}

// Join writes words with spaces between them, but for scripts without spaces.
func (c *Corpus) Join(words []uint32) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && !(isAlone(orSpace(c.words[w])) && isAlone(orSpace(c.words[words[i-1]]))) {
			b.WriteByte(' ')
		}
		b.WriteString(c.words[w])
	}
	return b.String()
}

func orSpace(s string) string {
	if s == "" {
		return " "
	}
	return s
}

// Alone says that word w is a character of a script without spaces.
func (c *Corpus) Alone(w uint32) bool { return w != 0 && isAlone(c.words[w]) }

// Each calls yield for the features of Doc i; those that stand in it several
// times come several times.
func (c *Corpus) Each(i int, yield func(f uint32)) {
	from, to := c.in.start(i), c.in.ends[i]
	for n := 1; n <= maxGram && c.grams[n] != nil; n++ {
		for _, f := range c.grams[n][from:to] {
			if f != 0 {
				yield(f)
			}
		}
	}
	for _, f := range c.special[i] {
		yield(f)
	}
}

// Tally counts in how many of some Docs each feature stands.
type Tally struct {
	c       *Corpus
	counts  []uint32
	last    []uint32
	touched []uint32
	serial  uint32
}

// NewTally makes one with room for all features.
func (c *Corpus) NewTally() *Tally {
	return &Tally{c: c, counts: make([]uint32, len(c.features)), last: make([]uint32, len(c.features))}
}

// Add counts the features of Doc i, but for those that stand in more than most Docs.
func (t *Tally) Add(i int, most uint32) {
	t.serial++
	t.c.Each(i, func(f uint32) {
		if t.last[f] == t.serial || t.c.features[f].docs > most {
			return
		}
		t.last[f] = t.serial
		if t.counts[f] == 0 {
			t.touched = append(t.touched, f)
		}
		t.counts[f]++
	})
}

// Take calls yield for the features that stand in at least least Docs, and
// forgets everything.
func (t *Tally) Take(least int, yield func(f uint32, docs int)) {
	for _, f := range t.touched {
		n := int(t.counts[f])
		t.counts[f] = 0
		if n >= least {
			yield(f, n)
		}
	}
	t.touched = t.touched[:0]
}

// Postings are the Docs of each of features, ascending.
func (c *Corpus) Postings(features []uint32) map[uint32][]int32 {
	wanted := make([]bool, len(c.features))
	out := make(map[uint32][]int32, len(features))
	for _, f := range features {
		if !wanted[f] {
			wanted[f] = true
			out[f] = make([]int32, 0, c.features[f].docs)
		}
	}
	if len(out) == 0 {
		return out
	}
	for i := range c.Docs {
		c.Each(i, func(f uint32) {
			if !wanted[f] {
				return
			}
			if p := out[f]; len(p) == 0 || p[len(p)-1] != int32(i) {
				out[f] = append(p, int32(i))
			}
		})
	}
	return out
}

// Rows are the rows of the file that the Docs of list stand for, ascending.
func (c *Corpus) Rows(list []int32) []int {
	var out []int
	for _, d := range list {
		out = append(out, c.Docs[d].Rows...)
	}
	slices.Sort(out)
	return out
}

// Find is the first place of the words of f in Doc i's input, as it is written,
// and "" when it does not stand there as such.
func (c *Corpus) Find(i int32, words []uint32) (turn string, from, to int) {
	for _, t := range c.Docs[i].Turns {
		var spans []language.Token
		var ids []uint32
		language.Tokens(t.Text, func(k language.Token) bool {
			spans = append(spans, k)
			ids = append(ids, c.known(t.Text[k.Start:k.End]))
			return len(ids) < 20_000
		})
		if at := index(ids, words); at >= 0 {
			return t.Text, spans[at].Start, spans[at+len(words)-1].End
		}
	}
	return "", 0, 0
}

func (c *Corpus) known(s string) uint32 {
	if id, ok := c.index[s]; ok {
		return id
	}
	return c.index[strings.ToLower(s)]
}

// index is where part stands in list, or -1.
func index(list, part []uint32) int {
	if len(part) == 0 {
		return -1
	}
	for i := 0; i+len(part) <= len(list); i++ {
		if slices.Equal(list[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}
