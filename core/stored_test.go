package core

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// counted is stored activations in memory, whose passes are counted.
type counted struct {
	*Matrix
	passes int
}

func (c *counted) Shape() (int, int) { return c.Rows, c.Cols }

func (c *counted) Gather(_ context.Context, rows []int, dst []float32) error {
	c.passes++
	for i, r := range rows {
		copy(dst[i*c.Cols:], c.Row(r))
	}
	return nil
}

func (c *counted) Each(_ context.Context, yield func(int, *Matrix) error) error {
	c.passes++
	const step = 7
	for first := 0; first < c.Rows; first += step {
		n := min(step, c.Rows-first)
		if err := yield(first, &Matrix{n, c.Cols, c.Data[first*c.Cols : (first+n)*c.Cols]}); err != nil {
			return err
		}
	}
	return nil
}

// TestEachClass: stored activations come class by class as held ones do, in as
// few passes as fit, and a class that does not fit comes as an even sample.
func TestEachClass(t *testing.T) {
	const n, cols = 1000, 3
	rng := rand.New(rand.NewPCG(1, 1))
	x, labels, usable := &Matrix{Rows: n, Cols: cols}, make([]int, n), make([]bool, n)
	for i := range n {
		labels[i], usable[i] = rng.IntN(4), i%10 > 0
		for range cols {
			x.Data = append(x.Data, rng.Float32())
		}
	}
	for c := range n / 2 {
		labels[c] = 3 // the last class is the largest
	}
	for _, test := range []struct {
		rows    int64 // that fit
		passes  int
		sampled bool
	}{{1000, 1, false}, {600, 2, false}, {500, 2, true}, {100, 4, true}, {60, 4, true}} {
		stored := &counted{Matrix: x}
		p := &RowsPass{Data: &Dataset{Stored: stored, Labels: labels, Classes: make([]string, 5), Usable: usable}, Pass: &Pass{
			Limits: Limits{Cells: 2 * test.rows * cols}, Emit: func(Event) error { return nil }}}
		held := p.Data.ByClass()
		class := 0
		err := p.EachClass(t.Context(), func(c ClassRows) error {
			if c.Class != class || c.Size != len(held[class]) || (c.Sampled() != "") != (len(c.Rows) < c.Size) {
				return fmt.Errorf("class %d of %d rows, %d of them given, after class %d", c.Class, c.Size, len(c.Rows), class-1)
			}
			for i, r := range c.Rows {
				if labels[r] != class || !usable[r] {
					return fmt.Errorf("row %d is not of class %d", r, class)
				}
				if d := cmp.Diff(x.Row(r), c.X.Row(c.Index[i])); d != "" {
					return fmt.Errorf("row %d (-want +got):\n%s", r, d)
				}
			}
			if !test.sampled && len(c.Rows) < c.Size || len(c.Rows) > int(test.rows) {
				return fmt.Errorf("class %d: %d of %d rows", class, len(c.Rows), c.Size)
			}
			class++
			return nil
		})
		if err != nil || class != 5 || stored.passes != test.passes {
			t.Errorf("%d rows fit: %d classes in %d passes, want %d: %v", test.rows, class, stored.passes, test.passes, err)
		}
	}
}

// TestEachBlock: blocks hold every usable row once, under its class, and the
// pass ends where it is cancelled.
func TestEachBlock(t *testing.T) {
	const n = 100
	x, labels, usable := &Matrix{Rows: n, Cols: 1}, make([]int, n), make([]bool, n)
	for i := range n {
		x.Data, labels[i], usable[i] = append(x.Data, float32(i)), i%3, i%10 > 0
	}
	ctx, cancel := context.WithCancel(t.Context())
	var last Progress
	p := &RowsPass{Data: &Dataset{Stored: &counted{Matrix: x}, Labels: labels, Classes: make([]string, 4), Usable: usable}, Pass: &Pass{
		Emit: func(e Event) error { last = *e.Progress; return nil }}}
	got := make([][]int, 4)
	look := func(b Block) error {
		for c, rows := range b.Classes {
			for _, i := range rows {
				if b.X.Row(i)[0] != float32(b.First+i) {
					t.Errorf("row %d of the block at %d is %v", i, b.First, b.X.Row(i))
				}
				got[c] = append(got[c], b.First+i)
			}
		}
		return nil
	}
	if err := p.EachBlock(ctx, "look", look); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p.Data.ByClass(), got); d != "" {
		t.Errorf("rows by class (-want +got):\n%s", d)
	}
	if d := cmp.Diff(Progress{Step: "look", Unit: "rows", Done: n, Total: n}, last); d != "" {
		t.Errorf("progress (-want +got):\n%s", d)
	}
	blocks := 0
	err := p.EachBlock(ctx, "look", func(Block) error { cancel(); blocks++; return nil })
	if !errors.Is(err, context.Canceled) || blocks != 1 {
		t.Errorf("%d blocks after it was cancelled: %v", blocks-1, err)
	}
}

func TestEven(t *testing.T) {
	if d := cmp.Diff([]int{2, 5, 9}, Even([]int{2, 4, 5, 7, 9, 11}, 3)); d != "" {
		t.Error(d)
	}
	if got := Even([]int{2, 4}, 2); len(got) != 2 {
		t.Errorf("two of two are %v", got)
	}
}
