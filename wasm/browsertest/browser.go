//go:build !js

// Package browsertest drives the built page in Chromium: files go in through
// the page's own inputs or a real drop, and what comes out is read from the
// attributes that the page promises to scripts. Whatever the page writes to the
// console as an error, a breach of the content policy among it, fails the test.
package browsertest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

// Browser is one Chromium for several tests. Each [Page] has a profile of its
// own in it.
type Browser struct{ ctx context.Context }

// Start starts a headless Chromium, which ends with t. It fails t when there
// is none.
func Start(t testing.TB) *Browser {
	t.Helper()
	ctx, stop, err := Launch(context.Background(), chromedp.UserDataDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return &Browser{ctx}
}

// The window at first, in CSS pixels.
const windowWidth, windowHeight = 1440, 900

// Launch starts a headless Chromium with an empty tab, until stop is called.
func Launch(ctx context.Context, more ...chromedp.ExecAllocatorOption) (tab context.Context, stop func(), err error) {
	exe, err := find()
	if err != nil {
		return nil, nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WindowSize(windowWidth, windowHeight),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, end := chromedp.NewExecAllocator(ctx, append(opts, more...)...)
	ctx, closeTab := chromedp.NewContext(ctx)
	stop = func() { closeTab(); end() }
	if err := chromedp.Do(ctx); err != nil { // starts the browser, under no timeout
		stop()
		return nil, nil, err
	}
	return ctx, stop, nil
}

// find locates Chromium: CHROMIUM, else the usual names.
func find() (string, error) {
	if exe := os.Getenv("CHROMIUM"); exe != "" {
		return exe, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if exe, err := exec.LookPath(name); err == nil {
			return exe, nil
		}
	}
	return "", errors.New("no Chromium: install it (apt-get install chromium) or set CHROMIUM to its path")
}
