package knn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/num/kernel"
)

// brute is the graph by its definition.
func brute(x *core.Matrix, usable []bool, metric Metric, k int) *Graph {
	p := newPoints(x, usable, metric)
	g := &Graph{Metric: metric, K: max(min(k, len(p.rows)-1), 0), at: make([]int32, x.Rows)}
	for i := range g.at {
		g.at[i] = -1
	}
	for i, r := range p.rows {
		g.at[r] = int32(i)
		var best []pair
		for j, id := range p.rows {
			next := pair{id, p.distance(i, j)}
			if j == i || len(best) == g.K && (g.K == 0 || next.compare(best[g.K-1]) > 0) {
				continue
			}
			at, _ := slices.BinarySearchFunc(best, next, pair.compare)
			best = slices.Insert(best, at, next)
			best = best[:min(len(best), g.K)]
		}
		for _, b := range best {
			g.ids, g.dist = append(g.ids, b.id), append(g.dist, b.d)
		}
	}
	return g
}

type pair struct {
	id int32
	d  float64
}

func (a pair) compare(b pair) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.id, b.id)) }

// shapes of rows, easy and odd.
func shapes() map[string]*core.Matrix {
	rng := rand.New(rand.NewPCG(7, 7))
	normal, classes := blobs(1, 300, 20, 1), blobs(2, 500, 90, 7)
	scaled := func(x *core.Matrix, by float32) *core.Matrix {
		return changed(x, func(_, _ int, v float32) float32 { return v * by })
	}
	return map[string]*core.Matrix{
		"normal":              normal,
		"classes":             classes,
		"like activations":    alike(1, 700, 100, 5),
		"several leaves":      blobs(4, 1000, 3, 4),
		"as long as coarse":   blobs(4, 200, coarseDims, 2),
		"as long as fine":     blobs(4, 200, fineDims, 2),
		"one more than fine":  blobs(4, 200, fineDims+1, 2),
		"one column":          blobs(5, 400, 1, 2),
		"two columns":         blobs(5, 130, 2, 2),
		"one leaf":            blobs(6, leafRows, 4, 1),
		"one more than leaf":  blobs(6, leafRows+1, 4, 1),
		"two rows":            blobs(6, 2, 4, 1),
		"one row":             blobs(6, 1, 4, 1),
		"no rows":             {Cols: 4},
		"no columns":          {Rows: 5},
		"small whole numbers": changed(blobs(8, 600, 5, 1), func(_, _ int, v float32) float32 { return float32(math.Round(float64(v))) }),
		"all alike":           changed(normal, func(_, j int, _ float32) float32 { return float32(j) }),
		"all zero":            scaled(normal, 0),
		"some rows of zeros": changed(classes, func(i, _ int, v float32) float32 {
			if i%9 == 0 {
				return 0
			}
			return v
		}),
		"one direction": changed(normal, func(i, j int, _ float32) float32 { return float32(i+1) * float32(j+1) }),
		"copies":        changed(normal, func(i, j int, _ float32) float32 { return normal.Row(i % 17)[j] }),
		"nearly copies": changed(normal, func(i, j int, _ float32) float32 {
			return normal.Row(i % 17)[j] * (1 + float32(rng.IntN(5))/(1<<22))
		}),
		"huge":            scaled(normal, 1e37),
		"tiny":            scaled(normal, 1e-37),
		"below normal":    scaled(normal, 1e-44),
		"far from origin": changed(classes, func(_, _ int, v float32) float32 { return v + 1e4 }),
		"one giant": changed(classes, func(i, _ int, v float32) float32 {
			if i == 77 {
				return v * 1e30
			}
			return v
		}),
		"mixed sizes": changed(classes, func(i, _ int, v float32) float32 { return v * float32(math.Pow(10, float64(i%30-15))) }),
	}
}

// TestBuild: whatever the rows, the neighbours are those of a full comparison,
// to the last bit.
func TestBuild(t *testing.T) {
	for name, x := range shapes() {
		for _, metric := range []Metric{Cosine, Euclidean} {
			most := brute(x, nil, metric, 60)
			for _, k := range []int{1, 10, 60} {
				got, err := Build(t.Context(), x, nil, metric, k, nil)
				if err != nil {
					t.Fatal(err)
				}
				if d := difference(most.Nearest(k), got); d != "" {
					t.Errorf("%s, %s, %d neighbours: %s", name, metric, k, d)
				}
			}
		}
	}
}

func difference(want, got *Graph) string {
	if want.K != got.K || want.Metric != got.Metric {
		return gocmp.Diff([]any{want.Metric, want.K}, []any{got.Metric, got.K})
	}
	for i := range want.at {
		ids, dist := want.Row(i)
		gotIDs, gotDist := got.Row(i)
		if !slices.Equal(ids, gotIDs) || !slices.Equal(dist, gotDist) {
			return fmt.Sprintf("row %d (-want +got):\n%s%s", i, gocmp.Diff(ids, gotIDs), gocmp.Diff(dist, gotDist))
		}
	}
	return ""
}

