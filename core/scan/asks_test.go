package scan

import (
	"context"
	"testing"

	"taster/core"
)

// TestAsks: a check that must be told something first says so, and runs when it
// was told.
func TestAsks(t *testing.T) {
	ran, rows := false, subject(&core.Dataset{X: &core.Matrix{Rows: 1, Cols: 1, Data: []float32{0}}}, core.RoleActivations)
	d := &core.Detector{Name: "asks", Title: "asks", Family: "geometry",
		Params: []core.Param{{Name: "share", Default: "0", Max: 1}},
		Asks: func(p core.Params) string {
			if p.Float("share") == 0 {
				return "share"
			}
			return ""
		},
		Check: core.On(rows, []core.Role{core.RoleActivations}, func(context.Context, *core.Pass, *core.Dataset) error { ran = true; return nil })}
	cfg := Config{Detectors: []*core.Detector{d}, Subjects: []*core.Subject{rows}}
	for share, want := range map[string]core.Coverage{"0": {Check: "asks", State: core.Skipped, Why: "set share to run it"}, "0.1": {Check: "asks", State: core.Ran, Why: "on 0 rows without labels"}} {
		var got core.Coverage
		ran = false
		err := Run(context.Background(), cfg, Job{Files: []core.Source{file("a", "x")}, Data: true, Params: map[string]core.Params{"asks": {"share": share}}}, func(e core.Event) error {
			if e.Coverage != nil && e.Coverage.Check == "asks" {
				got = *e.Coverage
			}
			return nil
		})
		if err != nil || got.State != want.State || ran != (want.State == core.Ran) {
			t.Errorf("share %s: %+v, ran %t, %v; want %+v", share, got, ran, err, want)
		}
	}
}
