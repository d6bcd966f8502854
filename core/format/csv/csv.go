// Package csv reads delimited text (RFC 4180 with comma, tab, semicolon or bar,
// numbers with spaces between them, and what programs make of that) as a
// [core.Table]: labels, predictions and activations often come this way. It
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
	"taster/core/plaintext"
)

// Format recognises delimited text by its first lines.
var Format = &core.Format{
	Name:  "csv",
	Title: "delimited text (CSV, TSV)",
	Rules: []core.Rule{ruleRagged, ruleQuote, ruleNUL},
	Text:  true,
	Match: func(head []byte, src core.Source) string {
		if src.Size() == 0 && promises(src.Name(), nil) == table {
			return "no bytes, under the name of a table"
		}
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

var ruleQuote = core.Rule{ID: "CSV-QUOTE", Title: "A quote that programs read in different ways", Severity: core.Low,
	Matters: "Some programs take what follows for one long field and lose the rows in it, others stop or read on, so that they see different tables.",
	Benign:  "Text with quotes or inches that was written without quoting.",
	Do:      "Write the table again with a program that quotes fields, and compare the number of rows.",
	Refs:    []string{"LLM04:2025", "CWE-436"}}

var ruleNUL = core.Rule{ID: "CSV-NUL", Title: "A NUL byte in a table", Severity: core.Low,
	Matters: "Programs in C end the field there, others keep it or stop, so that they see different tables.",
	Benign:  "A file that was damaged on its way.",
	Do:      "Find out where the byte comes from, and write the table again.",
	Refs:    []string{"LLM04:2025", "CWE-158"}}

const (
	headLength = 4 << 10
	sampleRows = 1000 // rows by which a column is called numeric
	reportRows = 1 << 16
)

// recognise looks at more than the head where that does not hold three lines,
// since a row of activations is long, and where a quote may be cut.
func recognise(head []byte, src core.Source) (dialect, bool) {
	const most, lines = 1 << 20, 3
	whole, p := int64(len(head)) == src.Size(), promises(src.Name(), head)
	d, ok := detect(head, whole, p)
	if ok || whole || strings.HasSuffix(src.Name(), ".py") || !bytes.ContainsAny(head, delims) || !printable(head[:bytes.LastIndexAny(head, delims)+1]) {
		return d, ok
	}
	n := int64(most)
	if bytes.Count(head, []byte("\n"))+bytes.Count(head, []byte("\r")) >= lines {
		if p != table && !bytes.ContainsAny(head, "\"'#") {
			return d, false
		}
		n = most / 4
	}
	longer, err := core.Head(src, n)
	if err != nil {
		return d, false
	}
	return detect(longer, int64(len(longer)) == src.Size(), p)
}

// find is how the table of src is written.
func find(src core.Source) (dialect, error) {
	head, err := core.Head(src, headLength)
	if err != nil {
		return dialect{}, err
	}
	if d, ok := recognise(head, src); ok {
		return d, nil
	}
	at, _, err := plaintext.Start(src, plaintext.Lead)
	if err != nil {
		return dialect{}, err
	}
	part, err := core.Section(src, src.Name(), at, src.Size()-at)
	if err != nil {
		return dialect{}, err
	}
	if head, err = core.Head(part, headLength); err != nil {
		return dialect{}, err
	}
	d, ok := recognise(head, part)
	d.start += at
	if !ok {
		return d, fmt.Errorf("%w: csv: no table", core.ErrMalformed)
	}
	return d, nil
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	if src.Size() == 0 {
		o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "rows", Value: "0"})
		return nil
	}
	d, err := find(src)
	if err != nil {
		return err
	}
	d, quote := settle(ctx, src, d)
	c := &counter{o: o, tally: core.NewTally(o), size: src.Size(), d: &d, kinds: make([]kinds, d.columns)}
	if err := c.odd(quote); err != nil {
		return err
	}
	table := &core.Table{Columns: make([]core.Column, d.columns)}
	for i := range table.Columns {
		table.Columns[i].Name = fmt.Sprintf("c%d", i)
	}
	s := newScanner(ctx, src, d)
	if d.header {
		fields, err := s.next()
		if err != nil {
			return err
		}
		name(table.Columns, fields)
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
	if s.foreign {
		o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "encoding", Value: "Windows-1252"})
	}
	return err
}

// name gives the columns the names of the header. A name that stands twice gets
// a number, as in pandas.
func name(columns []core.Column, fields []string) {
	seen := map[string]bool{}
	for i, f := range fields[:min(len(fields), len(columns))] {
		f = nameOf(f, i)
		unique := f
		for n := 1; seen[unique]; n++ {
			unique = fmt.Sprintf("%s.%d", f, n)
		}
		seen[unique] = true
		columns[i].Name = unique
	}
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

// odd reports the quote that the standard way of reading stumbles over.
func (c *counter) odd(quote error) error {
	var at *core.OffsetError
	if !errors.As(quote, &at) || !errors.Is(quote, errQuote) {
		return quote
	}
	how := "as a part of its field"
	if c.d.quote == 0 {
		how = "like any other character, as all quotes of the file are"
	} else if c.d.escapes {
		how = "as a part of its field, since a backslash stands before it"
	}
	return c.tally.Report(&ruleQuote, at.Offset, ruleQuote.Title, fmt.Sprintf("It stands where no quoted field begins or ends. It was read %s.", how))
}

func (c *counter) count(s *scanner) error {
	for {
		fields, err := s.next()
		if errors.Is(err, io.EOF) && s.nul >= 0 {
			if err := c.tally.Report(&ruleNUL, s.nul, ruleNUL.Title, "It was read as a character like any other."); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return c.tally.Close()
		}
		if err != nil {
			return err
		}
		if err := c.row(fields, s.begin); err != nil {
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
		s := newScanner(ctx, src, d)
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
