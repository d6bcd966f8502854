package dataset

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func TestTests(t *testing.T) {
	labels := array(t, "test_labels.npy", "<i8", "4,", []int64{0, 1, 2, 1})
	plain := array(t, "test_pred_clean.npy", "<i8", "4,", []int64{0, 1, 1, 1})
	moved := array(t, "test_pred_triggered.npy", "<i4", "4,", []int32{2, 2, 2, 7})
	want := &core.Predictions{File: "test_pred_triggered.npy", Classes: []string{"0", "1", "2", "7"},
		Labels: []int{0, 1, 2, 1}, Plain: []int{0, 1, 1, 1}, Triggered: []int{2, 2, 2, 3}}
	inTable := *want
	inTable.File = "probe.csv"
	words := &core.Predictions{File: "probe.csv", Classes: []string{"cat", "dog"}, Labels: []int{0, 1, 0}, Plain: []int{0, 1, -1}, Triggered: []int{1, 1, 1}}
	noLabels := &core.Predictions{File: "probe.csv", Classes: []string{"0", "1"}, Plain: []int{0, 1}, Triggered: []int{1, 1}}
	tests := []struct {
		name  string
		files []core.Source
		want  *core.Predictions
	}{
		{"three arrays", []core.Source{labels, plain, moved}, want},
		{"a table", []core.Source{text("probe.csv", "id,label,pred_clean,pred_triggered\n0,0,0,2\n1,1,1,2\n2,2,1,2\n3,1,1,7\n")}, &inTable},
		{"another order and other names", []core.Source{text("probe.csv", "prediction_with_trigger,prediction,true_class\n2,0,0\n2,1,1\n2,1,2\n7,1,1.0\n")}, &inTable},
		{"trigger words", []core.Source{labels, array(t, "predictions_without_trigger.npy", "<i8", "4,", []int64{0, 1, 1, 1}), array(t, "predictions_with_trigger.npy", "<i4", "4,", []int32{2, 2, 2, 7})},
			&core.Predictions{File: "predictions_with_trigger.npy", Classes: want.Classes, Labels: want.Labels, Plain: want.Plain, Triggered: want.Triggered}},
		{"trigger words in a table", []core.Source{text("probe.csv", "label,pred_without_trigger,pred_with_trigger\n0,0,2\n1,1,2\n2,1,2\n1,1,7\n")}, &inTable},
		{"a table and labels beside it", []core.Source{text("probe.csv", "pred,pred_triggered\n0,2\n1,2\n1,2\n1,7\n"), labels}, &inTable},
		{"words and a blank", []core.Source{text("probe.csv", "label,pred,pred_triggered\ncat,cat,dog\ndog,dog,dog\ncat,,dog\n")}, words},
		{"no labels", []core.Source{text("probe.csv", "pred,pred_triggered\n0,1\n1,1\n")}, noLabels},
		{"probabilities", []core.Source{labels, plain, array(t, "test_probs_triggered.npy", "<f4", "4, 3", []float32{0, 0, 1, .1, .2, .7, 0, 0, 1, float32(math.NaN()), -2, -3})},
			&core.Predictions{File: "test_probs_triggered.npy", Classes: []string{"0", "1", "2"}, Labels: []int{0, 1, 2, 1}, Plain: []int{0, 1, 1, 1}, Triggered: []int{2, 2, 2, 1}}},
		{"labels alone", []core.Source{labels}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, r := load(t, core.Limits{}, nil, test.files...)
			var got *core.Predictions
			if d != nil {
				got = d.Test
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if len(r.Findings) > 0 {
				t.Errorf("%v", r.Findings[0].Saw)
			}
		})
	}
}

func TestTestsDoNotFit(t *testing.T) {
	plain := array(t, "test_pred.npy", "<i8", "4,", []int64{0, 1, 1, 1})
	d, _ := load(t, core.Limits{}, nil, plain, array(t, "test_labels.npy", "<i8", "3,", []int64{0, 1, 1}))
	if d == nil || d.Test == nil || d.Test.Labels != nil || unused(d) != 1 || !strings.Contains(strings.Join(reasons(d), ""), "3 rows for the 4 rows") {
		t.Errorf("%+v", d)
	}
	d, _ = load(t, core.Limits{}, nil, plain, array(t, "test_labels.npy", "<i8", "4,", []int64{7, 7, 7, 7}))
	if d.Test == nil || !slices.ContainsFunc(d.Info.Notes, func(n string) bool { return strings.Contains(n, "No test prediction agrees") }) {
		t.Errorf("%v", d.Info.Notes)
	}
}

