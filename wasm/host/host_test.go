package host

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var day = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

func site() fstest.MapFS {
	return fstest.MapFS{
		"index.html":      {Data: []byte("<!doctype html>"), ModTime: day},
		"app.wasm":        {Data: []byte("plain wasm"), ModTime: day},
		"app.wasm.br":     {Data: []byte("br"), ModTime: day},
		"app.wasm.gz":     {Data: []byte("gz"), ModTime: day},
		"dom.js":          {Data: []byte("0123456789"), ModTime: day},
		"dom.js.gz":       {Data: []byte("gz"), ModTime: day},
		"samples/a.npy":   {Data: []byte("npy"), ModTime: day},
		".git/config.txt": {Data: []byte("secret"), ModTime: day},
		".hidden.json":    {Data: []byte("secret"), ModTime: day},
		"main.go":         {Data: []byte("package main"), ModTime: day},
		"folder.js/a.js":  {Data: []byte("a"), ModTime: day},
	}
}

func get(h http.Handler, method, url string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "http://host/", nil)
	r.URL.Path = url
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFiles(t *testing.T) {
	h := Handler(site())
	for _, c := range []struct {
		method, url, accept string
		code                int
		kind, encoding      string
		body                string
	}{
		{"GET", "/", "", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"GET", "/index.html", "", 200, "text/html; charset=utf-8", "", "<!doctype html>"},
		{"HEAD", "/", "", 200, "text/html; charset=utf-8", "", ""},
		{"GET", "/app.wasm", "", 200, "application/wasm", "", "plain wasm"},
		{"GET", "/app.wasm", "gzip, deflate, br", 200, "application/wasm", "br", "br"},
		{"GET", "/app.wasm", "gzip;q=1, br;q=0.5", 200, "application/wasm", "gzip", "gz"},
		{"GET", "/app.wasm", "br;q=0, gzip", 200, "application/wasm", "gzip", "gz"},
		{"GET", "/app.wasm", "*", 200, "application/wasm", "br", "br"},
		{"GET", "/app.wasm", "BR", 200, "application/wasm", "br", "br"},
		{"GET", "/app.wasm", "identity, br;q=0.5", 200, "application/wasm", "", "plain wasm"},
		{"GET", "/app.wasm", "br;q=nonsense", 200, "application/wasm", "", "plain wasm"},
		{"GET", "/app.wasm", "brotli", 200, "application/wasm", "", "plain wasm"},
		{"GET", "/dom.js", "br, gzip", 200, "text/javascript; charset=utf-8", "gzip", "gz"},
		{"GET", "/samples/a.npy", "", 200, "application/octet-stream", "", "npy"},
		{"GET", "/samples", "", 404, "", "", ""},
		{"GET", "/samples/", "", 404, "", "", ""},
		{"GET", "/folder.js", "", 404, "", "", ""},
		{"GET", "/nothing.js", "", 404, "", "", ""},
		{"GET", "/main.go", "", 404, "", "", ""},
		{"GET", "/app.wasm.br", "", 404, "", "", ""},
		{"GET", "/.hidden.json", "", 404, "", "", ""},
		{"GET", "/.git/config.txt", "", 404, "", "", ""},
		{"GET", "/samples/../.hidden.json", "", 404, "", "", ""},
		{"GET", "/../../etc/passwd.txt", "", 404, "", "", ""},
		{"GET", `/..\host_test.txt`, "", 404, "", "", ""},
		{"GET", "/a\x00.js", "", 404, "", "", ""},
		{"POST", "/", "", 405, "", "", ""},
		{"PUT", "/dom.js", "", 405, "", "", ""},
		{"OPTIONS", "/", "", 405, "", "", ""},
	} {
		t.Run(c.method+" "+c.url+" "+c.accept, func(t *testing.T) {
			r := get(h, c.method, c.url, "Accept-Encoding", c.accept)
			checkSecurity(t, r)
			if r.StatusCode != c.code {
				t.Fatalf("status %d, want %d", r.StatusCode, c.code)
			}
			if c.code != 200 {
				if strings.Contains(body(t, r), "secret") {
					t.Error("a hidden file went out")
				}
				return
			}
			got := []string{r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding"), body(t, r), r.Header.Get("Vary")}
			if d := cmp.Diff([]string{c.kind, c.encoding, c.body, "Accept-Encoding"}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func checkSecurity(t *testing.T, r *http.Response) {
	t.Helper()
	for _, h := range security {
		if got := r.Header.Values(h[0]); len(got) != 1 || got[0] != h[1] {
			t.Errorf("%s: %q, want %q", h[0], got, h[1])
		}
	}
}

func TestPolicyIsStrict(t *testing.T) {
	for _, bad := range []string{"'unsafe-eval'", "'unsafe-inline'", "http:", "https:", "*", "'unsafe-hashes'"} {
		if strings.Contains(CSP, bad) {
			t.Errorf("the policy allows %s", bad)
		}
	}
	for _, need := range []string{"default-src 'none';", "connect-src 'self';", "require-trusted-types-for 'script';", "frame-ancestors 'none';"} {
		if !strings.Contains(CSP, need) {
			t.Errorf("the policy lacks %s", need)
		}
	}
}

func TestRange(t *testing.T) {
	r := get(Handler(site()), "GET", "/dom.js", "Range", "bytes=2-4")
	if b := body(t, r); r.StatusCode != 206 || b != "234" || r.Header.Get("Content-Range") != "bytes 2-4/10" {
		t.Errorf("%d %q %q", r.StatusCode, b, r.Header.Get("Content-Range"))
	}
}

func TestETag(t *testing.T) {
	fsys := site()
	h := Handler(fsys)
	plain := get(h, "GET", "/dom.js").Header.Get("ETag")
	if zipped := get(h, "GET", "/dom.js", "Accept-Encoding", "gzip").Header.Get("ETag"); zipped == plain {
		t.Error("two encodings have one ETag")
	}
	if r := get(h, "GET", "/dom.js", "If-None-Match", plain); r.StatusCode != 304 {
		t.Errorf("status %d, want 304", r.StatusCode)
	}
	fsys["dom.js"] = &fstest.MapFile{Data: []byte("9876543210"), ModTime: day.Add(time.Second)}
	r := get(h, "GET", "/dom.js", "If-None-Match", plain)
	if b := body(t, r); r.StatusCode != 200 || b != "9876543210" {
		t.Errorf("after a change: %d %q", r.StatusCode, b)
	}
}

// slowFS counts the bytes that are read.
type slowFS struct {
	fs.FS
	read *int
}

type slowFile struct {
	fs.File
	read *int
}

func (s slowFS) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	return slowFile{f, s.read}, err
}

func (f slowFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	*f.read += n
	return n, err
}

func (f slowFile) Seek(off int64, whence int) (int64, error) {
	return f.File.(io.Seeker).Seek(off, whence)
}

func TestHashIsMadeOnce(t *testing.T) {
	read := 0
	h := Handler(slowFS{site(), &read})
	etag := get(h, "HEAD", "/dom.js").Header.Get("ETag")
	read = 0
	for range 3 {
		if r := get(h, "GET", "/dom.js", "If-None-Match", etag); r.StatusCode != 304 {
			t.Fatalf("status %d", r.StatusCode)
		}
	}
	if read != 0 {
		t.Errorf("%d bytes were read to answer 304", read)
	}
}

type brokenFS struct{}

func (brokenFS) Open(string) (fs.File, error) {
	return nil, errors.New("disk on fire at /private/path")
}

func TestBrokenDisk(t *testing.T) {
	r := get(Handler(brokenFS{}), "GET", "/")
	if b := body(t, r); r.StatusCode != 500 || strings.Contains(b, "private") {
		t.Errorf("%d %q", r.StatusCode, b)
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"/", "/dom.js", "/../x.js", "//x.js", "/a/.b.js", "\\x.js", "/%2e%2e/x.js", "/a\x00.js"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, url string) {
		name, kind, ok := Resolve(url)
		if !ok {
			return
		}
		for part := range strings.SplitSeq(name, "/") {
			if strings.HasPrefix(part, ".") || part == "" {
				t.Errorf("%q resolves to %q", url, name)
			}
		}
		if kind == "" || !fs.ValidPath(name) {
			t.Errorf("%q resolves to %q, %q", url, name, kind)
		}
	})
}

func BenchmarkNotModified(b *testing.B) {
	h := Handler(site())
	etag := get(h, "GET", "/app.wasm").Header.Get("ETag")
	for b.Loop() {
		get(h, "GET", "/app.wasm", "If-None-Match", etag)
	}
}
