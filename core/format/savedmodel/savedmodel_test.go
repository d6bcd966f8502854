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
