package core_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func TestParseClaim(t *testing.T) {
	sha1, sha256 := strings.Repeat("0a", 20), strings.Repeat("0b", 32)
	for text, want := range map[string]core.Claim{
		sha256:                                 {Algorithm: core.SHA256, Digest: sha256},
		" " + strings.ToUpper(sha256) + "\r\n": {Algorithm: core.SHA256, Digest: sha256},
		"sha256:" + sha256:                     {Algorithm: core.SHA256, Digest: sha256},
		"a=b.bin=SHA-1:" + sha1:                {Path: "a=b.bin", Algorithm: core.SHA1, Digest: sha1},
		sha256 + "  dir/c d.txt":               {Path: "dir/c d.txt", Algorithm: core.SHA256, Digest: sha256},
		sha256 + " *model.pt":                  {Path: "model.pt", Algorithm: core.SHA256, Digest: sha256},
		"SHA256 (a (1).bin) = " + sha256:       {Path: "a (1).bin", Algorithm: core.SHA256, Digest: sha256},
		"model (1).pt=" + sha256:               {Path: "model (1).pt", Algorithm: core.SHA256, Digest: sha256},
		strings.Repeat("0", 128):               {Algorithm: core.SHA512, Digest: strings.Repeat("0", 128)},
		"m.pt=md5:" + strings.Repeat("f", 32):  {Path: "m.pt", Algorithm: core.MD5, Digest: strings.Repeat("f", 32)},
	} {
		want.Size = -1
		got, err := core.ParseClaim(text)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%q: %v %s", text, err, d)
		}
	}
	for _, text := range []string{"", "a", "a=", sha256[1:], "sha1:" + sha256, "crc:" + sha1, strings.Repeat("x", 64), sha256 + "=", "=" + sha1 + "z"} {
		if got, err := core.ParseClaim(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
