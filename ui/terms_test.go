package ui

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryFigureHasAMeaning reads the names of figures from the sources of the
// checks of data, which are those that need something.
func TestEveryFigureHasAMeaning(t *testing.T) {
	checks, err := filepath.Glob("../core/detect/*")
	if err != nil {
		t.Fatal(err)
	}
	figure, name := regexp.MustCompile(`\{Name: "([^"]+)", Value:`), regexp.MustCompile(`\bname += "([^"]+)"`)
	n := 0
	for _, dir := range checks {
		text := sources(t, dir)
		if !strings.Contains(text, "dataset.On(") {
			continue
		}
		check := name.FindStringSubmatch(text)
		if check == nil {
			t.Fatalf("%s has no name", dir)
		}
		for _, m := range figure.FindAllStringSubmatch(text, -1) {
			if n++; Meaning(check[1], m[1]) == "" {
				t.Errorf("%s: nothing says what %q is", check[1], m[1])
			}
		}
	}
	if n < 80 {
		t.Errorf("only %d figures were found", n)
	}
}

func sources(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}
