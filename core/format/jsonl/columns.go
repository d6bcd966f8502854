package jsonl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"taster/core"
)

// What follows reads a single object that holds data: lists by name, as Python
// writes a dict of arrays, and the forms of pandas.DataFrame.to_json.

// track is a list that is read element by element.
type track struct {
	list
	prefix string   // of its columns
	names  []string // of the values of an element that is an array; nil: none
}

// Columns reads a single object of lists into o.Artifact and says whether it
// was one. Lists of as many elements are the columns of one table. Lists of
// different lengths, one of them a matrix, are members of their own, as the
// arrays of an npz file are. known are keys of configurations: an object that
// has one of them is no data.
func Columns(ctx context.Context, src core.Source, o *core.Opener, known func(key string) bool) (bool, error) {
	d, err := survey(ctx, src, known)
	if err != nil {
		return false, notData(err)
	}
	tracks, err := d.tracks(ctx, src)
	switch {
	case err != nil:
		return false, notData(err)
	case tracks != nil:
		r := &reader{ctx: ctx, src: src, o: o, tally: core.NewTally(o), f: newFlattener(),
			feed: func(ctx context.Context) feed { return newZip(ctx, src, tracks) }}
		return true, r.open()
	case d.separate():
		return true, members(ctx, src, o, d.lists)
	}
	return false, nil
}

// notData passes on what ends the run; what is broken or too large is for the
// reader of configurations to say.
func notData(err error) error {
	if errors.Is(err, errOther) || errors.Is(err, core.ErrMalformed) || errors.Is(err, core.ErrLimit) {
		return nil
	}
	return wrap(err)
}

// tracks are the lists that make one table, or nil.
func (d *document) tracks(ctx context.Context, src core.Source) ([]track, error) {
	byKey := map[string]list{}
	for _, l := range d.lists {
		byKey[l.key] = l
	}
	columns, data := byKey["columns"], byKey["data"]
	switch {
	case data.end > 0 && columns.end > 0 && !columns.keyed && !data.keyed && !data.objects && onlySplit(d.lists):
		return split(ctx, src, columns, data, byKey["index"])
	case data.objects && len(d.lists) == 1 && !data.keyed && d.outer.count == 2: // "table": {"schema": {...}, "data": [...]}
		return []track{{list: data}}, nil
	case d.outer.rows && d.outer.objects && d.outer.count > 0: // "index"
		return []track{{list: d.outer}}, nil
	}
	return d.side(), nil
}

// onlySplit says that the document has the keys of pandas' split form alone.
func onlySplit(lists []list) bool {
	return !slices.ContainsFunc(lists, func(l list) bool {
		return !slices.Contains([]string{"columns", "index", "data", "index_names", "column_names"}, l.key)
	})
}

// split is {"columns": [names], "index": [...], "data": [[...], ...]}.
func split(ctx context.Context, src core.Source, columns, data, index list) ([]track, error) {
	t := track{list: data}
	s, err := columns.scanner(ctx, src, chunk)
	if err != nil {
		return nil, err
	}
	f := newFlattener()
	for range columns.count {
		text, at, err := s.next()
		if err != nil {
			return nil, err
		}
		if err := f.record(text, at); err != nil {
			return nil, err
		}
		if len(f.cells) != 1 || len(t.names) == maxColumns {
			return nil, nil // names of several levels
		}
		t.names = append(t.names, f.cells[0].text)
	}
	if index.end > 0 && index.count == data.count {
		return []track{t, {list: index, prefix: "index"}}, nil
	}
	return []track{t}, nil
}

// side is the lists as columns side by side, or nil where they do not have as
// many elements, or are not all that the document holds. Rows that are keyed
// have to have the same keys.
func (d *document) side() []track {
	var out []track
	for _, l := range d.lists {
		first := d.lists[0]
		if l.objects || l.count != first.count || l.keyed != first.keyed || l.keys != first.keys || l.keyed && !l.rows {
			return nil
		}
		out = append(out, track{list: l, prefix: l.key})
	}
	if len(out) == 0 || out[0].count == 0 || d.beside && !d.separate() {
		return nil
	}
	return out
}

