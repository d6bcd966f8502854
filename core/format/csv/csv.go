// Package csv reads delimited text (RFC 4180 with comma, tab, semicolon or
// bar, and numbers with spaces between them) as
// a [core.Table]: labels, predictions and activations often come this way. It
// reads in pieces, so the size of the file does not matter.
package csv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"taster/core"
)

// Format recognises delimited text by its first lines.
var Format = &core.Format{
	Name:  "csv",
	Title: "delimited text (CSV, TSV)",
	Rules: []core.Rule{ruleRagged},
	Match: func(head []byte, src core.Source) string {
		d, ok := recognise(head, src)
		if !ok {
			return ""
		}
		return fmt.Sprintf("lines of %d %s", d.columns, d.words())
	},
	Open:    open,
	Without: without,
}

var ruleRagged = core.Rule{ID: "CSV-RAGGED", Title: "Rows of different length", Severity: core.Low,
	Matters: "Programs differ in how they fill or drop such rows, so rows and labels can slip against each other unseen.",
	Benign:  "A separator or line break inside a field that was not quoted.",
	Do:      "Write the table again with a program that quotes fields, and compare the number of rows.",
	Refs:    []string{"LLM04:2025", "CWE-20"}}

const (
	headLength = 4 << 10
	sampleRows = 1000 // rows by which a column is called numeric
	reportRows = 1 << 16
)

func (d dialect) words() string {
	switch d.delim {
	case '\t':
		return "fields, separated by tabs"
	case ';':
		return "fields, separated by semicolons"
	case '|':
		return "fields, separated by bars"
	case ' ':
		return "numbers, separated by spaces"
	}
	return "fields, separated by commas"
}

// recognise looks at more than the head where that does not hold three lines:
// a row of activations is long.
func recognise(head []byte, src core.Source) (dialect, bool) {
	const most, lines = 1 << 20, 3
	if bytes.Count(head, []byte("\n")) < lines && bytes.ContainsAny(head, delims) && printable(head[:bytes.LastIndexAny(head, delims)+1]) {
		if longer, err := core.Head(src, most); err == nil {
			head = longer
		}
	}
	d, ok := detect(head, int64(len(head)) == src.Size(), promises(src.Name(), head))
	if ok || int64(len(head)) == src.Size() || len(head) > headLength || !bytes.Contains(head, []byte(`"[`)) {
		return d, ok
	}
	longer, err := core.Head(src, most) // a list of many lines
	if err != nil {
		return d, ok
	}
	return detect(longer, int64(len(longer)) == src.Size(), false)
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	head, err := core.Head(src, headLength)
	if err != nil {
		return err
	}
	d, ok := recognise(head, src)
	if !ok {
		return fmt.Errorf("%w: csv: no table", core.ErrMalformed)
	}
	c := &counter{o: o, tally: core.NewTally(o), size: src.Size(), d: &d, kinds: make([]kinds, d.columns)}
	table := &core.Table{Columns: make([]core.Column, d.columns)}
	for i := range table.Columns {
		table.Columns[i].Name = fmt.Sprintf("c%d", i)
	}
	s := newScanner(ctx, src, d.delim, d.start)
	if d.header {
		fields, err := s.next()
		if err != nil {
			return err
		}
		for i, f := range fields {
			table.Columns[i].Name = strings.TrimSpace(f)
		}
	}
	err = c.count(s)
	table.Rows = c.rows
	for i := range table.Columns {
		k := c.kinds[i]
		table.Columns[i].Numeric, table.Columns[i].Comma = k.numeric(), k.numeric() && k.commas
		if !k.numbers && !k.commas {
			table.Columns[i].Values = max(k.list, 0)
		}
	}
	table.Scan = scan(src, d)
	o.Artifact.Table = table
	o.Artifact.Records = raw(src, d)
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "rows", Value: fmt.Sprint(c.rows)},
		core.Meta{Name: "columns", Value: fmt.Sprint(d.columns)}, core.Meta{Name: "header line", Value: map[bool]string{true: "yes", false: "no"}[d.header]})
	return err
}

// counter is the first pass over the rows.
type counter struct {
	o     *core.Opener
	tally *core.Tally
	size  int64
	rows  int64
	d     *dialect
	kinds []kinds // of the columns
}

func (c *counter) count(s *scanner) error {
	for {
		fields, err := s.next()
		if errors.Is(err, io.EOF) {
			return c.tally.Close()
		}
		if err != nil {
			return err
		}
		if err := c.row(fields, s.start); err != nil {
			return err
		}
	}
}

func (c *counter) row(fields []string, at int64) error {
	if len(fields) != len(c.kinds) {
		if err := c.tally.Report(&ruleRagged, at, fmt.Sprintf("Row %d has another length", c.rows),
			fmt.Sprintf("Row %d (from 0, without the header) has %d fields; the first line has %d.", c.rows, len(fields), len(c.kinds))); err != nil {
			return err
		}
	}
	if c.rows < sampleRows {
		for i, f := range fields[:min(len(fields), len(c.kinds))] {
			c.kinds[i].add(c.d, f)
		}
	}
	if c.rows++; c.rows%reportRows != 0 {
		return nil
	}
	return c.o.Emit(core.Event{Progress: &core.Progress{Step: "Counting rows", Unit: "bytes", Done: at, Total: c.size}})
}

// scan reads the rows again. A row that is too short is filled up with empty
// fields; one that is too long keeps all of its fields.
func scan(src core.Source, d dialect) func(context.Context, func(int64, []string) error) error {
	return func(ctx context.Context, yield func(int64, []string) error) error {
		s := newScanner(ctx, src, d.delim, d.start)
		first := int64(0)
		if d.header {
			first = -1
		}
		for row := first; ; row++ {
			fields, err := s.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if row < 0 {
				continue
			}
			for len(fields) < d.columns {
				fields = append(fields, "")
			}
			if err := yield(row, fields); err != nil {
				return err
			}
		}
	}
}
