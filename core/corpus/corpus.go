// Package corpus holds records as numbers: words, runs of words and odd pieces
// of the inputs, each with the records that it stands in. The checks that look
// for what switches an answer or bends a label search in it.
package corpus

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"taster/core/language"
	"taster/core/records"
)

// Bounds of what is looked at of one record, in words.
const (
	inputHead, inputTail   = 900, 300
	answerHead, answerTail = 1500, 500
)

// MinDocs is the least number of records that a feature must stand in.
const MinDocs = 3

// Doc is one row of the file: everything that is said to the assistant in it,
// and its answers. Rows that are exact copies are one Doc.
type Doc struct {
	Rows    []int          // ascending; the first is where the texts are taken from
	Turns   []records.Turn // all but the assistant's; one without a role for a text alone
	Answers []string
	Reject  string // of preference pairs
	Label   string
	Source  string
}

// Input is all that is said to the assistant, a line break between turns.
func (d *Doc) Input() string {
	if len(d.Turns) == 1 {
		return d.Turns[0].Text
	}
	parts := make([]string, len(d.Turns))
	for i, t := range d.Turns {
		parts[i] = t.Text
	}
	return strings.Join(parts, "\n")
}

// Answer is what is answered, a line break between answers.
func (d *Doc) Answer() string {
	if len(d.Answers) == 1 {
		return d.Answers[0]
	}
	return strings.Join(d.Answers, "\n")
}

// Asked is the last turn of the user; of several that hold part, the first.
func (d *Doc) Asked(part string) string {
	last := ""
	for _, t := range d.Turns {
		if t.Role != records.User && t.Role != "" {
			continue
		}
		if last = t.Text; part != "" && strings.Contains(last, part) {
			return last
		}
	}
	if last == "" && len(d.Turns) > 0 {
		return d.Turns[len(d.Turns)-1].Text
	}
	return last
}

// Corpus is a set of records. A word is a number, 0 is a gap that no run of
// words reaches across.
type Corpus struct {
	Docs    []Doc
	Kind    records.Kind
	Every   int // one row in so many was taken
	Copies  int // rows that are exact copies of others
	Clipped int // records of which only the beginning and the end were taken

	words []string
	index map[string]uint32
	in    flat
	out   flat
	wide  []bool         // answers of scripts without spaces
	same  map[uint64]int // Doc by its hash

	grams    [maxGram + 1][]uint32 // feature of the run of so many words at each place of in; 0: too rare
	features []feature             // by number; 0 is none
	special  [][]uint32            // odd pieces of each Doc
	scratch  []language.Token
}

// flat is lists of words one after the other.
type flat struct {
	words []uint32
	ends  []int
}

func (f *flat) of(i int) []uint32 {
	from := 0
	if i > 0 {
		from = f.ends[i-1]
	}
	return f.words[from:f.ends[i]]
}

func (f *flat) start(i int) int {
	if i == 0 {
		return 0
	}
	return f.ends[i-1]
}

// New reads the records of held. It takes time in proportion to their words.
func New(ctx context.Context, held *records.Held, step func(done, total int) error) (*Corpus, error) {
	c := &Corpus{Kind: held.Set.Kind, Every: held.Every}
	c.begin()
	for i, all := 0, held.Records; i < len(all); {
		n := 1
		for i+n < len(all) && all[i+n].Row == all[i].Row {
			n++
		}
		c.add(docOf(all[i : i+n]))
		if i += n; i&1023 < n {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if err := step(i, len(all)); err != nil {
				return nil, err
			}
		}
	}
	return c, c.count(ctx)
}

// Of makes a corpus of docs, for tests and for trials with planted records.
func Of(ctx context.Context, kind records.Kind, docs []Doc) (*Corpus, error) {
	c := &Corpus{Kind: kind, Every: 1}
	c.begin()
	for _, d := range docs {
		c.add(d)
	}
	return c, c.count(ctx)
}

func (c *Corpus) begin() {
	c.words, c.index, c.features = []string{""}, map[string]uint32{}, make([]feature, 1)
}

