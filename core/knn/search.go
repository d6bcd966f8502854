package knn

import (
	"context"
	"math"
	"runtime"
	"sync"

	"taster/core"
)

const (
	unlimited = math.MaxFloat32
	forkRows  = 2048    // from which a part is worth a thread
	tellWork  = 1 << 26 // products between two reports of progress
	ulp       = 1.0 / (1 << 52)
)

// search joins the tree of the points with itself. Parts that run at the same
// time never share a point, so that only progress is locked.
type search struct {
	*points
	k     int
	share core.Share
	ids   []int32   // n x k by point: rows, nearest first
	dist  []float64 // n x k
	// limit is, for each point, half the squared distance of signatures above
	// which a pair cannot matter to it any more.
	limit   []float32
	threads int

	ctx      context.Context
	progress func(done, total int64) error
	mu       sync.Mutex // for what follows
	done     int64      // pairs settled
	work     int64      // products since the last report
	err      error
}

func newSearch(ctx context.Context, p *points, k int, share core.Share, progress func(done, total int64) error) *search {
	n := len(p.rows)
	s := &search{points: p, k: k, share: share, ctx: ctx, progress: progress, threads: runtime.GOMAXPROCS(0),
		ids: make([]int32, n*k), dist: make([]float64, n*k), limit: make([]float32, n)}
	for i := range s.dist {
		s.dist[i] = math.Inf(1)
	}
	for i := range s.limit {
		s.limit[i] = unlimited
	}
	return s
}

func (s *search) run() error {
	s.within(s.grow())
	return s.err
}

// within settles the pairs inside n.
func (s *search) within(n *node) {
	if n.left == nil {
		s.compare(n, n)
		return
	}
	s.both(n.size(), func() { s.within(n.left) }, func() { s.within(n.right) })
	s.between(n.left, n.right)
	n.lift()
}

// between settles the pairs of a point of a with one of b, which comes after a.
func (s *search) between(a, b *node) {
	switch {
	case apart(a, b) > larger(a.worst, b.worst):
		s.settled(int64(a.size())*int64(b.size()), 0)
	case a.left == nil && b.left == nil:
		s.compare(a, b)
	case a.left == nil:
		s.between(a, b.left)
		s.between(a, b.right)
		b.lift()
	case b.left == nil:
		s.between(a.left, b)
		s.between(a.right, b)
		a.lift()
	default:
		s.quarters(a, b)
	}
}

// quarters settles the closer pairs of halves first, because each pair found
// lowers the limits for those that follow.
func (s *search) quarters(a, b *node) {
	near, far := b.left, b.right
	if apart(a.left, near)+apart(a.right, far) > apart(a.left, far)+apart(a.right, near) {
		near, far = far, near
	}
	n := min(a.size(), b.size())
	s.both(n, func() { s.between(a.left, near) }, func() { s.between(a.right, far) })
	s.both(n, func() { s.between(a.left, far) }, func() { s.between(a.right, near) })
	a.lift()
	b.lift()
}

// both runs f and g, which share no point, at the same time where that pays.
func (s *search) both(size int, f, g func()) {
	if s.threads == 1 || size < forkRows {
		f()
		g()
		return
	}
	together(f, g)
}

// settled counts pairs, and the products that they took.
func (s *search) settled(pairs, work int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done += pairs
	if s.work += work; s.work >= tellWork && s.err == nil {
		s.work, s.err = 0, s.tell()
	}
}

// tell reports progress.
func (s *search) tell() error {
	if s.progress == nil {
		return nil
	}
	n := int64(len(s.rows))
	return s.progress(s.done, n*(n-1)/2)
}

// stopped reports whether the search has to end.
func (s *search) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	return s.err != nil
}

// offer adds a neighbour to the list of point i if it is near enough.
func (s *search) offer(i int, row int32, d float64) {
	ids, dist := s.ids[i*s.k:(i+1)*s.k], s.dist[i*s.k:(i+1)*s.k]
	at := s.k
	for at > 0 && (d < dist[at-1] || d == dist[at-1] && row < ids[at-1]) {
		at--
	}
	if at == s.k {
		return
	}
	copy(ids[at+1:], ids[at:])
	copy(dist[at+1:], dist[at:])
	ids[at], dist[at] = row, d
	s.limit[i] = s.limitOf(dist[s.k-1])
}

// limitOf is half the squared distance that two signatures have at most when
// their points are at distance d. It allows for the rounding of d, of the
// signatures, and of the float32 sum that it will be compared with: the
// signatures are at most 1 long and their entries rounded to 24 bits, and the
// last entry is the root of a difference of sums of D and of 64 squares.
func (s *search) limitOf(d float64) float32 {
	terms := float64(s.x.Cols + 2*fineDims)
	sign := 4.0/(1<<24) + 2*math.Sqrt(terms*ulp)
	if s.metric == Cosine {
		d = math.Sqrt(2 * (d + terms*ulp))
		sign += 2 * terms * ulp * s.unit
	}
	d = d*(1+terms*ulp)*s.unit + sign
	return float32(min(d*d/2*(1+32.0/(1<<24)), unlimited))
}
