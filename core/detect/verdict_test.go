package detect_test

import (
	"testing"

	"taster/core"
	"taster/core/builtin"
	"taster/core/scan"
	"taster/core/verdict"
)

// given are the parts of a sample that a user may have.
var given = map[string][]string{
	"activations and labels": {"activations", "labels"},
	"with the final layer":   {"activations", "labels", "oos_pred_probs", "fc_weight", "fc_bias"},
	"everything":             {"activations", "labels", "oos_pred_probs", "clean_activations", "clean_labels", "fc_weight", "fc_bias"},
}

// TestVerdictBars runs the engine with every plug-in over the files of each
// sample, no setting changed: what was planted is found, and no class is
// accused where nothing was, or where only labels moved.
func TestVerdictBars(t *testing.T) {
	const bar = 0.97
	for _, name := range cases {
		for what, parts := range given {
			t.Run(name+"/"+what, func(t *testing.T) {
				s := load(t, name)
				var rows []int
				for _, f := range scanned(t, s, parts) {
					if f.Rule == "POISON-GROUP" {
						if f.Severity != core.High {
							t.Errorf("severity %v: %s", f.Severity, f.Saw)
						}
						rows = append(rows, f.Where.Rows...)
					}
				}
				switch poisoned := name[0] == 'm'; {
				case !poisoned && len(rows) > 0:
					t.Errorf("%d rows accused", len(rows))
				case poisoned && !(f1(s.Poison, rows) >= bar):
					t.Errorf("F1 %.4f, the bar is %.2f", f1(s.Poison, rows), bar)
				}
			})
		}
	}
}

// scanned is what the engine finds in parts of a sample.
func scanned(t *testing.T, s *sample, parts []string) []*core.Finding {
	t.Helper()
	job := scan.Job{Data: true}
	for _, part := range parts {
		job.Files = append(job.Files, core.Bytes(part+".npy", unpacked(t, s.dir, part)))
	}
	var r core.Report
	if err := scan.Run(t.Context(), builtin.Config(), job, func(e core.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	return r.Findings
}

// TestVerdict: what is made of the words of several tests.
func TestVerdict(t *testing.T) {
	info := core.SetInfo{Rows: 8, Labels: core.Ints{0, 0, 0, 0, 1, 1, 1, 1}, Classes: []core.ClassInfo{{Name: "a", Size: 4}, {Name: "b", Size: 4}}}
	says := func(name string, flagged []int, a core.Accusation) *core.Result {
		return &core.Result{Detector: name, Family: "geometry", Flagged: flagged, Groups: []core.Group{{Name: "a", Accused: &a}, {Name: "b"}}}
	}
	cleared := &core.Result{Detector: "scan", Groups: []core.Group{{Name: "a", Cleared: "trusted rows lie in both"}}}
	labels := &core.Result{Detector: "labels", Family: "label", Flagged: []int{2, 3}}
	quantile := &core.Result{Detector: "spectral", Flagged: []int{0, 1, 2, 4, 5, 6}, Groups: []core.Group{{Name: "a"}, {Name: "b"}}}
	far := says("split", []int{2, 3}, core.Accusation{Beyond: 3.5})
	near := says("split", []int{2, 3}, core.Accusation{Beyond: 3.4})
	one := says("split", []int{2, 3}, core.Accusation{Saw: "far apart."})
	tests := []struct {
		name       string
		results    []*core.Result
		rule       string
		severity   core.Severity
		confidence core.Confidence
		rows       int
	}{
		{"nobody accuses", []*core.Result{quantile, labels}, "", 0, 0, 0},
		{"one accuses", []*core.Result{one, quantile}, "POISON-GROUP", core.High, core.Moderate, 2},
		{"one doubts", []*core.Result{says("split", []int{2}, core.Accusation{Doubt: "few classes"})}, "POISON-GROUP", core.Medium, core.LowConfidence, 1},
		{"two accuse", []*core.Result{one, says("scan", []int{0, 1, 2}, core.Accusation{Oriented: true})}, "POISON-GROUP", core.High, core.HighConfidence, 3},
		{"trusted rows clear", []*core.Result{one, cleared}, "NATURAL-GROUPS", core.Info, core.Moderate, 2},
		{"labels explain it", []*core.Result{one, labels}, "LABEL-NOISE-GROUP", core.Low, core.Moderate, 2},
		{"labels explain rows near another class", []*core.Result{near, labels}, "LABEL-NOISE-GROUP", core.Low, core.Moderate, 2},
		{"labels do not explain rows far from every class", []*core.Result{far, labels}, "POISON-GROUP", core.High, core.Moderate, 2},
		{"labels flag everything", []*core.Result{one, {Detector: "labels", Family: "label", Flagged: []int{0, 1, 2, 3}}}, "POISON-GROUP", core.High, core.Moderate, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := &verdict.Input{Info: info, Results: test.results}
			found := in.Findings()
			if test.rule == "" {
				if len(found) > 0 {
					t.Errorf("findings %+v", found[0])
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("%d findings", len(found))
			}
			f := found[0]
			if f.Rule != test.rule || f.Severity != test.severity || f.Confidence != test.confidence || len(f.Where.Rows) != test.rows || f.Where.Class != "a" {
				t.Errorf("%s, %v, %v, %d rows: %s", f.Rule, f.Severity, f.Confidence, len(f.Where.Rows), f.Saw)
			}
		})
	}
}
