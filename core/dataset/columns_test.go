package dataset

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taster/core"
)

// TestOnehotColumns: labels in columns of a table, one for each class.
func TestOnehotColumns(t *testing.T) {
	x := array(t, "activations.npy", "<f4", "3, 2", ramp(6))
	tests := []struct {
		name    string
		files   []core.Source
		classes []string
		labels  []int
		note    string
	}{
		{"called as the classes", []core.Source{x, text("labels.csv", "id,cat,dog\n0,1,0\n1,0,1\n2,1,0\n")}, []string{"cat", "dog"}, []int{0, 1, 0}, ""},
		{"numbered", []core.Source{x, text("labels.csv", "label_0,label_1\n1,0\n0,1\n1,0\n")}, []string{"0", "1"}, []int{0, 1, 0}, ""},
		{"beside features", []core.Source{text("rows.csv", "f0,f1,y_0,y_1\n0,1,1,0\n2,3,0,1\n4,5,1,0\n")}, []string{"0", "1"}, []int{0, 1, 0}, "same table"},
		{"in lists", []core.Source{text("all.json", `{"activations": [[0, 1], [2, 3], [4, 5]], "labels": [[1, 0], [0, 1], [1, 0]]}`)}, []string{"0", "1"}, []int{0, 1, 0}, "same table"},
		{"not one-hot", []core.Source{text("rows.csv", "f0,f1,y_0,y_1\n0,1,1,0\n2,3,1,1\n4,5,1,0\n")}, nil, nil, "row 1 is not one-hot"},
		{"no labels", []core.Source{x, text("labels.csv", "cat,dog\n0.5,0.5\n0,1\n1,0\n")}, nil, nil, ""},
	}
	for _, test := range tests {
		d, _ := load(t, core.Limits{}, nil, test.files...)
		if d == nil || d.X == nil {
			t.Fatalf("%s: %v", test.name, reasons(d))
		}
		if diff := cmp.Diff(ramp(6), d.X.Data); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if !slices.Equal(d.Classes, test.classes) || !slices.Equal(d.Labels, test.labels) {
			t.Errorf("%s: %q %v, %v", test.name, d.Classes, d.Labels, reasons(d))
		}
		if !strings.Contains(strings.Join(d.Info.Notes, "\n"), test.note) {
			t.Errorf("%s: notes %q", test.name, d.Info.Notes)
		}
	}
}

