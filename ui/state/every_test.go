package state

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"taster/core"
	"taster/core/report"
)

// everyMsg is one of each kind at least, and of most kinds one that asks for
// what is not there.
func everyMsg() []Msg {
	return []Msg{Replied{}, WorkerDied{}, ShieldRead{}, Hovered{-1}, Hovered{1 << 40}, Zoomed{}, Trouble{}, FilesAdded{}, FileRemoved{"?"}, FileRemoved{"a"}, Cleared{}, ClearUndone{},
		RoleSet{"?", ""}, SampleChosen{"?"}, FilesWanted{}, FolderWanted{}, Dragged{true}, RunPressed{}, CancelPressed{}, Exported{"quarantine"}, Exported{"json"}, Exported{"jsonl"}, Exported{"png"},
		Exported{"comparison.txt"}, CleanedWanted{"?"}, RedactToggled{}, ScoresToggled{}, EarlierGiven{"?", &report.Earlier{}}, EarlierDropped{}, AcceptedGiven{}, DigestsGiven{"?"},
		Copied{}, Routed{"?", "?", url.Values{"p.?.?": {"?"}, "class": {"99"}, "line": {"NaN"}, "rows": {"?"}}}, ParamSet{"?", "?", "?"}, ParamsReset{"?"}, CheckOpened{"?"},
		Disposed{"?", "?"}, Noted{"?", "?"}, RowsPicked{[]int{-1, 1 << 40}, "?"}, RowToggled{1 << 40}, PickCleared{}, RowsFiltered{"?"}, RowsSorted{"?"}, RowsScrolled{1 << 40}, RowsCopied{}, ToolChosen{"?"},
		RowShown{1 << 40}, RowShown{-1}, RowStepped{-1}, RowEntered{-1}, RowEntered{3}, RowHidden{}, RowPinned{true}, OverlapChosen{1 << 31}, PlaneChosen{Plane{7, 8}}, KeysToggled{}, DensityToggled{},
		Navigated{"?", "?"}, Navigated{Map, "?"}, Stepped{1}, SeverityToggled{99}, SeverityCycled{}, QueryTyped{"?"}, MoreWanted{"?"}, PanelToggled{"?"}, PanelToggled{ExportPanel},
		ThemeCycled{}, ThemeSet{}, KeyPressed{Key: "Enter"}, KeyPressed{Key: "]"}, KeyPressed{Key: "Escape"}, KeyPressed{Key: "a"}, KeyPressed{Key: "c"}, KeyPressed{Key: "e"},
		DetectorChosen{"?"}, ScoreChosen{"?"}, ClassChosen{99}, ClassChosen{-9}, ColourChosen{"?"},
		ThresholdSet{1e300}, ThresholdStepped{-5}, ThresholdReset{}, SetChosen{-1}, SetChosen{99}, CaseFilled{"?", "?"}, CaseFilled{CaseNotes, "?"}, SectionToggled{"?"}, AppendixToggled{}, CaseSaved{}, FileSaved{"?", "?"},
		CaseOpened{"?", &report.CaseFile{Params: map[string]core.Params{"?": {"?": "?"}}, Roles: map[string]core.Role{"?": "?"}, Digests: "?"}, nil},
		GroupingChosen{"?"}, GroupingChosen{ByFile}, GroupToggled{"?"}, FileChosen{"?"}, FileChosen{}, DisposedAlike{"?"}, FilesSorted{"?"}, FilesFiltered{"?"}, FileUnfolded{"?"}, FileStepped{-1}, TruthGiven{[]int{1 << 40, -1}}, Revealed{}, all{}}
}

// TestEveryMsg: no message breaks an empty page, a running one or a finished
// one, in any view; and the list above has all that the package declares.
func TestEveryMsg(t *testing.T) {
	seen := map[string]bool{}
	for _, msg := range everyMsg() {
		seen[reflect.TypeOf(msg).Name()] = true
		for _, before := range [][]Msg{nil, {added("a")}, {added("a"), event(1, start("a"), done)}, {added("a"), event(1, measured()...)}, {added("a"), Cleared{}}} {
			for _, v := range views {
				m, _ := play(ready(), append(slices.Clone(before), Navigated{View: v.ID}, msg)...)
				m.Overall()
				m.Phase()
				m.Coverage()
				m.Lines()
				if !m.Catalog.known(m.View) {
					t.Errorf("%T leads to %q, which is no view", msg, m.View)
				}
			}
		}
	}
	for _, name := range declared(t) {
		if !seen[name] {
			t.Errorf("%s is a message that no test sends", name)
		}
	}
}

// declared lists the types of this package that have an apply method.
func declared(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "apply" && f.Recv != nil {
				out[f.Recv.List[0].Type.(*ast.Ident).Name] = true
			}
		}
	}
	if len(out) < 60 {
		t.Fatalf("%d messages were found", len(out))
	}
	return slices.Collect(maps.Keys(out))
}

// TestToyView: a view is a value. One more in the catalogue has a tab, a key and
// an address, and is not offered while it does not apply.
func TestToyView(t *testing.T) {
	toy := View{ID: "toy", Title: "Toy", Key: "9", Applies: func(m *Model) bool { return len(m.Files) > 0 }}
	m := New(Catalog{Views: append(slices.Clone(views), toy)})
	ids := func(m Model) (out []ViewID) {
		for _, v := range m.Applying() {
			out = append(out, v.ID)
		}
		return out
	}
	if got := ids(m); slices.Contains(got, toy.ID) {
		t.Errorf("an empty page offers %v", got)
	}
	m, out := play(m, added("a"), KeyPressed{Key: "9"})
	if m.View != toy.ID || !slices.Contains(ids(m), toy.ID) {
		t.Errorf("the key leads to %q, offered are %v", m.View, ids(m))
	}
	if !slices.Contains(out, Effect(SetHash{"#/toy"})) {
		t.Errorf("the address does not follow: %v", out)
	}
	if m, _ = play(m, Navigated{View: Bench}, Route("#/toy")); m.View != toy.ID {
		t.Errorf("its address leads to %q", m.View)
	}
}

// TestSessions: what happens in one session does not reach another.
func TestSessions(t *testing.T) {
	m, _ := play(ready(), added("a"), event(1, start("a"), finding(0, 0, "a"), done))
	bench := m.Session
	m.Session = newSession(m.Catalog)
	m, _ = play(m, added("b"), event(2, start("b"), done))
	if len(bench.Items) != 1 || bench.Files[0].Path != "a" || len(m.Items) != 0 || m.Run == bench.Run {
		t.Errorf("runs %d and %d, %d and %d findings", bench.Run, m.Run, len(bench.Items), len(m.Items))
	}
}

func TestClearUndone(t *testing.T) {
	m, _ := play(ready(), added("a"), event(1, start("a"), finding(0, 0, "a"), done), Cleared{})
	if !m.CanUndo() || len(m.Items) != 0 {
		t.Fatalf("%d findings on an empty bench, undo %v", len(m.Items), m.CanUndo())
	}
	m, _ = play(m, ClearUndone{})
	if m.CanUndo() || len(m.Items) != 1 || len(m.Files) != 1 || m.Phase() != Done {
		t.Errorf("%d findings and %d files came back, %s", len(m.Items), len(m.Files), m.Phase())
	}
}