// TestBuildThreads is large enough for several threads.
func TestBuildThreads(t *testing.T) {
	x := blobs(3, 4500, 3, 3)
	got, err := Build(t.Context(), x, nil, Euclidean, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(brute(x, nil, Euclidean, 5), got); d != "" {
		t.Error(d)
	}
}

// TestDistance holds the distances to their definitions.
func TestDistance(t *testing.T) {
	tests := []struct {
		metric Metric
		a, b   []float32
		want   float64
	}{
		{Euclidean, []float32{0, 3, 0, 0, 1}, []float32{4, 0, 0, 0, 1}, 5},
		{Euclidean, []float32{3e38, 0}, []float32{-3e38, 0}, 6e38},
		{Cosine, []float32{2, 0}, []float32{0, 5}, 1},
		{Cosine, []float32{1, 1}, []float32{-3, -3}, 2},
		{Cosine, []float32{1, 0}, []float32{1, 1}, 1 - math.Sqrt2/2},
		{Cosine, []float32{1e-44, 0}, []float32{1e38, 1e38}, 1 - math.Sqrt2/2},
		{Cosine, []float32{0, 0}, []float32{1, 1}, 1},
		{Cosine, []float32{0, 0}, []float32{0, 0}, 0},
		{Cosine, []float32{0.1, 0.7}, []float32{0.1, 0.7}, 0},
	}
	for _, test := range tests {
		x := &core.Matrix{Rows: 2, Cols: len(test.a), Data: slices.Concat(test.a, test.b)}
		p := newPoints(x, nil, test.metric)
		if d := p.distance(0, 1); math.Abs(d-test.want) > 1e-7*test.want || d != p.distance(1, 0) {
			t.Errorf("%s of %v and %v is %v, want %v", test.metric, test.a, test.b, d, test.want)
		}
	}
}

// TestUnusable: rows that are not usable neither have neighbours nor are any.
func TestUnusable(t *testing.T) {
	x := blobs(1, 200, 8, 2)
	usable := make([]bool, x.Rows)
	for i := range usable {
		usable[i] = i%3 > 0
		if !usable[i] {
			x.Row(i)[2] = float32(math.NaN())
		}
	}
	got, err := Build(t.Context(), x, usable, Cosine, 4, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(brute(x, usable, Cosine, 4), got); d != "" {
		t.Error(d)
	}
	for i := range x.Rows {
		ids, _ := got.Row(i)
		if (len(ids) > 0) != usable[i] {
			t.Errorf("row %d, usable %t, has neighbours %v", i, usable[i], ids)
		}
	}
}

func TestNearest(t *testing.T) {
	x := blobs(1, 100, 8, 2)
	ten, err := Build(t.Context(), x, nil, Cosine, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(brute(x, nil, Cosine, 3), ten.Nearest(3)); d != "" {
		t.Error(d)
	}
	if ten.Nearest(10) != ten || ten.Nearest(11) != ten {
		t.Error("a graph of no fewer neighbours was copied")
	}
}

// TestStops: an error of progress, and a cancelled context, end the search.
func TestStops(t *testing.T) {
	x, stop := blobs(1, 4500, 40, 1), errors.New("stop")
	calls, last, of := 0, int64(0), int64(0)
	if _, err := Build(t.Context(), x, nil, Cosine, 10, func(done, total int64) error {
		calls, last, of = calls+1, done, total
		return nil
	}); err != nil || calls < 3 || last > of || of != 4500*4499/2 {
		t.Fatalf("%d calls, %d of %d, %v", calls, last, of, err)
	}
	for after := 1; after < calls; after++ {
		n := 0
		_, err := Build(t.Context(), x, nil, Cosine, 10, func(int64, int64) error {
			if n++; n == after {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) || n != after {
			t.Fatalf("refused call %d, but %d came, and the error is %v", after, n, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Build(ctx, x, nil, Cosine, 10, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestPrunes keeps the search from comparing everything: of rows like
// activations, only a small part of the pairs may be measured.
func TestPrunes(t *testing.T) {
	x := alike(1, 3000, 128, 10)
	p := newPoints(x, nil, Cosine)
	if err := p.sign(t.Context(), func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	s := newSearch(t.Context(), p, 10, core.Share{Index: 0, Of: 1}, nil)
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	open := 0
	for i := range p.rows {
		for j := range i {
			half := make([]float32, 1)
			if kernel.HalfSquares(half, p.fine, fineDims, i, []int32{int32(j)}); half[0] <= max(s.limit[i], s.limit[j]) {
				open++
			}
		}
	}
	if share := float64(open) / (3000 * 2999 / 2); share > 0.01 {
		t.Errorf("bounds leave %.4f of the pairs open", share)
	}
}

// FuzzBuild compares with brute on rows of any bytes.
func FuzzBuild(f *testing.F) {
	f.Add([]byte("some rows of text, which are numbers as well as any"), uint8(2), uint8(3), true)
	f.Add(make([]byte, 4000), uint8(1), uint8(1), false)
	f.Add([]byte{0, 0, 128, 63, 1, 0, 0, 0, 0, 0, 128, 127, 255, 255, 127, 127, 255, 255, 127, 255, 0, 0, 0, 128}, uint8(1), uint8(9), true)
	f.Fuzz(func(t *testing.T, b []byte, columns, k uint8, cosine bool) {
		d := int(columns)%24 + 1
		x := &core.Matrix{Rows: min(len(b)/(4*d), 300), Cols: d}
		usable := make([]bool, x.Rows)
		for i := range usable {
			usable[i] = true
			for range d {
				v := math.Float32frombits(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)
				usable[i] = usable[i] && !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0)
				x.Data, b = append(x.Data, v), b[4:]
			}
		}
		metric := Euclidean
		if cosine {
			metric = Cosine
		}
		got, err := Build(t.Context(), x, usable, metric, int(k), nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := difference(brute(x, usable, metric, int(k)), got); diff != "" {
			t.Error(diff)
		}
	})
}
