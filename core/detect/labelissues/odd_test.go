package labelissues

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// given makes rows of probabilities with labels.
func given(labels []int, probs ...[]float32) *core.Dataset {
	d := &core.Dataset{Labels: labels, Probs: &core.Matrix{Rows: len(labels), Cols: len(probs[0])}}
	for i := range labels {
		d.Probs.Data = append(d.Probs.Data, probs[i%len(probs)]...)
	}
	for c := range d.Probs.Cols {
		d.Classes = append(d.Classes, fmt.Sprint(c))
	}
	return d
}

func repeat(n, label int) []int { return slices.Repeat([]int{label}, n) }

// TestOdd: whatever the rows are, every filter answers, flags only rows that
// it scored, and accuses nobody for want of rows.
func TestOdd(t *testing.T) {
	half := given([]int{0, 1, 0, 1, 0, 1}, []float32{0.5, 0.5})
	unusable := given([]int{0, 1, 1}, []float32{1, 0})
	unusable.Usable = []bool{false, false, false}
	some := given([]int{0, 1, 1, 0}, []float32{1, 0}, []float32{1, 0})
	some.Usable = []bool{true, false, true, true}
	tests := []struct {
		name  string
		data  *core.Dataset
		wrong bool // many labels contradict the model
	}{
		{"one row", given([]int{1}, []float32{0.2, 0.8}), false},
		{"no rows", given(nil, []float32{0.2, 0.8}), false},
		{"one column", given([]int{0, 0, 0}, []float32{1}), false},
		{"one label of two", given(repeat(20, 0), []float32{0.9, 0.1}, []float32{0.1, 0.9}), true},
		{"all labels wrong", given(repeat(20, 0), []float32{0, 1}), true},
		{"all equal", half, false},
		{"all zero", given(repeat(9, 1), []float32{0, 0, 0}), false},
		{"a little outside", given([]int{0, 1, 0}, []float32{-1e-6, 1 + 1e-6}), false},
		{"empty classes", given([]int{1, 3, 1, 3}, []float32{0.1, 0.2, 0.3, 0.2, 0.2}), false},
		{"classes of one row", given([]int{0, 1, 2, 3}, []float32{0.1, 0.2, 0.3, 0.4}, []float32{0.4, 0.3, 0.2, 0.1}), false},
		{"no usable row", unusable, false},
		{"some rows not usable", some, false},
	}
	for _, test := range tests {
		for _, filter := range Detector.Params[0].Choices {
			for _, params := range []core.Params{{}, {"rank": margin, "adjust": "yes"}, {"rank": entropy}, {"remove": "3"}, {"min-examples": "0", "noise": "0.5"}, {"calibrate": "no"}} {
				params["filter"] = filter
				res, findings := detect(t, test.data, params)
				if len(res.Groups) != len(test.data.Classes) {
					t.Errorf("%s: %d classes", test.name, len(res.Groups))
				}
				for i, v := range res.Scores[0].Values {
					used := test.data.Usable == nil || test.data.Usable[i]
					if math.IsNaN(v) == used || math.IsInf(v, 0) {
						t.Errorf("%s, %v: row %d has score %v", test.name, params, i, v)
					}
				}
				for _, r := range res.Flagged {
					if math.IsNaN(res.Scores[0].Values[r]) {
						t.Errorf("%s, %v: row %d is flagged without a score", test.name, params, r)
					}
				}
				for _, f := range findings {
					if f.Severity > core.Info && !test.wrong {
						t.Errorf("%s, %v: %s", test.name, params, f.Saw)
					}
				}
			}
		}
	}
}

