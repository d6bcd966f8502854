package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// example is a command line in a block of README.md.
var example = regexp.MustCompile(`(?m)^\s+(?:- (?:run: )?\./|)taster ((?:scan|clean|compare) [^\[\n]*)$`)

// accepted is the example of a list of accepted findings.
var accepted = regexp.MustCompile("(?s)```json\n(.*?)```")

// TestReadmeExamples runs the commands of README.md, in a repository like the
// one that they are written for. The baseline is made first.
func TestReadmeExamples(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	labels, err := os.ReadFile(filepath.Join("..", "..", "static", "samples", "labelflip", "labels.npy"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join("..", "..", "core", "detect", "signatures", "testdata", "vendor.pub"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder(t, map[string]string{"vendor.pub": string(key), "models/a.pkl": inert, "data/labels.npy": string(labels), "train.jsonl": "{\"a\": 1}\n{\"a\": 2}\n",
		".taster/accepted.json": string(accepted.FindSubmatch(text)[1])}))
	var lines, first []string
	for _, m := range example.FindAllStringSubmatch(string(text), -1) {
		if strings.Contains(m[1], "-o .taster/baseline.json") {
			first = append(first, m[1])
		} else {
			lines = append(lines, m[1])
		}
	}
	if len(first) != 1 || len(lines) < 7 {
		t.Fatalf("found %q and %q", first, lines)
	}
	for _, line := range append(first, lines...) {
		if code, _, errs := command(t, strings.Fields(line)...); code != exitOK {
			t.Errorf("taster %s: exit %d, %s", line, code, errs)
		}
	}
	for _, file := range []string{"before.json", "after.json", "drop.txt", "train.clean.jsonl", "taster.sarif", "taster.html"} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}
