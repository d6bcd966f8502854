package dataset

import (
	"fmt"

	"taster/core"
	"taster/core/tensor"
)

// pooled averages over the places of a map, or the tokens of a sequence, and
// leaves N x C. Of four dimensions the channels are the second, unless the
// second and third are equal and the last is not: (N, H, W, C). Of three the
// second are tokens. Other shapes are read as they are.
func (l *loader) pooled(t core.Tensor) (*core.Matrix, error) {
	axis := channels(t.Shape)
	if axis < 0 {
		return tensor.Rows(l.ctx, t, l.left)
	}
	inner := int64(1) // distance between channels
	for _, d := range t.Shape[axis+1:] {
		inner *= d
	}
	rows, c := t.Shape[0], t.Shape[axis]
	if rows < 0 || c < 0 || c > 0 && rows > l.left/c {
		return nil, fmt.Errorf("%w: %d rows of %d channels, the limit is %d values", core.ErrLimit, rows, c, l.left)
	}
	var out *core.Matrix
	err := tensor.Blocks(l.ctx, t, 1024, func(first int, block *core.Matrix) error {
		if out == nil { // shape and bytes agree, or there would be no block
			out = &core.Matrix{Rows: int(rows), Cols: int(c), Data: make([]float32, rows*c)}
		}
		for i := range block.Rows {
			average(out.Row(first+i), block.Row(i), int(inner))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if out == nil {
		out = &core.Matrix{Rows: int(rows), Cols: int(c)}
	}
	l.note("The activations of shape %s were averaged to %d channels, the dimension of index %d.", shapeText(t.Shape), c, axis)
	return out, nil
}

// channels is the dimension to keep, or -1.
func channels(shape []int64) int {
	switch {
	case len(shape) == 3:
		return 2
	case len(shape) == 4 && shape[1] == shape[2] && shape[2] != shape[3]:
		return 3
	case len(shape) == 4:
		return 1
	}
	return -1
}

// average sets dst to the means of the values of each channel: value v of row
// belongs to channel v / inner mod len(dst).
func average(dst, row []float32, inner int) {
	sums := make([]float64, len(dst))
	for v, x := range row {
		sums[v/inner%len(dst)] += float64(x)
	}
	for c, s := range sums {
		dst[c] = float32(s * float64(len(dst)) / float64(len(row)))
	}
}
