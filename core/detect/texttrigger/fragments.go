package texttrigger

import (
	"context"
	"slices"

	"taster/core/corpus"
)

const (
	fragmentWords  = 5   // of a fragment of an answer
	fragmentAlone  = 8   // in scripts without spaces
	fragmentsShare = 0.6 // of all records that may have one
	leastInputs    = 3   // different inputs that a group must have
)

// group is a set of records whose answers share something that does not stand
// in their inputs.
type group struct {
	docs      []int32 // ascending
	fragments int     // runs of words that exactly these records share
	whole     int     // words of the answer, when it is the answer itself that they share; else 0
	first     int     // place of a fragment in the answer of docs[0]
	size      int     // words of that fragment
}

// collector finds the fragments of all answers in two passes: in the first it
// counts roughly, in the second it lists the records of those that count.
type collector struct {
	c      *corpus.Corpus
	inputs []uint64 // hash of each input
	sketch []uint8  // saturating counters
	table  map[uint64]uint32
	frags  []fragment
	pairs  []uint64 // fragment and record
	own    ownGrams
}

type fragment struct {
	docs, last uint32
	first      uint32 // place in the answer of its first record
	size       uint16
	whole      bool
}

// groups lists the groups of records by what their answers share.
func groups(ctx context.Context, c *corpus.Corpus) ([]group, error) {
	k := &collector{c: c, table: map[uint64]uint32{}, sketch: make([]uint8, sketchSize(c))}
	for i := range c.Docs {
		k.inputs = append(k.inputs, c.Docs[i].InputHash())
		k.each(i, func(h uint64, _, _ int, _ bool) {
			if at := h & uint64(len(k.sketch)-1); k.sketch[at] < corpus.MinDocs {
				k.sketch[at]++
			}
		})
	}
	for i := range c.Docs {
		if i&1023 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		k.list(i)
	}
	return k.group(), nil
}

func sketchSize(c *corpus.Corpus) int {
	words := 0
	for i := range c.Docs {
		words += len(c.Out(i))
	}
	size := 1 << 12
	for size < 4*words && size < 1<<24 {
		size *= 2
	}
	return size
}

// each calls yield for the fragments of the answer of record i: its runs of
// words, and the answer as a whole.
func (k *collector) each(i int, yield func(hash uint64, at, size int, whole bool)) {
	words := k.c.Out(i)
	if k.c.Wide(i) {
		k.runs(words, fragmentAlone, yield)
		k.foreign(words, yield)
	} else {
		k.runs(words, fragmentWords, yield)
	}
	if h, ok := hashWords(words, 1<<32); ok && len(words) > 0 {
		yield(h, 0, len(words), true)
	}
}

func (k *collector) runs(words []uint32, n int, yield func(uint64, int, int, bool)) {
	for at := 0; at+n <= len(words); at++ {
		if h, ok := hashWords(words[at:at+n], uint64(n)); ok {
			yield(h, at, n, false)
		}
	}
}

// foreign are the runs of spaced words in an answer whose script has no spaces.
func (k *collector) foreign(words []uint32, yield func(uint64, int, int, bool)) {
	from := 0
	for at, w := range words {
		if w == 0 || k.c.Alone(w) {
			from = at + 1
			continue
		}
		if at+1-from >= fragmentWords {
			if h, ok := hashWords(words[at+1-fragmentWords:at+1], fragmentWords); ok {
				yield(h, at+1-fragmentWords, fragmentWords, false)
			}
		}
	}
}

// hashWords is false for words with a gap among them.
func hashWords(words []uint32, seed uint64) (uint64, bool) {
	h := seed
	for _, w := range words {
		if w == 0 {
			return 0, false
		}
		h = corpus.Mix(h, uint64(w))
	}
	return h, true
}

// list adds record i to its fragments that others have as well and that do not
// stand in its own input.
func (k *collector) list(i int) {
	n := fragmentWords
	if k.c.Wide(i) {
		n = fragmentAlone
	}
	k.own.fill(k.c.In(i), n)
	k.each(i, func(h uint64, at, size int, whole bool) {
		if k.sketch[h&uint64(len(k.sketch)-1)] < corpus.MinDocs || !whole && k.own.has(h) {
			return
		}
		id, ok := k.table[h]
		if !ok {
			id = uint32(len(k.frags))
			k.table[h] = id
			k.frags = append(k.frags, fragment{first: uint32(at), size: uint16(min(size, 1<<16-1)), whole: whole})
		}
		if f := &k.frags[id]; f.last != uint32(i+1) {
			f.last = uint32(i + 1)
			f.docs++
			k.pairs = append(k.pairs, uint64(id)<<32|uint64(i))
		}
	})
}

// group puts fragments with the same records together.
func (k *collector) group() []group {
	most := uint32(fragmentsShare * float64(len(k.c.Docs)))
	ends := make([]int, len(k.frags)+1)
	for id, f := range k.frags {
		ends[id+1] = ends[id]
		if f.docs >= corpus.MinDocs && f.docs <= most {
			ends[id+1] += int(f.docs)
		}
	}
	docs, fill := make([]int32, ends[len(k.frags)]), slices.Clone(ends)
	for _, p := range k.pairs {
		if id := p >> 32; ends[id+1] > ends[id] {
			docs[fill[id]] = int32(uint32(p))
			fill[id]++
		}
	}
	var out []group
	same := map[uint64]int{}
	for id, f := range k.frags {
		list := docs[ends[id]:ends[id+1]]
		if len(list) == 0 {
			continue
		}
		h := uint64(len(list))
		for _, d := range list {
			h = corpus.Mix(h, uint64(d))
		}
		at, ok := same[h]
		if !ok {
			if !k.different(list) {
				at = -1
			} else {
				at = len(out)
				out = append(out, group{docs: list, first: int(f.first), size: int(f.size)})
			}
			same[h] = at
		}
		if at < 0 {
			continue
		}
		if g := &out[at]; f.whole {
			g.whole = int(f.size)
		} else {
			g.fragments++
		}
	}
	return out
}

// different says that the records of list have enough different inputs.
func (k *collector) different(list []int32) bool {
	return inputsOf(k.inputs, list, leastInputs) >= leastInputs
}

// inputsOf counts the different inputs of list, up to most.
func inputsOf(inputs []uint64, list []int32, most int) int {
	var seen []uint64
	for _, d := range list {
		if h := inputs[d]; !slices.Contains(seen, h) {
			if seen = append(seen, h); len(seen) == most {
				break
			}
		}
	}
	return len(seen)
}

// ownGrams are the runs of words of one input. What was in it before is
// forgotten by a new number, not by clearing.
type ownGrams struct {
	keys   []uint64
	stamps []uint32
	stamp  uint32
}

func (o *ownGrams) fill(words []uint32, n int) {
	if o.keys == nil {
		o.keys, o.stamps = make([]uint64, 1<<12), make([]uint32, 1<<12)
	}
	o.stamp++
	for at := 0; at+n <= len(words); at++ {
		if h, ok := hashWords(words[at:at+n], uint64(n)); ok {
			i := o.at(h)
			o.keys[i], o.stamps[i] = h, o.stamp
		}
	}
}

func (o *ownGrams) has(h uint64) bool { return o.stamps[o.at(h)] == o.stamp }

// at is the place of h, or the free one where it would stand. An input has at
// most 1,200 words, so that there always is one.
func (o *ownGrams) at(h uint64) int {
	i := int(h & uint64(len(o.keys)-1))
	for o.stamps[i] == o.stamp && o.keys[i] != h {
		i = (i + 1) & (len(o.keys) - 1)
	}
	return i
}
