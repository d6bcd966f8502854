package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/builtin"
)

// TestCatalogueIsCurrent compares with the document; "make golden" writes it.
func TestCatalogueIsCurrent(t *testing.T) {
	var got bytes.Buffer
	if err := WriteCatalogue(&got, builtin.Rules()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "builtin", "RULES.md")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); d != "" {
		t.Errorf("go test ./core/report -run Catalogue -update writes it (-want +got):\n%s", d)
	}
}

func TestCatalogueEscapes(t *testing.T) {
	var got bytes.Buffer
	r := core.Rule{ID: "A-B", Title: "a *b* <script>", Seen: "`{{ x }}` [y](z)"}
	if err := WriteCatalogue(&got, []core.Rule{r}); err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"<script>", " *b*", " `{{", " [y"} {
		if strings.Contains(got.String(), raw) {
			t.Errorf("raw %q in %s", raw, got.String())
		}
	}
}

// TestChecklistNamesChecks keeps the checklist in step with the detectors.
func TestChecklistNamesChecks(t *testing.T) {
	report := &core.Report{}
	for _, d := range builtin.Detectors() {
		report.Coverage = append(report.Coverage, core.Coverage{Check: d.Name, State: core.Ran, Why: "x"})
	}
	report.Coverage = append(report.Coverage, core.Coverage{Check: core.CheckStructure, State: core.Ran})
	for _, i := range newView(Input{Report: report, Detectors: builtin.Detectors()}).checklist() {
		if i.state != "done" && !strings.HasPrefix(i.title, "Every") && !strings.HasPrefix(i.title, "Digest of") {
			t.Errorf("%q is %s though every check ran: %s", i.title, i.state, i.why)
		}
	}
}
