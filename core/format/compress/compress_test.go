package compress

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
	"taster/core/format/pickle"
	"taster/core/scan"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata/files") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata/files") }

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// capture is a format that fits what no other one does and keeps what it was given.
func capture(into *[]byte) *core.Format {
	return &core.Format{
		Name: "capture", Title: "everything", Fallback: true,
		Match: func([]byte, core.Source) string { return "any" },
		Open: func(_ context.Context, src core.Source, _ *core.Opener) (err error) {
			*into, err = core.ReadAll(src, 1<<30)
			return err
		},
	}
}

// run opens src with limits as the engine does.
func run(t testing.TB, limits core.Limits, src core.Source, formats ...*core.Format) *core.Report {
	t.Helper()
	var r core.Report
	cfg := scan.Config{Formats: append([]*core.Format{Format}, formats...), Limits: limits}
	if err := scan.Run(t.Context(), cfg, scan.Job{Files: []core.Source{src}}, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	return &r
}

// unpack is the first member of src, and the rules of the findings.
func unpack(t testing.TB, limits core.Limits, src core.Source) (b []byte, rules []string) {
	t.Helper()
	r := run(t, limits, src, capture(&b))
	for _, f := range r.Sorted() {
		rules = append(rules, fmt.Sprintf("%s @%d", f.Rule, f.Where.Offset))
	}
	return b, rules
}

// Every fixture holds the same pickle, somewhere.
func TestPickleInside(t *testing.T) {
	for _, dir := range []string{"testdata/files", "testdata/long"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".json") || e.Name() == "xz-stored.xz" || strings.HasPrefix(e.Name(), "calls") {
				continue
			}
			r := run(t, core.Limits{}, core.Bytes(e.Name(), readFile(t, filepath.Join(dir, e.Name()))), pickle.Format)
			var imports []string
			r.Artifacts[0].Walk(func(a *core.Artifact) {
				for _, i := range a.Imports {
					imports = append(imports, i.Path())
				}
			})
			if d := cmp.Diff([]string{"builtins.print"}, imports); d != "" {
				t.Errorf("%s: %s", e.Name(), d)
			}
		}
	}
}

func TestLong(t *testing.T) {
	want := readFile(t, "testdata/long/content")
	for _, name := range []string{"small-window.z", "lzma2.xz", "contexts.xz", "delta.xz", "alone.lzma", "linked.lz4", "independent.lz4"} {
		got, rules := unpack(t, core.Limits{}, core.Bytes(name, readFile(t, "testdata/long/"+name)))
		if !bytes.Equal(got, want) || rules != nil {
			t.Errorf("%s: %d bytes of %d, findings %v", name, len(got), len(want), rules)
		}
	}
}

// The filter for machine code, on bytes that are mostly opcodes of calls.
func TestX86(t *testing.T) {
	got, rules := unpack(t, core.Limits{}, core.Bytes("calls.xz", readFile(t, "testdata/long/calls.xz")))
	if want := readFile(t, "testdata/long/calls"); !bytes.Equal(got, want) || rules != nil {
		t.Errorf("%d bytes, findings %v", len(got), rules)
	}
}

func gzipped(parts ...string) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, p) // a Buffer does not fail
		_ = w.Close()
	}
	return b.Bytes()
}

func zlibbed(level int, p string) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, level)
	_, _ = io.WriteString(w, p)
	_ = w.Close()
	return b.Bytes()
}

// What the standard library packs comes out again, at sizes around those of
// the chunks and windows.
func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, n := range []int{1, 2, 4095, 4096, 4097, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 17} {
		want := make([]byte, n)
		for i := range want {
			want[i] = byte(rng.IntN(5)) << rng.IntN(3)
		}
		for name, packed := range map[string][]byte{
			"gzip":  gzipped(string(want[:n/2]), string(want[n/2:])),
			"zlib":  zlibbed(flate.DefaultCompression, string(want)),
			"zeros": append(gzipped(string(want)), 0, 0, 0),
		} {
			got, rules := unpack(t, core.Limits{}, core.Bytes(name, packed))
			if !bytes.Equal(got, want) || rules != nil {
				t.Errorf("%s of %d bytes: got %d, findings %v", name, n, len(got), rules)
			}
		}
	}
}

// bomb is a gzip file that unpacks to size zeros after a first byte.
func bomb(size int64) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte{'a'})
	zeros := make([]byte, 1<<20)
	for ; size > 0; size -= int64(len(zeros)) {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	return b.Bytes()
}

