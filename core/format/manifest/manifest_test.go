package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestLists(t *testing.T)    { coretest.Format(t, Format, "testdata/lists") }
func TestPointers(t *testing.T) { coretest.Format(t, Pointer, "testdata/pointers") }
func TestHub(t *testing.T)      { coretest.Format(t, Hub, "testdata/hub") }

func FuzzList(f *testing.F)    { coretest.Fuzz(f, Format, "testdata/lists") }
func FuzzPointer(f *testing.F) { coretest.Fuzz(f, Pointer, "testdata/pointers") }
func FuzzHub(f *testing.F)     { coretest.Fuzz(f, Hub, "testdata/hub") }

const (
	md5Hex = "d41d8cd98f00b204e9800998ecf8427e"
	sha1   = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

func TestParseLine(t *testing.T) {
	for _, c := range []struct {
		line string
		want entry
		ok   bool
	}{
		{sha256 + "  a", entry{"a", core.SHA256, sha256}, true},
		{sha256 + " *a b", entry{"a b", core.SHA256, sha256}, true},
		{sha256 + " a", entry{"a", core.SHA256, sha256}, true},
		{sha256 + "   a", entry{" a", core.SHA256, sha256}, true},
		{strings.ToUpper(sha256) + "  A", entry{"A", core.SHA256, sha256}, true},
		{sha256, entry{"", core.SHA256, sha256}, true},
		{sha256 + "  ", entry{}, false},
		{sha256 + " ", entry{}, false},
		{sha256[1:] + "  a", entry{}, false},
		{"g" + sha256[1:] + "  a", entry{}, false},
		{md5Hex + "  a", entry{"a", core.MD5, md5Hex}, true},
		{sha1 + "  a", entry{"a", core.SHA1, sha1}, true},
		{sha256 + `  a\nb`, entry{`a\nb`, core.SHA256, sha256}, true},
		{`\` + sha256 + `  a\nb\\n\r`, entry{"a\nb\\n\r", core.SHA256, sha256}, true},
		{`\` + sha256 + `  a\tb`, entry{}, false},
		{`\` + sha256 + `  a\`, entry{}, false},
		{sha256 + "  a\x00b", entry{}, false},
		{"SHA256 (a (1).bin) = " + sha256, entry{"a (1).bin", core.SHA256, sha256}, true},
		{`\SHA256 (a\\b) = ` + sha256, entry{`a\b`, core.SHA256, sha256}, true},
		{"SHA2-256(a)= " + sha256, entry{"a", core.SHA256, sha256}, true},
		{"SHA256 (a) = " + sha1, entry{}, false},
		{"SHA256 () = " + sha256, entry{}, false},
		{"CRC (a) = " + sha256, entry{}, false},
		{"MD5 (a) = " + md5Hex, entry{"a", core.MD5, md5Hex}, true},
		{"", entry{}, false},
	} {
		got, ok := parseLine(c.line)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%q: %+v, %t", c.line, got, ok)
		}
	}
}

func claims(t *testing.T, f *core.Format, name, text string) []core.Claim {
	t.Helper()
	a := &core.Artifact{File: name}
	o := &core.Opener{Artifact: a, Limits: core.Limits{}.WithDefaults(), Emit: func(core.Event) error { return nil }}
	if err := f.Open(t.Context(), core.Bytes(name, []byte(text)), o); err != nil {
		t.Fatal(err)
	}
	return a.Claims
}

func TestClaims(t *testing.T) {
	const commit, tag = "4f1d6a5f0b0f4c0f8d0d5c4e9f7b5a3c2e1d0f9a", "9e85527def352cf001b8dc21a76c68d0785c1ff4"
	side := commit + "\n" + tag + "\n1767225600.25\n"
	for _, c := range []struct {
		format     *core.Format
		name, text string
		want       core.Claim
	}{
		{Format, "m/x.bin.sha256", sha256 + "\n", core.Claim{Base: "m", Path: "x.bin", Algorithm: core.SHA256, Digest: sha256, Size: -1}},
		{Format, "SUMS", "# by us\r\n" + sha256 + "  ./a\r\n", core.Claim{Base: ".", Path: "./a", Algorithm: core.SHA256, Digest: sha256, Size: -1, Offset: 9}},
		{Pointer, "w", "version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256 + "\nsize 12\n",
			core.Claim{Algorithm: core.SHA256, Digest: sha256, Size: 12, Offset: 43}},
		{Hub, "r/.cache/huggingface/download/sub/a.json.metadata", side,
			core.Claim{Base: "r", Path: "sub/a.json", Algorithm: core.GitBlob, Digest: tag, Size: -1, Offset: 41}},
		{Hub, ".cache/huggingface/download/a.json.metadata", side,
			core.Claim{Base: ".", Path: "a.json", Algorithm: core.GitBlob, Digest: tag, Size: -1, Offset: 41}},
		{Hub, "x/a.json.metadata", side, core.Claim{Base: "x", Path: "a.json", Algorithm: core.GitBlob, Digest: tag, Size: -1, Offset: 41}},
	} {
		if d := cmp.Diff([]core.Claim{c.want}, claims(t, c.format, c.name, c.text)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestMatch keeps prose, tables and single words out.
func TestMatch(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# only a remark\n", "hello world\n", sha256 + "\n" + sha256 + "\n", sha1 + "," + sha1 + "\n",
		"id,digest\n1," + sha256 + "\n", "deadbeef\n", sha1 + "\n"} {
		if how := Format.Match([]byte(text), core.Bytes("x", []byte(text))); how != "" {
			t.Errorf("%q was recognised: %s", text, how)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	text := strings.Repeat(sha256+"  some/folder/with/a/name.bin\n", 10_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		o := &core.Opener{Artifact: &core.Artifact{}, Limits: core.Limits{}.WithDefaults(), Emit: func(core.Event) error { return nil }}
		if err := Format.Open(b.Context(), core.Bytes("x", []byte(text)), o); err != nil {
			b.Fatal(err)
		}
	}
}
