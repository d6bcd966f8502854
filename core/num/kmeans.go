package num

import (
	"context"

	"taster/core/num/kernel"
)

// Split is a division of n points into two groups.
type Split struct {
	Group   []uint8 // 0 for the larger group; for equal ones, that of the first point
	Sizes   [2]int
	Centres [2][]float64
	Inertia float64 // sum of squared distances to the own centre
}

const (
	lloydMax   = 300 // steps, the default of scikit-learn
	startAxes  = 10  // columns that starts are made from, each in three ways
	startsPlus = 10  // k-means++ starts

	startPoints = 20_000 // points on which all starts are tried
)

// TwoMeans finds two groups of the n x d matrix points, row by row, with small
// inertia: Lloyd's iteration until no point changes sides, then Hartigan's
// exchange of single points, from up to 40 fixed starts. These are the points
// above the mean, above the 90th percentile, and below the 10th percentile of
// each of the first 10 columns, and 10 of k-means++ (Arthur and Vassilvitskii,
// 2007) from a fixed seed. It is nil when the points do not differ or are fewer
// than two.
//
// Scikit-learn stops earlier, at a centre shift of 1e-4 of the mean column
// variance, and takes the best of random starts: it can end above the inertia
// found here. Cost: 40 starts x 1 to 50 steps x O(n d); a start ends where it
// meets an earlier one. Of more than 20,000 points, the starts are those of an
// even sample of so many, and the best division of it is carried on with all.
func TwoMeans(ctx context.Context, points []float64, n, d int) (*Split, error) {
	if n < 2 || d == 0 {
		return nil, nil
	}
	t := &twoMeans{n: n, d: d, x: centred(points, n, d), seen: map[uint64]bool{}}
	starts, err := t.starts(ctx)
	if err != nil {
		return nil, err
	}
	var best *Split
	for _, start := range starts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := t.lloyd(start)
		if s != nil && (best == nil || s.Inertia < best.Inertia*(1-1e-12)) {
			best = s
		}
	}
	if best == nil {
		return nil, nil
	}
	best.order()
	t.uncentre(best, points)
	return best, nil
}

type twoMeans struct {
	n, d int
	x    []float64       // centred, for the digits that a common offset would cost
	seen map[uint64]bool // divisions met on the way, by hash
}

func columnMeans(points []float64, n, d int) []float64 {
	m := make([]float64, d)
	for i := range n {
		kernel.Axpy(m, 1, points[i*d:i*d+d])
	}
	for j := range m {
		m[j] /= float64(n)
	}
	return m
}

func centred(points []float64, n, d int) []float64 {
	m, out := columnMeans(points, n, d), make([]float64, n*d)
	for i := range out {
		out[i] = points[i] - m[i%d]
	}
	return out
}

// starts lists first divisions: that by the best two means of a sample where
// there are many points, and it can be divided.
func (t *twoMeans) starts(ctx context.Context) ([][]uint8, error) {
	if t.n <= startPoints {
		return t.own(), nil
	}
	some := make([]float64, 0, startPoints*t.d)
	for i := range startPoints {
		some = append(some, t.at(i*t.n/startPoints)...)
	}
	s, err := TwoMeans(ctx, some, startPoints, t.d)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return t.own(), nil
	}
	g := make([]uint8, t.n)
	t.assign(g, s.Centres)
	return [][]uint8{g}, nil
}

// own is the starts made of all points.
func (t *twoMeans) own() [][]uint8 {
	var out [][]uint8
	column := make([]float64, t.n)
	for j := range min(startAxes, t.d) {
		for i := range column {
			column[i] = t.x[i*t.d+j]
		}
		out = append(out, Starts(column)...)
	}
	rng := NewRand(1)
	for range startsPlus {
		if g := t.plus(rng); g != nil {
			out = append(out, g)
		}
	}
	return out
}

// Starts divides points by one coordinate of mean 0 in three ways: above 0,
// above the 90th percentile, below the 10th.
func Starts(p []float64) [][]uint8 {
	hi, lo := Quantile(p, 0.9), Quantile(p, 0.1)
	above, top, bottom := make([]uint8, len(p)), make([]uint8, len(p)), make([]uint8, len(p))
	for i, v := range p {
		above[i], top[i], bottom[i] = bit(v > 0), bit(v > hi), bit(v < lo)
	}
	return [][]uint8{above, top, bottom}
}

func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// plus is a k-means++ start: one random point, and a second one with a
// probability that grows with its squared distance to the first.
func (t *twoMeans) plus(rng *Rand) []uint8 {
	a := t.at(int(rng.Float64() * float64(t.n)))
	dist, total := make([]float64, t.n), 0.0
	for i := range dist {
		dist[i] = squared(t.at(i), a)
		total += dist[i]
	}
	if !(total > 0) {
		return nil
	}
	left, pick := rng.Float64()*total, t.n-1
	for i, v := range dist {
		if left -= v; left < 0 {
			pick = i
			break
		}
	}
	b, g := t.at(pick), make([]uint8, t.n)
	for i := range g {
		g[i] = bit(squared(t.at(i), b) < dist[i])
	}
	return g
}

