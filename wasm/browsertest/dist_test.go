//go:build !js

package browsertest_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taster/ui/state"
	"taster/wasm/browsertest"
	"taster/wasm/host"
)

// TestDist walks from every sample and from dropped files to the report in each
// form in which the page is handed out, without a network where the form can
// do without.
func TestDist(t *testing.T) {
	if _, err := os.Stat("dist/SHA256SUMS"); err != nil {
		t.Fatal("dist is not there: run make dist")
	}
	b := browsertest.Start(t)
	t.Run("one file", func(t *testing.T) { testSingle(t, b) })
	t.Run("site", func(t *testing.T) { testSite(t, b) })
	t.Run("edge", func(t *testing.T) { testEdge(t, b) })
}

// mostSingle is the largest single file that people will mail around.
const mostSingle = 14_000_000

// testSingle opens the document from the disk, as a double click does.
func testSingle(t *testing.T, b *browsertest.Browser) {
	path, err := filepath.Abs("dist/taster.html")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > mostSingle {
		t.Errorf("the file has %d bytes, over 14 MB", info.Size())
	}
	p := b.OpenURL(t, (&url.URL{Scheme: "file", Path: path}).String(), violations)
	walkForm(t, p)
	if got := browsertest.Eval[string](p, `document.querySelector('meta[http-equiv="Content-Security-Policy"]').content`); !strings.Contains(got, "connect-src 'none'") {
		t.Errorf("the policy of the file is %q", got)
	}
}

// testSite loads the site, ends its server, and opens the page again.
func testSite(t *testing.T, b *browsertest.Browser) {
	p := b.Open(t, host.Handler(os.DirFS("dist/site")), violations)
	p.Wait(`tasterTimes.sealed !== undefined`) // the copy is complete
	p.StopServer()
	walkForm(t, p)
	p.Reload()
	walkForm(t, p)
}

// violations counts what a policy refuses, apart from the page's own test.
const violations = `globalThis.testViolations = [];
	document.addEventListener('securitypolicyviolation', e => {
		if (!e.blockedURI.includes('` + browsertest.SelfTest + `')) testViolations.push(e.violatedDirective + ' ' + e.blockedURI);
	});`

// walkForm goes from each tile to the report, and drops files that are full of
// what a careless page would load, run or send.
func walkForm(t *testing.T, p *browsertest.Page) {
	t.Helper()
	p.Wait(`tasterTimes.sealed !== undefined`)
	t.Logf("ms since navigation: %v", browsertest.Eval[map[string]float64](p, `({...tasterTimes})`))
	for _, s := range state.Samples() {
		p.Sample(s.Name)
		p.WaitState("done")
		if e := readExport(t, p.Download("export-json")); len(e.Inputs) != len(s.Files) {
			t.Errorf("%s: %d inputs in the report", s.Name, len(e.Inputs))
		}
		p.Click("clear")
		p.WaitState("idle")
	}
	p.Drop(lures(t))
	p.WaitState("done")
	p.Wait(`document.querySelectorAll('[data-testid="artifact"]').length > 3`)
	p.Click("network-shield")
	p.Wait(`document.querySelector('[data-testid="shield-panel"]') !== null`)
	if got := p.Text("shield-panel"); !strings.Contains(got, "Requests since load\n0") {
		t.Errorf("the shield says %q", got)
	}
	if v := browsertest.Eval[[]string](p, `testViolations`); len(v) > 0 {
		t.Errorf("the page's own code did what its policy forbids: %q", v)
	}
	p.Press("\u001b")
	p.Click("clear")
	p.WaitState("idle")
}

// lures is a folder of files with addresses, markup, scripts and formulas.
func lures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const link = "https://taster-lure.invalid/x"
	for name, text := range map[string]string{
		"page.html":                 `<img src="` + link + `"><script src="` + link + `"></script><link rel=stylesheet href="` + link + `">`,
		"picture.svg":               `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('` + link + `')"><image href="` + link + `"/><script>fetch('` + link + `')</script></svg>`,
		"table.csv":                 "label,url\n=WEBSERVICE(\"" + link + "\"),\"<img src=" + link + ">\"\n+1,@SUM(1)\n",
		"config.json":               `{"auto_map": {"AutoModel": "` + link + `--evil.Model"}, "x": "<iframe src=` + link + `>"}`,
		"<img src=x onerror=a>.pkl": "cposix\nsystem\n(S'curl " + link + "'\ntR.",
		"model.pkl":                 "c__builtin__\neval\n(S'<img src=" + link + ">'\ntR.",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
