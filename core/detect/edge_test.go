package detect_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"taster/core"
	"taster/core/detect/activationclustering"
	"taster/core/detect/deepknn"
	"taster/core/detect/fishersplit"
	"taster/core/detect/nearduplicates"
	"taster/core/detect/noniid"
	"taster/core/detect/outliers"
	"taster/core/detect/scan"
	"taster/core/detect/shifttest"
	"taster/core/detect/spectralsignatures"
	"taster/core/detect/spectre"
	"taster/core/num"
)

var detectors = []*core.Detector{spectralsignatures.Detector, activationclustering.Detector, fishersplit.Detector,
	scan.Detector, shifttest.Detector, spectre.Detector,
	outliers.Detector, nearduplicates.Detector, deepknn.Detector, noniid.Detector}

// noise makes classes of normal rows about means that are far apart.
func noise(seed uint64, d int, sizes ...int) *core.Dataset {
	rng := rand.New(rand.NewPCG(seed, 1))
	x, labels := &core.Matrix{Cols: d}, []float64{}
	for c, n := range sizes {
		mean := make([]float64, d)
		for j := range mean {
			mean[j] = 3 * rng.NormFloat64()
		}
		for range n {
			labels = append(labels, float64(c))
			for j := range mean {
				x.Data = append(x.Data, float32(mean[j]+rng.NormFloat64()))
			}
		}
	}
	x.Rows = len(labels)
	data := dataset(x, labels)
	for len(data.Classes) < len(sizes) {
		data.Classes = append(data.Classes, fmt.Sprint(len(data.Classes)))
	}
	beside(data)
	return data
}

// beside gives data a final layer that takes the nearest mean, and trusts every
// third row.
func beside(data *core.Dataset) {
	d := data.X.Cols
	data.Ref = &core.Matrix{Cols: d}
	for i := 0; i < data.X.Rows; i += 3 {
		data.Ref.Data, data.RefLabels = append(data.Ref.Data, data.X.Row(i)...), append(data.RefLabels, data.Labels[i])
	}
	data.Ref.Rows = len(data.RefLabels)
	data.Weights = &core.Matrix{Rows: len(data.Classes), Cols: d}
	for _, rows := range data.ByClass() {
		mean := num.Rows{Data: data.X.Data, Cols: d, Index: rows}.Mean()
		data.Bias = append(data.Bias, float32(-num.Dot(mean, mean)/2))
		for _, v := range mean {
			data.Weights.Data = append(data.Weights.Data, float32(v))
		}
	}
}

// TestOddShapes: whatever the shape, each class gets figures or the reason why
// not, nobody is accused, and rows that were not scored are NaN.
func TestOddShapes(t *testing.T) {
	constant := noise(1, 6, 30, 30)
	for i := range 30 {
		copy(constant.X.Row(i), make([]float32, 6))
	}
	allAlike := noise(1, 6, 30, 30)
	clear(allAlike.X.Data)
	nan := noise(1, 6, 30, 30)
	nan.X.Row(7)[2] = float32(math.NaN())
	nan.Usable = make([]bool, 60)
	for i := range nan.Usable {
		nan.Usable[i] = i != 7
	}
	unusable := noise(1, 6, 30, 30)
	unusable.Usable = make([]bool, 60)
	huge := noise(1, 6, 30, 30)
	for i := range huge.X.Data {
		huge.X.Data[i] *= 1e30
	}
	tests := []struct {
		name string
		data *core.Dataset
	}{
		{"plain", noise(1, 6, 30, 30)},
		{"empty class", noise(1, 6, 30, 0, 30)},
		{"single-row class", noise(1, 6, 30, 1, 30)},
		{"two- and three-row classes", noise(1, 6, 2, 3, 30)},
		{"fewer rows than dimensions", noise(1, 200, 12, 9, 15, 40, 33, 21)},
		{"more dimensions than a dense matrix is made for", noise(1, 300, 12, 400)},
		{"not a multiple of the block sizes", noise(1, 7, 131, 129, 1027)},
		{"one class", noise(1, 6, 60)},
		{"one dimension", noise(1, 1, 60, 40)},
		{"two dimensions", noise(1, 2, 60, 40)},
		{"constant class", constant},
		{"all rows alike", allAlike},
		{"NaN row", nan},
		{"no usable row", unusable},
		{"squares beyond float32", huge},
		{"many small classes", noise(1, 64, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)},
		{"no rows", &core.Dataset{X: &core.Matrix{Cols: 4}, Labels: []int{}, Ref: &core.Matrix{Cols: 4}, Weights: &core.Matrix{Cols: 4}}},
	}
	for _, test := range tests {
		for _, d := range detectors {
			t.Run(test.name+"/"+d.Name, func(t *testing.T) {
				res, findings := run(t, d, test.data, nil)
				wellFormed(t, test.data, res)
				for _, k := range res.Groups {
					if k.Accused != nil {
						t.Errorf("accused: %s", k.Accused.Saw)
					}
				}
				for _, f := range findings {
					if f.Severity > core.Info {
						t.Errorf("accused: %s", f.Saw)
					}
				}
			})
		}
	}
}

