//go:build !js

package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	pageTime = 8 * time.Minute        // for everything that a test does on one page
	waitTime = 2 * time.Minute        // for one condition, on a busy machine
	interval = 20 * time.Millisecond  // between two looks at it
	lastLine = "end of the test page" // closes the console
)

// SelfTest is in the address that the page tries to reach to show that it
// cannot. The console reports the refusal as an error, which is no fault.
const SelfTest = "taster-selftest.invalid"

// Page is a tab with the page of a server of its own.
type Page struct {
	t      testing.TB
	ctx    context.Context
	server *httptest.Server
	// URL is the address of the page.
	URL string
}

// Open serves h and opens it in a new tab with an empty profile. The page
// closes with t. The scripts run before those of the page. Open returns when
// the page can take files.
func (b *Browser) Open(t testing.TB, h http.Handler, scripts ...string) *Page {
	t.Helper()
	p := b.OpenUnready(t, h, scripts...)
	p.Wait(`globalThis.tasterReady === true`)
	return p
}

// OpenURL is Open for a page that is served already, or that is a file.
func (b *Browser) OpenURL(t testing.TB, url string, scripts ...string) *Page {
	t.Helper()
	p := b.tab(t)
	p.URL = url
	p.visit(scripts)
	p.Wait(`globalThis.tasterReady === true`)
	return p
}

// OpenDocument opens a document that is no page of ours to run, such as a report.
func (b *Browser) OpenDocument(t testing.TB, url string) *Page {
	t.Helper()
	p := b.tab(t)
	p.URL = url
	p.visit(nil)
	return p
}

// OpenUnready is Open for a page that will not get ready.
func (b *Browser) OpenUnready(t testing.TB, h http.Handler, scripts ...string) *Page {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	p := b.tab(t)
	p.URL, p.server = server.URL, server
	p.visit(scripts)
	return p
}

func (p *Page) visit(scripts []string) {
	p.t.Helper()
	for _, s := range scripts {
		call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: s})
	}
	p.do(chromedp.Navigate(p.URL))
}

// Reload opens the page's address again, and waits until it can take files.
func (p *Page) Reload() {
	p.t.Helper()
	p.do(chromedp.Navigate(p.URL))
	p.Wait(`globalThis.tasterReady === true`)
}

// tab opens an empty tab whose console fails t.
func (b *Browser) tab(t testing.TB) *Page {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, pageTime)
	t.Cleanup(cancel)
	p := &Page{t: t, ctx: ctx}
	p.watchConsole()
	return p
}

// watchConsole fails the test on errors, up to the end of the test.
func (p *Page) watchConsole() {
	messages, closed := chromedp.Console(p.ctx), make(chan struct{})
	go func() {
		defer close(closed)
		for m, err := range messages {
			if err != nil || m.Text == lastLine {
				return
			}
			bad := m.IsException() || m.Type == chromedp.ConsoleError
			if bad && !strings.Contains(m.Text+m.URL, SelfTest) {
				p.t.Errorf("console: %s (%s:%d)", m, m.URL, m.Line+1)
			}
		}
	}()
	p.t.Cleanup(func() {
		_, err := chromedp.Run(p.ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("console.log(%q)", lastLine)))
		if err != nil {
			p.t.Errorf("the tab was lost: %v", err)
			return
		}
		<-closed
	})
}

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

func call[P, R any](p *Page, command cdp.Command[P, R], params P) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, command, params); err != nil {
		p.t.Fatal(err)
	}
}

// Eval is the value of a JavaScript expression; a promise is awaited.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Wait waits until a JavaScript condition holds.
func (p *Page) Wait(condition string) {
	p.t.Helper()
	for end := time.Now().Add(waitTime); ; time.Sleep(interval) {
		if Eval[bool](p, "!!("+condition+")") {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("not within %v: %s\nthe page says: %s", waitTime, condition, Eval[string](p, `document.body.innerText.slice(0, 2000)`))
		}
	}
}

// hook is the selector of an element by its data-testid.
func hook(id string) string { return fmt.Sprintf("[data-testid=%q]", id) }

// expectRun hides the state of the last run, so that WaitState waits for the
// next one.
func (p *Page) expectRun() {
	p.t.Helper()
	Eval[string](p, fmt.Sprintf("document.querySelector(%q).dataset.state = 'from the test'", hook("status")))
}

