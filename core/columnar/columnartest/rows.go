// Package columnartest compares the table of a column file with the rows that
// another reader found in it.
package columnartest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

// Rows opens dir/name with f and compares its records, fields and numbers with
// dir/rows/name.json. Columns in lacks are in those rows and not in the table.
func Rows(t *testing.T, f *core.Format, dir, name string, lacks ...string) *core.Artifact {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	a, findings := coretest.Open(t, []*core.Format{f}, core.Bytes(name, data))
	if len(findings) > 0 && len(lacks) == 0 {
		t.Fatalf("findings %+v", findings[0])
	}
	if a.Table == nil {
		t.Fatal("no table")
	}
	want := read(t, filepath.Join(dir, "rows", name+".json"), lacks)
	var got []map[string]any
	if err := a.Table.Records(t.Context(), func(b []byte) error {
		var row map[string]any
		if err := decode(b, &row); err != nil {
			return fmt.Errorf("%s: %w", b, err)
		}
		got = append(got, row)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("records differ (-want +got):\n%.3000s", d)
	}
	if a.Table.Rows != int64(len(want)) {
		t.Errorf("%d rows, want %d", a.Table.Rows, len(want))
	}
	raw := int64(0)
	if err := a.Records(t.Context(), func(r core.RawRecord) error {
		if r.Row != raw || len(r.JSON) == 0 {
			return fmt.Errorf("record %d of %d bytes after %d", r.Row, len(r.JSON), raw)
		}
		raw++
		return nil
	}); err != nil || raw != int64(len(want)) {
		t.Errorf("%d raw records: %v", raw, err)
	}
	fields(t, a.Table, want)
	numbers(t, a.Table, want)
	return a
}

func read(t *testing.T, path string, lacks []string) []map[string]any {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := decode(data, &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for _, name := range lacks {
			delete(r, name)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return rows
}

// decode keeps whole numbers whole, and all digits of the others.
func decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	switch v := into.(type) {
	case *map[string]any:
		canonical(*v)
	case *[]map[string]any:
		for _, row := range *v {
			canonical(row)
		}
	}
	return nil
}

// canonical writes numbers in one way: 1, 1.0 and 1e0 are one number.
func canonical(v any) any {
	switch v := v.(type) {
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			f, _ := v.Float64()
			if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
				return json.Number(strconv.FormatInt(int64(f), 10))
			}
			return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
		}
	case map[string]any:
		for k, w := range v {
			v[k] = canonical(w)
		}
	case []any:
		for i, w := range v {
			v[i] = canonical(w)
		}
	}
	return v
}

// at is the value of a column, whose name may lead into structures.
func at(row map[string]any, name string) any {
	if v, ok := row[name]; ok {
		return v
	}
	var v any = row
	for _, part := range strings.Split(name, ".") {
		inner, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = inner[part]
	}
	return v
}

// fields compares the texts of scalar columns, read by themselves as well.
func fields(t *testing.T, table *core.Table, want []map[string]any) {
	t.Helper()
	check := func(table *core.Table) {
		next := int64(0)
		err := table.Scan(t.Context(), func(row int64, fields []string) error {
			if row != next || len(fields) != len(table.Columns) {
				return fmt.Errorf("row %d of %d fields after %d rows", row, len(fields), next)
			}
			next++
			for c, column := range table.Columns {
				switch v := at(want[row], column.Name).(type) {
				case string:
					if fields[c] != v {
						return fmt.Errorf("row %d, %s: %q, want %q", row, column.Name, fields[c], v)
					}
				case json.Number:
					if f, _ := v.Float64(); mustFloat(fields[c]) != f {
						return fmt.Errorf("row %d, %s: %q, want %v", row, column.Name, fields[c], v)
					}
				}
			}
			return nil
		})
		if err != nil || next != int64(len(want)) {
			t.Errorf("%d rows of %d: %v", next, len(want), err)
		}
	}
	check(table)
	for c := range table.Columns {
		check(table.Some([]int{c}))
	}
}

func mustFloat(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

// numbers compares what was never text.
func numbers(t *testing.T, table *core.Table, want []map[string]any) {
	t.Helper()
	for c, column := range table.Columns {
		if !column.Numeric && column.Values == 0 {
			continue
		}
		err := table.Floats(context.Background(), []int{c}, func(row int64, got []float64) error {
			var flat []float64
			flatten(at(want[row], column.Name), &flat)
			if len(flat) == 0 {
				flat = append(flat, math.NaN())
			}
			for i, x := range got {
				w := flat[min(i, len(flat)-1)]
				if x != w && !(math.IsNaN(w) && (math.IsNaN(x) || math.IsInf(x, 0))) && float32(x) != float32(w) {
					return fmt.Errorf("row %d: %v, want %v", row, got, flat)
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", column.Name, err)
		}
	}
}

func flatten(v any, out *[]float64) {
	switch v := v.(type) {
	case json.Number:
		f, _ := v.Float64()
		*out = append(*out, f)
	case []any:
		for _, w := range v {
			flatten(w, out)
		}
	default:
		*out = append(*out, math.NaN())
	}
}
