package knn

import (
	"context"
	"errors"
	"testing"

	"taster/core"
)

// TestShares: the best of all shares are the neighbours, however many workers
// there are.
func TestShares(t *testing.T) {
	for name, x := range shapes() {
		for _, metric := range []Metric{Cosine, Euclidean} {
			want, err := Build(t.Context(), x, nil, metric, 20, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, of := range []int{2, 3, 7} {
				if d := difference(want, merge(sent(t, x, metric, 20, of))); d != "" {
					t.Errorf("%s, %s, %d shares: %s", name, metric, of, d)
				}
			}
		}
	}
}

// sent is the graphs of all shares, after they crossed between memories.
func sent(t *testing.T, x *core.Matrix, metric Metric, k, of int) []Graph {
	t.Helper()
	out := make([]Graph, of)
	for i := range out {
		g, err := build(t.Context(), x, nil, metric, k, core.Share{Index: i, Of: of}, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := g.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := out[i].UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestSharesDivide: the pairs that take the time are divided, or nobody would
// be faster with others.
func TestSharesDivide(t *testing.T) {
	x := blobs(1, 6000, 40, 3)
	p := newPoints(x, nil, Cosine)
	if err := p.sign(t.Context(), func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	leaves := leavesOf(p.grow())
	const of = 3
	var count [of]int
	for i := range of {
		s := newSearch(t.Context(), p, 10, core.Share{Index: i, Of: of}, nil)
		for j, a := range leaves {
			for _, b := range leaves[j:] {
				if s.mine(a, b) {
					count[i]++
				}
			}
		}
	}
	all := len(leaves) * (len(leaves) + 1) / 2
	for i, n := range count {
		if n < all/of || n > all*4/10 {
			t.Errorf("share %d has %d of %d pairs of leaves", i, n, all)
		}
	}
}

func leavesOf(n *node) []*node {
	if n.left == nil {
		return []*node{n}
	}
	return append(leavesOf(n.left), leavesOf(n.right)...)
}

// TestBrokenShare: what another worker sends is checked.
func TestBrokenShare(t *testing.T) {
	whole, err := sent(t, blobs(1, 90, 5, 1), Cosine, 4, 2)[0].MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) - len(Cosine) {
		var g Graph
		if err := g.UnmarshalBinary(whole[:n]); !errors.Is(err, errShare) {
			t.Fatalf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
	whole[0] = 200 // more neighbours than rows
	var g Graph
	if err := g.UnmarshalBinary(whole); !errors.Is(err, errShare) {
		t.Error(err)
	}
}

// crew is a team of which only the leader works.
type crew struct {
	of   int
	keys map[string]int
}

func (c crew) Together(_ context.Context, key string, part func(core.Share) ([]byte, error)) ([][]byte, error) {
	c.keys[key]++
	var out [][]byte
	for i := range c.of {
		b, err := part(core.Share{Index: i, Of: c.of})
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// TestOfTogether: detectors that share a graph share it with the team as well.
func TestOfTogether(t *testing.T) {
	x := blobs(1, 500, 20, 3)
	team := crew{of: 3, keys: map[string]int{}}
	p := &core.RowsPass{Data: &core.Dataset{X: x}, Pass: &core.Pass{Team: team, Emit: func(core.Event) error { return nil }}}
	for _, k := range []int{10, 3} {
		got, err := Of(t.Context(), p, k)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Build(t.Context(), x, nil, Cosine, k, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(want, got); d != "" {
			t.Error(d)
		}
	}
	if len(team.keys) != 1 || team.keys["knn/cosine/50"] != 1 {
		t.Errorf("worked together on %v", team.keys)
	}
}

// TestOfLimit: a graph that would not fit in memory is refused before any is
// made for it.
func TestOfLimit(t *testing.T) {
	p := &core.RowsPass{Data: &core.Dataset{X: &core.Matrix{Rows: 10_000}}, Pass: &core.Pass{Limits: core.Limits{Cells: 500_000}}}
	if _, err := Of(t.Context(), p, 10); !errors.Is(err, core.ErrLimit) {
		t.Errorf("10 000 rows in the room of 500 000 values: %v", err)
	}
}
