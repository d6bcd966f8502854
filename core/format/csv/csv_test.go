package csv

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

func open1(t testing.TB, text string) (*core.Artifact, []*core.Finding) {
	t.Helper()
	return coretest.Open(t, []*core.Format{Format}, core.Bytes("t.csv", []byte(text)))
}

// rows reads all rows.
func rows(t *testing.T, table *core.Table) [][]string {
	t.Helper()
	var out [][]string
	err := table.Scan(t.Context(), func(row int64, fields []string) error {
		if row != int64(len(out)) {
			t.Errorf("row %d after %d rows", row, len(out))
		}
		out = append(out, append([]string(nil), fields...))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTable(t *testing.T) {
	tests := []struct {
		name, text string
		columns    []core.Column
		rows       [][]string
	}{
		{"header", "id,label\n1,cat\n2,dog\n", []core.Column{{Name: "id", Numeric: true}, {Name: "label"}}, [][]string{{"1", "cat"}, {"2", "dog"}}},
		{"no header", "1,2\n3,4", []core.Column{{Name: "c0", Numeric: true}, {Name: "c1", Numeric: true}}, [][]string{{"1", "2"}, {"3", "4"}}},
		{"words and numbers, no header", "cat,1\ndog,2\n", []core.Column{{Name: "c0"}, {Name: "c1", Numeric: true}}, [][]string{{"cat", "1"}, {"dog", "2"}}},
		{"mark and CRLF", mark + "a,b\r\n1,x\r\n\r\n2,\"y\"\r\n", []core.Column{{Name: "a", Numeric: true}, {Name: "b"}}, [][]string{{"1", "x"}, {"2", "y"}}},
		{"quotes", "text,label\n\"a, \"\"b\"\"\nc\",0\nsay \"hi\",1\n", []core.Column{{Name: "text"}, {Name: "label", Numeric: true}},
			[][]string{{"a, \"b\"\nc", "0"}, {"say \"hi\"", "1"}}},
		{"tabs", "a\tb\n1\t2,5\n", []core.Column{{Name: "a", Numeric: true}, {Name: "b", Numeric: true, Comma: true}}, [][]string{{"1", "2,5"}}},
		{"semicolons", "a;b\n1;2,5\n3;4,5\n", []core.Column{{Name: "a", Numeric: true}, {Name: "b", Numeric: true, Comma: true}}, [][]string{{"1", "2,5"}, {"3", "4,5"}}},
		{"points and commas are words", "a;b\n1,5;1\n2.5;2\n", []core.Column{{Name: "a"}, {Name: "b", Numeric: true}}, [][]string{{"1,5", "1"}, {"2.5", "2"}}},
		{"bars", "a|b\n1|x\n", []core.Column{{Name: "a", Numeric: true}, {Name: "b"}}, [][]string{{"1", "x"}}},
		{"savetxt", "1.0e+00 -2.0e+00\n3.0e+00 4.0e+00\n", []core.Column{{Name: "c0", Numeric: true}, {Name: "c1", Numeric: true}}, [][]string{{"1.0e+00", "-2.0e+00"}, {"3.0e+00", "4.0e+00"}}},
		{"lists", "e,label\n\"[1, -2.5]\",x\n\"[3.\n 4]\",y\n", []core.Column{{Name: "e", Values: 2}, {Name: "label"}}, [][]string{{"[1, -2.5]", "x"}, {"[3.\n 4]", "y"}}},
		{"lists that differ", "e,label\n\"[1, 2]\",x\n[3],y\n[],z\n", []core.Column{{Name: "e"}, {Name: "label"}}, [][]string{{"[1, 2]", "x"}, {"[3]", "y"}, {"[]", "z"}}},
		{"missing values", "a,label\n1,x\nNA,y\nn/a,NA\n,z\n", []core.Column{{Name: "a", Numeric: true}, {Name: "label"}}, [][]string{{"1", "x"}, {"NA", "y"}, {"n/a", "NA"}, {"", "z"}}},
		{"columns without a name", "0,1,label\n1.5,2,x\n3.5,4,y\n", []core.Column{{Name: "0", Numeric: true}, {Name: "1", Numeric: true}, {Name: "label"}}, [][]string{{"1.5", "2", "x"}, {"3.5", "4", "y"}}},
		{"a data frame without names", ",0\n0,7\n1,8\n", []core.Column{{Name: "", Numeric: true}, {Name: "0", Numeric: true}}, [][]string{{"0", "7"}, {"1", "8"}}},
		{"few numbers are a row", "0,1\n1,0\n2,0\n", []core.Column{{Name: "c0", Numeric: true}, {Name: "c1", Numeric: true}}, [][]string{{"0", "1"}, {"1", "0"}, {"2", "0"}}},
		{"data frame", ",x\n0,0.5\n1,nan\n", []core.Column{{Name: "", Numeric: true}, {Name: "x", Numeric: true}}, [][]string{{"0", "0.5"}, {"1", "nan"}}},
		{"numbers alone", "3\n1\n4\n", []core.Column{{Name: "c0", Numeric: true}}, [][]string{{"3"}, {"1"}, {"4"}}},
		{"numbers under a name", "score\n3\n1e-3\n", []core.Column{{Name: "score", Numeric: true}}, [][]string{{"3"}, {"1e-3"}}},
		{"labels", "label\ncat\ndog\n", []core.Column{{Name: "label"}}, [][]string{{"cat"}, {"dog"}}},
		{"words only", "given_label,predicted_label\ncat,dog\ndog,dog\n", []core.Column{{Name: "given_label"}, {Name: "predicted_label"}},
			[][]string{{"cat", "dog"}, {"dog", "dog"}}},
		{"quoted blank", "label\nb\n\"\"\r\n\r\n\"\"", []core.Column{{Name: "label"}}, [][]string{{"b"}, {""}, {""}}},
		{"blank cells", "a,b\n1,\n,2\n", []core.Column{{Name: "a", Numeric: true}, {Name: "b", Numeric: true}}, [][]string{{"1", ""}, {"", "2"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, findings := open1(t, test.text)
			if len(findings) != 0 || a.Table == nil {
				t.Fatalf("table %v, findings %+v", a.Table, findings)
			}
			if d := cmp.Diff(test.columns, a.Table.Columns); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(test.rows, rows(t, a.Table)); d != "" {
				t.Error(d)
			}
			if a.Table.Rows != int64(len(test.rows)) {
				t.Errorf("%d rows", a.Table.Rows)
			}
		})
	}
}

func TestMatchNot(t *testing.T) {
	for name, text := range map[string]string{
		"JSON":          "{\"a\": 1,\n\"b\": 2}\n",
		"JSON array":    "[1, 2,\n3, 4]\n",
		"JSON lines":    "{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":2}\n",
		"YAML":          "a: 1\nb: 2\n",
		"YAML list":     "- a, b\n- c, d\n- e, f\n",
		"Python":        "import os, sys\nimport re, json\nimport io, csv\n",
		"C":             "int a;\nint b;\nint c;\n",
		"prose":         "Dear all,\nhello there,\nregards,\n",
		"verse":         "Roses are red, violets are blue\nSugar is sweet, and so are you\nThe end is near, and so on\n",
		"words":         "cat\ndog\nbird\n",
		"one line":      "a,b,c\n",
		"one number":    "3\n",
		"pickle":        "(dp0\nS'a'\np1\nI1\ns.",
		"pickled list":  "(lp0\nI1\naI2\na.",
		"pickled int":   "I1\n.",
		"call":          "c__builtin__\neval\n(S'1'\ntR.",
		"HTML":          "<p>a,b\n<p>c,d\n",
		"binary":        "a,b\n1,\x002\n",
		"NumPy":         "\x93NUMPY\x01\x00v\x00{'descr': '<f4'",
		"Makefile":      "all: a b\n\tgo build\n\tgo test\n",
		"markdown":      "# Title\n\nSome text, with commas.\n",
		"checksums":     "0f343b0931126a20f133d67c2b018a3b  a.bin\n0f343b0931126a20f133d67c2b018a3c  b.bin\n",
		"empty":         "",
		"blank lines":   "\n\n\n",
		"version lines": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
	} {
		if how := Format.Match([]byte(text), core.Bytes("f", []byte(text))); how != "" {
			t.Errorf("%s is taken for %s", name, how)
		}
	}
}

func TestRagged(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n", 1200) + "3\n" + "4,5,6\n"
	a, findings := open1(t, text)
	if len(findings) != 2 || findings[0].Where.Offset != 4804 || findings[1].Where.Offset != 4806 {
		t.Fatalf("findings %+v", findings)
	}
	if d := cmp.Diff([][]string{{"3", ""}, {"4", "5", "6"}}, rows(t, a.Table)[1200:]); d != "" {
		t.Error(d)
	}
	a, findings = open1(t, "a,b\n"+strings.Repeat("1,2\n", 1200)+strings.Repeat("3\n", 100))
	if len(findings) != 21 || a.Partial != "" || a.Table.Rows != 1300 {
		t.Errorf("%d findings, partial %q, %d rows", len(findings), a.Partial, a.Table.Rows)
	}
}

func TestOpenHostile(t *testing.T) {
	start := "a,b\n" + strings.Repeat("1,2\n", 1200) // beyond what Match looks at
	tests := []struct {
		name, tail string
		rule       string
		offset     int64
	}{
		{"long field", "1," + strings.Repeat("x", maxField+1), "FILE-LIMIT", 4804},
		{"many fields", strings.Repeat(",", maxFields), "FILE-LIMIT", 4804},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, findings := open1(t, start+test.tail)
			if len(findings) != 1 || findings[0].Rule != test.rule || findings[0].Where.Offset != test.offset || !findings[0].Unread {
				t.Errorf("findings %+v", findings)
			}
			if a.Table == nil || a.Table.Rows != 1200 {
				t.Errorf("table %+v", a.Table)
			}
		})
	}
}

func TestChunks(t *testing.T) {
	// Records straddle the pieces in which the file is read.
	var b strings.Builder
	b.WriteString("n,text\n")
	n := 0
	for b.Len() < 2*chunkBytes+100 {
		fmt.Fprintf(&b, "%d,\"a,\"\"%d\"\"\"\r\n", n, n)
		n++
	}
	a, findings := open1(t, b.String())
	if len(findings) != 0 || a.Table.Rows != int64(n) {
		t.Fatalf("%d rows, want %d, findings %+v", a.Table.Rows, n, findings)
	}
	err := a.Table.Scan(t.Context(), func(row int64, f []string) error {
		if f[0] != fmt.Sprint(row) || f[1] != fmt.Sprintf("a,\"%d\"", row) {
			return fmt.Errorf("row %d is %q", row, f)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSplitLineEnd puts the end of a piece between the two bytes of a line end.
func TestSplitLineEnd(t *testing.T) {
	fill := strings.Repeat("3,4\n", chunkBytes/4-1)
	tests := []struct {
		name, tail string
		rows       int64
	}{
		{"of a row", "5,6\r\n7,8\n", chunkBytes/4 + 1},
		{"of a blank line", "5,\n\r\n7,8\n", chunkBytes/4 + 1},
		{"before a blank line", "5,6\n\r\n7,8\n", chunkBytes/4 + 1},
	}
	for _, test := range tests {
		a, findings := open1(t, fill+test.tail)
		if len(findings) != 0 || a.Table.Rows != test.rows {
			t.Errorf("%s: %d rows, want %d, findings %+v", test.name, a.Table.Rows, test.rows, findings)
		}
	}
}

func TestScanStops(t *testing.T) {
	a, _ := open1(t, "1,2\n3,4\n")
	stop, calls := errors.New("stop"), 0
	if err := a.Table.Scan(t.Context(), func(int64, []string) error { calls++; return stop }); err != stop || calls != 1 {
		t.Errorf("%d calls, error %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Table.Scan(ctx, func(int64, []string) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

func BenchmarkScan(b *testing.B) {
	text := "a,b,c\n" + strings.Repeat("0.123456,-1.5,cat\n", 100_000)
	a, _ := open1(b, text)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := a.Table.Scan(b.Context(), func(int64, []string) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// TestLongRows: a row of many activations is longer than the first look.
func TestLongRows(t *testing.T) {
	row := strings.TrimSuffix(strings.Repeat("0.12345,", 3000), ",") + "\n"
	a, findings := open1(t, strings.Repeat(row, 5))
	if a.Table == nil || a.Table.Rows != 5 || len(a.Table.Columns) != 3000 || len(findings) > 0 {
		t.Errorf("%+v %v", a, findings)
	}
}

// TestLongLists: NumPy breaks the lines of its lists, so that no record may end
// in the first look.
func TestLongLists(t *testing.T) {
	list := "\"[" + strings.Repeat("0.12345 0.5\n ", 600) + "]\""
	a, findings := open1(t, "label,e\n"+strings.Repeat("x,"+list+"\n", 4))
	if a.Table == nil || a.Table.Rows != 4 || a.Table.Columns[1].Values != 1200 || len(findings) > 0 {
		t.Errorf("%+v %v", a.Table, findings)
	}
}

// TestPromised: words without a header are a table where the name says so, and
// a list of classes is none.
func TestPromised(t *testing.T) {
	for _, test := range []struct {
		name, text string
		table      bool
	}{
		{"train_labels.txt", "cat\ndog\ncat\n", true},
		{"labels.txt", "cat\ndog\neel\n", false},
		{"ids.txt", "a1\na2\na3\n", true},
		{"README.txt", "cat\ncat\n", false},
		{"x/labels/readme.txt", "cat\ncat\n", false},
		{"labels.txt", "cat\ncat\n" + strings.Repeat("long", 20) + "\n", false},
	} {
		if got := Format.Match([]byte(test.text), core.Bytes(test.name, []byte(test.text))) != ""; got != test.table {
			t.Errorf("%s %q: table %t", test.name, test.text, got)
		}
	}
}
