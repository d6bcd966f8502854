package columnar

import (
	"context"
	"fmt"
	"math"
	"strings"

	"taster/core"
)

const (
	maxStructs = 4        // structures in structures whose fields become columns, as in JSON records
	maxColumns = 1 << 16  // of a table
	maxText    = 64 << 20 // bytes of one row
	maxNumbers = 1 << 20  // numbers of one field that are read as a vector

	// A dictionary lets a few bytes stand for endless text: what a table may
	// come to is freeText bytes and textRatio times its file.
	freeText  = 1 << 30
	textRatio = 256
)

// Reader yields the rows of some columns of a file, in order, in batches whose
// Columns are those asked for. Asked for none, it need not yield anything.
type Reader func(ctx context.Context, columns []int, yield func(*Batch) error) error

// cell is a column of the table: a column of the file, or a field of one.
type cell struct {
	name string
	top  int   // column of the file
	path []int // fields to take from there
	typ  *Type
}

// Table is a table in the making.
type Table struct {
	columns []*Type
	cells   []cell
	values  []int // numbers of each field of a cell; 0: not known yet, -1: they differ
	rows    int64
	size    int64
	read    Reader
}

// NewTable is a table over the columns of a file of size bytes. Columns without
// a type (nil) are left out, and so are the row numbers that pandas writes.
func NewTable(columns []*Type, rows, size int64, read Reader) (*Table, error) {
	t := &Table{columns: columns, rows: rows, size: size, read: read}
	for i, c := range columns {
		if c != nil && !strings.HasPrefix(c.Name, "__index_level_") {
			t.flatten(cell{name: c.Name, top: i, typ: c}, 0)
		}
	}
	if len(t.cells) > maxColumns {
		return nil, fmt.Errorf("%w: more than %d columns", core.ErrLimit, maxColumns)
	}
	t.values = make([]int, len(t.cells))
	return t, nil
}

// flatten makes a column of each field of a structure: "outer.inner".
func (t *Table) flatten(c cell, depth int) {
	if c.typ.Kind != Struct || depth == maxStructs || len(c.typ.Fields) == 0 {
		t.cells = append(t.cells, c)
		return
	}
	for i, f := range c.typ.Fields {
		if len(t.cells) > maxColumns {
			return
		}
		t.flatten(cell{c.name + "." + f.Name, c.top, append(c.path[:len(c.path):len(c.path)], i), f}, depth+1)
	}
}

// Survey learns from a batch of one column of the file how long its lists are.
func (t *Table) Survey(top int, v *Vector) {
	for k, c := range t.cells {
		if c.top != top || !c.typ.vectors() || t.values[k] < 0 {
			continue
		}
		at := c.of(v)
		for i := range at.Len {
			if at.Missing(i) {
				continue
			}
			n := at.leaves(i)
			if t.values[k] == 0 {
				t.values[k] = n
			}
			if n != t.values[k] || n == 0 || n > maxNumbers {
				t.values[k] = -1
				break
			}
		}
	}
}

// Drop leaves out a column of the file that cannot be read.
func (t *Table) Drop(top int) {
	cells, values := t.cells[:0], t.values[:0]
	for k, c := range t.cells {
		if c.top != top {
			cells, values = append(cells, c), append(values, t.values[k])
		}
	}
	t.cells, t.values = cells, values
}

// Table is what the checks read. It is nil when no column is left.
func (t *Table) Table() *core.Table {
	if len(t.cells) == 0 {
		return nil
	}
	all := make([]int, len(t.cells))
	for k := range all {
		all[k] = k
	}
	out := t.some(all)
	out.Some = t.some
	out.Records = t.records
	return out
}

// some is the table of some of the cells.
func (t *Table) some(cells []int) *core.Table {
	out := &core.Table{Rows: t.rows}
	for _, k := range cells {
		c := t.cells[k]
		column := core.Column{Name: c.name, Numeric: c.typ.numeric(), Names: c.typ.Names}
		if c.typ.vectors() {
			column.Values = max(t.values[k], 0)
		}
		out.Columns = append(out.Columns, column)
	}
	out.Scan = func(ctx context.Context, yield func(int64, []string) error) error { return t.scan(ctx, cells, yield) }
	out.Floats = func(ctx context.Context, columns []int, yield func(int64, []float64) error) error {
		picked := make([]int, len(columns))
		for i, c := range columns {
			picked[i] = cells[c]
		}
		return t.floats(ctx, picked, yield)
	}
	return out
}

// tops lists the columns of the file that the cells need, and for each cell
// its place among them.
func (t *Table) tops(cells []int) (tops, place []int) {
	seen := map[int]int{}
	for _, k := range cells {
		top := t.cells[k].top
		if _, ok := seen[top]; !ok {
			seen[top] = len(tops)
			tops = append(tops, top)
		}
		place = append(place, seen[top])
	}
	return tops, place
}

