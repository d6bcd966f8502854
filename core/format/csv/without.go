package csv

import (
	"context"
	"errors"
	"io"

	"taster/core"
)

// without copies everything but the bytes of the dropped records.
func without(ctx context.Context, w io.Writer, src core.Source, drop core.RowSet) error {
	d, err := find(src)
	if err != nil {
		return err
	}
	d, err = settle(ctx, src, d)
	if err != nil && !errors.Is(err, errQuote) {
		return err
	}
	s := newScanner(ctx, src, d)
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
		if err := core.CopyPart(w, src, from, s.begin-from); err != nil {
			return err
		}
		from = s.at()
	}
}
