package dataset

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// TestBeside: trusted rows and the final layer fit the classes under test, or
// have a reason why they are not used.
func TestBeside(t *testing.T) {
	x := array(t, "activations.npy", "<f4", "3, 2", ramp(6))
	y := array(t, "labels.npy", "<i8", "3,", []int64{2, 0, 2})
	nan := ramp(6)
	nan[3] = float32(math.NaN())
	trusted := array(t, "clean_activations.npy", "<f4", "3, 2", ramp(6))
	weights := array(t, "fc_weight.npy", "<f4", "3, 2", ramp(6))
	tests := []struct {
		name      string
		files     []core.Source
		why       string // in a reason or note
		ref       int    // trusted rows
		refLabels []int
		weights   []float32
		bias      []float32
		classes   []string
	}{
		{"all", []core.Source{x, y, trusted, array(t, "clean_labels.npy", "<i8", "3,", []int64{2, 0, 1}), weights, array(t, "fc_bias.npy", "<f4", "3,", ramp(3))},
			"", 3, []int{2, 0, 1}, ramp(6), ramp(3), []string{"0", "1", "2"}},
		{"class without rows", []core.Source{x, y, trusted, array(t, "clean_labels.npy", "<i8", "3,", []int64{2, 0, 1})},
			"1 of 3 trusted rows have a label", 3, []int{1, 0, -1}, nil, nil, []string{"0", "2"}},
		{"rows without labels", []core.Source{x, y, trusted}, "", 3, nil, nil, nil, []string{"0", "2"}},
		{"labels of other rows", []core.Source{x, y, trusted, array(t, "clean_labels.npy", "<i8", "2,", []int64{2, 0})},
			"2 labels for 3 trusted rows", 3, nil, nil, nil, []string{"0", "2"}},
		{"labels of other classes", []core.Source{x, y, trusted, text("clean_labels.csv", "label\na\nb\nb\n")},
			"none of its labels", 3, nil, nil, nil, []string{"0", "2"}},
		{"NaN", []core.Source{x, y, array(t, "clean_activations.npy", "<f4", "3, 2", nan), array(t, "clean_labels.npy", "<i8", "3,", []int64{2, 0, 2})},
			"in 1 of 3 trusted rows", 2, []int{1, 1}, nil, nil, []string{"0", "2"}},
		{"weights as Keras keeps them", []core.Source{x, y, array(t, "fc_weight.npy", "<f4", "2, 3", ramp(6))},
			"", 0, nil, []float32{0, 3, 1, 4, 2, 5}, nil, []string{"0", "1", "2"}},
		{"weights of another layer", []core.Source{x, y, array(t, "fc_weight.npy", "<f4", "3, 5", ramp(15)), array(t, "fc_bias.npy", "<f4", "3,", ramp(3))},
			"belongs to another layer", 0, nil, nil, nil, []string{"0", "2"}},
		{"weights of more classes", []core.Source{x, text("labels.csv", "label\na\nb\na\n"), weights},
			"3 outputs for 2 classes", 0, nil, nil, nil, []string{"a", "b"}},
		{"weights that are no numbers", []core.Source{x, y, array(t, "fc_weight.npy", "<f4", "3, 2", nan)},
			"holds NaN", 0, nil, nil, nil, []string{"0", "2"}},
		{"bias of other outputs", []core.Source{x, y, weights, array(t, "fc_bias.npy", "<f4", "2,", ramp(2))},
			"2 values for 3 outputs", 0, nil, ramp(6), nil, []string{"0", "1", "2"}},
		{"no activations", []core.Source{y, trusted, weights}, "without activations", 0, nil, nil, nil, []string{"0", "2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, _ := load(t, core.Limits{}, nil, test.files...)
			said := strings.Join(append(reasons(d), d.Info.Notes...), "\n")
			if !strings.Contains(said, test.why) {
				t.Errorf("%q is not among what was said:\n%s", test.why, said)
			}
			rows := 0
			if d.Ref != nil {
				rows = d.Ref.Rows
			}
			var w []float32
			if d.Weights != nil {
				w = d.Weights.Data
			}
			if rows != test.ref {
				t.Errorf("%d trusted rows, want %d", rows, test.ref)
			}
			for _, d := range []string{cmp.Diff(test.refLabels, d.RefLabels), cmp.Diff(test.weights, w), cmp.Diff(test.bias, d.Bias), cmp.Diff(test.classes, d.Classes)} {
				if d != "" {
					t.Error(d)
				}
			}
		})
	}
}
