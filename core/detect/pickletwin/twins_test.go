package pickletwin

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func tensors(pairs ...any) []core.Tensor {
	var out []core.Tensor
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, core.Tensor{Name: pairs[i].(string), Shape: pairs[i+1].([]int64)})
	}
	return out
}

// checkpoint is a PyTorch archive with a pickle inside.
func checkpoint(file string, ts []core.Tensor) *core.Artifact {
	return &core.Artifact{File: file, Kind: "zip", Members: []*core.Artifact{
		{File: file, Member: "archive/data.pkl", Kind: "pickle", Streams: make([]core.Stream, 1), Tensors: ts}}}
}

func judge(t *testing.T, inputs ...*core.Artifact) []string {
	t.Helper()
	var out []string
	p := &core.Pass{Emit: func(e core.Event) error {
		out = append(out, fmt.Sprintf("%s %s: %s", e.Finding.Rule, e.Finding.Where.File, e.Finding.Saw))
		return nil
	}}
	if err := Detector.Check.Run(t.Context(), p, &core.Inputs{Artifacts: inputs}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRun(t *testing.T) {
	two, three := []int64{2, 2}, []int64{3}
	model := &core.Artifact{File: "m/model.safetensors", Kind: "safetensors", Tensors: tensors("a", two, "b", three)}
	const same = "All 2 tensors have the same names and shapes. Their values were not compared."
	for _, c := range []struct {
		name string
		twin *core.Artifact
		want []string
	}{
		{"same", checkpoint("m/pytorch_model.bin", tensors("a", two, "b", three)), []string{"TWIN-PICKLE m/pytorch_model.bin: " + same}},
		{"same below a key", checkpoint("m/model.pt", tensors("state_dict.a", two, "state_dict.b", three)), []string{"TWIN-PICKLE m/model.pt: " + same}},
		{"other", checkpoint("m/pytorch_model.bin", tensors("a", three, "c", three)), []string{
			"TWIN-DIFFERS m/pytorch_model.bin: 1 only in the safetensors file: \"b\"; 1 only in the pickle: \"c\"; 1 of another shape: \"a\" ([2 2], here [3])."}},
		{"unknown tensors", checkpoint("m/model.ckpt", nil), []string{
			"TWIN-PICKLE m/model.ckpt: Its tensors were not rebuilt, so they were not compared with the 2 of \"m/model.safetensors\"."}},
		{"another name", checkpoint("m/optimizer.bin", tensors("z", two)), nil},
		{"another folder", checkpoint("pytorch_model.bin", tensors("z", two)), nil},
		{"no pickle", &core.Artifact{File: "m/model.bin", Kind: "text"}, nil},
	} {
		if d := cmp.Diff(c.want, judge(t, model, c.twin)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}
