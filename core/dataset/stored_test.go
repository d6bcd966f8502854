package dataset

import (
	"math"
	"strings"
	"testing"

	"taster/core"
)

// TestStored: activations that are too many stay in their file, and are
// aligned and judged as others are.
func TestStored(t *testing.T) {
	const rows, cols = 100, 40
	x := ramp(rows * cols)
	for i := range rows {
		x[i*cols+7] = 5
	}
	x[33*cols+2] = float32(math.Inf(1))
	files := []core.Source{array(t, "activations.npy", "<f4", "100, 40", x), array(t, "labels.npy", "<i4", "100,", make([]int32, rows))}
	d, report := load(t, core.Limits{Cells: rows * cols * 4 / 5}, nil, files...)
	if d == nil || d.X != nil || d.Stored == nil {
		t.Fatalf("the activations are held or missing: %v", reasons(d))
	}
	if d.Info.Rows != rows || d.Info.Dims != cols-1 || len(d.Labels) != rows {
		t.Errorf("%d x %d with %d labels", d.Info.Rows, d.Info.Dims, len(d.Labels))
	}
	if d.Usable != nil {
		t.Error("a column with one infinite value cost a row")
	}
	for _, want := range []string{"do not fit in memory", "1 dimension of 40 left out: 2. NaN or infinite values stand in up to 1 of 100 rows", "1 of 39 dimensions has the same value"} {
		if !strings.Contains(strings.Join(d.Info.Notes, "\n"), want) {
			t.Errorf("no note says %q: %q", want, d.Info.Notes)
		}
	}
	for _, c := range report.Coverage {
		if c.Check == "reader" && (c.State != core.Needs || c.Why != "needs activations that fit in memory") {
			t.Errorf("a check that holds activations: %s, %s", c.State, c.Why)
		}
	}
	if d, _ := load(t, core.Limits{Cells: rows}, nil, files...); unused(d) == 0 {
		t.Error("too many rows for their results were taken")
	}
}
