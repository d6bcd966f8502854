package knn

import "taster/core/num/kernel"

// tileError bounds the error of half the squared distance that is made of two
// half squares and a product of 16 entries in float32, relative to the largest
// half squares.
const tileError = 64.0 / (1 << 24)

// leaf is what tiles need of the points of a leaf, from the centre of its box:
// sums of float32 lose least there.
type leaf struct {
	number  int // among the leaves
	centre  [coarseDims]float32
	strips  []float32 // coarse signatures, as [kernel.Multiply] wants them, up to a multiple of four
	half    []float32 // half squares
	longest float32   // of them
}

func newLeaf(p *points, n *node) *leaf {
	size := n.size()
	l := &leaf{strips: make([]float32, (size+3)&^3*coarseDims), half: make([]float32, size)}
	for j := range l.centre {
		l.centre[j] = (n.min[j] + n.max[j]) / 2
	}
	for i := range size {
		for j, v := range p.coarseOf(n.lo + i) {
			v -= l.centre[j]
			l.strips[i&^3*coarseDims+4*j+i&3] = v
			l.half[i] += v * v / 2
		}
		l.longest = larger(l.longest, l.half[i])
	}
	return l
}

// tile is the points of a leaf a, from the centre of a leaf b, and their
// products with those of b.
type tile struct {
	a        [leafRows * coarseDims]float32
	half     [leafRows]float32
	products [leafRows * leafRows]float32 // width of them for each row of a
	width    int
	slack    float32
}

// compare settles the pairs of a point of a with one of b, which may be a.
func (s *search) compare(a, b *node) {
	if s.stopped() {
		return
	}
	pairs := int64(a.size()) * int64(b.size())
	if !s.mine(a, b) {
		s.settled(pairs, 0)
		return
	}
	work := coarseDims * pairs
	var t tile
	t.load(s.points, a, b.leaf)
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
	return kernel.Open(list, b.leaf.half[from:], t.products[i*t.width+from:], s.limit[b.lo+from:b.hi], t.half[i]-t.slack, s.limit[a.lo+i], b.lo+from)
}

func (s *search) relimit(n *node) {
	n.worst = 0
	for _, l := range s.limit[n.lo:n.hi] {
		n.worst = larger(n.worst, l)
	}
}

// load fills t. Where the rows of a are an odd number, a row of zeros follows.
func (t *tile) load(p *points, a *node, b *leaf) {
	longest := float32(0)
	for i := range a.size() {
		row, sum := (*[coarseDims]float32)(t.a[i*coarseDims:]), float32(0)
		for j, v := range p.coarseOf(a.lo + i) {
			v -= b.centre[j]
			row[j] = v
			sum += v * v
		}
		t.half[i] = sum / 2
		longest = larger(longest, t.half[i])
	}
	t.slack = tileError * (longest + b.longest)
	t.width = len(b.strips) / coarseDims
	kernel.Multiply(t.products[:], t.a[:(a.size()+1)&^1*coarseDims], b.strips, coarseDims)
}

// larger is max for numbers, without the call that max is in WebAssembly.
func larger(a, b float32) float32 {
	if a > b {
		return a
	}
	return b
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
	own, kept := s.limit[i], others[:0]
	for n, j := range others {
		if half[n] <= larger(own, s.limit[j]) {
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
		if !(size > leastProduct && size < mostProduct) || half <= float64(larger(s.limit[i], s.limit[j])) {
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
