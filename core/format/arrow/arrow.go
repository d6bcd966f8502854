// Package arrow reads Apache Arrow's IPC formats (columnar format 1.5) as a
// [core.Table]: streams, as the datasets library keeps its shards, and files,
// which are also called Feather version 2. Buffers are read where they lie,
// some rows at a time; compressed ones are unpacked one by one. A column of a type
// that is not read is named, and the others go on.
package arrow

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"taster/core"
	"taster/core/columnar"
)

// Format recognises Arrow files by their mark, and streams by a schema.
var Format = &core.Format{
	Name:  "arrow",
	Title: "Arrow (IPC stream and file, Feather)",
	Rules: []core.Rule{ruleColumn, ruleTwice},
	Match: match,
	Open:  open,
}

var ruleColumn = core.Rule{ID: "ARROW-COLUMN", Title: "A column could not be read", Severity: core.Medium,
	Matters: "No check has seen the values of this column. A program that can read it trains on them.",
	Benign:  "A type that Taster does not read, such as unions, or a file that was damaged.",
	Do:      "Write the column as text, numbers or lists of them and scan again; where the file was damaged, fetch it again.",
	Refs:    []string{"LLM04:2025"}}

var ruleTwice = core.Rule{ID: "ARROW-TWO-READINGS", Title: "Footer and stream name different rows", Severity: core.Medium,
	Matters: "Programs that read the file as a stream see other rows than those that go by its footer, so what was reviewed need not be what is trained on.",
	Benign:  "A writer that was interrupted, or a file that was edited in place.",
	Do:      "Read the file by its footer and as a stream, compare the rows, and write it again.",
	Refs:    []string{"LLM04:2025", "CWE-436"}}

const (
	magic    = "ARROW1"
	oldMagic = "FEA1"
)

func match(head []byte, src core.Source) string {
	switch {
	case bytes.HasPrefix(head, []byte(magic+"\x00\x00")):
		return "ARROW1, the mark of an Arrow file"
	case bytes.HasPrefix(head, []byte(oldMagic)) && endsWith(src, oldMagic):
		return "FEA1, the mark of Feather version 1"
	case len(head) >= 8 && binary.LittleEndian.Uint32(head) == continuation:
		if m, _, err := next(src, 0); err == nil && m.kind == headSchema {
			return "an Arrow stream that begins with its schema"
		}
	}
	return ""
}

func endsWith(src core.Source, text string) bool {
	n := int64(len(text))
	b, err := core.ReadPart(src, src.Size()-n, n)
	return err == nil && string(b) == text
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	head, err := core.Head(src, 8)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(head, []byte(oldMagic)) {
		return fmt.Errorf("%w: Feather version 1", core.ErrUnsupported)
	}
	f := &file{src: src, kinds: map[int64]*field{}}
	var broken error
	if bytes.HasPrefix(head, []byte(magic)) {
		o.Artifact.Kind = "arrow-file"
		err = f.byFooter(o)
	} else {
		o.Artifact.Kind = "arrow-stream"
		broken, err = f.byStream()
	}
	if err != nil {
		return err
	}
	if err := f.table(ctx, o); err != nil {
		return err
	}
	return broken
}

