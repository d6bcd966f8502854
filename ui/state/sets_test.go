package state

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// twoSets is a quiet set, and another one with a finding about its class "7".
func twoSets() Model {
	set := func(name string) core.Event {
		return core.Event{Set: &core.SetInfo{Subject: core.Rows, Name: name, Files: []string{name + "/a.npy"}, Unit: "rows", Rows: 4, Labels: core.Ints{0, 0, 1, 1},
			Classes: []core.ClassInfo{{Name: "3", Size: 2}, {Name: "7", Size: 2}}}}
	}
	result := func(flagged ...int) core.Event {
		return core.Event{Result: &core.Result{Detector: "spectral-signatures", Flagged: flagged,
			Scores: []core.Score{{Name: "art", Values: core.Floats{1, 2, 3, 4}}}, Points: &core.Points{X: core.Floats{0, 1, 2, 3}, Y: core.Floats{0, 1, 2, 3}}}}
	}
	m, _ := play(ready(), added("left/a.npy", "right/a.npy"), event(1, start("left/a.npy", "right/a.npy"),
		set("left"), result(), set("right"), result(3),
		core.Event{Finding: &core.Finding{Rule: "R", Plugin: "spectral-signatures", Severity: core.High, Where: core.Location{File: "right/a.npy", Class: "7", Rows: []int{3}}}}, done))
	return m
}

// TestSets: the map begins with the set that has a finding, another one can be
// chosen, a finding leads back to its own, and rows are read of the one shown.
func TestSets(t *testing.T) {
	m := twoSets()
	if got := m.Dataset().Info.Name; got != "right" || m.Plot.Class != 1 {
		t.Fatalf("the map begins with %q, class %d", got, m.Plot.Class)
	}
	m, out := play(m, SetChosen{0})
	if got := m.Dataset().Info.Name; got != "left" || m.Plot.Class != AllClasses || len(m.Plot.Suspects) != 0 {
		t.Errorf("chosen: %q, class %d, suspects %v", got, m.Plot.Class, m.Plot.Suspects)
	}
	if d := cmp.Diff(SetHash{"#/bench?set=left"}, out[len(out)-1]); d != "" {
		t.Error(d)
	}
	_, out = play(m, RowShown{2})
	if d := cmp.Diff([]Effect{ReadRow{Run: 1, Set: 0, Row: 2}}, out); d != "" {
		t.Error(d)
	}
	m, _ = play(m, RowShown{2}, Replied{}, Navigated{View: Map, Finding: m.Items[0].ID})
	if got := m.Dataset().Info.Name; got != "right" || m.Plot.Class != 1 || m.Table.Shown != nil {
		t.Errorf("the finding leads to %q, class %d, row %v", got, m.Plot.Class, m.Table.Shown)
	}
}

// TestSetOfTheAddress: the set that the address names is shown once it is there.
func TestSetOfTheAddress(t *testing.T) {
	m, _ := play(twoSets(), Cleared{}, Route("#/map?set=left"))
	again := twoSets()
	m.Files, m.Running, m.Run = again.Files, true, 9
	m, _ = play(m, event(9, start("left/a.npy"), core.Event{Set: &again.Report.Subjects[1].Info}, core.Event{Result: again.Report.Subjects[1].Results[0]},
		core.Event{Set: &again.Report.Subjects[0].Info}, core.Event{Result: again.Report.Subjects[0].Results[0]}, done))
	if got := m.Dataset().Info.Name; got != "left" {
		t.Errorf("%q is shown", got)
	}
}

// TestForeseen: before a run, the page shows the sets that it would judge.
func TestForeseen(t *testing.T) {
	m, _ := play(ready(), added("a"), event(1, start("a"), core.Event{Plan: &core.Plan{Sets: []*core.SetInfo{{Subject: core.Rows, Name: "x"}}}}, done))
	if got := m.Foreseen(); len(got) != 1 || got[0].Name != "x" {
		t.Errorf("%v", got)
	}
}
