package builtin_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"taster/core"
	"taster/core/builtin"
	"taster/core/scan"
)

// TestFaults holds files on which Taster was wrong once to what they must say.
// Each is one of a kind: files of real libraries, public bug reports of the
// peers, attacks. Payloads only run true or id, or print.
func TestFaults(t *testing.T) {
	const folder = "testdata/faults"
	b, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Path, Kind string
		Min, Max   *core.Severity
		Read       string // "whole", "partly", or "noticed": partly, or a finding of high
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Path, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(c.Path)))
			if err != nil {
				t.Fatal(err)
			}
			var r core.Report
			job := scan.Job{Files: []core.Source{core.Bytes(filepath.Base(c.Path), data)}}
			if err := scan.Run(t.Context(), builtin.Config(), job, func(e core.Event) error { r.Add(e); return nil }); err != nil {
				t.Fatal(err)
			}
			worst, unread := core.Severity(-1), false
			var said []string
			for _, f := range r.Findings {
				worst, unread = max(worst, f.Severity), unread || f.Unread
				said = append(said, f.Severity.String()+" "+f.Rule+": "+f.Saw)
			}
			var kinds []string
			r.Artifacts[0].Walk(func(a *core.Artifact) { kinds = append(kinds, a.Kind) })
			switch {
			case c.Min != nil && worst < *c.Min:
				t.Errorf("the worst is %v, want at least %v: %q", worst, *c.Min, said)
			case c.Max != nil && worst > *c.Max:
				t.Errorf("the worst is %v, want at most %v: %q", worst, *c.Max, said)
			case c.Kind != "" && !slices.Contains(kinds, c.Kind):
				t.Errorf("read as %q, want %s", kinds, c.Kind)
			case c.Read == "whole" && unread, c.Read == "partly" && !unread, c.Read == "noticed" && !unread && worst < core.High:
				t.Errorf("unread is %t, want %s: %q", unread, c.Read, said)
			}
		})
	}
}
