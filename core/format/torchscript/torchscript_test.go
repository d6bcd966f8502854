package torchscript_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/format/torchscript"
)

const code = `class M(Module):
  __parameters__ = []
  training : bool
  def forward(self: __torch__.M,
    x: Tensor) -> Tensor:
    y = torch.from_file("/etc/hostname", False, 10)
    torch.save(y, "/tmp/x")
    z = torch.linear(torch.relu(x), self.weight, None)
    ops.prim.RaiseException("no")
    notorch.save(y)
    return ops.acme.shell(y, 'a', "b")
`

func TestOpen(t *testing.T) {
	src := core.Bytes("m/code/__torch__.py", []byte(code))
	if torchscript.Format.Match([]byte(code), src) == "" {
		t.Fatal("not recognised")
	}
	o := &core.Opener{Artifact: &core.Artifact{}, Limits: core.Limits{}.WithDefaults()}
	if err := torchscript.Format.Open(t.Context(), src, o); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, op := range o.Artifact.Ops {
		n := op.Nodes[0]
		got = append(got, fmt.Sprintf("%s %d in %s: %q", op.Name, op.Count, n.Graph, n.Attrs[0].Value))
		if start := code[n.Offset:]; start[:4] != "torc" && start[:4] != "ops." {
			t.Errorf("%s begins at %.20q", op.Name, start)
		}
	}
	want := []string{`aten::from_file 1 in function forward: "/etc/hostname"`, `aten::save 1 in function forward: "/tmp/x"`, `aten::linear 1 in function forward: ""`,
		`aten::relu 1 in function forward: ""`, `prim::RaiseException 1 in function forward: "no"`, `acme::shell 1 in function forward: "a"`}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       bool
	}{
		{"m.py", code, true},
		{"m/code/__torch__/x.py", "def f(): pass\n", true},
		{"train.py", "import torch\ntorch.save(1, 'x')\n", false},
		{"m.txt", code, false},
		{"m/code/__torch__.py", "\x00", false},
	} {
		if got := torchscript.Format.Match([]byte(test.text), core.Bytes(test.name, []byte(test.text))); (got != "") != test.want {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(code))
	f.Fuzz(func(t *testing.T, b []byte) {
		o := &core.Opener{Artifact: &core.Artifact{}, Limits: core.Limits{}.WithDefaults()}
		if err := torchscript.Format.Open(t.Context(), core.Bytes("m.py", b), o); err != nil {
			t.Skip(err)
		}
	})
}
