// Package notebook reads Jupyter notebooks, nbformat 3 and 4: the code of each
// cell becomes a member, "cell N" with N counted from 1 over all cells, and
// offsets count in its joined source. Cells share their names as they do when
// they run. Text and outputs are passed over.
//
// Reference: nbformat, "The Notebook file format".
package notebook

import (
	"context"
	"fmt"
	"path"
	"strings"

	"taster/core"
	"taster/core/jsonwalk"
	"taster/core/pycode"
	"taster/core/secrets"
	"taster/core/shellcode"
)

// Format recognises a JSON object with cells.
var Format = &core.Format{
	Name:  "notebook",
	Title: "Jupyter notebook",
	Text:  true,
	Match: match,
	Open:  open,
}

const (
	maxBytes = 32 << 20
	maxCells = 10_000
	maxCode  = 8 << 20 // bytes of code of all cells
)

func match(head []byte, src core.Source) string {
	s := strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n")
	if !strings.HasPrefix(s, "{") {
		return ""
	}
	cells := strings.Contains(s, `"cells"`) || strings.Contains(s, `"worksheets"`)
	switch {
	case cells && strings.Contains(s, `"cell_type"`):
		return "a JSON object with cells"
	case strings.EqualFold(path.Ext(src.Name()), ".ipynb") && (cells || strings.Contains(s, `"nbformat"`)):
		return "a JSON object with the name of a notebook"
	}
	return ""
}

// cell is a code cell.
type cell struct {
	number   int
	source   string
	language string // of the cell: "python", "bash"
	python   string // source with what is no Python blanked out
	shell    []line
}

// line is a text of commands of a shell in a cell.
type line struct {
	text string
	at   int // byte of the source
	row  int // from 1
}

func open(ctx context.Context, src core.Source, o *core.Opener) error {
	b, err := core.ReadAll(src, min(maxBytes, o.Limits.Header))
	if err != nil {
		return fmt.Errorf("notebook: %w", err)
	}
	r := &reader{ctx: ctx, w: jsonwalk.New(b, 0), language: "python"}
	err = r.notebook()
	if err == nil {
		err = r.w.End()
	}
	if err := r.facts(o); err != nil {
		return err
	}
	return err
}

// reader reads the JSON.
type reader struct {
	ctx      context.Context
	w        *jsonwalk.Walker
	cells    []cell
	count    int // of all cells
	bytes    int
	language string
}

func (r *reader) notebook() error {
	return r.w.Object(func(k jsonwalk.Key) error {
		switch {
		case k.Value == "cells" && r.w.Next() == jsonwalk.Array:
			return r.w.Array(func(int) error { return r.cell() })
		case k.Value == "worksheets" && r.w.Next() == jsonwalk.Array:
			return r.w.Array(func(int) error {
				if r.w.Next() != jsonwalk.Object {
					return r.w.Skip()
				}
				return r.notebook()
			})
		case k.Value == "metadata" && r.w.Next() == jsonwalk.Object:
			return r.metadata()
		}
		return r.w.Skip()
	})
}

// metadata looks for the language of the kernel.
func (r *reader) metadata() error {
	return r.w.Object(func(k jsonwalk.Key) error {
		if (k.Value != "kernelspec" && k.Value != "language_info") || r.w.Next() != jsonwalk.Object {
			return r.w.Skip()
		}
		return r.w.Object(func(k jsonwalk.Key) error {
			if (k.Value != "language" && k.Value != "name") || r.w.Next() != jsonwalk.String {
				return r.w.Skip()
			}
			t, err := r.w.Text()
			switch l := strings.ToLower(t.Value); l {
			case "r", "julia", "javascript", "scala", "bash", "ir":
				r.language = l
			}
			return err
		})
	})
}

func (r *reader) cell() error {
	if r.count++; r.count > maxCells {
		return core.AtOffset(r.w.Offset(), fmt.Errorf("%w: a notebook with more than %d cells", core.ErrLimit, maxCells))
	}
	if r.count%64 == 0 && r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	if r.w.Next() != jsonwalk.Object {
		return r.w.Skip()
	}
	c := cell{number: r.count}
	code := false
	err := r.w.Object(func(k jsonwalk.Key) error {
		switch {
		case k.Value == "cell_type" && r.w.Next() == jsonwalk.String:
			t, err := r.w.Text()
			code = t.Value == "code"
			return err
		case k.Value == "source" || k.Value == "input":
			s, err := r.source()
			c.source = s
			return err
		}
		return r.w.Skip()
	})
	if code && c.source != "" && r.bytes+len(c.source) <= maxCode {
		r.bytes += len(c.source)
		r.cells = append(r.cells, c)
	} else if code && c.source != "" && err == nil {
		return core.AtOffset(r.w.Offset(), fmt.Errorf("%w: a notebook with more than %d bytes of code", core.ErrLimit, maxCode))
	}
	return err
}

// source is a text, or a list of texts that are joined.
func (r *reader) source() (string, error) {
	switch r.w.Next() {
	case jsonwalk.String:
		t, err := r.w.Text()
		return t.Value, err
	case jsonwalk.Array:
		var b strings.Builder
		err := r.w.Array(func(int) error {
			if r.w.Next() != jsonwalk.String {
				return r.w.Skip()
			}
			t, err := r.w.Text()
			b.WriteString(t.Value)
			return err
		})
		return b.String(), err
	}
	return "", r.w.Skip()
}

// facts reads the code that was found and makes the members.
func (r *reader) facts(o *core.Opener) error {
	parts := make([]pycode.Part, len(r.cells))
	for i := range r.cells {
		c := &r.cells[i]
		c.divide(r.language)
		parts[i].Text = c.python
	}
	facts, err := pycode.Read(r.ctx, parts)
	if err != nil {
		return err
	}
	for i := range r.cells {
		if !o.Admit() {
			return fmt.Errorf("%w: too many members", core.ErrLimit)
		}
		o.Artifact.Members = append(o.Artifact.Members, r.member(o, &r.cells[i], facts[i]))
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "cells", Value: fmt.Sprint(r.count)}, core.Meta{Name: "code cells", Value: fmt.Sprint(len(r.cells))})
	return nil
}

func (r *reader) member(o *core.Opener, c *cell, f pycode.Facts) *core.Artifact {
	name := fmt.Sprintf("cell %d", c.number)
	if o.Artifact.Member != "" {
		name = o.Artifact.Member + "!" + name
	}
	a := &core.Artifact{File: o.Artifact.File, Member: name, Kind: c.language, How: "a code cell", Size: int64(len(c.source)), Program: f.Program, Uses: f.Uses}
	a.Program.Language = "notebook"
	for _, l := range c.shell {
		s := shellcode.Read(l.text, int64(l.at), l.row)
		a.Program.Calls = append(a.Program.Calls, s.Calls...)
		a.Uses = append(a.Uses, s.Uses...)
	}
	for _, m := range secrets.Find(c.source) {
		a.Texts = append(a.Texts, core.Text{Name: m.Of, Kind: core.TextKey, Value: m.Masked, Offset: int64(m.At)})
	}
	return a
}
