// Package jsonl reads records of JSON (RFC 8259) as a [core.Table]: JSON Lines,
// values that follow each other, and one array of objects, of arrays of numbers
// or of scalars. Data sets, predictions and embeddings often come this way.
// [Columns] reads a single object of lists, which looks like a configuration at
// first. Files are read in pieces, so their size does not matter; a single
// record may have 8 MiB.
package jsonl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"taster/core"
	"taster/core/jsonwalk"
	"taster/core/plaintext"
)

// Format recognises more than one JSON value, or an array of values.
var Format = &core.Format{
	Name:    "jsonl",
	Title:   "JSON records (JSON Lines, JSON array)",
	Rules:   []core.Rule{ruleDuplicate, ruleLate},
	Text:    true,
	Match:   match,
	Open:    open,
	Without: without,
}

var ruleDuplicate = core.Rule{ID: "JSONL-DUPLICATE", Title: "A record has the same key twice", Severity: core.Low,
	Matters: "Readers differ in which of the values they keep, so what was reviewed need not be what is trained on.",
	Benign:  "A program that writes keys without looking whether they are there.",
	Do:      "Write the file again with one value for each key.",
	Refs:    []string{"LLM04:2025", "CWE-436"}}

var ruleLate = core.Rule{ID: "JSONL-LATE-KEY", Title: "A key occurs only late in the file", Severity: core.Info,
	Matters: "The columns of the table are the keys of the first rows. Values under other keys are not looked at by the checks of data.",
	Benign:  "An optional key, or files of different origin that were put together.",
	Do:      "Move a record that has all keys to the front if the values matter.",
	Refs:    []string{"LLM04:2025"}}

const (
	space      = " \t\r\n"
	sampleRows = 1000 // rows whose keys become columns
	reportRows = 1 << 14
)

var errStop = errors.New("jsonl: stop")

// match wants an array that starts with a value, or an object and the start of
// another. A single object is a configuration.
func match(head []byte, src core.Source) string {
	text, whole := beginning(head, src)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return ""
	}
	if text[0] == '[' {
		return matchArray(text, whole)
	}
	s := newScanner(context.Background(), src, false)
	record, offset, err := s.next()
	if err != nil {
		return ""
	}
	w := jsonwalk.New(record, offset)
	if w.Skip() != nil || w.End() != nil {
		return ""
	}
	if c, err := s.space(); err != nil || c != '{' {
		return ""
	}
	return "JSON objects that follow each other"
}

// beginning is head from its first bracket on, or more of src where head ends
// before anything follows that. whole says that it goes to the end of src.
func beginning(head []byte, src core.Source) (text []byte, whole bool) {
	for {
		text, whole = head[plaintext.LeadJSON(head):], int64(len(head)) == src.Size()
		if whole || len(head) >= maxRecord || len(text) > 0 && len(bytes.TrimLeft(text[1:], space)) > 0 {
			return text, whole
		}
		var err error
		if head, err = core.Head(src, maxRecord); err != nil {
			return nil, true
		}
	}
}

// matchArray wants a first element that is whole, or that fills the head.
func matchArray(text []byte, whole bool) string {
	w := jsonwalk.New(text, 0)
	kind, proper := jsonwalk.Invalid, false
	err := w.Array(func(int) error {
		kind = w.Next()
		err := w.Skip()
		proper = err == nil && kind != jsonwalk.Invalid
		if err != nil {
			return err
		}
		return errStop
	})
	switch {
	case kind == jsonwalk.Invalid || !proper && whole:
		return ""
	case proper && !errors.Is(err, errStop):
		return ""
	}
	return "a JSON array"
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	array, err := isArray(src)
	if err != nil {
		return err
	}
	r := &reader{ctx: ctx, src: src, o: o, tally: core.NewTally(o), f: newFlattener(),
		feed: func(ctx context.Context) feed { return records{newScanner(ctx, src, array)} }}
	o.Artifact.Records = raw(src, array)
	err = r.open()
	if t := o.Artifact.Table; t != nil {
		t.Records = r.records(array)
	}
	return err
}

