package state

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// measured is a run over 40 rows: even rows are class "3", odd ones "7". The
// score of a row is its number, 31 is not scored, and the detector flagged the
// rows of class "7" from 35 on.
func measured() []core.Event {
	const n = 40
	res := &core.Result{Detector: "spectral-signatures", Flagged: []int{35, 37, 39}, Points: &core.Points{},
		Scores: []core.Score{{Name: "art", Values: make(core.Floats, n)}, {Name: "paper", Values: make(core.Floats, n)}}, Clusters: make(core.Ints, n)}
	info := &core.SetInfo{Subject: core.Rows, Rows: n, Classes: []core.ClassInfo{{Name: "3", Size: 20}, {Name: "7", Size: 20}}, Labels: make(core.Ints, n)}
	for i := range n {
		info.Labels[i] = int32(i % 2)
		res.Scores[0].Values[i], res.Scores[1].Values[i] = float64(i), float64(-i)
		res.Points.X, res.Points.Y = append(res.Points.X, float64(i)), append(res.Points.Y, 0)
	}
	res.Scores[0].Values[31] = math.NaN()
	f := &core.Finding{Rule: "S", Plugin: "spectral-signatures", Severity: core.High, Where: core.Location{File: "x", Class: "7"}}
	return []core.Event{start("x"), {Set: info}, {Finding: f}, {Result: res}, done}
}

func plotted() Model {
	m, _ := play(ready(), added("x"), event(1, measured()...))
	return m
}

func TestPlotStartsAtTheWorstFinding(t *testing.T) {
	m := plotted()
	if got := m.ClassName(m.Plot.Class); got != "7" {
		t.Errorf("class %q is shown, want 7", got)
	}
	if m.Plot.Threshold != 35 || !m.Plot.HasCutoff {
		t.Errorf("the line is at %v (own %v), want the lowest flagged score, 35", m.Plot.Threshold, m.Plot.HasCutoff)
	}
	if d := cmp.Diff([]int{39, 37, 35}, m.Table.Order); d != "" {
		t.Error(d)
	}
	sum := 0
	for _, n := range m.Plot.Flagged {
		sum += n
	}
	if sum != 3 || len(m.Plot.Histogram.Values) != 19 {
		t.Errorf("%d flagged in %d values, want 3 in 19: the row without a score is left out", sum, len(m.Plot.Histogram.Values))
	}
}

// TestFindingWithoutClass: rows of all classes are shown with the check that
// flags them.
func TestFindingWithoutClass(t *testing.T) {
	other := &core.Result{Detector: "label-issues", Flagged: []int{2, 3}, Scores: []core.Score{{Name: "s", Values: make(core.Floats, 40)}}}
	events := measured()
	labels := &core.Finding{Rule: "L", Plugin: "label-issues", Severity: core.Medium, Where: core.Location{File: "x", Rows: []int{2, 3}}}
	m, _ := play(ready(), added("x"), event(1, append(events[:len(events)-1:len(events)-1], core.Event{Result: other}, core.Event{Finding: labels}, done)...))
	if m.Plot.Detector == "label-issues" {
		t.Error("the less serious finding is shown first")
	}
	m, _ = play(m, Navigated{View: Findings, Finding: m.Items[1].ID})
	if m.Plot.Class != AllClasses || m.Result() != other {
		t.Errorf("class %d and check %s are shown", m.Plot.Class, m.Result().Detector)
	}
	if d := cmp.Diff([]int{2, 3}, m.Plot.Suspects); d != "" {
		t.Error(d)
	}
}

func TestThreshold(t *testing.T) {
	m, _ := play(plotted(), ThresholdSet{33})
	if d := cmp.Diff([]int{33, 35, 37, 39}, m.Plot.Suspects); d != "" {
		t.Errorf("rows at the line count: %s", d)
	}
	width := m.Plot.Histogram.Width()
	m, _ = play(m, ThresholdStepped{-2})
	if got := m.Plot.Threshold; math.Abs(got-(33-2*width)) > 1e-9 {
		t.Errorf("two bins down is %v", got)
	}
	m, _ = play(m, ThresholdSet{1e9})
	if m.Plot.Threshold != m.Plot.Histogram.Hi {
		t.Errorf("the line left the plot: %v", m.Plot.Threshold)
	}
	m, _ = play(m, ThresholdSet{math.NaN()})
	if math.IsNaN(m.Plot.Threshold) {
		t.Error("the line is nowhere")
	}
	m, _ = play(m, ThresholdReset{})
	if m.Plot.Threshold != 35 || m.Plot.Moved {
		t.Errorf("reset: %v", m.Plot.Threshold)
	}
}

func TestChoosing(t *testing.T) {
	m, _ := play(plotted(), ClassChosen{AllClasses})
	if m.Plot.HasCutoff {
		t.Error("rows 36 and 38 lie above flagged ones: there is no single line")
	}
	if above := m.Plot.Histogram.Above(m.Plot.Threshold); above != 3 {
		t.Errorf("%d rows above the line, want as many as were flagged", above)
	}
	m, _ = play(m, ScoreChosen{"paper"})
	if m.Score().Name != "paper" || len(m.Plot.Histogram.Values) != 40 {
		t.Errorf("score %q of %d rows", m.Score().Name, len(m.Plot.Histogram.Values))
	}
	m, _ = play(m, event(1)) // nothing: choices stay
	if m.Plot.Class != AllClasses {
		t.Error("the choice was lost")
	}
}

