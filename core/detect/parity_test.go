package detect_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/activationclustering"
	"taster/core/detect/spectralsignatures"
	"taster/core/num"
)

func TestSpectral(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			res, findings := run(t, spectralsignatures.Detector, s.Dataset, nil)
			art, paper := s.golden64(t, "spectral_art_score"), s.golden64(t, "spectral_paper_score")
			for c, rows := range s.ByClass() {
				nearMedian(t, "art", res.Scores[0].Values, art, rows)
				nearMedian(t, "paper", res.Scores[1].Values, paper, rows)
				for i, want := range s.golden.Spectral.Classes[c].TopSingularValues {
					near(t, "singular value", number(t, res.Groups[c], []string{"singular-1", "singular-2", "singular-3"}[i]), want, 1e-9*want)
				}
				want := s.golden.Spectral.Classes[c].CutoffDefault
				near(t, "cutoff", number(t, res.Groups[c], "cutoff"), want, 1e-9*want)
			}
			if d := cmp.Diff(s.golden.Spectral.Flagged, res.Flagged); d != "" {
				t.Errorf("flagged (-want +got):\n%s", d)
			}
			if len(findings) > 0 {
				t.Errorf("a quantile made findings: %v", findings)
			}
			res, _ = run(t, spectralsignatures.Detector, s.Dataset, core.Params{"expected-poison": "0.05"})
			if d := cmp.Diff(s.golden.Spectral.Flagged5pct, res.Flagged); d != "" {
				t.Errorf("flagged at 5 %% (-want +got):\n%s", d)
			}
		})
	}
}

// TestSpectralPaperScoreFlags checks that the parameter, not the order of the
// scores, decides what flags.
func TestSpectralPaperScoreFlags(t *testing.T) {
	s := load(t, "mnist-badnets-3pct")
	res, _ := run(t, spectralsignatures.Detector, s.Dataset, core.Params{"score": "paper"})
	paper := res.Scores[1].Values
	for _, rows := range s.ByClass() {
		var mine []float64
		for _, r := range rows {
			mine = append(mine, paper[r])
		}
		cut := num.Quantile(mine, 1-1.5*0.33)
		for _, r := range rows {
			if _, flagged := slices.BinarySearch(res.Flagged, r); flagged != (paper[r] >= cut) {
				t.Fatalf("row %d of score %g and cutoff %g: flagged %t", r, paper[r], cut, flagged)
			}
		}
	}
}

func TestPCA(t *testing.T) {
	for _, name := range cases {
		s := load(t, name)
		want := s.golden64(t, "pca10_exact")
		for c, rows := range s.ByClass() {
			x := s.class(c)
			p, err := num.NewPCA(t.Context(), x, 10)
			if err != nil {
				t.Fatal(err)
			}
			got := p.Scores(x)
			g := s.golden.Clusters.Classes[c]
			for j := range 10 {
				near(t, "variance", p.Variance[j], g.ExplainedVariance[j], 1e-9*g.ExplainedVariance[j])
				near(t, "share", p.Share(j), g.ExplainedVarianceRatio[j], 1e-9)
				for i, r := range rows {
					near(t, name+" projection", got[i*10+j], want[r*10+j], 1e-6*math.Sqrt(g.ExplainedVariance[j]))
				}
			}
		}
	}
}

func TestClusters(t *testing.T) {
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			s := load(t, name)
			res, findings := run(t, activationclustering.Detector, s.Dataset, nil)
			same := map[string]bool{}
			for c, k := range res.Groups {
				same[k.Name] = clustersAgree(t, s, c, res)
			}
			overviewAgrees(t, s, res.Points)
			if len(findings) > 1 || len(findings) == 1 && (findings[0].Severity > core.Info || len(findings[0].Evidence) != 1) {
				t.Errorf("findings %+v", findings)
			}
			for _, analysis := range []string{"smaller", "relative-size", "silhouette-scores"} {
				res, _ := run(t, activationclustering.Detector, s.Dataset, core.Params{"analysis": analysis})
				want := expected(s, res, analysis, same)
				if d := cmp.Diff(want, res.Flagged); d != "" {
					t.Errorf("%s: flagged (-want +got):\n%s", analysis, d)
				}
			}
		})
	}
}

