package centroiddistance

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
	"taster/core/format/npy"
)

const data = "../testdata" // shared by the data detectors

func load(t testing.TB, name string) *core.Dataset {
	t.Helper()
	x, shape := coretest.Array(t, npy.Format, data, name, "activations.npy.gz")
	labels, _ := coretest.Array(t, npy.Format, data, name, "labels.npy.gz")
	d := &core.Dataset{X: &core.Matrix{Rows: int(shape[0]), Cols: int(shape[1])}}
	for _, v := range x {
		d.X.Data = append(d.X.Data, float32(v))
	}
	return labelled(d, labels)
}

func labelled(d *core.Dataset, labels []float64) *core.Dataset {
	for _, l := range labels {
		d.Labels = append(d.Labels, int(l))
		for len(d.Classes) <= int(l) {
			d.Classes = append(d.Classes, strconv.Itoa(len(d.Classes)))
		}
	}
	return d
}

func detect(t testing.TB, d *core.Dataset, params core.Params) (*core.Result, []*core.Finding) {
	t.Helper()
	full, err := Detector.Resolve(params)
	if err != nil {
		t.Fatal(err)
	}
	var res *core.Result
	var findings []*core.Finding
	err = Detector.Check.Run(t.Context(), &core.Pass{Params: full, Emit: func(e core.Event) error {
		if e.Result != nil {
			res = e.Result
		}
		if e.Finding != nil {
			findings = append(findings, e.Finding)
		}
		return nil
	}}, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal([]any{res, findings}); err != nil {
		t.Fatalf("does not marshal: %v", err)
	}
	return res, findings
}

// TestParity compares with plain numpy in float64, whose golden is float32.
func TestParity(t *testing.T) {
	for _, name := range []string{"digits-clean", "digits-labelflip-8pct", "mnist-badnets-3pct", "mnist-tact-2pct", "mnist-cleanlabel"} {
		var golden struct{ Centroid []int }
		b, err := os.ReadFile(filepath.Join(data, name, "golden.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &golden); err != nil {
			t.Fatal(err)
		}
		res, findings := detect(t, load(t, name), nil)
		want, _ := coretest.Array(t, npy.Format, data, name, "cosine_distance_to_class_mean.npy.gz")
		for i, v := range want {
			if math.Abs(res.Scores[0].Values[i]-v) > 1e-6*v {
				t.Fatalf("%s: row %d: %v, want %v", name, i, res.Scores[0].Values[i], v)
			}
		}
		if diff := cmp.Diff(append([]int{}, golden.Centroid...), res.Flagged); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, f := range findings {
			if f.Severity > core.Info || len(f.Where.Rows) != len(res.Flagged) {
				t.Errorf("%s: %s", name, f.Saw)
			}
		}
	}
}

// TestZ: moved labels stand out against their class; of the 112 rows whose
// labels were moved the two marks together keep those over the limit.
func TestZ(t *testing.T) {
	d := load(t, "digits-labelflip-8pct")
	all, _ := detect(t, d, core.Params{"distance": "0"})
	if len(all.Flagged) != len(d.Labels) {
		t.Errorf("%d of %d rows are farther than 0", len(all.Flagged), len(d.Labels))
	}
	odd, _ := detect(t, d, core.Params{"distance": "0", "z": "3.5"})
	for _, r := range odd.Flagged {
		if !(odd.Scores[1].Values[r] > 3.5) {
			t.Errorf("row %d is flagged at z = %v", r, odd.Scores[1].Values[r])
		}
	}
	if n := len(odd.Flagged); n < 100 || n > 300 {
		t.Errorf("%d rows above z = 3.5", n)
	}
}

func TestOdd(t *testing.T) {
	nan := float32(math.NaN())
	tests := []struct {
		name   string
		x      *core.Matrix
		labels []float64
		usable []bool
		want   []float64 // distances; NaN: none
	}{
		{"two directions", &core.Matrix{Rows: 2, Cols: 2, Data: []float32{1, 0, 0, 1}}, []float64{0, 0}, nil, []float64{1 - math.Sqrt2/2, 1 - math.Sqrt2/2}},
		{"one row of a class", &core.Matrix{Rows: 3, Cols: 1, Data: []float32{1, 2, 3}}, []float64{0, 1, 1}, nil, []float64{math.NaN(), 0, 0}},
		{"zeros", &core.Matrix{Rows: 3, Cols: 2, Data: make([]float32, 6)}, []float64{0, 0, 0}, nil, []float64{1, 1, 1}},
		{"opposite", &core.Matrix{Rows: 3, Cols: 1, Data: []float32{-1, 2, 2}}, []float64{0, 0, 0}, nil, []float64{2, 0, 0}},
		{"large", &core.Matrix{Rows: 2, Cols: 2, Data: []float32{3e38, 3e38, 3e38, 3e38}}, []float64{0, 0}, nil, []float64{0, 0}},
		{"not usable", &core.Matrix{Rows: 3, Cols: 1, Data: []float32{nan, 2, 2}}, []float64{0, 0, 0}, []bool{false, true, true}, []float64{math.NaN(), 0, 0}},
		{"no columns", &core.Matrix{Rows: 2, Cols: 0}, []float64{0, 0}, nil, []float64{1, 1}},
		{"no rows", &core.Matrix{Cols: 3}, nil, nil, nil},
		{"an empty class", &core.Matrix{Rows: 2, Cols: 1, Data: []float32{1, 1}}, []float64{2, 2}, nil, []float64{0, 0}},
	}
	for _, test := range tests {
		d := labelled(&core.Dataset{X: test.x, Usable: test.usable}, test.labels)
		res, _ := detect(t, d, nil)
		if len(res.Groups) != len(d.Classes) {
			t.Errorf("%s: %d classes", test.name, len(res.Groups))
		}
		for i, want := range test.want {
			got := res.Scores[0].Values[i]
			if math.IsNaN(want) != math.IsNaN(got) || math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: row %d: %v, want %v", test.name, i, got, want)
			}
			if z := res.Scores[1].Values[i]; math.IsNaN(z) != math.IsNaN(want) || math.IsInf(z, 0) {
				t.Errorf("%s: row %d: z %v", test.name, i, z)
			}
		}
	}
}

func TestStops(t *testing.T) {
	d, stop := labelled(&core.Dataset{X: &core.Matrix{Rows: 3, Cols: 1, Data: []float32{-1, 2, 2}}}, []float64{0, 0, 0}), errors.New("stop")
	params := core.Params{"distance": "0.3", "z": "0"}
	for after := 1; after <= 3; after++ {
		events := 0
		err := Detector.Check.Run(t.Context(), &core.Pass{Params: params, Emit: func(core.Event) error {
			if events++; events == after {
				return stop
			}
			return nil
		}}, d)
		if events != after || !errors.Is(err, stop) {
			t.Errorf("refused event %d, but %d came and the error is %v", after, events, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Detector.Check.Run(ctx, &core.Pass{Params: params, Emit: func(core.Event) error { return nil }}, d); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

func BenchmarkRun(b *testing.B) {
	d := &core.Dataset{X: &core.Matrix{Rows: 10_000, Cols: 512, Data: make([]float32, 10_000*512)}}
	labels := make([]float64, d.X.Rows)
	for i := range d.X.Data {
		d.X.Data[i] = float32(i%997) / 997
	}
	for i := range labels {
		labels[i] = float64(i % 10)
	}
	labelled(d, labels)
	b.SetBytes(int64(4 * len(d.X.Data)))
	for b.Loop() {
		detect(b, d, nil)
	}
}
