//go:build !js

package browsertest_test

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"taster/wasm/browsertest"
	"taster/wasm/host"
)

// mixed is a folder as an auditor gets one: models, data, text, a list of
// digests that names other files.
func mixed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, from := range []string{artifacts + "/files/evil", artifacts + "/files/suspicious", artifacts + "/files/malformed", artifacts + "/files/benign"} {
		if err := os.CopyFS(filepath.Join(dir, filepath.Base(from)), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "data"), os.DirFS(backdoor)); err != nil {
		t.Fatal(err)
	}
	list := "0000000000000000000000000000000000000000000000000000000000000000  gone.bin\n"
	if err := os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// testTriage goes from a folder to its report by keys alone: a file, its
// findings, a decision for all of a group, the report.
func testTriage(t *testing.T, p *browsertest.Page) {
	p.Drop(mixed(t))
	p.WaitState("done")
	strokes := 0
	press := func(keys ...string) {
		for _, k := range keys {
			strokes++
			p.Press(k)
		}
	}
	press("j", "j")
	p.Wait(`document.activeElement?.id === "file-2"`)
	press(kb.Enter)
	p.Wait(`document.querySelector('[data-testid=only-file]') !== null && document.querySelector('.app').dataset.view === 'findings'`)
	press("a", "A")
	p.Wait(`document.querySelector('.word.decided') !== null`)
	press("4")
	p.Wait(`document.querySelector('[data-testid=report-preview]') !== null`)
	press("e", kb.Tab)
	html := p.Saved(func() { press(kb.Enter) })
	if !bytes.Contains(html, []byte("<dt>Decision</dt>")) {
		t.Error("the decision is not in the report")
	}
	if strokes >= 20 {
		t.Errorf("%d key strokes", strokes)
	}
	t.Logf("%d key strokes", strokes)
}

// testReveal: a sample tells how it was made, when it is asked to.
func testReveal(t *testing.T, p *browsertest.Page) {
	p.Sample("backdoor")
	p.WaitState("done")
	p.Click("reveal")
	p.Wait(`document.querySelector('[data-testid=revealed]') !== null`)
	if got := p.Text("revealed"); !strings.HasPrefix(got, "Found 120 of 120") {
		t.Errorf("%q", got)
	}
}

// testCaseFile saves a case and goes on with it in another page.
func testCaseFile(t *testing.T, p *browsertest.Page) {
	evil := filepath.Join(artifacts, "files/evil/eval-p0.pkl")
	p.SetFiles(evil)
	p.WaitState("done")
	p.Click("view-report")
	p.Click("case-title")
	p.Press("Model 7")
	p.Wait(`document.querySelector('[data-testid=report-preview] h2').innerText === 'Model 7'`)
	saved := p.Download("case-save")
	p.Wait(`document.querySelector('[data-testid=saves]')?.innerText.includes('SHA-256')`)
	p.Click("view-bench")
	p.Click("clear")
	p.WaitState("idle")
	p.Click("undo")
	p.Wait(`document.querySelectorAll('[data-testid=artifact]').length > 0`)
	p.Click("clear")
	p.WaitState("idle")
	p.Pick(write(t, "Model-7.taster.json", saved))
	p.Wait(`document.querySelector('[data-testid=case-title]').value === 'Model 7'`)
	p.SetFiles(evil)
	p.WaitState("done")
	p.Wait(`document.querySelector('[data-testid=since-headline]') !== null`)
}

// TestReportPages prints the report of a mixed folder: it must stay a paper that
// people read, and its appendix comes along when it is asked for.
func TestReportPages(t *testing.T) {
	file := write(t, "report.html", command(t, "scan", "-fail-on", "never", "-format", "html", mixed(t)))
	p := browsertest.Start(t).OpenDocument(t, (&url.URL{Scheme: "file", Path: file}).String())
	p.Wait(`document.readyState === 'complete'`)
	short := pages(t, p)
	browsertest.Eval[bool](p, `document.querySelector('.appendix').classList.remove('unprinted') || true`)
	whole := pages(t, p)
	articles := browsertest.Eval[int](p, `document.querySelectorAll('article').length`)
	if most := 2 + (articles+1)/2; short > most {
		t.Errorf("%d pages for %d findings, want at most %d", short, articles, most)
	}
	if whole <= short {
		t.Errorf("%d pages with the appendix, %d without", whole, short)
	}
	t.Logf("%d findings: %d pages, %d with the appendix", articles, short, whole)
}

var pageObject = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

// pages counts the pages of a document as printed.
func pages(t *testing.T, p *browsertest.Page) int {
	t.Helper()
	return len(pageObject.FindAll(p.PDF(), -1))
}

// TestLeaving: a page with work by hand that is in no file asks before it goes.
func TestLeaving(t *testing.T) {
	p := browsertest.Start(t).Open(t, host.Handler(os.DirFS("static")), watch)
	asks := func() bool {
		return browsertest.Eval[bool](p, `!dispatchEvent(new Event('beforeunload', {cancelable: true}))`)
	}
	p.Sample("booby-trapped")
	p.WaitState("done")
	if asks() {
		t.Error("it asks though nothing could be lost that a drop does not bring back")
	}
	browsertest.Eval[bool](p, `(() => { document.querySelector('[data-testid=disposition][data-state="accepted"]').click(); return true; })()`)
	p.Wait(`document.querySelector('.word.decided') !== null`)
	if !asks() {
		t.Error("a decision could be lost without a question")
	}
	p.Download("export-html")
	p.Wait(`document.querySelector('[data-testid=saves]') !== null`)
	if asks() {
		t.Error("it asks though everything is saved")
	}
}
