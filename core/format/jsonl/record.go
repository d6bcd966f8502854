package jsonl

import (
	"fmt"
	"strconv"

	"taster/core"
	"taster/core/jsonwalk"
)

const (
	maxColumns = 1 << 16
	maxDepth   = 4 // objects in objects whose keys become columns; deeper ones stay text
)

// cell is one value of a record.
type cell struct {
	column int
	text   string
	number bool
}

// flattener makes cells of records. A key in an object is the column
// "outer.key", an element of an array of numbers "outer.0", a scalar that is a
// record of its own the column "value". Other arrays stay JSON.
type flattener struct {
	index   map[string]int
	names   []string
	fixed   bool // no columns are added any more
	unknown int  // values without a column in this record
	again   bool // a key stands twice in this record
	cells   []cell
	raw     []byte
	base    int64
}

func newFlattener() *flattener { return &flattener{index: map[string]int{}} }

// record reads one record, which stands at offset in the file.
func (f *flattener) record(text []byte, offset int64) error {
	f.cells, f.unknown, f.again, f.raw, f.base = f.cells[:0], 0, false, text, offset
	w := jsonwalk.New(text, offset)
	if err := f.value(w, "", 0); err != nil {
		return err
	}
	return w.End()
}

func (f *flattener) value(w *jsonwalk.Walker, path string, depth int) error {
	switch w.Next() {
	case jsonwalk.Object:
		if depth < maxDepth {
			return f.object(w, path, depth)
		}
	case jsonwalk.Array:
		if numbers(w, f.raw, f.base) {
			return w.Array(func(i int) error {
				n, err := w.Number()
				if err != nil {
					return err
				}
				return f.add(under(path, strconv.Itoa(i)), n, true)
			})
		}
	case jsonwalk.String:
		t, err := w.Text()
		if err != nil {
			return err
		}
		return f.add(path, t.Value, false)
	case jsonwalk.Number:
		n, err := w.Number()
		if err != nil {
			return err
		}
		return f.add(path, n, true)
	case jsonwalk.Null:
		if err := w.Skip(); err != nil {
			return err
		}
		return f.add(path, "", true) // as numeric as its column
	}
	from := w.Offset()
	if err := w.Skip(); err != nil {
		return err
	}
	return f.add(path, string(f.raw[from-f.base:w.Offset()-f.base]), false)
}

func (f *flattener) object(w *jsonwalk.Walker, path string, depth int) error {
	return w.Object(func(k jsonwalk.Key) error {
		f.again = f.again || k.Again
		return f.value(w, under(path, k.Value), depth+1)
	})
}

// numbers says whether the array that comes next holds numbers alone, and at
// least one.
func numbers(w *jsonwalk.Walker, raw []byte, base int64) bool {
	probe := jsonwalk.New(raw[w.Offset()-base:], 0)
	all, some := true, false
	err := probe.Array(func(int) error {
		all, some = all && probe.Next() == jsonwalk.Number, true
		if !all {
			return errStop
		}
		return probe.Skip()
	})
	return err == nil && all && some
}

func under(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (f *flattener) add(path, text string, number bool) error {
	if path == "" {
		path = "value"
	}
	c, ok := f.index[path]
	switch {
	case !ok && f.fixed:
		f.unknown++
		return nil
	case !ok && len(f.names) == maxColumns:
		return fmt.Errorf("%w: more than %d columns", core.ErrLimit, maxColumns)
	case !ok && len(path) > maxName:
		return fmt.Errorf("%w: a key of %d bytes, the limit is %d", core.ErrLimit, len(path), maxName)
	case !ok:
		c = len(f.names)
		f.index[path], f.names = c, append(f.names, path)
	}
	f.cells = append(f.cells, cell{c, text, number})
	return nil
}

const maxName = 1024 // bytes of the name of a column
