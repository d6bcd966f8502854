package tensor

import (
	"context"
	"fmt"
	"math"

	"taster/core"
)

// Reader reads any part of a tensor in float64, which holds every value of the
// types of up to 53 bits exactly.
type Reader struct {
	v *view
}

// NewReader checks t as [Rows] does, and reads nothing.
func NewReader(t core.Tensor) (*Reader, error) {
	v, err := viewOf(t, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	return &Reader{v}, nil
}

// Shape is the tensor as rows of values: the first dimension by the others.
func (r *Reader) Shape() (rows, cols int64) { return r.v.rows, r.v.cols }

// InOrder says that the values lie row by row, so that their bytes can be had.
func (r *Reader) InOrder() bool { return !r.v.fortran && !r.v.BigEndian }

// Values reads the values of n rows from first on into dst.
func (r *Reader) Values(ctx context.Context, dst []float64, first, n int64) error {
	if first < 0 || n < 0 || first > r.v.rows || n > r.v.rows-first || int64(len(dst)) != n*r.v.cols {
		return fmt.Errorf("rows %d to %d of %d", first, first+n, r.v.rows)
	}
	return fill(ctx, r.v, dst, first, n)
}

// Bytes reads the bytes of n values from first on, of a tensor that is in order.
func (r *Reader) Bytes(dst []byte, first int64) error {
	at := first * r.v.width
	if n, err := r.v.Data.ReadAt(dst, at); n < len(dst) {
		return core.AtOffset(r.v.Offset+at, fmt.Errorf("reading %d bytes of %.80q: %w", len(dst), r.v.Name, err))
	}
	return nil
}

// Decode converts the bytes of values into dst.
func (r *Reader) Decode(dst []float64, b []byte) { decode(dst, b, r.v.DType) }
