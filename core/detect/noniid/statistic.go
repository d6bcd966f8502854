package noniid

import (
	"context"
	"math"
	"slices"
)

// statistic is the largest difference between two distributions of the
// distance in the file: that of neighbours, in rising order, and that of any
// two rows. Of equal distances, each is compared after those before it were
// counted, which is how cleanlab does it. at says where each row stands; nil
// means where it is. O(n k).
func (o *order) statistic(at []int) float64 {
	n := len(o.rows)
	counts := make([]int, n)
	for i := range n {
		for _, j := range o.neighbours[i*o.k : (i+1)*o.k] {
			a, b := i, int(j)
			if at != nil {
				a, b = at[a], at[b]
			}
			counts[max(a-b, b-a)]++
		}
	}
	before, all, worst := 0, 0.0, 0.0
	pairs, total := float64(n)*float64(n-1)/2, float64(n*o.k)
	for d := 1; d < n; d++ {
		all += float64(n-d) / pairs
		if c := counts[d]; c > 0 {
			worst = max(worst, all-float64(before)/total, float64(before+c-1)/total-all)
			before += c
		}
	}
	return worst
}

// shuffled is the statistic of count random orders: those of numpy's
// permutation after seed(0), so that the p-value is cleanlab's.
func (o *order) shuffled(ctx context.Context, count int) ([]float64, error) {
	rng, n := newTwister(0), len(o.rows)
	at, out := make([]int, n), make([]float64, count)
	for c := range out {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range at {
			at[i] = i
		}
		for i := n - 1; i > 0; i-- {
			j := rng.upTo(uint32(i))
			at[i], at[j] = at[j], at[i]
		}
		out[c] = o.statistic(at)
	}
	return out, nil
}

// above is the probability of a value of at least x, by a normal kernel
// density estimate of the sample with Scott's bandwidth.
func above(sample []float64, x float64) float64 {
	n := float64(len(sample))
	mean, square := 0.0, 0.0
	for _, v := range sample {
		mean += v / n
	}
	for _, v := range sample {
		square += (v - mean) * (v - mean)
	}
	width := math.Sqrt(square/(n-1)) * math.Pow(n, -0.2)
	p := 0.0
	for _, v := range sample {
		switch {
		case width > 0:
			p += math.Erfc((x-v)/(width*math.Sqrt2)) / 2 / n
		case v >= x:
			p += 1 / n
		}
	}
	return p
}

// scores sets the score of each row, and finds the row of the largest one. The
// score of a row is the area between two distributions of the distance in the
// file from that row: that of its neighbours and that of all rows; as a share
// of the largest distance, squeezed to 0 ... 1 by tanh.
func (o *order) scores(dst []float64) (worst int) {
	worst = o.rows[0]
	n := len(o.rows)
	apart := make([]int, 0, o.k+1)
	for i, r := range o.rows {
		apart = apart[:0]
		for _, j := range o.neighbours[i*o.k : (i+1)*o.k] {
			apart = append(apart, max(i-int(j), int(j)-i))
		}
		slices.Sort(apart)
		area := between(apart, min(i, n-1-i), n)
		dst[r] = math.Tanh(area / float64(max(i, n-i)))
		if dst[r] > dst[worst] {
			worst = r
		}
	}
	return worst
}

// between is the area between the step function of the sorted distances apart
// and the distribution of the distance from a row that stands both steps from
// one end of n rows, measured step by step.
func between(apart []int, both, n int) float64 {
	area, before, last := 0.0, 0.0, 0
	for step, d := range append(apart, n-1-both) {
		all := below(d, both, n)
		area += math.Abs(float64(step)/float64(len(apart))*float64(d-last) - (all - before))
		before, last = all, d
	}
	return area
}

// below is the area below the distribution of the distance from a row that
// stands both steps from one end of n rows, up to d: two rows stand at each
// distance up to both, one at each from there to the other end.
func below(d, both, n int) float64 {
	x, b, rest := float64(d), float64(both), float64(n-1)
	if d <= both {
		return x * x / rest
	}
	return b*b/rest + (x+3*b)*(x-b)/rest/2
}
