package arrow

import (
	"context"
	"fmt"
	"math"

	"taster/core"
	"taster/core/columnar"
)

const (
	maxText         = 64 << 20  // bytes of text in the rows of a batch
	maxDictionaries = 128 << 20 // bytes of all dictionaries
	batchRows       = 4096
	batchBytes      = 16 << 20 // about what rows that are read together take
)

// dictionary is the values of one, or why they could not be read.
type dictionary struct {
	values *columnar.Vector
	err    error
}

// file is an Arrow file whose messages were listed.
type file struct {
	src      core.Source
	schema   *schema
	messages []message        // dictionaries and batches, in the order in which they are read
	kinds    map[int64]*field // of the dictionaries, by id
}

// reader is one pass over a file.
type reader struct {
	*file
	batch        *batch
	dictionaries map[int64]dictionary
	left         int64 // values that may still be read
	kept         int64 // bytes of dictionaries
}

func (f *file) reader() *reader {
	const free, ratio = 1 << 26, 64
	return &reader{file: f, dictionaries: map[int64]dictionary{}, left: free + ratio*min(f.src.Size(), math.MaxInt64/ratio-free)}
}

// spend bounds the work on a file: missing values and lists of nothing take no
// bytes.
func (r *reader) spend(values int64) error {
	if r.left -= values; r.left < 0 {
		return fmt.Errorf("%w: arrow: the columns come to far more than the file", core.ErrLimit)
	}
	return nil
}

// read is [columnar.Reader].
func (f *file) read(ctx context.Context, columns []int, yield func(*columnar.Batch) error) error {
	return f.reader().read(ctx, columns, func(_ int, err error) error { return err }, yield)
}

// read yields the rows of columns. What a column fails with is given to fail:
// where that returns nil, the column is nil from then on.
func (r *reader) read(ctx context.Context, columns []int, fail func(column int, err error) error, yield func(*columnar.Batch) error) error {
	first := int64(0)
	lost := make([]bool, len(columns))
	for _, m := range r.messages {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, head, err := next(r.src, m.at)
		if err != nil {
			return err
		}
		if m.kind == headDictionary {
			if err := r.dictionary(m, head); err != nil {
				return err
			}
			continue
		}
		if r.batch, err = open1(r.src, m, head); err != nil {
			return err
		}
		parts, err := r.parts()
		if err != nil {
			return err
		}
		if err := r.rows(ctx, first, parts, columns, lost, fail, yield); err != nil {
			return err
		}
		first += r.batch.rows
	}
	return nil
}

// parts gives the columns of the batch their buffers.
func (r *reader) parts() ([]*part, error) {
	var out []*part
	for _, f := range r.schema.fields {
		p, err := r.batch.part(f)
		if err != nil {
			return nil, err
		}
		if p.length != r.batch.rows {
			return nil, r.batch.malformed("column %q has %d values in a batch of %d rows", clip(f.name), p.length, r.batch.rows)
		}
		out = append(out, p)
	}
	return out, nil
}

// rows yields the rows of a batch, some at a time.
func (r *reader) rows(ctx context.Context, first int64, parts []*part, columns []int, lost []bool, fail func(int, error) error, yield func(*columnar.Batch) error) error {
	total := r.batch.rows
	if total == 0 {
		return nil
	}
	step := max(min(batchRows, batchBytes/(r.batch.m.length/total+1)), 1)
	for from := int64(0); from < total; from += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.spend(1); err != nil {
			return err
		}
		to := min(from+step, total)
		b := &columnar.Batch{First: first + from, Rows: int(to - from)}
		for i, k := range columns {
			if lost[i] {
				b.Columns = append(b.Columns, nil)
				continue
			}
			v, err := r.slice(parts[k], from, to)
			if err != nil {
				if err := fail(k, err); err != nil {
					return err
				}
				lost[i], v = true, nil
			}
			b.Columns = append(b.Columns, v)
		}
		if err := yield(b); err != nil {
			return err
		}
	}
	return nil
}

// dictionary reads the values of one. What is wrong with them is wrong with
// the columns that use them.
func (r *reader) dictionary(m message, t table) error {
	id := t.i64(0)
	data, ok := t.inner(1)
	f := r.kinds[id]
	if !ok || f == nil {
		return core.AtOffset(m.at, fmt.Errorf("%w: arrow: dictionary %d belongs to no column", core.ErrMalformed, id))
	}
	values, err := r.load(m, data, f)
	if old := r.dictionaries[id]; err == nil && t.u8(2) != 0 && old.values != nil { // more of them
		values, err = joined(old.values, values)
	}
	r.dictionaries[id] = dictionary{values, err}
	return nil
}

func (r *reader) load(m message, t table, f *field) (*columnar.Vector, error) {
	var err error
	if r.batch, err = open1(r.src, m, t); err != nil {
		return nil, err
	}
	plain := *f
	plain.dictionary = false
	p, err := r.batch.part(&plain)
	if err != nil {
		return nil, err
	}
	if r.kept += m.length; r.kept > maxDictionaries {
		return nil, fmt.Errorf("%w: arrow: dictionaries of more than %d bytes", core.ErrLimit, maxDictionaries)
	}
	return r.slice(p, 0, p.length)
}

// joined appends the values of a delta to those of before.
func joined(a, b *columnar.Vector) (*columnar.Vector, error) {
	if a.Kids != nil || b.Kids != nil {
		return nil, fmt.Errorf("%w: arrow: a dictionary of lists or structures", core.ErrUnsupported)
	}
	out := &columnar.Vector{Type: a.Type, Len: a.Len + b.Len}
	if a.Valid != nil || b.Valid != nil {
		for _, v := range []*columnar.Vector{a, b} {
			for i := range v.Len {
				out.Valid = append(out.Valid, !v.Missing(i))
			}
		}
	}
	out.Ints = append(a.Ints[:len(a.Ints):len(a.Ints)], b.Ints...)
	out.Floats = append(a.Floats[:len(a.Floats):len(a.Floats)], b.Floats...)
	out.Texts = append(a.Texts[:len(a.Texts):len(a.Texts)], b.Texts...)
	return out, nil
}
