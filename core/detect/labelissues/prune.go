package labelissues

import (
	"context"
	"math"
)

// pruning says how many rows each filter takes away.
type pruning struct {
	noise  float64 // share of the estimated issues to flag
	keep   float64 // rows that every class keeps
	remove float64 // rows to flag in each class instead of the estimate; 0: the estimate
}

// counts is how many rows to keep and to flag, [true][given]: a whole number
// for each pair of classes, made of the confident joint.
func (p pruning) counts(joint square, sizes []int) square {
	m := joint.transposed()
	for g := range m { // by column: rows with label g
		raised := max(m[g][g], p.keep)
		others := -1.0
		for j := range m {
			if m[j][g] != 0 {
				others++
			}
		}
		share := (raised - m[g][g]) / max(others, 1)
		for j := range m {
			m[j][g] = max(m[j][g]-share, 0)
		}
		m[g][g] = raised
	}
	p.reduce(m)
	if p.remove > 0 {
		p.set(m, sizes)
	}
	m.round()
	return m
}

// reduce scales what is off the diagonal and gives the difference back to it.
func (p pruning) reduce(m square) {
	for g := range m {
		back := 0.0
		for j := range m {
			if j != g {
				back += m[j][g] * (1 - p.noise)
				m[j][g] = math.Trunc(m[j][g] * p.noise)
			}
		}
		m[g][g] = math.Trunc(m[g][g] + back)
	}
}

// set scales each class's issues to the given number.
func (p pruning) set(m square, sizes []int) {
	for g, size := range sizes {
		total := 0.0
		for j := range m {
			if j != g {
				total += m[j][g]
			}
		}
		remove := min(p.remove, float64(size))
		for j := range m {
			if j != g && total > 0 {
				m[j][g] *= remove / total
			}
		}
		m[g][g] = float64(size) - remove
	}
}

// largest keeps the n largest values offered, in a heap whose root is the
// smallest of them. The zero value keeps none.
type largest struct {
	n      int
	values []float64
}

func (h *largest) offer(v float64) {
	switch {
	case len(h.values) < h.n:
		h.values = append(h.values, v)
		h.up(len(h.values) - 1)
	case h.n > 0 && v > h.values[0]:
		h.values[0] = v
		h.down(0)
	}
}

func (h *largest) up(i int) {
	for parent := (i - 1) / 2; i > 0 && h.values[i] < h.values[parent]; i, parent = parent, (parent-1)/2 {
		h.values[i], h.values[parent] = h.values[parent], h.values[i]
	}
}

func (h *largest) down(i int) {
	for child := 2*i + 1; child < len(h.values); child = 2*i + 1 {
		if child+1 < len(h.values) && h.values[child+1] < h.values[child] {
			child++
		}
		if h.values[i] <= h.values[child] {
			return
		}
		h.values[i], h.values[child] = h.values[child], h.values[i]
		i = child
	}
}

// cut is the n-th largest value offered; the smallest one when there were fewer.
func (h *largest) cut() float64 {
	if len(h.values) == 0 {
		return math.Inf(1)
	}
	return h.values[0]
}

// marginHeaps has, for each given class g, the classes j that some of its rows
// seem to be of, each with a heap for the margins p_j - p_g.
func marginHeaps(counts square, sizes []int, keep float64) [][]largest {
	heaps := make([][]largest, len(sizes))
	for g, size := range sizes {
		if size < 2 || float64(size) <= keep {
			continue
		}
		for j := range sizes {
			if n := counts[j][g]; j != g && n > 0 {
				if heaps[g] == nil {
					heaps[g] = make([]largest, len(sizes))
				}
				heaps[g][j].n = min(int(n), size)
			}
		}
	}
	return heaps
}

// byNoiseRate flags, for each given class g and other class j, the rows of g
// with the largest margins p_j - p_g, as many as counts says; rows as good as
// the last of them are flagged, too. It is the second pass over all values.
func (t *table) byNoiseRate(ctx context.Context, s *survey, counts square, keep float64, progress func(int) error) ([]bool, error) {
	heaps := marginHeaps(counts, t.sizes, keep)
	err := t.each(ctx, progress, func(i int, row []float32) {
		h := heaps[t.labels[i]]
		if h == nil {
			return
		}
		own := float64(row[t.labels[i]])
		for j := range h {
			if h[j].n > 0 {
				h[j].offer(float64(row[j]) - own)
			}
		}
	})
	flags := make([]bool, len(t.labels))
	for i, l := range t.labels {
		if s.differs[i] && heaps[l] != nil {
			flags[i] = reaches(t.probs.Row(i), l, heaps[l])
		}
	}
	return flags, err
}

func reaches(row []float32, label int, heaps []largest) bool {
	own := float64(row[label])
	for j := range heaps {
		if heaps[j].n > 0 && float64(row[j])-own >= heaps[j].cut() {
			return true
		}
	}
	return false
}

// byClass flags in each class the rows that are least probable to be of it, as
// many as counts does not keep.
func (t *table) byClass(s *survey, counts square, keep float64) []bool {
	heaps := make([]largest, t.k)
	for g, size := range t.sizes {
		if size >= 2 && float64(size) > keep {
			heaps[g].n = max(size-int(counts[g][g]), 0) + 1 // the last one is not flagged
		}
	}
	for i, l := range t.labels {
		if t.used(i) {
			heaps[l].offer(-float64(t.probs.Row(i)[l]))
		}
	}
	flags := make([]bool, len(t.labels))
	for i, l := range t.labels {
		all := heaps[l].n > t.sizes[l]
		flags[i] = s.differs[i] && heaps[l].n > 1 && (all || -float64(t.probs.Row(i)[l]) > heaps[l].cut())
	}
	return flags
}

// lowest flags the n rows of the lowest scores; of equal ones, the first.
func (t *table) lowest(scores []float64, n int) []bool {
	heap := largest{n: n}
	for i, v := range scores {
		if t.used(i) {
			heap.offer(-v)
		}
	}
	flags, left := make([]bool, len(scores)), n
	for i, v := range scores {
		if flags[i] = t.used(i) && -v > heap.cut(); flags[i] {
			left--
		}
	}
	for i, v := range scores {
		if left > 0 && t.used(i) && -v == heap.cut() {
			flags[i] = true
			left--
		}
	}
	return flags
}
