package dataset

import (
	"slices"
	"strings"
)

func affinityOf(p, q *piece) int {
	if q == nil {
		return -1
	}
	return affinity(p, q)
}

// affinity is how near two pieces lie, -1 where they cannot belong together.
func affinity(p, q *piece) int {
	if p.split != "" && q.split != "" && p.split != q.split {
		return -1
	}
	n := 20
	if p.split == q.split {
		n += 8
	}
	if p.dir == q.dir {
		n += 8
	} else {
		n += min(common(strings.Split(p.dir, "/"), strings.Split(q.dir, "/")), 4)
	}
	if p.a.File == q.a.File {
		n += 4
	}
	shared := 0
	for _, w := range p.stem {
		if slices.Contains(q.stem, w) {
			shared++
		}
	}
	return n + 2*min(shared, 3) - min(len(p.stem)+len(q.stem)-2*shared, 6)
}

// common counts the elements with which both begin.
func common(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// nearest is the groups that lie nearest to p among those that fit: one, or
// several that are equally near.
func (g *grouping) nearest(p *piece, fits func(*group) bool) []*group {
	best, out := -1, []*group(nil)
	for _, s := range g.groups {
		if !fits(s) {
			continue
		}
		near := -1
		for _, q := range s.pieces {
			near = max(near, affinity(p, q))
		}
		switch {
		case near < 0 || near < best:
		case near > best:
			best, out = near, []*group{s}
		default:
			out = append(out, s)
		}
	}
	return out
}
