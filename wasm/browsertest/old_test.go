//go:build !js

package browsertest_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"taster/wasm/browsertest"
	"taster/wasm/host"
)

// TestLesserBrowsers opens the page where something is missing: it must work,
// or say what is missing before anything is dropped.
func TestLesserBrowsers(t *testing.T) {
	b := browsertest.Start(t)
	page := host.Handler(os.DirFS("static"))
	for _, c := range []struct{ name, without, says string }{
		{"no WebAssembly", `delete globalThis.WebAssembly`, "lacks WebAssembly"},
		{"no workers", `delete globalThis.Worker`, "lacks Web Workers"},
		{"no Blob.arrayBuffer", `delete Blob.prototype.arrayBuffer`, "lacks Blob.arrayBuffer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := b.OpenUnready(t, page, c.without)
			p.Wait(`!document.getElementById('fatal').hidden`)
			if got := browsertest.Eval[string](p, `document.getElementById('fatal').innerText`); !strings.Contains(got, c.says) {
				t.Errorf("the page says %q, want %q", got, c.says)
			}
			if got := browsertest.Eval[string](p, `document.querySelector('[data-testid=status]').dataset.state`); got != "error" {
				t.Errorf("the status is %q", got)
			}
		})
	}
	for _, c := range []struct{ name, without string }{
		{"no storage", `Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })`},
		{"no OffscreenCanvas", `delete globalThis.OffscreenCanvas`},
		{"no service worker", `delete Navigator.prototype.serviceWorker`},
		{"no digests", `Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })`},
		{"no SIMD", `WebAssembly.validate = () => false`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := b.Open(t, page, c.without)
			p.Sample("booby-trapped")
			p.WaitState("done")
			if len(p.Findings()) == 0 {
				t.Error("no finding on the booby-trapped checkpoint")
			}
			p.Click("theme")
		})
	}
}

// TestUpdate loads the site, changes what the server has, and loads it again:
// the newer version waits until the user takes it.
func TestUpdate(t *testing.T) {
	var next atomic.Bool
	site := host.Handler(os.DirFS("dist/site"))
	b := browsertest.Start(t)
	p := b.Open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !next.Load() || r.URL.Path != "/sw.js" {
			site.ServeHTTP(w, r)
			return
		}
		code, err := os.ReadFile("dist/site/sw.js")
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, strings.Replace(string(code), "VERSION = 'taster-", "VERSION = 'taster-next-", 1))
	}))
	p.Wait(`tasterTimes.sealed !== undefined`)
	p.Reload()
	p.Wait(`navigator.serviceWorker.controller !== null`)
	if !browsertest.Eval[bool](p, `document.getElementById('update').hidden`) {
		t.Error("an update is offered, and there is none")
	}
	next.Store(true)
	p.Reload()
	p.Wait(`!document.getElementById('update').hidden`)
	if got := browsertest.Eval[[]string](p, `caches.keys()`); len(got) != 2 {
		t.Errorf("before the user takes it there are %q", got)
	}
	browsertest.Eval[bool](p, `(() => { document.querySelector('#update button').click(); return true; })()`)
	p.Wait(`globalThis.tasterReady === true && document.getElementById('update').hidden`)
	p.Wait(`caches.keys().then(k => k.length === 1 && k[0].startsWith('taster-next-'))`)
}

// TestDigest compares the digest that the page shows with the file's.
func TestDigest(t *testing.T) {
	p := browsertest.Start(t).Open(t, host.Handler(os.DirFS("static")))
	data, err := os.ReadFile("static/app.wasm")
	if err != nil {
		t.Fatal(err)
	}
	p.Click("network-shield")
	p.Wait(fmt.Sprintf(`document.querySelector('[data-testid=digest]')?.innerText === "SHA-256 %x"`, sha256.Sum256(data)))
}

// TestReproducible builds everything again in another folder.
func TestReproducible(t *testing.T) {
	want, err := os.ReadFile("dist/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "another place")
	copySources(t, dir)
	cmd := exec.Command("make", "-s", "dist")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(dir, "dist/SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(want), "\n") {
		if again := strings.Split(string(got), "\n")[i]; again != line {
			t.Errorf("built again: %s\nthe first time: %s", again, line)
		}
	}
}

// copySources copies what the build reads.
func copySources(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"core", "ui", "wasm", "static", "cmd"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "Makefile", "serve.go"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "static/app.wasm")); err != nil {
		t.Fatal(err)
	}
}