func TestBombs(t *testing.T) {
	flat := bomb(64 << 20) // 64 KB
	tests := []struct {
		name   string
		packed []byte
		limit  int64
		want   int64
	}{
		{"at the ratio", flat, 1 << 30, freeRatio},
		{"at the limit", flat, 1 << 20, 1 << 20},
		{"one byte too many", gzipped("abcde"), 4, 4},
		{"as many as allowed", gzipped("abcde"), 5, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, rules := unpack(t, core.Limits{Inflate: tt.limit}, core.Bytes("bomb.gz", tt.packed))
			if int64(len(got)) != tt.want || got[0] != 'a' {
				t.Errorf("%d bytes were handed on, want %d", len(got), tt.want)
			}
			limited := len(rules) == 1 && strings.HasPrefix(rules[0], "FILE-LIMIT @")
			if limited == (tt.name == "as many as allowed") {
				t.Errorf("findings %v", rules)
			}
		})
	}
}

// A bomb inside a bomb shares the budget of the file.
func TestNestedBombs(t *testing.T) {
	inner := string(bomb(8 << 20))
	packed := gzipped(inner)
	for range 4 {
		packed = gzipped(string(packed))
	}
	r := run(t, core.Limits{Inflate: 4 << 20}, core.Bytes("x.gz", packed))
	var total int64
	r.Artifacts[0].Walk(func(a *core.Artifact) { total += a.Size })
	if total > 4<<20+int64(len(packed)) {
		t.Errorf("%d bytes in all", total)
	}
}

// Memory follows what comes out, not what a header declares.
func TestMemory(t *testing.T) {
	header := []byte{0x5d, 0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff, 0x3f, 0, 0, 0} // a 2 GiB dictionary, 256 GiB of data
	alone := append(header, readFile(t, "testdata/files/print.pkl.lzma")[13:]...)
	tests := map[string][]byte{
		"lzma dictionary": alone,
		"lz4 size":        readFile(t, "testdata/files/print.pkl.lz4"),
		"bomb":            bomb(64 << 20),
	}
	for name, packed := range tests {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var got []byte
		r := run(t, core.Limits{Inflate: 2 << 20}, core.Bytes("x", packed), pickle.Format)
		_ = got
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 12<<20 {
			t.Errorf("%s: %d bytes were made", name, used)
		}
		if r.Artifacts[0].Kind == "unknown" {
			t.Errorf("%s was not recognised", name)
		}
	}
}

// What came before the end of a cut file is scanned.
func TestCut(t *testing.T) {
	dir := "testdata/long/"
	want := readFile(t, dir+"content")
	for _, name := range []string{"small-window.z", "lzma2.xz", "contexts.xz", "delta.xz", "alone.lzma", "linked.lz4", "independent.lz4"} {
		packed := readFile(t, dir+name)
		for _, part := range []int{4, 2} {
			got, rules := unpack(t, core.Limits{}, core.Bytes(name, packed[:len(packed)/part]))
			if len(got) == 0 || !bytes.HasPrefix(want, got) || len(got) < len(want)/(2*part) && name != "contexts.xz" {
				t.Errorf("%s: 1/%d of it gives %d bytes", name, part, len(got))
			}
			if want := fmt.Sprintf("FILE-MALFORMED @%d", len(packed)/part); len(rules) != 1 || rules[0] != want {
				t.Errorf("%s: findings %v, want %s", name, rules, want)
			}
		}
	}
}

// The standard library reads on behind a bzip2 stream: where it ends is found
// all the same.
func TestBzip2End(t *testing.T) {
	whole := readFile(t, "testdata/files/print.pkl.bz2")
	for _, rest := range []string{"", "x", "B", "xy", "Bx", "xyz", "BZ", "BZh", "\x00x", strings.Repeat("x", windowLength)} {
		r := run(t, core.Limits{}, core.Bytes("a", append(bytes.Clone(whole), rest...)), pickle.Format)
		var imports, saw int
		for _, m := range r.Artifacts[0].Members {
			imports += len(m.Imports)
		}
		for _, f := range r.Findings {
			if f.Rule == ruleTrailing.ID || f.Rule == "FILE-MALFORMED" {
				saw++
			}
		}
		if imports != 1 || saw != min(1, len(rest)) {
			t.Errorf("%.10q behind it: %d imports, %+v", rest, imports, r.Findings)
		}
	}
	for n := range whole {
		if _, rules := unpack(t, core.Limits{}, core.Bytes("a", whole[:n])); recognised(whole[:n]) && len(rules) == 0 {
			t.Errorf("nothing is said of a file cut to %d bytes", n)
		}
	}
}

