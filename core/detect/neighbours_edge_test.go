package detect_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/detect/deepknn"
	"taster/core/detect/nearduplicates"
	"taster/core/detect/noniid"
	"taster/core/detect/outliers"
)

// found is the findings by rule.
func found(findings []*core.Finding) map[string]*core.Finding {
	out := map[string]*core.Finding{}
	for _, f := range findings {
		out[f.Rule] = f
	}
	return out
}

// TestDuplicateKinds: equal and nearly equal rows are told apart, and labels
// that contradict each other are reported by themselves.
func TestDuplicateKinds(t *testing.T) {
	data := noise(1, 8, 100, 100)
	copy(data.X.Row(3), data.X.Row(1)) // equal, same label
	copy(data.X.Row(150), data.X.Row(2))
	near := func(to, from int) {
		copy(data.X.Row(to), data.X.Row(from))
		data.X.Row(to)[0] += 0.01
	}
	near(5, 4)
	near(160, 6)
	for _, r := range []int{10, 20, 110, 120} {
		clear(data.X.Row(r))
	}
	res, findings := run(t, nearduplicates.Detector, data, nil)
	byRule := found(findings)
	rows := map[string][]int{}
	for rule, f := range byRule {
		rows[rule] = f.Where.Rows
	}
	want := map[string][]int{
		"DUPLICATE-CONFLICT":      {2, 150},
		"DUPLICATE-EXACT":         {1, 2, 3, 10, 20, 110, 120, 150},
		"NEAR-DUPLICATE-CONFLICT": {6, 160},
		"NEAR-DUPLICATE":          {4, 5, 6, 160},
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]int{1, 2, 3, 4, 5, 6, 10, 20, 110, 120, 150, 160}, res.Flagged); d != "" {
		t.Errorf("flagged (-want +got):\n%s", d)
	}
	if f := byRule["DUPLICATE-CONFLICT"]; f == nil || f.Severity != core.Medium || f.Confidence != core.HighConfidence {
		t.Errorf("conflict %+v", f)
	}
	for i, v := range res.Scores[0].Values {
		if equal := slices.Contains(want["DUPLICATE-EXACT"], i); equal != (v == 1) {
			t.Errorf("row %d has score %v", i, v)
		}
	}
}

// TestManyCopies: a group of equal rows is whole, also when it is larger than
// the lists of neighbours; and where most rows have copies, contradicting
// labels say less.
func TestManyCopies(t *testing.T) {
	data := noise(2, 8, 100, 100)
	for i := range 80 {
		copy(data.X.Row(2*i+1), data.X.Row(0))
	}
	_, findings := run(t, nearduplicates.Detector, data, nil)
	f := found(findings)["DUPLICATE-CONFLICT"]
	if f == nil || len(f.Where.Rows) != 81 || f.Severity != core.Low || !strings.Contains(f.Saw, "need not be equal inputs") {
		t.Errorf("conflict %+v", f)
	}
}

// TestDuplicatesWithoutLabels needs no labels.
func TestDuplicatesWithoutLabels(t *testing.T) {
	data := noise(1, 8, 100)
	copy(data.X.Row(3), data.X.Row(1))
	data.Labels, data.Classes = nil, nil
	_, findings := run(t, nearduplicates.Detector, data, nil)
	if len(findings) != 1 || findings[0].Rule != "DUPLICATE-EXACT" {
		t.Errorf("findings %v", findings)
	}
	for _, d := range []*core.Detector{outliers.Detector, noniid.Detector} {
		if res, _ := run(t, d, data, nil); len(res.Scores[0].Values) != 100 || len(res.Groups) != 0 {
			t.Errorf("%s: %+v", d.Name, res)
		}
	}
}

func TestOutliersFindOddRows(t *testing.T) {
	data := noise(4, 12, 200, 200)
	for i, v := range []float32{40, -40, 60} {
		data.X.Row(100 * i)[i] += v
	}
	res, _ := run(t, outliers.Detector, data, nil)
	var worst []int
	values := slices.Clone(res.Scores[0].Values)
	slices.Sort(values)
	for i, v := range res.Scores[0].Values {
		if v >= values[len(values)-3] {
			worst = append(worst, i)
		}
	}
	if d := cmp.Diff([]int{0, 100, 200}, worst); d != "" {
		t.Errorf("rows of the highest scores (-want +got):\n%s", d)
	}
}

// TestUnrelatedLabels: labels in another order than the rows are reported as
// such, and no row by itself.
func TestUnrelatedLabels(t *testing.T) {
	for _, name := range cases {
		s := load(t, name)
		rng := rand.New(rand.NewPCG(1, 1))
		rng.Shuffle(len(s.Labels), func(i, j int) { s.Labels[i], s.Labels[j] = s.Labels[j], s.Labels[i] })
		_, findings := run(t, deepknn.Detector, s.Dataset, nil)
		if len(findings) != 1 || findings[0].Rule != "LABELS-UNRELATED" || findings[0].Severity != core.Low {
			t.Errorf("%s: findings %v", name, findings)
		}
	}
}

// TestSmallClassCannotWin: rows of a class that is too small to win a vote are
// not flagged for it.
func TestSmallClassCannotWin(t *testing.T) {
	data := noise(1, 8, 200, 12, 200)
	res, _ := run(t, deepknn.Detector, data, nil)
	if len(res.Flagged) > 0 || !strings.Contains(res.Groups[1].Note, "too few rows (12)") {
		t.Errorf("flagged %v, classes %+v", res.Flagged, res.Groups)
	}
	res, _ = run(t, deepknn.Detector, data, core.Params{"neighbours": "5"})
	if res.Groups[1].Note != "" {
		t.Errorf("class of 12 rows with 5 neighbours: %q", res.Groups[1].Note)
	}
}

// TestOrderOfRows: sorted rows are reported, shuffled ones about as often as
// the level says.
func TestOrderOfRows(t *testing.T) {
	res, findings := run(t, noniid.Detector, noise(1, 8, 100, 100, 100), nil)
	if p := total(t, res, "p-value"); p > 1e-6 || len(findings) != 1 || findings[0].Severity != core.Info || len(res.Flagged) != 1 {
		t.Errorf("sorted by class: p %v, findings %v", p, findings)
	}
	reported := 0
	for seed := range uint64(100) {
		data := noise(seed, 8, 40, 40, 40)
		rng := rand.New(rand.NewPCG(seed, 5))
		rng.Shuffle(len(data.Labels), func(i, j int) {
			for c := range data.X.Cols {
				a, b := data.X.Row(i), data.X.Row(j)
				a[c], b[c] = b[c], a[c]
			}
			data.Labels[i], data.Labels[j] = data.Labels[j], data.Labels[i]
		})
		if _, findings := run(t, noniid.Detector, data, nil); len(findings) > 0 {
			reported++
		}
	}
	// 100 draws of probability 0.05 exceed 13 less than once in 2,000 times.
	if reported > 13 {
		t.Errorf("%d of 100 shuffled orders are reported at level 0.05", reported)
	}
}