func TestScatter(t *testing.T) {
	m := plotted()
	s := m.Plot.Picture
	if s.Mark[0] != MarkFaint || s.Mark[1] == MarkFaint {
		t.Errorf("marks %v", s.Mark[:2])
	}
	if got := slices.Index(s.Ring, 1); got != 35 {
		t.Errorf("first ring at %d, want 35", got)
	}
	m, _ = play(m, ClassChosen{AllClasses}, ColourChosen{ByClass})
	if d := cmp.Diff([]uint8{0, 1, 0}, m.Plot.Picture.Mark[:3]); d != "" {
		t.Error(d)
	}
	m, _ = play(m, ColourChosen{ByScore})
	s = m.Plot.Picture
	if s.Mark[31] != MarkOther || s.Mark[39] != MarkStep0+MarkSteps-1 || s.Mark[0] != MarkStep0 {
		t.Errorf("score marks: none %d, highest %d, lowest %d", s.Mark[31], s.Mark[39], s.Mark[0])
	}
	m, _ = play(m, ColourChosen{ByFlagged})
	if s = m.Plot.Picture; s.Mark[0] != MarkOther || s.Mark[39] == MarkOther {
		t.Errorf("flagged marks: %d, %d", s.Mark[0], s.Mark[39])
	}
}

// TestShapesThatDoNotFit: a result may hold fewer values than there are rows.
func TestShapesThatDoNotFit(t *testing.T) {
	es := measured()
	es[3].Result.Scores[0].Values = es[3].Result.Scores[0].Values[:5]
	es[3].Result.Clusters = es[3].Result.Clusters[:3]
	es[3].Result.Points.X, es[3].Result.Points.Y = es[3].Result.Points.X[:7], es[3].Result.Points.Y[:7]
	m, _ := play(ready(), added("x"), event(1, es...), ClassChosen{AllClasses}, ThresholdSet{0})
	if s := m.Plot.Picture; len(s.Mark) != 7 {
		t.Errorf("%d marks for 7 points", len(s.Mark))
	}
	if len(m.Plot.Suspects) != 5 {
		t.Errorf("%d suspects, want 5", len(m.Plot.Suspects))
	}
}

func TestQuarantine(t *testing.T) {
	m := plotted()
	m.Report.Datasets()[0].Info.Classes[1].Name = "=HYPERLINK(1)\u202e\n"
	_, got := play(m, Exported{"quarantine"})
	want := "row,label,detector,score,value,line\n" +
		"35,'=HYPERLINK(1)\\u202e\\u000a,spectral-signatures,art,35,detector\n37,'=HYPERLINK(1)\\u202e\\u000a,spectral-signatures,art,37,detector\n39,'=HYPERLINK(1)\\u202e\\u000a,spectral-signatures,art,39,detector\n"
	if d := cmp.Diff(want, string(got[0].(Save).Bytes)); d != "" {
		t.Error(d)
	}
	_, got = play(m, ThresholdSet{38.5}, Exported{"quarantine"})
	want = "row,label,detector,score,value,line\n39,'=HYPERLINK(1)\\u202e\\u000a,spectral-signatures,art,39,38.5\n"
	if d := cmp.Diff(want, string(got[0].(Save).Bytes)); d != "" {
		t.Error(d)
	}
}

// TestSamples: every file of a tile is on the list that boot.js loads, and exists.
func TestSamples(t *testing.T) {
	b, err := os.ReadFile("../../static/samples/index.json")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	if err := json.Unmarshal(b, &listed); err != nil {
		t.Fatal(err)
	}
	var used []string
	for _, s := range Samples() {
		used = append(used, s.Files...)
		if s.Truth != "" {
			used = append(used, s.Truth)
		}
	}
	slices.Sort(used)
	slices.Sort(listed)
	if d := cmp.Diff(listed, used); d != "" {
		t.Error(d)
	}
	for _, f := range used {
		if info, err := os.Stat("../../static/" + f); err != nil || info.Size() > 1_200_000 {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func BenchmarkReplot100k(b *testing.B) {
	es := measured()
	info, res := es[1].Set, es[3].Result
	const n = 100_000
	info.Rows, info.Labels = n, make(core.Ints, n)
	res.Scores[0].Values = make(core.Floats, n)
	for i := range n {
		info.Labels[i], res.Scores[0].Values[i] = int32(i%2), math.Sin(float64(i))
	}
	m, _ := play(ready(), added("x"), event(1, es...))
	for b.Loop() {
		m, _ = Update(m, ClassChosen{AllClasses})
	}
}

func TestPlanes(t *testing.T) {
	m := plotted()
	if d := cmp.Diff([]Plane{{0, 1}}, m.Planes()); d != "" {
		t.Errorf("of two components: %s", d)
	}
	p := m.Points()
	p.Z = make(core.Floats, len(p.X))
	p.Z[3] = 7
	m, _ = play(m, PlaneChosen{Plane{0, 2}})
	if got := m.Plot.Picture; got.X[3] != 3 || got.Y[3] != 7 {
		t.Errorf("row 3 is at %v, %v, want 3, 7", got.X[3], got.Y[3])
	}
	m.Points().Z = nil
	if m.Plane() != (Plane{0, 1}) {
		t.Errorf("without a third component %v is drawn", m.Plane())
	}
}
