package signatures_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/builtin"
	"taster/core/scan"
)

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// model is the folder that the samples sign.
func model(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, name := range []string{"README.md", "SHA256SUMS", "config.json", "generation_config.json", "model.safetensors", "requirements.txt", "tokenizer_config.json"} {
		out[name] = read(t, "testdata/model", name)
	}
	return out
}

var now = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

// judge runs the engine with everything that ships over files in memory, and
// lists what is said of signatures: "RULE severity path: saw". trusted have the
// role of that name.
func judge(t testing.TB, files map[string][]byte, params core.Params, trusted ...string) []*core.Finding {
	t.Helper()
	job := scan.Job{Roles: map[string]core.Role{}, Params: map[string]core.Params{"signatures": params}, Digest: true, Now: now}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		job.Files = append(job.Files, core.Bytes(name, files[name]))
	}
	for _, name := range trusted {
		job.Roles[name] = core.RoleTrust
	}
	var r core.Report
	if err := scan.Run(t.Context(), builtin.Config(), job, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	var out []*core.Finding
	for _, f := range r.Sorted() {
		if f.Plugin == "signatures" || f.Rule == "TASTER-FAULT" || f.Rule == "FILE-POLYGLOT" {
			out = append(out, f)
		}
	}
	return out
}

// short is "RULE severity" of each finding.
func short(findings []*core.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%s %s", f.Rule, f.Severity))
	}
	return out
}

