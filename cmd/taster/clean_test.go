package main

import (
	"archive/zip"
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
	if code, _, errs := command(t, "scan", "-fail-on", "never", "-format", "bundle", "-o", file, dir); code != exitOK {
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
