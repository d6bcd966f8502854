//go:build !js

package browsertest

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Download clicks an element and returns the file that the browser saves.
func (p *Page) Download(id string) []byte {
	p.t.Helper()
	return p.Saved(func() { p.Click(id) })
}

// Saved does what makes the browser save a file, and returns the file.
func (p *Page) Saved(act func()) []byte {
	p.t.Helper()
	dir, yes := p.t.TempDir(), true
	_, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: dir, EventsEnabled: &yes,
		BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	progress := chromedp.BrowserEvents(p.ctx, browser.DownloadProgress)
	act()
	for e, err := range progress {
		if err != nil {
			p.t.Fatal(err)
		}
		switch e.State {
		case browser.DownloadProgressStateCanceled:
			p.t.Fatal("the download was cancelled")
		case browser.DownloadProgressStateCompleted:
			b, err := os.ReadFile(filepath.Join(dir, e.GUID))
			if err != nil {
				p.t.Fatal(err)
			}
			return b
		}
	}
	p.t.Fatal("nothing was downloaded")
	return nil
}

// Look calls f while the page is width CSS pixels wide in a colour scheme,
// light or dark, and then makes it as wide as it was at first.
func (p *Page) Look(width int64, theme string, f func()) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, windowHeight))
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
	})
	Eval[bool](p, `new Promise(done => setTimeout(() => done(true), 150))`) // canvas and transitions
	f()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	p.do(chromedp.EmulateViewport(windowWidth, windowHeight))
}

// EachLook calls f for every width in both colour schemes, with a name such as
// "1440-dark".
func (p *Page) EachLook(widths []int64, f func(look string)) {
	p.t.Helper()
	for _, width := range widths {
		for _, theme := range []string{"light", "dark"} {
			p.Look(width, theme, func() { f(fmt.Sprintf("%d-%s", width, theme)) })
		}
	}
}

// Screenshot writes dir/name-<width>-<theme>.png for a desktop, a small laptop,
// a tablet and a telephone.
func (p *Page) Screenshot(dir, name string) {
	p.t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	p.EachLook([]int64{1440, 1024, 800, 400}, func(look string) { p.Snap(filepath.Join(dir, name+"-"+look+".png")) })
}

// PDF is the page as printed.
func (p *Page) PDF() []byte {
	p.t.Helper()
	out, err := chromedp.Call(p.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
	if err != nil {
		p.t.Fatal(err)
	}
	return out.Data
}

// Snap writes what the window shows to a file.
func (p *Page) Snap(file string) {
	p.t.Helper()
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
