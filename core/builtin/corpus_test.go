package builtin_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// TestCorpus scans ordinary files of many libraries: none deserves a finding,
// and every import that CPython would make is named.
func TestCorpus(t *testing.T) {
	const folder = "../../testdata/corpus"
	b, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Files []struct {
			Path    string
			Max     core.Verdict
			Imports []string // nil when they are not known
		}
	}
	if err := json.Unmarshal(b, &manifest); err != nil || len(manifest.Files) < 60 {
		t.Fatalf("%d files, %v", len(manifest.Files), err)
	}
	for _, f := range manifest.Files {
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		r := scanOne(t, core.Bytes(f.Path, data))
		if got := r.Verdict(r.Artifacts[0]); ranks[got] > ranks[f.Max] {
			t.Errorf("%s: %s, want at most %s", f.Path, got, f.Max)
			for _, f := range r.Sorted() {
				t.Logf("    %s %s: %s %s", f.Rule, f.Severity, f.Title, f.Saw)
			}
		}
		if f.Imports == nil {
			continue
		}
		named := imports(r)
		if slices.Contains(named, "torch.storage._load_from_bytes") { // what lies inside is named, too
			named = slices.DeleteFunc(named, func(path string) bool { return !slices.Contains(f.Imports, path) })
		}
		if d := cmp.Diff(f.Imports, named); d != "" {
			t.Errorf("%s: imports (-want +got):\n%s", f.Path, d)
		}
	}
}
