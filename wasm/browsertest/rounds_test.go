//go:build !js

package browsertest_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"taster/wasm/browsertest"
)

// testRounds drops and clears ten times: what the tab holds must return to
// what it held after the first time.
func testRounds(t *testing.T, p *browsertest.Page) {
	files := append(samplePaths(t), filepath.Join(labelflip, "activations.npy"), filepath.Join(labelflip, "labels.npy"), filepath.Join(labelflip, "oos_pred_probs.npy"))
	var first, last int64
	for round := range 10 {
		p.SetFiles(files...)
		p.WaitState("done")
		p.Click("clear")
		p.WaitState("idle")
		held, err := p.Memory()
		if err != nil {
			t.Skip(err)
		}
		if last = held; round == 0 {
			first = held
		}
		t.Logf("round %d: %d MB", round+1, held>>20)
	}
	if last > first+first/5 {
		t.Errorf("the tab holds %d MB after ten rounds, %d MB after the first", last>>20, first>>20)
	}
}

// testMidway drops 1,000 small files, a broken one of 2 GB and some that take
// long, looks at results while they are read, and cancels.
func testMidway(t *testing.T, p *browsertest.Page) {
	p.Drop(midway(t))
	p.Wait(`document.querySelector('[data-testid=status]').dataset.state === 'working' && document.querySelector('[data-testid=finding]')`)
	p.Press("/")
	p.Wait(`document.activeElement.id === 'query'`)
	p.Press("broken")
	p.Wait(`[...document.querySelectorAll('[data-testid=finding]')].map(f => f.dataset.path).join() === 'middle/broken.npy'`)
	if state := browsertest.Eval[string](p, `document.querySelector('[data-testid=status]').dataset.state`); state != "working" {
		t.Errorf("the run is %s before it could be cancelled", state)
	}
	p.Click("cancel")
	p.Wait(`document.querySelector('[data-testid=status]').dataset.state !== 'working'`)
	p.Press(kb.Escape) // closes the filter
	p.Wait(`document.querySelectorAll('[data-testid=finding]').length > 10`)
	if got, want := p.Text("verdict"), "cancelled by you"; !strings.Contains(got, want) {
		t.Errorf("%q does not say %q", got, want)
	}
	checkListed(t, p, "first/evil-0.pkl", "dangerous")
	p.Screenshot(screenshots, "cancelled")
}

// midway makes a folder whose files are read in the order of their names.
func midway(t *testing.T) string {
	t.Helper()
	evil, err := os.ReadFile(filepath.Join(artifacts, "files/evil/eval-p0.pkl"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put := func(name string, data []byte) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 990 {
		put(fmt.Sprintf("first/quiet-%03d.pkl", i), []byte("N."))
	}
	for i := range 10 {
		put(fmt.Sprintf("first/evil-%d.pkl", i), evil)
	}
	put("middle/broken.npy", arrayHead("<f4", 1<<20, 1024)) // of 4 GB
	if err := os.Truncate(filepath.Join(dir, "middle/broken.npy"), 2<<30); err != nil {
		t.Fatal(err)
	}
	put("slow/0.pkl", slowPickle())
	for i := range 5 {
		if err := os.Link(filepath.Join(dir, "slow/0.pkl"), filepath.Join(dir, fmt.Sprintf("slow/%d.pkl", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// slowPickle makes lists and throws them away, which takes seconds to follow.
func slowPickle() []byte {
	return append(append([]byte{0x80, 2}, bytes.Repeat([]byte("]0"), 9_000_000)...), "N."...)
}
