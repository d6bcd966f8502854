//go:build !js

package browsertest_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"taster/wasm/browsertest"
)

// TestReportFile opens HTML reports from the disk, as whoever gets one does: no
// request, no script, no barrier, and nothing made of hostile names.
func TestReportFile(t *testing.T) {
	dir := t.TempDir()
	evil, err := os.ReadFile(filepath.Join(artifacts, "files/evil/eval-p0.pkl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{`<img src=x onerror=document.title='owned'>.pkl`, `"><script>document.title='owned'<`, "\u202egnp.pkl", "a\nb\\c.pkl", "=cmd()|' !A0.pkl"} {
		if err := os.WriteFile(filepath.Join(dir, name), evil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, axe := browsertest.Start(t), axeScript(t)
	for name, inputs := range map[string][]string{
		"data":  {filepath.Join(backdoor, "activations.npy"), filepath.Join(backdoor, "labels.npy")},
		"files": {dir, filepath.Join(artifacts, "files/benign"), filepath.Join(artifacts, "files/malformed")},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "report.html", command(t, append([]string{"scan", "-fail-on", "never", "-format", "html"}, inputs...)...))
			p := b.OpenDocument(t, (&url.URL{Scheme: "file", Path: file}).String())
			p.Wait(`document.readyState === 'complete'`)
			for _, v := range audit(p, axe) {
				t.Errorf("%s: %s", v.ID, v.Help)
				for _, n := range v.Nodes[:min(len(v.Nodes), 3)] {
					t.Logf("  %.300s\n  %s", n.HTML, n.FailureSummary)
				}
			}
			if n := browsertest.Eval[int](p, `performance.getEntriesByType('resource').length`); n != 0 {
				t.Errorf("%d requests", n)
			}
			if n := browsertest.Eval[int](p, `document.querySelectorAll('img, link, iframe, object, script:not([type="application/json"])').length`); n != 0 {
				t.Errorf("%d elements that load or run something", n)
			}
			if title := browsertest.Eval[string](p, `document.title`); title == "owned" {
				t.Errorf("a file name ran as a script")
			}
			p.Look(400, "light", func() {
				if n := browsertest.Eval[int](p, `document.documentElement.scrollWidth - innerWidth`); n > 0 {
					t.Errorf("%d pixels too wide on a narrow screen", n)
				}
			})
			p.Screenshot(screenshots, "report-"+name)
		})
	}
}
