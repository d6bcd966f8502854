package builtin

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/scan"
)

// TestProject: a repository with an imitated name, code that runs when it is
// loaded, and requirements from elsewhere.
func TestProject(t *testing.T) {
	r := inFolder(t, "repos/custom-code", nil, all)
	want := []string{
		"CODE-EXEC high modeling_tiny.py 153",
		"CODE-NETWORK medium modeling_tiny.py 356",
		"CODE-PROCESS high modeling_tiny.py 53",
		"CODE-TRUST medium README.md 19",
		"DEPENDENCY-INDEX high requirements.txt 77",
		"DEPENDENCY-UNPINNED low requirements.txt 0",
		"DEPENDENCY-VCS low requirements.txt 22",
		"NAME-LOOKALIKE high README.md 19",
		"NAME-LOOKALIKE high adapter_config.json 55",
		"PACKAGE-LOOKALIKE high requirements.txt 9",
	}
	if d := cmp.Diff(want, placed(r, "CODE-", "DEPENDENCY-", "NAME-", "PACKAGE-")); d != "" {
		t.Error(d)
	}
	if got := placed(inFolder(t, "repos/clean-mini", nil, all), "CODE-", "DEPENDENCY-", "NAME-", "PACKAGE-", "HOST-"); got != nil {
		t.Error(got)
	}
}

// placed lists findings of rules that begin so as "RULE severity path offset",
// in the order of the alphabet.
func placed(r *core.Report, prefixes ...string) []string {
	var out []string
	for _, f := range r.Sorted() {
		for _, p := range prefixes {
			if strings.HasPrefix(f.Rule, p) {
				out = append(out, fmt.Sprintf("%s %s %s %d", f.Rule, f.Severity, f.Where.File, f.Where.Offset))
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestApproved: what the user approves of reaches the check.
func TestApproved(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "provenance", "repos", "custom-code", "adapter_config.json"))
	if err != nil {
		t.Fatal(err)
	}
	for approved, want := range map[string]int{"": 1, "meta-Ilama/*": 0} {
		var r core.Report
		job := scan.Job{Files: []core.Source{core.Bytes("adapter_config.json", data)}, Approved: []string{approved}}
		if err := scan.Run(t.Context(), Config(), job, func(e core.Event) error { r.Add(e); return nil }); err != nil {
			t.Fatal(err)
		}
		if got := placed(&r, "NAME-"); len(got) != want {
			t.Errorf("approved %q: %q", approved, got)
		}
	}
}
