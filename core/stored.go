package core

import (
	"context"
	"fmt"
	"slices"
)

// Stored is activations that are too many to be held in memory. They are read
// from their file whenever they are needed.
type Stored interface {
	// Shape is the number of rows and columns.
	Shape() (rows, cols int)
	// Gather reads rows, which ascend, one after the other into dst.
	Gather(ctx context.Context, rows []int, dst []float32) error
	// Each yields all rows in order, in blocks that are valid during the call.
	Each(ctx context.Context, yield func(first int, block *Matrix) error) error
}

// Shape is the size of the activations, whether they are held or stored. It is
// 0 by 0 where there are none.
func (d *Dataset) Shape() (rows, cols int) {
	switch {
	case d.X != nil:
		return d.X.Rows, d.X.Cols
	case d.Stored != nil:
		return d.Stored.Shape()
	}
	return 0, 0
}

// RowsPass is one run of a detector on a dataset: what detectors of rows and the
// packages that they share work with.
type RowsPass struct {
	*Pass
	Data *Dataset
}

// ClassRows is the usable rows of one class.
type ClassRows struct {
	Class int
	Size  int     // rows of the class
	Rows  []int   // those that are measured, ascending: all of them, or an even sample where they do not fit
	X     *Matrix // holds their activations
	Index []int   // where: row Rows[i] of the dataset is row Index[i] of X
}

// Sampled says that not all rows of the class are measured, or nothing.
func (c *ClassRows) Sampled() string {
	if len(c.Rows) == c.Size {
		return ""
	}
	return fmt.Sprintf("measured on an even sample of %d of %d rows, which fits in memory", len(c.Rows), c.Size)
}

// Block is stored rows that follow each other. It is valid during the call that
// it is given to.
type Block struct {
	First   int     // row of the dataset that is row 0 of X
	X       *Matrix // their activations
	Classes [][]int // by class, its usable rows as rows of X
}

// EachBlock calls f for all stored rows in order, in blocks of about 4 MB. It
// emits the progress of the step in rows, and ends with ctx between blocks.
func (p *RowsPass) EachBlock(ctx context.Context, step string, f func(b Block) error) error {
	d := p.Data
	rows, _ := d.Shape()
	classes := make([][]int, len(d.Classes))
	return d.Stored.Each(ctx, func(first int, x *Matrix) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		for c := range classes {
			classes[c] = classes[c][:0]
		}
		for i, c := range d.Labels[first : first+x.Rows] {
			if d.Usable == nil || d.Usable[first+i] {
				classes[c] = append(classes[c], i)
			}
		}
		if err := f(Block{first, x, classes}); err != nil {
			return err
		}
		return p.Emit(Event{Progress: &Progress{Step: step, Unit: "rows", Done: int64(first + x.Rows), Total: int64(rows)}})
	})
}

// EachClass reads a file in up to mostPasses passes. Where that is not enough
// for all rows, it reads samples that take no more than samplePasses: what is
// done with the rows costs more than reading them.
const (
	mostPasses   = 4
	samplePasses = 2
)

// EachClass calls f for the classes in order. Activations that are stored are
// read for as many classes at a time as fit into half of Limits.Cells values, so
// that there is room for what is made of them, with one pass over the file for
// each time. That is all rows of a class where four passes suffice, else an even
// sample. What f is given is valid during the call.
func (p *RowsPass) EachClass(ctx context.Context, f func(c ClassRows) error) error {
	classes := p.Data.ByClass()
	if p.Data.X == nil {
		return p.eachStored(ctx, classes, f)
	}
	for c, rows := range classes {
		if err := f(ClassRows{Class: c, Size: len(rows), Rows: rows, X: p.Data.X, Index: rows}); err != nil {
			return err
		}
	}
	return nil
}

func (p *RowsPass) eachStored(ctx context.Context, classes [][]int, f func(c ClassRows) error) error {
	_, cols := p.Data.Shape()
	most := int(p.Limits.WithDefaults().Cells / 2 / int64(max(cols, 1)))
	fit := sample(classes, most)
	defer func() { p.Data.gathered = nil }()
	for first := 0; first < len(fit); {
		end := together(fit, first, most)
		rows := slices.Concat(fit[first:end]...)
		slices.Sort(rows)
		x, err := p.Gather(ctx, rows)
		if err != nil {
			return err
		}
		for ; first < end; first++ {
			c := ClassRows{Class: first, Size: len(classes[first]), Rows: fit[first], X: x, Index: places(rows, fit[first])}
			if err := f(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// sample is the classes as they are read, most rows in a pass: all rows of each,
// or even samples that are a fraction of most.
func sample(classes [][]int, most int) [][]int {
	out, limit := make([][]int, len(classes)), mostPasses
	for part := 1; ; part++ {
		for c, rows := range classes {
			out[c] = Even(rows, most/part)
		}
		if passes(out, most) <= limit || part > most {
			return out
		}
		limit = samplePasses
	}
}

func passes(classes [][]int, most int) (n int) {
	for first := 0; first < len(classes); n++ {
		first = together(classes, first, most)
	}
	return n
}

// together is the end of the classes, from first on, of which most rows are
// read in one pass; one class at least.
func together(classes [][]int, first, most int) int {
	end, n := first+1, len(classes[first])
	for ; end < len(classes) && n+len(classes[end]) <= most; end++ {
		n += len(classes[end])
	}
	return end
}

const pieceCells = 16 << 20 // read between two words on the progress

// Gather reads rows of stored activations, which ascend. The matrix is valid
// until the next call.
func (p *RowsPass) Gather(ctx context.Context, rows []int) (*Matrix, error) {
	d := p.Data
	_, cols := d.Stored.Shape()
	if n := len(rows) * cols; cap(d.gathered) < n {
		d.gathered = nil // so that two are never held
		d.gathered = make([]float32, n)
	}
	x := &Matrix{Rows: len(rows), Cols: cols, Data: d.gathered[:len(rows)*cols]}
	step := max(pieceCells/max(cols, 1), 1)
	for at := 0; at < len(rows); at += step {
		if err := p.Emit(Event{Progress: &Progress{Step: "Reading activations", Unit: "rows", Done: int64(at), Total: int64(len(rows))}}); err != nil {
			return nil, err
		}
		if err := d.Stored.Gather(ctx, rows[at:min(at+step, len(rows))], x.Data[at*cols:]); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// places are the indices in rows, which ascend, of each of some.
func places(rows, some []int) []int {
	out := make([]int, len(some))
	for i, r := range some {
		out[i], _ = slices.BinarySearch(rows, r)
	}
	return out
}

// Even picks at most most of rows, evenly.
func Even(rows []int, most int) []int {
	if len(rows) <= most {
		return rows
	}
	out := make([]int, most)
	for i := range out {
		out[i] = rows[int(int64(i)*int64(len(rows))/int64(most))]
	}
	return out
}
