package parquet

import (
	"context"
	"fmt"

	"taster/core"
	"taster/core/columnar"
)

const (
	batchRows    = 4096
	batchBytes   = 32 << 20 // about what the rows of a batch take in the file
	batchEntries = 1 << 20  // about the values of a column in a batch
	maxEntries   = 16 << 20 // values of a column in a batch, whatever the file says
	maxHeld      = 512 << 20
	step         = 4096 // levels read at once
)

// column reads a leaf of a row group, some rows at a time.
type column struct {
	pages *pages
	page  *page
	def   int // of a value that is there
	nests bool
	out   entries
	ahead bool // an entry that begins the next row was read
	reps  []uint32
	defs  []uint32
	from  int // of reps and defs: those before are done
}

// take reads n rows, after which out holds their entries.
func (c *column) take(n int) error {
	c.out = entries{values: columnar.Vector{Type: c.pages.leaf.typ}}
	if !c.nests {
		return c.flat(n)
	}
	return c.nested(n)
}

// flat is a column without lists: each entry is a row.
func (c *column) flat(n int) error {
	for n > 0 {
		if err := c.open(); err != nil {
			return err
		}
		k := min(n, c.page.left)
		if err := c.entries(k, nil); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// open makes sure that the page has entries.
func (c *column) open() error {
	for c.page == nil || c.page.left == 0 {
		var err error
		if c.page, err = c.pages.next(); err != nil {
			return err
		}
	}
	return nil
}

// entries takes n entries of the page, whose repetition levels are reps.
func (c *column) entries(n int, reps []uint32) error {
	if err := c.pages.budget.spend(0, int64(n)); err != nil {
		return err
	}
	if len(c.out.def)+n > maxEntries {
		return fmt.Errorf("%w: parquet: column %s has more than %d values in a few rows", core.ErrLimit, clip(c.pages.leaf.path), maxEntries)
	}
	c.page.left -= n
	there := n
	if c.page.def == nil {
		for range n {
			c.out.def = append(c.out.def, uint8(c.def))
		}
	} else {
		var err error
		if there, err = c.levels(n); err != nil {
			return err
		}
	}
	for _, r := range reps {
		c.out.rep = append(c.out.rep, uint8(r))
	}
	return c.page.values.read(&c.out.values, there)
}

// levels reads n definition levels, and counts the values that are there.
func (c *column) levels(n int) (there int, err error) {
	if cap(c.defs) < n {
		c.defs = make([]uint32, n)
	}
	defs := c.defs[:n]
	if c.page.def.read(defs) < n {
		return 0, errShort
	}
	for _, d := range defs {
		if int(d) > c.def {
			return 0, malformed("level %d where %d is the most", d, c.def)
		}
		if int(d) == c.def {
			there++
		}
		c.out.def = append(c.out.def, uint8(d))
	}
	return there, nil
}

// nested takes entries until the one that begins row n+1 was seen, or the
// column ends.
func (c *column) nested(n int) error {
	begun := 0
	for {
		if c.page == nil || c.page.left == 0 {
			if c.page != nil && c.pages.left == 0 {
				break
			}
			if err := c.open(); err != nil {
				return err
			}
		}
		if err := c.ahead1(); err != nil {
			return err
		}
		k, full := 0, false
		for _, r := range c.reps[c.from:] {
			if r == 0 {
				if begun == n {
					full = true
					break
				}
				begun++
			}
			if int(r) > c.pages.leaf.rep || begun == 0 {
				return malformed("column %s: level %d where a row begins or %d is the most", clip(c.pages.leaf.path), r, c.pages.leaf.rep)
			}
			k++
		}
		if err := c.entries(k, c.reps[c.from:c.from+k]); err != nil {
			return err
		}
		c.from += k
		if full {
			return nil
		}
	}
	if begun < n {
		return malformed("column %s ends %d rows early", clip(c.pages.leaf.path), n-begun)
	}
	return nil
}

// ahead1 makes sure that repetition levels of the page were read.
func (c *column) ahead1() error {
	if c.from < len(c.reps) {
		return nil
	}
	n := min(step, c.page.left)
	if cap(c.reps) < n {
		c.reps = make([]uint32, step)
	}
	c.reps, c.from = c.reps[:n], 0
	if c.page.rep.read(c.reps) < n {
		return errShort
	}
	return nil
}

// file is a Parquet file whose footer was read.
type file struct {
	src core.Source
	*footer
	*tree
}

// read is [columnar.Reader].
func (f *file) read(ctx context.Context, columns []int, yield func(*columnar.Batch) error) error {
	return f.readWithin(ctx, newBudget(f.src.Size()), columns, yield)
}

func (f *file) readWithin(ctx context.Context, b *budget, columns []int, yield func(*columnar.Batch) error) error {
	first := int64(0)
	for i := range f.groups {
		if err := f.group(ctx, i, columns, first, b, yield); err != nil {
			return err
		}
		first += f.groups[i].rows
	}
	return nil
}

func (f *file) group(ctx context.Context, i int, columns []int, first int64, b *budget, yield func(*columnar.Batch) error) error {
	g := f.groups[i]
	b.held = 0
	var open []*column // by leaf of the columns, in order
	for _, k := range columns {
		n := f.columns[k]
		for l := n.first; l < n.first+n.leaves; l++ {
			p, err := newPages(f.src, f.leaves[l], g.chunks[l], b)
			if err != nil {
				return err
			}
			if f.leaves[l].rep == 0 && g.chunks[l].values != g.rows {
				return malformed("column %s has %d values in %d rows", clip(f.leaves[l].path), g.chunks[l].values, g.rows)
			}
			open = append(open, &column{pages: p, def: f.leaves[l].def, nests: f.leaves[l].rep > 0})
		}
	}
	for _, c := range open {
		c.pages.window = min(max(allWindows/int64(len(open)), leastWindow), window)
	}
	per := f.batchRows(g, columns)
	for at := int64(0); at < g.rows; at += per {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := &columnar.Batch{First: first + at, Rows: int(min(per, g.rows-at))}
		if err := f.assemble(batch, columns, open); err != nil {
			return err
		}
		if err := yield(batch); err != nil {
			return err
		}
	}
	for _, c := range open {
		if c.pages.left > 0 || c.page != nil && c.page.left > 0 {
			return malformed("column %s has more rows than its row group", clip(c.pages.leaf.path))
		}
	}
	return nil
}

// batchRows is how many rows are read at a time, by what the footer says of
// their size.
func (f *file) batchRows(g group, columns []int) int64 {
	if g.rows == 0 {
		return 1
	}
	bytes, values := int64(0), int64(0)
	for _, k := range columns {
		n := f.columns[k]
		for l := n.first; l < n.first+n.leaves; l++ {
			bytes += min(max(g.chunks[l].unpacked, g.chunks[l].packed), 1<<50)
			values = max(values, g.chunks[l].values)
		}
	}
	per := min(batchRows, batchBytes/(bytes/g.rows+1), batchEntries/(values/g.rows+1))
	return max(per, 1)
}

// assemble reads the rows of a batch and puts their columns together.
func (f *file) assemble(batch *columnar.Batch, columns []int, open []*column) error {
	held := 0
	for _, c := range open {
		if err := c.take(batch.Rows); err != nil {
			return err
		}
		if held += c.held(); held > maxHeld {
			return fmt.Errorf("%w: parquet: a few rows take more than %d bytes of memory", core.ErrLimit, maxHeld)
		}
	}
	for _, k := range columns {
		n := f.columns[k]
		a := &assembly{leaves: open[:n.leaves], base: n.first}
		v, err := a.build(n)
		if err != nil {
			return err
		}
		if v.Len != batch.Rows {
			return malformed("column %s has %d rows where there are %d", clip(n.typ.Name), v.Len, batch.Rows)
		}
		batch.Columns = append(batch.Columns, v)
		open = open[n.leaves:]
	}
	return nil
}

// held is about what the entries take in memory, and the page they come from.
func (c *column) held() int {
	n := 2*len(c.out.def) + 8*len(c.out.values.Ints) + 8*len(c.out.values.Floats)
	for _, t := range c.out.values.Texts {
		n += 24 + len(t)
	}
	return n
}
