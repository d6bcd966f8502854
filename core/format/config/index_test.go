package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func TestWeightIndex(t *testing.T) {
	for _, c := range []struct {
		text  string
		want  *core.WeightIndex
		files []string
	}{
		{`{"metadata":{"total_size":512},"weight_map":{"a":"1.bin","b":"1.bin"}}`,
			&core.WeightIndex{TotalSize: 512, Tensors: []core.IndexedTensor{{Name: "a", File: "1.bin", Offset: 50}, {Name: "b", File: "1.bin", Offset: 62}}}, []string{"1.bin"}},
		{`{"metadata":{"total_size":5.12e2},"weight_map":{"a":"../x"}}`,
			&core.WeightIndex{TotalSize: 512, Tensors: []core.IndexedTensor{{Name: "a", File: "../x", Offset: 53}}}, []string{"../x"}},
		{`{"metadata":{"total_size":"512"},"weight_map":{"a":"x","b":3}}`,
			&core.WeightIndex{TotalSize: -1, Tensors: []core.IndexedTensor{{Name: "a", File: "x", Offset: 52}}}, []string{"x"}},
		{`{"metadata":{"total_size":-1},"weight_map":{"a":"x"}}`,
			&core.WeightIndex{TotalSize: -1, Tensors: []core.IndexedTensor{{Name: "a", File: "x", Offset: 49}}}, []string{"x"}},
		{`{"weight_map":{}}`, nil, nil},
		{`{"other":{"weight_map":{"a":"x"}}}`, nil, nil},
		{`{"weight_map":{"a":{"b":"x"}}}`, nil, nil},
		{`{"weight_map":["a"]}`, nil, nil},
	} {
		a := &core.Artifact{File: "x"}
		o := &core.Opener{Artifact: a, Limits: core.Limits{}.WithDefaults(), Emit: func(core.Event) error { return nil }}
		if err := Format.Open(t.Context(), core.Bytes("x", []byte(c.text)), o); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, a.Index); d != "" {
			t.Errorf("%s: %s", c.text, d)
		}
		var files []string
		for _, r := range a.Refs {
			files = append(files, r.Path)
		}
		if d := cmp.Diff(c.files, files); d != "" {
			t.Errorf("%s: %s", c.text, d)
		}
	}
}