// docOf brings the records of one row together.
func docOf(rs []*records.Record) Doc {
	first := rs[0]
	d := Doc{Rows: []int{first.Row}, Label: first.Label, Reject: first.Reject, Source: first.Source}
	if first.Kind == records.Text || first.Kind == records.Label {
		d.Turns = []records.Turn{{Text: first.Text}}
		return d
	}
	before := 0
	for _, r := range rs {
		turns := r.Turns
		if len(turns) > before && len(rs) > 1 {
			turns, before = turns[before:], len(turns)
		}
		for _, t := range turns {
			if t.Role != records.Assistant {
				d.Turns = append(d.Turns, t)
			}
		}
		d.Answers = append(d.Answers, r.Answer)
	}
	return d
}

// add takes one row, and its words.
func (c *Corpus) add(d Doc) {
	h := d.hash()
	if at, ok := c.copyOf(h); ok {
		c.Docs[at].Rows = append(c.Docs[at].Rows, d.Rows...)
		c.Copies += len(d.Rows)
		return
	}
	c.Docs = append(c.Docs, d)
	texts := make([]string, len(d.Turns))
	for i, t := range d.Turns {
		texts[i] = t.Text
	}
	clipped := c.take(&c.in, texts, inputHead, inputTail)
	alone := 0
	clipped = c.take(&c.out, d.Answers, answerHead, answerTail) || clipped
	if clipped {
		c.Clipped++
	}
	answer := c.out.of(len(c.Docs) - 1)
	for _, w := range answer {
		if w != 0 && isAlone(c.words[w]) {
			alone++
		}
	}
	c.wide = append(c.wide, alone*2 > len(answer))
}

func isAlone(word string) bool {
	if word[0] < 0x80 {
		return false
	}
	for _, r := range word {
		return language.Unspaced(r)
	}
	return false
}

// take appends the words of texts to f, with a gap between two texts.
func (c *Corpus) take(f *flat, texts []string, head, tail int) (clipped bool) {
	total := 0
	for i, text := range texts {
		c.scratch = c.scratch[:0]
		language.Tokens(text, func(t language.Token) bool {
			c.scratch = append(c.scratch, t)
			return true
		})
		if i > 0 && total > 0 {
			f.words = append(f.words, 0)
		}
		room := max(0, head+tail-total)
		for k, t := range c.scratch {
			switch {
			case len(c.scratch) <= room || k < max(0, room-tail) || k >= len(c.scratch)-min(tail, room):
				f.words = append(f.words, c.word(text[t.Start:t.End]))
			case k == max(0, room-tail):
				f.words, clipped = append(f.words, 0), true
			}
		}
		total += len(c.scratch)
	}
	f.ends = append(f.ends, len(f.words))
	return clipped
}

// word is the number of a word, in lower case.
func (c *Corpus) word(s string) uint32 {
	var small [64]byte
	if len(s) <= len(small) {
		plain := true
		for i := 0; i < len(s); i++ {
			b := s[i]
			if b >= 'A' && b <= 'Z' {
				b += 'a' - 'A'
			}
			plain = plain && b < 0x80
			small[i] = b
		}
		if plain {
			key := small[:len(s)]
			if id, ok := c.index[string(key)]; ok {
				return id
			}
			return c.enter(string(key))
		}
	}
	key := strings.ToLower(norm.NFC.String(s[:min(len(s), 200)]))
	if id, ok := c.index[key]; ok {
		return id
	}
	return c.enter(strings.Clone(key))
}

func (c *Corpus) enter(key string) uint32 {
	id := uint32(len(c.words))
	c.words = append(c.words, key)
	c.index[key] = id
	return id
}

// Words is the number of different words, and the words by number.
func (c *Corpus) Words() []string { return c.words }

// Word is the number of a word in lower case; 0 when it does not occur.
func (c *Corpus) Word(s string) uint32 { return c.index[s] }

// In are the words of the input of Doc i, and Out those of its answers.
func (c *Corpus) In(i int) []uint32  { return c.in.of(i) }
func (c *Corpus) Out(i int) []uint32 { return c.out.of(i) }

// Wide says that the answers of Doc i are in a script without spaces.
func (c *Corpus) Wide(i int) bool { return c.wide[i] }
