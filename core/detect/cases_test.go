// Package detect_test holds the data detectors to the published methods, on
// activations of real networks with and without poison (testdata, made by
// testdata/gen/detectors.py of the module).
package detect_test

import (
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"taster/core"
	"taster/core/num"
)

var cases = []string{"digits-clean", "digits-labelflip-8pct", "mnist-badnets-3pct", "mnist-tact-2pct", "mnist-cleanlabel"}

// golden is the part of ART's and numpy's results that the tests read.
type golden struct {
	Poison   []int
	Spectral struct {
		Flagged     []int
		Flagged5pct []int `json:"flagged_5pct"`
		Classes     []struct {
			TopSingularValues []float64 `json:"top_singular_values"`
			CutoffDefault     float64   `json:"cutoff_default"`
		}
	}
	Clusters struct {
		PCA2Share []float64 `json:"pca2_share"`
		Classes   []struct {
			ExplainedVariance      []float64 `json:"explained_variance"`
			ExplainedVarianceRatio []float64 `json:"explained_variance_ratio"`
			BestInertia            float64   `json:"best_inertia"`
			BestSizes              [2]int    `json:"best_sizes"`
			BestSmallClusterRows   []int     `json:"best_small_cluster_rows"`
			Silhouette             float64   `json:"silhouette_10d"`
		}
		Reports map[string][]int
	}
	Fisher struct {
		Separation    []float64
		MinorityShare []float64 `json:"minority_share"`
		Gain          []float64
		MinorityRows  []int `json:"minority_rows"`
		Flagged       []int
		Oriented      []int `json:"oriented_flagged"`
	}
	Shift [][4]float64
	Scan  struct {
		J, Index []float64
		Rounds   int `json:"em_iters"`
		Flagged  []int
	}
	Spectre []struct {
		K       int
		Removed []int
	}
}

// sample is one case: inputs, and what is expected of them.
type sample struct {
	*core.Dataset
	golden
	dir string
}

func load(t testing.TB, name string) *sample {
	t.Helper()
	s := &sample{dir: filepath.Join("testdata", name)}
	b, err := os.ReadFile(filepath.Join(s.dir, "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &s.golden); err != nil {
		t.Fatal(err)
	}
	s.Dataset = dataset(matrix(t, s.dir, "activations"), floats(t, s.dir, "labels"))
	s.Ref, s.Weights, s.Probs = matrix(t, s.dir, "clean_activations"), matrix(t, s.dir, "fc_weight"), matrix(t, s.dir, "oos_pred_probs")
	for _, l := range floats(t, s.dir, "clean_labels") {
		s.RefLabels = append(s.RefLabels, int(l))
	}
	for _, b := range floats(t, s.dir, "fc_bias") {
		s.Bias = append(s.Bias, float32(b))
	}
	return s
}

// dataset names classes 0 to the largest label.
func dataset(x *core.Matrix, labels []float64) *core.Dataset {
	d := &core.Dataset{File: "activations.npy", X: x}
	for _, l := range labels {
		d.Labels = append(d.Labels, int(l))
		for len(d.Classes) <= int(l) {
			d.Classes = append(d.Classes, strconv.Itoa(len(d.Classes)))
		}
	}
	return d
}

// class selects the rows of class c.
func (s *sample) class(c int) num.Rows {
	return num.Rows{Data: s.X.Data, Cols: s.X.Cols, Index: s.ByClass()[c]}
}

func (s *sample) golden64(t testing.TB, name string) []float64 { return floats(t, s.dir, name) }

func matrix(t testing.TB, dir, name string) *core.Matrix {
	t.Helper()
	values, shape := npy(t, dir, name)
	m := &core.Matrix{Rows: shape[0], Cols: shape[1], Data: make([]float32, len(values))}
	for i, v := range values {
		m.Data[i] = float32(v)
	}
	return m
}

func floats(t testing.TB, dir, name string) []float64 {
	t.Helper()
	values, _ := npy(t, dir, name)
	return values
}

// unpacked is a file of testdata as the user has it.
func unpacked(t testing.TB, dir, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name+".npy.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// npy reads the little-endian C-order arrays of testdata.
func npy(t testing.TB, dir, name string) ([]float64, []int) {
	t.Helper()
	b := unpacked(t, dir, name)
	end := 10 + int(binary.LittleEndian.Uint16(b[8:]))
	var kind string
	shape := []int{0, 1}
	head := string(b[10:end])
	if _, err := fmt.Sscanf(head, "{'descr': '<%2s', 'fortran_order': False, 'shape': (%d, %d)", &kind, &shape[0], &shape[1]); err != nil {
		if _, err := fmt.Sscanf(head, "{'descr': '<%2s', 'fortran_order': False, 'shape': (%d,)", &kind, &shape[0]); err != nil {
			t.Fatalf("%s: %q: %v", name, head, err)
		}
	}
	return decode(t, b[end:], kind, shape[0]*shape[1]), shape
}

func decode(t testing.TB, b []byte, kind string, n int) []float64 {
	t.Helper()
	out := make([]float64, n)
	for i := range out {
		switch kind {
		case "f4":
			out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		case "f8":
			out[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		case "i8":
			out[i] = float64(int64(binary.LittleEndian.Uint64(b[8*i:])))
		default:
			t.Fatalf("unexpected type %q", kind)
		}
	}
	return out
}

// run runs d and collects what it emits.
func run(t testing.TB, d *core.Detector, data *core.Dataset, params core.Params) (*core.Result, []*core.Finding) {
	t.Helper()
	full, err := d.Resolve(params)
	if err != nil {
		t.Fatal(err)
	}
	var res *core.Result
	var findings []*core.Finding
	p := &core.Pass{Params: full, Limits: core.Limits{}.WithDefaults(), Emit: func(e core.Event) error {
		if e.Result != nil {
			res = e.Result
		}
		if e.Finding != nil {
			findings = append(findings, e.Finding)
		}
		return nil
	}}
	if err := d.Check.Run(t.Context(), p, data); err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Groups {
		wordsForNumbers(c.Figures)
	}
	if _, err := json.Marshal(res); err != nil {
		t.Fatalf("the result does not marshal: %v", err)
	}
	return res, findings
}

// wordsForNumbers does what the engine does to figures that JSON cannot write.
func wordsForNumbers(figures []core.Figure) {
	for i, f := range figures {
		if v, ok := f.Value.(float64); ok && v-v != 0 {
			figures[i].Value = fmt.Sprint(v)
		}
	}
}

func figure(c core.Group, name string) any {
	for _, f := range c.Figures {
		if f.Name == name {
			return f.Value
		}
	}
	return nil
}
