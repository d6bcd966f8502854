package knn

import (
	"math"
	"math/rand/v2"

	"taster/core"
)

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

// changed applies f to every value of a copy of x.
func changed(x *core.Matrix, f func(i, j int, v float32) float32) *core.Matrix {
	out := &core.Matrix{Rows: x.Rows, Cols: x.Cols, Data: make([]float32, len(x.Data))}
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			out.Row(i)[j] = f(i, j, v)
		}
	}
	return out
}