// TestClusterDistance: the flags are ART's in all classes that it divided in the
// same way, which its random starts do in most.
func TestClusterDistance(t *testing.T) {
	same, of := 0, 0
	for _, name := range cases {
		s := load(t, name)
		res, findings := run(t, activationclustering.Detector, s.Dataset, core.Params{"analysis": "distance"})
		if len(findings) > 0 {
			t.Errorf("findings %v", findings)
		}
		for c, rows := range s.ByClass() {
			d := cmp.Diff(among(s.golden.Clusters.Reports["distance"], rows), among(res.Flagged, rows))
			of++
			if d == "" {
				same++
			} else {
				t.Logf("%s, class %d (-ART +ours):\n%s", name, c, d)
			}
		}
	}
	if same < of*9/10 {
		t.Errorf("%d of %d classes have ART's flags", same, of)
	}
}

func among(flagged, rows []int) (out []int) {
	for _, r := range rows {
		if slices.Contains(flagged, r) {
			out = append(out, r)
		}
	}
	return out
}

// TestClustersWhitened: a scale of the coordinates that FastICA takes away does
// not move the clusters.
func TestClustersWhitened(t *testing.T) {
	data := noise(2, 30, 200, 150)
	scaled := noise(2, 30, 200, 150)
	for i := range data.X.Data {
		scaled.X.Data[i] = 1e3 * data.X.Data[i]
	}
	params := core.Params{"reduce": "FastICA"}
	a, _ := run(t, activationclustering.Detector, data, params)
	b, _ := run(t, activationclustering.Detector, scaled, params)
	for c := range a.Groups {
		near(t, "inertia", number(t, b.Groups[c], "inertia"), number(t, a.Groups[c], "inertia"), 1e-3)
	}
	if d := cmp.Diff(a.Clusters, b.Clusters); d != "" {
		t.Errorf("groups: %s", d)
	}
}

// clustersAgree compares one class. It reports whether the best division known
// was found, so that rows can be compared.
func clustersAgree(t *testing.T, s *sample, c int, res *core.Result) bool {
	t.Helper()
	k, g := res.Groups[c], s.golden.Clusters.Classes[c]
	inertia := number(t, k, "inertia")
	if !(inertia <= g.BestInertia*(1+1e-6)) {
		t.Errorf("class %s: inertia %v, the best known is %v", k.Name, inertia, g.BestInertia)
	}
	if math.Abs(inertia-g.BestInertia) > 1e-9*g.BestInertia {
		return false
	}
	var small []int
	for _, r := range s.ByClass()[c] {
		if res.Clusters[r] == 1 {
			small = append(small, r)
		}
	}
	if d := cmp.Diff(g.BestSmallClusterRows, small); d != "" {
		t.Errorf("class %s: small cluster (-want +got):\n%s", k.Name, d)
	}
	near(t, "silhouette", number(t, k, "silhouette"), g.Silhouette, 1e-9)
	return true
}

// expected applies ART's documented rules to the sizes and silhouettes of the
// golden clusters, and takes our groups where ours are better ones.
func expected(s *sample, res *core.Result, analysis string, same map[string]bool) []int {
	out := []int{}
	for r, l := range s.Labels {
		g := s.golden.Clusters.Classes[l]
		share := num.Round(float64(g.BestSizes[1])/float64(g.BestSizes[0]+g.BestSizes[1]), 2)
		bad := analysis == "smaller" || share < 0.35 && (analysis == "relative-size" || num.Round(g.Silhouette, 4) > 0.1)
		if same[s.Classes[l]] {
			bad = bad && slices.Contains(g.BestSmallClusterRows, r)
		} else {
			_, bad = slices.BinarySearch(res.Flagged, r)
		}
		if bad {
			out = append(out, r)
		}
	}
	return out
}

func overviewAgrees(t *testing.T, s *sample, p *core.Points) {
	t.Helper()
	want := s.golden64(t, "pca2_all_rows")
	var sx, sy float64
	for i := range p.X {
		sx, sy = sx+p.X[i]*p.X[i], sy+p.Y[i]*p.Y[i]
	}
	n := float64(len(p.X))
	for i := range p.X {
		near(t, "x", p.X[i], want[2*i], 1e-6*math.Sqrt(sx/n))
		near(t, "y", p.Y[i], want[2*i+1], 1e-6*math.Sqrt(sy/n))
	}
}

func nearMedian(t *testing.T, what string, got, want []float64, rows []int) {
	t.Helper()
	var mine []float64
	for _, r := range rows {
		mine = append(mine, want[r])
	}
	tolerance := 1e-6 * num.Median(mine)
	for _, r := range rows {
		near(t, what, got[r], want[r], tolerance)
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Fatalf("%s: %v, want %v within %g", what, got, want, tolerance)
	}
}

func number(t *testing.T, c core.Group, name string) float64 {
	t.Helper()
	v, ok := figure(c, name).(float64)
	if !ok {
		t.Fatalf("class %s: figure %q is %v", c.Name, name, figure(c, name))
	}
	return v
}
