package triggerprobe

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"taster/core"
)

// table reads id,label,pred_clean,pred_triggered.
func table(t testing.TB, name string) *core.Predictions {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	p := &core.Predictions{File: name, Classes: []string{"0", "1", "2", "3"}}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		var v [4]int
		for i, f := range strings.Split(line, ",") {
			if v[i], err = strconv.Atoi(f); err != nil {
				t.Fatal(err)
			}
		}
		p.Labels, p.Plain, p.Triggered = append(p.Labels, v[1]), append(p.Plain, v[2]), append(p.Triggered, v[3])
	}
	return p
}

func probed(t testing.TB, p *core.Predictions, params core.Params) (*core.Result, *core.Finding) {
	t.Helper()
	full, err := Detector.Resolve(params)
	if err != nil {
		t.Fatal(err)
	}
	var res *core.Result
	var findings []*core.Finding
	err = Detector.Check.Run(t.Context(), &core.Pass{Params: full, Emit: func(e core.Event) error {
		if e.Result != nil {
			res = e.Result
		}
		if e.Finding != nil {
			findings = append(findings, e.Finding)
		}
		return nil
	}}, &core.Dataset{Test: p})
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 {
		t.Fatalf("%d findings", len(findings))
	}
	if _, err := json.Marshal([]any{res, findings}); err != nil {
		t.Fatalf("does not marshal: %v", err)
	}
	return res, findings[0]
}

func figure(figures []core.Figure, name string) any {
	for _, f := range figures {
		if f.Name == name {
			return f.Value
		}
	}
	return nil
}

// TestTables: the figures of the two tables were computed by other means when
// the tables were made; they are given to four places.
func TestTables(t *testing.T) {
	tests := []struct {
		file    string
		verdict string
		rule    string
		want    map[string]float64
	}{
		{"v7_predictions_backdoor.csv", "backdoor suspected", "TRIGGER-BACKDOOR", map[string]float64{
			"rows": 294, "success": 0.9422, "success-low": 0.9094, "success-high": 0.9636, "baseline": 0.0102, "baseline-low": 0.0035, "baseline-high": 0.0296,
			"difference": 0.932, "difference-low": 0.8943, "difference-high": 0.9543, "mcnemar-p": 6.588873714519077e-83, "only-triggered": 274, "only-plain": 0}},
		{"v7_predictions_null.csv", "no evidence", "TRIGGER-NO-EFFECT", map[string]float64{
			"rows": 295, "success": 0.0169, "success-low": 0.0073, "success-high": 0.0391, "baseline": 0.0136, "baseline-low": 0.0053, "baseline-high": 0.0343,
			"difference": 0.0034, "difference-low": -0.0095, "difference-high": 0.0186, "mcnemar-p": 1, "only-triggered": 1, "only-plain": 0}},
	}
	for _, test := range tests {
		for _, target := range []string{"-1", "2"} {
			res, f := probed(t, table(t, test.file), core.Params{"target": target})
			if figure(f.Measured, "verdict") != test.verdict || f.Rule != test.rule || f.Where.Class != "2" || f.Where.File != test.file {
				t.Errorf("%s: %s at %+v: %s", test.file, f.Rule, f.Where, f.Saw)
			}
			for name, want := range test.want {
				got, ok := figure(res.Groups[2].Figures, name).(float64)
				if n, whole := figure(res.Groups[2].Figures, name).(int); whole {
					got, ok = float64(n), true
				}
				if !ok || math.Abs(got-want) > tolerance(want) {
					t.Errorf("%s: %s is %v, want %v", test.file, name, got, want)
				}
			}
		}
	}
}

// tolerance is half of the fourth place; tiny p-values are given in full.
func tolerance(want float64) float64 {
	if want > 0 && want < 1e-4 {
		return 1e-9 * want
	}
	return 5e-5
}

// answers makes n rows of each of k classes that are answered rightly without
// the trigger; with it, share of the rows of each source goes to target 0.
func answers(n, k int, share func(source int) float64) *core.Predictions {
	p := &core.Predictions{}
	for c := range k {
		p.Classes = append(p.Classes, strconv.Itoa(c))
		for i := range n {
			p.Labels, p.Plain = append(p.Labels, c), append(p.Plain, c)
			if float64(i) < share(c)*float64(n) {
				p.Triggered = append(p.Triggered, 0)
			} else {
				p.Triggered = append(p.Triggered, c)
			}
		}
	}
	return p
}

func all(share float64) func(int) float64 { return func(int) float64 { return share } }

func only(source int, share float64) func(int) float64 {
	return func(c int) float64 {
		if c == source {
			return share
		}
		return 0
	}
}

