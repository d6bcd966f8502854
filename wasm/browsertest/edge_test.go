//go:build !js

package browsertest_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"taster/wasm/browsertest"
	"taster/wasm/host"
)

// workerd is the runtime of Cloudflare Workers, as npm has it, by platform.
var workerd = map[string]struct{ url, sha512 string }{
	"linux/amd64": {"https://registry.npmjs.org/@cloudflare/workerd-linux-64/-/workerd-linux-64-1.20260426.1.tgz",
		"C8LlC8uSYzg49y51n++75esxZmMp+Uz1OKHHA/4lkv6rjOTbcHQJuEwSLppjybVIXpv7A8MBhbu9iyCTvyv1mw=="},
}

// edgeLimit is what the platform's free plan takes for a worker, compressed.
const edgeLimit = 3 << 20

// testEdge runs the worker in its own runtime, looks at its answers, and opens
// the page in the browser.
func testEdge(t *testing.T, b *browsertest.Browser) {
	size := 0
	for _, name := range []string{"worker.mjs", "runtime.mjs", "wasm_exec.js", "app.wasm"} {
		size += gzipped(t, filepath.Join("dist/edge", name))
	}
	if size > edgeLimit {
		t.Errorf("the worker has %d bytes with gzip, over the limit of %d", size, edgeLimit)
	}
	t.Logf("the worker has %d bytes with gzip", size)
	base, stop := startWorkerd(t)
	for _, c := range []struct {
		method, path string
		status       int
		kind         string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8"},
		{"GET", "/index.html", 200, "text/html; charset=utf-8"},
		{"GET", "/app.wasm", 200, "application/wasm"},
		{"HEAD", "/boot.js", 200, "text/javascript; charset=utf-8"},
		{"GET", "/samples/index.json", 200, "application/json"},
		{"GET", "/none.js", 404, ""},
		{"GET", "/.git/config", 404, ""},
		{"POST", "/", 405, ""},
	} {
		checkAnswer(t, base, c.method, c.path, c.status, c.kind)
	}
	p := b.OpenURL(t, base, violations)
	p.Wait(`tasterTimes.sealed !== undefined`)
	stop()
	walkForm(t, p)
}

func checkAnswer(t *testing.T, base, method, path string, status int, kind string) {
	t.Helper()
	r, err := http.NewRequest(method, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != status || kind != "" && answer.Header.Get("Content-Type") != kind {
		t.Errorf("%s %s: status %d, %q", method, path, answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	if got := answer.Header.Get("Content-Security-Policy"); got != host.CSP {
		t.Errorf("%s %s: policy %q", method, path, got)
	}
	if got := answer.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("%s %s: X-Content-Type-Options %q", method, path, got)
	}
}

const capnp = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "assets", disk = (path = %q))],
  sockets = [(name = "http", address = %q, http = (), service = "main")]
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "runtime.mjs", esModule = embed "runtime.mjs"),
    (name = "wasm_exec.js", esModule = embed "wasm_exec.js"),
    (name = "app.wasm", wasm = embed "app.wasm")
  ],
  bindings = [(name = "ASSETS", service = "assets")],
  compatibilityDate = "2026-04-01"
);
`

// startWorkerd runs dist/edge on a free port, until stop or the end of the test.
func startWorkerd(t *testing.T) (base string, stop func()) {
	t.Helper()
	program := installWorkerd(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("dist/edge")); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	config := filepath.Join(dir, "config.capnp")
	if err := os.WriteFile(config, fmt.Appendf(nil, capnp, filepath.Join(dir, "assets"), addr), 0o644); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := exec.Command(program, "serve", config)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("workerd: %s", log.String())
		}
	})
	for range 200 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return "http://" + addr, stop
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("workerd does not listen")
	return "", nil
}

// installWorkerd fetches the runtime once into build/, by its digest.
func installWorkerd(t *testing.T) string {
	t.Helper()
	pack, ok := workerd[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		t.Fatalf("no workerd is known for %s/%s: add it to edge_test.go", runtime.GOOS, runtime.GOARCH)
	}
	program, err := filepath.Abs("build/workerd-" + pack.sha512[:8])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err == nil {
		return program
	}
	data, err := download(pack.url, pack.sha512)
	if err != nil {
		t.Fatalf("the edge test needs workerd from npm's registry: %v", err)
	}
	if err := os.MkdirAll("build", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return program
}

// download returns package/bin/workerd of an npm archive.
func download(url, digest string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(url + ": " + strconv.Itoa(answer.StatusCode))
	}
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if sum := sha512.Sum512(data); base64.StdEncoding.EncodeToString(sum[:]) != digest {
		return nil, errors.New(url + " is not what it was")
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			return nil, err
		}
		if h.Name == "package/bin/workerd" {
			return io.ReadAll(r)
		}
	}
}
