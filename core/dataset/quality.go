package dataset

import (
	"context"
	"fmt"
	"slices"

	"taster/core"
)

// A column with NaN or infinite values is left out where such columns are few, so
// that no row escapes the checks by one bad value; where they are many, only those
// that are bad in many rows are, and then the other rows with bad values.
const (
	fewColumns = 0.1 // of the dimensions
	manyRows   = 0.1 // of the rows
)

// quality leaves out columns and rows with NaN or infinite values, and counts
// columns that say nothing: O(N D), in two passes where there are such values.
func (l *loader) quality() error {
	rows, cols := l.data.Shape()
	l.data.Info.Usable = max(rows, len(l.data.Labels))
	if cols == 0 {
		return nil
	}
	q := &columns{varies: make([]bool, cols), bad: make([]int, cols)}
	if err := l.eachBlock(func(_ int, block *core.Matrix) { q.add(block) }); err != nil {
		return err
	}
	keep := q.keep(rows)
	if len(keep) < cols {
		l.dropColumns(keep, q)
	}
	if q.badRows > 0 && len(keep) > 0 {
		if err := l.excludeRows(rows); err != nil {
			return err
		}
	}
	if n := q.constant(keep); n > 0 && rows > 1 {
		l.note("%s the same value in every row.", counted(n, fmt.Sprintf("of %d dimensions has", len(keep)), fmt.Sprintf("of %d dimensions have", len(keep))))
	}
	return nil
}

// eachBlock yields the activations, held or stored, with ctx looked at between
// blocks.
func (l *loader) eachBlock(f func(first int, block *core.Matrix)) error {
	if x := l.data.X; x != nil {
		const step = 4096 // rows
		for first := 0; first < x.Rows; first += step {
			if err := l.ctx.Err(); err != nil {
				return err
			}
			n := min(step, x.Rows-first)
			f(first, &core.Matrix{Rows: n, Cols: x.Cols, Data: x.Data[first*x.Cols : (first+n)*x.Cols]})
		}
		return nil
	}
	return l.data.Stored.Each(l.ctx, func(first int, block *core.Matrix) error {
		f(first, block)
		return l.ctx.Err()
	})
}

// dropColumns leaves only the columns of keep, wherever there are activations.
func (l *loader) dropColumns(keep []int, q *columns) {
	_, cols := l.data.Shape()
	var named []string
	most := 0
	for j := range cols {
		if !slices.Contains(keep, j) {
			named = append(named, fmt.Sprint(j))
			most = max(most, q.bad[j])
		}
	}
	l.note("%s of %d left out: %s. NaN or infinite values stand in up to %d of %d rows there.", counted(cols-len(keep), "dimension", "dimensions"), cols,
		core.Listed(named, 5), most, l.data.Info.Usable)
	if len(keep) == 0 {
		l.data.X, l.data.Stored, l.data.Info.Usable = nil, nil, 0
		return
	}
	for _, m := range []*core.Matrix{l.data.X, l.data.Ref, l.data.Weights} {
		if m != nil && m.Cols == cols {
			narrow(m, keep)
		}
	}
	if l.data.Stored != nil {
		l.data.Stored = &narrowed{l.data.Stored, cols, keep}
	}
}

// narrow leaves only the columns of keep, which ascend, in place.
func narrow(m *core.Matrix, keep []int) {
	at := 0
	for i := range m.Rows {
		row := m.Row(i)
		for _, j := range keep {
			m.Data[at] = row[j]
			at++
		}
	}
	m.Cols, m.Data = len(keep), m.Data[:at]
}

// narrowed is stored activations without some of their columns.
type narrowed struct {
	core.Stored
	cols int // of the file
	keep []int
}

// Shape implements [core.Stored].
func (n *narrowed) Shape() (rows, cols int) {
	rows, _ = n.Stored.Shape()
	return rows, len(n.keep)
}

// Gather implements [core.Stored]. It reads some rows at a time, since they are
// wider in the file.
func (n *narrowed) Gather(ctx context.Context, rows []int, dst []float32) error {
	step := max((1<<20)/n.cols, 1)
	for at := 0; at < len(rows); at += step {
		part := rows[at:min(at+step, len(rows))]
		m := &core.Matrix{Rows: len(part), Cols: n.cols, Data: make([]float32, len(part)*n.cols)}
		if err := n.Stored.Gather(ctx, part, m.Data); err != nil {
			return err
		}
		narrow(m, n.keep)
		copy(dst[at*len(n.keep):], m.Data)
	}
	return nil
}

// Each implements [core.Stored].
func (n *narrowed) Each(ctx context.Context, yield func(first int, block *core.Matrix) error) error {
	return n.Stored.Each(ctx, func(first int, block *core.Matrix) error {
		m := *block
		narrow(&m, n.keep) // the block is this call's alone
		return yield(first, &m)
	})
}

// excludeRows marks the rows that still hold NaN or infinite values.
func (l *loader) excludeRows(rows int) error {
	bad := 0
	err := l.eachBlock(func(first int, block *core.Matrix) {
		for i := range block.Rows {
			if !finite(block.Row(i)) {
				bad++
				l.exclude(first + i)
			}
		}
	})
	if bad > 0 {
		l.note("NaN or infinite activations in %d of %d rows, which every check leaves out.", bad, rows)
	}
	l.data.Info.Usable = rows - bad
	return err
}

// columns is what quality has seen of each column.
type columns struct {
	first   []float32 // the first row
	varies  []bool
	bad     []int // NaN or infinite values
	badRows int
}

func (c *columns) add(block *core.Matrix) {
	for i := range block.Rows {
		row := block.Row(i)
		if c.first == nil {
			c.first = slices.Clone(row)
		}
		finite := true
		for j, v := range row {
			if v-v != 0 {
				finite = false
				c.bad[j]++
			}
			c.varies[j] = c.varies[j] || v != c.first[j]
		}
		if !finite {
			c.badRows++
		}
	}
}

// keep lists the columns that are not left out.
func (c *columns) keep(rows int) []int {
	bad := 0
	for _, n := range c.bad {
		if n > 0 {
			bad++
		}
	}
	few := float64(bad) <= fewColumns*float64(len(c.bad))
	var keep []int
	for j, n := range c.bad {
		if n == 0 || !few && float64(n) <= manyRows*float64(rows) {
			keep = append(keep, j)
		}
	}
	return keep
}

// constant counts the columns of keep with one value.
func (c *columns) constant(keep []int) int {
	n := 0
	for _, j := range keep {
		if !c.varies[j] {
			n++
		}
	}
	return n
}

func (l *loader) exclude(row int) {
	if l.data.Usable == nil {
		rows, _ := l.data.Shape()
		l.data.Usable = slices.Repeat([]bool{true}, rows)
	}
	l.data.Usable[row] = false
}
