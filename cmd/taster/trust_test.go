package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// signed copies the signed model of the detector's samples into a folder.
func signed(t *testing.T, signature string) string {
	t.Helper()
	from := filepath.Join("..", "..", "core", "detect", "signatures", "testdata")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(from, "model"))); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(from, signature))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "model.sig"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTrust gives keys from elsewhere. A signature that was to be checked and
// could not be is no success.
func TestTrust(t *testing.T) {
	keys := filepath.Join("..", "..", "core", "detect", "signatures", "testdata")
	vendor, stranger := filepath.Join(keys, "vendor.pub"), filepath.Join(keys, "stranger.pub")
	for _, c := range []struct {
		name, signature string
		args            []string
		code            int
		want            string
	}{
		{"trusted", "good.sig", []string{"-trust", vendor}, exitOK, "SIGNATURE-VALID"},
		{"nobody said whom to trust", "good.sig", nil, exitOK, "SIGNATURE-UNCHECKED"},
		{"another key", "good.sig", []string{"-trust", stranger}, exitFindings, "SIGNATURE-INVALID"},
		{"one of two keys", "good.sig", []string{"-trust", stranger, "-trust", vendor}, exitOK, "SIGNATURE-VALID"},
		{"another model", "other_weights.sig", []string{"-trust", vendor}, exitFindings, "SIGNATURE-FILES"},
		{"an identity expected", "good.sig", []string{"-signer", "me@example.com"}, exitUnread, "SIGNATURE-UNCHECKED"},
		{"not a key", "good.sig", []string{"-trust", filepath.Join(keys, "blob.txt")}, exitUnread, "SIGNATURE-MALFORMED"},
		{"no such file", "good.sig", []string{"-trust", "missing.pub"}, exitUsage, ""},
	} {
		code, stdout, stderr := command(t, append(append([]string{"scan"}, c.args...), signed(t, c.signature))...)
		if code != c.code || !strings.Contains(stdout, c.want) {
			t.Errorf("%s: exit %d, want %d with %s\n%s%s", c.name, code, c.code, c.want, stdout, stderr)
		}
	}
}
