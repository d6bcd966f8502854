// Package parquet reads Apache Parquet (parquet-format 2.12) as a
// [core.Table]: the form in which model hubs keep data sets and embeddings. It
// reads what their writers write and no more: all encodings but BIT_PACKED
// levels, the codecs Snappy, gzip, Zstandard and LZ4_RAW, lists and structures
// in each other. A column that is written otherwise is named, and the others go on.
//
// Files are read row group by row group and page by page, so that their size
// does not matter. Opening reads every page once: what is broken is found
// before a check depends on it.
package parquet

import (
	"bytes"
	"context"
	"fmt"

	"taster/core"
	"taster/core/columnar"
)

// Format recognises Parquet by its first bytes.
var Format = &core.Format{
	Name:  "parquet",
	Title: "Parquet",
	Rules: []core.Rule{ruleColumn},
	Match: match,
	Open:  open,
}

var ruleColumn = core.Rule{ID: "PARQUET-COLUMN", Title: "A column could not be read", Severity: core.Medium,
	Matters: "No check has seen the values of this column. A program that can read it trains on them.",
	Benign:  "An encoding or a codec that Taster does not read, or a file that was damaged.",
	Do:      "Write the file again with pyarrow's default settings and scan that; where it was damaged, fetch it again.",
	Refs:    []string{"LLM04:2025"}}

func match(head []byte, src core.Source) string {
	switch {
	case bytes.HasPrefix(head, []byte(magicEncrypted)) && endsWith(src, magicEncrypted):
		return "PARE, the mark of an encrypted Parquet file"
	case bytes.HasPrefix(head, []byte(magic)):
		return "PAR1, the mark of Parquet"
	}
	return ""
}

func endsWith(src core.Source, text string) bool {
	n := int64(len(text))
	b, err := core.ReadPart(src, src.Size()-n, n)
	return err == nil && string(b) == text
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	foot, err := readFooter(src, o.Limits.Header)
	if err != nil {
		return err
	}
	tree, err := foot.tree()
	if err != nil {
		return err
	}
	o.Artifact.Meta = append(o.Artifact.Meta, foot.meta(len(tree.columns))...)
	if err := foot.check(src.Size(), len(tree.leaves)); err != nil {
		return err
	}
	f := &file{src: src, footer: foot, tree: tree}
	var types []*columnar.Type
	for _, n := range tree.columns {
		types = append(types, n.typ)
	}
	for _, p := range foot.pairs {
		if p.Name == "huggingface" {
			columnar.Features(types, p.Value)
		}
	}
	t, err := columnar.NewTable(types, foot.rows, src.Size(), f.read)
	if err != nil {
		return core.AtOffset(foot.at, err)
	}
	err = f.survey(ctx, t, o)
	o.Artifact.Table = t.Table()
	o.Artifact.Records = columnar.Raw(o.Artifact.Table)
	return err
}

// meta is what the footer says, for people.
func (f *footer) meta(columns int) []core.Meta {
	out := []core.Meta{{Name: "rows", Value: fmt.Sprint(f.rows)}, {Name: "columns", Value: fmt.Sprint(columns)}, {Name: "row groups", Value: fmt.Sprint(len(f.groups))}}
	if f.creator != "" {
		out = append(out, core.Meta{Name: "written by", Value: clip(f.creator)})
	}
	return out
}

// survey reads every column once. One that cannot be read is reported and left
// out of the table.
func (f *file) survey(ctx context.Context, t *columnar.Table, o *core.Opener) error {
	u := columnar.Unread{Rule: &ruleColumn, Columns: len(f.columns)}
	budget := newBudget(f.src.Size())
	for k, n := range f.columns {
		done := int64(0)
		err := f.readWithin(ctx, budget, []int{k}, func(b *columnar.Batch) error {
			t.Survey(k, b.Columns[0])
			before := done
			if done += int64(b.Rows); done>>16 == before>>16 {
				return nil
			}
			return o.Emit(core.Event{Progress: &core.Progress{Step: "Reading columns", Unit: "rows", Done: int64(k)*f.rows + done, Total: int64(len(f.columns)) * f.rows}})
		})
		if err != nil && (ctx.Err() != nil || !core.IsDefect(err)) {
			return err
		}
		if err != nil {
			t.Drop(k)
			u.Add(n.typ.Name, err)
		}
	}
	return u.Report(o)
}
