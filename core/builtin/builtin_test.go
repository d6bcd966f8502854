package builtin

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"taster/core"
)

// TestRules holds the catalogue to what a reader of a finding needs.
func TestRules(t *testing.T) {
	id := regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)
	banned := regexp.MustCompile(`(?i)\b(safe|clean|malicious model|100 ?%)\b`)
	seen := map[string]bool{}
	for _, r := range Rules() {
		if !id.MatchString(r.ID) || seen[r.ID] {
			t.Errorf("%q is no rule id, or stands twice", r.ID)
		}
		seen[r.ID] = true
		for name, text := range map[string]string{"title": r.Title, "matters": r.Matters, "benign": r.Benign, "do": r.Do,
			"example in examples.txt": r.Seen, "counterexample in examples.txt": r.NotSeen} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no %s", r.ID, name)
			}
			if w := banned.FindString(text); w != "" {
				t.Errorf("%s: %s says %q", r.ID, name, w)
			}
		}
		if len(r.Refs) == 0 {
			t.Errorf("%s has no reference", r.ID)
		}
	}
	for line := range strings.Lines(examples) {
		if id, _, _ := strings.Cut(line, "\t"); !strings.HasPrefix(line, "#") && !seen[id] {
			t.Errorf("examples.txt has %q, which is no rule", id)
		}
	}
}

func TestPluginsAreWhole(t *testing.T) {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
		if f.Match == nil || f.Open == nil || f.Title == "" {
			t.Errorf("format %q lacks a part", f.Name)
		}
	}
	families := []string{"geometry", "label", "content", "duplication", "file"}
	for _, d := range Detectors() {
		names = append(names, d.Name)
		if d.Title == "" || d.Help.Does == "" || d.Help.Misses == "" || !slices.Contains(families, d.Family) {
			t.Errorf("detector %q lacks a part", d.Name)
		}
		if d.Check.Subject() == nil && (d.Applies == nil || d.Wants == "") {
			t.Errorf("detector %q does not say what it reads", d.Name)
		}
		if _, err := d.Resolve(core.Params{}); err != nil {
			t.Errorf("default: %v", err)
		}
		for _, p := range d.Params {
			if p.Title == "" || p.Help == "" {
				t.Errorf("%s.%s has no words", d.Name, p.Name)
			}
		}
	}
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("a name stands twice in %v", names)
	}
}

// TestFolders: a detector is found by the id that users see.
func TestFolders(t *testing.T) {
	for _, d := range Detectors() {
		folder := filepath.Join("..", "detect", strings.ReplaceAll(d.Name, "-", ""))
		if _, err := os.Stat(folder); err != nil {
			t.Errorf("%s is not in a folder of its name: %v", d.Name, err)
		}
	}
}
