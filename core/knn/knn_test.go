package knn

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"taster/core"
)

// brute is the graph by its definition.
func brute(x *core.Matrix, usable []bool, metric Metric, k int) *Graph {
	p := newPoints(x, usable, metric)
	n := len(p.rows)
	g := &Graph{Metric: metric, K: max(min(k, n-1), 0), known: make([]bool, x.Rows)}
	g.ids, g.dist = make([]int32, x.Rows*g.K), make([]float64, x.Rows*g.K)
	type pair struct {
		id int32
		d  float64
	}
	for i, r := range p.rows {
		g.known[r] = true
		var all []pair
		for j, id := range p.rows {
			if j != i {
				all = append(all, pair{id, p.distance(i, j)})
			}
		}
		slices.SortFunc(all, func(a, b pair) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.id, b.id)) })
		for j := range g.K {
			g.ids[int(r)*g.K+j], g.dist[int(r)*g.K+j] = all[j].id, all[j].d
		}
	}
	return g
}

// alike makes rows like those of a layer after ReLU: classes, few directions
// of variation, many zeros.
func alike(seed uint64, n, d, classes int) *core.Matrix {
	const hidden = 24
	rng := rand.New(rand.NewPCG(seed, 2))
	weights := make([][]float64, d)
	for j := range weights {
		weights[j] = make([]float64, hidden)
		for h := range weights[j] {
			weights[j][h] = rng.NormFloat64() / math.Sqrt(hidden)
		}
	}
	centre := make([][]float64, classes)
	for c := range centre {
		centre[c] = make([]float64, hidden)
		for h := range centre[c] {
			centre[c][h] = 3 * rng.NormFloat64()
		}
	}
	x := &core.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
	z := make([]float64, hidden)
	for i := range n {
		c := centre[rng.IntN(classes)]
		for h := range z {
			z[h] = c[h] + rng.NormFloat64()*math.Pow(0.9, float64(h))*1.5
		}
		row := x.Row(i)
		for j, w := range weights {
			s := 0.1 * rng.NormFloat64()
			for h, v := range z {
				s += v * w[h]
			}
			row[j] = float32(max(s, 0))
		}
	}
	return x
}

// blobs makes classes of independent normal values: the hardest rows.
func blobs(seed uint64, n, d, classes int) *core.Matrix {
	rng := rand.New(rand.NewPCG(seed, 3))
	mean := make([]float64, classes*d)
	for j := range mean {
		mean[j] = 3 * rng.NormFloat64()
	}
	x := &core.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
	for i := range n {
		c := i * classes / n
		for j := range d {
			x.Data[i*d+j] = float32(mean[c*d+j] + rng.NormFloat64())
		}
	}
	return x
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{10_000, 50_000} {
		for name, x := range map[string]*core.Matrix{"activations": alike(1, n, 512, 10), "normal": blobs(1, n, 512, 10)} {
			for _, k := range []int{10, 50} {
				b.Run(fmt.Sprintf("%s/%dk-512/k%d", name, n/1000, k), func(b *testing.B) {
					for b.Loop() {
						if _, err := Build(b.Context(), x, nil, Cosine, k, nil); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

func TestQuick(t *testing.T) {
	for name, x := range map[string]*core.Matrix{"alike": alike(1, 1500, 100, 10), "blobs": blobs(1, 1500, 100, 10), "small": blobs(1, 700, 5, 1)} {
		for _, m := range []Metric{Cosine, Euclidean} {
			want := brute(x, nil, m, 10)
			got, err := Build(t.Context(), x, nil, m, 10, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want.ids {
				if want.ids[i] != got.ids[i] || want.dist[i] != got.dist[i] {
					t.Fatalf("%s %s row %d: %v %v want %v %v", name, m, i/10, got.ids[i], got.dist[i], want.ids[i], want.dist[i])
				}
			}
		}
	}
}
