package dataset

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/format/config"
	"taster/core/format/csv"
	"taster/core/format/jsonl"
	"taster/core/format/npy"
	"taster/core/format/pickle"
	"taster/core/format/safetensors"
	"taster/core/format/torch"
	"taster/core/scan"
)

// array writes a .npy file.
func array(t testing.TB, name string, kind string, shape string, values any) core.Source {
	t.Helper()
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, shape)
	head += strings.Repeat(" ", 63-(10+len(head))%64) + "\n"
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	for _, v := range []any{uint16(len(head)), []byte(head), values} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	return core.Bytes(name, b.Bytes())
}

func text(name, content string) core.Source { return core.Bytes(name, []byte(content)) }

// load opens files with the real formats and engine.
func load(t testing.TB, limits core.Limits, roles map[string]core.Role, files ...core.Source) (*core.Dataset, *core.Report) {
	t.Helper()
	var data *core.Dataset
	subject := *Subject
	subject.Load = func(ctx context.Context, l *core.Loading) (*core.Loaded, error) {
		loaded, err := loadSet(ctx, l)
		if loaded != nil && data == nil {
			data = loaded.Data.(*core.Dataset)
		}
		return loaded, err
	}
	reader := &core.Detector{Name: "reader", Check: core.On(&subject, []core.Role{core.RoleActivations}, func(context.Context, *core.Pass, *core.Dataset) error { return nil })}
	cfg := scan.Config{Formats: []*core.Format{torch.Format, npy.Format, safetensors.Format, pickle.Format, config.Format, jsonl.Format, csv.Format},
		Detectors: []*core.Detector{reader}, Subjects: []*core.Subject{&subject}, Limits: limits}
	var r core.Report
	err := scan.Run(t.Context(), cfg, scan.Job{Files: files, Roles: roles, Data: true}, func(e core.Event) error { r.Add(e); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return data, &r
}

func ramp(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(i)
	}
	return out
}

// unused counts the notes on what is not used.
func unused(d *core.Dataset) int {
	n := 0
	for _, note := range d.Info.Notes {
		if strings.Contains(note, " is not used") {
			n++
		}
	}
	return n
}

func reasons(d *core.Dataset) []string {
	var out []string
	for _, p := range d.Info.Parts {
		out = append(out, fmt.Sprintf("%s %s %s: %s", p.Role, p.Path, p.Shape, p.Why))
	}
	return out
}

// TestLabels: whatever labels are written as, the same classes come out.
func TestLabels(t *testing.T) {
	tests := []struct {
		name    string
		file    core.Source
		classes []string
		labels  []int
	}{
		{"int64", array(t, "labels.npy", "<i8", "4,", []int64{10, 9, 10, -1}), []string{"-1", "9", "10"}, []int{2, 1, 2, 0}},
		{"column vector", array(t, "labels.npy", "<i4", "4, 1", []int32{1, 0, 1, 0}), []string{"0", "1"}, []int{1, 0, 1, 0}},
		{"row vector", array(t, "labels.npy", "|u1", "1, 4", []uint8{1, 0, 1, 0}), []string{"0", "1"}, []int{1, 0, 1, 0}},
		{"whole floats", array(t, "labels.npy", "<f8", "4,", []float64{2, 1, 2, 0}), []string{"0", "1", "2"}, []int{2, 1, 2, 0}},
		{"booleans", array(t, "labels.npy", "|b1", "4,", []bool{true, false, true, true}), []string{"0", "1"}, []int{1, 0, 1, 1}},
		{"one-hot", array(t, "labels.npy", "<f4", "4, 3", []float32{0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1}), []string{"0", "1", "2"}, []int{2, 0, 0, 2}},
		{"strings", array(t, "labels.npy", "|S3", "4,", []byte("doncatdoncat")), []string{"cat", "don"}, []int{1, 0, 1, 0}},
		{"numbers as text", text("labels.csv", "label\n10\n9\n10.0\n2\n"), []string{"2", "9", "10"}, []int{2, 1, 2, 0}},
		{"words, with row numbers", text("labels.csv", "id,label\n0,dog\n1,cat\n2,dog\n3,dog\n"), []string{"cat", "dog"}, []int{1, 0, 1, 1}},
		{"words, one blank", text("labels.csv", "id,label\n0,dog\n1,\n2,dog\n3,dog\n"), []string{"(blank)", "dog"}, []int{1, 0, 1, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, r := load(t, core.Limits{}, nil, array(t, "activations.npy", "<f4", "4, 2", ramp(8)), test.file)
			if d == nil || d.X == nil {
				t.Fatal("no activations")
			}
			if diff := cmp.Diff(test.classes, d.Classes); diff != "" {
				t.Errorf("classes: %s\n%v", diff, reasons(d))
			}
			if diff := cmp.Diff(test.labels, d.Labels); diff != "" {
				t.Errorf("labels: %s", diff)
			}
			for i, c := range d.Info.Labels {
				if int(c) != d.Labels[i] {
					t.Errorf("row %d is shown as class %d", i, c)
				}
			}
			if len(r.Findings) > 0 {
				t.Errorf("findings: %v", r.Findings)
			}
		})
	}
}

func TestActivations(t *testing.T) {
	labels := array(t, "labels.npy", "<i8", "2,", []int64{0, 1})
	tests := []struct {
		name string
		file core.Source
		cols int
		data []float32
	}{
		{"four dimensions", array(t, "acts_layer4.npy", "<f4", "2, 2, 1, 2", ramp(8)), 4, ramp(8)},
		{"doubles", array(t, "features.npy", "<f8", "2, 2", []float64{0, 1, 2, 3}), 2, ramp(4)},
		{"a vector", array(t, "embeddings.npy", "<f4", "2,", ramp(2)), 1, ramp(2)},
		{"bytes", array(t, "hook_outputs.npy", "|u1", "2, 2", []uint8{0, 1, 2, 3}), 2, ramp(4)},
		{"a table", text("x.csv", "id,a,b\n5,0,1\n6,2,3\n"), 2, ramp(4)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, _ := load(t, core.Limits{}, nil, test.file, labels)
			if d == nil || d.X == nil || d.X.Rows != 2 || d.X.Cols != test.cols || d.Labels == nil {
				t.Fatalf("%+v", d)
			}
			if diff := cmp.Diff(test.data, d.X.Data); diff != "" {
				t.Error(diff)
			}
			if d.File != test.file.Name() {
				t.Errorf("file %q", d.File)
			}
		})
	}
}

