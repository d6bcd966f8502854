package pooledsplit

import (
	"errors"
	"slices"
	"testing"

	"taster/core"
)

// TestTooManyColumns: a covariance that does not fit is refused, not made.
func TestTooManyColumns(t *testing.T) {
	const cols = 100_000
	d := &core.Dataset{X: &core.Matrix{Rows: 8, Cols: cols, Data: make([]float32, 8*cols)}, Labels: make([]int, 8), Classes: []string{"a"}}
	_, err := Of(t.Context(), &core.RowsPass{Data: d, Pass: &core.Pass{Emit: func(core.Event) error { return nil }}})
	if !errors.Is(err, core.ErrLimit) {
		t.Errorf("%d columns: %v", cols, err)
	}
}

// TestFewClasses: with fewer than five classes, one is far apart only where the
// others are not alike.
func TestFewClasses(t *testing.T) {
	groups := func(separation ...float64) *Split {
		s := &Split{}
		for _, d := range separation {
			s.Groups = append(s.Groups, &Groups{Different: minSmall, Separation: d, HeldOut: 0.9 * d})
		}
		return s
	}
	tests := []struct {
		name  string
		split *Split
		want  []bool
	}{
		{"one class", groups(9), []bool{true}},
		{"the other is one population", groups(9, 3.5), []bool{true, false}},
		{"all of two kinds", groups(9, 8, 10, 9), []bool{false, false, false, false}},
		{"one of kinds further apart", groups(9, 8, 20, 9), []bool{false, false, true, false}},
		{"two targets", groups(9, 8, 3, 3), []bool{true, true, false, false}},
		{"near", groups(6, 3, 3, 3), []bool{false, false, false, false}},
	}
	for _, test := range tests {
		if got := test.split.Far(Usual); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	loose := Usual
	loose.Index = 0
	if got := groups(9, 8).Far(loose); !slices.Equal(got, []bool{true, true}) {
		t.Errorf("without a comparison: %v", got)
	}
}
