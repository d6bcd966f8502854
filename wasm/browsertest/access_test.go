//go:build !js

package browsertest_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"taster/wasm/browsertest"
)

// violation is what axe-core reports.
type violation struct {
	ID, Help string
	Nodes    []struct{ HTML, FailureSummary string }
}

// testAccess looks for barriers in every view and panel.
func testAccess(t *testing.T, p *browsertest.Page) {
	axe := axeScript(t)
	check := func(name string) {
		t.Helper()
		for _, v := range audit(p, axe) {
			t.Errorf("%s: %s: %s", name, v.ID, v.Help)
			for _, n := range v.Nodes[:min(len(v.Nodes), 3)] {
				t.Logf("  %.300s\n  %s", n.HTML, n.FailureSummary)
			}
		}
	}
	wide := func(name string) {
		p.EachLook([]int64{1440}, func(look string) { check(name + ", " + look) })
	}
	wide("empty")
	for _, sample := range []string{"booby-trapped", "backdoor"} {
		p.Sample(sample)
		p.WaitState("done")
		for _, view := range []string{"1", "2", "3", "4"} {
			p.Press(view)
			wide(sample + ", view " + view)
			p.Look(400, "light", func() { check(sample + ", narrow, view " + view) })
		}
		p.Press("1")
	}
	for _, panel := range []string{"help", "network-shield", "check-fisher-split"} {
		p.Click(panel)
		check("panel " + panel)
		p.Press(kb.Escape)
		p.Wait(fmt.Sprintf(`document.activeElement?.dataset.testid === %q`, panel)) // Escape gives the keyboard back
	}
	for _, view := range []string{"1", "2", "3", "4"} {
		p.Press(view)
		p.Look(320, "light", func() { // as at 400 % on a screen of 1280
			if n := browsertest.Eval[int](p, `document.documentElement.scrollWidth - innerWidth`); n > 0 {
				t.Errorf("view %s is %d pixels wider than a window of 320", view, n)
			}
		})
	}
}

func axeScript(t *testing.T) string {
	t.Helper()
	f, err := os.Open("testdata/axe-core/axe.min.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	script, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

func audit(p *browsertest.Page, axe string) []violation {
	if !browsertest.Eval[bool](p, `"axe" in globalThis`) {
		browsertest.Eval[bool](p, fmt.Sprintf("(() => { %s; return true; })()", axe))
	}
	return browsertest.Eval[[]violation](p, `axe.run(document, {resultTypes: ['violations'], preload: false}).then(r =>
		r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`)
}
