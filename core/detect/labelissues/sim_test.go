package labelissues

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"taster/core"
)

// world is normal classes with random means, and the posterior probabilities
// of whoever knows them, made too sure (temperature < 1) or too unsure.
type world struct {
	k           int
	spread      float64 // of the means in each of 8 dimensions
	temperature float64
	flips       float64 // share of labels that are moved to any other class
	pair        float64 // share of the labels of class 0 that are moved to class 1
}

func (w world) rows(n int, seed uint64) *core.Dataset {
	rng := rand.New(rand.NewPCG(seed, 7))
	means := make([][8]float64, w.k)
	d := &core.Dataset{Probs: &core.Matrix{Rows: n, Cols: w.k}}
	for c := range means {
		d.Classes = append(d.Classes, strconv.Itoa(c))
		for j := range means[c] {
			means[c][j] = w.spread * rng.NormFloat64()
		}
	}
	for range n {
		y := rng.IntN(w.k)
		var x [8]float64
		for j := range x {
			x[j] = means[y][j] + rng.NormFloat64()
		}
		d.Probs.Data = append(d.Probs.Data, posterior(x, means, w.temperature)...)
		d.Labels = append(d.Labels, w.label(y, rng))
	}
	return d
}

func (w world) label(y int, rng *rand.Rand) int {
	switch {
	case rng.Float64() < w.flips:
		return (y + 1 + rng.IntN(w.k-1)) % w.k
	case y == 0 && rng.Float64() < w.pair:
		return 1
	}
	return y
}

func posterior(x [8]float64, means [][8]float64, temperature float64) []float32 {
	logs, best, total := make([]float64, len(means)), math.Inf(-1), 0.0
	for c, m := range means {
		for j := range x {
			logs[c] -= (x[j] - m[j]) * (x[j] - m[j]) / (2 * temperature)
		}
		best = max(best, logs[c])
	}
	for c := range logs {
		logs[c] = math.Exp(logs[c] - best)
		total += logs[c]
	}
	out := make([]float32, len(logs))
	for c, v := range logs {
		out[c] = float32(v / total)
	}
	return out
}

// accused counts the seeds for which a finding above info is made.
func (w world) accused(t *testing.T, n, seeds int) int {
	hits := 0
	for seed := range seeds {
		_, findings := detect(t, w.rows(n, uint64(seed)), nil)
		if len(findings) > 0 && findings[0].Severity > core.Info {
			hits++
		}
	}
	return hits
}

// TestNulls: hard or easy classes, few or many of them, and models that are
// too sure or not sure enough: right labels are never called wrong.
func TestNulls(t *testing.T) {
	for _, k := range []int{2, 10, 50} {
		for _, spread := range []float64{0.3, 0.8, 1.5} { // right in 28 to 93 of 100 rows for 10 classes
			for _, temperature := range []float64{0.3, 1, 1.5} {
				w := world{k: k, spread: spread, temperature: temperature}
				if n := w.accused(t, 1000, 2); n > 0 {
					t.Errorf("%+v: accused in %d of 2 runs", w, n)
				}
			}
		}
	}
}

// TestAttacks: moved labels are called so where the model is otherwise good.
func TestAttacks(t *testing.T) {
	tests := []struct {
		world world
		least int // of 10 runs
	}{
		{world{k: 2, spread: 1.5, temperature: 1, flips: 0.08}, 9},
		{world{k: 10, spread: 1.5, temperature: 0.5, flips: 0.08}, 9},
		{world{k: 10, spread: 1.5, temperature: 1.5, flips: 0.15}, 9},
		{world{k: 10, spread: 1.5, temperature: 0.5, pair: 0.2}, 8},
		{world{k: 10, spread: 1.5, temperature: 0.5, flips: 0.03}, 4},
	}
	for _, test := range tests {
		n := test.world.accused(t, 2000, 10)
		t.Logf("%+v: accused in %d of 10 runs", test.world, n)
		if n < test.least {
			t.Errorf("%+v: accused in %d of 10 runs, want %d", test.world, n, test.least)
		}
	}
}
