package labelissues

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
	"taster/core/format/npy"
)

var cases = []string{"digits-clean", "digits-labelflip-8pct", "mnist-badnets-3pct", "mnist-tact-2pct", "mnist-cleanlabel"}

// golden is what cleanlab 2.9.0 made of a case (testdata/gen/labels.py of the
// module).
type golden struct {
	Thresholds   []float64      `json:"confident_thresholds"`
	Joint        square         `json:"confident_joint"`
	Uncalibrated square         `json:"confident_joint_uncalibrated"`
	Shares       square         `json:"joint"`
	Counts       map[string]int `json:"num_label_issues"`
	Filters      map[string][]int
	Ranked       map[string]map[string][]int
	Options      map[string][]int
	FromFeatures []int `json:"from_features"`
	Poison       []int
	Health       struct {
		Score   float64 `json:"overall_label_health_score"`
		Classes []struct {
			Class   int     `json:"Class Index"`
			Issues  int     `json:"Label Issues"`
			Missing int     `json:"Inverse Label Issues"`
			Noise   float64 `json:"Label Noise"`
			Inverse float64 `json:"Inverse Label Noise"`
			Quality float64 `json:"Label Quality Score"`
		} `json:"classes_by_label_quality"`
		Pairs []struct {
			A     int     `json:"Class Index A"`
			B     int     `json:"Class Index B"`
			Rows  int     `json:"Num Overlapping Examples"`
			Share float64 `json:"Joint Probability"`
		} `json:"overlapping_classes"`
	}
}

func load(t testing.TB, name, probs string) (*core.Dataset, *golden) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name, "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	labels := array(t, name, "labels")
	p := array(t, name, probs)
	d := &core.Dataset{File: "labels.npy", Probs: &core.Matrix{Rows: len(labels), Cols: len(p) / len(labels)}}
	for _, v := range p {
		d.Probs.Data = append(d.Probs.Data, float32(v))
	}
	for _, v := range labels {
		d.Labels = append(d.Labels, int(v))
	}
	for c := range d.Probs.Cols {
		d.Classes = append(d.Classes, strconv.Itoa(c))
	}
	return d, &g
}

func array(t testing.TB, dir, name string) []float64 {
	t.Helper()
	values, _ := coretest.Array(t, npy.Format, "testdata", dir, name+".npy.gz")
	return values
}

func still(int) error { return nil }

func TestJoint(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			d, want := load(t, name, "oos_pred_probs")
			table := newTable(d, d.Probs)
			s, err := table.take(t.Context(), newScorer(selfConfidence, false), still)
			if err != nil {
				t.Fatal(err)
			}
			for c, v := range want.Thresholds {
				near(t, "threshold", s.thresholds[c], v, 1e-12)
			}
			if diff := cmp.Diff(want.Uncalibrated, s.joint); diff != "" {
				t.Errorf("confident joint (-want +got):\n%s", diff)
			}
			joint := s.joint.calibrated(table.sizes)
			if diff := cmp.Diff(want.Joint, joint); diff != "" {
				t.Errorf("calibrated joint (-want +got):\n%s", diff)
			}
			checkHealth(t, newHealth(joint), want)
		})
	}
}

func checkHealth(t *testing.T, h *health, want *golden) {
	t.Helper()
	for g, row := range want.Shares {
		for j, v := range row {
			near(t, "share", h.joint[g][j], v, 1e-12)
		}
	}
	for _, c := range want.Health.Classes {
		near(t, "noise", h.noise[c.Class], c.Noise, 1e-12)
		near(t, "inverse noise", h.inverse[c.Class], c.Inverse, 1e-12)
		if h.issues[c.Class] != c.Issues || h.missing[c.Class] != c.Missing {
			t.Errorf("class %d: %d issues and %d inverse, want %d and %d", c.Class, h.issues[c.Class], h.missing[c.Class], c.Issues, c.Missing)
		}
	}
	got := map[[2]int]pair{}
	for _, p := range h.pairs {
		got[[2]int{p.a, p.b}] = p
	}
	for _, p := range want.Health.Pairs {
		g := got[[2]int{p.A, p.B}]
		if g.rows != p.Rows {
			t.Errorf("classes %d and %d: %d rows, want %d", p.A, p.B, g.rows, p.Rows)
		}
		near(t, "overlap", g.share, p.Share, 1e-12)
	}
	for i := 1; i < len(h.pairs); i++ {
		if h.pairs[i-1].rows < h.pairs[i].rows {
			t.Errorf("pair %d comes before one of more rows", i-1)
		}
	}
}

