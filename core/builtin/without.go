package builtin

import (
	"context"
	"fmt"
	"io"

	"taster/core"
)

// Without writes src in its own form without the rows of drop, which ascend. It
// fails with core.ErrUnsupported, before it writes, for files that have no rows.
func Without(ctx context.Context, w io.Writer, src core.Source, drop core.RowSet) error {
	head, err := core.Head(src, 4<<10)
	if err != nil {
		return err
	}
	for _, f := range Formats() {
		if f.Without != nil && f.Match(head, src) != "" {
			return f.Without(ctx, w, src, drop)
		}
	}
	return fmt.Errorf("%w: rows can be left out of NumPy arrays, CSV and JSON records", core.ErrUnsupported)
}
