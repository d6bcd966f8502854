package arrow

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
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
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			var lacks []string
			if e.Name() == "union.arrow" {
				lacks = []string{"union"}
			}
			columnartest.Rows(t, Format, "testdata", e.Name(), lacks...)
		})
	}
}

func openBytes(t *testing.T, data []byte) (*core.Artifact, []*core.Finding) {
	t.Helper()
	return coretest.Open(t, []*core.Format{Format}, core.Bytes("t.arrow", data))
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestColumns(t *testing.T) {
	a, _ := openBytes(t, read(t, "data-00000-of-00001.arrow"))
	want := []core.Column{{Name: "text"}, {Name: "label", Numeric: true, Names: []string{"ham", "spam"}}, {Name: "embedding", Values: 2}}
	if d := cmp.Diff(want, a.Table.Columns); d != "" {
		t.Error(d)
	}
}

// TestUnread names the column that cannot be read, and reads the others.
func TestUnread(t *testing.T) {
	a, findings := openBytes(t, read(t, "union.arrow"))
	if len(findings) != 1 || findings[0].Rule != ruleColumn.ID || !findings[0].Unread || !strings.Contains(findings[0].Saw, `"union": `) || !strings.Contains(findings[0].Saw, "type Union") {
		t.Fatalf("findings %+v", findings)
	}
	if len(a.Table.Columns) != 2 {
		t.Errorf("columns %v", a.Table.Columns)
	}
}

// TestTwoReadings takes a batch out of the footer of a file.
func TestTwoReadings(t *testing.T) {
	data := read(t, "flat-lz4.arrow")
	if _, findings := openBytes(t, data); len(findings) > 0 {
		t.Fatalf("findings %+v", findings)
	}
	fewer := bytes.Clone(data)
	fewer[batches(t, data)] = 3
	a, findings := openBytes(t, fewer)
	if len(findings) != 1 || findings[0].Rule != ruleTwice.ID || !strings.Contains(findings[0].Saw, "names 3 batches of rows, the stream has 4") {
		t.Fatalf("findings %+v", findings)
	}
	if a.Table.Rows != 30 {
		t.Errorf("%d rows, pyarrow goes by the footer, too", a.Table.Rows)
	}
}

// batches is the place of the number of batches in the footer of a file.
func batches(t *testing.T, data []byte) int {
	n := int(binary.LittleEndian.Uint32(data[len(data)-10:]))
	from := len(data) - 10 - n
	f := &buffer{b: data[from : from+n]}
	pos, count := f.root().vector(3, 24)
	if f.err != nil || count != 4 { // 33 rows in batches of 10
		t.Fatal(count, f.err)
	}
	return from + pos - 4
}

// TestStreamBreaksOff keeps the batches before the place, and says where it is.
func TestStreamBreaksOff(t *testing.T) {
	data := read(t, "nested.stream.arrow")
	a, findings := openBytes(t, data[:len(data)-900])
	if len(findings) != 1 || findings[0].Rule != "FILE-MALFORMED" || !findings[0].Unread || a.Table == nil || a.Table.Rows == 0 || a.Table.Rows == 24 {
		t.Fatalf("table %v, findings %+v", a.Table, findings)
	}
}