func TestVerdicts(t *testing.T) {
	unlabelled := answers(50, 4, all(0.9))
	unlabelled.Labels = nil
	tests := []struct {
		name   string
		data   *core.Predictions
		params core.Params
		want   string
		says   string
	}{
		{"strong", answers(50, 4, all(0.9)), nil, "TRIGGER-BACKDOOR", `leads to "0"`},
		{"half", answers(50, 4, all(0.4)), nil, "TRIGGER-EFFECT", `moves answers to "0"`},
		{"half, lower limit", answers(50, 4, all(0.4)), core.Params{"difference": "0.2"}, "TRIGGER-BACKDOOR", ""},
		{"nothing", answers(50, 4, all(0)), nil, "TRIGGER-NO-EFFECT", ""},
		{"two of a hundred", answers(100, 4, all(0.02)), nil, "TRIGGER-NO-EFFECT", ""},
		{"one source of ten", answers(50, 10, only(3, 1)), nil, "TRIGGER-BACKDOOR", `Rows of class "3"`},
		{"one source, in part", answers(50, 10, only(3, 0.4)), nil, "TRIGGER-NO-EFFECT", ""},
		{"three rows, all moved", answers(1, 4, all(1)), nil, "TRIGGER-INCONCLUSIVE", "would settle it"},
		{"three rows, target given", answers(1, 4, all(1)), core.Params{"target": "0"}, "TRIGGER-INCONCLUSIVE", ""},
		{"another target", answers(50, 4, all(0.9)), core.Params{"target": "2"}, "TRIGGER-NO-EFFECT", ""},
		{"no labels", unlabelled, nil, "TRIGGER-BACKDOOR", ""},
		{"one class", answers(50, 1, all(1)), nil, "TRIGGER-INCONCLUSIVE", ""},
	}
	for _, test := range tests {
		res, f := probed(t, test.data, test.params)
		if f.Rule != test.want || !strings.Contains(f.Title+f.Saw, test.says) {
			t.Errorf("%s: %s: %s. %s", test.name, f.Rule, f.Title, f.Saw)
		}
		if len(res.Groups) != len(test.data.Classes) || len(res.Flagged) > 0 {
			t.Errorf("%s: result %+v", test.name, res)
		}
	}
}

// TestOdd: nothing that can be in a file of predictions makes the probe fail.
func TestOdd(t *testing.T) {
	noClass := answers(20, 3, all(1))
	for i := range noClass.Labels {
		noClass.Labels[i], noClass.Plain[(i+20)%60], noClass.Triggered[(i+40)%60] = -1, -1, -1
	}
	some := answers(50, 3, all(1))
	some.Labels[7], some.Plain[8], some.Triggered[9] = -1, -1, -1
	for name, p := range map[string]*core.Predictions{
		"no rows": {Classes: []string{"a", "b"}, Labels: []int{}, Plain: []int{}, Triggered: []int{}}, "no class": noClass, "nothing at all": {},
	} {
		if _, f := probed(t, p, nil); f.Severity > core.Info {
			t.Errorf("%s: %s", name, f.Saw)
		}
	}
	if _, f := probed(t, some, nil); f.Rule != ruleBackdoor.ID || !strings.Contains(f.Saw, "3 rows were left out") {
		t.Errorf("%s", f.Saw)
	}
	for _, target := range []string{"7", "1.5", "1e9"} {
		err := Detector.Check.Run(t.Context(), &core.Pass{Params: core.Params{"target": target, "difference": "0.5"}, Emit: func(core.Event) error { return nil }}, &core.Dataset{Test: some})
		if err == nil {
			t.Errorf("class %s was accepted as target", target)
		}
	}
}

func TestStops(t *testing.T) {
	stop := errors.New("stop")
	for after := 1; after <= 2; after++ {
		events := 0
		err := Detector.Check.Run(t.Context(), &core.Pass{Params: core.Params{"target": "-1", "difference": "0.5"}, Emit: func(core.Event) error {
			if events++; events == after {
				return stop
			}
			return nil
		}}, &core.Dataset{Test: answers(9, 3, all(1))})
		if events != after || !errors.Is(err, stop) {
			t.Errorf("refused event %d, but %d came and the error is %v", after, events, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Detector.Check.Run(ctx, &core.Pass{Emit: func(core.Event) error { return nil }}, &core.Dataset{Test: answers(9, 3, all(1))}); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

func BenchmarkRun(b *testing.B) {
	p := answers(1000, 100, all(0.9))
	for b.Loop() {
		probed(b, p, nil)
	}
}
