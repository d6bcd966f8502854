package detect_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/deepknn"
	"taster/core/detect/nearduplicates"
	"taster/core/detect/noniid"
	"taster/core/detect/outliers"
	"taster/core/knn"
)

// neighbours is what cleanlab and numpy made of the nearest neighbours.
type neighbours struct {
	Outlier struct {
		Flagged        []int
		Cutoff, Median float64
	}
	NearDuplicate struct {
		Flagged []int
		Sets    map[int][]int
		Median  float64
	} `json:"near_duplicate"`
	NonIID struct {
		KS      float64
		P       float64 `json:"p_value"`
		Flagged []int
	} `json:"non_iid"`
	DeepKNN           struct{ K10, K50 []int } `json:"deep_knn"`
	LabelFromFeatures []int                    `json:"label_from_features"`
}

func loadNeighbours(t *testing.T, s *sample) (n neighbours) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, "neighbours.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func pass(data *core.Dataset) *core.RowsPass {
	return &core.RowsPass{Data: data, Pass: &core.Pass{Limits: core.Limits{}.WithDefaults(), Emit: func(core.Event) error { return nil }}}
}

// float32Digits is the relative precision of goldens that are kept as float32.
const float32Digits = 6e-8

func TestNeighbourDistances(t *testing.T) {
	for _, name := range cases {
		s := load(t, name)
		want := s.golden64(t, "knn10_cosine_distance")
		g, err := knn.Of(t.Context(), pass(s.Dataset), 10)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Labels {
			_, dist := g.Row(i)
			for j, d := range dist {
				near(t, name, d, want[i*10+j], 1e-9+float32Digits*d)
			}
		}
	}
}

func TestOutliers(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			want := loadNeighbours(t, s).Outlier
			res, findings := run(t, outliers.Detector, s.Dataset, nil)
			for i, v := range s.golden64(t, "outlier_score_features") {
				near(t, "score", 1-res.Scores[0].Values[i], v, 1e-9)
			}
			near(t, "cutoff", total(t, res, "cutoff"), want.Cutoff, 1e-9)
			near(t, "median", total(t, res, "median-distance"), want.Median, 1e-9)
			sameRows(t, "flagged", want.Flagged, res.Flagged)
			onlyInfo(t, findings, "OUTLIER-ROWS")
		})
	}
}

func TestNearDuplicates(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			want := loadNeighbours(t, s).NearDuplicate
			res, findings := run(t, nearduplicates.Detector, s.Dataset, nil)
			for i, v := range s.golden64(t, "near_duplicate_score") {
				near(t, "score", 1-res.Scores[0].Values[i], v, 1e-7)
			}
			near(t, "median", total(t, res, "median-distance"), want.Median, 1e-9)
			sameRows(t, "flagged", want.Flagged, res.Flagged)
			if d := cmp.Diff(joined(want.Sets), listedGroups(findings)); d != "" {
				t.Errorf("sets (-want +got):\n%s", d)
			}
			for _, f := range findings {
				if f.Severity > core.Low {
					t.Errorf("%v: %s", f.Severity, f.Saw)
				}
			}
		})
	}
}

// joined makes groups of sets, as the text that a finding lists.
func joined(sets map[int][]int) []string {
	out := []string{}
	done := map[int]bool{}
	for _, i := range slices.Sorted(maps.Keys(sets)) {
		var rows []int
		for open := []int{i}; len(open) > 0; open = open[1:] {
			if r := open[0]; !done[r] {
				done[r] = true
				rows = append(rows, r)
				open = append(open, sets[r]...)
			}
		}
		if len(rows) > 0 {
			slices.Sort(rows)
			out = append(out, strings.Trim(strings.ReplaceAll(fmt.Sprint(rows), " ", ", "), "[]"))
		}
	}
	slices.Sort(out)
	return out
}

// listedGroups is the groups in the evidence of the findings of all groups.
func listedGroups(findings []*core.Finding) []string {
	out := []string{}
	for _, f := range findings {
		if strings.HasSuffix(f.Rule, "CONFLICT") {
			continue
		}
		for _, r := range f.Evidence[0].Grid.Rows {
			out = append(out, r[0])
		}
	}
	slices.Sort(out)
	return out
}

func TestDeepKNN(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			want := loadNeighbours(t, s).DeepKNN
			res, findings := run(t, deepknn.Detector, s.Dataset, nil)
			for i, v := range s.golden64(t, "deep_knn_disagreement_k50") {
				near(t, "disagreement", res.Scores[0].Values[i], v, 1e-7)
			}
			sameRows(t, "flagged by 50", want.K50, res.Flagged)
			onlyInfo(t, findings, "DEEPKNN-OUTVOTED")
			res, _ = run(t, deepknn.Detector, s.Dataset, core.Params{"neighbours": "10"})
			sameRows(t, "flagged by 10", want.K10, res.Flagged)
		})
	}
}

func TestNonIID(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			want := loadNeighbours(t, s).NonIID
			res, findings := run(t, noniid.Detector, s.Dataset, nil)
			tied := tiedRows(t, s)
			share := float64(len(tied)) / float64(10*len(s.Labels)) // of neighbours that another choice would change
			near(t, "ks", total(t, res, "ks"), want.KS, 1e-12+share)
			near(t, "p-value", total(t, res, "p-value"), want.P, 1e-9+100*share)
			for i, v := range s.golden64(t, "non_iid_score") {
				if !slices.Contains(tied, i) {
					near(t, "score", 1-res.Scores[0].Values[i], v, 1e-7)
				}
			}
			sameRows(t, "flagged", want.Flagged, res.Flagged)
			if len(findings) > 0 {
				t.Errorf("findings %v", findings)
			}
		})
	}
}

// tiedRows are the rows whose tenth and eleventh neighbour are equally near:
// which of them counts is open, and cleanlab leaves it to a partial sort.
func tiedRows(t *testing.T, s *sample) []int {
	t.Helper()
	g, err := knn.Of(t.Context(), pass(s.Dataset), 11)
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for i := range s.Labels {
		if _, dist := g.Row(i); dist[9] == dist[10] {
			out = append(out, i)
		}
	}
	return out
}

// TestNeighbourProbs compares the share of the label's votes with cleanlab's
// score of labels from features.
func TestNeighbourProbs(t *testing.T) {
	for _, name := range cases {
		s := load(t, name)
		want := s.golden64(t, "label_quality_from_features_knn")
		probs, err := knn.NeighbourProbs(t.Context(), pass(s.Dataset), 10)
		if err != nil {
			t.Fatal(err)
		}
		for i, label := range s.Labels {
			near(t, name, float64(probs.Row(i)[label]), want[i], 1e-7)
		}
	}
}

func sameRows(t *testing.T, what string, want, got []int) {
	t.Helper()
	if d := cmp.Diff(append([]int{}, want...), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// onlyInfo checks that nothing is accused: at most one finding, of the rule.
func onlyInfo(t *testing.T, findings []*core.Finding, rule string) {
	t.Helper()
	for _, f := range findings {
		if f.Rule != rule || f.Severity > core.Info {
			t.Errorf("%v: %s", f.Severity, f.Saw)
		}
	}
}

// total is a figure of the whole data set.
func total(t *testing.T, r *core.Result, name string) float64 {
	t.Helper()
	for _, f := range r.Figures {
		if v, ok := f.Value.(float64); ok && f.Name == name {
			return v
		}
	}
	t.Fatalf("no figure %q in %v", name, r.Figures)
	return math.NaN()
}
