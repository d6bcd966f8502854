package state

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// TestPlanned: after a run without the data checks, the page knows which of
// them would run with the roles that the files have now.
func TestPlanned(t *testing.T) {
	catalog := Catalog{Views: views, Detectors: []*core.Detector{
		{Name: "code-execution", Wants: "pickle streams"},
		{Name: "outliers", Check: rows(core.RoleActivations)},
		{Name: "clusters", Check: rows(core.RoleActivations, core.RoleLabels)},
		{Name: "label-issues", Check: rows(core.RoleLabels, core.RoleProbs)},
		{Name: "contamination", Check: rows(core.RoleActivations), Asks: func(core.Params) string { return "share" }},
	}}
	m := New(catalog)
	m.Ready = true
	files := FilesAdded{Files: []File{{Path: "x.npy", Size: dataLimit + 1}, {Path: "y.npy", Size: 10}}}
	skipped := func(check string) core.Event {
		return core.Event{Coverage: &core.Coverage{Check: check, State: core.Skipped, Why: "not asked for yet"}}
	}
	m, _ = play(m, files, event(1, start("x.npy", "y.npy"),
		core.Event{Artifact: &core.Artifact{File: "x.npy", Role: core.RolePooled}}, core.Event{Artifact: &core.Artifact{File: "y.npy", Role: core.RoleOther}},
		skipped("outliers"), skipped("clusters"), skipped("label-issues"), skipped("contamination"), done))
	states := func() map[string]string {
		out := map[string]string{}
		for _, c := range m.Coverage()[2:] {
			out[c.Check] = c.State + ": " + c.Why
		}
		return out
	}
	want := map[string]string{"outliers": "ready: reads activations", "clusters": "needs: needs labels", "label-issues": "needs: needs labels and probs", "contamination": "skipped: not asked for yet"}
	if d := cmp.Diff(want, states()); d != "" {
		t.Error(d)
	}
	m, _ = play(m, RoleSet{"y.npy", core.RoleLabels})
	if p := m.Planned(); p.Ready != 2 || p.Need != 1 {
		t.Errorf("with labels %d ready and %d in need, want 2 and 1", p.Ready, p.Need)
	}
	m, _ = play(m, RunPressed{})
	if p := m.Planned(); p.Ready != 0 || p.Need != 0 {
		t.Errorf("%d and %d planned during the run", p.Ready, p.Need)
	}
}

// TestNext: what would let most checks run comes first, and what is there
// already is not asked for.
func TestNext(t *testing.T) {
	need := func(roles ...core.Role) *core.Detector { return &core.Detector{Check: rows(roles...)} }
	asks := need(core.RoleProbs)
	asks.Asks = func(core.Params) string { return "share" }
	m := New(Catalog{Views: views, Detectors: []*core.Detector{
		need(), need(core.RoleActivations), need(core.RoleLabels, core.RoleProbs), need(core.RoleActivations, core.RoleLabels), asks,
		need(core.RoleWeights, core.RoleBias), need(core.RoleLabels, core.RoleWeights, core.RoleBias), need(core.RoleLabels)}})
	m.Ready = true
	m, _ = play(m, added("y"), event(1, start("y"), core.Event{Artifact: &core.Artifact{File: "y", Role: core.RoleLabels}}))
	if m.Next() != nil {
		t.Error("something is asked for during the run")
	}
	m, _ = play(m, event(1, core.Event{Set: &core.SetInfo{Subject: core.Rows, Rows: 3}}, done))
	want := []Step{{[]core.Role{core.RoleActivations}, 2}, {[]core.Role{core.RoleProbs}, 1}}
	if d := cmp.Diff(want, m.Next()); d != "" {
		t.Error(d)
	}
}
