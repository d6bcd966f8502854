package labelissues

import (
	"cmp"
	"math"
	"slices"
)

// The constants of cleanlab.
const (
	slack     = 1e-6 // by which a probability may miss a threshold, and a given label wins a tie
	lowest    = 2e-6 // least threshold
	tiny      = 1e-100
	noRows    = 2.0 // threshold of a class without rows: nothing reaches it
	clipLimit = 1e-6
)

// thresholds are, for each class, the mean probability of that class over the
// rows that are labelled with it (Northcutt et al. 2021, section 3.1). It reads
// one value of each row.
func (t *table) thresholds() []float64 {
	sums := make([]float64, t.k)
	for i, l := range t.labels {
		if t.used(i) {
			sums[l] += float64(t.probs.Row(i)[l])
		}
	}
	for c, n := range t.sizes {
		if sums[c] = max(sums[c]/float64(n), lowest); n == 0 {
			sums[c] = noRows
		}
	}
	return sums
}

// square is a K x K matrix, [given][true] unless it says otherwise.
type square [][]float64

func newSquare(k int) square {
	s, data := make(square, k), make([]float64, k*k)
	for i := range s {
		s[i] = data[i*k : (i+1)*k : (i+1)*k]
	}
	return s
}

func (s square) transposed() square {
	out := newSquare(len(s))
	for i, row := range s {
		for j, v := range row {
			out[j][i] = v
		}
	}
	return out
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

func (s square) sum() float64 {
	total := 0.0
	for _, row := range s {
		total += sum(row)
	}
	return total
}

func (s square) trace() float64 {
	total := 0.0
	for i, row := range s {
		total += row[i]
	}
	return total
}

// atLeastOne raises the diagonal of counts to 1, so that no class is without
// an example of its own.
func (s square) atLeastOne() {
	for i, row := range s {
		row[i] = max(row[i], 1)
	}
}

// calibrated scales each row of the confident joint to the number of rows that
// have the label, and rounds to counts that keep those totals.
func (s square) calibrated(sizes []int) square {
	out, n, total := newSquare(len(s)), 0.0, 0.0
	for g, row := range s {
		scale := float64(sizes[g]) / max(sum(row), tiny)
		for j, v := range row {
			out[g][j] = v * scale
		}
		n += float64(sizes[g])
		total += sum(out[g])
	}
	for _, row := range out {
		for j := range row {
			row[j] *= n / max(total, tiny)
		}
	}
	out.round()
	return out
}

// round makes whole numbers of every row.
func (s square) round() {
	for _, row := range s {
		roundKeepingSum(row)
	}
}

// roundKeepingSum rounds halves to even, then moves single units where
// rounding cost most, until the sum is the rounded sum of before.
func roundKeepingSum(row []float64) {
	want, residual := math.RoundToEven(sum(row)), make([]float64, len(row))
	for j, v := range row {
		row[j] = math.RoundToEven(v)
		residual[j] = v - row[j]
	}
	change := want - sum(row)
	order := make([]int, len(row)) // by rising residual, then index
	for j := range order {
		order[j] = j
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(residual[a], residual[b]) })
	unit := 1.0
	if change > 0 {
		slices.Reverse(order)
	} else {
		unit, change = -1, -change
	}
	for _, j := range order[:min(int(change), len(order))] {
		row[j] += unit
	}
}