// Sample loads a built-in example by the name of its tile.
func (p *Page) Sample(name string) {
	p.t.Helper()
	p.expectRun()
	p.Click("sample-" + name)
}

// SetFiles chooses files in the page's file input, by their paths on disk.
func (p *Page) SetFiles(paths ...string) {
	p.t.Helper()
	p.expectRun()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(hook("file-input")), absolute(p.t, paths), chromedp.QueryOption(chromedp.NodeReady)))
}

// Pick chooses files that start no run.
func (p *Page) Pick(paths ...string) {
	p.t.Helper()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(hook("file-input")), absolute(p.t, paths), chromedp.QueryOption(chromedp.NodeReady)))
}

// Drop drops files and folders on the middle of the page, as a file manager does.
func (p *Page) Drop(paths ...string) {
	p.t.Helper()
	p.expectRun()
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: absolute(p.t, paths), DragOperationsMask: 1}
	at := Eval[[]float64](p, `[innerWidth / 2, innerHeight / 2]`)
	for _, step := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		call(p, input.DispatchDragEvent, input.DispatchDragEventParams{Type: step, X: at[0], Y: at[1], Data: data})
	}
}

func absolute(t testing.TB, paths []string) []string {
	t.Helper()
	out := make([]string, len(paths))
	for i, path := range paths {
		var err error
		if out[i], err = filepath.Abs(path); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// WaitState waits until the status of the page is state: loading, idle,
// working, done or error.
func (p *Page) WaitState(state string) {
	p.t.Helper()
	p.Wait(fmt.Sprintf("document.querySelector(%q)?.dataset.state === %q", hook("status"), state))
}

// Click clicks the middle of an element with the mouse.
func (p *Page) Click(id string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(hook(id))))
}

// Press presses keys one after the other: characters, or names such as kb.Tab.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// TabTo presses Tab until an element has the focus.
func (p *Page) TabTo(id string) {
	p.t.Helper()
	const most = 120
	for range most {
		if Eval[string](p, `document.activeElement?.dataset.testid ?? ""`) == id {
			return
		}
		p.Press(kb.Tab)
	}
	p.t.Fatalf("%d times Tab do not lead to %s", most, id)
}

// Drag presses the mouse at the first place in an element, given as shares of
// its width and height, moves it along the others, and lets go at the last.
func (p *Page) Drag(id string, places ...[2]float64) {
	p.t.Helper()
	box := Eval[[]float64](p, fmt.Sprintf(`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()`, hook(id)))
	steps := []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed}
	for range places[1:] {
		steps = append(steps, input.DispatchMouseEventTypeMouseMoved)
	}
	for i, step := range append(steps, input.DispatchMouseEventTypeMouseReleased) {
		at := places[min(i, len(places)-1)]
		p.do(chromedp.MouseEvent(step, box[0]+at[0]*box[2], box[1]+at[1]*box[3], chromedp.ButtonLeft))
	}
}

// Text is the text of an element as shown.
func (p *Page) Text(id string) string {
	p.t.Helper()
	return Eval[string](p, fmt.Sprintf("document.querySelector(%q).innerText", hook(id)))
}

// Finding is a row of the list of findings.
type Finding struct{ Rule, Severity, Path, Text string }

// Findings lists the findings that are shown.
func (p *Page) Findings() []Finding {
	p.t.Helper()
	return rows[Finding](p, "finding", "rule", "severity", "path")
}

// Artifact is a row of the list of artifacts.
type Artifact struct{ Path, Verdict, Text string }

// Artifacts lists the artifacts that are shown.
func (p *Page) Artifacts() []Artifact {
	p.t.Helper()
	return rows[Artifact](p, "artifact", "path", "verdict")
}

// rows reads the data attributes and the text of all elements called id.
func rows[T any](p *Page, id string, attributes ...string) []T {
	p.t.Helper()
	names, err := json.Marshal(attributes)
	if err != nil {
		p.t.Fatal(err)
	}
	return Eval[[]T](p, fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => {
		const row = {Text: e.innerText};
		for (const a of %s) row[a[0].toUpperCase() + a.slice(1)] = e.dataset[a] ?? "";
		return row;
	})`, hook(id), names))
}

// StopServer ends the page's server. The page goes on without it.
func (p *Page) StopServer() {
	p.server.CloseClientConnections()
	p.server.Close()
}
