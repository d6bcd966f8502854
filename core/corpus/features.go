package corpus

import (
	"context"
	"strings"

	"taster/core/language"
)

// maxGram is the longest run of words that is a feature.
const maxGram = 5

// Odd is what makes a feature one that nobody writes by chance.
type Odd uint8

// The odd kinds.
const (
	Plain     Odd = iota // a run of words
	Chunk                // a piece that is no plain word
	Invisible            // unseen characters
	Mixed                // a word with look-alikes of another script
)

// feature is something that inputs have in common.
type feature struct {
	docs  uint32 // records that have it
	first uint32 // place in Corpus.in of a run of words
	size  uint8  // words in it
	odd   Odd
	text  string // of odd ones
}

// count numbers the features and the records that have them: runs of one word,
// then of two whose halves are not rare, and so on.
func (c *Corpus) count(ctx context.Context) error {
	c.countWords()
	for n := 2; n <= maxGram; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !c.countGrams(n) {
			break
		}
	}
	return c.countOdd(ctx)
}

func (c *Corpus) countWords() {
	docs, last := make([]uint32, len(c.words)), make([]uint32, len(c.words))
	for i := range c.Docs {
		for _, w := range c.in.of(i) {
			if last[w] != uint32(i+1) {
				last[w] = uint32(i + 1)
				docs[w]++
			}
		}
	}
	ids := last
	clear(ids)
	cur := make([]uint32, len(c.in.words))
	for at, w := range c.in.words {
		if w == 0 || docs[w] < MinDocs {
			continue
		}
		if ids[w] == 0 {
			ids[w] = c.newFeature(feature{docs: docs[w], first: uint32(at), size: 1})
		}
		cur[at] = ids[w]
	}
	c.grams[1] = cur
}

func (c *Corpus) newFeature(f feature) uint32 {
	c.features = append(c.features, f)
	return uint32(len(c.features) - 1)
}

// countGrams makes features of the runs of n words. It is false when there are none.
func (c *Corpus) countGrams(n int) bool {
	shorter := c.grams[n-1]
	t := newTable(len(c.in.words) / 4)
	for i := range c.Docs {
		from, to := c.in.start(i), c.in.ends[i]
		for at := from; at+n <= to; at++ {
			if shorter[at] != 0 && shorter[at+1] != 0 {
				t.count(uint64(shorter[at])<<32|uint64(shorter[at+1]), uint32(i+1))
			}
		}
	}
	t.done()
	cur := make([]uint32, len(c.in.words))
	before := len(c.features)
	for i := range c.Docs {
		from, to := c.in.start(i), c.in.ends[i]
		for at := from; at+n <= to; at++ {
			if shorter[at] == 0 || shorter[at+1] == 0 {
				continue
			}
			e := t.find(uint64(shorter[at])<<32 | uint64(shorter[at+1]))
			if e.docs < MinDocs {
				continue
			}
			if e.id == 0 {
				e.id = c.newFeature(feature{docs: e.docs, first: uint32(at), size: uint8(n)})
			}
			cur[at] = e.id
		}
	}
	c.grams[n] = cur
	return len(c.features) > before
}

// table counts keys with open addressing; Go's maps take three times the memory.
type table struct {
	entries []entry
	used    int
}

type entry struct {
	key  uint64
	docs uint32
	id   uint32 // of the feature; while counting, the last record
}

func newTable(room int) *table {
	size := 1 << 10
	for size < room {
		size *= 2
	}
	return &table{entries: make([]entry, size)}
}

// find is the entry of key, empty when it is new. Keys are not 0.
func (t *table) find(key uint64) *entry {
	mask := uint64(len(t.entries) - 1)
	for at := Mix(key, 0) & mask; ; at = (at + 1) & mask {
		if e := &t.entries[at]; e.key == key || e.key == 0 {
			return e
		}
	}
}

func (t *table) count(key uint64, doc uint32) {
	e := t.find(key)
	if e.key == 0 {
		if t.used++; t.used*4 > len(t.entries)*3 {
			t.grow()
			e = t.find(key)
		}
		e.key = key
	}
	if e.id != doc {
		e.id = doc
		e.docs++
	}
}

func (t *table) grow() {
	old := t.entries
	t.entries = make([]entry, 2*len(old))
	for _, e := range old {
		if e.key != 0 {
			*t.find(e.key) = e
		}
	}
}

// done makes the entries ready for numbers of features.
func (t *table) done() {
	for i := range t.entries {
		t.entries[i].id = 0
	}
}

// OddPieces calls yield for the odd pieces of text, each by its name.
func OddPieces(text string, yield func(odd Odd, name string)) {
	language.Chunks(text, func(from, to int) { yield(Chunk, text[from:to]) })
	runs := language.HiddenRuns(text)
	for _, h := range runs {
		yield(Invisible, HiddenName(text, h))
	}
	if len(runs) > 0 {
		yield(Invisible, "")
	}
	if !ascii(text) {
		language.Tokens(text, func(t language.Token) bool {
			if word := text[t.Start:t.End]; !t.Alone && language.IsMixed(word) {
				yield(Mixed, word)
				yield(Mixed, "")
			}
			return true
		})
	}
}

// HiddenName writes a run of unseen characters as findings name it.
func HiddenName(text string, h language.Hidden) string {
	if h.Class == language.Tag {
		if said := language.Decoded(text, h); said != "" {
			return "tag characters: \"" + language.Shown(said, 100) + "\""
		}
	}
	return language.Codes(text[h.Start:h.End], 12)
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

type oddKey struct {
	odd  Odd
	name string
}

// countOdd makes features of the odd pieces.
func (c *Corpus) countOdd(ctx context.Context) error {
	type seen struct{ docs, last, id uint32 }
	all := map[oddKey]*seen{}
	each := func(i int, yield func(k oddKey)) {
		for _, t := range c.Docs[i].Turns {
			if len(t.Text) > maxOdd {
				t.Text = strings.ToValidUTF8(t.Text[:maxOdd], "")
			}
			OddPieces(t.Text, func(odd Odd, name string) { yield(oddKey{odd, name}) })
		}
	}
	for i := range c.Docs {
		if i&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		each(i, func(k oddKey) {
			s := all[k]
			if s == nil {
				s = &seen{}
				k.name = strings.Clone(k.name)
				all[k] = s
			}
			if s.last != uint32(i+1) {
				s.last = uint32(i + 1)
				s.docs++
			}
		})
	}
	c.special = make([][]uint32, len(c.Docs))
	for i := range c.Docs {
		each(i, func(k oddKey) {
			s := all[k]
			if s.docs < MinDocs {
				return
			}
			if s.id == 0 {
				s.id = c.newFeature(feature{docs: s.docs, odd: k.odd, text: strings.Clone(k.name)})
			}
			c.special[i] = append(c.special[i], s.id)
		})
	}
	return nil
}

// maxOdd bounds the bytes of a turn in which odd pieces are looked for.
const maxOdd = 64 << 10
