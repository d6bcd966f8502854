// Package textcopies finds texts that are nearly the same: edited copies, one
// answer under many questions, one question with different answers.
package textcopies

import (
	"context"
	"slices"
	"strings"

	"taster/core/corpus"
	"taster/core/language"
)

const (
	shingleWords = 3 // words in a row
	shingleAlone = 5 // characters, in scripts without spaces
	hashes       = 128
	bands        = 32
	perBand      = hashes / bands
	leastJaccard = 0.5
	mostBucket   = 200 // texts of one bucket that are compared with each other
	mostShingles = 2000
)

// Pair is two texts and the share of shingles that both have.
type Pair struct {
	A, B    int32
	Jaccard float64
}

// Pairs finds the texts that share at least half of their shingles. Texts of
// fewer than three words are passed over. Time grows with their number, but for
// buckets of more than 200 alike ones, of which each is compared with the first.
func Pairs(ctx context.Context, n int, text func(int) string) ([]Pair, error) {
	sets := make([][]uint64, n)
	for i := range n {
		if i&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		sets[i] = shingles(text(i))
	}
	shared(sets)
	signatures := make([][hashes]uint32, n)
	for i := range n {
		if i&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(sets[i]) > 0 {
			signatures[i] = sign(sets[i])
		}
	}
	var out []Pair
	done := map[[2]int32]bool{}
	for b := range bands {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		buckets := map[[perBand]uint32][]int32{}
		for i := range n {
			if len(sets[i]) > 0 {
				key := [perBand]uint32(signatures[i][b*perBand : (b+1)*perBand])
				buckets[key] = append(buckets[key], int32(i))
			}
		}
		for _, list := range buckets {
			compare(list, sets, done, &out)
		}
	}
	slices.SortFunc(out, func(a, b Pair) int {
		if a.A != b.A {
			return int(a.A - b.A)
		}
		return int(a.B - b.B)
	})
	return out, nil
}

// shared empties the sets that have fewer than half of their shingles in common
// with any others: they are near none of them. Shingles are counted by part of
// their hash, which can only keep too many.
func shared(sets [][]uint64) {
	const size = 1 << 26
	once, twice := make([]uint64, size/64), make([]uint64, size/64)
	for _, set := range sets {
		for _, x := range set {
			at, bit := x%size/64, uint64(1)<<(x%64)
			twice[at] |= once[at] & bit
			once[at] |= bit
		}
	}
	for i, set := range sets {
		in := 0
		for _, x := range set {
			if twice[x%size/64]&(1<<(x%64)) != 0 {
				in++
			}
		}
		if float64(in) < leastJaccard*float64(len(set)) {
			sets[i] = nil
		}
	}
}

// compare looks at the pairs of a bucket exactly.
func compare(list []int32, sets [][]uint64, done map[[2]int32]bool, out *[]Pair) {
	for x, b := range list {
		first := 0
		if x > mostBucket {
			first = x - 1 // with the first alone
		}
		for y := 0; y < x; y++ {
			if first > 0 && y > 0 {
				break
			}
			a := list[y]
			if done[[2]int32{a, b}] {
				continue
			}
			done[[2]int32{a, b}] = true
			if j := jaccard(sets[a], sets[b]); j >= leastJaccard {
				*out = append(*out, Pair{a, b, j})
			}
		}
	}
}

// shingles are the hashes of the runs of words of a text, ascending, each once.
func shingles(text string) []uint64 {
	var words []uint64
	alone := 0
	language.Tokens(text, func(t language.Token) bool {
		h := uint64(3)
		for _, c := range []byte(strings.ToLower(text[t.Start:t.End])) {
			h = corpus.Mix(h, uint64(c))
		}
		if t.Alone {
			alone++
		}
		words = append(words, h)
		return len(words) < mostShingles
	})
	n := shingleWords
	if alone*2 > len(words) {
		n = shingleAlone
	}
	var out []uint64
	for i := 0; i+n <= len(words); i++ {
		h := uint64(n)
		for _, w := range words[i : i+n] {
			h = corpus.Mix(h, w)
		}
		out = append(out, h)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sign is the MinHash of a set (Broder 1997). The numbers of a text are drawn by
// xorshift from each shingle.
func sign(set []uint64) [hashes]uint32 {
	var out [hashes]uint32
	for i := range out {
		out[i] = ^uint32(0)
	}
	for _, x := range set {
		x |= 1
		for i := range out {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
			out[i] = min(out[i], uint32(x>>32))
		}
	}
	return out
}

// jaccard is the share of two ascending sets that is in both.
func jaccard(a, b []uint64) float64 {
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
	return float64(n) / float64(max(1, len(a)+len(b)-n))
}

// Clusters joins pairs to groups; each ascends, and so do their first members.
func Clusters(n int, pairs []Pair) [][]int32 {
	of := make([]int32, n)
	for i := range of {
		of[i] = int32(i)
	}
	find := func(i int32) int32 {
		for of[i] != i {
			of[i] = of[of[i]]
			i = of[i]
		}
		return i
	}
	for _, p := range pairs {
		a, b := find(p.A), find(p.B)
		of[max(a, b)] = min(a, b)
	}
	at := map[int32]int{}
	var out [][]int32
	for i := range of {
		root := find(int32(i))
		if root == int32(i) {
			continue
		}
		k, ok := at[root]
		if !ok {
			k = len(out)
			at[root] = k
			out = append(out, []int32{root})
		}
		out[k] = append(out[k], int32(i))
	}
	slices.SortFunc(out, func(a, b []int32) int { return int(a[0] - b[0]) })
	return out
}
