package state

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taster/core"
)

// costed are checks whose costs are easy to follow, in the order of the catalog.
func costed() []*core.Detector {
	needs := []core.Role{core.RoleActivations}
	linear := func(s core.Size) core.Cost { return core.Cost{Own: s.Cells() / 1e6} }
	graph := func(s core.Size) core.Cost { return core.Cost{Own: 1, Graph: float64(s.Rows) / 1000} }
	return []*core.Detector{
		{Name: "file", Wants: "pickle streams"},
		{Name: "linear", Check: rows(needs...), Cost: linear},
		{Name: "first", Check: rows(needs...), Cost: graph},
		{Name: "second", Check: rows(needs...), Cost: graph},
		{Name: "unknown", Check: rows(needs...)},
		{Name: "labelled", Check: rows(core.RoleActivations, core.RoleLabels), Cost: linear},
		{Name: "asks", Check: rows(needs...), Cost: linear, Asks: func(core.Params) string { return "a share" }},
	}
}

func large() core.Event {
	return core.Event{Artifact: &core.Artifact{File: "x.npy", Role: core.RoleActivations, Tensors: []core.Tensor{{Shape: []int64{10_000, 20, 10}}}}}
}

func seconds(m *Model) map[string]float64 {
	out := map[string]float64{}
	for _, c := range m.Coverage() {
		if c.Seconds > 0 {
			out[c.Check] = c.Seconds
		}
	}
	return out
}

// TestEstimate: before a run of large files the costs are those of the checks,
// and after one checks took twice as long, twice that.
func TestEstimate(t *testing.T) {
	m := New(Catalog{Views: views, Detectors: costed()})
	skipped := core.Event{Coverage: &core.Coverage{Check: "first", State: core.Skipped}}
	var skip []core.Event
	for _, d := range costed()[1:] {
		c := *skipped.Coverage
		c.Check = d.Name
		skip = append(skip, core.Event{Coverage: &c})
	}
	first := append([]core.Event{start("x.npy"), large()}, skip...)
	m, _ = play(m, FilesAdded{Files: []File{{Path: "x.npy", Size: dataLimit + 1}}}, event(1, append(first, done)...))
	want := map[string]float64{"linear": 2, "first": 11, "second": 1}
	if d := cmp.Diff(want, seconds(&m)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Plan{Ready: 4, Need: 1, Seconds: 14, More: true}, m.Planned()); d != "" {
		t.Error(d)
	}

	m, _ = play(m, RunPressed{})
	at := func(ms int64, es ...core.Event) Replied {
		msg := event(2, es...)
		msg.At = ms
		return msg
	}
	result := func(check string) core.Event { return core.Event{Result: &core.Result{Detector: check}} }
	m, _ = play(m, at(1000, start("x.npy"), large(), core.Event{Set: &core.SetInfo{Subject: core.Rows, Rows: 10_000, Dims: 200}}))
	if d := cmp.Diff(want, seconds(&m)); d != "" {
		t.Error("under way", d)
	}
	m, _ = play(m, at(5000, result("linear"), core.Event{Coverage: &core.Coverage{Check: "linear", State: core.Ran}}))
	if d := cmp.Diff(map[string]float64{"first": 22, "second": 2}, seconds(&m)); d != "" {
		t.Error("after one check", d)
	}
	m, _ = play(m, at(27_000, result("first"), core.Event{Coverage: &core.Coverage{Check: "first", State: core.Ran}}))
	if d := cmp.Diff(map[string]float64{"second": 2}, seconds(&m)); d != "" {
		t.Error("after two", d)
	}
	m, _ = play(m, CancelPressed{}, Cleared{})
	if m.Pace.Factor() != 2 {
		t.Errorf("the pace of the tab is %v, want 2", m.Pace.Factor())
	}
}

// TestTooLarge: what does not fit in memory is read class by class, or not.
func TestTooLarge(t *testing.T) {
	needs := []core.Role{core.RoleActivations}
	cost := func(graph float64) func(core.Size) core.Cost {
		return func(core.Size) core.Cost { return core.Cost{Own: 1, Graph: graph} }
	}
	m := New(Catalog{Views: views, Cells: 1_999_999, Detectors: []*core.Detector{
		{Name: "by class", Check: rows(needs...), Stored: true, Cost: cost(0)},
		{Name: "held", Check: rows(needs...), Cost: cost(0)},
		{Name: "neighbours", Check: rows(needs...), Stored: true, Cost: cost(2)},
	}})
	skip := func(check string) core.Event {
		return core.Event{Coverage: &core.Coverage{Check: check, State: core.Skipped}}
	}
	m, _ = play(m, FilesAdded{Files: []File{{Path: "x.npy", Size: dataLimit + 1}}}, event(1, start("x.npy"), large(), skip("by class"), skip("held"), skip("neighbours"), done))
	if d := cmp.Diff(map[string]float64{"by class": 1}, seconds(&m)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Plan{Ready: 2, Need: 1, Seconds: 1, More: true}, m.Planned()); d != "" {
		t.Error(d)
	}
	if c := m.Coverage()[2]; c.State != core.Needs || c.Why != "needs activations that fit in memory" {
		t.Errorf("%v", c)
	}
}

