package corpus

import (
	"taster/core/records"
)

// Mix makes an even number of two (the finisher of splitmix64).
func Mix(a, b uint64) uint64 {
	x := a*0x9e3779b97f4a7c15 + b
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func hashText(h uint64, s string) uint64 {
	for len(s) >= 8 {
		h = Mix(h, uint64(s[0])|uint64(s[1])<<8|uint64(s[2])<<16|uint64(s[3])<<24|uint64(s[4])<<32|uint64(s[5])<<40|uint64(s[6])<<48|uint64(s[7])<<56)
		s = s[8:]
	}
	for i := 0; i < len(s); i++ {
		h = Mix(h, uint64(s[i])+256)
	}
	return Mix(h, 511)
}

func hashTurns(turns []records.Turn) uint64 {
	h := uint64(7)
	for _, t := range turns {
		h = hashText(hashText(h, t.Role), t.Text)
	}
	return h
}

// hash is the same for rows that say the same.
func (d *Doc) hash() uint64 {
	h := Mix(hashTurns(d.Turns), 1)
	for _, a := range d.Answers {
		h = hashText(h, a)
	}
	return hashText(hashText(h, d.Reject), d.Label)
}

// InputHash is the same for Docs with the same input.
func (d *Doc) InputHash() uint64 { return hashTurns(d.Turns) }

// copyOf finds the Doc with the same hash.
func (c *Corpus) copyOf(h uint64) (int, bool) {
	if c.same == nil {
		c.same = map[uint64]int{}
	}
	at, ok := c.same[h]
	if !ok {
		c.same[h] = len(c.Docs)
	}
	return at, ok
}
