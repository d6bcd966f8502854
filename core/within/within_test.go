package within

import (
	"errors"
	"testing"

	"taster/core"
)

// TestTooManyColumns: a covariance that does not fit is refused, not made.
func TestTooManyColumns(t *testing.T) {
	const cols = 100_000
	d := &core.Dataset{X: &core.Matrix{Rows: 8, Cols: cols, Data: make([]float32, 8*cols)}, Labels: make([]int, 8), Classes: []string{"a"}}
	_, err := Of(t.Context(), &core.Pass{Data: d, Emit: func(core.Event) error { return nil }})
	if !errors.Is(err, core.ErrLimit) {
		t.Errorf("%d columns: %v", cols, err)
	}
}
