package builtin_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/builtin"
	"taster/core/scan"
)

// A textKind is a form of text: fixtures, and what real loaders accept before
// the first character that counts.
type textKind struct {
	files    []string // patterns below core/
	inline   map[string]string
	prefixes []string
}

const wideBlank = 5000 // more than the first look holds

// blanks are what every form accepts: white space, much of it.
var blanks = []string{"\n", strings.Repeat("\n", wideBlank), "\n" + strings.Repeat(" ", wideBlank) + "\n"}

const byteOrder = "\ufeff"

func textKinds() map[string]textKind {
	comment := "# " + strings.Repeat("x", wideBlank) + "\n"
	return map[string]textKind{
		"json": {[]string{"format/config/testdata/json/*.json", "detect/kerascode/testdata/*.json", "format/jsonl/testdata/*.json"}, nil,
			append(blanks, "\t\r\n", byteOrder, byteOrder+strings.Repeat("\r\n", wideBlank))},
		"jsonl": {[]string{"format/jsonl/testdata/*.jsonl"}, nil, append(blanks, byteOrder, byteOrder+"\n\n")},
		"jinja": {[]string{"format/config/testdata/jinja/*", "detect/templates/testdata/*/*.jinja"}, nil,
			append(blanks, "{# a remark #}", "{#"+strings.Repeat(" x", wideBlank)+"#}\n", "\x1b\x07\x0c")},
		"yaml": {[]string{"format/yaml/testdata/*.y*ml"}, map[string]string{
			"data.yaml":   "train: i\nnames:\n  0: a\ndownload: |\n  import os\n  os.system('true')\n",
			"target.yaml": "model:\n  _target_: os.system\n  command: 'true'\n",
		}, append(slices.Clone(blanks[:2]), byteOrder, "# a remark\n", comment)},
		"csv": {[]string{"format/csv/testdata/*.?sv"}, map[string]string{
			"twice.csv": "id,label,x\n" + strings.Repeat("1,a,0.5\n2,b,0.25\n", 40),
		}, append(slices.Clone(blanks[:2]), byteOrder, byteOrder+"\n")},
		"digests": {nil, map[string]string{
			"SHA256SUMS": strings.Repeat("ab", 32) + "  model.bin\n" + strings.Repeat("cd", 32) + "  model.bin\nnonsense\n",
		}, append(blanks, "# a remark\n", comment)},
		"xml": {nil, map[string]string{
			"model.pmml": `<?xml version="1.0"?><!DOCTYPE PMML [<!ENTITY x SYSTEM "file:///etc/hostname">]><PMML version="4.4">&x;</PMML>`,
			"plain.pmml": `<PMML version="4.4"></PMML>`,
		}, append(blanks, byteOrder, "<!-- a remark -->", "<!-- "+strings.Repeat("x", wideBlank)+" -->\n")},
		"pth": {nil, map[string]string{"x.pth": "import os; os.system('true')\n"},
			append(blanks, "\n/usr/lib/x\n", strings.Repeat("x", wideBlank)+"\n", "# caf\xe9 \x1b\x07\n", "\x00\n")},
	}
}

// fixtures are the texts of k by name.
func (k textKind) fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, text := range k.inline {
		out[name] = []byte(text)
	}
	for _, pattern := range k.files {
		paths, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		for _, p := range paths {
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(p, ".golden.") && len(b) < 64<<10 {
				out[filepath.Base(p)] = b
			}
		}
	}
	return out
}

// judged is what is found in src: rules with severities, each once.
func judged(t testing.TB, src core.Source) []string {
	t.Helper()
	var found []string
	err := scan.Run(t.Context(), builtin.Config(), scan.Job{Files: []core.Source{src}}, func(e core.Event) error {
		if f := e.Finding; f != nil {
			found = append(found, f.Rule+" "+f.Severity.String())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// inZip is data as the member of an archive.
func inZip(t testing.TB, name string, data []byte) core.Source {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("folder/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return core.Bytes("a.zip", b.Bytes())
}

// TestPrefix: what loaders pass over before a text changes nothing, wherever it
// stands.
func TestPrefix(t *testing.T) {
	for kind, k := range textKinds() {
		t.Run(kind, func(t *testing.T) {
			prefixes := k.prefixes
			if runtime.GOOS == "js" {
				prefixes = prefixes[1:2] // slow there, and the same code
			}
			for name, data := range k.fixtures(t) {
				want, packed := judged(t, core.Bytes(name, data)), judged(t, inZip(t, name, data))
				for _, p := range prefixes {
					longer := append([]byte(p), data...)
					if d := cmp.Diff(want, judged(t, core.Bytes(name, longer))); d != "" {
						t.Errorf("%s behind %.20q (%d bytes): %s", name, p, len(p), d)
					}
					if d := cmp.Diff(packed, judged(t, inZip(t, name, longer))); d != "" {
						t.Errorf("%s in an archive behind %.20q (%d bytes): %s", name, p, len(p), d)
					}
				}
			}
		})
	}
}

// FuzzPrefix puts pieces that loaders pass over together, in any order and
// number, before any of the fixtures.
func FuzzPrefix(f *testing.F) {
	f.Add(uint16(0), uint16(0), uint16(3), uint16(4100))
	kinds := textKinds()
	var names []string
	for kind := range kinds {
		names = append(names, kind)
	}
	slices.Sort(names)
	f.Fuzz(func(t *testing.T, kind, fixture, piece, times uint16) {
		k := kinds[names[int(kind)%len(names)]]
		all := k.fixtures(t)
		var files []string
		for name := range all {
			files = append(files, name)
		}
		slices.Sort(files)
		name := files[int(fixture)%len(files)]
		p := k.prefixes[int(piece)%len(k.prefixes)]
		if strings.HasPrefix(p, byteOrder) { // stands once
			times = 1
		}
		n := 1 + int(times)%max(2, (64<<10)/len(p))
		longer := append([]byte(strings.Repeat(p, n)), all[name]...)
		if d := cmp.Diff(judged(t, core.Bytes(name, all[name])), judged(t, core.Bytes(name, longer))); d != "" {
			t.Errorf("%s behind %d times %.20q: %s", name, n, p, d)
		}
	})
}