// byStream lists the messages of a stream. Where it breaks off, the rows before
// that are read, and broken says where.
func (f *file) byStream() (broken, err error) {
	all, broken := walk(f.src, 0)
	if len(all) == 0 || all[0].kind != headSchema {
		return nil, cmpErr(broken, fmt.Errorf("%w: arrow: a stream without a schema", core.ErrMalformed))
	}
	_, t, err := next(f.src, all[0].at)
	if err != nil {
		return nil, err
	}
	if f.schema, err = readSchema(t); err != nil {
		return nil, err
	}
	f.messages = slices.DeleteFunc(all[1:], func(m message) bool { return m.kind != headDictionary && m.kind != headBatch })
	return broken, nil
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// byFooter reads the list of messages at the end of a file, and compares it
// with the stream that the file holds.
func (f *file) byFooter(o *core.Opener) error {
	const tail = 4 + len(magic)
	size := f.src.Size()
	end, err := core.ReadPart(f.src, size-int64(tail), int64(tail))
	if err != nil || string(end[4:]) != magic {
		return core.AtOffset(size, fmt.Errorf("%w: arrow: the file does not end with %s: it was cut off", core.ErrMalformed, magic))
	}
	n := int64(binary.LittleEndian.Uint32(end))
	if n > size-int64(tail)-8 || n > min(o.Limits.Header, maxMeta) {
		return core.AtOffset(size-int64(tail), fmt.Errorf("%w: arrow: a footer of %d bytes in a file of %d", core.ErrMalformed, n, size))
	}
	at := size - int64(tail) - n
	b, err := core.ReadPart(f.src, at, n)
	if err != nil {
		return err
	}
	root := (&buffer{b: b}).root()
	t, ok := root.inner(1)
	if !ok {
		return core.AtOffset(at, fmt.Errorf("arrow: footer: %w", orMalformed(root.f.err)))
	}
	if f.schema, err = readSchema(t); err != nil {
		return core.AtOffset(at, err)
	}
	for _, field := range []int{2, 3} { // dictionaries, then batches
		if err := f.blocks(root, field, at); err != nil {
			return err
		}
	}
	return f.compare(o)
}

// blocks reads the places of messages in a field of the footer.
func (f *file) blocks(root table, field int, limit int64) error {
	const size = 24
	pos, n := root.vector(field, size)
	if n > maxMessages {
		return core.AtOffset(limit, fmt.Errorf("%w: arrow: more than %d messages", core.ErrLimit, maxMessages))
	}
	seen := map[int64]bool{}
	for i := range n {
		at := root.f.i64(pos + size*i)
		if at < 0 || at >= limit {
			return core.AtOffset(limit, fmt.Errorf("%w: arrow: a message at %d", core.ErrMalformed, at))
		}
		m, _, err := next(f.src, at)
		if err != nil {
			return err
		}
		want := headDictionary + field - 2
		if m.kind != want || seen[at] {
			return core.AtOffset(at, fmt.Errorf("%w: arrow: the footer names a message of kind %d here, for the first time %t; it should be %d", core.ErrMalformed, m.kind, !seen[at], want))
		}
		seen[at] = true
		f.messages = append(f.messages, m)
	}
	return root.f.err
}

// compare says when the stream has other batches than the footer.
func (f *file) compare(o *core.Opener) error {
	batches := func(all []message) []int64 {
		var out []int64
		for _, m := range all {
			if m.kind == headBatch {
				out = append(out, m.at)
			}
		}
		return out
	}
	const start = 8
	stream, err := walk(f.src, start)
	if len(stream) == 0 || stream[0].kind != headSchema {
		return nil // polars writes files that are no streams: nobody reads another table
	}
	a, b := batches(f.messages), batches(stream)
	if err == nil && slices.Equal(a, b) {
		return nil
	}
	saw := fmt.Sprintf("The footer names %d batches of rows, the stream has %d.", len(a), len(b))
	if len(a) == len(b) {
		saw = fmt.Sprintf("The footer names %d batches of rows in another order than the stream.", len(a))
	}
	if err != nil {
		saw += fmt.Sprintf(" The stream cannot be read to its end: %v.", err)
	}
	return o.Report(&ruleTwice, start, core.HighConfidence, "Footer and stream do not agree", saw)
}

// table makes the table, and reads every value once.
func (f *file) table(ctx context.Context, o *core.Opener) error {
	f.collect(f.schema.fields)
	rows := int64(0)
	for _, m := range f.messages {
		if m.kind != headBatch {
			continue
		}
		_, t, err := next(f.src, m.at)
		if err != nil {
			return err
		}
		n := t.i64(0)
		if n < 0 || n > 1<<48 {
			return core.AtOffset(m.at, fmt.Errorf("%w: arrow: a batch of %d rows", core.ErrMalformed, n))
		}
		rows += n
	}
	var types []*columnar.Type
	for _, c := range f.schema.fields {
		types = append(types, c.typ)
	}
	for _, p := range f.schema.pairs {
		if p.Name == "huggingface" {
			columnar.Features(types, p.Value)
		}
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "rows", Value: fmt.Sprint(rows)}, core.Meta{Name: "columns", Value: fmt.Sprint(len(types))}, core.Meta{Name: "batches and dictionaries", Value: fmt.Sprint(len(f.messages))})
	t, err := columnar.NewTable(types, rows, f.src.Size(), f.read)
	if err != nil {
		return err
	}
	if err = f.survey(ctx, t, rows, o); err == nil {
		o.Artifact.Table = t.Table()
		o.Artifact.Records = columnar.Raw(o.Artifact.Table)
	}
	return err
}

// collect finds the types of the dictionaries.
func (f *file) collect(fields []*field) {
	for _, c := range fields {
		if c.dictionary {
			f.kinds[c.id] = c
		}
		f.collect(c.kids)
	}
}

// survey reads every column once. One that cannot be read is reported and left
// out of the table.
func (f *file) survey(ctx context.Context, t *columnar.Table, rows int64, o *core.Opener) error {
	all := make([]int, len(f.schema.fields))
	for k := range all {
		all[k] = k
	}
	u := columnar.Unread{Rule: &ruleColumn, Columns: len(all)}
	done := int64(0)
	err := f.reader().read(ctx, all, func(k int, err error) error {
		if !core.IsDefect(err) {
			return err
		}
		t.Drop(k)
		u.Add(f.schema.fields[k].name, err)
		return nil
	}, func(b *columnar.Batch) error {
		for k, v := range b.Columns {
			if v != nil {
				t.Survey(k, v)
			}
		}
		before := done
		if done += int64(b.Rows); done>>16 == before>>16 {
			return nil
		}
		return o.Emit(core.Event{Progress: &core.Progress{Step: "Reading columns", Unit: "rows", Done: done, Total: rows}})
	})
	if err != nil {
		return err
	}
	return u.Report(o)
}
