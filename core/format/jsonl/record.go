package jsonl

import (
	"cmp"
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
// "outer.key", an element of an array of numbers "outer.0", or "outer.0.0" where
// arrays nest, a scalar that is a record of its own the column "value". Other
// arrays stay JSON.
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

// begin forgets the row before.
func (f *flattener) begin() { f.cells, f.unknown, f.again = f.cells[:0], 0, false }

// record reads one record, which stands at offset in the file.
func (f *flattener) record(text []byte, offset int64) error {
	f.begin()
	return f.part(text, offset, track{})
}

// part adds an element of a track, which stands at offset in the file.
func (f *flattener) part(text []byte, offset int64, t track) error {
	f.raw, f.base = text, offset
	w := jsonwalk.New(text, offset)
	read := func() error { return f.value(w, t.prefix, 0) }
	if t.names != nil && w.Next() == jsonwalk.Array {
		read = func() error { return f.named(w, t.names) }
	}
	if err := read(); err != nil {
		return err
	}
	return w.End()
}

// named reads an array whose values have names.
func (f *flattener) named(w *jsonwalk.Walker, names []string) error {
	return w.Array(func(i int) error {
		name := strconv.Itoa(i)
		if i < len(names) {
			name = names[i]
		}
		return f.value(w, name, 1)
	})
}

func (f *flattener) value(w *jsonwalk.Walker, path string, depth int) error {
	switch w.Next() {
	case jsonwalk.Object:
		if depth < maxDepth {
			return f.object(w, path, depth)
		}
	case jsonwalk.Array:
		if n, deep := numbers(w, f.raw, f.base); n > 0 && (!deep || n <= maxColumns && !f.has(path)) {
			return f.array(w, path)
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

// array makes a column of each number.
func (f *flattener) array(w *jsonwalk.Walker, path string) error {
	return w.Array(func(i int) error {
		at := under(path, strconv.Itoa(i))
		if w.Next() == jsonwalk.Array {
			return f.array(w, at)
		}
		n, err := w.Number()
		if err != nil {
			return err
		}
		return f.add(at, n, true)
	})
}

func (f *flattener) has(path string) bool {
	_, ok := f.index[path]
	return ok
}

// numbers counts the numbers of the array that comes next: 0 when it holds
// anything else. It may be deep: arrays of one length in arrays, as those of
// images and feature maps are.
func numbers(w *jsonwalk.Walker, raw []byte, base int64) (n int, deep bool) {
	probe := jsonwalk.New(raw[w.Offset()-base:], 0)
	n, deep, err := leaves(probe, 0)
	if err != nil {
		return 0, false
	}
	return n, deep
}

func leaves(w *jsonwalk.Walker, depth int) (n int, deep bool, err error) {
	each := 0 // of the first element
	err = w.Array(func(i int) error {
		inner := 0
		switch kind := w.Next(); {
		case kind == jsonwalk.Number:
			if err := w.Skip(); err != nil {
				return err
			}
		case kind == jsonwalk.Array && depth < maxDepth:
			m, _, err := leaves(w, depth+1)
			if err != nil || m == 0 {
				return cmp.Or(err, errStop)
			}
			inner, deep = m, true
		default:
			return errStop
		}
		if i == 0 {
			each = inner
		}
		if inner != each {
			return errStop
		}
		n += max(inner, 1)
		return nil
	})
	return n, deep, err
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