func wellFormed(t *testing.T, data *core.Dataset, res *core.Result) {
	t.Helper()
	if len(res.Groups) != len(data.Classes) {
		t.Fatalf("%d classes of %d", len(res.Groups), len(data.Classes))
	}
	n := len(data.Labels)
	for c, rows := range data.ByClass() {
		k := res.Groups[c]
		if k.Name != data.Classes[c] || k.Size != len(rows) {
			t.Errorf("class %q of %d rows, want %q of %d", k.Name, k.Size, data.Classes[c], len(rows))
		}
		if len(k.Figures) == 0 && k.Note == "" {
			t.Errorf("class %q has neither figures nor a note", k.Name)
		}
	}
	for _, s := range res.Scores {
		if len(s.Values) != n {
			t.Fatalf("%d values of score %s for %d rows", len(s.Values), s.Name, n)
		}
		for i, v := range s.Values {
			scored := data.Usable == nil || data.Usable[i]
			if !scored && !math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("row %d, usable %t, has %s score %v", i, scored, s.Name, v)
			}
		}
	}
	for _, r := range res.Flagged {
		if math.IsNaN(res.Scores[0].Values[r]) {
			t.Errorf("row %d is flagged without a score", r)
		}
	}
}

// TestFewClasses: with nothing to compare with, two far groups are doubted.
func TestFewClasses(t *testing.T) {
	data := noise(3, 16, 300, 300)
	for i := range 60 {
		for j := range 16 {
			data.X.Row(i)[j] += 4
		}
	}
	res, _ := run(t, fishersplit.Detector, data, nil)
	if a := res.Groups[0].Accused; a == nil || !strings.Contains(a.Doubt, "too few classes") || res.Groups[1].Accused != nil {
		t.Fatalf("classes %+v", res.Groups)
	}
	if f := f1(count(60), res.Flagged); f < 0.97 {
		t.Errorf("F1 %v", f)
	}
}

// TestManyDimensions: where dimensions outnumber the rows of a class, any
// division is far apart in its own direction, and must not accuse.
func TestManyDimensions(t *testing.T) {
	for seed := range uint64(3) {
		data := noise(seed, 256, 25, 40, 60, 60, 100, 200, 400)
		if res, _ := run(t, fishersplit.Detector, data, nil); len(res.Flagged) > 0 {
			t.Errorf("seed %d: %d rows flagged", seed, len(res.Flagged))
		}
	}
}

func count(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestStops: an error of Emit and a cancelled context end the run at once.
func TestStops(t *testing.T) {
	data, stop := noise(1, 20, 200, 200), errors.New("stop")
	for _, d := range detectors {
		params, err := d.Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		for after := 1; ; after++ {
			events := 0
			err := d.Check.Run(t.Context(), &core.Pass{Params: params, Emit: func(core.Event) error {
				if events++; events == after {
					return stop
				}
				return nil
			}}, data)
			if events < after {
				break
			}
			if events > after || !errors.Is(err, stop) {
				t.Errorf("%s: refused event %d, but %d came and the error is %v", d.Name, after, events, err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Check.Run(ctx, &core.Pass{Params: params, Emit: func(core.Event) error { return nil }}, data); !errors.Is(err, context.Canceled) {
			t.Errorf("%s after cancel: %v", d.Name, err)
		}
	}
}

// TestRepeats: the same input gives the same bits.
func TestRepeats(t *testing.T) {
	data := noise(5, 40, 150, 90)
	for _, d := range detectors {
		a, _ := run(t, d, data, nil)
		b, _ := run(t, d, data, nil)
		for s := range a.Scores {
			for i, v := range a.Scores[s].Values {
				if math.Float64bits(v) != math.Float64bits(b.Scores[s].Values[i]) {
					t.Fatalf("%s: row %d: %v and %v", d.Name, i, v, b.Scores[s].Values[i])
				}
			}
		}
	}
}

func BenchmarkRun(b *testing.B) {
	data := noise(1, 512, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000)
	for _, d := range detectors {
		b.Run(d.Name+"/10k-512-10", func(b *testing.B) {
			for b.Loop() {
				fresh := *data // without what another run has left to share
				run(b, d, &fresh, nil)
			}
		})
	}
}
