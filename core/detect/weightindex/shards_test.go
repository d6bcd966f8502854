package weightindex

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// weights is a file with tensors of 8 bytes.
func weights(file string, names ...string) *core.Artifact {
	a := &core.Artifact{File: file, Kind: "safetensors", Size: 100}
	for _, n := range names {
		a.Tensors = append(a.Tensors, core.Tensor{Name: n, Length: 8})
	}
	return a
}

// index says where tensors are, by pairs of tensor and file.
func index(total int64, pairs ...string) *core.Artifact {
	a := &core.Artifact{File: "m/model.safetensors.index.json", Kind: "json", Index: &core.WeightIndex{TotalSize: total}}
	for p := range slices.Chunk(pairs, 2) {
		a.Index.Tensors = append(a.Index.Tensors, core.IndexedTensor{Name: p[0], File: p[1], Offset: 7})
	}
	return a
}

func judge(t testing.TB, inputs ...*core.Artifact) []string {
	t.Helper()
	var out []string
	p := &core.Pass{Emit: func(e core.Event) error {
		out = append(out, fmt.Sprintf("%s %s: %s", e.Finding.Rule, e.Finding.Where.File, e.Finding.Saw))
		return nil
	}}
	if err := run(t.Context(), p, &core.Inputs{Artifacts: inputs}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRun(t *testing.T) {
	const idx = "m/model.safetensors.index.json"
	broken := weights("m/1.safetensors", "a")
	broken.Partial = "cut"
	for _, c := range []struct {
		name   string
		inputs []*core.Artifact
		want   []string
	}{
		{"whole", []*core.Artifact{index(16, "a", "1.safetensors", "b", "2.safetensors"), weights("m/1.safetensors", "a"), weights("m/2.safetensors", "b")}, nil},
		{"in a folder below", []*core.Artifact{index(8, "a", "sub/1.safetensors"), weights("m/sub/1.safetensors", "a")}, nil},
		{"missing", []*core.Artifact{index(16, "a", "1.safetensors", "b", "2.safetensors"), weights("m/1.safetensors", "a")},
			[]string{"SHARD-MISSING " + idx + ": The index puts 1 tensors into it."}},
		{"elsewhere", []*core.Artifact{index(-1, "a", "1.safetensors"), weights("n/1.safetensors", "a")},
			[]string{"SHARD-MISSING " + idx + ": The index puts 1 tensors into it."}},
		{"swapped", []*core.Artifact{index(16, "a", "1.safetensors", "b", "2.safetensors"), weights("m/1.safetensors", "b"), weights("m/2.safetensors", "b")},
			[]string{"SHARD-TENSOR " + idx + ": 1 of 1: \"a\".", "SHARD-TENSOR m/1.safetensors: 1 of 1: \"b\"."}},
		{"extra", []*core.Artifact{index(8, "a", "1.safetensors"), weights("m/1.safetensors", "a"), weights("m/model.safetensors", "a"), weights("m/x.bin", "a")},
			[]string{"SHARD-EXTRA m/model.safetensors: The index names 1 files; this one has 100 bytes."}},
		{"size", []*core.Artifact{index(9, "a", "1.safetensors"), weights("m/1.safetensors", "a")},
			[]string{"SHARD-SIZE " + idx + ": The index says 9 bytes, the tensors of the files have 8."}},
		{"not read whole", []*core.Artifact{index(9, "b", "1.safetensors"), broken}, nil},
		{"leads out", []*core.Artifact{index(8, "a", "../1.safetensors")}, nil},
	} {
		if d := cmp.Diff(c.want, judge(t, c.inputs...)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func BenchmarkRun(b *testing.B) {
	var pairs, names []string
	for i := range 50_000 {
		names = append(names, fmt.Sprintf("model.layers.%d.weight", i))
		pairs = append(pairs, names[i], "1.safetensors")
	}
	in := []*core.Artifact{index(8*50_000, pairs...), weights("m/1.safetensors", names...)}
	for b.Loop() {
		judge(b, in...)
	}
}