func figure(f *core.Finding, name string) any {
	for _, m := range f.Measured {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// TestSamples is what truth.json of the samples expects.
func TestSamples(t *testing.T) {
	for _, c := range []struct {
		file string
		want []string
	}{
		{"good.sig", []string{"SIGNATURE-EXCLUDED info", "SIGNATURE-VALID info"}},
		{"wrong_key.sig", []string{"SIGNATURE-INVALID high", "SIGNATURE-EXCLUDED info"}},
		{"payload_changed.sig", []string{"SIGNATURE-FILES high", "SIGNATURE-INVALID high", "SIGNATURE-UNSIGNED high", "SIGNATURE-EXCLUDED info"}},
		{"other_weights.sig", []string{"SIGNATURE-FILES high", "SIGNATURE-EXCLUDED info", "SIGNATURE-VALID info"}},
		{"ignores_template.sig", []string{"SIGNATURE-EXCLUDED high", "SIGNATURE-VALID info"}},
		{"root_digest_wrong.sig", []string{"SIGNATURE-MANIFEST high", "SIGNATURE-EXCLUDED info", "SIGNATURE-VALID info"}},
	} {
		files := model(t)
		files["model.sig"], files["vendor.pub"] = read(t, "testdata", c.file), read(t, "testdata/vendor.pub")
		got := judge(t, files, nil, "vendor.pub")
		if d := cmp.Diff(c.want, short(got)); d != "" {
			t.Errorf("%s: %s", c.file, d)
		}
		for _, f := range got {
			if f.Rule == "SIGNATURE-VALID" && strings.HasPrefix(f.Title, "Valid signature, but") == (c.file == "good.sig") {
				t.Errorf("%s: %s", c.file, f.Title)
			}
		}
	}
}

// TestTrust is about whose word counts.
func TestTrust(t *testing.T) {
	vendor, stranger := read(t, "testdata/vendor.pub"), read(t, "testdata/stranger.pub")
	for _, c := range []struct {
		name    string
		keys    map[string][]byte
		trusted []string
		sig     string
		want    string
	}{
		{"trusted", map[string][]byte{"vendor.pub": vendor}, []string{"vendor.pub"}, "good.sig", "valid"},
		{"came with the files", map[string][]byte{"vendor.pub": vendor}, nil, "good.sig", "anchor"},
		{"no key", nil, nil, "good.sig", "unchecked"},
		{"another key beside", map[string][]byte{"stranger.pub": stranger}, nil, "good.sig", "unchecked"},
		{"another key trusted", map[string][]byte{"stranger.pub": stranger}, []string{"stranger.pub"}, "good.sig", "invalid"},
		{"a stranger's", map[string][]byte{"vendor.pub": vendor, "stranger.pub": stranger}, []string{"vendor.pub"}, "wrong_key.sig", "stranger"},
		{"changed, key beside", map[string][]byte{"vendor.pub": vendor}, nil, "payload_changed.sig", "invalid"},
		{"two trusted", map[string][]byte{"vendor.pub": vendor, "stranger.pub": stranger}, []string{"stranger.pub", "vendor.pub"}, "good.sig", "valid"},
	} {
		files := model(t)
		files["model.sig"] = read(t, "testdata", c.sig)
		maps.Copy(files, c.keys)
		verdicts := map[string]bool{}
		for _, f := range judge(t, files, nil, c.trusted...) {
			verdicts[figure(f, "verdict").(string)] = true
		}
		if d := cmp.Diff(map[string]bool{c.want: true}, verdicts); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestTrustThatIsNone is loud: the user believes that something was checked.
func TestTrustThatIsNone(t *testing.T) {
	files := model(t)
	files["model.sig"], files["key.pub"] = read(t, "testdata/good.sig"), []byte("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
	if got := short(judge(t, files, nil, "key.pub")); !slices.Contains(got, "SIGNATURE-MALFORMED medium") || slices.Contains(got, "SIGNATURE-VALID info") {
		t.Error(got)
	}
}

// TestFolders changes the folder of a good signature.
func TestFolders(t *testing.T) {
	evil := []byte("import os\n")
	for _, c := range []struct {
		name   string
		change func(map[string][]byte)
		want   []string
	}{
		{"code added", func(f map[string][]byte) { f["evil.py"] = evil }, []string{"SIGNATURE-UNSIGNED high", "SIGNATURE-EXCLUDED info", "SIGNATURE-VALID info"}},
		{"a note added", func(f map[string][]byte) { f["NOTES.md"] = []byte("hello\n") }, []string{"SIGNATURE-UNSIGNED medium", "SIGNATURE-EXCLUDED info", "SIGNATURE-VALID info"}},
		{"weights removed", func(f map[string][]byte) { delete(f, "model.safetensors") }, []string{"SIGNATURE-FILES high", "SIGNATURE-EXCLUDED info", "SIGNATURE-VALID info"}},
		{"one byte", func(f map[string][]byte) { f["config.json"] = append(f["config.json"], ' ') }, []string{"SIGNATURE-FILES high", "SIGNATURE-EXCLUDED info", "SIGNATURE-VALID info"}},
		{"version control", func(f map[string][]byte) { f[".gitattributes"] = []byte("*.bin filter=lfs\n") }, []string{"SIGNATURE-EXCLUDED info", "SIGNATURE-VALID info"}},
		{"code below what is left out", func(f map[string][]byte) { f[".cache/x.py"] = evil }, []string{"SIGNATURE-EXCLUDED high", "SIGNATURE-VALID info"}},
		{"nothing left", func(f map[string][]byte) {
			for name := range f {
				if name != "model.sig" && name != "vendor.pub" {
					delete(f, name)
				}
			}
		}, []string{"SIGNATURE-UNCHECKED low"}},
	} {
		files := model(t)
		files["model.sig"], files["vendor.pub"] = read(t, "testdata/good.sig"), read(t, "testdata/vendor.pub")
		c.change(files)
		if d := cmp.Diff(c.want, short(judge(t, files, nil, "vendor.pub"))); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestElsewhere drops the signature beside the folder that it is over.
func TestElsewhere(t *testing.T) {
	files := map[string][]byte{"sigs/good.sig": read(t, "testdata/good.sig"), "vendor.pub": read(t, "testdata/vendor.pub"), "README.md": []byte("about all\n")}
	for name, b := range model(t) {
		files["models/mini/"+name] = b
	}
	got := judge(t, files, nil, "vendor.pub")
	if d := cmp.Diff([]string{"SIGNATURE-EXCLUDED info", "SIGNATURE-VALID info"}, short(got)); d != "" {
		t.Error(d)
	}
	if !strings.Contains(got[1].Saw, `"models/mini"`) {
		t.Error(got[1].Saw)
	}
}

func TestDetached(t *testing.T) {
	blob, sig := read(t, "testdata/blob.txt"), read(t, "testdata/blob.txt.sig")
	vendor, stranger := read(t, "testdata/vendor.pub"), read(t, "testdata/stranger.pub")
	for _, c := range []struct {
		name    string
		files   map[string][]byte
		trusted []string
		want    []string
	}{
		{"valid", map[string][]byte{"blob.txt": blob, "blob.txt.sig": sig, "v.pub": vendor}, []string{"v.pub"}, []string{"SIGNATURE-VALID info"}},
		{"key beside", map[string][]byte{"blob.txt": blob, "blob.txt.sig": sig, "blob.txt.pub": vendor}, nil, []string{"SIGNATURE-ANCHOR medium"}},
		{"changed", map[string][]byte{"blob.txt": blob[1:], "blob.txt.sig": sig, "v.pub": vendor}, []string{"v.pub"}, []string{"SIGNATURE-INVALID high"}},
		{"changed, key beside", map[string][]byte{"blob.txt": blob[1:], "blob.txt.sig": sig, "blob.txt.pub": vendor}, nil, []string{"SIGNATURE-INVALID high"}},
		{"no file", map[string][]byte{"blob.txt.sig": sig, "v.pub": vendor}, []string{"v.pub"}, []string{"SIGNATURE-UNCHECKED low"}},
		{"another key", map[string][]byte{"blob.txt": blob, "blob.txt.sig": sig, "s.pub": stranger}, []string{"s.pub"}, []string{"SIGNATURE-INVALID high"}},
		{"OpenPGP", map[string][]byte{"blob.txt": blob, "blob.txt.asc": []byte("-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\n")}, nil, []string{"SIGNATURE-UNCHECKED low"}},
	} {
		if d := cmp.Diff(c.want, short(judge(t, c.files, nil, c.trusted...))); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// public is a case of the public conformance suite, under these names.
func public(t testing.TB, name string) (artifact, bundle []byte) {
	t.Helper()
	dir := filepath.Join("../../sigstore/testdata/conformance", name)
	return read(t, dir, "artifact.txt"), read(t, dir, "artifact.txt.sigstore.json")
}

const beacon = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"

// TestSigstore joins bundles with their files by name and by digest.
func TestSigstore(t *testing.T) {
	artifact, v1 := public(t, "happy-path-v0.3")
	_, statement := public(t, "happy-path-intoto-in-dsse-v3")
	_, v2 := public(t, "rekor2-happy-path")
	_, unknown := public(t, "bundle-unknown-version_fail")
	root := read(t, "../../sigstore/testdata/conformance/rekor2-happy-path/trusted_root.json")
	key := read(t, "testdata/vendor.pub")
	for _, c := range []struct {
		name    string
		files   map[string][]byte
		params  core.Params
		trusted []string
		want    []string
	}{
		{"beside", map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": v1}, nil, nil, []string{"SIGNATURE-VALID info"}},
		{"by its digest", map[string][]byte{"data/x": artifact, "sigs/some.json": v1}, nil, nil, []string{"SIGNATURE-VALID info"}},
		{"the wrong file beside", map[string][]byte{"a.bin": []byte("other"), "b": artifact, "a.bin.sigstore.json": v1}, nil, nil, []string{"SIGNATURE-INVALID high"}},
		{"no file", map[string][]byte{"a.bin.sigstore.json": v1}, nil, nil, []string{"SIGNATURE-UNCHECKED low"}},
		{"expected", map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": v1}, core.Params{"signer": beacon, "issuer": "https://token.actions.githubusercontent.com"}, nil, []string{"SIGNATURE-VALID info"}},
		{"another expected", map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": v1}, core.Params{"signer": "me@example.com"}, nil, []string{"SIGNATURE-STRANGER high"}},
		{"a key expected", map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": v1, "v.pub": key}, nil, []string{"v.pub"}, []string{"SIGNATURE-STRANGER high"}},
		{"statement", map[string][]byte{"a.bin": artifact, "a.bin.intoto.jsonl": statement}, nil, nil, []string{"SIGNATURE-VALID info"}},
		{"statement by digest", map[string][]byte{"x": artifact, "attestations.intoto.jsonl": statement}, nil, nil, []string{"SIGNATURE-VALID info"}},
		{"statement of another file", map[string][]byte{"a.bin": []byte("other"), "a.bin.intoto.jsonl": statement}, nil, nil, []string{"SIGNATURE-INVALID high"}},
		{"statement, subject changed", map[string][]byte{"artifact.txt": []byte("other"), "all.json": statement}, nil, nil, []string{"SIGNATURE-UNCHECKED low"}},
		{"another root's log", map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": v2}, nil, nil, []string{"SIGNATURE-UNCHECKED low"}},
		{"root beside", map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": v2, "trusted_root.json": root}, nil, nil, []string{"SIGNATURE-UNCHECKED low"}},
		{"root given", map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": v2, "trusted_root.json": root}, nil, []string{"trusted_root.json"}, []string{"SIGNATURE-VALID info"}},
		{"root given, and it lacks the log", map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": v1, "trusted_root.json": root}, nil, []string{"trusted_root.json"}, nil},
		{"version", map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": unknown}, nil, nil, []string{"SIGNATURE-MALFORMED medium"}},
		{"two on lines", map[string][]byte{"a.bin": artifact, "a.bin.intoto.jsonl": slices.Concat(oneLine(t, statement), oneLine(t, unknown))}, nil, nil, []string{"SIGNATURE-MALFORMED medium", "SIGNATURE-VALID info"}},
	} {
		got := judge(t, c.files, c.params, c.trusted...)
		if c.want == nil {
			for _, f := range got {
				if f.Rule == "SIGNATURE-VALID" {
					t.Errorf("%s: %s", c.name, f.Saw)
				}
			}
			continue
		}
		if d := cmp.Diff(c.want, short(got)); d != "" {
			t.Errorf("%s: %s", c.name, d)
			for _, f := range got {
				t.Log(f.Saw)
			}
		}
	}
}

func oneLine(t testing.TB, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return append(out.Bytes(), '\n')
}

// TestPolicies are there for a signature that holds, and quote what they hold.
func TestPolicies(t *testing.T) {
	artifact, bundle := public(t, "happy-path-v0.3")
	got := judge(t, map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": bundle}, nil)
	text := fmt.Sprint(got[0].Evidence)
	for _, want := range []string{"--certificate-identity '" + beacon + "'", `subject: "` + beacon + `"`, "6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

// TestMeasured is what scripts rely on.
func TestMeasured(t *testing.T) {
	artifact, bundle := public(t, "happy-path-v0.3")
	got := judge(t, map[string][]byte{"a.bin": artifact, "a.bin.sigstore.json": bundle}, nil)
	want := []core.Figure{{Name: "verdict", Value: "valid"}, {Name: "method", Value: "sigstore"}, {Name: "signer", Value: beacon},
		{Name: "issuer", Value: "https://token.actions.githubusercontent.com"}, {Name: "time", Value: "2024-03-19T17:26:26Z"}, {Name: "agree", Value: 1},
		{Name: "differ", Value: 0}, {Name: "missing", Value: 0}, {Name: "unsigned", Value: 0}, {Name: "excluded", Value: 0}}
	if d := cmp.Diff(want, got[0].Measured); d != "" {
		t.Error(d)
	}
}
