package ui

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

func TestByteMap(t *testing.T) {
	c := &ByteMap{Where: core.Location{HasOffset: true, Offset: 500}, Artifact: &core.Artifact{Kind: "safetensors", Size: 1000,
		Meta:    []core.Meta{{Name: "header bytes", Value: "92"}},
		Tensors: []core.Tensor{{Name: "a", Offset: 100, Length: 300}, {Name: "b\x1b", Offset: 300, Length: 200}, {Name: "c", Offset: 600, Length: 400}}}}
	c.BeforeBuild()
	var uses []string
	for _, m := range c.Marks() {
		uses = append(uses, m.Use+" "+m.X+" "+m.W)
	}
	want := []string{"head 0.00% 10.00%", "used 10.00% 20.00%", "used 40.00% 10.00%", "used 60.00% 40.00%", "shared 30.00% 10.00%", "unused 50.00% 10.00%"}
	if d := cmp.Diff(want, uses); d != "" {
		t.Error(d)
	}
	var troubles []string
	for _, s := range c.Troubles() {
		troubles = append(troubles, c.Text(s))
	}
	want = []string{`300 to 400, 100 B: used by 2 tensors: "a", "b\x1b"`, "500 to 600, 100 B: used by no tensor"}
	if d := cmp.Diff(want, troubles); d != "" {
		t.Error(d)
	}
	if got, want := c.Summary(), "3 tensors in 1.0 kB; 1 stretch used by none, 100 B; 1 stretch used by several."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if c.Offset() != "50.00%" {
		t.Errorf("the finding is marked at %s", c.Offset())
	}
}

func TestByteMapOfManyTensors(t *testing.T) {
	a := &core.Artifact{Kind: "gguf", Size: 1_000_000}
	for i := range 10_000 {
		a.Tensors = append(a.Tensors, core.Tensor{Name: "t", Offset: int64(100 * i), Length: 100})
	}
	c := &ByteMap{Artifact: a}
	c.BeforeBuild()
	if n := len(c.Marks()); n > 2*drawn {
		t.Errorf("%d marks for 10 000 tensors", n)
	}
	if len(c.Troubles()) != 0 {
		t.Errorf("troubles: %v", c.Troubles())
	}
}

func TestImportsOrder(t *testing.T) {
	m := ready()
	c := &Imports{M: &m, Artifact: &core.Artifact{Imports: []core.Import{
		{Module: "collections", Name: "OrderedDict", Verdict: "expected", Offset: 2}, {Module: "new", Name: "thing", Verdict: "unknown", Offset: 30},
		{Module: "os", Name: "system", Verdict: "runs code", Offset: 186, Opcode: "GLOBAL"}, {Module: "a", Name: "b", Verdict: "can be abused", Offset: 90}, {Module: "x", Name: "y", Offset: 1}}}}
	c.BeforeBuild()
	var got []string
	for _, r := range c.rows {
		got = append(got, r.Path()+": "+r.Word())
	}
	want := []string{"os.system: runs code", "a.b: can be abused", "x.y: not judged", "new.thing: unknown", "collections.OrderedDict: expected"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := c.rows[0].At(); got != "GLOBAL at 186 (0xba)" {
		t.Error(got)
	}
}

func TestClassFacts(t *testing.T) {
	m := dataset()
	item, _ := m.Current()
	c := &ClassFacts{M: &m, Item: item}
	c.BeforeBuild()
	if d := cmp.Diff([]classFigure{{"top share", "", "0.83", "0.83", "1 of 2"}}, c.figures); d != "" {
		t.Error(d)
	}
	if len(c.rows) != factRows || c.rows[0].Families != "1" {
		t.Errorf("%d rows, the first %+v", len(c.rows), c.rows)
	}
	rows := &c.rows[0]
	if c.BeforeBuild(); &c.rows[0] != rows {
		t.Error("the rows are sorted again at each build")
	}
}

// The table of imports that a finding brings along gives way to the panel.
func TestImportsAreShownOnce(t *testing.T) {
	html := render(t, checkpoint())
	if n := strings.Count(html, ">os.system<"); n != 1 {
		t.Errorf("os.system is listed %d times as an import", n)
	}
	for _, want := range []string{`data-testid="import" data-verdict="runs code"`, "GLOBAL at 186 (0xba)", "Streams of the file"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing", want)
		}
	}
}
