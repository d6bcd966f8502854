package moments

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"taster/core"
	"taster/core/num"
)

// file is stored activations in memory that count the passes over them.
type file struct {
	*core.Matrix
	passes int
}

func (f *file) Shape() (int, int) { return f.Rows, f.Cols }

func (f *file) Gather(_ context.Context, rows []int, dst []float32) error { panic("not needed") }

func (f *file) Each(_ context.Context, yield func(int, *core.Matrix) error) error {
	f.passes++
	const step = 37
	for first := 0; first < f.Rows; first += step {
		n := min(step, f.Rows-first)
		if err := yield(first, &core.Matrix{Rows: n, Cols: f.Cols, Data: f.Data[first*f.Cols : (first+n)*f.Cols]}); err != nil {
			return err
		}
	}
	return nil
}

// pass is 500 rows of 12 columns in three classes; the third has no rows, and
// every eleventh row is not usable.
func pass(cells int64) (*core.RowsPass, *file) {
	const n, cols = 500, 12
	rng := rand.New(rand.NewPCG(2, 2))
	f := &file{Matrix: &core.Matrix{Rows: n, Cols: cols}}
	d := &core.Dataset{Stored: f, Classes: []string{"a", "b", "c"}, Labels: make([]int, n), Usable: make([]bool, n)}
	for i := range n {
		d.Labels[i], d.Usable[i] = rng.IntN(2), i%11 > 0
		for j := range cols {
			v := float32(100 + rng.NormFloat64()*float64(j+1))
			if !d.Usable[i] {
				v = float32(math.NaN())
			}
			f.Data = append(f.Data, v)
		}
	}
	return &core.RowsPass{Data: d, Pass: &core.Pass{Limits: core.Limits{Cells: cells}, Emit: func(core.Event) error { return nil }}}, f
}

// TestLeadingOf: the components and coordinates of rows that are read by blocks
// are those of rows that are held, whoever asks first, in two passes.
func TestLeadingOf(t *testing.T) {
	p, f := pass(1 << 20)
	got, err := LeadingOf(t.Context(), p, 3)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := LeadingOf(t.Context(), p, 10); err != nil || again[0] != got[0] || f.passes != 2 {
		t.Errorf("%d passes, error %v", f.passes, err)
	}
	for c, rows := range p.Data.ByClass() {
		l := got[c]
		if len(rows) == 0 {
			if l.PCA != nil {
				t.Errorf("class %d without rows has components", c)
			}
			continue
		}
		x := num.Rows{Data: f.Data, Cols: f.Cols, Index: rows}
		want, err := num.NewPCA(t.Context(), x, 2)
		if err != nil {
			t.Fatal(err)
		}
		scores := l.First(2)
		for i, v := range want.Scores(x) {
			if math.Abs(v-scores[i]) > 1e-5 {
				t.Fatalf("class %d: score %d is %v, want %v", c, i, scores[i], v)
			}
		}
	}
}

// TestMeans: they are the same whether there is room for the moments or not.
func TestMeans(t *testing.T) {
	for _, cells := range []int64{1 << 20, 4*3*12*12 - 1} {
		p, f := pass(cells)
		got, err := Means(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := Of(t.Context(), p); err != nil || (m != nil) != (cells == 1<<20) || f.passes != 1 {
			t.Errorf("room for %d values: moments %t, %d passes, error %v", cells, m != nil, f.passes, err)
		}
		for c, rows := range p.Data.ByClass() {
			for j, v := range (num.Rows{Data: f.Data, Cols: f.Cols, Index: rows}).Mean() {
				if math.Abs(v-got[c][j]) > 1e-12*(1+v) {
					t.Errorf("room for %d values: class %d, column %d: mean %v, want %v", cells, c, j, got[c][j], v)
				}
			}
		}
	}
}

// TestNotStored: activations that are held, and scores that do not fit, have no
// moments and no components here.
func TestNotStored(t *testing.T) {
	p, f := pass(9000) // 500 rows of 10 scores take more than half
	if l, err := LeadingOf(t.Context(), p, 3); l != nil || err != nil || f.passes > 0 {
		t.Errorf("components without room: %v, %v", l, err)
	}
	p.Data.X, p.Data.Stored = f.Matrix, nil
	if m, err := Of(t.Context(), p); m != nil || err != nil {
		t.Errorf("moments of what is held: %v, %v", m, err)
	}
}