func (t *twoMeans) at(i int) []float64 { return t.x[i*t.d : i*t.d+t.d : i*t.d+t.d] }

func squared(a, b []float64) float64 {
	b = b[:len(a)]
	var s float64
	for j, v := range a {
		e := v - b[j]
		s += e * e
	}
	return s
}

// lloyd moves points to the nearer mean until none moves. It is nil when one
// group is empty or the means coincide, and when an earlier start came through
// the same division, since it went on from there to the same end.
func (t *twoMeans) lloyd(g []uint8) *Split {
	s := t.measure(g)
	for range lloydMax {
		if s == nil {
			return nil
		}
		if !t.assign(g, s.Centres) {
			break
		}
		key := HashGroups(g)
		if t.seen[key] {
			return nil
		}
		t.seen[key] = true
		s = t.measure(g)
	}
	if s == nil {
		return nil
	}
	t.exchange(s)
	if s = t.measure(g); s == nil {
		return nil
	}
	for i, b := range g {
		s.Inertia += squared(t.at(i), s.Centres[b])
	}
	return s
}

// assign moves points to the nearer centre and reports whether any moved. The
// nearer one is told by the side of the plane half way between the two.
func (t *twoMeans) assign(g []uint8, centres [2][]float64) (moved bool) {
	w, half := make([]float64, t.d), 0.0
	for j := range w {
		w[j] = centres[1][j] - centres[0][j]
		half += w[j] * (centres[1][j] + centres[0][j]) / 2
	}
	for i := range g {
		var s float64
		for j, v := range t.at(i) {
			s += v * w[j]
		}
		b := bit(s > half)
		moved = moved || b != g[i]
		g[i] = b
	}
	return moved
}

// HashGroups names a division in two, whichever group is called 1 (FNV-1a).
func HashGroups(group []uint8) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range group {
		h = (h ^ uint64(b^group[0])) * 1099511628211
	}
	return h
}

// exchange moves single points as long as that lowers the inertia, counting
// how the two means follow (Hartigan, 1975). Lloyd's iteration, which leaves
// the means where they are while it asks, stops earlier.
func (t *twoMeans) exchange(s *Split) {
	for range lloydMax {
		moved := 0
		for i, b := range s.Group {
			if s.Sizes[b] == 1 {
				continue
			}
			x, own, other := t.at(i), float64(s.Sizes[b]), float64(s.Sizes[1-b])
			if squared(x, s.Centres[1-b])*other/(other+1) < squared(x, s.Centres[b])*own/(own-1)*(1-1e-12) {
				s.move(i, b, x)
				moved++
			}
		}
		if moved == 0 {
			return
		}
	}
}

// move takes point i, at x, out of group b and into the other one.
func (s *Split) move(i int, b uint8, x []float64) {
	from, to := s.Centres[b], s.Centres[1-b]
	own, other := float64(s.Sizes[b]), float64(s.Sizes[1-b])
	for j, v := range x {
		from[j] += (from[j] - v) / (own - 1)
		to[j] += (v - to[j]) / (other + 1)
	}
	s.Group[i] = 1 - b
	s.Sizes[b]--
	s.Sizes[1-b]++
}

// measure is the sizes and means of a division, without inertia.
func (t *twoMeans) measure(g []uint8) *Split {
	s := &Split{Group: g, Centres: [2][]float64{make([]float64, t.d), make([]float64, t.d)}}
	for i, b := range g {
		s.Sizes[b]++
		c := s.Centres[b]
		for j, v := range t.at(i) {
			c[j] += v
		}
	}
	if s.Sizes[0] == 0 || s.Sizes[1] == 0 {
		return nil
	}
	for b, c := range s.Centres {
		for j := range c {
			c[j] /= float64(s.Sizes[b])
		}
	}
	if !(squared(s.Centres[0], s.Centres[1]) > 0) {
		return nil
	}
	return s
}

// order gives the larger group the number 0.
func (s *Split) order() {
	if s.Sizes[0] > s.Sizes[1] || s.Sizes[0] == s.Sizes[1] && s.Group[0] == 0 {
		return
	}
	for i := range s.Group {
		s.Group[i] ^= 1
	}
	s.Sizes[0], s.Sizes[1] = s.Sizes[1], s.Sizes[0]
	s.Centres[0], s.Centres[1] = s.Centres[1], s.Centres[0]
}

func (t *twoMeans) uncentre(s *Split, points []float64) {
	m := columnMeans(points, t.n, t.d)
	for _, c := range s.Centres {
		kernel.Axpy(c, 1, m)
	}
}
