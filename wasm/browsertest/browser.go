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
	exe, err := find()
	if err != nil {
		t.Fatal(err)
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // starts the browser, under no timeout
		t.Fatal(err)
	}
	return &Browser{ctx}
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