func TestPaceIgnoresShortChecks(t *testing.T) {
	m := New(Catalog{Views: views, Detectors: costed()})
	m, _ = play(m, added("x.npy"))
	small := core.Event{Set: &core.SetInfo{Subject: core.Rows, Rows: 100, Dims: 10}}
	m, _ = play(m, event(1, start("x.npy"), small), Replied{At: 9000, Replies: event(1, core.Event{Result: &core.Result{Detector: "linear"}}).Replies})
	if m.Pace.Factor() != 1 {
		t.Errorf("a check of a millisecond set the pace to %v", m.Pace.Factor())
	}
}

func TestSize(t *testing.T) {
	probs := core.Event{Artifact: &core.Artifact{File: "p.csv", Role: core.RoleProbs, Table: &core.Table{Rows: 70, Columns: make([]core.Column, 3)}}}
	hostile := func(shape ...int64) core.Event {
		return core.Event{Artifact: &core.Artifact{File: "x.npy", Role: core.RoleActivations, Tensors: []core.Tensor{{Shape: shape}}}}
	}
	for _, c := range []struct {
		name   string
		events []core.Event
		want   core.Size
	}{
		{"nothing", nil, core.Size{}},
		{"activations", []core.Event{large()}, core.Size{Rows: 10_000, Dims: 200}},
		{"a table of probabilities", []core.Event{probs}, core.Size{Rows: 70, Classes: 3, Probs: true}},
		{"what was loaded counts", []core.Event{large(), probs, {Set: &core.SetInfo{Subject: core.Rows, Rows: 7, Dims: 2}}}, core.Size{Rows: 7, Dims: 2, Classes: 3, Probs: true}},
		{"a scalar", []core.Event{hostile()}, core.Size{}},
		{"more than there can be", []core.Event{hostile(math.MaxInt64, 3, math.MaxInt64)}, core.Size{}},
		{"less than nothing", []core.Event{hostile(-1, 3)}, core.Size{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _ := play(New(Catalog{Views: views}), added("x.npy", "p.csv"), event(1, append([]core.Event{start("x.npy", "p.csv")}, c.events...)...))
			if d := cmp.Diff(c.want, m.size()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestLeft(t *testing.T) {
	type seen struct {
		at, done, total int64
		step            string
	}
	for _, c := range []struct {
		name  string
		seen  []seen
		want  float64
		known bool
	}{
		{"nothing", nil, 0, false},
		{"too early", []seen{{0, 0, 100, "a"}, {1000, 10, 100, "a"}}, 0, false},
		{"steady", []seen{{0, 0, 100, "a"}, {1000, 10, 100, "a"}, {3000, 30, 100, "a"}}, 7, true},
		{"the same again", []seen{{0, 0, 100, "a"}, {1000, 10, 100, "a"}, {3000, 30, 100, "a"}, {9000, 30, 100, "a"}}, 7, true},
		{"another step", []seen{{0, 0, 100, "a"}, {3000, 30, 100, "a"}, {3100, 0, 100, "b"}}, 0, false},
		{"begins again", []seen{{0, 0, 100, "a"}, {3000, 30, 100, "a"}, {3100, 0, 100, "a"}}, 0, false},
		{"no end is known", []seen{{0, 0, 0, "a"}, {3000, 30, 0, "a"}}, 0, false},
		{"past the end", []seen{{0, 0, 100, "a"}, {3000, 130, 100, "a"}}, 0, false},
		{"done", []seen{{0, 0, 100, "a"}, {3000, 100, 100, "a"}}, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w Watch
			for _, s := range c.seen {
				w = w.follow(core.Progress{Step: s.step, Done: s.done, Total: s.total}, s.at)
			}
			got, known := w.Left()
			if known != c.known || !cmp.Equal(got, c.want, cmpopts.EquateApprox(1e-9, 0)) {
				t.Errorf("%v %v, want %v %v", got, known, c.want, c.known)
			}
		})
	}
}

// TestLeftFollowsTheRate: a step that becomes four times slower is soon told so.
func TestLeftFollowsTheRate(t *testing.T) {
	var w Watch
	done := int64(0)
	for at := int64(0); at <= 40_000; at += 100 {
		if done += 4; at > 20_000 {
			done -= 3
		}
		w = w.follow(core.Progress{Step: "a", Done: done, Total: 10_000}, at)
	}
	exact := float64(10_000-done) / 10
	if got, _ := w.Left(); math.Abs(got-exact) > exact/10 {
		t.Errorf("%v s left, want about %v", got, exact)
	}
}

func TestAbout(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "under 1 s", 0.99: "under 1 s", 1: "about 1 s", 9.4: "about 9 s", 9.6: "about 10 s", 12.6: "about 15 s", 41: "about 40 s",
		57.4: "about 55 s", 58: "about 1 min", 100: "about 2 min", 3400: "about 57 min", 3500: "about 1 h", 9000: "about 3 h",
		1e9: "days", math.Inf(1): "days",
	} {
		if got := About(seconds); got != want {
			t.Errorf("%v s are %q, want %q", seconds, got, want)
		}
	}
	if got := About(math.NaN()); got != "under 1 s" {
		t.Errorf("no number is %q", got)
	}
}
