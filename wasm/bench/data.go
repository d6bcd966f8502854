package main

import (
	"math/rand/v2"
	"strconv"

	"taster/core"
)

// activations makes rows as the layer before the last of a classifier has
// them: never negative, varying along few directions, with class means. Every
// fiftieth row of class 0 is moved in a common way, as a trigger would.
func activations(n, d, k int) *core.Dataset {
	const hidden = 8
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	normal := func(count int) []float64 {
		out := make([]float64, count)
		for i := range out {
			out[i] = rng.NormFloat64()
		}
		return out
	}
	means, axes, trigger := normal(k*d), normal(hidden*d), normal(d)
	data := &core.Dataset{File: "activations.npy", X: &core.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}, Labels: make([]int, n), Classes: classes(k)}
	row := make([]float64, d)
	for i := range n {
		c := i % k
		data.Labels[i] = c
		for j := range row {
			row[j] = 0.5*means[c*d+j] + 0.3*rng.NormFloat64()
		}
		for h := range hidden {
			t := rng.NormFloat64() / float64(h+1)
			for j, w := range axes[h*d : (h+1)*d] {
				row[j] += t * w
			}
		}
		if c == 0 && i/k%50 == 0 {
			for j, w := range trigger {
				row[j] += w
			}
		}
		out := data.X.Row(i)
		for j, v := range row {
			out[j] = float32(max(v, 0))
		}
	}
	return data
}

// probabilities makes the answers of a classifier on n rows, and labels of
// which one in twenty is another class than the row's.
func probabilities(n, k int) *core.Dataset {
	rng := rand.New(rand.NewPCG(2, uint64(n)))
	data := &core.Dataset{File: "probs.npy", Probs: &core.Matrix{Rows: n, Cols: k, Data: make([]float32, n*k)}, Labels: make([]int, n), Classes: classes(k)}
	row := make([]float64, k)
	for i := range n {
		c, sum := rng.IntN(k), 0.0
		data.Labels[i] = c
		if rng.IntN(20) == 0 {
			data.Labels[i] = rng.IntN(k)
		}
		for j := range row {
			row[j] = rng.Float64()
			if j == c {
				row[j] += float64(k) * rng.Float64()
			}
			sum += row[j]
		}
		for j, v := range row {
			data.Probs.Row(i)[j] = float32(v / sum)
		}
	}
	return data
}

func classes(k int) []string {
	out := make([]string, k)
	for c := range out {
		out[c] = strconv.Itoa(c)
	}
	return out
}