func TestTableOfBoth(t *testing.T) {
	d, r := load(t, core.Limits{}, nil, text("points.csv", "id,a,b,target\n0,1,2,x\n1,3,,y\n2,5,6,x\n"))
	if d == nil || d.X == nil {
		t.Fatalf("artifacts %+v", r.Artifacts[0])
	}
	if diff := cmp.Diff([]int{0, 1, 0}, d.Labels); diff != "" {
		t.Error(diff)
	}
	if d.X.Cols != 1 || d.Usable != nil { // a column with a missing value is left out, and no row
		t.Errorf("%d columns, usable rows %v", d.X.Cols, d.Usable)
	}
	if diff := cmp.Diff([][]int{{0, 2}, {1}}, d.ByClass()); diff != "" {
		t.Errorf("rows by class: %s", diff)
	}
}

// TestNotUsed: each part that is left out has its reason, and is a note
// when the user should know.
func TestNotUsed(t *testing.T) {
	x := array(t, "activations.npy", "<f4", "3, 2", ramp(6))
	y := array(t, "labels.npy", "<i8", "3,", []int64{0, 1, 0})
	tests := []struct {
		name   string
		files  []core.Source
		limits core.Limits
		want   string // in a reason
		unused int
		labels bool
	}{
		{"fewer labels", []core.Source{x, array(t, "labels.npy", "<i8", "2,", []int64{0, 1})}, core.Limits{}, "2 rows of labels for 3 rows of activations", 1, false},
		{"more labels", []core.Source{x, text("labels.csv", "label\na\nb\na\na\n")}, core.Limits{}, "4 rows of labels for 3 rows of activations", 1, false},
		{"the second fits", []core.Source{x, array(t, "labels.npy", "<i8", "2,", []int64{0, 1}), array(t, "y_train.npy", "<i8", "3,", []int64{0, 1, 1})}, core.Limits{}, "2 rows of labels", 1, true},
		{"fractions", []core.Source{x, array(t, "labels.npy", "<f4", "3,", []float32{0, 0.5, 1})}, core.Limits{}, "not a whole number", 1, false},
		{"not one-hot", []core.Source{x, array(t, "labels.npy", "<f4", "3, 2", []float32{0, 1, 1, 1, 1, 0})}, core.Limits{}, "row 1 is not one-hot", 1, false},
		{"too large", []core.Source{x, y}, core.Limits{Cells: 5}, "limit", 1, true},
		{"no rows", []core.Source{array(t, "activations.npy", "<f4", "0, 2", ramp(0)), y}, core.Limits{}, "0 rows of 2 values", 1, true},
		{"trusted rows of another layer", []core.Source{x, y, array(t, "clean_activations.npy", "<f4", "2, 3", ramp(6))}, core.Limits{}, "3 dimensions, those under test 2", 1, true},
		{"probabilities of other rows", []core.Source{x, y, array(t, "pred_probs.npy", "<f4", "2, 2", []float32{0, 1, 1, 0})}, core.Limits{}, "2 rows of probabilities", 1, true},
		{"probabilities of other classes", []core.Source{x, text("labels.csv", "label\na\nb\na\n"), array(t, "pred_probs.npy", "<f4", "3, 3", make([]float32, 9))}, core.Limits{}, "3 columns for 2 classes", 1, true},
		{"logits", []core.Source{x, y, array(t, "pred_probs.npy", "<f4", "3, 2", ramp(6))}, core.Limits{}, "4 of its 6 values are not between 0 and 1", 1, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, r := load(t, test.limits, nil, test.files...)
			if d == nil {
				t.Fatal("no dataset")
			}
			if all := strings.Join(append(reasons(d), d.Info.Notes...), "\n"); !strings.Contains(all, test.want) {
				t.Errorf("%q is not among the reasons:\n%s", test.want, all)
			}
			if n := unused(d); n != test.unused || len(r.Findings) > 0 {
				t.Errorf("%d parts are not used, want %d; findings %v", n, test.unused, r.Findings)
			}
			if (d.Labels != nil) != test.labels {
				t.Errorf("labels %v", d.Labels)
			}
		})
	}
}

