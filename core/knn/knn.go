// Package knn finds the nearest neighbours of every row, exactly, without
// comparing every row with every other.
//
// The rows are rotated to the axes along which they vary most. Their first few
// coordinates and the length of the rest form a short signature, and the
// distance of two signatures is never larger than that of the rows. A tree over
// the signatures (Bentley, "Multidimensional binary search trees used for
// associative searching", 1975) is then joined with itself (Gray and Moore,
// "N-body problems in statistical learning", 2001): parts of the tree, then
// signatures, then longer signatures rule pairs of rows out, and only what is
// left is measured, in float64. What is ruled out depends on bounds that allow
// for every rounding, so the neighbours are those of a full comparison.
package knn

import (
	"context"
	"fmt"

	"taster/core"
)

// Metric says how far apart two rows are.
type Metric string

// The metrics. Cosine is 1 - cos of the angle, from 0 to 2; a row of zeros is
// at 1 from every other row. Rows that are equal are at 0.
const (
	Cosine    Metric = "cosine"
	Euclidean Metric = "euclidean"
)

// Default is the metric that cleanlab 2.9.0 takes for rows of d columns.
func Default(d int) Metric {
	if d > 3 {
		return Cosine
	}
	return Euclidean
}

// Graph lists the K nearest neighbours of each row, nearest first, without the
// row itself. Rows at equal distance come in the order of the data.
type Graph struct {
	Metric Metric
	K      int     // fewer than were asked for where there are not as many rows
	at     []int32 // by row: its place in what follows; -1 where it is not usable
	ids    []int32
	dist   []float64
}

// Row is the neighbours of row i and their distances, K of them, or none when
// the row is not usable.
func (g *Graph) Row(i int) (ids []int32, dist []float64) {
	at := int(g.at[i])
	if at < 0 {
		return nil, nil
	}
	lo, hi := at*g.K, (at+1)*g.K
	return g.ids[lo:hi:hi], g.dist[lo:hi:hi]
}

// Nearest is the graph of the k nearest of each row's neighbours.
func (g *Graph) Nearest(k int) *Graph {
	if k >= g.K {
		return g
	}
	n := len(g.ids) / g.K
	out := &Graph{Metric: g.Metric, K: k, at: g.at, ids: make([]int32, n*k), dist: make([]float64, n*k)}
	for i := range n {
		copy(out.ids[i*k:(i+1)*k], g.ids[i*g.K:])
		copy(out.dist[i*k:(i+1)*k], g.dist[i*g.K:])
	}
	return out
}

// Build finds the k nearest neighbours of every usable row of x; usable nil
// means all. Values of usable rows must be finite.
//
// Cost: N D for each axis of the signature, 64 at most, then between N log N
// and N^2 D, as far as the rows vary along few axes or many. Memory: about 900
// bytes for each row besides the result. It uses as many threads as Go is given; the result does not depend on them.
// progress hears how many of all pairs are settled, from one thread at a time,
// not always the same; its error, or that of ctx, ends the search.
func Build(ctx context.Context, x *core.Matrix, usable []bool, metric Metric, k int, progress func(done, total int64) error) (*Graph, error) {
	return build(ctx, x, usable, metric, k, core.Share{Index: 0, Of: 1}, progress)
}

// build looks at a share of the pairs. Of those, it lists the best.
func build(ctx context.Context, x *core.Matrix, usable []bool, metric Metric, k int, share core.Share, progress func(done, total int64) error) (*Graph, error) {
	p := newPoints(x, usable, metric)
	g := &Graph{Metric: metric, K: max(min(k, len(p.rows)-1), 0), at: make([]int32, x.Rows)}
	if g.K > 0 {
		s := newSearch(ctx, p, g.K, share, progress)
		if err := p.sign(ctx, s.tell); err != nil {
			return nil, err
		}
		if err := s.run(); err != nil {
			return nil, err
		}
		g.ids, g.dist = s.ids, s.dist
	}
	for i := range g.at {
		g.at[i] = -1
	}
	for i, r := range p.rows {
		g.at[r] = int32(i)
	}
	return g, nil
}

// sharedK is how many neighbours the graph has that the detectors share. A
// graph of 50 takes about a third longer than one of 10.
const sharedK = 50

// Of is the graph of the dataset of p with the k nearest neighbours, by the
// default metric. The detectors of one run share it: it is computed once for
// all of them, unless one asks for more than 50 neighbours.
func Of(ctx context.Context, p *core.RowsPass, k int) (*Graph, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g, err := of(ctx, p, Default(p.Data.X.Cols), max(k, sharedK))
	if err != nil {
		return nil, err
	}
	return g.Nearest(k), nil
}

// room is how many values a search may take for each one of activations that
// may be held.
const room = 4

// fits refuses a graph for which there is no memory.
func fits(p *core.RowsPass, k int) error {
	const perRow = 2 * (coarseDims + fineDims) // values of signatures, twice while they are put in order
	rows, limit := int64(p.Data.X.Rows), room*p.Limits.WithDefaults().Cells
	if rows > limit/int64(perRow+3*k) {
		return fmt.Errorf("%w: a graph of %d rows with %d neighbours", core.ErrLimit, rows, k)
	}
	return nil
}

// of makes a graph once, together with the team.
func of(ctx context.Context, p *core.RowsPass, metric Metric, k int) (*Graph, error) {
	if err := fits(p, k); err != nil {
		return nil, err
	}
	key := fmt.Sprintf("knn/%s/%d", metric, k)
	return core.Once(p.Data, key, func() (*Graph, error) {
		graphs, err := core.Together(ctx, p.Pass, key, func(ctx context.Context, share core.Share) (Graph, error) {
			g, err := build(ctx, p.Data.X, p.Data.Usable, metric, k, share, func(done, total int64) error {
				return p.Emit(core.Event{Progress: &core.Progress{Step: "Finding neighbours", Unit: "pairs", Done: done, Total: total, Workers: share.Of}})
			})
			if err != nil {
				return Graph{}, err
			}
			return *g, nil
		})
		if err != nil {
			return nil, err
		}
		return merge(graphs), nil
	})
}
