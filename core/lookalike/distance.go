package lookalike

import "math/bits"

// maxName is the length beyond which names are not compared by their letters.
const maxName = 200

// distance is how many letters must be changed, left out, put in, or swapped
// with their neighbour to make b of a (optimal string alignment), or limit+1
// when it is more than limit. Time grows with len(a) times limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit || len(a) > maxName || len(b) > maxName {
		return limit + 1
	}
	var rows [3][maxName + 2]int
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := limit + 1
		for j := 1; j <= len(b); j++ {
			if j < i-limit || j > i+limit {
				now[j] = limit + 1
				continue
			}
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, now = last, now, before
	}
	return min(last[len(b)], limit+1)
}

// letters is a set of the characters of s. One edit changes at most two of
// them, so sets that differ in more than twice the limit need no distance.
func letters(s string) (set uint64) {
	for i := range len(s) {
		set |= 1 << (s[i] & 63)
	}
	return set
}

func mayBeWithin(a, b uint64, limit int) bool { return bits.OnesCount64(a^b) <= 2*limit }