func detect(t testing.TB, d *core.Dataset, params core.Params) (*core.Result, []*core.Finding) {
	t.Helper()
	full, err := Detector.Resolve(params)
	if err != nil {
		t.Fatal(err)
	}
	var res *core.Result
	var findings []*core.Finding
	err = Detector.Check.Run(t.Context(), &core.Pass{Params: full, Limits: core.Limits{}.WithDefaults(), Emit: func(e core.Event) error {
		if e.Result != nil {
			res = e.Result
		}
		if e.Finding != nil {
			findings = append(findings, e.Finding)
		}
		return nil
	}}, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(struct {
		R *core.Result
		F []*core.Finding
	}{res, findings}); err != nil {
		t.Fatalf("does not marshal: %v", err)
	}
	return res, findings
}

func TestFilters(t *testing.T) {
	for _, name := range cases {
		d, want := load(t, name, "oos_pred_probs")
		for filter, rows := range want.Filters {
			res, findings := detect(t, d, core.Params{"filter": filter})
			if diff := cmp.Diff(rows, res.Flagged); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, filter, diff)
			}
			if filter == byNoiseRate {
				near(t, "health", measured(findings[0], "health").(float64), want.Health.Score, 1e-12)
				if n := measured(findings[0], "estimated-issues"); n != want.Counts["off_diagonal_calibrated"] {
					t.Errorf("%s: %v issues estimated, want %d", name, n, want.Counts["off_diagonal_calibrated"])
				}
			}
		}
		checkRanks(t, d, want)
	}
}

// checkRanks compares the order of the flagged rows.
func checkRanks(t *testing.T, d *core.Dataset, want *golden) {
	t.Helper()
	for rank, order := range want.Ranked[byNoiseRate] {
		res, _ := detect(t, d, core.Params{"rank": rank})
		v := res.Scores[0].Values
		for i := 1; i < len(order); i++ {
			if v[order[i-1]] < v[order[i]]-1e-12 {
				t.Errorf("%s: row %d (%v) is ranked before row %d (%v)", rank, order[i-1], v[order[i-1]], order[i], v[order[i]])
			}
		}
	}
}

func measured(f *core.Finding, name string) any {
	for _, m := range f.Measured {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

func TestOptions(t *testing.T) {
	for _, name := range cases {
		d, want := load(t, name, "oos_pred_probs")
		tested := 0
		for option, rows := range want.Options {
			filter, setting, _ := strings.Cut(option, "/")
			key, value, _ := strings.Cut(setting, "=")
			params := core.Params{"filter": filter}
			switch key {
			case "frac_noise":
				params["noise"] = value
			case "min_examples_per_class":
				params["min-examples"] = value
			case "num_to_remove_per_class":
				params["remove"] = value
			case "confident_joint":
				params["calibrate"] = "no"
			default:
				continue // other functions of cleanlab
			}
			tested++
			res, _ := detect(t, d, params)
			if diff := cmp.Diff(append([]int{}, rows...), res.Flagged); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, option, diff)
			}
		}
		if tested != 10 {
			t.Errorf("%s: %d options tested", name, tested)
		}
	}
}

func TestScores(t *testing.T) {
	for _, name := range cases {
		d, _ := load(t, name, "oos_pred_probs")
		for _, rank := range []string{selfConfidence, margin, entropy} {
			for _, adjust := range []string{"no", "yes"} {
				file, tolerance := rank, 1e-12
				if adjust == "yes" && rank != entropy {
					file, tolerance = rank+"_adjusted", 1e-7 // the golden is float32
				}
				res, _ := detect(t, d, core.Params{"rank": rank, "adjust": adjust})
				for i, v := range array(t, name, file) {
					near(t, name+" "+file, 1-res.Scores[0].Values[i], v, tolerance)
				}
			}
		}
	}
}

