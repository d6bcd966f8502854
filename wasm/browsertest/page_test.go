//go:build !js

package browsertest_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"taster/wasm/browsertest"
	"taster/wasm/host"
)

const (
	artifacts   = "testdata/artifacts"
	screenshots = "build/screenshots"
)

// TestPage drives the built page in Chromium: real files go in through the
// file input or a drop, and the test reads what a user would.
func TestPage(t *testing.T) {
	for _, file := range []string{"static/app.wasm", "bin/taster"} {
		if _, err := os.Stat(file); err != nil {
			t.Fatalf("%s is not there: run make build", file)
		}
	}
	b := browsertest.Start(t)
	for _, c := range []struct {
		name string
		test func(*testing.T, *browsertest.Page)
	}{
		{"network", testNetwork},
		{"without the server", testWithoutServer},
		{"verdicts", testVerdicts},
		{"dropped folder", testDroppedFolder},
		{"hostile names", testHostileNames},
		{"broken file", testBrokenFile},
		{"plots", testPlots},
		{"control", testControl},
		{"flipped labels", testLabelFlip},
		{"same report as the command", testSameReport},
		{"exports", testExports},
		{"team", testTeam},
		{"earlier report", testSince},
		{"accepted findings", testAccepted},
		{"sparse archive", testSparseArchive},
		{"digests", testDigests},
		{"large digest", testLargeDigest},
		{"tiles by mouse", testTilesByMouse},
		{"tiles by keyboard", testTilesByKeyboard},
		{"selection", testSelection},
		{"rows as dropped", testPreview},
		{"parameters", testParameters},
		{"decisions", testDecisions},
		{"evidence", testEvidence},
		{"access", testAccess},
		{"cancel", testCancel},
		{"worker dies", testWorkerDies},
		{"changed file", testChangedFile},
		{"a thousand files", testThousandFiles},
		{"cancelled midway", testMidway},
		{"ten rounds", testRounds},
		{"triage by keys", testTriage},
		{"case file", testCaseFile},
		{"reveal", testReveal},
		{"looks", testLooks},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, b.Open(t, host.Handler(os.DirFS("static")), watch)) })
	}
}

// watch lets tests reach the page's workers, and notes when the first one is
// ready for files.
const watch = `{
	const Plain = Worker;
	globalThis.testWorkers = [];
	globalThis.Worker = class extends Plain {
		constructor(...args) {
			super(...args);
			testWorkers.push(this);
		}
	};
	let ready = false;
	Object.defineProperty(globalThis, 'tasterReady', {
		get: () => ready,
		set: v => {
			if (v) globalThis.testReady ??= performance.now();
			ready = v;
		},
	});
}`

// sample is one file of testdata/artifacts. It and the verdicts expected of it
// were made without Taster; see testdata/artifacts/README.md.
type sample struct {
	Path    string
	Globals []string
	Min     string `json:"min_verdict"`
	Max     string `json:"max_verdict"`
}

func samples(t *testing.T) []sample {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(artifacts, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Files []sample }
	if err := json.Unmarshal(b, &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Files) == 0 {
		t.Fatal("the manifest is empty")
	}
	return manifest.Files
}

func samplePaths(t *testing.T) []string {
	var out []string
	for _, s := range samples(t) {
		out = append(out, filepath.Join(artifacts, s.Path))
	}
	return out
}

// rank orders the verdicts of the page and, at the same places, those of the
// manifest.
func rank(verdict string) int {
	return max(
		slices.Index([]string{"no-finding", "unreadable", "suspicious", "dangerous"}, verdict),
		slices.Index([]string{"benign", "malformed", "suspicious", "dangerous"}, verdict))
}

func testVerdicts(t *testing.T, p *browsertest.Page) {
	p.SetFiles(samplePaths(t)...)
	p.WaitState("done")
	checkVerdicts(t, p, path.Base)
	findings := p.Findings()
	if len(findings) == 0 {
		t.Fatal("no findings are shown")
	}
	for _, f := range findings {
		if f.Rule == "" || f.Severity == "" || f.Path == "" {
			t.Errorf("a finding without a hook: %+v", f)
		}
	}
	p.Screenshot(screenshots, "verdicts")
}

// checkVerdicts compares the verdicts that are shown. pathOf is how the page
// calls a file of the manifest.
func checkVerdicts(t *testing.T, p *browsertest.Page, pathOf func(string) string) {
	t.Helper()
	shown := map[string]string{}
	for _, a := range p.Artifacts() {
		shown[a.Path] = a.Verdict
	}
	for _, s := range samples(t) {
		name := pathOf(s.Path)
		got, ok := shown[name]
		if !ok {
			t.Errorf("%s is not listed", name)
			continue
		}
		if rank(got) < rank(s.Min) || rank(got) > rank(s.Max) {
			t.Errorf("%s is %s, want %s to %s", name, got, s.Min, s.Max)
		}
	}
}

func testDroppedFolder(t *testing.T, p *browsertest.Page) {
	p.Drop(filepath.Join(artifacts, "files"))
	p.WaitState("done")
	checkVerdicts(t, p, func(path string) string { return strings.TrimPrefix(path, "files/") })
}

func testHostileNames(t *testing.T, p *browsertest.Page) {
	evil, err := os.ReadFile(filepath.Join(artifacts, "files/evil/eval-p0.pkl"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{`<img src=x onerror=document.title='owned'>.pkl`, `"><script>document.title='owned'</script>.pkl`, "__proto__", "\u202egnp.pkl", "a,b;c=d.pkl"}
	var paths []string
	for _, name := range names {
		paths = append(paths, write(t, filepath.Base(name), evil))
	}
	p.SetFiles(paths...)
	p.WaitState("done")
	if n := browsertest.Eval[int](p, `document.querySelectorAll('#app img, #app script').length`); n != 0 {
		t.Errorf("%d elements were made from file names", n)
	}
	if title := browsertest.Eval[string](p, `document.title`); title != "Taster" {
		t.Errorf("the title is now %q", title)
	}
	if got := len(p.Artifacts()); got < len(names) {
		t.Errorf("%d artifacts are shown, want %d", got, len(names))
	}
}

func testBrokenFile(t *testing.T, p *browsertest.Page) {
	p.SetFiles(filepath.Join(artifacts, "files/malformed/truncated.pkl"), filepath.Join(artifacts, "files/benign/state-dict.pt"))
	p.WaitState("done")
	var broken bool
	for _, f := range p.Findings() {
		broken = broken || f.Path == "truncated.pkl"
	}
	if !broken {
		t.Errorf("no finding for the broken file: %+v", p.Findings())
	}
	for _, a := range p.Artifacts() {
		if a.Path == "state-dict.pt" && a.Verdict != "no-finding" {
			t.Errorf("the other file is %s", a.Verdict)
		}
	}
}

// write makes a file and returns its path.
func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
