package detect_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/fishersplit"
	"taster/core/detect/scan"
	"taster/core/detect/shifttest"
	"taster/core/detect/spectre"
)

func TestFisher(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			res, _ := run(t, fishersplit.Detector, s.Dataset, core.Params{"index": "0", "held-out": "0"})
			want := s.golden.Fisher
			for c, k := range res.Groups {
				near(t, "separation", number(t, k, "separation"), want.Separation[c], 1e-6*want.Separation[c])
				near(t, "share", number(t, k, "share"), want.MinorityShare[c], 1e-12)
				near(t, "gain", number(t, k, "gain"), want.Gain[c], 1e-6*want.Gain[c])
			}
			line, maha, que := s.golden64(t, "fisher_line"), s.golden64(t, "fisher_mahalanobis"), s.golden64(t, "fisher_que")
			var small []int
			for i, v := range res.Scores[0].Values {
				near(t, "line", v, line[i], 1e-5) // the goldens are float32
				near(t, "mahalanobis", res.Scores[1].Values[i], maha[i], 1e-6*maha[i])
				near(t, "que", res.Scores[2].Values[i], que[i], 1e-6*que[i])
				if res.Clusters[i] == 1 {
					small = append(small, i)
				}
			}
			if d := cmp.Diff(want.MinorityRows, small); d != "" {
				t.Errorf("smaller groups (-want +got):\n%s", d)
			}
			if d := cmp.Diff(append([]int{}, want.Flagged...), res.Flagged); d != "" {
				t.Errorf("flagged at D > 6.5 alone (-want +got):\n%s", d)
			}
		})
	}
}

func TestScan(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			for _, odds := range []string{"0", "100"} { // the paper's rule, and ours
				res, _ := run(t, scan.Detector, s.Dataset, core.Params{"odds": odds})
				want := s.golden.Scan
				for c, k := range res.Groups {
					near(t, "J", number(t, k, "J"), want.J[c], 1e-6*want.J[c])
					near(t, "index", number(t, k, "index"), want.Index[c], 1e-6*want.Index[c])
				}
				if d := cmp.Diff(append([]int{}, want.Flagged...), res.Flagged); d != "" {
					t.Errorf("odds %s: flagged (-want +got):\n%s", odds, d)
				}
				for _, f := range res.Figures {
					if f.Name == "rounds" && f.Value != want.Rounds {
						t.Errorf("%v rounds, want %d", f.Value, want.Rounds)
					}
				}
			}
		})
	}
}

func TestShift(t *testing.T) {
	columns := []string{"into-all", "into-best-source", "reverse-all", "reverse-best-source"}
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			res, _ := run(t, shifttest.Detector, s.Dataset, nil)
			for c, k := range res.Groups {
				for i, column := range columns {
					near(t, column, number(t, k, column), s.golden.Shift[c][i], 1e-9)
				}
			}
			accused := map[string]bool{}
			for _, k := range res.Groups {
				accused[k.Name] = k.Accused != nil
			}
			var want []int
			for _, r := range s.golden.Fisher.Oriented {
				if accused[s.Classes[s.Labels[r]]] {
					want = append(want, r)
				}
			}
			if d := cmp.Diff(append([]int{}, want...), res.Flagged); d != "" {
				t.Errorf("flagged (-want +got):\n%s", d)
			}
		})
	}
}

func TestSpectre(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			res, findings := run(t, spectre.Detector, s.Dataset, core.Params{"poison-share": "0.05"})
			want := s.golden64(t, "spectre_score_eps5pct")
			for c, k := range res.Groups {
				if figure(k, "dims") != s.golden.Spectre[c].K {
					t.Errorf("class %s in %v dimensions, want %d", k.Name, figure(k, "dims"), s.golden.Spectre[c].K)
				}
				sameAboveCut(t, s, c, s.golden.Spectre[c].Removed, res)
			}
			for i, v := range res.Scores[0].Values {
				if !(math.Abs(v-want[i]) <= 1e-4*want[i]) {
					t.Fatalf("row %d scores %v, want %v", i, v, want[i])
				}
			}
			if len(findings) > 0 {
				t.Errorf("a quantile made findings: %v", findings)
			}
		})
	}
}

// sameAboveCut compares the rows flagged in class c. Rows whose score is that of
// the last one may be either: copies of one row tie.
func sameAboveCut(t *testing.T, s *sample, c int, want []int, res *core.Result) {
	t.Helper()
	score := res.Scores[0].Values
	cut := math.Inf(1)
	for _, r := range want {
		cut = min(cut, score[r])
	}
	for _, r := range s.ByClass()[c] {
		if math.Abs(score[r]-cut) <= 1e-9*cut {
			continue
		}
		if _, flagged := slices.BinarySearch(res.Flagged, r); flagged != slices.Contains(want, r) {
			t.Errorf("class %d: row %d of score %v at cut %v: flagged %t", c, r, score[r], cut, flagged)
		}
	}
}

func f1(want, got []int) float64 {
	wanted := map[int]bool{}
	for _, r := range want {
		wanted[r] = true
	}
	hit := 0
	for _, r := range got {
		if wanted[r] {
			hit++
		}
	}
	return 2 * float64(hit) / float64(len(want)+len(got))
}
