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
	pairs := int64(a.size()) * int64(b.size())
	if a == b {
		pairs = int64(a.size()) * int64(a.size()-1) / 2
	}
	if !s.settled(pairs) {
		return
	}
	var t tile
	t.load(s.points, a, b)
	for i := 0; i < a.size(); i += 2 {
		next := min(i+1, a.size()-1)
		for j := 0; j < b.size(); j += 4 {
			r := products(&t.a[i], &t.a[next], &t.b[j/4])
			for c := range min(4, b.size()-j) {
				s.consider(a.lo+i, b.lo+j+c, t.ha[i]+t.hb[j+c]-r[c]-t.slack)
				if next > i {
					s.consider(a.lo+next, b.lo+j+c, t.ha[next]+t.hb[j+c]-r[4+c]-t.slack)
				}
			}
		}
	}
	s.relimit(a)
	s.relimit(b)
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

// consider measures points i and j when half, a lower bound of half the
// squared distance of their signatures, leaves it open that one is a neighbour
// of the other.
func (s *search) consider(i, j int, half float32) {
	limit := max(s.limit[i], s.limit[j])
	if half > limit {
		return
	}
	s.measure(i, j, limit)
}

func (s *search) measure(i, j int, limit float32) {
	if i >= j || s.fine != nil && halfSquare(s.fineOf(i), s.fineOf(j)) > limit {
		return
	}
	d := s.distance(i, j)
	s.offer(i, s.rows[j], d)
	s.offer(j, s.rows[i], d)
}
