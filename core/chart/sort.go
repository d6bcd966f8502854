package chart

import (
	"math"
	"slices"
)

const (
	digitBits = 11
	digits    = 6 // that many cover 64 bits
	fewValues = 4096
)

// ascending sorts finite values, many of them by the digits of their bits, the
// lowest first: the page must not stand still for a million comparisons. O(n).
func ascending(values []float64) {
	if len(values) < fewValues {
		slices.Sort(values)
		return
	}
	keys, other := make([]uint64, len(values)), make([]uint64, len(values))
	var counts [digits][1 << digitBits]int
	for i, v := range values {
		k := sortable(v)
		keys[i] = k
		for d := range counts {
			counts[d][digit(k, d)]++
		}
	}
	for d := range counts {
		place(keys, other, d, &counts[d])
		keys, other = other, keys
	}
	for i, k := range keys {
		values[i] = value(k)
	}
}

// place puts the keys into the order of one digit, of which counts has the
// numbers. Keys with the same digit keep their order.
func place(from, to []uint64, d int, counts *[1 << digitBits]int) {
	next := 0
	for i, n := range counts {
		counts[i], next = next, next+n
	}
	for _, k := range from {
		at := &counts[digit(k, d)]
		to[*at] = k
		*at++
	}
}

func digit(k uint64, d int) uint64 { return k >> (d * digitBits) & (1<<digitBits - 1) }

// sortable is a number that is larger where v is: the sign bit is turned round,
// of negative values all bits are.
func sortable(v float64) uint64 {
	b := math.Float64bits(v)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

func value(k uint64) float64 { return math.Float64frombits(k ^ ((k>>63 - 1) | 1<<63)) }