func TestProbs(t *testing.T) {
	x := array(t, "activations.npy", "<f4", "3, 2", ramp(6))
	y := array(t, "labels.npy", "<i8", "3,", []int64{3, 1, 3})
	p := array(t, "oos_pred_probs.npy", "<f4", "3, 4", make([]float32, 12))
	in := array(t, "pred_probs.npy", "<f4", "3, 4", make([]float32, 12))
	d, _ := load(t, core.Limits{}, nil, x, y, in, p)
	if d.Probs == nil || d.Probs.Cols != 4 {
		t.Fatalf("%v", reasons(d))
	}
	// Classes 0 and 2 have no rows, but columns of their own.
	if diff := cmp.Diff([]string{"0", "1", "2", "3"}, d.Classes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{3, 1, 3}, d.Labels); diff != "" {
		t.Error(diff)
	}
	if all := strings.Join(append(reasons(d), d.Info.Notes...), "\n"); !strings.Contains(all, "probs oos_pred_probs.npy 3 x 4: ") || strings.Contains(all, "probs pred_probs") {
		t.Errorf("parts:\n%s", all)
	}
}

func TestNotes(t *testing.T) {
	values := ramp(24)
	values[4] = float32(math.NaN())
	for i := range 12 {
		values[2*i+1] = values[1]
	}
	values[9] = float32(math.Inf(-1))
	labels := []int64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
	d, _ := load(t, core.Limits{}, nil, array(t, "activations.npy", "<f4", "12, 2", values), array(t, "labels.npy", "<i8", "12,", labels))
	want := []string{
		"NaN or infinite activations in 2 of 12 rows, which every check leaves out.",
		`1 class has fewer than 10 rows, too few for most checks: "1" (1).`,
	}
	if diff := cmp.Diff(want, d.Info.Notes); diff != "" {
		t.Error(diff)
	}
	d, _ = load(t, core.Limits{}, nil, array(t, "activations.npy", "<f4", "12, 2", append(slicesOf(5, 22), 1, 1)), array(t, "labels.npy", "<i8", "12,", make([]int64, 12)))
	if diff := cmp.Diff([]string{"All rows have the same label, so nothing can be compared between classes."}, d.Info.Notes); diff != "" {
		t.Error(diff)
	}
	d, _ = load(t, core.Limits{}, nil, array(t, "activations.npy", "<f4", "12, 2", slicesOf(5, 24)))
	if diff := cmp.Diff([]string{"2 of 2 dimensions have the same value in every row."}, d.Info.Notes); diff != "" {
		t.Error(diff)
	}
}

