package state

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// agreed is measured with a second check of another family that flags rows 1
// and 39, and a third of the first one's that flags 37.
func agreed() Model {
	m := New(Catalog{Views: views, Detectors: []*core.Detector{{Name: "spectral-signatures", Title: "spectral-signatures", Family: "geometry"},
		{Name: "label-issues", Title: "label-issues", Family: "label"}, {Name: "fisher-split", Title: "fisher-split", Family: "geometry"}}})
	m.Ready = true
	events := measured()
	last := len(events) - 1
	events = append(events[:last:last], core.Event{Result: &core.Result{Detector: "label-issues", Flagged: []int{1, 39, 99, -1}}},
		core.Event{Result: &core.Result{Detector: "fisher-split", Flagged: []int{37}}}, events[last])
	m, _ = play(m, added("x"), event(1, events...))
	return m
}

func TestTable(t *testing.T) {
	for _, tt := range []struct {
		name string
		msgs []Msg
		want []int
	}{
		{"suspects by score", nil, []int{39, 37, 35}},
		{"the other way", []Msg{RowsSorted{SortScore}}, []int{35, 37, 39}},
		{"by row", []Msg{RowsSorted{SortRow}}, []int{35, 37, 39}},
		{"by families", []Msg{RowsSorted{SortFlags}}, []int{39, 37, 35}},
		{"two families", []Msg{RowsFiltered{RowsAgreed}}, []int{39}},
		{"any check", []Msg{RowsFiltered{RowsFlagged}}, []int{39, 37, 35, 1}},
		{"a row without a score comes last", []Msg{RowsFiltered{RowsAll}, ThresholdReset{}, ClassChosen{1}}, []int{39, 37, 35, 33, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1, 31}},
		{"picked", []Msg{RowsPicked{[]int{5, 3, 5}, "lasso"}}, []int{5, 3}},
		{"picked nothing", []Msg{RowsPicked{nil, "lasso"}}, nil},
		{"the line ends a pick", []Msg{RowsPicked{[]int{5, 3}, "lasso"}, ThresholdSet{37}}, []int{39, 37}},
		{"cleared", []Msg{RowsPicked{[]int{5, 3}, "lasso"}, PickCleared{}}, []int{39, 37, 35}},
	} {
		m, _ := play(agreed(), tt.msgs...)
		if d := cmp.Diff(tt.want, m.Table.Order); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

func TestLateListsStayWhereTheWindowIs(t *testing.T) {
	m, _ := play(agreed(), RowsFiltered{RowsAll}, ThresholdReset{}, RowsScrolled{8}, ThresholdSet{37})
	if m.Table.First != 8 {
		t.Errorf("the window is at line 8, the list at %d", m.Table.First)
	}
	m, _ = play(m, RowsFiltered{RowsSuspect}, RowsPicked{nil, "lasso"})
	if m.Table.First != 0 {
		t.Errorf("an empty table begins at line %d", m.Table.First)
	}
}

func TestToggleKeepsTheLinesInPlace(t *testing.T) {
	m, _ := play(agreed(), RowToggled{37})
	if d := cmp.Diff([]int{35, 39}, m.Plot.Suspects); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{39, 37, 35}, m.Table.Order); d != "" {
		t.Error("the table moved:", d)
	}
	m, _ = play(m, RowToggled{37})
	if d := cmp.Diff([]int{35, 37, 39}, m.Plot.Suspects); d != "" {
		t.Error(d)
	}
}

func TestFamilies(t *testing.T) {
	m := agreed()
	got := []int{m.Families(39), m.Families(37), m.Families(1), m.Families(0), m.Families(1000)}
	if d := cmp.Diff([]int{2, 1, 1, 0, 0}, got); d != "" {
		t.Error(d)
	}
}

func TestLines(t *testing.T) {
	m, _ := play(plotted(), ClassChosen{AllClasses}, RowsFiltered{RowsAll})
	m.Table.Order = make([]int, 1000)
	for _, tt := range []struct{ first, above, rows, below int }{{0, 0, 40, 960}, {500, 500, 40, 460}, {5000, 960, 40, 0}, {-7, 0, 40, 960}} {
		m, _ = play(m, RowsScrolled{tt.first})
		rows, above, below := m.Lines()
		if len(rows) != tt.rows || above != tt.above || below != tt.below {
			t.Errorf("at %d: %d above, %d rows, %d below", tt.first, above, len(rows), below)
		}
	}
}

func TestRowsCopied(t *testing.T) {
	m := agreed()
	m.Report.Datasets()[0].Info.Classes[1].Name = "=1+1\tx\ny"
	_, effects := Update(m, RowsCopied{})
	want := "row\tclass\tscore\tfamilies\tchecks\n39\t'=1+1\\u0009x\\u000ay\t39\t2\tspectral-signatures label-issues\n"
	if got := effects[0].(Copy).Text; !strings.HasPrefix(got, want) {
		t.Errorf("copied %q, want %q", got, want)
	}
	_, effects = Update(m, RowsCopied{JSON: true})
	if got := effects[0].(Copy).Text; strings.Count(got, "\n") != 3 || !strings.HasPrefix(got, `{"checks":["spectral-signatures","label-issues"],"class":"=1+1\tx\ny"`) {
		t.Errorf("copied %q", got)
	}
}

func TestSuspect(t *testing.T) {
	m, _ := play(agreed(), RowsPicked{[]int{3, 5}, "lasso"})
	for row, want := range map[int]bool{3: true, 5: true, 39: false, -1: false, 99: false} {
		if m.Suspect(row) != want {
			t.Errorf("row %d: %t", row, !want)
		}
	}
	if m, _ = play(m, PickCleared{}); m.Suspect(3) || !m.Suspect(39) {
		t.Error("the marks are those of the rows picked before")
	}
}

func TestAgreeing(t *testing.T) {
	m := plotted()
	for _, c := range []struct {
		rows []int
		want int
	}{{[]int{35, 37, 39}, 1}, {[]int{35, 1}, 1}, {[]int{35, 1, 3}, 0}} {
		if got := m.Agreeing(c.rows); got != c.want {
			t.Errorf("%d checks flag most of %v, want %d", got, c.rows, c.want)
		}
	}
}
