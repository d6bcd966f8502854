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
		if err := listWithout(w, newScanner(ctx, src, true), drop); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\n")
		return err
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

// listWithout writes an array, or an object with its keys, one element to a
// line.
func listWithout(w io.Writer, s *scanner, drop core.RowSet) error {
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
		before := []byte{s.open, '\n'}
		if some {
			before = []byte(",\n")
		}
		if s.open == '{' {
			before = append(before, s.raw...)
		}
		if _, err := w.Write(append(before, text...)); err != nil {
			return err
		}
		some = true
	}
	end := []byte{'\n', s.open + 2}
	if !some {
		end = []byte{s.open, s.open + 2}
	}
	_, err := w.Write(end)
	return err
}
