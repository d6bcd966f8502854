package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "id,label\n1,a\n2,b\n3,c\n", "drop.txt": "# remark\n\n2\n0\n2\n", "bad.txt": "-1\n", "prose.txt": "Prose.\n"})
	in := func(name string) string { return filepath.Join(dir, name) }
	code, out, errs := command(t, "clean", "-drop", in("drop.txt"), in("t.csv"))
	if code != exitOK || out != "id,label\n2,b\n" {
		t.Errorf("exit %d, %q, %s", code, out, errs)
	}
	if code, _, errs := command(t, "clean", "-drop", in("drop.txt"), "-o", in("out.csv"), in("t.csv")); code != exitOK {
		t.Errorf("exit %d: %s", code, errs)
	}
	if b, err := os.ReadFile(in("out.csv")); err != nil || string(b) != out {
		t.Errorf("%q, %v", b, err)
	}
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{in("t.csv")}, exitUsage},
		{[]string{"-drop", in("bad.txt"), in("t.csv")}, exitUsage},
		{[]string{"-drop", in("drop.txt"), "-o", in("t.csv"), in("t.csv")}, exitUsage},
		{[]string{"-drop", in("drop.txt"), in("prose.txt")}, exitUnread},
		{[]string{"-drop", in("drop.txt"), in("none")}, exitUnread},
	} {
		if code, _, errs := command(t, append([]string{"clean"}, c.args...)...); code != c.want {
			t.Errorf("%v: exit %d, want %d: %s", c.args, code, c.want, errs)
		}
	}
}

// TestBundleHoldsCleanedFiles walks from two tables to a bundle whose copies
// lack the rows of its drop-list.
func TestBundleHoldsCleanedFiles(t *testing.T) {
	var rows, labels strings.Builder
	rows.WriteString("a,b\n")
	labels.WriteString("label\n")
	for i := range 40 {
		x := string(rune('0' + i%10))
		rows.WriteString(x + ".5,1" + x + "\n")
		labels.WriteString(string(rune('0'+i%2)) + "\n")
	}
	// Rows 40 and 41 are equal and differ in their label: a finding that names them.
	rows.WriteString("7.25,7.25\n7.25,7.25\n")
	labels.WriteString("0\n1\n")
	dir := folder(t, map[string]string{"activations.csv": rows.String(), "labels.csv": labels.String()})
	file := filepath.Join(t.TempDir(), "out.zip")
	if code, _, errs := command(t, "scan", "-fail-on", "never", "-format", "bundle", "-drop-agreed", "-o", file, dir); code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text := func(name string) string {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	drop := 0
	for line := range strings.Lines(text("report.drop.txt")) {
		if line[0] != '#' {
			drop++
		}
	}
	for _, name := range []string{"cleaned/activations.csv", "cleaned/labels.csv"} {
		if got := strings.Count(text(name), "\n"); drop == 0 || got != 1+42-drop {
			t.Errorf("%s has %d lines; %d rows were dropped", name, got, drop)
		}
	}
}

// TestOutputIsNoInput: neither name nor link makes the command write over what it
// reads, and a report in the scanned folder is no input of the next run.
func TestOutputIsNoInput(t *testing.T) {
	dir := t.TempDir()
	model := filepath.Join(dir, "labels.csv")
	if err := os.WriteFile(model, []byte("label\na\nb\na\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	soft, hard := filepath.Join(dir, "soft.json"), filepath.Join(dir, "hard.json")
	if err := errors.Join(os.Symlink(model, soft), os.Link(model, hard)); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{model, soft, hard, filepath.Join(dir, ".", "labels.csv")} {
		var stderr bytes.Buffer
		if code := run(t.Context(), []string{"scan", "-format", "json", "-o", out, model}, io.Discard, &stderr); code != exitUsage {
			t.Errorf("-o %s: exit %d: %s", out, code, stderr.String())
		}
		list := filepath.Join(t.TempDir(), "drop.txt")
		if err := os.WriteFile(list, []byte("0\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code := run(t.Context(), []string{"clean", "-drop", list, "-o", out, model}, io.Discard, io.Discard); code == exitOK {
			t.Errorf("clean -o %s wrote over its input", out)
		}
	}
	if b, err := os.ReadFile(model); err != nil || string(b) != "label\na\nb\na\n" {
		t.Fatalf("the input is %q, %v", b, err)
	}
	os.Remove(soft)
	os.Remove(hard)
	report := filepath.Join(dir, "report.json")
	var first []byte
	for range 2 {
		run(t.Context(), []string{"scan", "-format", "json", "-o", report, dir}, io.Discard, io.Discard)
		b, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(first, b) {
			t.Error("the report of the first run is an input of the second")
		}
		first = b
	}
	left, err := filepath.Glob(filepath.Join(dir, ".taster-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestEnded: a run that is cancelled writes what there is, and says so.
func TestEnded(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.pkl"), []byte("\x80\x04N."), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if code := run(ctx, []string{"scan", "-format", "json", dir}, &out, io.Discard); code != exitUnread || !bytes.Contains(out.Bytes(), []byte(`"verdict"`)) {
		t.Errorf("exit %d, %d bytes", code, out.Len())
	}
}