// of is the values of the cell in the values of its column of the file. A
// value in a structure that is missing is missing, too.
func (c cell) of(v *Vector) *Vector {
	for _, i := range c.path {
		kid := v.Kids[i]
		if v.Valid != nil {
			kid = under(v, kid)
		}
		v = kid
	}
	return v
}

func under(outer, kid *Vector) *Vector {
	out := *kid
	out.Valid = make([]bool, outer.Len)
	for i := range out.Valid {
		out.Valid[i] = outer.Valid[i] && !kid.Missing(i)
	}
	return &out
}

// each yields batches with the values of the cells.
func (t *Table) each(ctx context.Context, cells []int, yield func(*Batch, []*Vector) error) error {
	tops, place := t.tops(cells)
	at := make([]*Vector, len(cells))
	return t.read(ctx, tops, func(b *Batch) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, k := range cells {
			at[i] = t.cells[k].of(b.Columns[place[i]])
		}
		return yield(b, at)
	})
}

func (t *Table) scan(ctx context.Context, cells []int, yield func(int64, []string) error) error {
	fields, ends := make([]string, len(cells)), make([]int, len(cells))
	w := t.writer()
	return t.each(ctx, cells, func(b *Batch, at []*Vector) error {
		for row := range b.Rows {
			w.text = w.text[:0]
			for i, v := range at {
				w.text = AppendText(w.text, v, row)
				ends[i] = len(w.text)
			}
			if err := w.count(b.First + int64(row)); err != nil {
				return err
			}
			all, from := string(w.text), 0
			for i, end := range ends {
				fields[i], from = all[from:end], end
			}
			if err := yield(b.First+int64(row), fields); err != nil {
				return err
			}
		}
		return nil
	})
}

// records is [core.Table.Records].
func (t *Table) records(ctx context.Context, yield func([]byte) error) error {
	tops := t.whole()
	w := t.writer()
	return t.read(ctx, tops, func(b *Batch) error {
		record := Vector{Type: &Type{Kind: Struct}, Kids: b.Columns}
		for row := range b.Rows {
			if w.text = record.appendStruct(w.text[:0], row); len(w.text) > 0 {
				if err := w.count(b.First + int64(row)); err != nil {
					return err
				}
			}
			if err := yield(w.text); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

// whole lists the columns of the file that are columns of the table.
func (t *Table) whole() []int {
	all := make([]int, len(t.cells))
	for k := range all {
		all[k] = k
	}
	tops, _ := t.tops(all)
	return tops
}

// floats is [core.Table.Floats].
func (t *Table) floats(ctx context.Context, cells []int, yield func(int64, []float64) error) error {
	width := 0
	for _, k := range cells {
		width += max(t.values[k], 1)
	}
	row := make([]float64, width)
	return t.each(ctx, cells, func(b *Batch, at []*Vector) error {
		for i := range b.Rows {
			dst := row
			for j, v := range at {
				n := max(t.values[cells[j]], 1)
				v.numbers(dst[:n], i)
				dst = dst[n:]
			}
			if err := yield(b.First+int64(i), row); err != nil {
				return err
			}
		}
		return nil
	})
}

// numbers sets dst to the numbers of value i, NaN for what is none.
func (v *Vector) numbers(dst []float64, i int) {
	fits := v.Type.numeric() || v.Type.vectors() && v.leaves(i) == len(dst)
	if !fits || v.Missing(i) {
		for j := range dst {
			dst[j] = math.NaN()
		}
		return
	}
	v.take(dst, i)
}

// take appends the numbers of value i to the front of dst, and returns the rest.
func (v *Vector) take(dst []float64, i int) []float64 {
	if v.Type.Kind == List {
		if v.Missing(i) {
			return dst
		}
		for j := v.Starts[i]; j < v.Starts[i+1]; j++ {
			dst = v.Kids[0].take(dst, j)
		}
		return dst
	}
	dst[0] = math.NaN()
	if !v.Missing(i) {
		dst[0] = v.number(i)
	}
	return dst[1:]
}

// writer holds the text of a row, and counts that of all rows.
type writer struct {
	text []byte
	left int64
}

func (t *Table) writer() *writer {
	return &writer{left: freeText + textRatio*min(t.size, math.MaxInt64/textRatio-freeText)}
}

func (w *writer) count(row int64) error {
	w.left -= int64(len(w.text))
	switch {
	case len(w.text) > maxText:
		return fmt.Errorf("%w: row %d has %d bytes of text, the limit is %d", core.ErrLimit, row, len(w.text), maxText)
	case w.left < 0:
		return fmt.Errorf("%w: up to row %d the table comes to more than %d times the size of its file", core.ErrLimit, row, textRatio)
	}
	return nil
}

// Raw are the rows as records of JSON. They stand in no place of the file.
func Raw(t *core.Table) core.RawRecords {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, yield func(core.RawRecord) error) error {
		row := int64(-1)
		return t.Records(ctx, func(record []byte) error {
			row++
			return yield(core.RawRecord{Row: row, JSON: record})
		})
	}
}
