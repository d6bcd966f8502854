package knn

import "taster/core/num/kernel"

// tileError bounds the error of half the squared distance that is made of two
// half squares and a product of 16 entries in float32, relative to the largest
// half squares.
const tileError = 64.0 / (1 << 24)

// tile is two leaves, moved so that the first is about the origin: sums of
// float32 lose least there.
type tile struct {
	a, b     [leafRows * coarseDims]float32 // b in strips of four: see [kernel.Multiply]
	ha, hb   [leafRows]float32              // half squares
	products [leafRows * leafRows]float32   // width of them for each row of a
	width    int
	slack    float32
}

// compare settles the pairs of a point of a with one of b, which may be a.
func (s *search) compare(a, b *node) {
	if s.stopped() {
		return
	}
	pairs := int64(a.size()) * int64(b.size())
	work := coarseDims * pairs
	var t tile
	t.load(s.points, a, b)
	t.multiply(a.size(), b.size())
	for i := range a.size() {
		var list [leafRows]int32
		work += s.measure(a.lo+i, s.byCoarse(list[:0], &t, i, a, b))
	}
	s.relimit(a)
	s.relimit(b)
	if a == b {
		pairs = int64(a.size()) * int64(a.size()-1) / 2
	}
	s.settled(pairs, work)
}

// byCoarse lists the points of b that the coarse signatures leave open for
// point i of a.
func (s *search) byCoarse(list []int32, t *tile, i int, a, b *node) []int32 {
	from := 0
	if a == b {
		from = i + 1
	}
	return kernel.Open(list, t.hb[from:b.size()], t.products[i*t.width+from:], s.limit[b.lo+from:b.hi], t.ha[i]-t.slack, s.limit[a.lo+i], b.lo+from)
}

// multiply fills the products of n rows of a and m of b. Where those are odd
// numbers, rows of zeros follow.
func (t *tile) multiply(n, m int) {
	n, t.width = (n+1)&^1, (m+3)&^3
	kernel.Multiply(t.products[:], t.a[:n*coarseDims], t.b[:t.width*coarseDims], coarseDims)
}

func (s *search) relimit(n *node) {
	n.worst = 0
	for _, l := range s.limit[n.lo:n.hi] {
		n.worst = max(n.worst, l)
	}
}

func (t *tile) load(p *points, a, b *node) {
	var centre [coarseDims]float32
	for j := range centre {
		centre[j] = (a.min[j] + a.max[j]) / 2
	}
	var la, lb float32
	for i := range a.size() {
		for j, v := range p.coarseOf(a.lo + i) {
			v -= centre[j]
			t.a[i*coarseDims+j] = v
			t.ha[i] += v * v / 2
		}
		la = max(la, t.ha[i])
	}
	for i := range b.size() {
		for j, v := range p.coarseOf(b.lo + i) {
			v -= centre[j]
			t.b[i&^3*coarseDims+4*j+i&3] = v
			t.hb[i] += v * v / 2
		}
		lb = max(lb, t.hb[i])
	}
	t.slack = tileError * (la + lb)
}

// measure settles the pairs of point i with the others, by ever closer bounds.
// It returns how many products that took.
func (s *search) measure(i int, others []int32) (work int64) {
	work = fineDims * int64(len(others))
	others = s.byFine(i, others)
	work += int64(s.x.Cols) * int64(len(others))
	if len(others) >= 4 {
		others = s.byProduct(i, others)
	}
	for _, j := range others {
		d := s.distance(i, int(j))
		s.offer(i, s.rows[j], d)
		s.offer(int(j), s.rows[i], d)
	}
	return work
}

// byFine keeps the pairs that their fine signatures leave open.
func (s *search) byFine(i int, others []int32) []int32 {
	if s.fine == nil {
		return others
	}
	var half [leafRows]float32
	kernel.HalfSquares(half[:], s.fine, fineDims, i, others)
	kept := others[:0]
	for n, j := range others {
		if half[n] <= max(s.limit[i], s.limit[j]) {
			kept = append(kept, j)
		}
	}
	return kept
}

// The lengths of two rows multiply to a number in this range where products of
// their values neither overflow nor lose digits in float32.
const (
	leastProduct = 1e-25
	mostProduct  = 1e37
)

// byProduct keeps the pairs that inner products in float32 leave open. Where
// rows do not vary along few axes, signatures rule little out, and this is
// what takes the time.
func (s *search) byProduct(i int, others []int32) []int32 {
	var products [leafRows]float32
	kernel.Dots(products[:], s.x.Data, s.x.Cols, s.rows, i, others)
	relative := float64(s.x.Cols+8) / (1 << 24)
	kept := others[:0]
	for n, j := range others {
		size := s.length[i] * s.length[j]
		half := s.halfFrom(i, int(j), float64(products[n])+relative*size)
		if !(size > leastProduct && size < mostProduct) || half <= float64(max(s.limit[i], s.limit[j])) {
			kept = append(kept, j)
		}
	}
	return kept
}

// halfFrom is half the squared distance of two points in the unit of
// signatures, from the inner product of their rows.
func (s *search) halfFrom(i, j int, product float64) float64 {
	if s.metric == Cosine {
		return (1 - product/(s.length[i]*s.length[j])) * s.unit * s.unit
	}
	return ((s.length[i]*s.length[i]+s.length[j]*s.length[j])/2 - product) * s.unit * s.unit
}
