package tensor

import (
	"context"
	"fmt"
	"math"

	"taster/core"
)

// Stored reads rows of a tensor whenever they are needed.
type Stored struct{ v *view }

var _ core.Stored = (*Stored)(nil)

// NewStored prepares t for reading. It fails as [Rows] does, but has no limit
// of values, only of rows.
func NewStored(t core.Tensor, rows int64) (*Stored, error) {
	v, err := viewOf(t, math.MaxInt64)
	switch {
	case err != nil:
		return nil, err
	case v.rows > rows:
		return nil, fmt.Errorf("%w: %.80q has %d rows, the limit for arrays of this size is %d", core.ErrLimit, t.Name, v.rows, rows)
	case v.cols == 0 || v.cols > blockCells:
		return nil, fmt.Errorf("%w: a row of %d values, the limit is %d", core.ErrLimit, v.cols, blockCells)
	}
	return &Stored{v}, nil
}

// Shape implements [core.Stored].
func (s *Stored) Shape() (rows, cols int) { return int(s.v.rows), int(s.v.cols) }

// Each implements [core.Stored] in blocks of about 4 MB.
func (s *Stored) Each(ctx context.Context, yield func(first int, block *core.Matrix) error) error {
	return Blocks(ctx, s.v.Tensor, int(s.step()), yield)
}

// Gather implements [core.Stored]. It reads what lies between two rows that
// are wanted when that is less than a block.
func (s *Stored) Gather(ctx context.Context, rows []int, dst []float32) error {
	cols, per := int(s.v.cols), s.v.loadRows(s.step())
	block := make([]float32, per*s.v.cols)
	for len(rows) > 0 {
		first := int64(rows[0]) / per * per
		n := min(per, s.v.rows-first)
		if err := fill(ctx, s.v, block[:n*s.v.cols], first, n); err != nil {
			return err
		}
		for ; len(rows) > 0 && int64(rows[0]) < first+n; rows = rows[1:] {
			at := (rows[0] - int(first)) * cols
			dst = dst[copy(dst, block[at:at+cols]):]
		}
	}
	return nil
}

// step is how many rows make a block.
func (s *Stored) step() int64 { return max(chunkBytes/(s.v.width*s.v.cols), 1) }
