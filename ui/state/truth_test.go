package state

import (
	"testing"

	"taster/core"
)

// TestReveal: what findings name is held against how the sample was made.
func TestReveal(t *testing.T) {
	m := twoSets()
	if _, out := play(m, Revealed{}); out != nil {
		t.Error("there is nothing to reveal")
	}
	m, _ = play(m, TruthGiven{[]int{3, 0}}, Revealed{})
	if got := m.Compared(); got != (Found{Found: 1, Of: 2}) || !m.Told || m.Announce != "Found 1 of 2" {
		t.Errorf("%+v, %q", got, m.Announce)
	}
	if !m.Suspect(0) || !m.Suspect(3) || m.Suspect(1) {
		t.Error("the map does not ring the poisoned rows")
	}
	m.Report.Findings = append(m.Report.Findings, &core.Finding{Severity: core.Medium, Where: core.Location{Rows: []int{1}}}, &core.Finding{Severity: core.Low, Where: core.Location{Rows: []int{2}}})
	if got := m.Compared(); got.Others != 1 {
		t.Errorf("%d other rows, want 1", got.Others)
	}
	if m, _ = play(m, added("b")); m.CanReveal() || len(m.Truth) != 0 {
		t.Error("the truth stays though other files came")
	}
}
