package filereferences_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/filereferences"
)

func judge(t testing.TB, a *core.Artifact) string {
	t.Helper()
	var b strings.Builder
	p := &core.Pass{
		FileSize: func(path string) (int64, bool) { return 100, path == "m/weights.bin" },
		Emit: func(e core.Event) error {
			fmt.Fprintf(&b, "%s@%d %s\n", e.Finding.Rule, e.Finding.Where.Offset, e.Finding.Title)
			return nil
		}}
	if err := filereferences.Detector.Check.Run(t.Context(), p, a); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRun(t *testing.T) {
	tests := []struct {
		ref  core.Ref
		want string
	}{
		{core.Ref{Kind: core.RefTensorData, Name: "w", Path: "weights.bin", Begin: 10, Length: 90}, ""},
		{core.Ref{Kind: core.RefTensorData, Name: "w", Path: "./weights.bin", Length: -1}, ""},
		{core.Ref{Kind: core.RefTensorData, Name: "w", Path: "weights.bin", Begin: 10, Length: 91}, "REF-RANGE@7 \"w\" is not in \"weights.bin\"\n"},
		{core.Ref{Kind: core.RefTensorData, Name: "w", Path: "weights.bin", Begin: 101, Length: -1}, "REF-RANGE@7 \"w\" is not in \"weights.bin\"\n"},
		{core.Ref{Kind: core.RefTensorData, Name: "w", Path: "weights.bin", Begin: 1, Length: math.MaxInt64}, "REF-RANGE@7 \"w\" is not in \"weights.bin\"\n"},
		{core.Ref{Kind: core.RefTensorData, Name: "w", Path: "weights.bin", Begin: -1, Length: 1}, "REF-RANGE@7 \"w\" is not in \"weights.bin\"\n"},
		{core.Ref{Kind: core.RefTensorData, Name: "w", Path: "other.bin"}, "REF-MISSING@7 A file that the model needs was not given\n"},
		{core.Ref{Kind: core.RefTensorData, Name: "w", Path: "../x"}, "REF-OUTSIDE@7 Reads \"../x\"\n"},
		{core.Ref{Kind: core.RefTensorData, Name: "w", Path: "/etc/passwd"}, "REF-OUTSIDE@7 Reads \"/etc/passwd\"\n"},
		{core.Ref{Kind: core.RefAsset, Path: "words.txt", Length: -1}, ""},
		{core.Ref{Kind: core.RefAsset, Path: "../words.txt", Length: -1}, "REF-OUTSIDE@7 Reads \"../words.txt\"\n"},
		{core.Ref{Kind: core.RefLink, Path: "weights.bin", Length: -1}, "REF-FILE@7 Takes content from \"weights.bin\"\n"},
	}
	for _, test := range tests {
		test.ref.Offset = 7
		if d := cmp.Diff(test.want, judge(t, &core.Artifact{File: "m/model.onnx", Refs: []core.Ref{test.ref}})); d != "" {
			t.Errorf("%+v: %s", test.ref, d)
		}
	}
}

// TestMany reports one path once and many paths in bounds.
func TestMany(t *testing.T) {
	a := &core.Artifact{File: "model.onnx"}
	for i := range 1000 {
		a.Refs = append(a.Refs, core.Ref{Kind: core.RefTensorData, Path: fmt.Sprintf("/%d", i)}, core.Ref{Kind: core.RefTensorData, Path: "../x"},
			core.Ref{Kind: core.RefTensorData, Path: fmt.Sprint(i)})
	}
	if n := strings.Count(judge(t, a), "\n"); n != 21 {
		t.Errorf("%d findings", n)
	}
}

func BenchmarkRun(b *testing.B) {
	a := &core.Artifact{File: "m/model.onnx"}
	for range 10_000 {
		a.Refs = append(a.Refs, core.Ref{Kind: core.RefTensorData, Name: "w", Path: "weights.bin", Begin: 10, Length: 90})
	}
	for b.Loop() {
		judge(b, a)
	}
}
