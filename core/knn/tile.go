package knn

// tileError bounds the error of half the squared distance that is made of two
// half squares and a product of 16 entries in float32, relative to the largest
// half squares.
const tileError = 64.0 / (1 << 24)

// tile is two leaves, moved so that the first is about the origin: sums of
// float32 lose least there.
type tile struct {
	a      [leafRows][coarseDims]float32
	b      [leafRows / 4]strip
	ha, hb [leafRows]float32 // half squares
	slack  float32
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
	for i := 0; i < a.size(); i += 2 {
		next := min(i+1, a.size()-1)
		var open, nextOpen shortlist
		for j := 0; j < b.size(); j += 4 {
			r := products(&t.a[i], &t.a[next], &t.b[j/4])
			for c := range min(4, b.size()-j) {
				open.consider(s, a.lo+i, b.lo+j+c, t.ha[i]+t.hb[j+c]-r[c]-t.slack)
				nextOpen.consider(s, a.lo+next, b.lo+j+c, t.ha[next]+t.hb[j+c]-r[4+c]-t.slack)
			}
		}
		work += s.measure(a.lo+i, open.points[:open.n])
		if next > i {
			work += s.measure(a.lo+next, nextOpen.points[:nextOpen.n])
		}
	}
	s.relimit(a)
	s.relimit(b)
	if a == b {
		pairs = int64(a.size()) * int64(a.size()-1) / 2
	}
	s.settled(pairs, work)
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
			t.a[i][j] = v
			t.ha[i] += v * v / 2
		}
		la = max(la, t.ha[i])
	}
	for i := range b.size() {
		for j, v := range p.coarseOf(b.lo + i) {
			v -= centre[j]
			t.b[i/4][4*j+i%4] = v
			t.hb[i] += v * v / 2
		}
		lb = max(lb, t.hb[i])
	}
	t.slack = tileError * (la + lb)
}

// shortlist is the points of a leaf that may matter to a point, or it to them.
type shortlist struct {
	points [leafRows]int32
	n      int
}

// consider adds point j to the list of point i unless half, a lower bound of
// half the squared distance of their signatures, rules the pair out. A pair of
// one leaf is considered twice and taken once.
func (l *shortlist) consider(s *search, i, j int, half float32) {
	if half > max(s.limit[i], s.limit[j]) || i >= j {
		return
	}
	l.points[l.n] = int32(j)
	l.n++
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
	kept, mine := others[:0], s.fineOf(i)
	for _, j := range others {
		if halfSquare(mine, s.fineOf(int(j))) <= max(s.limit[i], s.limit[j]) {
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
	kept, a := others[:0], s.row(i)
	relative := float64(s.x.Cols+8) / (1 << 24)
	for len(others) > 0 {
		n := min(4, len(others))
		var four [4]int32
		copy(four[:], others[:n])
		for c := n; c < 4; c++ {
			four[c] = four[0]
		}
		others = others[n:]
		r := dots(a, s.row(int(four[0])), s.row(int(four[1])), s.row(int(four[2])), s.row(int(four[3])))
		for c, j := range four[:n] {
			size := s.length[i] * s.length[j]
			if !(size > leastProduct && size < mostProduct) || s.halfFrom(i, int(j), float64(r[c])+relative*size) <= float64(max(s.limit[i], s.limit[j])) {
				kept = append(kept, j)
			}
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
