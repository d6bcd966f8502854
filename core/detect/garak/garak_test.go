package garak

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"taster/core"
	"taster/core/answers"
	"taster/core/coretest"
	"taster/core/format/jsonl"
)

func judge(t *testing.T, text string) ([]*core.Finding, *core.Result) {
	t.Helper()
	a, _ := coretest.Open(t, []*core.Format{jsonl.Format}, core.Bytes("x.report.jsonl", []byte(text)))
	if role := answers.Subject.Suggest([]*core.Artifact{a})[a.Path()]; role != core.RoleGarak {
		t.Fatalf("it is taken for %q", role)
	}
	a.Role = core.RoleGarak
	var findings []*core.Finding
	var res *core.Result
	emit := func(e core.Event) error {
		if e.Finding != nil {
			findings = append(findings, e.Finding)
		}
		if e.Result != nil {
			res = e.Result
		}
		return nil
	}
	loaded, err := answers.Subject.Load(context.Background(), &core.Loading{Set: answers.Subject.Sets([]*core.Artifact{a})[0], Emit: emit})
	if err != nil {
		t.Fatal(err)
	}
	if err := Detector.Check.Run(context.Background(), &core.Pass{Emit: emit}, loaded.Data); err != nil {
		t.Fatal(err)
	}
	return findings, res
}

func attempts(n, hits int, extra string) string {
	var b strings.Builder
	for i := range n {
		score := "0.0"
		if i < hits {
			score = "1.0"
		}
		fmt.Fprintf(&b, `{"entry_type":"attempt","status":1,"probe_classname":"a.B","outputs":[],"detector_results":{}}`+"\n")
		fmt.Fprintf(&b, `{"entry_type":"attempt","status":2,"probe_classname":"a.B","prompt":{"turns":[{"role":"user","content":{"text":"x"}}]},"outputs":[{"text":"y"},null],"detector_results":{"c.D":[%s,null]}}`+"\n", score)
	}
	return b.String() + extra
}

const (
	setup = `{"entry_type":"start_run setup","run.eval_threshold":0.5}` + "\n"
	ended = `{"entry_type":"completion","run":"1"}` + "\n"
)

func rulesOf(findings []*core.Finding) string {
	var out []string
	for _, f := range findings {
		out = append(out, fmt.Sprint(f.Rule, " ", f.Severity))
	}
	return strings.Join(out, ", ")
}

func TestReports(t *testing.T) {
	newer := `{"entry_type":"eval","probe":"a.B","detector":"c.D","passed":%d,"fails":%d,"nones":40,"total_evaluated":40}` + "\n"
	older := `{"entry_type":"eval","probe":"a.B","detector":"detector.c.D","passed":%d,"total":40}` + "\n"
	for _, c := range []struct {
		name, text string
		want       string
		hits, n    int
	}{
		{"newer", setup + attempts(40, 13, fmt.Sprintf(newer, 27, 13)) + ended, "GARAK-HITS medium", 13, 40},
		{"older", setup + attempts(40, 13, fmt.Sprintf(older, 27)) + ended, "GARAK-HITS medium", 13, 40},
		{"no hit", setup + attempts(40, 0, fmt.Sprintf(newer, 40, 0)) + ended, "GARAK-HITS info", 0, 40},
		{"most", setup + attempts(40, 36, fmt.Sprintf(newer, 4, 36)) + ended, "GARAK-HITS high", 36, 40},
		{"edited", setup + attempts(40, 13, fmt.Sprintf(newer, 40, 0)) + ended, "GARAK-HITS medium, GARAK-DIFFERS medium", 13, 40},
		{"extract", setup + attempts(4, 0, fmt.Sprintf(newer, 27, 13)) + ended, "GARAK-HITS medium, GARAK-DIFFERS medium", 13, 40},
		{"not ended", setup + attempts(40, 0, ""), "GARAK-HITS info, GARAK-NOT-ENDED low", 0, 40},
		{"another threshold", `{"entry_type":"start_run setup","run.eval_threshold":1.5}` + "\n" + attempts(40, 13, "") + ended, "GARAK-HITS info", 0, 40},
		{"few", setup + attempts(5, 5, "") + ended, "GARAK-HITS low", 5, 5},
		{"nonsense", setup + attempts(40, 0, `{"entry_type":"eval","probe":"a.B","detector":"c.D","passed":50,"total":40}`+"\n") + ended, "GARAK-HITS info", 0, 40},
	} {
		findings, res := judge(t, c.text)
		if got := rulesOf(findings); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		g := res.Groups[0]
		if g.Name != "a.B / c.D" || g.Figures[0].Value != c.hits || g.Figures[1].Value != c.n {
			t.Errorf("%s: %+v", c.name, g)
		}
	}
}

// The interval is Wilson's: 13 of 50.
func TestInterval(t *testing.T) {
	findings, _ := judge(t, setup+attempts(50, 13, "")+ended)
	low, high := findings[0].Measured[3].Value.(float64), findings[0].Measured[4].Value.(float64)
	if math.Abs(low-0.1587) > 5e-5 || math.Abs(high-0.3955) > 5e-5 {
		t.Errorf("%v to %v", low, high)
	}
}

func TestHitLog(t *testing.T) {
	line := `{"goal":"g","prompt":"p","output":"o","triggers":null,"score":1.0,"run_id":"1","attempt_id":"%d","attempt_seq":0,"generator":"m","probe":"a.B","detector":"c.D","generations_per_prompt":10}` + "\n"
	text := ""
	for i := range 7 {
		text += fmt.Sprintf(line, i)
	}
	findings, res := judge(t, text)
	if got := rulesOf(findings); got != "GARAK-HITS low" || len(findings[0].Where.Rows) != 7 || res.Groups[0].Size != 7 {
		t.Errorf("%s: %+v", got, findings)
	}
}