// TestBars holds the detector to what it must find, and to its silence where
// labels are right. The default filter's F1 is cleanlab's.
func TestBars(t *testing.T) {
	for _, name := range cases {
		d, want := load(t, name, "oos_pred_probs")
		res, findings := detect(t, d, nil)
		noise := findings[0].Rule == ruleNoise.ID && findings[0].Severity == core.Medium
		if noise != (name == "digits-labelflip-8pct") || len(findings) != 1 {
			t.Errorf("%s: %d findings, the first %v: %s", name, len(findings), findings[0].Severity, findings[0].Saw)
		}
		if diff := cmp.Diff(res.Flagged, findings[0].Where.Rows); diff != "" {
			t.Errorf("%s: rows of the finding (-flagged +finding):\n%s", name, diff)
		}
		if !noise {
			continue
		}
		for filter, bar := range map[string]float64{byNoiseRate: 0.865, byClass: 0.90, both: 0.87, confidentLearning: 0.80, lowMargin: 0.83} {
			if res, _ := detect(t, d, core.Params{"filter": filter}); !(f1(want.Poison, res.Flagged) >= bar) {
				t.Errorf("%s: F1 %.4f, the bar is %.3f", filter, f1(want.Poison, res.Flagged), bar)
			}
		}
	}
}

// TestInSample: probabilities of a model that has seen the labels are pointed
// out, and accuse nobody.
func TestInSample(t *testing.T) {
	for _, name := range cases {
		d, _ := load(t, name, "pred_probs")
		_, findings := detect(t, d, nil)
		seen := false
		for _, f := range findings {
			seen = seen || f.Rule == ruleInSample.ID
			if f.Severity > core.Info {
				t.Errorf("%s: %s", name, f.Saw)
			}
		}
		if seen != (name == "digits-clean") { // 99.75 % agree; in the other cases 98.6 % at most
			t.Errorf("%s: in-sample %t", name, seen)
		}
	}
}

func f1(want, got []int) float64 {
	hit := 0
	for _, r := range got {
		if slices.Contains(want, r) {
			hit++
		}
	}
	return 2 * float64(hit) / float64(len(want)+len(got))
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Fatalf("%s: %v, want %v within %g", what, got, want, tolerance)
	}
}

// TestFromFeatures: without probabilities the votes of neighbours are judged,
// as cleanlab's Datalab does; no finding of weight is made of them.
func TestFromFeatures(t *testing.T) {
	for _, name := range cases {
		d, want := load(t, name, "oos_pred_probs")
		withActivations(t, d, name)
		d.Probs = nil
		res, findings := detect(t, d, nil)
		// Votes are tenths, so rows tie at every cut; the library decides ties by
		// the rounding errors of its own way to the votes.
		if n := differ(want.FromFeatures, res.Flagged); 20*n > max(len(res.Flagged), 60) {
			t.Errorf("%s: %d flagged rows of %d differ: %s", name, n, len(res.Flagged), cmp.Diff(want.FromFeatures, res.Flagged))
		}
		for i, v := range array(t, filepath.Join("..", "..", "testdata", name), "label_quality_from_features_knn") {
			near(t, name, 1-res.Scores[0].Values[i], v, 1e-7)
		}
		if len(findings) != 1 || findings[0].Rule != ruleIssues.ID {
			t.Errorf("%s: %v", name, findings)
		}
	}
}

// differ counts the rows that are in one of the lists only.
func differ(a, b []int) int {
	n := 0
	for _, r := range slices.Concat(a, b) {
		if !slices.Contains(a, r) || !slices.Contains(b, r) {
			n++
		}
	}
	return n
}

// TestOrder: labels in another order than the rows are called that, with
// probabilities and with votes.
func TestOrder(t *testing.T) {
	for _, name := range cases {
		d, _ := load(t, name, "oos_pred_probs")
		withActivations(t, d, name)
		rng := rand.New(rand.NewPCG(1, 2))
		rng.Shuffle(len(d.Labels), func(i, j int) { d.Labels[i], d.Labels[j] = d.Labels[j], d.Labels[i] })
		for range 2 {
			if _, findings := detect(t, d, nil); len(findings) != 1 || findings[0].Rule != ruleOrder.ID {
				t.Errorf("%s: %+v", name, findings)
			}
			d = &core.Dataset{X: d.X, Labels: d.Labels, Classes: d.Classes}
		}
	}
}

func withActivations(t testing.TB, d *core.Dataset, name string) {
	t.Helper()
	x := array(t, filepath.Join("..", "..", "testdata", name), "activations")
	d.X = &core.Matrix{Rows: len(d.Labels), Cols: len(x) / len(d.Labels)}
	for _, v := range x {
		d.X.Data = append(d.X.Data, float32(v))
	}
}
