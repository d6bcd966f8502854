package codeexecution_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/codeexecution"
	"taster/core/format/pickle"
)

// A judged file is what reading and judging it gave.
type judged struct {
	*core.Artifact
	findings []*core.Finding
}

func judge(t testing.TB, file string, b []byte) judged {
	t.Helper()
	j := judged{Artifact: &core.Artifact{File: file, Kind: "pickle", Size: int64(len(b))}}
	emit := func(e core.Event) error {
		if e.Finding != nil {
			j.findings = append(j.findings, e.Finding)
		}
		return nil
	}
	err := pickle.Format.Open(context.Background(), core.Bytes(file, b), &core.Opener{Artifact: j.Artifact, Emit: emit,
		Nested: func(_ context.Context, name string, _ core.Source) error {
			j.Members = append(j.Members, &core.Artifact{File: file, Member: name})
			return nil
		}})
	if err != nil {
		t.Fatalf("Open(%s): %v", file, err)
	}
	j.findings = append(j.findings, again(t, j.Artifact)...)
	return j
}

// again runs the detector on what was read.
func again(t testing.TB, a *core.Artifact) []*core.Finding {
	t.Helper()
	var findings []*core.Finding
	err := codeexecution.Detector.Check.Run(context.Background(), &core.Pass{Emit: func(e core.Event) error {
		findings = append(findings, e.Finding)
		return nil
	}}, a)
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	return findings
}

func (j judged) paths() []string {
	out := []string{}
	for _, i := range j.Imports {
		out = append(out, i.Path())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lines are the findings, one "rule severity offset title" each.
func (j judged) lines() string {
	var b strings.Builder
	for _, f := range j.findings {
		b.WriteString(f.Rule + " " + f.Severity.String() + ": " + f.Title + "\n")
	}
	return b.String()
}

// The expectations are those of the sample set's manifest. Imports are those
// that pickletools shows; the manifest leaves numpy's scalar out.
func TestRunSamples(t *testing.T) {
	torch := []string{"collections.OrderedDict", "torch.FloatStorage", "torch._utils._rebuild_tensor_v2"}
	tests := []struct {
		file    string
		verdict core.Verdict
		imports []string
	}{
		{"containers-p0.pkl", core.NoFinding, nil},
		{"containers-p4.pkl", core.NoFinding, nil},
		{"text-that-frightens.pkl", core.NoFinding, nil},
		{"numpy-array.pkl", core.NoFinding, []string{"numpy.core.multiarray._reconstruct", "numpy.dtype", "numpy.ndarray"}},
		{"real-linear.data.pkl", core.NoFinding, torch},
		{"state-dict.data.pkl", core.NoFinding, torch},
		{"state-dict-legacy.pt", core.NoFinding, torch},
		{"real-ridge.joblib", core.NoFinding, []string{"joblib.numpy_pickle.NumpyArrayWrapper", "numpy.core.multiarray.scalar",
			"numpy.dtype", "numpy.ndarray", "sklearn.linear_model._ridge.Ridge"}},
		{"broken-after.pkl", core.Dangerous, []string{"os.system"}},
		{"dotted.pkl", core.Dangerous, []string{"tempfile._os.system"}},
		{"eval-p0.pkl", core.Dangerous, []string{"__builtin__.eval"}},
		{"getattr-chain.pkl", core.Dangerous, []string{"builtins.getattr", "importlib.import_module"}},
		{"inst.pkl", core.Dangerous, []string{"posix.system"}},
		{"memo.pkl", core.Dangerous, []string{"os.system"}},
		{"obj.pkl", core.Dangerous, []string{"builtins.exec"}},
		{"pickle-named.safetensors", core.Dangerous, []string{"os.system"}},
		{"reduce.pkl", core.Dangerous, []string{"subprocess.check_output"}},
		{"second-stream.pkl", core.Dangerous, []string{"os.popen"}},
		{"joblib-gunzipped.pkl", core.Dangerous, []string{"runpy.run_module"}},
		{"torch.data.pkl", core.Dangerous, append([]string{"webbrowser.get"}, torch...)},
		{"torch-bad-crc.data.pkl", core.Dangerous, append([]string{"os.system"}, torch...)},
		{"huge-length.pkl", core.Unreadable, nil},
		{"truncated.pkl", core.Unreadable, nil},
		{"unknown-class.pkl", core.Suspicious, []string{"acme_ml.models.Churn"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("../../format/pickle/testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			j := judge(t, tt.file, b)
			if got := core.Judge(j.findings); got != tt.verdict {
				t.Errorf("verdict %s, want %s:\n%s", got, tt.verdict, j.lines())
			}
			slices.Sort(tt.imports)
			if d := cmp.Diff(append([]string{}, tt.imports...), j.paths()); d != "" {
				t.Errorf("imports (-want +got):\n%s", d)
			}
		})
	}
}
