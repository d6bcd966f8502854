package jsonl

import (
	"context"
	"errors"
	"io"

	"taster/core"
)

// without leaves out the dropped records. Lines of records keep every other
// byte; the elements of an array are written one to a line.
func without(ctx context.Context, w io.Writer, src core.Source, drop core.RowSet) error {
	array, err := isArray(src)
	if err != nil {
		return err
	}
	if array {
		return arrayWithout(w, newScanner(ctx, src, true), drop)
	}
	s, from := newScanner(ctx, src, false), int64(0)
	skipping := false
	for row := int64(0); ; row++ {
		_, at, err := s.next()
		if errors.Is(err, io.EOF) {
			at = src.Size()
		} else if err != nil {
			return wrap(err)
		}
		if skipping { // the record before and what follows it, up to here
			from = at
		}
		if err != nil {
			return core.CopyPart(w, src, from, at-from)
		}
		if skipping = drop.Has(row); !skipping {
			continue
		}
		if err := core.CopyPart(w, src, from, at-from); err != nil {
			return err
		}
	}
}

func arrayWithout(w io.Writer, s *scanner, drop core.RowSet) error {
	before, end := "[\n", "\n]\n"
	some := false
	for row := int64(0); ; row++ {
		text, _, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return wrap(err)
		}
		if drop.Has(row) {
			continue
		}
		if _, err := w.Write(append([]byte(before), text...)); err != nil {
			return err
		}
		before, some = ",\n", true
	}
	if !some {
		end = "[]\n"
	}
	_, err := io.WriteString(w, end)
	return err
}
