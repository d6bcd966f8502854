package pooledsplit

import (
	"math"

	"taster/core/num"
)

// Bounds on the rows that [Split.Beyond] measures.
const (
	mostOfGroup = 200
	mostOfClass = 50
)

// Beyond says how far, at least, the rows of class c for which group is b lie
// from all other classes: the root of their mean squared distance to the nearest
// class, less what rows of that class have to their own mean, and less two
// standard errors. Rows that only carry a wrong label are at 0, but for chance;
// what a trigger adds to rows is on top. It is NaN when there is nothing to
// compare, or the rows are not held. It costs
// O(D^2) for each class, and for at most 200 rows and 50 of each class that is
// nearest to one of them.
func (s *Split) Beyond(c int, group []uint8, b uint8) float64 {
	if s.Metric == nil || s.Classes[c].Rows.Data == nil {
		return math.NaN()
	}
	means := s.whitened()
	x := s.Classes[c].Rows
	var members []int
	for i, g := range group[:x.Len()] {
		if g == b {
			members = append(members, i)
		}
	}
	usual, excess := map[int]float64{}, []float64{}
	for _, i := range even(members, mostOfGroup) {
		k, square := s.nearest(c, means, s.white(x, i))
		if k < 0 {
			return math.NaN()
		}
		if _, ok := usual[k]; !ok {
			usual[k] = s.spread(k, means[k])
		}
		excess = append(excess, square-usual[k])
	}
	mean, variance := meanVariance(excess)
	return math.Sqrt(max(mean-2*math.Sqrt(variance/float64(len(excess))), 0))
}

// whitened is the means of the classes; nil for one without rows.
func (s *Split) whitened() [][]float64 {
	out := make([][]float64, len(s.Classes))
	for k, x := range s.Classes {
		if x.Rows.Len() > 0 {
			out[k] = append([]float64(nil), x.Mean...)
			s.Metric.Whiten(out[k])
		}
	}
	return out
}

// white is row i of x.
func (s *Split) white(x num.Rows, i int) []float64 {
	out := make([]float64, x.Cols)
	for j, v := range x.Row(i) {
		out[j] = float64(v)
	}
	s.Metric.Whiten(out)
	return out
}

// nearest is the class other than c with the nearest mean, or -1, and the squared
// distance.
func (s *Split) nearest(c int, means [][]float64, row []float64) (int, float64) {
	best, at := math.Inf(1), -1
	for k, m := range means {
		if k == c || m == nil {
			continue
		}
		if d := distance2(row, m); d < best {
			best, at = d, k
		}
	}
	return at, best
}

// spread is the mean squared distance of rows of class k to its mean.
func (s *Split) spread(k int, mean []float64) float64 {
	x, sum := s.Classes[k].Rows, 0.0
	sample := even(num.Range(x.Len()), mostOfClass)
	for _, i := range sample {
		sum += distance2(s.white(x, i), mean)
	}
	return sum / float64(len(sample))
}

func distance2(a, b []float64) (sum float64) {
	for j, v := range a {
		sum += (v - b[j]) * (v - b[j])
	}
	return sum
}

// even picks at most n, in even steps.
func even(from []int, n int) []int {
	if len(from) <= n {
		return from
	}
	out := make([]int, n)
	for i := range out {
		out[i] = from[i*len(from)/n]
	}
	return out
}
