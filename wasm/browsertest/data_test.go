//go:build !js

package browsertest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/ui/state"
	"taster/wasm/browsertest"
)

// The samples of the start page, as boot.js has loaded them.
const (
	backdoor  = "static/samples/backdoor"
	labelflip = "static/samples/labelflip"
)

func testPlots(t *testing.T, p *browsertest.Page) {
	p.Sample("backdoor")
	p.WaitState("done")
	if len(p.Findings()) == 0 {
		t.Error("no finding on the backdoored set")
	}
	p.Wait(painted)
	if bars := browsertest.Eval[int](p, `document.querySelectorAll('[data-testid="plot-scores"] .bin').length`); bars < 10 {
		t.Errorf("the histogram has %d bars", bars)
	}
	p.Screenshot(screenshots, "backdoor")
	p.Press("2")
	p.Screenshot(screenshots, "backdoor-findings")
	p.Press("3")
	p.Screenshot(screenshots, "backdoor-map")
}

// painted holds when the scatter has pixels that are not transparent.
const painted = `(() => {
	const c = document.querySelector('[data-testid="plot-projection"]');
	if (!c) return false;
	const pixels = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
	let n = 0;
	for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) n++;
	return n > 500;
})()`

// testControl checks that a set without an attack stays quiet: nothing high.
func testControl(t *testing.T, p *browsertest.Page) {
	p.Sample("clean")
	p.WaitState("done")
	for _, f := range p.Findings() {
		if f.Severity == "high" || f.Severity == "critical" {
			t.Errorf("a %s finding on the control: %s", f.Severity, f.Text)
		}
	}
	p.Wait(painted)
	p.Screenshot(screenshots, "control")
}

// testSameReport compares the report that the page exports with the one that
// the command prints for the same files, byte by byte.
func testSameReport(t *testing.T, p *browsertest.Page) {
	for _, c := range []struct {
		name  string
		files []string
	}{
		{"data", []string{filepath.Join(backdoor, "activations.npy"), filepath.Join(backdoor, "labels.npy")}},
		{"probabilities", []string{filepath.Join(labelflip, "activations.npy"), filepath.Join(labelflip, "labels.npy"), filepath.Join(labelflip, "oos_pred_probs.npy")}},
		{"files", samplePaths(t)},
	} {
		t.Run(c.name, func(t *testing.T) {
			browsertest.Eval[bool](p, `(document.querySelector('[data-testid="clear"]')?.click(), true)`)
			p.SetFiles(c.files...)
			p.WaitState("done")
			page, command := p.Download("export-json"), scan(t, c.files)
			if !bytes.Equal(page, command) {
				t.Errorf("page and command differ:\n%s", cmp.Diff(string(command), string(page)))
			}
		})
	}
}

// scan is the JSON report of the command line tool.
func scan(t *testing.T, files []string) []byte {
	t.Helper()
	out, err := exec.Command("bin/taster", append([]string{"scan", "-format", "json", "-fail-on", "never"}, files...)...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 {
		return out // a file could not be read whole, which is in the report
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The start page's samples must be the files that the tests know.
func TestSamplesExist(t *testing.T) {
	list, err := os.ReadFile("static/samples/index.json")
	if err != nil {
		t.Fatal(err)
	}
	var held []string
	if err := json.Unmarshal(list, &held); err != nil {
		t.Fatal(err)
	}
	for _, s := range state.Samples() {
		for _, name := range append(slices.Clone(s.Files), s.Truth) {
			if name == "" {
				continue
			}
			if _, err := os.Stat(filepath.Join("static", name)); err != nil || !slices.Contains(held, name) {
				t.Errorf("%s: %s is not loaded with the page (%v)", s.Name, name, err)
			}
		}
	}
}

// testLabelFlip: of the 112 rows whose label was moved, the label check must
// find most, and few others.
func testLabelFlip(t *testing.T, p *browsertest.Page) {
	p.Sample("labelflip")
	p.WaitState("done")
	var rules []string
	for _, f := range p.Findings() {
		rules = append(rules, f.Rule)
	}
	if len(rules) == 0 || rules[0] != "LABEL-NOISE" {
		t.Fatalf("the findings are %q, want LABEL-NOISE first", rules)
	}
	p.Click("select-rows")
	p.Wait(`document.querySelector('[data-testid=selection]').innerText.startsWith('103 suspects')`)
}
