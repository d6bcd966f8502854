package csv

import (
	"context"
	"errors"
	"fmt"
	"io"

	"taster/core"
)

// raw are the rows with their places, for [core.Artifact.Records].
func raw(src core.Source, d dialect) core.RawRecords {
	return func(ctx context.Context, yield func(core.RawRecord) error) error {
		s := newScanner(ctx, src, d)
		row := int64(0)
		if d.header {
			row = -1
		}
		for ; ; row++ {
			fields, err := s.next()
			r := core.RawRecord{Row: row, Start: s.begin, End: s.at(), Fields: fields}
			switch {
			case errors.Is(err, io.EOF):
				return nil
			case errors.Is(err, core.ErrMalformed) || errors.Is(err, core.ErrLimit):
				r.Fields, r.Bad = nil, fmt.Sprintf("%v; what follows was not read", err)
				return yield(r)
			case err != nil:
				return err
			case row < 0:
				continue
			}
			if err := yield(r); err != nil {
				return err
			}
		}
	}
}
