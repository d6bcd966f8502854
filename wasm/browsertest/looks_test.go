//go:build !js

package browsertest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"taster/wasm/browsertest"
)

// testLooks takes pictures of the states and panels that no other test passes
// through. Each must say what the page is in.
func testLooks(t *testing.T, p *browsertest.Page) {
	look := func(name, shows string) {
		t.Helper()
		p.Wait(shows)
		p.Screenshot(screenshots, name)
	}
	p.SetFiles(planned(t), filepath.Join(labelflip, "labels.npy"))
	p.WaitState("done")
	look("planned", says("status", "checks ready"))

	p.SetFiles(filepath.Join(artifacts, "files/malformed/truncated.pkl"), filepath.Join(artifacts, "files/benign/state-dict.pt"))
	p.WaitState("done")
	look("broken", `document.querySelector('[data-verdict=unreadable]')`)

	p.Sample("backdoor")
	p.WaitState("done")
	for opener, panel := range map[string]string{"help": "help-panel", "network-shield": "shield-panel", "check-fisher-split": "check-panel", "export-more": "export-panel"} {
		p.Click(opener)
		look(panel, `document.querySelector('[data-testid="`+panel+`"]')`)
		p.Press(kb.Escape)
	}
	p.Press("3")
	fill(p, "threshold-value", "95 %")
	browsertest.Eval[bool](p, `(document.querySelector('[data-testid=plot-scores]').scrollIntoView(), true)`)
	look("moved", says("plot-scores", "percentile 94.9"))
	p.Press("1d")
	look("compact", `document.querySelector('[data-lines=compact]')`)
	p.Press("d")
	browsertest.Eval[bool](p, `document.dispatchEvent(new DragEvent('dragover', {bubbles: true, cancelable: true})) || true`)
	look("dragging", `document.querySelector('.veil')`)
	browsertest.Eval[bool](p, `document.dispatchEvent(new DragEvent('dragleave', {bubbles: true}))`)

	fill(p, "digests", "0000000000000000000000000000000000000000000000000000000000000000")
	look("stale", says("status", "run to apply"))

	p.SetFiles(write(t, "slow.pkl", slowPickle()))
	p.WaitState("working")
	look("working", `true`)
	browsertest.Eval[bool](p, `(testWorkers.at(-1).onmessage({data: {exit: 2, message: ''}}), true)`)
	p.WaitState("error")
	look("failed", `true`)
}

func says(id, text string) string {
	return `document.querySelector('[data-testid="` + id + `"]').innerText.includes('` + text + `')`
}

// planned is an array of more bytes than a run loads without being asked.
func planned(t *testing.T) string {
	t.Helper()
	const rows, cols = 1 << 20, 70
	head := arrayHead("<f4", rows, cols)
	file := write(t, "activations.npy", head)
	if err := os.Truncate(file, int64(len(head))+4*rows*cols); err != nil {
		t.Fatal(err)
	}
	return file
}
