package ui

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vugu/vugu"
	"github.com/vugu/vugu/staticrender"

	"taster/core"
	"taster/core/chart"
	"taster/ui/dom"
	"taster/ui/state"
)

var updateGolden = flag.Bool("update", false, "rewrite testdata/*.golden.html")

func render(t testing.TB, m state.Model) string {
	t.Helper()
	return renderRoot(t, &Root{M: &m, Views: Views(), Send: func(state.Msg) {}})
}

func renderRoot(t testing.TB, root *Root) string {
	t.Helper()
	env, err := vugu.NewBuildEnv()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := staticrender.New(&b).Render(env.RunBuild(root)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// lines puts each tag on its own line, so that a difference is readable.
func lines(html string) string {
	html = strings.ReplaceAll(html, "><", ">\n<")
	return regexp.MustCompile(`\n\s*\n+`).ReplaceAllString(html, "\n")
}

func TestGoldens(t *testing.T) {
	for name, m := range map[string]state.Model{"empty": empty(), "working": working(), "checkpoint": checkpoint(), "dataset": dataset()} {
		t.Run(name, func(t *testing.T) {
			got := lines(render(t, m))
			path := filepath.Join("testdata", name+".golden.html")
			if *updateGolden {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("run with -update and review (-want +got):\n%s", d)
			}
		})
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	html := render(t, checkpoint())
	for _, bad := range []string{"<img", "<script"} {
		if strings.Contains(html, bad) {
			t.Errorf("%q is in the page as markup", bad)
		}
	}
	for _, want := range []string{"&lt;img src=x onerror=alert(1)&gt;", "&lt;script&gt;alert(2)&lt;/script&gt;"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// TestPolicy holds the components to what the content policy would refuse.
func TestPolicy(t *testing.T) {
	bad := regexp.MustCompile(`(?i)<style|<script| style=| on[a-z]+=|vg-html|vugu\.HTML|javascript:`)
	templates, err := filepath.Glob("*.vugu")
	if err != nil || len(templates) == 0 {
		t.Fatal("no templates", err)
	}
	for _, name := range templates {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m := bad.Find(b); m != nil {
			t.Errorf("%s has %q", name, m)
		}
	}
}

// TestContract finds the hooks that scripts outside of the repository use.
func TestContract(t *testing.T) {
	all := render(t, checkpoint()) + render(t, dataset()) + render(t, working())
	for _, id := range []string{"status", "finding", "artifact", "run", "cancel", "export-json", "export-sarif", "export-quarantine",
		"plot-projection", "plot-scores", "threshold", "sample-booby-trapped", "sample-backdoor", "sample-clean", "network-shield"} {
		if !strings.Contains(all, `data-testid="`+id+`"`) {
			t.Errorf("no element has data-testid %q", id)
		}
	}
	for _, attr := range []string{`data-path="checkpoint.pt!checkpoint/data.pkl"`, `data-verdict="dangerous"`, `data-verdict="unreadable"`,
		`data-rule="PICKLE-CALL"`, `data-severity="critical"`, `data-state="done"`, `data-state="working"`} {
		if !strings.Contains(all, attr) {
			t.Errorf("no element has %s", attr)
		}
	}
}

// TestWords holds the page to what it may never say.
func TestWords(t *testing.T) {
	tags := regexp.MustCompile(`<[^>]*>`)
	bad := regexp.MustCompile(`(?i)\b(safe|clean|malicious model|100 ?%|went wrong)\b`)
	for name, m := range map[string]state.Model{"empty": empty(), "working": working(), "checkpoint": checkpoint(), "dataset": dataset()} {
		if w := bad.FindString(tags.ReplaceAllString(render(t, m), " ")); w != "" {
			t.Errorf("%s says %q", name, w)
		}
	}
}

func TestFormats(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{Count(50000), "50\u202f000"}, {Count(-1234567), "−1\u202f234\u202f567"}, {Count(0), "0"},
		{Bytes(999), "999 B"}, {Bytes(1024128), "1.0 MB"}, {Bytes(99999), "100 kB"}, {Bytes(999_600), "1.0 MB"}, {Bytes(5e9), "5.0 GB"}, {Bytes(7e15), "7000 TB"},
		{Number(0.098123), "0.09812"}, {Number(-3), "−3"}, {Number(1e-7), "1e−07"},
		{Times("4000 x 128"), "4\u202f000 × 128"}, {Times("200"), "200"}, {Times("3 tensors"), "3 tensors"},
		{rowList([]int{1, 2, 3, 9}), "1–3, 9 (4 in all)"},
		{dims(nil), "scalar"}, {dims([]int64{4000, 128}), "4\u202f000 × 128"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

// many is a page of 1,000 artifacts, each with a finding.
func many() state.Model {
	var paths []string
	var es []core.Event
	start := &core.Start{}
	es = append(es, core.Event{Start: start})
	for i := range 1000 {
		p := fmt.Sprintf("f%04d.pkl", i)
		paths = append(paths, p)
		start.Inputs = append(start.Inputs, core.Input{Path: p})
		es = append(es, core.Event{Artifact: &core.Artifact{File: p, Kind: "pickle"}},
			core.Event{Finding: &core.Finding{Rule: "R", Severity: core.Low, Where: core.Location{File: p}, Title: "t"}})
	}
	return update(ready(), files(paths...), events(1, append(es, core.Event{Done: &core.Done{}})...))
}

func TestLongListsAreWindowed(t *testing.T) {
	m := many()
	if n := strings.Count(render(t, m), `data-testid="finding"`); n != 100 {
		t.Errorf("%d findings are rendered, want 100", n)
	}
	m = update(m, state.GroupingChosen{Grouping: state.Single})
	if n := strings.Count(render(t, m), `data-testid="finding"`); n != 100 {
		t.Errorf("%d findings are rendered one by one, want 100", n)
	}
	m = update(m, state.MoreWanted{List: "findings"})
	if n := strings.Count(render(t, m), `data-testid="finding"`); n != 300 {
		t.Errorf("%d findings after 'show more', want 300", n)
	}
}

// TestSelectingPatchesLittle: a click must not resend the page.
func TestSelectingPatchesLittle(t *testing.T) {
	m := many()
	env, err := vugu.NewBuildEnv()
	if err != nil {
		t.Fatal(err)
	}
	root, tree := &Root{M: &m, Views: Views(), Send: func(state.Msg) {}}, dom.NewTree()
	tree.Patch(env.RunBuild(root))
	m = update(m, state.Navigated{View: state.Findings, Finding: m.Items[5].ID})
	tree.Patch(env.RunBuild(root))
	if n := tree.Ops(); n == 0 || n > 30 {
		t.Errorf("selecting a finding took %d operations, want 1 to 30", n)
	}
}

func TestAxes(t *testing.T) {
	m := update(dataset(), state.Zoomed{Window: state.Window{X: chart.Scale{Lo: 0, Hi: 10}, Y: chart.Scale{Lo: 0, Hi: 10}}})
	c := &Axes{M: &m}
	if d := cmp.Diff(mark{"20.00%", "2"}, c.Xs()[1]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(mark{"100.00%", "0"}, c.Ys()[0]); d != "" {
		t.Errorf("the vertical axis must grow upwards: %s", d)
	}
}

func BenchmarkRender1000(b *testing.B) {
	m := many()
	env, err := vugu.NewBuildEnv()
	if err != nil {
		b.Fatal(err)
	}
	root, tree := &Root{M: &m, Views: Views(), Send: func(state.Msg) {}}, dom.NewTree()
	for b.Loop() {
		tree.Patch(env.RunBuild(root))
	}
}
