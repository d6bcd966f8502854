package billofmaterials_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/billofmaterials"
)

// said lists findings. The digest of every file is its path.
func said(t testing.TB, bill *core.Bill, files ...*core.Artifact) []string {
	t.Helper()
	var out []string
	p := &core.Pass{Emit: func(e core.Event) error {
		out = append(out, fmt.Sprintf("%s %s %s: %s %s", e.Finding.Rule, e.Finding.Severity, e.Finding.Where.File, e.Finding.Title, e.Finding.Saw))
		return nil
	}}
	in := &core.Inputs{Artifacts: append([]*core.Artifact{{File: "x.cdx.json", Bill: bill}}, files...)}
	in.Digest = func(_ context.Context, path string, a core.Algorithm) (string, error) {
		if path == "huge.bin" {
			return "", core.ErrLimit
		}
		return path, nil
	}
	if err := billofmaterials.Detector.Check.Run(t.Context(), p, in); err != nil {
		t.Fatal(err)
	}
	return out
}

func file(path string) *core.Artifact { return &core.Artifact{File: path, SHA256: path} }

func component(kind, name string, digests ...string) core.Component {
	c := core.Component{Kind: kind, Name: name}
	for _, d := range digests {
		c.Hashes = append(c.Hashes, core.Claim{Algorithm: core.SHA256, Digest: d})
	}
	return c
}

func TestRun(t *testing.T) {
	const model, data = "machine-learning-model", "data"
	for _, c := range []struct {
		name  string
		c     core.Component
		files []*core.Artifact
		want  []string
	}{
		{"agrees by path", component("file", "a/w.bin", "a/w.bin"), []*core.Artifact{file("a/w.bin")}, nil},
		{"agrees below a folder", component("file", "w.bin", "a/w.bin"), []*core.Artifact{file("a/w.bin")}, nil},
		{"differs", component("file", "w.bin", "other"), []*core.Artifact{file("w.bin")}, []string{`BOM-HASH high w.bin: Not the "w.bin" that "x.cdx.json" lists Its SHA-256 is "w.bin", and byte 0 of the bill says "other".`}},
		{"two digests, one differs", component("file", "w.bin", "w.bin", "other"), []*core.Artifact{file("w.bin")}, []string{`BOM-HASH high w.bin: Not the "w.bin" that "x.cdx.json" lists Its SHA-256 is "w.bin", and byte 0 of the bill says "w.bin".`}},
		{"a model by its folder", component(model, "org/m", "m/w.bin"), []*core.Artifact{file("m/w.bin")}, nil},
		{"a model by the only weights", component(model, "org/m", "other"), []*core.Artifact{file("w.bin"), file("config.json")}, []string{`BOM-HASH high w.bin: Not the "org/m" that "x.cdx.json" lists Its SHA-256 is "w.bin", and byte 0 of the bill says "other".`}},
		{"under another name", component("file", "w.bin", "v.bin"), []*core.Artifact{file("v.bin")}, nil},
		{"not given", component("file", "w.bin", "w"), []*core.Artifact{file("readme")}, []string{`BOM-EXTRA info x.cdx.json: 1 components were not given They are "w.bin".`}},
		{"too large", component("file", "huge.bin", "w"), []*core.Artifact{file("huge.bin")}, nil},
		{"no digest", component(data, "a/b"), nil, []string{`BOM-UNHASHED low x.cdx.json: 1 models or data sets of the bill have no strong digest They are "a/b".`}},
		{"a library without one", component("library", "torch"), nil, nil},
		{"weights beside", component("library", "torch"), []*core.Artifact{file("w.safetensors"), file("modeling_x.py"), {File: "config.json", Uses: []core.Use{{Kind: core.UseModel, Name: "a/base"}}}},
			[]string{`BOM-GAP low x.cdx.json: 3 things are there and not on the bill They are "w.safetensors", "modeling_x.py", "a/base".`}},
	} {
		if d := cmp.Diff(c.want, said(t, &core.Bill{Components: []core.Component{c.c}}, c.files...)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}
