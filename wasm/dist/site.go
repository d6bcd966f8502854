//go:build !js

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

const manifestName = "taster.webmanifest"

// siteFiles is the page for a static host: with a manifest to install it by,
// and a service worker that knows every file by its digest.
func siteFiles(page files) (files, error) {
	site := files{}
	for name, data := range page {
		if name != "sw.js" {
			site[name] = data
		}
	}
	html := strings.Replace(string(page["index.html"]), "<link rel=\"icon\"", "<link rel=\"manifest\" href=\""+manifestName+"\">\n<link rel=\"icon\"", 1)
	if html == string(page["index.html"]) {
		return nil, fmt.Errorf("index.html has no place for the manifest")
	}
	site["index.html"] = []byte(html)
	site[manifestName] = []byte(webManifest)
	worker, err := serviceWorker(string(page["sw.js"]), site)
	if err != nil {
		return nil, err
	}
	site["sw.js"] = []byte(worker)
	return site, nil
}

const webManifest = `{
  "name": "Taster",
  "short_name": "Taster",
  "description": "Looks for signs of poisoning and tampering in model files and data, on this machine.",
  "start_url": "./",
  "scope": "./",
  "display": "standalone",
  "background_color": "#f5f6f8",
  "theme_color": "#0b6472",
  "icons": [{ "src": "icon.svg", "sizes": "any", "type": "image/svg+xml" }]
}
`

// serviceWorker fills in the version, a digest of everything, and the list.
func serviceWorker(code string, site files) (string, error) {
	list, all := map[string]string{}, sha256.New()
	for _, name := range names(site) {
		sum := sha256.Sum256(site[name])
		list[name] = base64.StdEncoding.EncodeToString(sum[:])
		fmt.Fprintf(all, "%x  %s\n", sum, name)
	}
	encoded, err := json.Marshal(list) // in the order of the names
	if err != nil {
		return "", err
	}
	out := strings.Replace(code, "const VERSION = 'unbuilt';", fmt.Sprintf("const VERSION = 'taster-%x';", all.Sum(nil)[:12]), 1)
	out = strings.Replace(out, "const FILES = {};", "const FILES = "+string(encoded)+";", 1)
	if strings.Contains(out, "unbuilt") || strings.Contains(out, "FILES = {};") {
		return "", fmt.Errorf("sw.js has no place for the version or the list")
	}
	return out, nil
}

// compressed adds the .br and .gz twins that the handler sends to those who
// take them, where they are smaller.
func compressed(site files) files {
	out, mu, group := files{}, sync.Mutex{}, sync.WaitGroup{}
	put := func(name string, data []byte, limit int) {
		mu.Lock()
		defer mu.Unlock()
		if len(data) < limit {
			out[name] = data
		}
	}
	for name, data := range site {
		put(name, data, len(data)+1)
		if path.Ext(name) == ".npy" || path.Ext(name) == ".pt" {
			continue // samples: small, and packed already
		}
		group.Go(func() { put(name+".br", brotlied(data), len(data)) })
		group.Go(func() { put(name+".gz", gzipped(data), len(data)) })
	}
	group.Wait()
	return out
}

func brotlied(data []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24})
	w.Write(data) // to memory
	w.Close()
	return b.Bytes()
}
