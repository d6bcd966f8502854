package digestcomparison

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// sum is the digest that these tests compute of a file: its name, in hex digits
// of the right number.
func sum(name string, a core.Algorithm) string {
	return fmt.Sprintf("%0*x", a.Length(), len(name)+int(name[0]))
}

func list(file string, claims ...core.Claim) *core.Artifact {
	for i := range claims {
		claims[i].Base, claims[i].Size = ".", -1
	}
	return &core.Artifact{File: file, Kind: kindList, Claims: claims}
}

func right(name string) core.Claim {
	return core.Claim{Path: name, Algorithm: core.SHA256, Digest: sum(name, core.SHA256)}
}

func side(file, base, name, commit string) *core.Artifact {
	return &core.Artifact{File: file, Kind: kindHub, Meta: []core.Meta{{Name: "commit", Value: commit}},
		Claims: []core.Claim{{Base: base, Path: name, Algorithm: core.GitBlob, Digest: sum(name, core.GitBlob), Size: -1}}}
}

// judge lists the findings as "RULE path: saw". Files called "big" are not
// hashed; for others the digest is that of the last element of their path.
func judge(t testing.TB, inputs ...*core.Artifact) []string {
	t.Helper()
	var out []string
	in := &core.Inputs{Artifacts: inputs, Digest: func(_ context.Context, path string, a core.Algorithm) (string, error) {
		name := path[strings.LastIndexByte(path, '/')+1:]
		switch name {
		case "big":
			return "", core.ErrLimit
		case "gone":
			return "", errors.New("no such file")
		}
		return sum(name, a), nil
	}}
	p := &core.Pass{Emit: func(e core.Event) error {
		f := e.Finding
		out = append(out, fmt.Sprintf("%s %s: %s", f.Rule, f.Where.File, f.Saw))
		return nil
	}}
	if err := run(t.Context(), p, in); err != nil {
		t.Fatal(err)
	}
	return out
}

func compared(file string, agree, differ, missing, left, extra int) string {
	return fmt.Sprintf("DIGEST-COMPARED %s: %d agree, %d differ, %d are not among the inputs, %d were not compared; %d files beside are not listed.",
		file, agree, differ, missing, left, extra)
}

func plain(file string) *core.Artifact {
	return &core.Artifact{File: file, Kind: "text", Fallback: true, Size: 3}
}

func TestRun(t *testing.T) {
	weak := core.Claim{Path: "a", Algorithm: core.MD5, Digest: sum("a", core.MD5)}
	blobOf := func(folder, prefix, digest string) *core.Artifact { return plain(folder + "/" + prefix + digest) }
	hexName := strings.Repeat("0", 62) + "70" // of 64 digits that begin with '0': 64 + 48
	for _, c := range []struct {
		name   string
		inputs []*core.Artifact
		want   []string
	}{
		{"names of Windows", []*core.Artifact{list("L", core.Claim{Path: `d\a`, Algorithm: core.SHA256, Digest: sum("a", core.SHA256)}), plain("d/a")},
			[]string{compared("L", 1, 0, 0, 0, 0)}},
		{"a list of another folder", []*core.Artifact{list("sums/L", right("a"), right("b")), plain("x/a"), plain("y/a"), plain("y/b")},
			[]string{compared("sums/L", 2, 0, 0, 0, 0)}},
		{"weak", []*core.Artifact{list("L", weak), plain("a")},
			[]string{"DIGEST-WEAK L: All 1 lines of \"L\" are of this kind.", compared("L", 1, 0, 0, 0, 0)}},
		{"too large", []*core.Artifact{list("L", right("big")), plain("big")},
			[]string{"DIGEST-NOT-COMPARED big: \"L\" has a SHA-256 of it, which was not made: " + core.ErrLimit.Error() + ".", compared("L", 0, 0, 0, 1, 0)}},
		{"cannot be read", []*core.Artifact{list("L", right("gone")), plain("gone")},
			[]string{"DIGEST-NOT-COMPARED gone: \"L\" has a SHA-256 of it, which was not made: no such file.", compared("L", 0, 0, 0, 1, 0)}},
		{"code beside", []*core.Artifact{list("L", right("a"), right("b")), plain("a"), plain("b"), plain("x.py"), plain(".git/config"), plain("L.sig")},
			[]string{"DIGEST-UNLISTED x.py: The file has 3 bytes and was read as text. Loaders open such files.", compared("L", 2, 0, 0, 0, 1)}},
		{"two commits", []*core.Artifact{side("s/1", ".", "a", "c1"), side("s/2", ".", "b", "c2"), plain("a")},
			[]string{"DIGEST-MISSING s/1: 1 of 2: \"b\".", "HUB-COMMITS s/1: 2 commits: c1, c2.", compared("s/1", 1, 0, 1, 0, 0)}},
		{"blobs", []*core.Artifact{blobOf("m/blobs", "", hexName), blobOf("o/blobs/sha256", "", hexName), blobOf("l/blobs", "sha256-", hexName), blobOf("m/other", "", hexName)},
			[]string{
				"DIGEST-DIFFERS l/blobs/sha256-" + hexName + ": Its SHA-256 is " + sum("sha256-"+hexName, core.SHA256) + "; the name of the blob says " + hexName + " at byte 0.",
				compared("l/blobs/sha256-"+hexName, 0, 1, 0, 0, 0), compared("m/blobs/"+hexName, 1, 0, 0, 0, 0), compared("o/blobs/sha256/"+hexName, 1, 0, 0, 0, 0)}},
	} {
		if d := cmp.Diff(c.want, judge(t, c.inputs...)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestManyUnlisted bounds what a list of a large folder brings.
func TestManyUnlisted(t *testing.T) {
	inputs := []*core.Artifact{list("L", right("a"), right("b")), plain("a"), plain("b")}
	for i := range 1000 {
		inputs = append(inputs, plain(fmt.Sprintf("extra/%04d", i)))
	}
	got := judge(t, inputs...)
	if len(got) != mostUnlisted+2 || !strings.HasPrefix(got[mostUnlisted], "DIGEST-UNLISTED extra/0999: ") {
		t.Errorf("%d findings, then %s", len(got), got[len(got)-2:])
	}
}

func BenchmarkRun(b *testing.B) {
	var claims []core.Claim
	var inputs []*core.Artifact
	for i := range 10_000 {
		name := fmt.Sprintf("folder-%d/file-%d", i%100, i)
		claims = append(claims, core.Claim{Path: name, Algorithm: core.SHA256, Digest: sum(name[strings.LastIndexByte(name, '/')+1:], core.SHA256)})
		inputs = append(inputs, plain(name))
	}
	inputs = append(inputs, list("SHA256SUMS", claims...))
	for b.Loop() {
		judge(b, inputs...)
	}
}
