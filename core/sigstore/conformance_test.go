package sigstore

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"taster/core"
	"taster/core/pki"
)

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fileOf is a file in memory.
func fileOf(name string, content []byte) *File {
	return &File{Name: name,
		Digest:  func(a core.Algorithm) ([]byte, error) { return pki.Sum(a, content), nil },
		Content: func() ([]byte, error) { return content, nil }}
}

type conformanceCase struct{ Verdict, Key, Root, SAN, Issuer string }

func (c *conformanceCase) trust(t *testing.T, dir string) *Trust {
	t.Helper()
	trust := &Trust{Root: BuiltIn(), Signer: c.SAN, Issuer: c.Issuer, Now: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)}
	if c.Root != "" {
		root, err := ParseRoot(read(t, dir, c.Root))
		if err != nil {
			t.Fatal(err)
		}
		root.Name, trust.Root = "the given root", root
	}
	if c.Key != "" {
		found, _ := pki.ParsePEM(read(t, dir, c.Key)) // the wrong key is none: a point off its curve
		trust.Keys = found.Keys
	}
	return trust
}

// TestConformance holds the verdicts to those of the public suite.
func TestConformance(t *testing.T) {
	var cases map[string]conformanceCase
	if err := json.Unmarshal(read(t, "testdata/conformance/truth.json"), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 21 {
		t.Fatalf("%d cases", len(cases))
	}
	for name, c := range cases {
		dir := filepath.Join("testdata/conformance", name)
		got := Malformed
		var steps []Step
		b, err := Parse(read(t, dir, "artifact.txt.sigstore.json"))
		if err == nil {
			r := b.Verify(c.trust(t, dir), fileOf("artifact.txt", read(t, dir, "artifact.txt")))
			got, steps = r.Verdict, r.Steps
		}
		t.Logf("%-50s %-10s %v", name, got, err)
		if (got == Valid) != (c.Verdict == "accept") {
			t.Errorf("%s: %s, should %s: %v %+v", name, got, c.Verdict, err, steps)
		}
		for _, s := range steps {
			if s.Verdict != Valid {
				t.Logf("    %s: %s: %s", s.Name, s.Verdict, s.Detail)
			}
		}
	}
}
