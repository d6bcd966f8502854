package csv

import (
	"context"
	"errors"
	"fmt"
	"io"

	"taster/core"
)

// without copies everything but the bytes of the dropped records.
func without(ctx context.Context, w io.Writer, src core.Source, drop core.RowSet) error {
	head, err := core.Head(src, headLength)
	if err != nil {
		return err
	}
	d, ok := recognise(head, src)
	if !ok {
		return fmt.Errorf("%w: csv: no table", core.ErrMalformed)
	}
	s := newScanner(ctx, src, d.delim, d.start)
	row, from := int64(0), int64(0)
	if d.header {
		row = -1
	}
	for ; ; row++ {
		_, err := s.next()
		if errors.Is(err, io.EOF) {
			return core.CopyPart(w, src, from, src.Size()-from)
		}
		if err != nil {
			return err
		}
		if !drop.Has(row) {
			continue
		}
		if err := core.CopyPart(w, src, from, s.start-from); err != nil {
			return err
		}
		from = s.at()
	}
}
