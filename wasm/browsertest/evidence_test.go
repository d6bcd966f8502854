//go:build !js

package browsertest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"taster/wasm/browsertest"
)

// testEvidence reads the panels under the findings of files whose faults are
// known: two tensors that share bytes, a pickle that calls os.system.
func testEvidence(t *testing.T, p *browsertest.Page) {
	p.SetFiles(filepath.Join(artifacts, "files/malformed/overlap.safetensors"))
	p.WaitState("done")
	if n := browsertest.Eval[int](p, `document.querySelectorAll('[data-testid=byte-map] [data-use=shared] rect').length`); n != 1 {
		t.Errorf("%d shared stretches are drawn, want 1", n)
	}
	if got := p.Text("byte-map"); !strings.Contains(got, `120 to 124, 4 B: used by 2 tensors: "a", "b"`) {
		t.Errorf("the map says %q", got)
	}
	p.Press("2")
	p.Screenshot(screenshots, "bytes")
	p.Sample("booby-trapped")
	p.WaitState("done")
	if got := p.Text("import"); !strings.Contains(got, "os.system") || !strings.Contains(got, "runs code") {
		t.Errorf("the first import is %q", got)
	}
	if n := browsertest.Eval[int](p, `document.querySelectorAll('.listing [data-mark=true]').length`); n != 1 {
		t.Errorf("%d lines of the disassembly are marked, want 1", n)
	}
	p.Sample("backdoor")
	p.WaitState("done")
	p.Click("select-rows")
	p.Wait(`document.querySelector('[data-testid=selection]').innerText.includes('of finding F-')`)
}
