package builtin

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/scan"
)

// inFolder scans files of testdata/provenance below folder, with claims of the
// user; those that pick does not want are left out.
func inFolder(t *testing.T, folder string, claims []core.Claim, pick func(path string) bool) *core.Report {
	t.Helper()
	root := filepath.Join("..", "..", "testdata", "provenance", folder)
	job := scan.Job{Claims: claims}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil || !pick(filepath.ToSlash(name)) {
			return err
		}
		data, err := os.ReadFile(p)
		job.Files = append(job.Files, core.Bytes(filepath.ToSlash(name), data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var r core.Report
	if err := scan.Run(t.Context(), Config(), job, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	return &r
}

func all(string) bool { return true }

// only picks files of that name, or below a folder of it.
func only(names ...string) func(string) bool {
	return func(path string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return path == n || strings.HasPrefix(path, n+"/") })
	}
}

// said lists the findings of rules with this prefix as "RULE path: title".
func said(r *core.Report, prefix string) []string {
	var out []string
	for _, f := range r.Sorted() {
		if strings.HasPrefix(f.Rule, prefix) {
			out = append(out, f.Rule+" "+f.Where.File+": "+f.Title)
		}
	}
	return out
}

func TestRepositories(t *testing.T) {
	const commit = "the hub's side files, all of commit 4f1d6a5f0b0f4c0f8d0d5c4e9f7b5a3c2e1d0f9a"
	const side = ".cache/huggingface/download/"
	for _, c := range []struct {
		folder string
		want   []string
	}{
		{"repos/clean-mini", []string{
			"DIGEST-COMPARED " + side + "README.md.metadata: 6 of 6 files agree with " + commit,
			"DIGEST-COMPARED SHA256SUMS: 6 of 6 files agree with \"SHA256SUMS\""}},
		{"repos/tampered-mini", []string{
			"DIGEST-DIFFERS config.json: Not the file that \"SHA256SUMS\" lists",
			"DIGEST-DIFFERS config.json: Not the file that the hub's side file \"" + side + "config.json.metadata\" lists",
			"DIGEST-DIFFERS model.safetensors: Not the file that \"SHA256SUMS\" lists",
			"DIGEST-DIFFERS model.safetensors: Not the file that the hub's side file \"" + side + "model.safetensors.metadata\" lists",
			"DIGEST-UNLISTED extra_notes.txt: Not in \"SHA256SUMS\"",
			"DIGEST-COMPARED " + side + "README.md.metadata: 4 of 6 files agree with " + commit,
			"DIGEST-COMPARED SHA256SUMS: 4 of 6 files agree with \"SHA256SUMS\""}},
	} {
		if d := cmp.Diff(c.want, said(inFolder(t, c.folder, nil, all), "DIGEST-")); d != "" {
			t.Errorf("%s: %s", c.folder, d)
		}
	}
}

// TestUntouchedRepositoryIsQuiet holds a whole, unchanged repository to having
// nothing above information.
func TestUntouchedRepositoryIsQuiet(t *testing.T) {
	for _, f := range inFolder(t, "repos/clean-mini", nil, all).Findings {
		if f.Severity > core.Info {
			t.Errorf("%s %s: %s", f.Severity, f.Rule, f.Title)
		}
	}
}

func TestDigestLists(t *testing.T) {
	for _, c := range []struct {
		list string
		want []string
	}{
		{"gnu_text.sha256", []string{"DIGEST-COMPARED gnu_text.sha256: 3 of 3 files agree with \"gnu_text.sha256\""}},
		{"gnu_binary.sha256", []string{"DIGEST-COMPARED gnu_binary.sha256: 3 of 3 files agree with \"gnu_binary.sha256\""}},
		{"bsd_tag.sha256", []string{"DIGEST-COMPARED bsd_tag.sha256: 3 of 3 files agree with \"bsd_tag.sha256\""}},
		{"upper_crlf.sha256", []string{"DIGEST-COMPARED upper_crlf.sha256: 3 of 3 files agree with \"upper_crlf.sha256\""}},
		{"dot_slash.sha256", []string{"DIGEST-COMPARED dot_slash.sha256: 3 of 3 files agree with \"dot_slash.sha256\""}},
		{"one_wrong_one_missing.sha256", []string{
			"DIGEST-DIFFERS files/a.bin: Not the file that \"one_wrong_one_missing.sha256\" lists",
			"DIGEST-UNLISTED files/c d.txt: Not in \"one_wrong_one_missing.sha256\"",
			"DIGEST-MISSING one_wrong_one_missing.sha256: Listed files were not given",
			"DIGEST-COMPARED one_wrong_one_missing.sha256: 1 of 3 files agree with \"one_wrong_one_missing.sha256\""}},
		{"duplicate_conflict.sha256", []string{
			"DIGEST-CONFLICT duplicate_conflict.sha256: Two digests for \"a.bin\"",
			"DIGEST-DIFFERS files/a.bin: Not the file that \"duplicate_conflict.sha256\" lists",
			"DIGEST-UNLISTED files/c d.txt: Not in \"duplicate_conflict.sha256\"",
			"DIGEST-UNLISTED files/dir/b.bin: Not in \"duplicate_conflict.sha256\"",
			"DIGEST-COMPARED duplicate_conflict.sha256: 1 of 2 files agree with \"duplicate_conflict.sha256\""}},
		{"traversal.sha256", []string{
			"DIGEST-OUTSIDE traversal.sha256: Lists \"../outside.bin\"",
			"DIGEST-COMPARED traversal.sha256: 0 of 1 files agree with \"traversal.sha256\""}},
	} {
		if d := cmp.Diff(c.want, said(inFolder(t, "manifests", nil, only(c.list, "files")), "DIGEST-")); d != "" {
			t.Errorf("%s: %s", c.list, d)
		}
	}
}

func TestPointers(t *testing.T) {
	for _, c := range []struct {
		name string
		pick func(string) bool
		want []string
	}{
		{"beside its content", only("lfs_pointer_ok.txt", "files"), []string{"DIGEST-COMPARED lfs_pointer_ok.txt: 1 of 1 files agree with the pointer \"lfs_pointer_ok.txt\""}},
		{"in place of it", only("lfs_pointer_ok.txt"), []string{"LFS-POINTER lfs_pointer_ok.txt: A pointer stands where the content should be"}},
		{"wrong size", only("lfs_pointer_size_wrong.txt", "files"), []string{"LFS-SIZE lfs_pointer_size_wrong.txt: A pointer has the right digest and the wrong size"}},
	} {
		r := inFolder(t, "manifests", nil, c.pick)
		if d := cmp.Diff(c.want, append(said(r, "DIGEST-"), said(r, "LFS-")...)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestGivenDigests(t *testing.T) {
	const a = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060"
	other := strings.Repeat("0", 64)
	for _, c := range []struct {
		name  string
		claim core.Claim
		want  []string
	}{
		{"agrees", core.Claim{Path: "a.bin", Algorithm: core.SHA256, Digest: a}, []string{"DIGEST-COMPARED a.bin: 1 of 1 files agree with the digest that was given"}},
		{"of any file", core.Claim{Algorithm: core.SHA256, Digest: a}, []string{"DIGEST-COMPARED a.bin: 1 of 1 files agree with the digest that was given"}},
		{"differs", core.Claim{Path: "a.bin", Algorithm: core.SHA256, Digest: other}, []string{
			"DIGEST-DIFFERS a.bin: Not the file that the digest that was given lists", "DIGEST-COMPARED a.bin: 0 of 1 files agree with the digest that was given"}},
		{"of no file", core.Claim{Algorithm: core.SHA256, Digest: other}, []string{"DIGEST-DIFFERS : No input has the digest that was given"}},
		{"of a missing file", core.Claim{Path: "x", Algorithm: core.SHA256, Digest: a}, []string{"DIGEST-MISSING : Listed files were not given"}},
	} {
		c.claim.Size = -1
		if d := cmp.Diff(c.want, said(inFolder(t, "manifests/files", []core.Claim{c.claim}, all), "DIGEST-")); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestWeightIndex(t *testing.T) {
	const index = "model.safetensors.index.json"
	want := []string{
		"SHARD-TENSOR model-00001-of-00002.safetensors: Has tensors that \"" + index + "\" does not put here",
		"SHARD-TENSOR " + index + ": \"model-00001-of-00002.safetensors\" lacks tensors of the index",
		"SHARD-MISSING " + index + ": \"model-00002-of-00002.safetensors\" was not given"}
	if d := cmp.Diff(want, said(inFolder(t, "repos/custom-code", nil, all), "SHARD-")); d != "" {
		t.Error(d)
	}
}
