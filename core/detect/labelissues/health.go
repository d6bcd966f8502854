package labelissues

import (
	"cmp"
	"slices"
)

// health is what the joint distribution of given and true labels says of the
// classes, as in cleanlab's health_summary.
type health struct {
	joint   square    // shares of all rows, [given][true]
	noise   []float64 // by class: share of the rows with this label that seem to be of another class
	inverse []float64 // by class: share of the rows that seem to be of it and have another label
	issues  []int     // rows with this label that seem to be of another class
	missing []int     // rows that seem to be of it and have another label
	pairs   []pair    // by falling share
}

// pair is two classes that are taken for each other.
type pair struct {
	a, b  int // a < b
	rows  int
	share float64 // of all rows
	ab    int     // rows labelled a that seem to be b
}

// newHealth reads the calibrated joint. O(K^2 log K).
func newHealth(counts square) *health {
	k, total := len(counts), max(counts.sum(), tiny)
	h := &health{joint: newSquare(k), noise: make([]float64, k), inverse: make([]float64, k), issues: make([]int, k), missing: make([]int, k)}
	columns := counts.transposed()
	for g, row := range counts {
		given, truly := sum(row), sum(columns[g])
		h.noise[g], h.issues[g] = share(given-row[g], given), int(given-row[g])
		h.inverse[g], h.missing[g] = share(truly-row[g], truly), int(truly-row[g])
		for j, v := range row {
			h.joint[g][j] = v / total
			if j > g && v+counts[j][g] > 0 {
				n := v + counts[j][g]
				h.pairs = append(h.pairs, pair{a: g, b: j, rows: int(n), share: n / total, ab: int(v)})
			}
		}
	}
	slices.SortStableFunc(h.pairs, func(a, b pair) int { return cmp.Compare(b.rows, a.rows) })
	return h
}

func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return part / whole
}
