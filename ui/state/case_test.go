package state

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/report"
)

// TestCase: what was filled in and decided comes back from the file, and the
// report in it is what the next run is compared with.
func TestCase(t *testing.T) {
	found := finding(core.High, core.Moderate, "a")
	m, _ := play(ready(), added("a"), event(1, start("a"), found, done), CaseFilled{CaseTitle, "Model 7/b"}, CaseFilled{CaseNotes, "n"}, SectionToggled{"rules"}, AppendixToggled{})
	m, _ = play(m, Disposed{m.Items[0].ID, report.Accepted}, Noted{m.Items[0].ID, "ours"})
	if !m.Unsaved {
		t.Error("work by hand could be lost without a question")
	}
	_, out := play(m, CaseSaved{})
	save, ok := out[0].(SaveCase)
	if !ok || save.Name != "Model-7b.taster.json" {
		t.Fatalf("%+v", out)
	}
	var b bytes.Buffer
	if err := report.WriteCase(&b, save.File, save.Input); err != nil {
		t.Fatal(err)
	}
	file, earlier, err := report.ReadCase(b.Bytes())
	if err != nil || len(earlier.Findings) != 1 {
		t.Fatal(err, earlier)
	}
	fresh, _ := play(ready(), CaseOpened{"Model-7b.taster.json", file, earlier})
	if d := cmp.Diff(m.Case, fresh.Case); d != "" {
		t.Error(d)
	}
	if fresh.View != Report || fresh.Notice == "" || fresh.Unsaved {
		t.Errorf("%s, %q, unsaved %v", fresh.View, fresh.Notice, fresh.Unsaved)
	}
	fresh, _ = play(fresh, added("a"), event(1, start("a"), found, done))
	if got := fresh.Dispositions[fresh.Items[0].ID]; got.State != report.Accepted || got.Note != "ours" || fresh.Age(fresh.Items[0].ID) != "known" {
		t.Errorf("%+v, %s", got, fresh.Age(fresh.Items[0].ID))
	}
	if m, _ = play(m, FileSaved{save.Name, strings.Repeat("0", 64)}); m.Unsaved || m.Saves[0].Name != save.Name {
		t.Errorf("unsaved %v, saved %v", m.Unsaved, m.Saves)
	}
}

// TestHostileCase: a case file says nothing that the user could not have said.
func TestHostileCase(t *testing.T) {
	file := &report.CaseFile{Params: map[string]core.Params{"code-execution": {"no": "1"}, "": {"": ""}}, Roles: map[string]core.Role{"a": "emperor"}, Digests: "nonsense"}
	m, _ := play(ready(), CaseOpened{"x.taster.json", file, nil})
	if len(m.Params) != 0 || len(m.Roles) != 0 || len(m.Claims) != 0 || m.Refused != "" {
		t.Errorf("params %v, roles %v, claims %v, %q", m.Params, m.Roles, m.Claims, m.Refused)
	}
	for _, bad := range []string{"", "{}", "[]", `{"schema":"taster.case/1","report":7}`, `{"schema":"taster.case/1","report":{}}`} {
		if _, _, err := report.ReadCase([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func alike(n int) Model {
	es := []core.Event{start("a")}
	var paths []string
	for i := range n {
		p := "f" + itoa(i)
		paths = append(paths, p)
		es = append(es, finding(core.Medium, core.Moderate, p))
	}
	m, _ := play(ready(), added(paths...), event(1, append(es, finding(core.High, core.Moderate, "f0"), done)...), KeyPressed{Key: "2"})
	return m
}

// TestGrouped: the keyboard passes a folded group in one step, and one decision
// is for all in it.
func TestGrouped(t *testing.T) {
	m := alike(28)
	g := m.Grouped()
	if len(g) != 2 || g[1].Count != 28 || g[1].Files != 28 || !g[1].Foldable() || g[0].Foldable() {
		t.Fatalf("%d groups", len(g))
	}
	m, _ = play(m, Stepped{1})
	first := m.Selected
	if m, _ = play(m, Stepped{1}); m.Selected != first {
		t.Error("a folded group takes more than a step")
	}
	last := g[1].Items[27].ID
	if m, _ = play(m, Navigated{Findings, last}, Stepped{-1}); m.Selected != g[0].Items[0].ID {
		t.Error("from within a folded group the step before does not lead to the one before it")
	}
	m, _ = play(m, Stepped{1}, GroupToggled{g[1].Key}, Stepped{1})
	if m.Selected == first {
		t.Error("an unfolded group is passed in one step")
	}
	m, _ = play(m, Navigated{Findings, first}, Disposed{first, report.FalseAlarm}, Noted{first, "expected"}, KeyPressed{Key: "A"})
	n := 0
	for _, d := range m.Dispositions {
		if d.State == report.FalseAlarm && d.Note == "expected" {
			n++
		}
	}
	if n != 28 {
		t.Errorf("%d findings were decided, want 28", n)
	}
	if m, _ = play(m, FileChosen{"f0"}); len(m.Visible()) != 2 || m.View != Findings {
		t.Errorf("%d findings of the file, in %s", len(m.Visible()), m.View)
	}
	if m, _ = play(m, KeyPressed{Key: "Escape"}); len(m.Visible()) != 29 {
		t.Errorf("%d findings after Escape", len(m.Visible()))
	}
}

// TestListing: files are filtered by name and kind, and ordered by each column.
func TestListing(t *testing.T) {
	m, _ := play(ready(), added("b.npy", "a.pkl", "c.npy"), event(1, start("b.npy", "a.pkl", "c.npy"),
		core.Event{Artifact: &core.Artifact{File: "b.npy", Kind: "npy"}}, core.Event{Artifact: &core.Artifact{File: "a.pkl", Kind: "pickle"}}, core.Event{Artifact: &core.Artifact{File: "c.npy", Kind: "npy"}},
		finding(core.High, core.Moderate, "c.npy"), finding(core.High, core.Moderate, "c.npy"), finding(core.Low, core.Moderate, "a.pkl"), done))
	order := func(m Model) (out []string) {
		for _, r := range m.Artifacts() {
			out = append(out, r.Path)
		}
		return out
	}
	for _, tt := range []struct {
		msgs []Msg
		want []string
	}{
		{nil, []string{"c.npy", "a.pkl", "b.npy"}},
		{[]Msg{FilesSorted{ByName}}, []string{"a.pkl", "b.npy", "c.npy"}},
		{[]Msg{FilesSorted{ByName}, FilesSorted{ByName}}, []string{"c.npy", "b.npy", "a.pkl"}},
		{[]Msg{FilesSorted{ByKind}}, []string{"b.npy", "c.npy", "a.pkl"}},
		{[]Msg{FilesSorted{ByFindings}}, []string{"c.npy", "a.pkl", "b.npy"}},
		{[]Msg{FilesFiltered{" PICK "}}, []string{"a.pkl"}},
	} {
		got, _ := play(m, tt.msgs...)
		if d := cmp.Diff(tt.want, order(got)); d != "" {
			t.Errorf("%v: %s", tt.msgs, d)
		}
		m.List = FileList{Sort: ByVerdict}
	}
}
