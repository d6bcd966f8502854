package repository_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/repository"
)

func said(t testing.TB, in *core.Inputs) []string {
	t.Helper()
	var out []string
	p := &core.Pass{Emit: func(e core.Event) error {
		s := fmt.Sprintf("%s %s %s: %s", e.Finding.Rule, e.Finding.Severity, e.Finding.Where.File, e.Finding.Title)
		for _, f := range e.Finding.Measured {
			s += fmt.Sprintf(" %s=%v", f.Name, f.Value)
		}
		out = append(out, s)
		return nil
	}}
	if err := repository.Detector.Check.Run(t.Context(), p, in); err != nil {
		t.Fatal(err)
	}
	return out
}

func files(names ...string) []*core.Artifact {
	var out []*core.Artifact
	for _, n := range names {
		out = append(out, &core.Artifact{File: n})
	}
	return out
}

func TestRunnable(t *testing.T) {
	card := &core.Artifact{File: "m/README.md", Meta: []core.Meta{{Name: "licence", Value: "mit"}}, Uses: []core.Use{{Kind: core.UseFile, Name: ".\\start.bat", Line: 4}, {Kind: core.UseFile, Name: "loader.py", Line: 5}}}
	for _, c := range []struct {
		name  string
		files []*core.Artifact
		want  []string
	}{
		{"a program", files("m/model.safetensors", "m/start.bat"), []string{`REPO-RUNNABLE medium m/start.bat: "start.bat" lies beside the weights`}},
		{"a program elsewhere", files("m/model.safetensors", "n/start.bat"), nil},
		{"no weights", files("m/config.json", "m/start.sh", "m/x.py"), nil},
		{"a script in a project", files("m/model.pt", "m/train.py"), nil},
		{"a script in a model", files("m/model.safetensors", "m/config.json", "m/loader.py"), []string{`REPO-RUNNABLE medium m/loader.py: "loader.py" lies beside the weights`}},
		{"code of the model", files("m/model.safetensors", "m/config.json", "m/modeling_x.py", "m/handler.py", "m/__init__.py"), nil},
		{"told by the card", append(files("m/model.safetensors", "m/config.json", "m/start.bat", "m/loader.py", "m/other.py"), card), []string{
			`REPO-RUNNABLE high m/start.bat: "start.bat" lies beside the weights`, `REPO-RUNNABLE high m/loader.py: "loader.py" lies beside the weights`, `REPO-RUNNABLE medium m/other.py: "other.py" lies beside the weights`}},
		{"named by a config", append(files("m/model.safetensors", "m/own.py"), &core.Artifact{File: "m/config.json", Texts: []core.Text{{Kind: core.TextAutoMap, Value: "own.Model"}}}), nil},
	} {
		if d := cmp.Diff(c.want, said(t, &core.Inputs{Artifacts: c.files})); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestCard(t *testing.T) {
	for _, c := range []struct {
		card *core.Artifact
		want []string
	}{
		{&core.Artifact{File: "README.md"}, []string{"CARD-GAPS medium README.md: The card names neither a licence nor a base model nor data sets"}},
		{&core.Artifact{File: "README.md", Meta: []core.Meta{{Name: "licence", Value: "mit"}}}, nil},
	} {
		if d := cmp.Diff(c.want, said(t, &core.Inputs{Artifacts: append(files("w.safetensors", "config.json"), c.card)})); d != "" {
			t.Error(d)
		}
	}
}

func TestMissing(t *testing.T) {
	auto := func(v string) *core.Artifact {
		return &core.Artifact{File: "m/config.json", Texts: []core.Text{{Kind: core.TextAutoMap, Value: v}}}
	}
	for value, want := range map[string]int{"modeling_x.X": 0, "tokenization_x.X": 1, "org/other--modeling_y.Y": 0} {
		in := &core.Inputs{Artifacts: append(files("m/w.safetensors", "m/modeling_x.py"), auto(value))}
		if got := said(t, in); len(got) != want {
			t.Errorf("%s: %q", value, got)
		}
	}
}

func TestInventory(t *testing.T) {
	in := &core.Inputs{Approved: []string{"acme/*"}, Artifacts: []*core.Artifact{
		{File: "a.py", Uses: []core.Use{{Kind: core.UseModel, Name: "acme/m", Pinned: true}, {Kind: core.UseModel, Name: "acme/m"}, {Kind: core.UseModel, Name: "stranger/m", Pinned: true}, {Kind: core.UseModel, Name: ""}, {Kind: core.UseModel, Name: "./x"}}},
		{File: "b.cdx.json", Bill: &core.Bill{Components: []core.Component{{Name: "rajpurkar/squad"}}}, Uses: []core.Use{{Kind: core.UseDataset, Name: "rajpurkar/squad"}}}}}
	want := []string{"INVENTORY-COUNT info a.py: 3 models and data sets are named models and data sets=3 untracked=1 unpinned=2 unknown owner=1 known at run time=1"}
	if d := cmp.Diff(want, said(t, in)); d != "" {
		t.Error(d)
	}
}
