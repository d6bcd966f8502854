package state

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/report"
)

func TestParams(t *testing.T) {
	check := &core.Detector{Name: "c", Params: []core.Param{{Name: "n", Default: "2", Min: 1, Max: 9}, {Name: "mode", Default: "a", Choices: []string{"a", "b"}}}}
	for _, tt := range []struct {
		name    string
		msgs    []Msg
		want    map[string]core.Params
		refused bool
		stale   bool
	}{
		{"set", []Msg{ParamSet{"c", "n", "3"}}, map[string]core.Params{"c": {"n": "3"}}, false, true},
		{"choice", []Msg{ParamSet{"c", "mode", "b"}}, map[string]core.Params{"c": {"mode": "b"}}, false, true},
		{"back to the default", []Msg{ParamSet{"c", "n", "3"}, ParamSet{"c", "n", "2"}}, map[string]core.Params{}, false, true},
		{"no change", []Msg{ParamSet{"c", "n", "2"}}, map[string]core.Params{}, false, false},
		{"reset", []Msg{ParamSet{"c", "n", "3"}, ParamSet{"c", "mode", "b"}, ParamsReset{"c"}}, map[string]core.Params{}, false, true},
		{"out of range", []Msg{ParamSet{"c", "n", "10"}}, map[string]core.Params{}, true, false},
		{"no number", []Msg{ParamSet{"c", "n", "x"}}, map[string]core.Params{}, true, false},
		{"no choice", []Msg{ParamSet{"c", "mode", "z"}}, map[string]core.Params{}, true, false},
		{"refused, then right", []Msg{ParamSet{"c", "n", "x"}, ParamSet{"c", "n", "4"}}, map[string]core.Params{"c": {"n": "4"}}, false, true},
		{"unknown check", []Msg{ParamSet{"d", "n", "3"}}, map[string]core.Params{}, false, false},
		{"cleared", []Msg{ParamSet{"c", "n", "3"}, Cleared{}}, map[string]core.Params{}, false, false},
	} {
		m := New(Catalog{Views: views, Detectors: []*core.Detector{check}})
		m.Ready = true
		m, _ = play(m, append([]Msg{added("a"), event(1, start("a"), done)}, tt.msgs...)...)
		if d := cmp.Diff(tt.want, m.Params); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
		if (m.Refused != "") != tt.refused || m.Stale != tt.stale {
			t.Errorf("%s: refused %q, stale %t", tt.name, m.Refused, m.Stale)
		}
	}
}

func TestParamsAreSent(t *testing.T) {
	m := New(Catalog{Views: views, Detectors: []*core.Detector{{Name: "c", Params: []core.Param{{Name: "n", Default: "2", Max: 9}}}}})
	m, _ = play(m, added("a"), event(1, start("a"), done), ParamSet{"c", "n", "3"})
	_, effects := Update(m, RunPressed{})
	sent, ok := effects[0].(Send)
	if !ok || sent.Request.Run.Params["c"]["n"] != "3" {
		t.Errorf("effects %v", effects)
	}
}

func TestCheckPanel(t *testing.T) {
	m := New(Catalog{Views: views, Detectors: []*core.Detector{{Name: "c"}}})
	m, _ = play(m, CheckOpened{"nothing"})
	if m.Panel != NoPanel {
		t.Error("a check that does not exist was opened")
	}
	m, _ = play(m, CheckOpened{"c"})
	if d := m.Opened(); d == nil || d.Name != "c" {
		t.Errorf("opened %v", d)
	}
	if m, _ = play(m, KeyPressed{Key: "Escape"}); m.Opened() != nil {
		t.Error("Escape did not close it")
	}
}

func TestDispositionsSurviveARun(t *testing.T) {
	m, _ := play(ready(), added("a"), event(1, start("a"), finding(core.High, core.Moderate, "a"), done))
	id := m.Items[0].ID
	m, _ = play(m, Disposed{id, "false alarm"}, Noted{id, "known"}, added("b"), event(2, start("a", "b"), finding(core.High, core.Moderate, "a"), done))
	if d := cmp.Diff(map[string]report.Disposition{m.Items[0].ID: {State: "false alarm", Note: "known"}}, m.Dispositions); d != "" {
		t.Error(d)
	}
	m, _ = play(m, Disposed{id, ""}, Noted{id, ""})
	if len(m.Dispositions) != 0 {
		t.Errorf("left %v", m.Dispositions)
	}
}

func TestArtifactsWorstFirst(t *testing.T) {
	order := func(m *Model) (out []string) {
		for _, r := range m.Artifacts() {
			out = append(out, r.Path)
		}
		return out
	}
	read := func(name string) core.Event { return core.Event{Artifact: &core.Artifact{File: name}} }
	m, _ := play(ready(), added("a"), added("b"), event(2, start("a", "b"), read("a"), read("b"), finding(core.High, core.Moderate, "b")))
	if d := cmp.Diff([]string{"a", "b"}, order(&m)); d != "" {
		t.Error("while running:", d)
	}
	m, _ = play(m, event(2, done))
	if d := cmp.Diff([]string{"b", "a"}, order(&m)); d != "" {
		t.Error("at the end:", d)
	}
}
