// Package tensor reads the numbers of a [core.Tensor] in large sequential
// pieces. It knows every element type that core.DType.Size knows, both byte
// orders, and row- and column-major order; values always come out row by row.
//
// A tensor of shape (n, d1, d2, ...) is read as n rows of d1*d2*... columns, a
// vector as n rows of one column, and a scalar as one row of one column.
package tensor

import (
	"context"
	"fmt"
	"math"

	"taster/core"
)

const (
	chunkBytes = 4 << 20  // read at once: short reads are slow in a browser
	blockCells = 16 << 20 // most values of a block that is in memory while streaming
)

// Rows reads t as a matrix. Integers beyond 2^24 and float64 values are
// rounded to float32. It fails with [core.ErrLimit] before any memory is made
// when t has more than limit rows or values, with [core.ErrUnsupported] for an
// element type that is not a number, and with [core.ErrMalformed] when shape
// and bytes disagree.
func Rows(ctx context.Context, t core.Tensor, limit int64) (*core.Matrix, error) {
	v, err := viewOf(t, limit)
	if err != nil {
		return nil, err
	}
	m := &core.Matrix{Rows: int(v.rows), Cols: int(v.cols), Data: make([]float32, v.rows*v.cols)}
	return m, fill(ctx, v, m.Data, 0, v.rows)
}

// Float64s reads all values of t in row-major order. Integers beyond 2^53 are
// rounded. It fails as [Rows] does.
func Float64s(ctx context.Context, t core.Tensor, limit int64) ([]float64, error) {
	v, err := viewOf(t, limit)
	if err != nil {
		return nil, err
	}
	out := make([]float64, v.rows*v.cols)
	return out, fill(ctx, v, out, 0, v.rows)
}

// Int64s reads all values of t in row-major order without rounding. It fails
// as [Rows] does, and also on a value that is not a whole number or does not
// fit int64.
func Int64s(ctx context.Context, t core.Tensor, limit int64) ([]int64, error) {
	if isFloat(t.DType) {
		return wholeFloats(ctx, t, limit)
	}
	v, err := viewOf(t, limit)
	if err != nil {
		return nil, err
	}
	out := make([]int64, v.rows*v.cols)
	if err := fill(ctx, v, out, 0, v.rows); err != nil {
		return nil, err
	}
	if t.DType != "U64" {
		return out, nil
	}
	for i, x := range out {
		if x < 0 { // decoded by wrapping around
			return nil, notWhole(t, i, uint64(x))
		}
	}
	return out, nil
}

func isFloat(d core.DType) bool { return d == "F16" || d == "BF16" || d == "F32" || d == "F64" }

// wholeFloats accepts labels that were saved as floats, such as 1.0.
func wholeFloats(ctx context.Context, t core.Tensor, limit int64) ([]int64, error) {
	floats, err := Float64s(ctx, t, limit)
	if err != nil {
		return nil, err
	}
	out := make([]int64, len(floats))
	for i, f := range floats {
		if f != math.Trunc(f) || math.Abs(f) > 1<<53 { // NaN and infinities fail too
			return nil, notWhole(t, i, f)
		}
		out[i] = int64(f)
	}
	return out, nil
}

func notWhole(t core.Tensor, i int, value any) error {
	return fmt.Errorf("%w: value %v at index %d of %.80q is not a whole number that fits int64", core.ErrUnsupported, value, i, t.Name)
}

// Blocks calls yield for blocks of at most rowsPerBlock rows in order, where
// first is the index of the block's first row. The block is reused: it is
// valid only during the call. Memory stays below about 128 MB whatever the
// size of t; a single row that would need more fails with [core.ErrLimit]. Otherwise it
// fails as [Rows] does, or with yield's error.
//
// A column-major tensor costs one read for each column and 16 Mi values.
func Blocks(ctx context.Context, t core.Tensor, rowsPerBlock int, yield func(first int, block *core.Matrix) error) error {
	v, err := viewOf(t, math.MaxInt64)
	if err != nil {
		return err
	}
	if v.cols == 0 {
		return nil
	}
	if v.cols > blockCells {
		return fmt.Errorf("%w: a row of %d values, the limit is %d", core.ErrLimit, v.cols, blockCells)
	}
	step := min(int64(max(rowsPerBlock, 1)), blockCells/v.cols)
	load := min(v.rows, v.loadRows(step))
	data := make([]float32, load*v.cols)
	for first := int64(0); first < v.rows; first += load {
		n := min(load, v.rows-first)
		if err := fill(ctx, v, data[:n*v.cols], first, n); err != nil {
			return err
		}
		if err := split(data, int(v.cols), int(first), int(n), int(step), yield); err != nil {
			return err
		}
	}
	return nil
}

// loadRows is how many rows are read together: a multiple of step, as many as
// fit a block when the rows lie scattered.
func (v *view) loadRows(step int64) int64 {
	if !v.fortran {
		return step
	}
	return blockCells / v.cols / step * step
}

// split yields n loaded rows in blocks of step rows.
func split(data []float32, cols, first, n, step int, yield func(int, *core.Matrix) error) error {
	for r := 0; r < n; r += step {
		k := min(step, n-r)
		if err := yield(first+r, &core.Matrix{Rows: k, Cols: cols, Data: data[r*cols : (r+k)*cols : (r+k)*cols]}); err != nil {
			return err
		}
	}
	return nil
}
