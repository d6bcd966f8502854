package state

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/report"
)

// TestEarlier compares a run with a report that comes before it or after it.
func TestEarlier(t *testing.T) {
	low, high := finding(core.Low, core.HighConfidence, "a"), finding(core.High, core.HighConfidence, "a")
	old, err := report.AsEarlier(&core.Report{Inputs: []core.Input{{Path: "a"}}, Findings: []*core.Finding{low.Finding}})
	if err != nil {
		t.Fatal(err)
	}
	given := EarlierGiven{"old.json", old}
	for name, msgs := range map[string][]Msg{
		"before": {given, added("a"), event(1, start("a"), low, high, done)},
		"after":  {added("a"), event(1, start("a"), low, high, done), given},
	} {
		m, _ := play(ready(), msgs...)
		if m.Change == nil || len(m.Change.New) != 1 || len(m.Change.Same) != 1 || len(m.Change.Gone) != 0 {
			t.Fatalf("%s: %+v", name, m.Change)
		}
		if got := m.Age(m.Items[0].ID) + " " + m.Age(m.Items[1].ID); got != "new known" {
			t.Errorf("%s: the findings are %s", name, got)
		}
		if m, _ = play(m, added("b")); m.Change == nil {
			t.Errorf("%s: the comparison is gone before the next run begins", name)
		}
		if m, _ = play(m, event(m.Run, start("a", "b"))); m.Change != nil {
			t.Errorf("%s: a run that has begun is compared", name)
		}
		if m, _ = play(m, event(m.Run, low, done)); m.Change == nil || len(m.Change.New) != 0 {
			t.Errorf("%s: the next run is not compared", name)
		}
		if m, _ = play(m, EarlierDropped{}); m.Change != nil || m.Baseline() != nil || m.Age(m.Items[0].ID) != "" {
			t.Errorf("%s: the earlier report is not put away", name)
		}
	}
}

// TestAccepted: what a file accepts holds where the user has not decided.
func TestAccepted(t *testing.T) {
	list := AcceptedGiven{[]report.Acceptance{{Rule: "R-low", Reason: "r", Expires: "2026-01-01"}, {Rule: "R-high", Reason: "r", Expires: "2026-01-01"}}, "2026-01-01"}
	m, _ := play(ready(), added("a"), event(1, start("a"), finding(core.Low, core.HighConfidence, "a"), finding(core.High, core.HighConfidence, "a"), done))
	high, low := m.Items[0].ID, m.Items[1].ID
	m, _ = play(m, Disposed{high, report.FalseAlarm}, list)
	if m.Dispositions[high].State != report.FalseAlarm || m.Dispositions[low].State != report.Accepted {
		t.Errorf("%+v", m.Dispositions)
	}
}

// TestAcceptedForNothing: what has ended, and what covers no finding, is kept
// to be shown until the next run.
func TestAcceptedForNothing(t *testing.T) {
	ended := report.Acceptance{Rule: "R-low", Reason: "r", Expires: "2025-12-31"}
	unused := report.Acceptance{Rule: "R-high", Reason: "r", Expires: "2026-12-31"}
	m, _ := play(ready(), AcceptedGiven{[]report.Acceptance{ended, unused}, "2026-01-01"}, added("a"), event(1, start("a"), finding(core.Low, core.HighConfidence, "a"), done))
	if d := cmp.Diff([][]report.Acceptance{{ended}, {unused}}, [][]report.Acceptance{m.Ended, m.Unused}); d != "" {
		t.Error(d)
	}
	if m, _ = play(m, added("b"), event(2, start("a", "b"))); len(m.Ended)+len(m.Unused) > 0 {
		t.Errorf("a run that has begun still has %d", len(m.Ended)+len(m.Unused))
	}
}