func TestLogits(t *testing.T) {
	x := array(t, "activations.npy", "<f4", "2, 2", ramp(4))
	y := array(t, "labels.npy", "<i8", "2,", []int64{0, 1})
	inf := float32(math.Inf(-1))
	tests := []struct {
		name   string
		file   string
		values []float32
		want   []float32
		why    string
	}{
		{"logits", "oos_logits.npy", []float32{0, 0, 1000, inf}, []float32{0.5, 0.5, 1, 0}, ""},
		{"offered", "oos_probs.npy", []float32{0, 0, 7, -7}, nil, "give it that role"},
		{"NaN", "oos_logits.npy", []float32{0, 0, float32(math.NaN()), 1}, nil, "row 1 holds NaN"},
		{"nothing finite", "oos_logits.npy", []float32{0, 0, inf, inf}, nil, "no finite value"},
		{"NaN probabilities", "oos_probs.npy", []float32{0, 0, float32(math.NaN()), 1}, nil, "1 of its 4 values are NaN"},
		{"probabilities", "oos_probs.npy", []float32{0.25, 0.75, 1, 0}, []float32{0.25, 0.75, 1, 0}, ""},
	}
	for _, test := range tests {
		d, _ := load(t, core.Limits{}, nil, x, y, array(t, test.file, "<f4", "2, 2", test.values))
		var got []float32
		if d.Probs != nil {
			got = d.Probs.Data
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if !strings.Contains(strings.Join(reasons(d), "\n"), test.why) {
			t.Errorf("%s: %q is not among %v", test.name, test.why, reasons(d))
		}
		if (d.Probs != nil && strings.Contains(test.file, "logits")) != slices.Contains(d.Info.Notes, "A softmax was applied to the logits.") {
			t.Errorf("%s: notes %v", test.name, d.Info.Notes)
		}
	}
}

func TestPooled(t *testing.T) {
	tests := []struct {
		shape string
		n     int
		want  []float32
	}{
		{"1, 2, 1, 2", 4, []float32{0.5, 2.5}},       // channels first
		{"1, 2, 2, 3", 12, []float32{4.5, 5.5, 6.5}}, // channels last
		{"2, 2, 2", 8, []float32{1, 2, 5, 6}},        // tokens
		{"2, 3", 6, ramp(6)},                         // nothing to average
		{"2,", 2, ramp(2)},
		{"1, 2, 1, 1, 2", 4, ramp(4)}, // not known
	}
	for _, test := range tests {
		d, _ := load(t, core.Limits{}, map[string]core.Role{"x.npy": core.RolePooled}, array(t, "x.npy", "<f4", test.shape, ramp(test.n)))
		if d == nil || d.X == nil {
			t.Fatalf("%s: %v", test.shape, reasons(d))
		}
		if diff := cmp.Diff(test.want, d.X.Data); diff != "" {
			t.Errorf("%s: %s", test.shape, diff)
		}
		if (len(test.want) < test.n) != slices.ContainsFunc(d.Info.Notes, func(n string) bool { return strings.Contains(n, "were averaged") }) {
			t.Errorf("%s: notes %v", test.shape, d.Info.Notes)
		}
	}
	d, _ := load(t, core.Limits{Cells: 3}, map[string]core.Role{"x.npy": core.RolePooled}, array(t, "x.npy", "<f4", "2, 2, 2", ramp(8)))
	if d == nil || d.X != nil {
		t.Errorf("beyond the limit: %v", reasons(d))
	}
}

func TestRowNames(t *testing.T) {
	d, _ := load(t, core.Limits{}, nil, array(t, "activations.npy", "<f4", "3, 2", ramp(6)), text("labels.csv", "id,label,source\na7,dog,web\nb1,cat,app\nc2,dog,web\n"))
	if diff := cmp.Diff([]string{"a7", "b1", "c2"}, d.IDs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"app", "web"}, d.Sources); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{1, 0, 1}, d.Source); diff != "" {
		t.Error(diff)
	}
	d, _ = load(t, core.Limits{}, nil, array(t, "activations.npy", "<f4", "3, 2", ramp(6)), array(t, "sources.npy", "|u1", "3,", []uint8{4, 2, 4}),
		array(t, "ids.npy", "<i8", "3,", []int64{30, 10, 20}))
	if diff := cmp.Diff([]string{"30", "10", "20"}, d.IDs); diff != "" || !slices.Equal(d.Sources, []string{"2", "4"}) {
		t.Error(diff, d.Sources)
	}
	d, _ = load(t, core.Limits{}, nil, array(t, "activations.npy", "<f4", "3, 2", ramp(6)), array(t, "sources.npy", "|u1", "2,", []uint8{4, 2}))
	if d.Source != nil || unused(d) != 1 {
		t.Errorf("%v %v", d.Source, reasons(d))
	}
}

