//go:build !js

package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// Patterns of static/index.html, which this package and the page share.
var (
	scriptTag = regexp.MustCompile(`<script src="([^"]+)" defer></script>\n`)
	styleTag  = regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)">\n`)
	iconTag   = regexp.MustCompile(`<link rel="icon" href="([^"]+)">`)
)

// singleFile puts the whole page into one document. Its own policy forbids
// every connection, so it has no server to lose; scripts and style are allowed
// by their digests.
func singleFile(page files) ([]byte, error) {
	html := string(page["index.html"])
	var scripts, hashes []string
	for _, m := range scriptTag.FindAllStringSubmatch(html, -1) {
		code := string(page[m[1]])
		if code == "" || strings.Contains(strings.ToLower(code), "</script") {
			return nil, fmt.Errorf("%s cannot stand inside of a document", m[1])
		}
		scripts = append(scripts, "<script>"+code+"</script>\n")
		hashes = append(hashes, hashSource(code))
	}
	var css string
	for _, m := range styleTag.FindAllStringSubmatch(html, -1) {
		css += string(page[m[1]])
	}
	icon := iconTag.FindStringSubmatch(html)
	if len(scripts) == 0 || css == "" || icon == nil {
		return nil, fmt.Errorf("index.html has no script, style or icon of the form expected")
	}
	policy := "default-src 'none'; script-src " + strings.Join(hashes, " ") + " 'wasm-unsafe-eval'; style-src " + hashSource(css) +
		"; img-src data: blob:; connect-src 'none'; worker-src blob:; base-uri 'none'; form-action 'none'; " +
		"require-trusted-types-for 'script'; trusted-types taster-static taster-url"

	html = scriptTag.ReplaceAllString(html, "")
	html = styleTag.ReplaceAllLiteralString(html, "")
	html = strings.Replace(html, "</head>", "<style>"+css+"</style>\n</head>", 1)
	html = iconTag.ReplaceAllLiteralString(html, `<link rel="icon" href="data:image/svg+xml;base64,`+base64.StdEncoding.EncodeToString(page[icon[1]])+`">`)
	html = strings.Replace(html, "<meta charset=\"utf-8\">\n", "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\""+policy+"\">\n", 1)

	var b bytes.Buffer
	body, end, ok := strings.Cut(html, "</body>")
	if !ok {
		return nil, fmt.Errorf("index.html has no end of its body")
	}
	b.WriteString(body)
	for _, name := range names(page) {
		if needed(name) {
			block(&b, name, page[name])
		}
	}
	b.WriteString(strings.Join(scripts, "")) // after the blocks that they read
	b.WriteString("</body>" + end)
	return b.Bytes(), nil
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// needed says whether boot.js asks for a file by name.
func needed(name string) bool {
	switch name {
	case "wasm_exec.js", "kernel.js", "worker.js":
		return true
	}
	return path.Ext(name) == ".wasm" || strings.HasPrefix(name, "samples/")
}

// block writes a file as a data block, which browsers neither run nor show.
func block(b *bytes.Buffer, name string, data []byte) {
	packed := gzipped(data)
	attribute := ` data-gzip=""`
	if len(packed) >= len(data) {
		packed, attribute = data, ""
	}
	fmt.Fprintf(b, "<script type=\"text/plain\" data-file=%q data-type=%q%s>%s</script>\n", name, contentType(name), attribute, base64.StdEncoding.EncodeToString(packed))
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".wasm":
		return "application/wasm"
	case ".js":
		return "text/javascript"
	case ".json":
		return "application/json"
	}
	return "application/octet-stream"
}

// gzipped compresses without a time or a name, so that the bytes depend on
// data alone.
func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a valid level
	w.Write(data)                                         // to memory
	w.Close()
	return b.Bytes()
}
