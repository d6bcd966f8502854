package lookalikenames_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/lookalikenames"
)

// said lists findings as "RULE severity file title".
func said(t testing.TB, in *core.Inputs) []string {
	t.Helper()
	var out []string
	p := &core.Pass{Emit: func(e core.Event) error {
		f := e.Finding
		if f.Saw == "" {
			t.Errorf("%s says nothing", f.Rule)
		}
		out = append(out, fmt.Sprintf("%s %s %s: %s", f.Rule, f.Severity, f.Where.File, f.Title))
		return nil
	}}
	if err := lookalikenames.Detector.Check.Run(t.Context(), p, in); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNames(t *testing.T) {
	use := func(kind, name, version string) *core.Artifact {
		return &core.Artifact{File: "d/f", Uses: []core.Use{{Kind: kind, Name: name, Version: version, By: "x"}}}
	}
	for _, c := range []struct {
		a    *core.Artifact
		want string
	}{
		{use(core.UseModel, "meta-Ilama/Llama-3.1-8B", ""), `NAME-LOOKALIKE high d/f: The model "meta-Ilama/Llama-3.1-8B" looks like "meta-llama/Llama-3.1-8B"`},
		{use(core.UseModel, "https://huggingface.co/meta-Ilama/Llama-3.1-8B/resolve/main/x", ""), `NAME-LOOKALIKE high d/f: The model "meta-Ilama/Llama-3.1-8B" looks like "meta-llama/Llama-3.1-8B"`},
		{use(core.UseModel, "meta-llama/llama-3.1-8b", ""), `NAME-CASE low d/f: The model "meta-llama/llama-3.1-8b" looks like "meta-llama/Llama-3.1-8B"`},
		{use(core.UseModel, "Open-OSS/privacy-filter", ""), `NAME-REUPLOAD info d/f: The model "Open-OSS/privacy-filter" looks like "openai/privacy-filter"`},
		{use(core.UseModel, "meta-llama/Llama-3.1-8B", ""), ""},
		{use(core.UseModel, "", ""), ""},
		{use(core.UseDataset, "rajpurkar/sqaud", ""), `NAME-LOOKALIKE high d/f: The dataset "rajpurkar/sqaud" looks like "rajpurkar/squad"`},
		{use(core.UsePackage, "trasnformers", ""), `PACKAGE-LOOKALIKE high d/f: The package "trasnformers" looks like "transformers"`},
		{use(core.UsePackage, "ultralytics", "==8.3.41"), `PACKAGE-RELEASE high d/f: Release 8.3.41 of the package "ultralytics" was published by an attacker`},
		{use(core.UsePackage, "ultralytics", ">=8.3.41"), ""},
		{use(core.UsePackage, "deepseeek", ""), `PACKAGE-LOOKALIKE high d/f: The package "deepseeek" is known for an attack`},
		{use(core.UsePackage, "sklearn", ""), `PACKAGE-MISTAKEN low d/f: The package "sklearn" is called "scikit-learn"`},
		{use(core.UseIndex, "https://huggingface.co.evil.example/simple", ""), `HOST-LOOKALIKE high d/f: The host "huggingface.co.evil.example" looks like "huggingface.co"`},
		{use(core.UseSource, "git+https://githud.com/a/b.git", ""), `HOST-LOOKALIKE high d/f: The host "githud.com" looks like "github.com"`},
		{use(core.UseSource, "owner/name", ""), ""},
		{&core.Artifact{File: "d/f", Texts: []core.Text{{Kind: core.TextAutoMap, Value: "meta-Ilama/x--a.B"}}}, `NAME-LOOKALIKE high d/f: The model "meta-Ilama/x" looks like "meta-llama/x"`},
		{&core.Artifact{File: "hub/models--meta-Ilama--x/snapshots/1/config.json"}, `NAME-LOOKALIKE high hub/models--meta-Ilama--x/snapshots/1/config.json: The model "meta-Ilama/x" looks like "meta-llama/x"`},
		{&core.Artifact{File: "d/f", Members: []*core.Artifact{use(core.UsePackage, "trasnformers", "")}}, `PACKAGE-LOOKALIKE high d/f: The package "trasnformers" looks like "transformers"`},
		{&core.Artifact{File: "d/f", Program: &core.Program{Calls: []core.CodeCall{{Args: []core.CodeArg{{Kind: core.ArgText, Value: "https://huggingfase.co/x"}}}}}}, `HOST-LOOKALIKE high d/f: The host "huggingfase.co" looks like "huggingface.co"`},
	} {
		var want []string
		if c.want != "" {
			want = []string{c.want}
		}
		if d := cmp.Diff(want, said(t, &core.Inputs{Artifacts: []*core.Artifact{c.a}})); d != "" {
			t.Errorf("%+v: %s", c.a.Uses, d)
		}
	}
}

// TestTogether: a copy weighs more beside something to run, and a name that is
// approved of is no finding.
func TestTogether(t *testing.T) {
	copied := &core.Artifact{File: "d/README.md", Uses: []core.Use{{Kind: core.UseModel, Name: "Open-OSS/privacy-filter", By: "x"}}}
	in := &core.Inputs{Artifacts: []*core.Artifact{copied, {File: "d/start.bat"}}}
	want := []string{`NAME-REUPLOAD medium d/README.md: The model "Open-OSS/privacy-filter" looks like "openai/privacy-filter"`}
	if d := cmp.Diff(want, said(t, in)); d != "" {
		t.Error(d)
	}
	in.Approved = []string{"Open-OSS/*"}
	if got := said(t, in); got != nil {
		t.Error(got)
	}
}

func TestApplies(t *testing.T) {
	if lookalikenames.Detector.Applies(&core.Artifact{File: "a/b"}) || !lookalikenames.Detector.Applies(&core.Artifact{File: "models--a--b/x"}) {
		t.Error("applies to what names nothing, or not to a hub's cache")
	}
}
