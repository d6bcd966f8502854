package report

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// withFiles is canned with parts, and a Clean that writes what it was asked for.
func withFiles() Input {
	in := canned()
	in.Report.Datasets()[0].Info.Parts = []core.Given{
		{Role: core.RoleActivations, Path: "acts.npy", Rows: 6, Used: true},
		{Role: core.RoleLabels, Path: hostile, Rows: 6, Used: true},
		{Role: core.RoleIDs, Path: "a/../../../\\=cmd()", Rows: 6, Used: true},
		{Role: core.RoleSources, Path: "a.parquet", Rows: 6, Used: true},
		{Role: core.RoleReference, Path: "ref.npy", Rows: 6, Used: true},
		{Role: core.RoleProbs, Path: "old.npy", Rows: 7, Used: true},
		{Role: core.RoleProbs, Path: "unused.npy", Rows: 6},
	}
	in.Clean = func(w io.Writer, path string, drop []int) error {
		if path == "a.parquet" {
			return core.ErrUnsupported
		}
		_, err := fmt.Fprintf(w, "%q without %v\n", path, drop)
		return err
	}
	return in
}

// members unpacks a bundle with the reader of the standard library, which checks
// sizes and checksums.
func members(t *testing.T, b []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range r.File {
		if !fs.ValidPath(f.Name) || strings.Trim(f.Name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") != "" || f.Flags&8 != 0 {
			t.Errorf("name %q, flags %x", f.Name, f.Flags)
		}
		c, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(c)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if _, twice := out[f.Name]; twice {
			t.Errorf("%s stands twice", f.Name)
		}
		out[f.Name] = string(text)
	}
	return out
}

func TestBundle(t *testing.T) {
	in := withFiles()
	got := write(t, Writer{Name: "bundle", Write: writeBundle}, in)
	if again := write(t, Writer{Name: "bundle", Write: writeBundle}, withFiles()); !bytes.Equal(got, again) {
		t.Error("two runs differ")
	}
	files := members(t, got)
	for _, w := range documents() {
		if d := cmp.Diff(string(write(t, w, in)), files["report"+w.Ext]); d != "" {
			t.Errorf("%s: %s", w.Name, d)
		}
	}
	var sums, cleaned []string
	for name, text := range files {
		if name == "SHA256SUMS" {
			continue
		}
		sum := sha256.Sum256([]byte(text))
		sums = append(sums, hex.EncodeToString(sum[:])+"  "+name)
		if strings.HasPrefix(name, "cleaned/") {
			cleaned = append(cleaned, name+": "+text)
		}
		if strings.HasSuffix(name, ".svg") {
			checkSVG(t, name, text)
		}
	}
	sortLines := cmp.Transformer("lines", func(s []string) map[string]bool {
		m := map[string]bool{}
		for _, l := range s {
			m[l] = true
		}
		return m
	})
	if d := cmp.Diff(sums, strings.Split(strings.TrimSpace(files["SHA256SUMS"]), "\n"), sortLines); d != "" {
		t.Error(d)
	}
	want := []string{"cleaned/not-written.txt: a.parquet: not supported\n", "cleaned/acts.npy: \"acts.npy\" without [1 3]\n",
		"cleaned/__cmd__: \"a/../../../\\\\=cmd()\" without [1 3]\n",
		fmt.Sprintf("cleaned/_cmd___/C_calc__A0_script_alert_1__/_____: %q without [1 3]\n", hostile)}
	if d := cmp.Diff(want, cleaned, sortLines); d != "" {
		t.Error(d)
	}
}

// checkSVG holds a plot to being XML that refers to nothing.
func checkSVG(t *testing.T, name, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local == "script" || start.Name.Space != svgSpace {
			t.Errorf("%s holds <%s> of %q", name, start.Name.Local, start.Name.Space)
		}
		for _, a := range start.Attr {
			if a.Name.Local == "href" || strings.HasPrefix(a.Name.Local, "on") {
				t.Errorf("%s: attribute %s", name, a.Name.Local)
			}
		}
	}
}

func TestPlotGoldens(t *testing.T) {
	plots := newView(canned()).plots()
	if len(plots) != 3 {
		t.Fatalf("%d plots", len(plots))
	}
	for _, p := range plots {
		path := filepath.Join("testdata", p.Name+".svg")
		if *update {
			if err := os.WriteFile(path, p.SVG, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(p.SVG)); d != "" {
			t.Errorf("%s: %s", p.Name, d)
		}
	}
}

// TestDropped adds up findings, decisions and agreement.
func TestDropped(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(in *Input)
		want   []int
	}{
		{"finding and agreement", func(in *Input) { in.Agreed = true }, []int{1, 3}},
		{"agreement that was not asked for", func(in *Input) { in.Report.Findings = nil }, nil},
		{"finding alone", func(in *Input) { in.Report.Datasets()[0].Results = nil }, []int{1, 3}},
		{"agreement alone", func(in *Input) {
			in.Report.Findings, in.Agreed = nil, true
			in.Report.Datasets()[0].Results[1].Flagged = []int{0, 3}
		}, []int{3}},
		{"accepted", func(in *Input) {
			in.Report.Datasets()[0].Results = nil
			in.Dispositions[in.Report.Findings[2].Key()] = Disposition{State: FalseAlarm}
		}, nil},
		{"of another file", func(in *Input) {
			in.Report.Datasets()[0].Results = nil
			in.Report.Datasets()[0].Info.Parts = []core.Given{{Path: "other.npy"}}
		}, nil},
		{"out of range", func(in *Input) {
			in.Report.Datasets()[0].Results = nil
			in.Report.Findings[2].Where.Rows = []int{-1, 2, 6}
		}, []int{2}},
	} {
		in := canned()
		c.change(&in)
		if d := cmp.Diff([][]int{c.want}, Drop(in)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestBundleStops passes on what Clean and the receiver say.
func TestBundleStops(t *testing.T) {
	broken := errors.New("the file is gone")
	in := withFiles()
	in.Clean = func(io.Writer, string, []int) error { return broken }
	if err := writeBundle(io.Discard, in); !errors.Is(err, broken) {
		t.Errorf("Clean failed: %v", err)
	}
	calls := 0
	in.Clean = func(w io.Writer, _ string, _ []int) error {
		calls++
		_, err := fmt.Fprint(w, strings.Repeat("x", calls))
		return err
	}
	if err := writeBundle(io.Discard, in); err == nil {
		t.Error("a file that changed meanwhile was written")
	}
}
