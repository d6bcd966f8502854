package host

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// types are the files that are served, and as what.
var types = map[string]string{
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".wasm":        "application/wasm",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".json":        "application/json",
	".webmanifest": "application/manifest+json",
	".txt":         "text/plain; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	// Samples: bytes to download, whatever is in them.
	".npy": octets, ".pt": octets, ".pkl": octets, ".safetensors": octets, ".gguf": octets,
}

const octets = "application/octet-stream"

// files serves a file system.
type files struct {
	fsys fs.FS
	mu   sync.Mutex
	tags map[string]tag // by name
}

// tag is the ETag of one state of a file.
type tag struct {
	size     int64
	modified time.Time
	value    string
}

// Files serves the files of fsys: index.html for "/", no listings, no names
// that begin with a dot, and only the types of a page. A file called x.br or
// x.gz is sent in place of x to clients that prefer that encoding. ETags are
// hashes of the content, made once for each state of a file. Answers must be
// revalidated before they are used again.
func Files(fsys fs.FS) http.Handler {
	return &files{fsys: fsys, tags: map[string]tag{}}
}

// Handler serves the page in fsys with its security headers.
func Handler(fsys fs.FS) http.Handler { return Secure(Files(fsys)) }

func (s *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, kind, ok := Resolve(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	for _, e := range encodings(r.Header.Get("Accept-Encoding")) {
		err := s.serve(w, r, name, kind, e)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			http.Error(w, "the file cannot be read", http.StatusInternalServerError)
		}
		return
	}
	http.NotFound(w, r)
}

// Resolve finds the file that a URL path names, and its type. There is none for
// hidden files and for types that no page has.
func Resolve(urlPath string) (name, kind string, ok bool) {
	name = strings.TrimPrefix(path.Clean("/"+urlPath), "/")
	if name == "" {
		name = "index.html"
	}
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") || strings.Contains(name, `\`) {
		return "", "", false
	}
	kind, ok = types[path.Ext(name)]
	return name, kind, ok
}

// serve sends one encoding of a file. It has written nothing when it fails.
func (s *files) serve(w http.ResponseWriter, r *http.Request, name, kind string, e encoding) error {
	f, err := s.fsys.Open(name + e.suffix)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fs.ErrNotExist
	}
	content, err := seekable(f)
	if err != nil {
		return err
	}
	etag, err := s.tag(name+e.suffix, info, content)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", etag)
	h.Add("Vary", "Accept-Encoding")
	if e.name != "" {
		h.Set("Content-Encoding", e.name)
	}
	http.ServeContent(w, r, "", time.Time{}, content)
	return nil
}

// seekable is f, or a copy of it in memory when it cannot be sought.
func seekable(f fs.File) (io.ReadSeeker, error) {
	if rs, ok := f.(io.ReadSeeker); ok {
		return rs, nil
	}
	b, err := io.ReadAll(f)
	return bytes.NewReader(b), err
}

// tag hashes content unless its file is known with this size and time.
func (s *files) tag(name string, info fs.FileInfo, content io.ReadSeeker) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tags[name]; ok && t.size == info.Size() && t.modified.Equal(info.ModTime()) {
		return t.value, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return "", err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	t := tag{size: info.Size(), modified: info.ModTime(), value: fmt.Sprintf("%q", hex.EncodeToString(sum.Sum(nil)[:12]))}
	s.tags[name] = t
	return t.value, nil
}
