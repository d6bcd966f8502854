package savedmodel

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// openDirectly opens b without the engine, which drops the nodes at the end.
func openDirectly(t testing.TB, b []byte) *core.Artifact {
	t.Helper()
	a := &core.Artifact{}
	o := &core.Opener{Artifact: a, Limits: core.Limits{}.WithDefaults(), Emit: func(e core.Event) error {
		t.Errorf("%+v", e.Finding)
		return nil
	}}
	if err := open(t.Context(), core.Bytes("f", b), o); err != nil {
		t.Fatal(err)
	}
	return a
}

// nodes prints the nodes of the operations called names.
func nodes(a *core.Artifact, names ...string) string {
	var b strings.Builder
	for _, op := range a.Ops {
		if !slices.Contains(names, op.Name) {
			continue
		}
		for _, n := range op.Nodes {
			graph, _, _ := strings.Cut(n.Graph, "_inference")
			fmt.Fprintf(&b, "%s in %s: %v %v\n", op.Name, graph, n.Input(0), n.Input(1))
		}
	}
	return b.String()
}

// TestInputs follows constants to the operations that files are named to.
func TestInputs(t *testing.T) {
	tests := []struct {
		file  string
		names []string
		want  string
	}{
		{"files.pb", []string{"WriteFile", "ReadFile"}, `WriteFile in function _: {[/tmp/taster -sample] false} {[taster-sample] false}
ReadFile in function _: {[/etc/hostname] false} {[] false}
`},
		{"frozen-write.pb", []string{"WriteFile"}, "WriteFile in main graph: {[/tmp/taster-sample] false} {[x] false}\n"},
		{"v1-saver.pb", []string{"SaveV2"}, "SaveV2 in main graph: {[model] true} {[v] false}\n"},
	}
	for _, test := range tests {
		a := openDirectly(t, read(t, test.file))
		if d := cmp.Diff(test.want, nodes(a, test.names...)); d != "" {
			t.Errorf("%s: %s", test.file, d)
		}
	}
}

var (
	bytesOf = coretest.PBBytes
	number  = coretest.PBNumber
)

// nodeDef is NodeDef with a name, an operation and inputs.
func nodeDef(name, op string, inputs ...string) string {
	s := bytesOf(1, name) + bytesOf(2, op)
	for _, in := range inputs {
		s += bytesOf(3, in)
	}
	return s
}

// constant is a node with a text.
func constant(name, text string) string {
	tensor := number(1, dtString) + bytesOf(8, text)
	return nodeDef(name, "Const") + bytesOf(5, bytesOf(1, "value"), bytesOf(2, bytesOf(8, tensor)))
}

// graphDef is GraphDef with nodes.
func graphDef(nodes ...string) string {
	s := ""
	for _, n := range nodes {
		s += bytesOf(1, n)
	}
	return s
}

// functionDef is a library with one function.
func functionDef(name string, nodes ...string) string {
	f := bytesOf(1, bytesOf(1, name))
	for _, n := range nodes {
		f += bytesOf(3, n)
	}
	return bytesOf(2, bytesOf(1, f))
}

