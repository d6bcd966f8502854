package state

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core/verdict"
)

// In class 7 (20 rows) three checks flag: 35, 37, 39 by the first, 1 and 39 by
// the second, which is of another family, 37 by the third.
func TestOverlaps(t *testing.T) {
	m := agreed()
	want := []Overlap{
		{Flags: 0b011, Families: 2, Rows: 1, Share: 0.05, Lift: 1 / (20 * 3. / 20 * 2. / 20)},
		{Flags: 0b001, Families: 1, Rows: 1, Share: 0.05},
		{Flags: 0b010, Families: 1, Rows: 1, Share: 0.05},
		{Flags: 0b101, Families: 1, Rows: 1, Share: 0.05, Lift: 1 / (20 * 3. / 20 * 1. / 20)},
	}
	if d := cmp.Diff(want, m.Table.Overlaps, cmp.Comparer(near)); d != "" {
		t.Error(d)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(a)) }

// The report counts the same combinations.
func TestOverlapsAgreeWithTheReport(t *testing.T) {
	m, _ := play(agreed(), ClassChosen{AllClasses})
	d := m.Dataset()
	d.Results[1].Flagged = []int{1, 39} // without those that are no rows
	for _, r := range d.Results {
		r.Family = m.family(r.Detector)
	}
	in := verdict.Input{Info: d.Info, Results: d.Results}
	found := 0
	for _, o := range in.Overlaps() {
		for _, mine := range m.Table.Overlaps {
			if cmp.Equal(m.Checks(mine.Flags), o.Detectors) {
				found++
				if mine.Rows != o.Rows || mine.Families != o.Families || !near(mine.Lift, o.Lift) {
					t.Errorf("%v: the page has %+v, the report %+v", o.Detectors, mine, o)
				}
			}
		}
	}
	if found != 2 {
		t.Errorf("%d combinations of the report are on the page, want 2", found)
	}
}

func TestOverlapSelects(t *testing.T) {
	m, _ := play(agreed(), OverlapChosen{0b011})
	if d := cmp.Diff([]int{39}, m.Plot.Suspects); d != "" {
		t.Error(d)
	}
	if m.Plot.Why != "flagged by exactly spectral-signatures + label-issues" || m.Plot.Overlap != 0b011 {
		t.Errorf("why %q, overlap %b", m.Plot.Why, m.Plot.Overlap)
	}
	for name, msg := range map[string]Msg{"the same bar": OverlapChosen{0b011}, "clear": PickCleared{}, "the line": ThresholdSet{37}, "a lasso": RowsPicked{[]int{3}, "lasso"}} {
		if next, _ := play(agreed(), OverlapChosen{0b011}, msg); next.Plot.Overlap != 0 {
			t.Errorf("%s leaves the bar pressed", name)
		}
	}
	m, _ = play(m, OverlapChosen{0b011})
	if d := cmp.Diff([]int{35, 37, 39}, m.Plot.Suspects); d != "" {
		t.Error("the same bar again does not go back:", d)
	}
}

func TestColourByFamilies(t *testing.T) {
	m, _ := play(agreed(), ColourChosen{ByFamily})
	got := []uint8{m.Plot.Picture.Mark[3], m.Plot.Picture.Mark[35], m.Plot.Picture.Mark[39], m.Plot.Picture.Mark[0]}
	if d := cmp.Diff([]uint8{MarkStep0, MarkStep0 + 1, MarkStep0 + 2, MarkFaint}, got); d != "" {
		t.Error(d)
	}
}
