//go:build !js

package browsertest

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Download clicks an element and returns the file that the browser saves.
func (p *Page) Download(id string) []byte {
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
	p.Click(id)
	for e, err := range progress {
		if err != nil {
			p.t.Fatal(err)
		}
		switch e.State {
		case browser.DownloadProgressStateCanceled:
			p.t.Fatalf("the download of %s was cancelled", id)
		case browser.DownloadProgressStateCompleted:
			b, err := os.ReadFile(filepath.Join(dir, e.GUID))
			if err != nil {
				p.t.Fatal(err)
			}
			return b
		}
	}
	p.t.Fatalf("nothing was downloaded by %s", id)
	return nil
}

// Screenshot writes dir/name-<width>-<theme>.png for two widths and both
// colour schemes, and leaves the page as it was.
func (p *Page) Screenshot(dir, name string) {
	p.t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	for _, width := range []int64{1440, 800} {
		for _, theme := range []string{"light", "dark"} {
			p.do(chromedp.EmulateViewport(width, 900))
			call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
			})
			Eval[bool](p, `new Promise(done => setTimeout(() => done(true), 150))`) // canvas and transitions
			png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				p.t.Fatal(err)
			}
			file := filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, width, theme))
			if err := os.WriteFile(file, png, 0o644); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	p.do(chromedp.EmulateReset())
}
