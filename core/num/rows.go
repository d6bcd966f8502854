// Package num holds the numerics of the data detectors: class means, scatter
// matrices, principal components, two-means, silhouettes and quantiles.
//
// Activations are stored as float32 and every sum runs in float64, in an order
// that depends on the shapes alone. So a run repeats bit for bit, also between
// a native build and WebAssembly where gonum is built with -tags noasm. The
// hot loops are those of package kernel.
package num

import (
	"context"
	"slices"

	"taster/core/num/kernel"
)

// Rows is a selection of rows of a row-major matrix, for example one class.
type Rows struct {
	Data  []float32 // whole matrix
	Cols  int
	Index []int // the selected rows; an empty Index selects none
}

// Range is the indices 0 ... n-1, which select all of n rows.
func Range(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Len is the number of rows selected.
func (x Rows) Len() int { return len(x.Index) }

// Row is the i-th selected row, not copied.
func (x Rows) Row(i int) []float32 {
	at := x.Index[i] * x.Cols
	return x.Data[at : at+x.Cols : at+x.Cols]
}

// Mean is the mean row, zero when no row is selected. O(n D).
func (x Rows) Mean() []float64 {
	m := make([]float64, x.Cols)
	x.AddTo(m, slices.Repeat([]float64{1}, x.Len()))
	if n := x.Len(); n > 0 {
		for j := range m {
			m[j] /= float64(n)
		}
	}
	return m
}

// MulVec sets dst[i] to the inner product of row i and v. O(n D).
func (x Rows) MulVec(dst, v []float64) { kernel.MulVec(dst, x.Data, x.Index, v) }

// AddTo adds to dst the sum of t[i] times row i. O(n D).
func (x Rows) AddTo(dst, t []float64) { kernel.AddTo(dst, x.Data, x.Index, t) }

// gramVec adds to dst the scatter matrix about mean, times v, in one pass over
// the rows: sum of (x_i - mean) ((x_i - mean) . v).
func (x Rows) gramVec(dst, mean, v []float64) {
	sum := kernel.GramVec(dst, x.Data, x.Index, v, Dot(mean, v))
	kernel.Axpy(dst, -sum, mean)
}

const blockRows = 128 // rows widened at once: a block of 512 columns fits the second-level cache

// AddScatter adds the sum of (x_i - mean)(x_i - mean)^T to the lower triangle
// of the D x D matrix dst. O(n D^2 / 2) and a block of 128 rows of memory.
// progress, unless nil, hears how many rows are done; its error, or that of
// ctx, ends the sum.
func (x Rows) AddScatter(ctx context.Context, dst, mean []float64, progress func(rows int) error) error {
	block := kernel.NewStrips(x.Cols, blockRows)
	for i := 0; i < x.Len(); i += blockRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(blockRows, x.Len()-i)
		block.Put(x.Data, x.Index[i:i+n], mean)
		block.AddProducts(dst, n)
		if progress == nil {
			continue
		}
		if err := progress(i + n); err != nil {
			return err
		}
	}
	return nil
}

// Project sets row i of the n x k matrix dst to the inner products of
// x_i - mean with the k vectors. O(n D k).
func (x Rows) Project(dst []float64, mean []float64, vectors [][]float64) {
	k := len(vectors)
	column := make([]float64, x.Len())
	for j, v := range vectors {
		shift := Dot(mean, v)
		x.MulVec(column, v)
		for i, s := range column {
			dst[i*k+j] = s - shift
		}
	}
}
