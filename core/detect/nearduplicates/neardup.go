// Package nearduplicates finds rows that repeat other rows, exactly or nearly, and
// repeats that contradict each other by their labels.
//
// Source: the near_duplicate check of cleanlab 2.9.0 (Datalab) for what is
// near. Exact repeats are told apart from near ones by comparing the values.
package nearduplicates

import (
	"context"
	"math"
	"slices"

	"taster/core"
	"taster/core/dataset"
	"taster/core/knn"
	"taster/core/num"
)

const name = "near-duplicates"

// Detector needs activations; with labels, it also finds repeats that
// contradict each other.
var Detector = &core.Detector{
	Name:   name,
	Title:  "Exact and near duplicates",
	Family: "duplication",
	Help: core.Help{
		Does:    "Finds rows that repeat other rows: exact duplicates among all rows, near duplicates (a distance that is a small part of the usual one to the nearest row) among the nearest ones. Repeats with different labels are reported apart, since one of the labels must be wrong. Distances are cosine where there are more than 3 columns, else Euclidean.",
		Misses:  "Exact duplicates in this layer mostly, but not always, come from equal inputs. Rows of zeros say nothing about their inputs, so their labels are not compared.",
		Sources: "cleanlab 2.9.0.",
	},
	Together: true,
	Cost:     func(s core.Size) core.Cost { return core.Cost{Own: 5e-5 * float64(s.Rows), Graph: knn.Cost(s)} },
	Params: []core.Param{
		{Name: "threshold", Title: "Threshold", Default: "0.13", Min: 0, Max: 10,
			Help: "Rows are near duplicates below this part of the median distance to the nearest row. A larger value finds more of them, and more that only look alike; 0 leaves the exact ones."},
		{Name: "neighbours", Title: "Neighbours", Default: "10", Min: 1, Max: 1000,
			Help: "How many nearest rows of each row are looked at for near duplicates. A larger number finds larger sets whole."},
	},
	Rules: []core.Rule{ruleConflict, ruleNearConflict, ruleExact, ruleNear},
	Check: dataset.On([]core.Role{core.RoleActivations}, run),
}

// run costs one graph of neighbours, which the detectors of a run share, and a
// sort of the rows that have a neighbour at distance 0.
func run(ctx context.Context, p *core.RowsPass) error {
	g, err := knn.Of(ctx, p, p.Params.Int("neighbours"))
	if err != nil {
		return err
	}
	s := newSearch(p.Data, g, p.Params.Float("threshold"))
	if err := p.Emit(core.Event{Result: s.result(p.Params)}); err != nil {
		return err
	}
	for _, f := range s.findings() {
		if err := p.Emit(core.Event{Finding: f}); err != nil {
			return err
		}
	}
	return nil
}

// leastMedian is the least median distance that the radius is taken of.
const leastMedian = 1e-6

type search struct {
	data    *core.Dataset
	nearest []float64 // by row: distance of the nearest neighbour; NaN: none
	known   int
	median  float64
	radius  float64
	exact   []group
	near    []group // those that hold rows of different values
}

// group is rows that repeat each other, ascending.
type group struct {
	rows    []int
	closest float64 // distance of the two rows that are nearest to each other
	zero    bool    // every value is zero
}

func newSearch(d *core.Dataset, g *knn.Graph, threshold float64) *search {
	s := &search{data: d, nearest: make([]float64, d.X.Rows)}
	var all []float64
	for i := range s.nearest {
		s.nearest[i] = math.NaN()
		if _, dist := g.Row(i); len(dist) > 0 {
			s.nearest[i] = dist[0]
			all = append(all, dist[0])
		}
	}
	if s.known = len(all); s.known == 0 {
		return s
	}
	s.median = num.Median(all)
	s.radius = threshold * max(s.median, leastMedian)
	s.exact = s.findExact()
	s.near = s.findNear(g)
	return s
}

// findExact sorts the rows that could have an equal one, and takes the runs.
func (s *search) findExact() []group {
	var rows []int
	for i, d := range s.nearest {
		if d == 0 {
			rows = append(rows, i)
		}
	}
	x := s.data.X
	slices.SortStableFunc(rows, func(a, b int) int { return slices.Compare(x.Row(a), x.Row(b)) })
	var out []group
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && slices.Equal(x.Row(rows[0]), x.Row(rows[n])) {
			n++
		}
		if n > 1 {
			out = append(out, group{rows: rows[:n:n], zero: allZero(x.Row(rows[0]))})
		}
		rows = rows[n:]
	}
	sortGroups(out)
	return out
}

func allZero(row []float32) bool {
	for _, v := range row {
		if v != 0 {
			return false
		}
	}
	return true
}

// findNear links rows that are closer than the radius, and takes the chains of
// links that join rows of different values.
func (s *search) findNear(g *knn.Graph) []group {
	chain := newChains(len(s.nearest))
	for _, e := range s.exact {
		for _, r := range e.rows[1:] {
			chain.join(e.rows[0], r)
		}
	}
	differ := map[int]float64{} // by row that starts a link of different values: its distance
	for i := range s.nearest {
		ids, dist := g.Row(i)
		for n, j := range ids {
			if !(dist[n] < s.radius) {
				break
			}
			chain.join(i, int(j))
			if dist[n] > 0 || !slices.Equal(s.data.X.Row(i), s.data.X.Row(int(j))) {
				if d, ok := differ[i]; !ok || dist[n] < d {
					differ[i] = dist[n]
				}
			}
		}
	}
	closest := map[int]float64{}
	for i, d := range differ {
		root := chain.root(i)
		if c, ok := closest[root]; !ok || d < c {
			closest[root] = d
		}
	}
	return chain.groups(closest)
}

func sortGroups(groups []group) {
	slices.SortFunc(groups, func(a, b group) int { return a.rows[0] - b.rows[0] })
}

// chains is a partition of rows (union and find).
type chains []int32

func newChains(n int) chains {
	c := make(chains, n)
	for i := range c {
		c[i] = int32(i)
	}
	return c
}

func (c chains) root(i int) int {
	for int(c[i]) != i {
		c[i] = c[c[i]]
		i = int(c[i])
	}
	return i
}

// join makes one part of two; its root is its first row.
func (c chains) join(i, j int) {
	i, j = c.root(i), c.root(j)
	c[max(i, j)] = int32(min(i, j))
}

// groups lists the parts with the given roots.
func (c chains) groups(closest map[int]float64) []group {
	at := map[int]int{}
	var out []group
	for i := range c {
		root := c.root(i)
		d, ok := closest[root]
		if !ok {
			continue
		}
		if root == i {
			at[root] = len(out)
			out = append(out, group{closest: d})
		}
		g := &out[at[root]]
		g.rows = append(g.rows, i)
	}
	return out
}