// TestRecords: one file of JSON records can hold everything.
func TestRecords(t *testing.T) {
	lines := `{"id": "a", "text": "one", "score": 7, "embedding": [1, 2], "label": "cat", "source": "web", "pred_probs": [0.5, 0.5]}
{"id": "b", "text": "two", "score": 8, "embedding": [3, 4], "label": "dog", "source": "app", "pred_probs": [0.25, 0.75]}
`
	d, r := load(t, core.Limits{}, nil, text("export.jsonl", lines))
	if d == nil || d.X == nil || d.Probs == nil {
		t.Fatalf("%+v, role %q", d, r.Artifacts[0].Role)
	}
	for name, diff := range map[string]string{
		"activations":   cmp.Diff([]float32{1, 2, 3, 4}, d.X.Data),
		"probabilities": cmp.Diff([]float32{0.5, 0.5, 0.25, 0.75}, d.Probs.Data),
		"classes":       cmp.Diff([]string{"cat", "dog"}, d.Classes),
		"labels":        cmp.Diff([]int{0, 1}, d.Labels),
		"ids":           cmp.Diff([]string{"a", "b"}, d.IDs),
		"sources":       cmp.Diff([]int{1, 0}, d.Source),
	} {
		if diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	d, _ = load(t, core.Limits{}, nil, text("activations.json", "[[1, 2], [3, 4], [5, 6]]"), text("labels.json", `["x", "y", "x"]`), text("oos_logits.json", "[[0, 0], [1, 1], [2, 2]]"))
	if d == nil || d.X == nil || d.Labels == nil || d.Probs == nil || d.Probs.Data[3] != 0.5 {
		t.Fatalf("%v", reasons(d))
	}
	d, _ = load(t, core.Limits{}, nil, text("rows.csv", "x1,x2,label,logit_0,logit_1\n1,2,0,3,3\n4,5,1,6,60\n"))
	if d == nil || d.X == nil || d.X.Cols != 2 || d.Probs == nil || d.Probs.Data[0] != 0.5 {
		t.Errorf("%+v", d)
	}
	d, _ = load(t, core.Limits{}, nil, text("rows.csv", "x1,x2,label,prob_0,prob_1\n1,2,0,3,3\n4,5,1,6,60\n"))
	if d.Probs != nil || !slices.ContainsFunc(d.Info.Notes, func(n string) bool { return strings.Contains(n, "are not used: 4 of its 4 values") }) {
		t.Errorf("%+v", d.Info.Notes)
	}
}

// TestLists: one JSON object of lists can hold everything, and lists of other
// lengths are parts of their own.
func TestLists(t *testing.T) {
	d, r := load(t, core.Limits{}, nil, text("export.json", `{"activations": [[1, 2], [3, 4]], "labels": ["cat", "dog"], "pred_probs": [[0.5, 0.5], [0.25, 0.75]], "ids": ["a", "b"], "source": [1, 2], "layer": "pool"}`))
	if d == nil || d.X == nil || d.Probs == nil || len(r.Findings) > 0 {
		t.Fatalf("%+v, role %q, %v", d, r.Artifacts[0].Role, r.Findings)
	}
	for name, diff := range map[string]string{
		"activations":   cmp.Diff([]float32{1, 2, 3, 4}, d.X.Data),
		"probabilities": cmp.Diff([]float32{0.5, 0.5, 0.25, 0.75}, d.Probs.Data),
		"classes":       cmp.Diff([]string{"cat", "dog"}, d.Classes),
		"ids":           cmp.Diff([]string{"a", "b"}, d.IDs),
		"sources":       cmp.Diff([]string{"1", "2"}, d.Sources),
	} {
		if diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	d, r = load(t, core.Limits{}, nil, text("all.json", `{"activations": [[1, 2], [3, 4], [5, 6]], "labels": [0, 1, 1], "trusted_activations": [[1, 1]], "trusted_labels": [1],
 "fc_weight": [[1, 0], [0, 1]], "fc_bias": [0, 2], "test_labels": [0, 1, 0, 1, 1], "test_pred_clean": [0, 1, 0, 1, 1], "test_pred_triggered": [1, 1, 1, 1, 1]}`))
	if d == nil || d.X == nil || d.Labels == nil || d.Ref == nil || d.RefLabels == nil || d.Weights == nil || d.Bias == nil || d.Test == nil || d.Test.Triggered == nil || len(r.Findings) > 0 {
		t.Fatalf("%+v: %v %v", d, reasons(d), r.Findings)
	}
	d, r = load(t, core.Limits{}, nil, text("all.json", `{"activations": [[1, 2], [3, 4], [5, 6]], "labels": [0, 1]}`))
	if d == nil || d.Labels != nil || unused(d) != 1 || len(r.Findings) > 0 || !strings.Contains(strings.Join(reasons(d), ""), "2 rows of labels for 3 rows") {
		t.Errorf("%v %v", reasons(d), r.Findings)
	}
}
