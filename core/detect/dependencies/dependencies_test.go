package dependencies_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/dependencies"
)

func said(t testing.TB, in *core.Inputs) []string {
	t.Helper()
	var out []string
	p := &core.Pass{Emit: func(e core.Event) error {
		out = append(out, fmt.Sprintf("%s %s: %s", e.Finding.Rule, e.Finding.Severity, e.Finding.Title))
		return nil
	}}
	if err := dependencies.Detector.Check.Run(t.Context(), p, in); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRun(t *testing.T) {
	for _, c := range []struct {
		use  core.Use
		want []string
	}{
		{core.Use{Kind: core.UseIndex, Name: "http://packages.example/simple"}, []string{"DEPENDENCY-INDEX high: Packages come from http://packages.example/simple"}},
		{core.Use{Kind: core.UseIndex, Name: "https://packages.example/simple"}, []string{"DEPENDENCY-INDEX medium: Packages come from https://packages.example/simple"}},
		{core.Use{Kind: core.UseIndex, Name: "https://download.pytorch.org/whl/cu121"}, []string{"DEPENDENCY-INDEX info: Packages come from https://download.pytorch.org/whl/cu121"}},
		{core.Use{Kind: core.UseSource, Name: "git+https://g.example/x.git", Version: "main"}, []string{"DEPENDENCY-VCS low: Takes a package from git+https://g.example/x.git"}},
		{core.Use{Kind: core.UseSource, Name: "git+https://g.example/x.git", Version: "c", Pinned: true}, nil},
		{core.Use{Kind: core.UseSource, Name: "owner/name"}, nil},
		{core.Use{Kind: core.UsePackage, Name: "torch", Version: ">=2"}, []string{"DEPENDENCY-UNPINNED low: 1 of 1 packages have no one version"}},
		{core.Use{Kind: core.UsePackage, Name: "torch", Version: "==2.8", Pinned: true}, nil},
		{core.Use{Kind: core.UseModel, Name: "a/b"}, nil},
	} {
		in := &core.Inputs{Artifacts: []*core.Artifact{{File: "requirements.txt", Uses: []core.Use{c.use}}}}
		if d := cmp.Diff(c.want, said(t, in)); d != "" {
			t.Errorf("%+v: %s", c.use, d)
		}
	}
}

// TestLocked: a lock file beside the list pins its packages.
func TestLocked(t *testing.T) {
	needs := &core.Artifact{File: "d/pyproject.toml", Uses: []core.Use{{Kind: core.UsePackage, Name: "torch"}, {Kind: core.UseIndex, Name: "https://own.example/simple"}}}
	in := &core.Inputs{Artifacts: []*core.Artifact{needs, {File: "d/uv.lock"}}, Approved: []string{"own.example"}}
	if d := cmp.Diff([]string{"DEPENDENCY-INDEX info: Packages come from https://own.example/simple"}, said(t, in)); d != "" {
		t.Error(d)
	}
	in.Artifacts[1].File = "e/uv.lock"
	if len(said(t, in)) != 2 {
		t.Error("the lock file of another folder pins nothing here")
	}
}
