package graphoperations_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/graphoperations"
	"taster/core/format/savedmodel"
	"taster/core/scan"
)

// lines runs the detector on a file and prints its findings.
func lines(t *testing.T, src core.Source) string {
	t.Helper()
	cfg := scan.Config{Formats: []*core.Format{savedmodel.Format}, Detectors: []*core.Detector{graphoperations.Detector}}
	var r core.Report
	if err := scan.Run(t.Context(), cfg, scan.Job{Files: []core.Source{src}}, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	return show(r.Sorted())
}

func show(findings []*core.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s %s: %s\n", f.Rule, f.Severity, f.Title)
	}
	return b.String()
}

func TestRunFiles(t *testing.T) {
	tests := []struct{ file, want string }{
		{"plain.pb", ""},
		{"keras2.pb", ""},
		{"keras3-export.pb", ""},
		{"frozen.pb", ""},
		{"v1-saver.pb", ""},
		{"vocabulary.pb", ""},
		{"frozen-write.pb", "GRAPH-FILE-WRITE high: The graph writes files: WriteFile\n"},
		{"files.pb", "GRAPH-CODE high: The graph runs code outside itself: PyFunc\n" +
			"GRAPH-FILE-WRITE high: The graph writes files: WriteFile\n" +
			"GRAPH-FILE-READ high: The graph reads files: ReadFile\n" +
			"GRAPH-FILE-WRITE high: The graph writes files: PrintV2\n"},
	}
	for _, test := range tests {
		b, err := os.ReadFile(filepath.Join("../../format/savedmodel/testdata", test.file))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(test.want, lines(t, core.Bytes(test.file, b))); d != "" {
			t.Errorf("%s: %s", test.file, d)
		}
	}
}

// op makes an operation whose nodes all have the same input and attribute.
func op(domain, name, text string, open bool, attrs ...core.Meta) core.Op {
	in := core.NodeInput{Open: open}
	if text != "" {
		in.Texts = []string{text}
	}
	n := core.Node{Name: "n", Graph: "main graph", Input: func(int) core.NodeInput { return in }, Attrs: attrs}
	return core.Op{Domain: domain, Name: name, Count: 1, Nodes: []core.Node{n}}
}

func TestRun(t *testing.T) {
	crowd := op("", "SaveV2", "", true)
	crowd.Count = 1000
	defined := op("acme", "Twice", "", true)
	defined.Defined = true
	unfollowed := op("custom", "FlexReadFile", "", true)
	unfollowed.Nodes[0].Input = nil
	tests := []struct {
		name string
		op   core.Op
		want string
	}{
		{"arithmetic", op("", "MatMul", "", true), ""},
		{"file the program names", op("", "ReadFile", "", true), "GRAPH-FILE-READ medium: The graph reads files: ReadFile\n"},
		{"file in a given folder", op("", "WriteFile", "x", true), "GRAPH-FILE-WRITE medium: The graph writes files: WriteFile\n"},
		{"file elsewhere", op("", "WriteFile", "../x", true), "GRAPH-FILE-WRITE high: The graph writes files: WriteFile\n"},
		{"checkpoint the program names", op("", "SaveV2", "_temp/part", true), ""},
		{"checkpoint at a fixed place", op("", "SaveV2", "model", false), "GRAPH-FILE-WRITE high: The graph writes files: SaveV2\n"},
		{"checkpoint of TensorFlow's own saver", named(op("", "SaveV2", "model", false), "save/SaveV2"), ""},
		{"checkpoint of the saver, elsewhere", named(op("", "SaveV2", "/tmp/x", false), "save/SaveV2"), "GRAPH-FILE-WRITE high: The graph writes files: SaveV2\n"},
		{"checkpoint at a default place", op("", "SaveV2", "/tmp/x", true), "GRAPH-FILE-WRITE high: The graph writes files: SaveV2\n"},
		{"restore from the folder", op("", "RestoreV2", "model", false), ""},
		{"restore from elsewhere", op("", "RestoreV2", "//host/share", true), "GRAPH-FILE-READ high: The graph reads files: RestoreV2\n"},
		{"very many checkpoints", crowd, "GRAPH-CROWD medium: SaveV2 is used very often\n"},
		{"print to the terminal", op("", "PrintV2", "", true, core.Meta{Name: "output_stream", Value: "stderr"}), ""},
		{"print to a file", op("", "PrintV2", "", true, core.Meta{Name: "output_stream", Value: "file:///x"}), "GRAPH-FILE-WRITE high: The graph writes files: PrintV2\n"},
		{"debugger's addresses", op("", "DebugIdentity", "", true, core.Meta{Name: "debug_urls", Value: "grpc://x"}), "GRAPH-FILE-WRITE high: The graph writes files: DebugIdentity\n"},
		{"cache in memory", op("", "CacheDataset", "", false), ""},
		{"records of a fixed file", op("", "TFRecordDataset", "data", false), "GRAPH-FILE-READ high: The graph reads files: TFRecordDataset\n"},
		{"cluster", op("", "DataServiceDatasetV4", "grpc://x", false), "GRAPH-NETWORK high: The graph opens connections: DataServiceDatasetV4\n"},
		{"lite", op("custom", "FlexWriteFile", "", true), "GRAPH-FILE-WRITE medium: The graph writes files: FlexWriteFile\n"},
		{"lite, input unknown", unfollowed, "GRAPH-FILE-READ high: The graph reads files: FlexReadFile\n"},
		{"lite, custom", op("custom", "Acme", "", true), "GRAPH-CUSTOM-OP info: Needs Acme\n"},
		{"lite, common custom", op("custom", "TFLite_Detection_PostProcess", "", true), ""},
		{"ONNX, custom", op("acme", "Shell", "", true), "GRAPH-CUSTOM-OP low: Needs acme::Shell\n"},
		{"ONNX, defined", defined, ""},
		{"ONNX, of the runtime", op("com.microsoft", "FusedMatMul", "", true), ""},
		{"ONNX, Python", op("pyopmulti", "PyOp", "", true, core.Meta{Name: "module", Value: "os"}), "GRAPH-CODE high: The graph runs code outside itself: pyopmulti::PyOp\n"},
		{"ONNX name like TensorFlow's", op("acme", "WriteFile", "", true), "GRAPH-CUSTOM-OP low: Needs acme::WriteFile\n"},
		{"odd name", op("", "Write\nFile", "", true), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []*core.Finding
			p := &core.Pass{Emit: func(e core.Event) error {
				got = append(got, e.Finding)
				return nil
			}}
			if err := graphoperations.Detector.Check.Run(context.Background(), p, &core.Artifact{Ops: []core.Op{test.op}}); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, show(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

func BenchmarkRun(b *testing.B) {
	var ops []core.Op
	for i := range 1000 {
		ops = append(ops, op("", fmt.Sprintf("Op%d", i), "", true))
	}
	p := &core.Pass{Emit: func(core.Event) error { return nil }}
	for b.Loop() {
		if err := graphoperations.Detector.Check.Run(b.Context(), p, &core.Artifact{Ops: ops}); err != nil {
			b.Fatal(err)
		}
	}
}

// named gives the nodes of op a name.
func named(op core.Op, name string) core.Op {
	for i := range op.Nodes {
		op.Nodes[i].Name = name
	}
	return op
}