func TestOrigin(t *testing.T) {
	write := func(input string) string { return nodeDef("w", "WriteFile", input) }
	tests := []struct{ name, graph, want string }{
		{"constant", graphDef(constant("c", "/x"), write("c")), "WriteFile in main graph: {[/x] false} {[] false}\n"},
		{"constant after its use", graphDef(write("c:0"), constant("c", "/x")), "WriteFile in main graph: {[/x] false} {[] false}\n"},
		{"placeholder", graphDef(nodeDef("p", "Placeholder"), write("p")), "WriteFile in main graph: {[] true} {[] false}\n"},
		{"joined", graphDef(constant("a", "/x"), nodeDef("p", "Placeholder"), nodeDef("j", "StringJoin", "a", "p"), write("j")), "WriteFile in main graph: {[/x] true} {[] false}\n"},
		{"circle", graphDef(nodeDef("a", "Identity", "b"), nodeDef("b", "Identity", "a"), write("a")), "WriteFile in main graph: {[] false} {[] false}\n"},
		{"only an order", graphDef(constant("c", "/x"), nodeDef("w", "WriteFile", "^c")), "WriteFile in main graph: {[] false} {[] false}\n"},
		{"argument of a function", functionDef("f", write("arg")), "WriteFile in function f: {[] true} {[] false}\n"},
		{"constant of a function", functionDef("f", constant("c", "/x"), write("c:output:0")), "WriteFile in function f: {[/x] false} {[] false}\n"},
		{"names of the graph are not those of a function", graphDef(constant("c", "/x")) + functionDef("f", write("c")), "WriteFile in function f: {[] true} {[] false}\n"},
		{"SavedModel, fields in another order", bytesOf(2, bytesOf(2, graphDef(write("p")))) + number(1, 1), "WriteFile in main graph: {[] true} {[] false}\n"},
		{"MetaGraphDef", bytesOf(1, bytesOf(5, "1.15")) + bytesOf(2, graphDef(write("p"))), "WriteFile in main graph: {[] true} {[] false}\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if match(nil, core.Bytes("f", []byte(test.graph))) == "" {
				t.Fatal("not recognised")
			}
			if d := cmp.Diff(test.want, nodes(openDirectly(t, []byte(test.graph)), "WriteFile")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestOpenHostile(t *testing.T) {
	tensor := func(fields ...string) string {
		return graphDef(nodeDef("c", "Const") + bytesOf(5, bytesOf(1, "value"), bytesOf(2, bytesOf(8, fields...))))
	}
	dims := func(sizes ...uint64) string {
		s := ""
		for _, n := range sizes {
			s += bytesOf(2, number(1, n))
		}
		return bytesOf(2, s)
	}
	tests := []struct{ name, data, kind, want string }{
		{"numbers", tensor(number(1, 1), dims(2), bytesOf(4, "12345678")), "graphdef", ""},
		{"numbers of an unknown type", tensor(number(1, 99), dims(2), bytesOf(4, "123")), "graphdef", ""},
		{"fewer numbers", tensor(number(1, 1), dims(3), bytesOf(4, "12345678")), "graphdef", "TF-TENSOR"},
		{"shape that overflows", tensor(number(1, 1), dims(1<<40, 1<<40), bytesOf(4, "1234")), "graphdef", "TF-TENSOR"},
		{"unknown size", tensor(number(1, 1), dims(1<<64-1), bytesOf(4, "1234")), "graphdef", "TF-TENSOR"},
		{"many dimensions", tensor(number(1, 1), bytesOf(2, strings.Repeat(bytesOf(2, ""), 300)), bytesOf(4, "1234")), "graphdef", "FILE-MALFORMED"},
		{"cut", graphDef(nodeDef("a", "MatMul")) + "\x0a\x7f", "graphdef", "FILE-MALFORMED"},
		{"attribute that is no message", graphDef(nodeDef("a", "MatMul") + bytesOf(5, "\xff")), "graphdef", "FILE-MALFORMED"},
		{"operation with an odd name", graphDef(nodeDef("a", "<script>")), "unknown", "FILE-UNKNOWN"},
		{"Keras", bytesOf(1, bytesOf(3, "root"), bytesOf(5, `{"class_name": "Lambda"}`)), "keras-metadata", ""},
		{"Keras, too large", bytesOf(1, bytesOf(3, "root"), bytesOf(5, `{"`+strings.Repeat(" ", maxKeras))), "keras-metadata", "TF-KERAS-TEXT"},
		{"text", "hello", "unknown", "FILE-UNKNOWN"},
		{"SavedModel as text", "# a comment\nsaved_model_schema_version: 1\nmeta_graphs {\n", "savedmodel", "FILE-NOT-SCANNED"},
		{"graph as text", "node {\n  name: \"x\"\n  op: \"WriteFile\"\n}\n", "savedmodel", "FILE-NOT-SCANNED"},
		{"configuration of another program", "node {\n  host: \"x\"\n}\n", "unknown", "FILE-UNKNOWN"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", []byte(test.data)))
			var got []string
			for _, f := range findings {
				got = append(got, f.Rule)
			}
			if d := cmp.Diff(test.want, strings.Join(got, " ")); d != "" || a.Kind != test.kind {
				t.Error(a.Kind, d)
			}
		})
	}
}

// TestManyOperations stops at a bound and keeps what it has.
func TestManyOperations(t *testing.T) {
	var b strings.Builder
	for i := range 11_000 {
		b.WriteString(graphDef(nodeDef("n", fmt.Sprintf("Op%d", i))))
	}
	a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", []byte(b.String())))
	if len(findings) != 1 || findings[0].Rule != "FILE-LIMIT" || len(a.Ops) != 10_000 {
		t.Errorf("%d operations, %v", len(a.Ops), findings)
	}
}

func BenchmarkOpen(b *testing.B) {
	many := strings.Repeat(graphDef(nodeDef("some/layer/node", "MatMul", "some/input", "some/weight")), 50_000)
	for name, data := range map[string]string{"keras2": string(read(b, "keras2.pb")), "50,000 nodes": many} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				coretest.Open(b, []*core.Format{Format}, core.Bytes("f", []byte(data)))
			}
		})
	}
}
