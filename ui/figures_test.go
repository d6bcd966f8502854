package ui

import (
	"math"
	"strings"
	"testing"

	"taster/core/report"
	"taster/ui/state"
)

func TestBarStyle(t *testing.T) {
	for part, want := range map[float64]string{0.5: "--part: 0.500", 2: "--part: 1.000", 0: "", -1: "", math.NaN(): "", math.Inf(-1): ""} {
		if got := barStyle(part); got != want {
			t.Errorf("%v: %q, want %q", part, got, want)
		}
	}
}

func TestAtPercentile(t *testing.T) {
	values := []float64{1, 2, 3, 4}
	for percentile, want := range map[float64]float64{0: 1, 50: 3, 99: 4} {
		if got := atPercentile(values, percentile); got != want {
			t.Errorf("%v %%: %v, want %v", percentile, got, want)
		}
	}
	for _, percentile := range []float64{-30, 100, math.NaN(), math.Inf(1)} {
		if got := atPercentile(values, percentile); !math.IsNaN(got) {
			t.Errorf("%v %%: %v", percentile, got)
		}
	}
}

// TestAcceptedShows what holds nothing any more, and why.
func TestAcceptedShows(t *testing.T) {
	m := checkpoint()
	m.Accepted = make([]report.Acceptance, 3)
	m.Ended = []report.Acceptance{{Rule: "PICKLE-CALL", Path: "models/", Reason: "old test", Expires: "2025-01-31"}}
	m.Unused = []report.Acceptance{{ID: "F-0123456789ab", Reason: "gone", Expires: "2099-01-01"}}
	html := render(t, m)
	for _, want := range []string{"1 in force, 1 past the last day, 1 without a finding.", "ended 2025-01-31", "PICKLE-CALL in models/", "covers nothing", "F-0123456789ab"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if m := dataset(); strings.Contains(render(t, m), "Accepted findings") {
		t.Error("a list that nobody gave is shown")
	}
}

// TestShortcuts: the sheet has each key of a place once.
func TestShortcuts(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range (&Panels{M: &state.Model{}}).Shortcuts() {
		for _, s := range g.Keys {
			for _, k := range s.Each() {
				if seen[g.Title+k] {
					t.Errorf("%s: %q stands twice", g.Title, k)
				}
				seen[g.Title+k] = true
			}
		}
	}
	for _, k := range strings.Fields("o r 1 2 3 e d t ?") {
		if !seen["Everywhere"+k] {
			t.Errorf("the sheet leaves %q out", k)
		}
	}
}
