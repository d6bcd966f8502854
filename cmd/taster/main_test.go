package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// command runs taster as the shell would.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// folder writes files into a new directory.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	evil    = "cos\nsystem\n(S'echo taster-sample'\ntR."
	inert   = "\x80\x02]q\x00(K\x01K\x02e."
	unknown = "\x80\x02cacme.models\nChurn\n)\x81."
	cut     = "\x80\x02]q\x00(K\x01K"
)

func TestExitCodes(t *testing.T) {
	dir := folder(t, map[string]string{"evil.pkl": evil, "inert.pkl": inert, "unknown.pkl": unknown, "cut.pkl": cut, "blob": "\x00\x01\xfe\xff"})
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		name string
		args []string
		want int
	}{
		{"critical", []string{in("evil.pkl")}, 1},
		{"never", []string{"-fail-on", "never", in("evil.pkl")}, 0},
		{"nothing found", []string{in("inert.pkl")}, 0},
		{"medium below high", []string{in("unknown.pkl")}, 0},
		{"medium at medium", []string{"-fail-on", "medium", in("unknown.pkl")}, 1},
		{"cut short", []string{in("cut.pkl")}, 3},
		{"not recognised", []string{in("blob")}, 3},
		{"worse wins", []string{in("cut.pkl"), in("evil.pkl")}, 1},
		{"folder", []string{dir}, 1},
		{"no path", nil, 2},
		{"no such path", []string{in("none")}, 2},
		{"bad format", []string{"-format", "pdf", in("inert.pkl")}, 2},
		{"bad severity", []string{"-fail-on", "info", in("inert.pkl")}, 2},
		{"bad role", []string{"-role", in("inert.pkl") + "=king", in("inert.pkl")}, 2},
		{"bad parameter", []string{"-param", "spectral-signatures.nonsense=1", in("inert.pkl")}, 2},
		{"bad flag", []string{"-frobnicate", in("inert.pkl")}, 2},
	} {
		if code, _, errs := command(t, append([]string{"scan"}, c.args...)...); code != c.want {
			t.Errorf("%s: exit %d, want %d; %s", c.name, code, c.want, errs)
		}
	}
}

// document is the part of the JSON report that these tests read.
type document struct {
	Schema    string
	Inputs    []struct{ Path, Kind, Role string }
	Artifacts []struct {
		Path, Verdict string
		Imports       []string
	}
	Findings []struct{ Rule, Severity, Path string }
}

func scanJSON(t *testing.T, args ...string) document {
	t.Helper()
	_, out, errs := command(t, append([]string{"scan", "-format", "json"}, args...)...)
	var d document
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("%v\n%s\n%s", err, errs, out)
	}
	return d
}

func TestPathsAreRelativeToTheArgument(t *testing.T) {
	a := folder(t, map[string]string{"x.pkl": inert, "sub/y.pkl": evil})
	b := folder(t, map[string]string{"x.pkl": evil})
	d := scanJSON(t, a, filepath.Join(b, "x.pkl"))
	var got []string
	for _, f := range d.Artifacts {
		got = append(got, f.Path+" "+f.Verdict)
	}
	slices.Sort(got)
	want := []string{filepath.ToSlash(filepath.Join(b, "x.pkl")) + " dangerous", "sub/y.pkl dangerous", "x.pkl no-finding"}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnreadableFolderEntryIsReported(t *testing.T) {
	dir := folder(t, map[string]string{"x.pkl": inert})
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	d := scanJSON(t, dir)
	if len(d.Findings) != 1 || d.Findings[0].Rule != "FILE-UNREADABLE" || d.Findings[0].Path != "dangling" {
		t.Errorf("findings %v", d.Findings)
	}
	if code, _, _ := command(t, "scan", dir); code != exitUnread {
		t.Errorf("exit %d", code)
	}
}

func TestFormats(t *testing.T) {
	dir := folder(t, map[string]string{"evil.pkl": evil})
	for _, f := range formats() {
		file := filepath.Join(dir, "report-"+f)
		if code, _, errs := command(t, "scan", "-format", f, "-o", file, filepath.Join(dir, "evil.pkl")); code != 1 {
			t.Errorf("%s: exit %d: %s", f, code, errs)
		}
		b, err := os.ReadFile(file)
		if err != nil || len(b) == 0 {
			t.Errorf("%s: %d bytes, %v", f, len(b), err)
		}
	}
}

func TestRulesAndVersion(t *testing.T) {
	if code, out, _ := command(t, "rules"); code != 0 || !strings.Contains(out, "FILE-MALFORMED") {
		t.Errorf("rules: exit %d\n%s", code, out)
	}
	if code, out, _ := command(t, "version"); code != 0 || !strings.HasPrefix(out, "taster ") {
		t.Errorf("version: exit %d %q", code, out)
	}
	if code, _, _ := command(t); code != exitUsage {
		t.Errorf("no command: exit %d", code)
	}
}
