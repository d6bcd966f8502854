package weightdelta

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"taster/core"
	"taster/core/tensor"
)

const (
	blockValues = 1 << 20 // of each tensor, read together
	sampledRows = 48      // rows whose distinct values are counted
	listed      = 16      // entries that are kept
	fewLeast    = 16
	fewShare    = 0.001
	lineShare   = 0.05 // of rows or columns
	castMisses  = 1e-4
)

// first is pass 1 over a pair.
type first struct {
	Delta
	pair     Pair
	sus, ref *tensor.Reader
	raw      bool // both lie row by row in one type, so that their bytes can be compared
	spacing  *grid
	casts    []*castTo
	rows     []int64
	columns  []bool
	skipped  [][2]int64 // rows of blocks that are equal, and of which the norm is missing
	distinct [2][]float64
	few      int64
}

// castTo is a type that the reference may have been converted to.
type castTo struct {
	name   string
	grid   *grid
	misses int64
}

// Compare is pass 1: it reads both tensors once, in blocks of rows, and names
// every kind but low rank; a difference that could be one is [Open]. done is
// told of the values as they are read; its error ends the pass.
func Compare(ctx context.Context, p Pair, done func(values int64) error) (*Delta, error) {
	f, err := newFirst(p)
	if err != nil {
		return nil, err
	}
	if err := f.read(ctx, done); err != nil {
		return nil, err
	}
	if f.Kind = f.kind(); f.Kind != Few {
		f.Largest, f.OneBit, f.Striking = nil, 0, 0
	}
	d := f.Delta // without the memory of the pass
	return &d, nil
}

func newFirst(p Pair) (*first, error) {
	f := &first{pair: p, spacing: gridOf(p.Suspect.DType), casts: []*castTo{{"F16", half(), 0}, {"BF16", brain(), 0}}}
	var err error
	if f.sus, err = tensor.NewReader(p.Suspect); err != nil {
		return nil, err
	}
	if f.ref, err = tensor.NewReader(p.Reference); err != nil {
		return nil, err
	}
	f.Name = p.Name
	f.Rows, f.Cols = f.sus.Shape()
	if r, c := f.ref.Shape(); r != f.Rows || c != f.Cols {
		return nil, fmt.Errorf("%w: %.80q has %d x %d values, the reference %d x %d", core.ErrUnsupported, p.Name, f.Rows, f.Cols, r, c)
	}
	if f.Cols > 16*blockValues {
		return nil, fmt.Errorf("%w: a row of %d values, the limit is %d", core.ErrLimit, f.Cols, 16*blockValues)
	}
	f.raw = f.sus.InOrder() && f.ref.InOrder() && p.Suspect.DType == p.Reference.DType
	f.columns = make([]bool, f.Cols)
	f.few = max(fewLeast, int64(fewShare*float64(f.Rows*f.Cols)))
	return f, nil
}

// block is some rows of both tensors.
type block struct {
	first    int64
	sus, ref []float64
	susRaw   []byte
	refRaw   []byte
}

func (f *first) read(ctx context.Context, done func(int64) error) error {
	if f.Rows*f.Cols == 0 {
		return nil
	}
	per := min(max(blockValues/f.Cols, 1), f.Rows)
	b := &block{sus: make([]float64, per*f.Cols), ref: make([]float64, per*f.Cols)}
	if width := f.pair.Suspect.DType.Size(); f.raw {
		b.susRaw, b.refRaw = make([]byte, per*f.Cols*width), make([]byte, per*f.Cols*width)
	}
	for at := int64(0); at < f.Rows; at += per {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(per, f.Rows-at)
		b.first = at
		if err := f.block(ctx, b, n); err != nil {
			return err
		}
		if err := done(n * f.Cols); err != nil {
			return err
		}
	}
	return f.norms(ctx, b)
}

func (f *first) block(ctx context.Context, b *block, n int64) error {
	values := n * f.Cols
	if f.raw {
		width := f.pair.Suspect.DType.Size()
		sus, ref := b.susRaw[:values*width], b.refRaw[:values*width]
		if err := f.sus.Bytes(sus, b.first*f.Cols); err != nil {
			return err
		}
		if err := f.ref.Bytes(ref, b.first*f.Cols); err != nil {
			return err
		}
		if bytes.Equal(sus, ref) {
			f.skipped = append(f.skipped, [2]int64{b.first, n})
			return nil
		}
		f.sus.Decode(b.sus[:values], sus)
		f.ref.Decode(b.ref[:values], ref)
	} else {
		if err := f.sus.Values(ctx, b.sus[:values], b.first, n); err != nil {
			return err
		}
		if err := f.ref.Values(ctx, b.ref[:values], b.first, n); err != nil {
			return err
		}
	}
	for i := range n {
		f.row(b, i)
	}
	return nil
}

// row compares one row.
func (f *first) row(b *block, i int64) {
	v, w := b.sus[i*f.Cols:(i+1)*f.Cols], b.ref[i*f.Cols:(i+1)*f.Cols]
	before := f.Changed
	if f.Changed <= f.few || f.casts[0].misses >= 0 || f.casts[1].misses >= 0 || !f.sums(v, w) {
		f.entries(b, i, v, w)
	}
	if f.Changed == before {
		return
	}
	row := b.first + i
	f.rows = append(f.rows, row)
	if row%max(f.Rows/sampledRows, 1) == 0 {
		f.distinct[0] = append(f.distinct[0], distinct(v))
		f.distinct[1] = append(f.distinct[1], distinct(w))
	}
}

