//go:build !js

package browsertest_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core/report"
	"taster/wasm/browsertest"
)

// The time of reports in these tests, as the page and as the command get it.
const (
	fixedTime  = `(Date.prototype.getTime = () => 1750000000000, true)`
	fixedEpoch = "SOURCE_DATE_EPOCH=1750000000"
)

// command is what the command line tool prints, whatever its exit code is.
func command(t *testing.T, args ...string) []byte {
	t.Helper()
	c := exec.Command("bin/taster", args...)
	c.Env = append(os.Environ(), fixedEpoch)
	out, err := c.Output()
	if len(out) == 0 {
		t.Fatalf("%q: %v", args, err)
	}
	return out
}

// testExports compares every file of the menu of exports with what the command
// writes for the same inputs.
func testExports(t *testing.T, p *browsertest.Page) {
	files := []string{filepath.Join(backdoor, "activations.npy"), filepath.Join(backdoor, "labels.npy"),
		filepath.Join(artifacts, "files/evil/torch.pt"), filepath.Join(artifacts, "files/malformed/truncated.pkl")}
	browsertest.Eval[bool](p, fixedTime)
	p.SetFiles(files...)
	p.WaitState("done")
	p.Click("export-more")
	same := func(button, format string, flags ...string) {
		t.Helper()
		want := command(t, append(append([]string{"scan", "-fail-on", "never", "-format", format}, flags...), files...)...)
		if got := p.Download(button); !bytes.Equal(got, want) {
			t.Errorf("%s %q: page and command differ:\n%.4000s", format, flags, cmp.Diff(string(want), string(got)))
		}
	}
	button := func(w report.Writer) string {
		if browsertest.Eval[bool](p, fmt.Sprintf(`!!document.querySelector('[data-testid="save-%s"]')`, w.Name)) {
			return "save-" + w.Name
		}
		return "export-" + w.Name
	}
	for _, w := range report.Writers() {
		same(button(w), w.Name)
	}
	drop := write(t, "drop.txt", command(t, append([]string{"scan", "-fail-on", "never", "-format", "drop"}, files...)...))
	if got, want := p.Download("save-clean"), command(t, "clean", "-drop", drop, files[0]); !bytes.Equal(got, want) {
		t.Errorf("the cleaned file has %d bytes from the page, %d from the command", len(got), len(want))
	}
	checkPictures(t, p.Download("save-png"))
	p.Click("scores")
	same("save-json", "json", "-scores")
	p.Click("scores")
	p.Click("redact")
	p.Wait(`!document.querySelector('[data-testid=save-jsonl]')`)
	for _, w := range report.Writers() {
		same(button(w), w.Name, "-redact")
	}
}

// checkPictures opens every picture of an archive and looks for marks on it.
func checkPictures(t *testing.T, archive []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) < 3 {
		t.Errorf("%d files", len(z.File))
	}
	for _, f := range z.File {
		if f.Name == "SHA256SUMS" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if got := img.Bounds().Size(); got != (image.Point{X: 1280, Y: 720}) {
			t.Errorf("%s has %v pixels", f.Name, got)
		}
		if n := colours(img); n < 4 {
			t.Errorf("%s has %d colours", f.Name, n)
		}
	}
}

func colours(img image.Image) int {
	seen, b := map[color.Color]bool{}, img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			seen[img.At(x, y)] = true
		}
	}
	return len(seen)
}

// testSince drops the report of an earlier run among the files: what changed
// must be what the command says, and what is known must be marked.
func testSince(t *testing.T, p *browsertest.Page) {
	evil, benign := filepath.Join(artifacts, "files/evil/torch.pt"), filepath.Join(artifacts, "files/benign/state-dict.pt")
	before := write(t, "before.json", command(t, "scan", "-fail-on", "never", "-format", "json", evil, filepath.Join(artifacts, "files/evil/inst.pkl")))
	files := []string{evil, benign, filepath.Join(artifacts, "files/evil/obj.pkl")}
	browsertest.Eval[bool](p, fixedTime)
	p.SetFiles(append(files, before)...)
	p.WaitState("done")
	p.Wait(`document.querySelector('[data-testid=since-headline]')?.innerText.includes(' gone, ')`)
	if n := len(p.Artifacts()); n == 0 || strings.Contains(fmt.Sprint(p.Artifacts()), "before.json") {
		t.Errorf("the earlier report is an input: %+v", p.Artifacts())
	}
	after := write(t, "after.json", command(t, append([]string{"scan", "-fail-on", "never", "-format", "json"}, files...)...))
	p.Click("export-more")
	for id, format := range map[string]string{"save-comparison.txt": "text", "save-comparison.json": "json"} {
		want := command(t, "compare", "-fail-on", "never", "-format", format, before, after)
		if got := p.Download(id); !bytes.Equal(got, want) {
			t.Errorf("page and command differ:\n%s", cmp.Diff(string(want), string(got)))
		}
	}
	want := command(t, append([]string{"scan", "-fail-on", "never", "-format", "sarif", "-baseline", before}, files...)...)
	if got := p.Download("save-sarif"); !bytes.Equal(got, want) {
		t.Errorf("baseline: page and command differ:\n%s", cmp.Diff(string(want), string(got)))
	}
	p.Click("digests-open")
	p.Screenshot(screenshots, "since")
	for _, v := range audit(p, axeScript(t)) {
		t.Errorf("%s: %s: %+v", v.ID, v.Help, v.Nodes)
	}
	p.Press("1")
	p.Click("since-drop")
	p.Wait(`!document.querySelector('[data-testid=since]')`)
}

// testAccepted drops a list of accepted findings.
func testAccepted(t *testing.T, p *browsertest.Page) {
	evil := filepath.Join(artifacts, "files/evil/torch.pt")
	list := write(t, "accepted.json", []byte(`{"schema": "taster.accept/1", "accepted": [{"rule": "PICKLE-DANGEROUS-IMPORT", "reason": "known", "expires": "2099-01-01"}]}`))
	browsertest.Eval[bool](p, fixedTime)
	p.SetFiles(evil, list)
	p.WaitState("done")
	p.Wait(`document.querySelector('.find .decided')`)
	want := command(t, "scan", "-fail-on", "never", "-format", "text", "-accept", list, evil)
	p.Click("export-more")
	if got := p.Download("export-text"); !bytes.Equal(got, want) {
		t.Errorf("page and command differ:\n%s", cmp.Diff(string(want), string(got)))
	}
	want = command(t, "scan", "-fail-on", "never", "-format", "jsonl", evil) // which has values in full, so of files without data
	if got := p.Download("save-jsonl"); !bytes.Equal(got, want) {
		t.Errorf("page and command differ:\n%s", cmp.Diff(string(want), string(got)))
	}
	broken := write(t, "broken.json", []byte(`{"schema": "taster.accept/1", "accepted": [{"rule": "R"}]}`))
	p.SetFiles(broken)
	p.Wait(`document.body.innerText.includes('broken.json: ')`)
}
