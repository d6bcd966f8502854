package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func TestBaseline(t *testing.T) {
	dir := folder(t, map[string]string{"a.pkl": evil, "cut.pkl": cut})
	old := filepath.Join(t.TempDir(), "old.json")
	if code, _, errs := command(t, "scan", "-format", "json", "-o", old, dir); code != exitFindings {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if code, _, errs := command(t, "scan", "-baseline", old, dir); code != exitOK {
		t.Errorf("nothing new: exit %d: %s", code, errs)
	}
	if err := os.WriteFile(filepath.Join(dir, "b.pkl"), []byte(evil), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := command(t, "scan", "-baseline", old, dir); code != exitFindings {
		t.Errorf("something new: exit %d: %s", code, errs)
	}
	for _, bad := range []string{filepath.Join(dir, "none"), filepath.Join(dir, "a.pkl")} {
		if code, _, _ := command(t, "scan", "-baseline", bad, dir); code != exitUsage {
			t.Errorf("%s: exit %d", bad, code)
		}
	}
}

func TestAccept(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1781481600") // 2026-06-15
	dir := folder(t, map[string]string{"a.pkl": evil})
	_, out, _ := command(t, "scan", "-format", "json", dir)
	var d struct {
		Findings []struct{ ID, Severity string }
	}
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	accept := func(expires string) string {
		var entries []string
		for _, f := range d.Findings {
			entries = append(entries, `{"id":"`+f.ID+`","reason":"a test sample","by":"me","expires":"`+expires+`"}`)
		}
		file := filepath.Join(t.TempDir(), "accepted.json")
		text := `{"schema":"taster.accept/1","accepted":[` + strings.Join(append(entries, `{"rule":"NO-SUCH","reason":"gone","expires":"`+expires+`"}`), ",") + `]}`
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, c := range []struct {
		expires string
		code    int
		says    string
	}{{"2026-06-15", exitOK, "nothing is found any more that NO-SUCH accepts"}, {"2026-06-14", exitFindings, "ended on 2026-06-14: \"a test sample\""}} {
		code, out, errs := command(t, "scan", "-accept", accept(c.expires), dir)
		if code != c.code || !strings.Contains(errs, c.says) || !strings.Contains(out, "2026-06-1") {
			t.Errorf("until %s: exit %d, %s", c.expires, code, errs)
		}
	}
}

func TestGivenDigest(t *testing.T) {
	const sum = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060"
	dir := folder(t, map[string]string{"a.txt": "alpha\n", "b.txt": "beta\n"})
	a := filepath.Join(dir, "a.txt")
	for _, c := range []struct {
		digest string
		path   string
		want   int
	}{
		{sum, dir, exitOK},
		{"SHA256:" + strings.ToUpper(sum), dir, exitOK},
		{"a.txt=" + sum, dir, exitOK},
		{a + "=sha256:" + sum, a, exitOK},
		{"b.txt=" + sum, dir, exitFindings},
		{strings.Repeat("0", 64), dir, exitFindings},
		{"sha512:" + sum, dir, exitUsage},
		{"xyz", dir, exitUsage},
	} {
		if code, _, errs := command(t, "scan", "-digest", c.digest, c.path); code != c.want {
			t.Errorf("%s: exit %d, want %d; %s", c.digest, code, c.want, errs)
		}
	}
}

func TestCompareCommand(t *testing.T) {
	dir, reports := folder(t, map[string]string{"a.pkl": evil}), t.TempDir()
	scan := func(name string) string {
		file := filepath.Join(reports, name)
		command(t, "scan", "-format", "json", "-o", file, dir)
		return file
	}
	old := scan("old.json")
	if err := os.Rename(filepath.Join(dir, "a.pkl"), filepath.Join(dir, "b.pkl")); err != nil {
		t.Fatal(err)
	}
	fresh := scan("new.json")
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{old, old}, exitOK},
		{[]string{old, fresh}, exitFindings},
		{[]string{"-format", "json", old, fresh}, exitFindings},
		{[]string{"-fail-on", "never", old, fresh}, exitOK},
		{[]string{old}, exitUsage},
		{[]string{"-format", "pdf", old, fresh}, exitUsage},
		{[]string{old, filepath.Join(dir, "b.pkl")}, exitUsage},
	} {
		if code, out, errs := command(t, append([]string{"compare"}, c.args...)...); code != c.want {
			t.Errorf("%v: exit %d, want %d\n%s%s", c.args, code, c.want, out, errs)
		}
	}
}

// TestDigestsAreWithoutLimit scans a file above the limit of the page.
func TestDigestsAreWithoutLimit(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big.bin")
	if err := os.WriteFile(big, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, core.Limits{}.WithDefaults().Digest+1); err != nil {
		t.Fatal(err)
	}
	_, out, _ := command(t, "scan", "-format", "json", dir)
	var d struct{ Inputs []struct{ SHA256 string } }
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	want := []struct{ SHA256 string }{{"91990977345985aaf03af1358f4f989d7eaf985b58529efb72f613c588f6599a"}}
	if diff := cmp.Diff(want, d.Inputs); diff != "" {
		t.Error(diff)
	}
}

func TestBase(t *testing.T) {
	dir := folder(t, map[string]string{"models/x.pkl": inert, "data/x.pkl": inert})
	other := folder(t, map[string]string{"y.pkl": inert})
	d := scanJSON(t, "-base", dir, filepath.Join(dir, "models"), filepath.Join(dir, "data", "x.pkl"), other)
	var got []string
	for _, f := range d.Inputs {
		got = append(got, f.Path)
	}
	if diff := cmp.Diff([]string{"models/x.pkl", "data/x.pkl", "y.pkl"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRedact(t *testing.T) {
	dir := folder(t, map[string]string{"acme-secret.pkl": evil})
	for _, f := range formats() {
		code, out, errs := command(t, "scan", "-redact", "-fail-on", "never", "-format", f, dir)
		if f == "jsonl" {
			if code != exitUsage {
				t.Errorf("jsonl: exit %d", code)
			}
			continue
		}
		if code != exitOK || strings.Contains(out, "acme") || strings.Contains(out, "echo taster") {
			t.Errorf("%s: exit %d, %s\n%s", f, code, errs, out)
		}
	}
}
