package num

import (
	"context"
	"math"

	"taster/core/num/kernel"
)

// SilhouetteMax is how many points a silhouette is computed on.
const SilhouetteMax = 5000

// Silhouette is the mean silhouette of the n x d points in two groups
// (Rousseeuw, 1987), in [-1, 1]; a point alone in its group counts 0. Above
// 5000 points it is that of a fixed random sample of 5000, and sampled is true.
// It is NaN when a group is empty. O(min(n, 5000)^2 d / 2).
func Silhouette(ctx context.Context, points []float64, n, d int, group []uint8) (value float64, sampled bool, err error) {
	rows := NewRand(1).Sample(n, min(n, SilhouetteMax))
	s := sortByGroup(points, rows, d, group)
	if s.sizes[0] == 0 || s.sizes[1] == 0 {
		return math.NaN(), s.n < n, nil
	}
	sums, err := s.distanceSums(ctx)
	if err != nil {
		return 0, false, err
	}
	var total float64
	for i := range s.n {
		g := s.groupOf(i)
		own, other := s.sizes[g]-1, s.sizes[1-g]
		if own == 0 {
			continue
		}
		a, b := sums[g][i]/float64(own), sums[1-g][i]/float64(other)
		if m := max(a, b); m > 0 {
			total += (b - a) / m
		}
	}
	return total / float64(s.n), s.n < n, nil
}

// sorted is points of two groups, those of group 0 first.
type sorted struct {
	n     int
	sizes [2]int
	x     []float64 // by column: coordinate k of point i is x[k*n+i]
}

func sortByGroup(points []float64, rows []int, d int, group []uint8) *sorted {
	s := &sorted{n: len(rows), x: make([]float64, len(rows)*d)}
	for _, r := range rows {
		s.sizes[group[r]]++
	}
	next := [2]int{0, s.sizes[0]}
	for _, r := range rows {
		i := next[group[r]]
		next[group[r]]++
		for k, v := range points[r*d : r*d+d] {
			s.x[k*s.n+i] = v
		}
	}
	return s
}

func (s *sorted) groupOf(i int) int {
	if i < s.sizes[0] {
		return 0
	}
	return 1
}

// distanceSums is, for each group and point, the sum of the distances of the
// point to those of the group.
func (s *sorted) distanceSums(ctx context.Context) (sums [2][]float64, err error) {
	sums[0], sums[1] = make([]float64, s.n), make([]float64, s.n)
	for i := range s.n {
		if i%64 == 0 && ctx.Err() != nil {
			return sums, ctx.Err()
		}
		// Each pair once: i adds itself to the points before it.
		to, first := sums[s.groupOf(i)], min(i, s.sizes[0])
		before0 := kernel.AddDistances(to, s.x, s.n, i, 0, first)
		before1 := kernel.AddDistances(to, s.x, s.n, i, first, i)
		sums[0][i] += before0
		sums[1][i] += before1
	}
	return sums, nil
}
