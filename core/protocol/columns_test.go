package protocol

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"taster/core"
)

// TestColumns carries events over as the worker and the page do.
func TestColumns(t *testing.T) {
	events := map[string]core.Event{
		"coverage": {Coverage: &core.Coverage{Check: "read", State: core.Ran}},
		"finding":  {Finding: &core.Finding{Rule: "R", Where: core.Location{File: "f", Rows: []int{3, 4}}}},
		"dataset":  {Set: &core.SetInfo{Subject: core.Rows, Rows: 3, Labels: core.Ints{0, 1, -1}, Classes: []core.ClassInfo{{Name: "a", Size: 1}}}},
		"bare":     {Result: &core.Result{Detector: "d", Groups: []core.Group{{Name: "a", Size: 3}}}},
		"full": {Result: &core.Result{Detector: "d", Params: core.Params{"k": "2"}, Flagged: []int{1, 1 << 40}, Clusters: core.Ints{0, -1, 1},
			Scores:  []core.Score{{Name: "s", Title: "S", Values: core.Floats{0.1, math.NaN(), math.Inf(1)}}, {Name: "t", Values: core.Floats{-0.0, 5e-324}}, {Name: "none"}},
			Points:  &core.Points{Title: "P", X: core.Floats{1}, Y: core.Floats{2}, Z: core.Floats{3}, Axes: []string{"x", "y", "z"}},
			Figures: []core.Figure{{Name: "n", Value: 1.5}}}},
		"plane": {Result: &core.Result{Points: &core.Points{X: core.Floats{1}, Y: core.Floats{2}}}},
	}
	for name, e := range events {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			var got core.Event
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			sent, taken := Columns(&e), Columns(&got)
			if len(sent) != len(taken) {
				t.Fatalf("%d columns were sent, %d are taken", len(sent), len(taken))
			}
			for i, c := range sent {
				copy(taken[i].Make(len(c.Bytes())), c.Bytes())
			}
			if d := cmp.Diff(e, got, cmpopts.EquateNaNs()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestColumnOfHalfAValue(t *testing.T) {
	var r core.Result
	groups := Columns(&core.Event{Result: &r})[1]
	if n := len(groups.Make(7)); n != 4 || len(r.Clusters) != 1 {
		t.Errorf("7 bytes are %d bytes of %d values", n, len(r.Clusters))
	}
	if groups.Make(3); r.Clusters != nil {
		t.Error("3 bytes are a value")
	}
}
