//go:build !js

// Command dist makes what is handed out from the built page in static/:
//
//	dist/taster.html  one file that works from file://
//	dist/site/        for any static host, installable, precompressed
//	dist/edge/        a Cloudflare Worker with the same handler as serve.go
//
// The same input gives the same bytes. It prints each file's size and SHA-256.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	from := flag.String("from", "static", "the built page")
	to := flag.String("to", "dist", "where the results go; what is there is replaced")
	flag.Parse()
	if err := run(*from, *to); err != nil {
		log.Fatal(err)
	}
}

func run(from, to string) error {
	page, err := read(os.DirFS(from))
	if err != nil {
		return err
	}
	if page["app.wasm"] == nil || page["kernel.wasm"] == nil || page["wasm_exec.js"] == nil {
		return fmt.Errorf("%s is not built: run make build", from)
	}
	single, err := singleFile(page)
	if err != nil {
		return err
	}
	if err := write(to, map[string][]byte{"taster.html": single}); err != nil {
		return err
	}
	site, err := siteFiles(page)
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(to, "site"), compressed(site)); err != nil {
		return err
	}
	if err := replace(filepath.Join(to, "edge", "assets"), site); err != nil {
		return err
	}
	return digests(to)
}

// files are the contents of a folder by slash-separated path.
type files = map[string][]byte

// read reads the page: no hidden files, no precompressed twins.
func read(fsys fs.FS) (files, error) {
	out := files{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") || path.Ext(name) == ".br" || path.Ext(name) == ".gz" {
			return err
		}
		out[name], err = fs.ReadFile(fsys, name)
		return err
	})
	return out, err
}

// names lists what f holds, ascending: everything made from f follows it.
func names(f files) []string {
	var out []string
	for name := range f {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func replace(dir string, f files) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return write(dir, f)
}

func write(dir string, f files) error {
	for _, name := range names(f) {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(p, f[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// digests prints what was made, and writes it to SHA256SUMS in the form that
// sha256sum -c reads.
func digests(dir string) error {
	made, err := allFiles(dir)
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, name := range names(made) {
		if name == "SHA256SUMS" {
			continue
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(made[name]))
		fmt.Printf("%9d  %s  %s\n", len(made[name]), sum, name)
		fmt.Fprintf(&sums, "%s  %s\n", sum, name)
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

func allFiles(dir string) (files, error) {
	out := files{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		out[name], err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		return err
	})
	return out, err
}
