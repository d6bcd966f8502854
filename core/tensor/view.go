package tensor

import (
	"context"
	"fmt"
	"math/bits"

	"taster/core"
)

// view is a tensor whose shape, type and bytes were found to agree.
type view struct {
	core.Tensor
	rows, cols int64
	width      int64   // bytes of one value
	fortran    bool    // column-major, and that makes a difference
	columns    []int64 // shape without the first dimension
	buf        []byte
}

// viewOf checks t before anything is read or allocated.
func viewOf(t core.Tensor, limit int64) (*view, error) {
	v := &view{Tensor: t, rows: 1, cols: 1, width: t.DType.Size()}
	if v.width == 0 {
		return nil, fmt.Errorf("%w: element type %.40q of %.80q", core.ErrUnsupported, string(t.DType), t.Name)
	}
	if t.Data == nil {
		return nil, fmt.Errorf("%w: the file does not hold the values of %.80q", core.ErrUnsupported, t.Name)
	}
	if len(t.Shape) > 0 {
		v.rows, v.columns = t.Shape[0], t.Shape[1:]
	}
	cells, ok := product(t.Shape)
	length, fits := mul(cells, v.width)
	if !ok || !fits || length != t.Data.Size() {
		return nil, fmt.Errorf("%w: %.80q of shape %.200s and type %s does not fill its %d bytes", core.ErrMalformed,
			t.Name, fmt.Sprint(t.Shape), t.DType, t.Data.Size())
	}
	v.cols, _ = product(v.columns) // fits, because cells does
	if max(cells, v.rows, v.cols) > limit {
		return nil, fmt.Errorf("%w: %.80q has %d rows of %d values, the limit is %d", core.ErrLimit, t.Name, v.rows, v.cols, limit)
	}
	v.fortran = t.Fortran && v.rows > 0 && v.cols > 1
	return v, nil
}

// product multiplies dimensions. It is false for a negative dimension and for
// non-zero ones whose product does not fit, even when another one is zero.
func product(shape []int64) (int64, bool) {
	p, zero := int64(1), false
	for _, d := range shape {
		if d == 0 {
			zero = true
			continue
		}
		var ok bool
		if p, ok = mul(p, d); !ok {
			return 0, false
		}
	}
	if zero {
		return 0, true
	}
	return p, true
}

// mul multiplies two numbers that must not be negative.
func mul(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return int64(lo), a >= 0 && b >= 0 && hi == 0 && int64(lo) >= 0
}

// fill decodes the n rows from first on into dst, row by row.
func fill[T number](ctx context.Context, v *view, dst []T, first, n int64) error {
	if !v.fortran {
		return run(ctx, v, first*v.cols, n*v.cols, func(at int64, part []byte) {
			decode(dst[at-first*v.cols:], part, v.DType)
		})
	}
	s := scatter[T]{v: v, dst: dst, first: first, n: n}
	if n == v.rows {
		return run(ctx, v, 0, n*v.cols, s.put)
	}
	for f := range v.cols {
		if err := run(ctx, v, f*v.rows+first, n, s.put); err != nil {
			return err
		}
	}
	return nil
}

// run reads n values from index first on, chunk by chunk, as little-endian bytes.
func run(ctx context.Context, v *view, first, n int64, put func(at int64, part []byte)) error {
	per := chunkBytes / v.width
	if need := min(per, n) * v.width; int64(len(v.buf)) < need {
		v.buf = make([]byte, need)
	}
	for at := first; at < first+n; at += per {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := v.buf[:min(per, first+n-at)*v.width]
		if m, err := v.Data.ReadAt(part, at*v.width); m < len(part) {
			return core.AtOffset(v.Offset+at*v.width, fmt.Errorf("reading %d bytes of %.80q: %w", len(part), v.Name, err))
		}
		if v.BigEndian {
			swap(part, int(v.width))
		}
		put(at, part)
	}
	return nil
}

// scatter places values of a column-major tensor into rows.
type scatter[T number] struct {
	v        *view
	dst      []T
	first, n int64
	vals     []T
}

func (s *scatter[T]) put(at int64, part []byte) {
	n := int64(len(part)) / s.v.width
	if int64(len(s.vals)) < n {
		s.vals = make([]T, n)
	}
	vals := s.vals[:n]
	decode(vals, part, s.v.DType)
	for len(vals) > 0 {
		f, row := at/s.v.rows, at%s.v.rows
		k := min(int64(len(vals)), s.v.rows-row)
		d := (row-s.first)*s.v.cols + s.v.columnOf(f)
		for _, x := range vals[:k] {
			s.dst[d] = x
			d += s.v.cols
		}
		vals, at = vals[k:], at+k
	}
}

// columnOf is the row-major index of the f-th column in column-major order.
func (v *view) columnOf(f int64) int64 {
	if len(v.columns) == 1 {
		return f
	}
	c, weight := int64(0), v.cols
	for _, d := range v.columns {
		weight /= d
		c += f % d * weight
		f /= d
	}
	return c
}
