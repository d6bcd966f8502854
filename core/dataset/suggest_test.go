package dataset

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func tensorFile(name string, d core.DType, shape ...int64) *core.Artifact {
	return &core.Artifact{File: name, Kind: "npy", Tensors: []core.Tensor{{Name: "array", DType: d, Shape: shape}}}
}

func tableFile(name string, rows int64, columns ...core.Column) *core.Artifact {
	return &core.Artifact{File: name, Kind: "csv", Table: &core.Table{Columns: columns, Rows: rows}}
}

func number(name string) core.Column { return core.Column{Name: name, Numeric: true} }
func word(name string) core.Column   { return core.Column{Name: name} }

// TestSuggest: names are those of the samples and of users' reports.
func TestSuggest(t *testing.T) {
	all := []*core.Artifact{
		tensorFile("digits-clean/activations.npy", "F32", 4000, 128),
		tensorFile("digits-clean/labels.npy", "I64", 4000),
		tensorFile("clean_activations.npy", "F32", 600, 128),
		tensorFile("clean_labels.npy", "I64", 600),
		tensorFile("pred_probs.npy", "F32", 4000, 10),
		tensorFile("oos_pred_probs.npy", "F32", 4000, 10),
		tensorFile("fc_weight.npy", "F32", 10, 128),
		tensorFile("fc_bias.npy", "F32", 10),
		tensorFile("test_labels.npy", "I64", 1500),
		tensorFile("test_pred_clean.npy", "I64", 1500),
		tensorFile("test_pred_triggered.npy", "I64", 1500),
		{File: "model.pt", Kind: "torch", Members: []*core.Artifact{{File: "model.pt", Member: "archive/data.pkl", Kind: "pickle", Streams: []core.Stream{{}}}}},
		{File: "notes.txt", Kind: "text"},
	}
	want := map[string]core.Role{
		"digits-clean/activations.npy": core.RoleActivations,
		"digits-clean/labels.npy":      core.RoleLabels,
		"clean_activations.npy":        core.RoleReference,
		"clean_labels.npy":             core.RoleReferenceLabels,
		"pred_probs.npy":               core.RoleOther,
		"oos_pred_probs.npy":           core.RoleProbs,
		"fc_weight.npy":                core.RoleWeights,
		"fc_bias.npy":                  core.RoleBias,
		"test_labels.npy":              core.RoleTestLabels,
		"test_pred_clean.npy":          core.RoleTestPred,
		"test_pred_triggered.npy":      core.RoleTestTriggered,
		"model.pt":                     core.RoleModel,
	}
	if d := cmp.Diff(want, Suggest(all)); d != "" {
		t.Error(d)
	}
}

func TestSuggestOne(t *testing.T) {
	tests := []struct {
		a    *core.Artifact
		want core.Role
	}{
		{tensorFile("hook_outputs.npy", "F32", 100, 8, 4, 4), core.RoleActivations},
		{tensorFile("acts_layer4.npy", "F16", 100, 8), core.RoleActivations},
		{tensorFile("trainFeatures.npy", "F32", 100, 8), core.RoleActivations},
		{tensorFile("x_train.npy", "F32", 100, 8), core.RoleActivations},
		{tensorFile("x_test.npy", "F32", 100, 8), ""},
		{tensorFile("y_train.npy", "I64", 100), core.RoleLabels},
		{tensorFile("targets.npy", "F32", 100, 10), core.RoleLabels},
		{tensorFile("y_test.npy", "I64", 100), core.RoleTestLabels},
		{tensorFile("predictions.npy", "I64", 100), ""},
		{tensorFile("label_quality_score.npy", "F64", 100), ""},
		{tensorFile("array.npy", "F32", 100, 8), ""},
		{&core.Artifact{File: "x.npz", Member: "activations.npy", Tensors: []core.Tensor{{Shape: []int64{4, 2}, DType: "F32"}}}, core.RoleActivations},
		{&core.Artifact{File: "a.safetensors", Kind: "safetensors", Tensors: []core.Tensor{{Name: "embeddings", Shape: []int64{4, 2}, DType: "F32"}}}, core.RoleActivations},
		{&core.Artifact{File: "a.safetensors", Kind: "safetensors", Tensors: []core.Tensor{{Name: "lora", Shape: []int64{4, 2}, DType: "F32"}}}, core.RoleModel},
		{&core.Artifact{File: "m.safetensors", Kind: "safetensors", Tensors: make([]core.Tensor, 3)}, core.RoleModel},
		{&core.Artifact{File: "a.pkl", Kind: "pickle", Streams: []core.Stream{{}}}, core.RoleModel},
		{tableFile("x.csv", 50, number("a"), number("b"), word("species_class")), core.RoleActivations},
		{tableFile("labels.csv", 50, number("id"), word("name")), core.RoleLabels},
		{tableFile("rows.csv", 50, number("id"), number("label")), core.RoleLabels},
		{tableFile("rows.csv", 50, word("text"), word("label")), core.RoleLabels},
		{tableFile("rows.csv", 50, number("a"), number("b")), ""},
		{tableFile("embeddings.tsv", 50, number("c0"), number("c1")), core.RoleActivations},
	}
	for _, test := range tests {
		if got := Suggest([]*core.Artifact{test.a})[test.a.Path()]; got != test.want {
			t.Errorf("%s: %q, want %q", test.a.Path(), got, test.want)
		}
	}
}

// TestSuggestByShape: files with names that say nothing.
func TestSuggestByShape(t *testing.T) {
	tests := []struct {
		name  string
		files []*core.Artifact
		want  map[string]core.Role
	}{
		{"matrix and vector", []*core.Artifact{tensorFile("a.npy", "F32", 90, 8), tensorFile("b.npy", "I64", 90)},
			map[string]core.Role{"a.npy": core.RoleActivations, "b.npy": core.RoleLabels}},
		{"known labels", []*core.Artifact{tensorFile("a.npy", "F32", 70, 8), tensorFile("b.npy", "F32", 90, 8), tensorFile("labels.npy", "I64", 90)},
			map[string]core.Role{"b.npy": core.RoleActivations, "labels.npy": core.RoleLabels}},
		{"known activations", []*core.Artifact{tensorFile("acts.npy", "F32", 70, 8), tableFile("b.csv", 70, word("kind"))},
			map[string]core.Role{"acts.npy": core.RoleActivations, "b.csv": core.RoleLabels}},
		{"other counts", []*core.Artifact{tensorFile("a.npy", "F32", 90, 8), tensorFile("b.npy", "I64", 91)}, map[string]core.Role{}},
		{"a bias is no label", []*core.Artifact{tensorFile("a.npy", "F32", 90, 8), tensorFile("b.npy", "F32", 90)}, map[string]core.Role{}},
	}
	for _, test := range tests {
		if d := cmp.Diff(test.want, Suggest(test.files)); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
	}
}

func FuzzByName(f *testing.F) {
	for _, s := range []string{"activations.npy", "x.npz!labels.npy", "A/Bc_d.e", "", "!", "\xff/\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, form := range []form{other, vector, matrix} {
			role := byName(name, form)
			if form == other && (role == core.RoleActivations || role == core.RoleLabels || role == core.RoleProbs) {
				t.Errorf("%q without a fitting shape is %s", name, role)
			}
		}
	})
}