// separate says whether one list is a matrix, and none holds objects.
func (d *document) separate() bool {
	some := false
	for _, l := range d.lists {
		some = some || l.matrix
		if l.objects || l.keyed {
			return false
		}
	}
	return some
}

// members hands each list on by itself.
func members(ctx context.Context, src core.Source, o *core.Opener, lists []list) error {
	for _, l := range lists {
		if l.count == 0 {
			continue
		}
		if !o.Admit() {
			return core.AtOffset(l.at, fmt.Errorf("%w: more than %d members", core.ErrLimit, o.Limits.Members))
		}
		part, err := core.Section(src, l.key, l.at, l.end-l.at)
		if err != nil {
			return err
		}
		if err := o.Nested(ctx, fmt.Sprintf("%.200s", l.key), part); err != nil {
			return err
		}
	}
	return nil
}

// scanner reads the elements of l, in pieces of so many bytes.
func (l *list) scanner(ctx context.Context, src core.Source, piece int64) (*scanner, error) {
	part, err := core.Section(src, src.Name(), l.at, l.end-l.at)
	if err != nil {
		return nil, err
	}
	s := newScanner(ctx, part, true)
	s.piece = piece
	return s, nil
}

// zip reads one element of each track for a row.
type zip struct {
	tracks   []track
	scanners []*scanner
	err      error
}

func newZip(ctx context.Context, src core.Source, tracks []track) *zip {
	const together, least = 16 << 20, 2 << 10
	z := &zip{tracks: tracks}
	for i := range tracks {
		s, err := tracks[i].scanner(ctx, src, min(chunk, max(least, together/int64(len(tracks)))))
		if err != nil {
			z.err = err
			return z
		}
		z.scanners = append(z.scanners, s)
	}
	return z
}

// next fills f with the next row.
func (z *zip) next(f *flattener) (offset int64, err error) {
	if z.err != nil {
		return 0, z.err
	}
	f.begin()
	for i, t := range z.tracks {
		text, at, err := z.scanners[i].next()
		if err != nil {
			return at + t.at, moved(err, t.at)
		}
		if i == 0 {
			offset = at + t.at
			if t.keyed {
				if err := f.add("index", z.scanners[i].key, true); err != nil {
					return offset, err
				}
			}
		}
		if err := f.part(text, at+t.at, t); err != nil {
			return offset, err
		}
	}
	return offset, nil
}

// moved gives err the place in the file of a place in a list.
func moved(err error, by int64) error {
	var at *core.OffsetError
	if !errors.As(err, &at) {
		return err
	}
	return core.AtOffset(at.Offset+by, at.Err)
}

// ColumnsWithout leaves the rows of drop out of each list of the table, and
// keeps every byte between the lists. known is that of [Columns].
func ColumnsWithout(ctx context.Context, w io.Writer, src core.Source, drop core.RowSet, known func(key string) bool) error {
	d, err := survey(ctx, src, known)
	if err != nil {
		return wrap(err)
	}
	tracks, err := d.tracks(ctx, src)
	if err != nil {
		return wrap(err)
	}
	if tracks == nil {
		return fmt.Errorf("JSON: %w: the object is not one table, so it has no rows", core.ErrUnsupported)
	}
	slices.SortFunc(tracks, func(a, b track) int { return int(a.at - b.at) })
	from := int64(0)
	for _, t := range tracks {
		if err := core.CopyPart(w, src, from, t.at-from); err != nil {
			return err
		}
		s, err := t.scanner(ctx, src, chunk)
		if err != nil {
			return err
		}
		if err := listWithout(w, s, drop); err != nil {
			return err
		}
		from = t.end
	}
	return core.CopyPart(w, src, from, src.Size()-from)
}
