package deployment

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) {
	coretest.Seed(f, "testdata")
	f.Fuzz(func(t *testing.T, data []byte) {
		coretest.Survives(t, []*core.Format{Format}, core.Bytes("fuzz.yaml", append([]byte("kind: x\napiVersion: y\n"), data...)))
	})
}

func TestSettings(t *testing.T) {
	const text = "kind: Pod\nspec:\n  containers:\n  - name: a\n    securityContext:\n      capabilities:\n        drop: [\"ALL\"]\n      privileged: true # yes\n  - name: b\n    args:\n    - --x\n    - y: 1\n---\nkind: Service\n"
	r := &reader{program: &core.Program{}}
	row := 0
	for line := range strings.Lines(text) {
		row++
		r.line(line, 0, row)
	}
	var got []string
	for _, c := range r.program.Calls {
		got = append(got, fmt.Sprintf("%s %d %s=%s", c.Within, c.Line, c.Name, c.Args[0].Value))
	}
	want := []string{"0 1 kind=Pod", "0 4 spec.containers.name=a", "0 7 spec.containers.securityContext.capabilities.drop=ALL", "0 8 spec.containers.securityContext.privileged=true",
		"0 9 spec.containers.name=b", "0 11 spec.containers.args=--x", "0 12 spec.containers.args.y=1", "1 14 kind=Service"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