// TestListColumns: fields that are lists, as pandas writes a column of them.
func TestListColumns(t *testing.T) {
	nan := float32(math.NaN())
	for _, test := range []struct {
		name, text string
		want       []float32
	}{
		{"embeddings", "id,embedding,label\n7,\"[0, 1]\",a\n8,\"[2, 3]\",b\n", ramp(4)},
		{"NumPy's", "embedding,label\n[0. 1.],a\n\"[2.\n 3.]\",b\n", ramp(4)},
		{"with others", "f0,embedding,label\n0,\"[1, 2]\",a\n3,\"[4, 5]\",b\n", []float32{1, 2, 4, 5}},
		{"beside numbers", "f0,v,label\n0,\"[1, 2]\",a\n3,\"[4, 5]\",b\n", ramp(6)},
		{"late ones that differ", "embedding,label\n" + strings.Repeat("\"[0, 1]\",a\n", 1000) + "\"[0, 1, 2]\",b\nnone,b\n", append(slices.Repeat([]float32{0, 1}, 1000), nan, nan, nan, nan)},
	} {
		d, _ := load(t, core.Limits{}, nil, text("rows.csv", test.text))
		if d == nil || d.X == nil || d.Labels == nil {
			t.Fatalf("%s: %v", test.name, reasons(d))
		}
		if diff := cmp.Diff(test.want, d.X.Data, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	d, _ := load(t, core.Limits{Cells: 5}, nil, text("rows.csv", "embedding,label\n\"[0, 1, 2]\",a\n\"[2, 3, 4]\",b\n"))
	if d.X != nil || !strings.Contains(strings.Join(reasons(d), ""), "2 rows of 3 numbers") {
		t.Errorf("beyond the limit: %v", reasons(d))
	}
}

// TestIdleColumns: columns beside activations that nothing reads are named.
func TestIdleColumns(t *testing.T) {
	for head, want := range map[string]string{
		"id,f0,f1,text,label": "1 column of the table is not used: \"text\".",
		"id,f0,f1,source,y":   "",
	} {
		d, _ := load(t, core.Limits{}, nil, text("rows.csv", head+"\n0,1,2,x,a\n1,3,4,y,b\n"))
		if got := strings.Join(d.Info.Notes, "\n"); want != "" && !strings.Contains(got, want) || want == "" && strings.Contains(got, "not used") {
			t.Errorf("%s: %s", head, got)
		}
	}
}

// TestProbsByName: columns that are called like the classes are put in their
// order, others are taken as they come.
func TestProbsByName(t *testing.T) {
	x := array(t, "activations.npy", "<f4", "2, 2", ramp(4))
	labels := text("labels.json", `["cat", "dog"]`)
	for head, want := range map[string][]float32{
		"dog,cat":               {0.25, 0.75, 1, 0},
		"prob_dog,prob_cat":     {0.25, 0.75, 1, 0},
		"logit,prob":            {0.75, 0.25, 0, 1},
		"dog,eel":               {0.75, 0.25, 0, 1},
		"prob_0,prob_1":         {0.75, 0.25, 0, 1},
		"index,prob_dog,prob_1": {0.75, 0.25, 0, 1},
	} {
		rows := "0.75,0.25\n0,1\n"
		if strings.HasPrefix(head, "index") {
			rows = "0,0.75,0.25\n1,0,1\n"
		}
		d, _ := load(t, core.Limits{}, nil, x, labels, text("probs.csv", head+"\n"+rows))
		if d.Probs == nil {
			t.Fatalf("%s: %v", head, reasons(d))
		}
		if diff := cmp.Diff(want, d.Probs.Data); diff != "" {
			t.Errorf("%s: %s", head, diff)
		}
	}
}

// TestTyped reads a table whose numbers were never text, and calls its classes
// by the names that the file has for them.
func TestTyped(t *testing.T) {
	values, labels := [][]float64{{1, 2}, {3, math.NaN()}, {5, 6}}, []string{"1", "0", "1"}
	columns := []core.Column{{Name: "embedding", Values: 2}, {Name: "label", Numeric: true, Names: []string{"ham", "spam"}}}
	table := &core.Table{Columns: columns, Rows: 3,
		Scan: func(context.Context, func(int64, []string) error) error {
			t.Error("all columns were read as text")
			return nil
		},
		Floats: func(_ context.Context, columns []int, yield func(int64, []float64) error) error {
			if !slices.Equal(columns, []int{0}) {
				t.Errorf("columns %v", columns)
			}
			for i, v := range values {
				if err := yield(int64(i), v); err != nil {
					return err
				}
			}
			return nil
		},
		Some: func(picked []int) *core.Table {
			if !slices.Equal(picked, []int{1}) {
				t.Errorf("columns %v", picked)
			}
			return &core.Table{Columns: columns[1:], Rows: 3, Scan: func(_ context.Context, yield func(int64, []string) error) error {
				for i, v := range labels {
					if err := yield(int64(i), []string{v}); err != nil {
						return err
					}
				}
				return nil
			}}
		},
	}
	a := &core.Artifact{File: "t.parquet", Table: table, Role: core.RoleActivations}
	d, err := Load(t.Context(), []*core.Artifact{a}, core.Limits{}, func(core.Event) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"ham", "spam"}, d.Classes); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{1, 0, 1}, d.Labels); d != "" {
		t.Error(d)
	}
	if d.X.Rows != 3 || d.X.Cols != 1 || d.Usable != nil { // the column with a missing value is left out
		t.Errorf("%v, usable %v", d.X, d.Usable)
	}
}