// A changed byte must not go unnoticed where the form has a checksum.
func TestFlips(t *testing.T) {
	for _, name := range []string{"print.pkl.gz", "print.pkl.bz2", "print.pkl.xz", "print.pkl.lz4", "print.pkl.z"} {
		whole := readFile(t, "testdata/files/"+name)
		want, _ := unpack(t, core.Limits{}, core.Bytes(name, whole))
		for i := range whole {
			if name == "print.pkl.gz" && i >= 4 && i < 10 {
				continue // time, flags of the packer, system: nobody checks them
			}
			b := bytes.Clone(whole)
			b[i] ^= 0x10
			got, rules := unpack(t, core.Limits{}, core.Bytes(name, b))
			if rules == nil && recognised(b) && !bytes.Equal(got, want) { // the last bits can be padding
				t.Errorf("%s: nothing is said of byte %d", name, i)
			}
		}
	}
}

func recognised(b []byte) bool { return Format.Match(b, core.Bytes("x", b)) != "" }

func TestMatchOthers(t *testing.T) {
	tests := map[string]string{
		"empty":         "",
		"formula":       "x^2 + y^2 = z^2\n",
		"formulas":      strings.Repeat("x^2 + y^2 = z^2, and so on\n", 300),
		"short formula": "x^2",
		"zeros":         strings.Repeat("\x00", 5000),
		"list and NUL":  "]\x00\x00\x00\x00",
		"pickle":        "\x80\x04]q\x00.",
		"BZ prose":      "BZh1 is not enough",
		"header only":   "x\x9c",
		"lzma header":   "\x5d\x00\x00\x80\x00\xff\xff\xff\xff\xff\xff\xff\xff",
	}
	for name, s := range tests {
		if recognised([]byte(s)) {
			t.Errorf("%s: taken for a compressed file", name)
		}
	}
	// Chance is held to one in 10,000, behind a header that is right already.
	const tries = 30_000
	rng := rand.New(rand.NewPCG(9, 9))
	b := make([]byte, 600)
	taken := 0
	for i := range tries {
		for j := range b {
			b[j] = byte(rng.Uint32())
		}
		copy(b, [][]byte{{0x78, 0x01}, {0x78, 0x9c}, {0x78, 0xda}, {0x5d, 0, 0, 0x80, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0}}[i%4])
		if recognised(b[:20+rng.IntN(580)]) {
			taken++
		}
	}
	if taken > tries/10_000 {
		t.Errorf("%d of %d pieces of random bytes are taken for a compressed file", taken, tries)
	}
}

func TestOthersAreNamed(t *testing.T) {
	r := run(t, core.Limits{}, core.Bytes("a", []byte("LZIP\x011234")))
	if len(r.Findings) != 1 || r.Findings[0].Rule != "FILE-NOT-SCANNED" || !strings.Contains(r.Findings[0].Saw, "lzip") {
		t.Errorf("findings %+v", r.Findings)
	}
}

// Content can be read again after its memory is gone.
func TestContentComesAgain(t *testing.T) {
	want := readFile(t, "testdata/long/content")
	var kept core.Source
	keep := &core.Format{Name: "keep", Match: func([]byte, core.Source) string { return "any" }, Fallback: true,
		Open: func(_ context.Context, src core.Source, _ *core.Opener) error { kept = src; return nil }}
	for _, name := range []string{"lzma2.xz", "linked.lz4"} {
		run(t, core.Limits{}, core.Bytes(name, readFile(t, "testdata/long/"+name)), keep)
		for range 3 {
			runtime.GC()
		}
		if c := kept.(*Content); c.weak.Value() != nil {
			t.Errorf("%s: the memory is still held", name)
		}
		got, err := core.ReadAll(kept, 1<<20)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func TestInner(t *testing.T) {
	for name, want := range map[string]string{
		"a/labels.npy.gz": "labels.npy", "x.tar!y/z.pkl.gz": "z.pkl", "model.pkl": "content", ".gz": "content", "a.GZ": "content",
	} {
		if got := inner(name, []string{".gz"}); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, name := range []string{"small-window.z", "lzma2.xz", "alone.lzma", "linked.lz4"} {
		packed := readFile(b, "testdata/long/"+name)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(readFile(b, "testdata/long/content"))))
			for b.Loop() {
				var got []byte
				run(b, core.Limits{}, core.Bytes(name, packed), capture(&got))
			}
		})
	}
}