// open counts the rows and makes a table of them.
func (r *reader) open() error {
	err := r.count()
	if stop := r.tally.Close(); stop != nil {
		return stop
	}
	a := r.o.Artifact
	a.Table = r.table()
	a.Meta = append(a.Meta, core.Meta{Name: "records", Value: fmt.Sprint(r.rows)}, core.Meta{Name: "columns", Value: fmt.Sprint(len(r.f.names))})
	return err
}

// feed fills a flattener with the next row and says where it stands. The error
// is io.EOF at the end.
type feed interface {
	next(f *flattener) (offset int64, err error)
}

// records are rows that stand one after the other.
type records struct{ *scanner }

func (s records) next(f *flattener) (int64, error) {
	text, offset, err := s.scanner.next()
	if err != nil {
		return offset, err
	}
	return offset, f.record(text, offset)
}

// isArray says whether the records are the elements of one array.
func isArray(src core.Source) (bool, error) {
	at, _, err := plaintext.Start(src, plaintext.LeadJSON)
	if err != nil || at == src.Size() {
		return false, err
	}
	first, err := core.ReadPart(src, at, 1)
	return err == nil && first[0] == '[', err
}

// reader is the first pass over the records.
type reader struct {
	ctx     context.Context
	src     core.Source
	o       *core.Opener
	tally   *core.Tally
	feed    func(ctx context.Context) feed
	f       *flattener
	rows    int64
	words   []bool // columns that have other values than numbers
	numbers []bool // columns that have numbers
}

func (r *reader) count() error {
	rows := r.feed(r.ctx)
	for {
		offset, err := rows.next(r.f)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return wrap(err)
		}
		if err := r.row(offset); err != nil {
			return err
		}
	}
}

func wrap(err error) error { return fmt.Errorf("JSON records: %w", err) }

func (r *reader) row(offset int64) error {
	if r.f.again {
		if err := r.tally.Report(&ruleDuplicate, offset, fmt.Sprintf("Record %d has the same key twice", r.rows),
			"The last value counts here, as in Python."); err != nil {
			return err
		}
	}
	if r.f.unknown > 0 {
		if err := r.tally.Report(&ruleLate, offset, fmt.Sprintf("Record %d has keys that the first %d have not", r.rows, sampleRows),
			fmt.Sprintf("%d of its values are in no column.", r.f.unknown)); err != nil {
			return err
		}
	}
	r.widen()
	if r.rows < sampleRows {
		for _, c := range r.f.cells {
			r.words[c.column] = r.words[c.column] || !c.number
			r.numbers[c.column] = r.numbers[c.column] || c.number && c.text != ""
		}
	}
	r.rows++
	r.f.fixed = r.rows >= sampleRows
	if r.rows%reportRows != 0 {
		return nil
	}
	return r.o.Emit(core.Event{Progress: &core.Progress{Step: "Counting records", Unit: "bytes", Done: offset, Total: r.src.Size()}})
}

// widen makes room for the columns that the last record brought.
func (r *reader) widen() {
	more := make([]bool, len(r.f.names)-len(r.words))
	r.words, r.numbers = append(r.words, more...), append(r.numbers, more...)
}

func (r *reader) table() *core.Table {
	r.widen() // a record that could not be read to its end has left some
	t := &core.Table{Rows: r.rows}
	for i, name := range r.f.names {
		t.Columns = append(t.Columns, core.Column{Name: name, Numeric: r.numbers[i] && !r.words[i]})
	}
	feed, known, rows := r.feed, r.f, r.rows
	t.Scan = func(ctx context.Context, yield func(int64, []string) error) error {
		from := feed(ctx)
		f := &flattener{index: known.index, names: known.names, fixed: true}
		fields := make([]string, len(f.names))
		for row := range rows {
			if _, err := from.next(f); err != nil {
				return wrap(err)
			}
			clear(fields)
			for _, c := range f.cells {
				fields[c.column] = c.text
			}
			if err := yield(row, fields); err != nil {
				return err
			}
		}
		return nil
	}
	return t
}

// records is [core.Table.Records].
func (r *reader) records(array bool) func(context.Context, func([]byte) error) error {
	src, rows := r.src, r.rows
	return func(ctx context.Context, yield func([]byte) error) error {
		s := newScanner(ctx, src, array)
		for range rows {
			text, _, err := s.next()
			if err != nil {
				return wrap(err)
			}
			if err := yield(text); err != nil {
				return err
			}
		}
		return nil
	}
}