// sums is entries for a row when nothing but sums is wanted of it any more,
// which is most of the time. It is false, and has changed nothing, where NaN
// or infinities are in the row.
func (f *first) sums(v, w []float64) bool {
	norm, squares, bound, changed := 0.0, 0.0, 0.0, int64(0)
	columns, ulp := f.columns[:len(w)], &f.spacing.ulp
	v = v[:len(w)]
	for j, x := range w {
		y := v[j]
		d := y - x
		norm += x * x
		squares += d * d
		if d < 0 || d > 0 {
			u := ulp[exponent(y)]
			bound += u * u
			columns[j] = true
			changed++
		}
	}
	if s := norm + squares; s-s != 0 {
		return false
	}
	f.Norm, f.squares, f.bound, f.Changed = f.Norm+norm, f.squares+squares, f.bound+bound, f.Changed+changed
	return true
}

// entries compares a row entry by entry.
func (f *first) entries(b *block, i int64, v, w []float64) {
	for j, x := range w {
		if y := v[j]; y != x && (y == y || x == x) {
			f.entry(b, i, int64(j), y, x)
		}
		if x-x == 0 {
			f.Norm += x * x
		}
	}
}

// entry takes an entry that differs.
func (f *first) entry(b *block, i, j int64, is, was float64) {
	f.Changed++
	f.columns[j] = true
	d := is - was
	if d-d != 0 {
		f.NonFinite++
	} else {
		f.squares += d * d
		u := f.spacing.ulp[exponent(is)]
		f.bound += u * u
	}
	for _, c := range f.casts {
		if c.misses >= 0 && c.grid.round(was) != is {
			if c.misses++; float64(c.misses) > castMisses*float64(f.Rows*f.Cols) {
				c.misses = -1 // no more
			}
		}
	}
	if f.Changed <= f.few {
		f.keep(b, i, j, is, was)
	}
}

// keep looks at the bits of an entry, and keeps the largest ones.
func (f *first) keep(b *block, i, j int64, is, was float64) {
	e := Entry{Row: b.first + i, Col: j, Was: was, Is: is}
	if bit := f.bit(b, i*f.Cols+j); bit >= 0 {
		e.OneBit = true
		f.OneBit++
		if striking(f.pair.Suspect.DType, bit) {
			f.Striking++
		}
	}
	at, _ := slices.BinarySearchFunc(f.Largest, e, func(a, b Entry) int { return cmp.Compare(b.size(), a.size()) })
	f.Largest = slices.Insert(f.Largest, at, e)
	f.Largest = f.Largest[:min(len(f.Largest), listed)]
}

// size orders entries; what is not finite comes first.
func (e Entry) size() float64 {
	if d := math.Abs(e.Is - e.Was); d-d == 0 {
		return d
	}
	return math.Inf(1)
}

// bit is the one stored bit in which value k of the block differs, or -1.
func (f *first) bit(b *block, k int64) int {
	if !f.raw {
		return -1
	}
	width, at := f.pair.Suspect.DType.Size(), -1
	for i := range width {
		x := b.susRaw[k*width+i] ^ b.refRaw[k*width+i]
		if x == 0 {
			continue
		}
		if at >= 0 || bits.OnesCount8(x) > 1 {
			return -1
		}
		at = int(8*i) + bits.TrailingZeros8(x)
	}
	return at
}

func distinct(row []float64) float64 {
	sorted := slices.Clone(row)
	slices.Sort(sorted)
	return float64(len(slices.Compact(sorted)))
}

// norms adds the equal blocks to the norm of the reference, where anything
// differs, and takes the roots.
func (f *first) norms(ctx context.Context, b *block) error {
	if f.Changed > 0 {
		for _, s := range f.skipped {
			w := b.ref[:s[1]*f.Cols]
			if err := f.ref.Values(ctx, w, s[0], s[1]); err != nil {
				return err
			}
			for _, x := range w {
				if x-x == 0 {
					f.Norm += x * x
				}
			}
		}
	}
	const variance, times = 1.0 / 12, 3 // of a rounding error, in spacings
	f.bound *= times * variance
	f.Norm, f.Difference = math.Sqrt(f.Norm), math.Sqrt(f.squares)
	return nil
}

// kind is the first test that fits.
func (f *first) kind() Kind {
	switch {
	case f.Changed == 0:
		return Equal
	case f.Changed <= f.few:
		return Few
	}
	for _, c := range f.casts {
		if c.misses >= 0 && float64(c.misses) < castMisses*float64(f.Changed) {
			f.To = c.name
			return Cast
		}
	}
	switch lines := f.lines(); {
	case f.quantised():
		return Quantised
	case lines != "":
		return lines
	case f.bound >= f.squares/2:
		return Rounding
	case f.maxRank() < 1:
		return Dense
	}
	return Open
}

// quantised goes by the median of distinct values in a row.
func (f *first) quantised() bool {
	if len(f.distinct[0]) == 0 {
		return false
	}
	slices.Sort(f.distinct[0])
	slices.Sort(f.distinct[1])
	v, w := f.distinct[0][len(f.distinct[0])/2], f.distinct[1][len(f.distinct[1])/2]
	const levels, share = 256, 0.9
	return v <= max(levels, share*float64(f.Cols)) && v < w/2
}

// lines says whether the changes lie in a few rows, or in a few columns.
func (f *first) lines() Kind {
	if f.Rows < 2 || f.Cols < 2 {
		return ""
	}
	if float64(len(f.rows)) <= lineShare*float64(f.Rows) {
		f.Lines = f.rows
		return Rows
	}
	var columns []int64
	for j, changed := range f.columns {
		if changed {
			columns = append(columns, int64(j))
		}
	}
	if float64(len(columns)) <= lineShare*float64(f.Cols) {
		f.Lines = columns
		return Columns
	}
	return ""
}
