package dataset_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/builtin"
	"taster/core/dataset"
	"taster/core/scan"
)

// form is a table of three features and a label, to be written in many ways.
type form struct {
	t     testing.TB
	x     []float32
	names []string
}

const formCols = 3

func (f *form) row(i int) []float32 { return f.x[i*formCols : (i+1)*formCols] }
func (f *form) rows() int           { return len(f.x) / formCols }
func (f *form) label(i int) string  { return f.names[i%len(f.names)] }

// text is a line with the names of the columns, and one for each row.
func (f *form) text(head, sep, point, end string) string {
	out := head + end
	for i := range f.rows() {
		for _, v := range f.row(i) {
			out += strings.Replace(strconv.FormatFloat(float64(v), 'f', -1, 32), ".", point, 1) + sep
		}
		out += f.label(i) + end
	}
	return out
}

func (f *form) json(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(b)
}

// asText is the table as delimited text, by file name.
func (f *form) asText() map[string]string {
	return map[string]string{
		"d.csv":          f.text("a,b,c,label", ",", ".", "\n"),
		"mark.csv":       "\xef\xbb\xbf" + f.text("a,b,c,label", ",", ".", "\r\n"),
		"quoted.csv":     f.text(`"a","b","c","label"`, `,`, ".", "\n"),
		"spaced.csv":     f.text("a , b , c , label", " , ", ".", "\n"),
		"tabs.tsv":       f.text("a\tb\tc\tlabel", "\t", ".", "\n"),
		"semicolons.csv": f.text("a;b;c;label", ";", ".", "\n"),
		"commas.csv":     f.text("a;b;c;label", ";", ",", "\n"),
		"bars.txt":       f.text("a|b|c|label", "|", ".", "\n"),
		"numbers.csv":    f.text("0,1,2,label", ",", ".", "\n"),
	}
}

// asJSON is the table in the forms that json.dump and pandas write.
func (f *form) asJSON() map[string]string {
	type object = map[string]any
	var lines, labels []string
	var records, values, index, nested []any
	byRow, columns, lists := object{}, map[string]object{}, map[string][]any{}
	for i := range f.rows() {
		x, key := f.row(i), fmt.Sprintf("%02d", i)
		record := object{"a": x[0], "b": x[1], "c": x[2], "label": f.label(i)}
		lines, records, byRow[key] = append(lines, f.json(record)), append(records, record), record
		values, index, nested = append(values, []any{x[0], x[1], x[2], f.label(i)}), append(index, i), append(nested, x)
		labels = append(labels, f.label(i))
		for k, v := range record {
			if columns[k] == nil {
				columns[k] = object{}
			}
			columns[k][key], lists[k] = v, append(lists[k], v)
		}
	}
	return map[string]string{
		"records.json": f.json(records),
		"lines.jsonl":  strings.Join(lines, "\n"),
		"split.json":   f.json(object{"columns": []string{"a", "b", "c", "label"}, "index": index, "data": values}),
		"index.json":   f.json(byRow),
		"columns.json": f.json(columns),
		"table.json":   f.json(object{"schema": object{"fields": nil}, "data": records}),
		"list.json":    f.json(lists),
		"arrays.json":  f.json(object{"activations": nested, "labels": labels}),
		"beside.json":  f.json(object{"activations": nested, "labels": labels, "layer": "pool", "epoch": 3}),
	}
}

// TestForms: the same rows and labels, however a table of them is written.
func TestForms(t *testing.T) {
	f := &form{t: t, x: rows(12, formCols), names: []string{"cat", "dog"}}
	for _, forms := range []map[string]string{f.asText(), f.asJSON()} {
		for name, text := range forms {
			data := loaded(t, core.Bytes(name, []byte(text)))
			if data == nil || data.X == nil {
				t.Errorf("%s: no activations", name)
				continue
			}
			if diff := cmp.Diff(f.x, data.X.Data); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if !slices.Equal(data.Classes, f.names) || !slices.Equal(data.Labels, twosOf(f.rows())) {
				t.Errorf("%s: labels %v of %q", name, data.Labels, data.Classes)
			}
		}
	}
}

func twosOf(n int) (out []int) {
	for i := range n {
		out = append(out, i%2)
	}
	return out
}

// loaded is the dataset that the engine makes of the files with every format.
func loaded(t testing.TB, files ...core.Source) (out *core.Dataset) {
	t.Helper()
	cfg := builtin.Config()
	subject := *dataset.Subject
	subject.Load = func(ctx context.Context, l *core.Loading) (*core.Loaded, error) {
		loaded, err := dataset.Subject.Load(ctx, l)
		if loaded != nil {
			out = loaded.Data.(*core.Dataset)
		}
		return loaded, err
	}
	cfg.Subjects = []*core.Subject{&subject}
	cfg.Detectors = []*core.Detector{{Name: "nothing", Check: core.On(&subject, []core.Role{core.RoleActivations}, func(context.Context, *core.Pass, *core.Dataset) error { return nil })}}
	if err := scan.Run(t.Context(), cfg, scan.Job{Files: files, Data: true}, func(core.Event) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}
