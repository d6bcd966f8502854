package knn

import (
	"encoding/binary"
	"errors"
	"math"
)

// Several workers find the neighbours of all rows together: each looks at its
// share of the pairs of leaves and keeps the best of those for every row. The
// best of all shares are the neighbours.

// nearRows is the size of the parts of the tree whose pairs every share looks
// at: they are few, and what is found there rules out most of the others.
const nearRows = 4 * leafRows

// mine says whether the pairs of leaves a and b, which is not before a, belong
// to the share of the search.
func (s *search) mine(a, b *node) bool {
	return a.lo/nearRows == b.lo/nearRows || s.share.Has(a.leaf.number+b.leaf.number)
}

// merge is the graph of the best neighbours of several graphs of the same
// rows. A neighbour may be in more than one of them. It takes time in
// proportion to all of them.
func merge(graphs []Graph) *Graph {
	all := &graphs[0]
	for i := range graphs[1:] {
		all = all.with(&graphs[i+1])
	}
	return all
}

// with merges the lists of two graphs. Both are in order, so a neighbour that
// both have is at the head of both at the same time.
func (g *Graph) with(other *Graph) *Graph {
	out := &Graph{Metric: g.Metric, K: g.K, at: g.at, ids: make([]int32, len(g.ids)), dist: make([]float64, len(g.dist))}
	for lo := 0; lo < len(g.ids); lo += g.K {
		i, j := lo, lo
		for to := lo; to < lo+g.K; to++ {
			out.ids[to], out.dist[to] = g.ids[i], g.dist[i]
			if other.dist[j] < g.dist[i] || other.dist[j] == g.dist[i] && other.ids[j] < g.ids[i] {
				out.ids[to], out.dist[to] = other.ids[j], other.dist[j]
			}
			if g.ids[i] == out.ids[to] {
				i++
			}
			if other.ids[j] == out.ids[to] {
				j++
			}
		}
	}
	return out
}

// errShare says that what another worker sent is no graph.
var errShare = errors.New("knn: a share of the graph is broken")

// MarshalBinary implements [encoding.BinaryMarshaler].
func (g Graph) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, 8+len(g.Metric)+4*len(g.at)+12*len(g.ids))
	b = binary.LittleEndian.AppendUint32(b, uint32(g.K))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(g.at)))
	for _, v := range g.at {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	for i, v := range g.ids {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(g.dist[i]))
	}
	return append(b, g.Metric...), nil
}

// UnmarshalBinary implements [encoding.BinaryUnmarshaler].
func (g *Graph) UnmarshalBinary(b []byte) error {
	if len(b) < 8 {
		return errShare
	}
	k, rows := int(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
	if b = b[8:]; len(b)/4 < rows {
		return errShare
	}
	*g = Graph{K: k, at: make([]int32, rows)}
	usable := 0
	for i := range g.at {
		g.at[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
		if g.at[i] >= 0 {
			usable++
		}
	}
	if b = b[4*rows:]; k < 0 || k > max(usable-1, 0) || len(b)/12 < usable*k {
		return errShare
	}
	g.ids, g.dist = make([]int32, usable*k), make([]float64, usable*k)
	for i := range g.ids {
		g.ids[i] = int32(binary.LittleEndian.Uint32(b[12*i:]))
		g.dist[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[12*i+4:]))
	}
	g.Metric = Metric(b[12*len(g.ids):])
	return nil
}