func slicesOf(v float32, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func TestNothing(t *testing.T) {
	for _, files := range [][]core.Source{nil, {array(t, "fc_bias.npy", "<f4", "3,", ramp(3))}, {array(t, "pred_probs.npy", "<f4", "3, 2", make([]float32, 6))}} {
		if d, r := load(t, core.Limits{}, nil, files...); d != nil || len(r.Findings) > 0 {
			t.Errorf("dataset %+v, findings %v", d, r.Findings)
		}
	}
}

// TestHostile: tables that lie about their length, and shapes that lie about
// their bytes, are reasons and not panics.
func TestHostile(t *testing.T) {
	scan := func(rows int) func(context.Context, func(int64, []string) error) error {
		return func(_ context.Context, yield func(int64, []string) error) error {
			for i := range rows {
				if err := yield(int64(i), []string{"1", "2"}[:1+i%2]); err != nil {
					return err
				}
			}
			return nil
		}
	}
	columns := []core.Column{{Name: "a", Numeric: true}, {Name: "y", Numeric: true}}
	huge := core.Tensor{Name: "array", DType: "F32", Shape: []int64{1 << 40, 1 << 40}, Data: core.Bytes("x", make([]byte, 8))}
	artifacts := []*core.Artifact{
		{File: "more rows", Table: &core.Table{Columns: columns, Rows: 3, Scan: scan(5)}},
		{File: "fewer rows", Table: &core.Table{Columns: columns, Rows: 30, Scan: scan(5)}},
		{File: "rows beyond memory", Table: &core.Table{Columns: columns, Rows: 1 << 60, Scan: scan(5)}},
		{File: "huge", Tensors: []core.Tensor{huge}},
		{File: "header only", Tensors: []core.Tensor{{Name: "array", DType: "F32", Shape: []int64{2, 2}}}},
		{File: "no type", Tensors: []core.Tensor{{Name: "array", DType: "Other", Shape: []int64{2, 2}, Data: core.Bytes("x", make([]byte, 8))}}},
		{File: "nothing"},
		{File: "negative", Tensors: []core.Tensor{{Name: "array", DType: "F32", Shape: []int64{-1, 2}, Data: core.Bytes("x", nil)}}},
		{File: "scalar", Tensors: []core.Tensor{{Name: "array", DType: "F32", Data: core.Bytes("x", make([]byte, 4))}}},
	}
	Suggest(artifacts)
	for _, role := range core.RolesOf([]*core.Subject{Subject}) {
		for _, a := range artifacts {
			a.Role = role
			d, err := Load(t.Context(), []*core.Artifact{a}, core.Limits{}, func(core.Event) error { return nil })
			if err != nil {
				t.Fatalf("%s as %s: %v", a.File, role, err)
			}
			if d != nil && (d.X != nil || d.Labels != nil) {
				t.Errorf("%s as %s was used: %v", a.File, role, reasons(d))
			}
		}
	}
}

func TestStops(t *testing.T) {
	a := &core.Artifact{File: "a", Role: core.RoleActivations, Tensors: []core.Tensor{{DType: "F32", Shape: []int64{2, 2}, Data: core.Bytes("a", make([]byte, 16))}}}
	stop := errors.New("stop")
	if _, err := Load(t.Context(), []*core.Artifact{a}, core.Limits{}, func(core.Event) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("refused: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Load(ctx, []*core.Artifact{a}, core.Limits{}, func(core.Event) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
