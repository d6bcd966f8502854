package parquet

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/columnar/columnartest"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

// TestRows compares every value of every file with what pyarrow reads.
func TestRows(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.parquet")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		if name == "batches.parquet" { // see TestBatches
			continue
		}
		t.Run(name, func(t *testing.T) {
			var lacks []string
			if name == "brotli.parquet" {
				lacks = []string{"text"}
			}
			columnartest.Rows(t, Format, "testdata", name, lacks...)
		})
	}
}

func openFile(t *testing.T, name string) (*core.Artifact, []*core.Finding) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return coretest.Open(t, []*core.Format{Format}, core.Bytes(name, data))
}

func TestColumns(t *testing.T) {
	a, _ := openFile(t, "datasets.parquet")
	want := []core.Column{{Name: "text"}, {Name: "label", Numeric: true, Names: []string{"ham", "spam"}}, {Name: "embedding", Values: 2}}
	if d := cmp.Diff(want, a.Table.Columns); d != "" {
		t.Error(d)
	}
	a, _ = openFile(t, "nested.parquet")
	names := []string{"messages", "embedding", "fixed", "grid", "image.bytes", "image.path", "deep.a.b", "deep.a.c", "map", "tags"}
	var got []string
	for _, c := range a.Table.Columns {
		got = append(got, c.Name)
	}
	if d := cmp.Diff(names, got); d != "" {
		t.Error(d)
	}
}

// TestUnread names the column that cannot be read, and reads the other.
func TestUnread(t *testing.T) {
	a, findings := openFile(t, "brotli.parquet")
	if len(findings) != 1 || findings[0].Rule != ruleColumn.ID || !findings[0].Unread || !strings.Contains(findings[0].Saw, `"text": `) || !strings.Contains(findings[0].Saw, "BROTLI") {
		t.Fatalf("findings %+v", findings)
	}
	if !slices.ContainsFunc(a.Table.Columns, func(c core.Column) bool { return c.Name == "id" }) {
		t.Errorf("columns %v", a.Table.Columns)
	}
}

// TestBatches reads rows whose lists lie across pages and batches.
func TestBatches(t *testing.T) {
	a, findings := openFile(t, "batches.parquet")
	if len(findings) > 0 || a.Table.Rows != 10_000 {
		t.Fatalf("%+v, %d rows", findings, a.Table.Rows)
	}
	err := a.Table.Scan(t.Context(), func(row int64, fields []string) error {
		list := "[" + strings.Repeat("7,", int(row%3)) + "8]"
		if want := []string{strconv.FormatInt(row*row, 10), list}; !slices.Equal(fields, want) {
			return fmt.Errorf("row %d: %q, want %q", row, fields, want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
