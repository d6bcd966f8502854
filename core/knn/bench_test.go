package knn

import (
	"testing"

	"taster/core"
)

// BenchmarkBuild measures rows like activations, which vary along few axes,
// and classes of independent normal values, of which no bound rules out a pair
// in one class. BenchmarkBrute is the full comparison of 1 row in 50.
func BenchmarkBuild(b *testing.B) {
	for _, bench := range benches {
		b.Run(bench.name, func(b *testing.B) {
			x := bench.rows()
			for b.Loop() {
				if _, err := Build(b.Context(), x, nil, Cosine, 10, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBrute(b *testing.B) {
	for _, bench := range benches {
		b.Run(bench.name+"/one-row-in-50", func(b *testing.B) {
			p := newPoints(bench.rows(), nil, Cosine)
			s := newSearch(b.Context(), p, 10, core.Share{Index: 0, Of: 1}, nil)
			for b.Loop() {
				for i := 0; i < len(p.rows); i += 50 {
					for j := range p.rows {
						if j != i {
							s.offer(i, p.rows[j], p.distance(i, j))
						}
					}
				}
			}
		})
	}
}

var benches = []struct {
	name string
	rows func() *core.Matrix
}{
	{"activations-10k-512", func() *core.Matrix { return alike(1, 10_000, 512, 10) }},
	{"activations-50k-512", func() *core.Matrix { return alike(1, 50_000, 512, 10) }},
	{"normal-10k-512", func() *core.Matrix { return blobs(1, 10_000, 512, 10) }},
	{"normal-50k-512", func() *core.Matrix { return blobs(1, 50_000, 512, 10) }},
}
