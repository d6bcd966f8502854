//go:build !js

package browsertest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"taster/ui/state"
	"taster/wasm/browsertest"
)

// exported is the part of the JSON report that the walks read.
type exported struct {
	Schema   string
	Inputs   []struct{ Path string }
	Findings []struct{ Rule, Severity string }
}

func readExport(t *testing.T, b []byte) exported {
	t.Helper()
	var e exported
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// testTilesByMouse walks each sample from its tile to the exported reports.
func testTilesByMouse(t *testing.T, p *browsertest.Page) {
	for _, s := range state.Samples() {
		p.Sample(s.Name)
		p.WaitState("done")
		e := readExport(t, p.Download("export-json"))
		if len(e.Inputs) != len(s.Files) || len(e.Findings) != len(p.Findings()) {
			t.Errorf("%s: %d inputs and %d findings, the page shows %d and %d", s.Name, len(e.Inputs), len(e.Findings), len(s.Files), len(p.Findings()))
		}
		if html := p.Download("export-html"); !bytes.Contains(html, []byte("Absence of indicators is not proof of absence.")) {
			t.Errorf("%s: the HTML report has %d bytes and no limits", s.Name, len(html))
		}
		if sarif := p.Download("export-sarif"); !json.Valid(sarif) {
			t.Errorf("%s: the SARIF report is no JSON", s.Name)
		}
		p.Click("clear")
		p.WaitState("idle")
	}
}

// testTilesByKeyboard does the same without the mouse, and looks at the
// findings and the map on the way.
func testTilesByKeyboard(t *testing.T, p *browsertest.Page) {
	for _, s := range state.Samples() {
		p.TabTo("sample-" + s.Name)
		p.Press(kb.Enter)
		p.WaitState("done")
		p.Press("2")
		p.Press("j")
		p.Press(kb.Enter)
		p.Wait(`document.activeElement?.id === "detail"`)
		if first := p.Text("detail"); first == "" {
			t.Errorf("%s: the detail is empty", s.Name)
		}
		p.Press("3")
		p.Wait(`document.activeElement?.id === "map"`)
		p.Press("e")
		p.Wait(`document.activeElement?.id === "exports"`)
		p.TabTo("export-json")
		e := readExport(t, p.Saved(func() { p.Press(kb.Enter) }))
		if len(e.Inputs) != len(s.Files) {
			t.Errorf("%s: %d inputs in the report, want %d", s.Name, len(e.Inputs), len(s.Files))
		}
		p.Press("1")
		p.TabTo("clear")
		p.Press(kb.Enter)
		p.WaitState("idle")
	}
}

func suspects(p *browsertest.Page) string { return p.Text("selection") }

// testSelection picks rows on the plot and in the table, by mouse and by keys.
func testSelection(t *testing.T, p *browsertest.Page) {
	p.Sample("backdoor")
	p.WaitState("done")
	p.Click("view-map")
	p.Wait(painted)
	before := suspects(p)
	p.Click("tool-box")
	p.Drag("plot-projection", [2]float64{0.02, 0.02}, [2]float64{0.5, 0.5}, [2]float64{0.98, 0.98})
	p.Wait(fmt.Sprintf("document.querySelector('[data-testid=selection]').innerText !== %q", before))
	if got := suspects(p); !strings.HasSuffix(got, ", box") {
		t.Errorf("after a box around everything: %q", got)
	}
	boxed := suspects(p)
	p.Click("tool-lasso")
	p.Drag("plot-projection", [2]float64{0.1, 0.3}, [2]float64{0.5, 0.35}, [2]float64{0.4, 0.9}, [2]float64{0.1, 0.8})
	p.Wait(fmt.Sprintf("document.querySelector('[data-testid=selection]').innerText !== %q", boxed))
	if got := suspects(p); !strings.HasSuffix(got, ", lasso") {
		t.Errorf("after a lasso: %q", got)
	}
	p.Click("overlap") // the bar of most families
	p.Wait(`document.querySelector('[data-testid=overlap]').ariaPressed === 'true'`)
	if got := suspects(p); !strings.Contains(got, "flagged by exactly") {
		t.Errorf("after a bar of agreement: %q", got)
	}
	p.Click("pick-clear")
	p.Wait(fmt.Sprintf("document.querySelector('[data-testid=selection]').innerText === %q", before))
	browsertest.Eval[bool](p, `(() => { document.querySelector('[data-testid=plot-projection]').focus(); return true; })()`)
	p.Press("n ")
	p.Wait(`document.querySelector('[data-testid=selection]').innerText.endsWith(', by hand')`)
	csv := string(p.Download("export-quarantine"))
	if lines := strings.Count(csv, "\n"); fmt.Sprint(lines-1) != strings.Fields(suspects(p))[0] {
		t.Errorf("%d lines in the quarantine list, the page says %s", lines-1, suspects(p))
	}
	testScrolling(t, p)
}

// testScrolling lists every row and looks at the last one.
func testScrolling(t *testing.T, p *browsertest.Page) {
	browsertest.Eval[bool](p, `(() => { const s = document.querySelector('[data-testid=class]'); s.value = "-1"; s.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
	browsertest.Eval[bool](p, `(() => { const s = document.querySelector('[data-testid=row-filter]'); s.value = "all"; s.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
	p.Wait(`document.querySelector('[data-testid=rows]').getAttribute('aria-rowcount') === '4001'`)
	if n := browsertest.Eval[int](p, `document.querySelectorAll('[data-testid=rows] tbody tr').length`); n > state.TableLines+2 {
		t.Errorf("%d lines are rendered", n)
	}
	browsertest.Eval[bool](p, `(() => { const w = document.querySelector('[data-testid=rows-window]'); w.scrollTop = w.scrollHeight; return true; })()`)
	p.Wait(`document.querySelector('[data-testid=rows] tbody tr:last-child').getAttribute('aria-rowindex') === '4001'`)
}

func testParameters(t *testing.T, p *browsertest.Page) {
	p.Sample("backdoor")
	p.WaitState("done")
	count := len(p.Findings())
	p.Click("check-fisher-split")
	browsertest.Eval[bool](p, `(() => { const i = document.querySelector('#param-separation'); i.value = '50'; i.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
	p.Wait(`document.querySelector('[data-testid=status]').innerText.includes('Run to apply') || document.querySelector('[data-testid=status]').innerText.includes('run to apply')`)
	p.Press(kb.Escape)
	p.Click("run")
	p.WaitState("working")
	p.WaitState("done")
	if got := len(p.Findings()); got >= count {
		t.Errorf("%d findings with the threshold out of reach, %d before", got, count)
	}
	var report struct {
		Datasets []struct {
			Detectors []struct {
				ID     string
				Params map[string]any
			}
		}
	}
	if err := json.Unmarshal(p.Download("export-json"), &report); err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Datasets[0].Detectors {
		if d.ID == "fisher-split" && d.Params["separation"] != 50.0 {
			t.Errorf("the report says %v", d.Params)
		}
	}
}

func testDecisions(t *testing.T, p *browsertest.Page) {
	p.Sample("booby-trapped")
	p.WaitState("done")
	browsertest.Eval[bool](p, `(() => { document.querySelector('[data-testid=disposition][data-state="accepted"]').click(); return true; })()`)
	browsertest.Eval[bool](p, `(() => { const n = document.querySelector('[data-testid=note]'); n.value = 'seen <b>by</b> me'; n.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
	p.Wait(`document.querySelector('[data-testid=finding]').innerText.includes('accepted')`)
	if html := p.Download("export-html"); !bytes.Contains(html, []byte("accepted: seen &lt;b&gt;by&lt;/b&gt; me")) {
		t.Error("the decision is not in the HTML report")
	}
}