func TestRoundKeepingSum(t *testing.T) {
	tests := []struct{ in, want []float64 }{
		{[]float64{0.5, 0.5}, []float64{0, 1}},             // the last of equal residuals gets the unit
		{[]float64{1.5, 1.5}, []float64{1, 2}},             // and the first one loses it
		{[]float64{2.4, 2.4, 2.2}, []float64{2, 3, 2}},     // 7
		{[]float64{0.6, 0.6, 0.8}, []float64{0, 1, 1}},     // 2
		{[]float64{3, 0, 1}, []float64{3, 0, 1}},           // whole already
		{[]float64{0.2, 0.2, 0.05}, []float64{0, 0, 0}},    // rounds to 0
		{[]float64{2.5, 0.5, 0.5}, []float64{2, 1, 1}},     // 3.5 is rounded to even
		{[]float64{}, []float64{}},                         //
		{[]float64{1e15, 0.4, 0.4}, []float64{1e15, 0, 1}}, // 1e15 + 0.8
	}
	for _, test := range tests {
		got := slices.Clone(test.in)
		roundKeepingSum(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v: %s", test.in, diff)
		}
	}
}

func TestLargest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 40 {
		h, all := largest{n: n}, []float64{}
		for range 100 {
			v := float64(rng.IntN(30))
			h.offer(v)
			all = append(all, v)
		}
		slices.Sort(all)
		if n > 0 && h.cut() != all[100-n] {
			t.Errorf("%d largest: cut %v, want %v", n, h.cut(), all[100-n])
		}
	}
}

func TestPoissonTail(t *testing.T) {
	for _, test := range []struct {
		n          int
		mean, want float64
	}{{0, 3, 1}, {1, 1, 1 - math.Exp(-1)}, {3, 2, 1 - 5*math.Exp(-2)}, {1, 0, 0}, {5, 1e6, 1}, {2000, 1000, 0}, {1_000_000, 1_000_000, 0.5001329808}} {
		near(t, "tail", poissonTail(test.n, test.mean), test.want, 1e-9)
	}
}

// TestStops: an error of Emit and a cancelled context end the run at once.
func TestStops(t *testing.T) {
	d, stop := world{k: 4, spread: 1.5, temperature: 1, flips: 0.2}.rows(20_000, 1), errors.New("stop")
	params, err := Detector.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for after := 1; ; after++ {
		events := 0
		err := Detector.Check.Run(t.Context(), &core.Pass{Params: params, Emit: func(core.Event) error {
			if events++; events == after {
				return stop
			}
			return nil
		}}, d)
		if events < after {
			break
		}
		if events > after || !errors.Is(err, stop) {
			t.Errorf("refused event %d, but %d came and the error is %v", after, events, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Detector.Check.Run(ctx, &core.Pass{Params: params, Emit: func(core.Event) error { return nil }}, d); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

// random makes n rows of k probabilities; a fifth of the labels is moved.
func random(n, k int) *core.Dataset {
	rng := rand.New(rand.NewPCG(3, 4))
	d := &core.Dataset{Probs: &core.Matrix{Rows: n, Cols: k, Data: make([]float32, n*k)}, Labels: make([]int, n)}
	for c := range k {
		d.Classes = append(d.Classes, fmt.Sprint(c))
	}
	for i := range n {
		row, y := d.Probs.Row(i), rng.IntN(k)
		left := rng.Float32() * rng.Float32()
		for j := range row {
			row[j] = left / float32(k)
		}
		row[y] += 1 - left
		row[rng.IntN(k)] += left / 3
		if d.Labels[i] = y; rng.IntN(5) == 0 {
			d.Labels[i] = rng.IntN(k)
		}
	}
	return d
}

func BenchmarkRun(b *testing.B) {
	for _, size := range [][2]int{{50_000, 10}, {1_000_000, 100}} {
		for _, rank := range []string{selfConfidence, entropy} {
			b.Run(fmt.Sprintf("%d-%d/%s", size[0], size[1], rank), func(b *testing.B) {
				if testing.Short() && size[0] > 100_000 {
					b.Skip("400 MB")
				}
				d := random(size[0], size[1])
				params, err := Detector.Resolve(core.Params{"rank": rank})
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if err := Detector.Check.Run(b.Context(), &core.Pass{Params: params, Emit: func(core.Event) error { return nil }}, d); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
