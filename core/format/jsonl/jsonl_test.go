package jsonl

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

var formats = []*core.Format{Format}

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

// rows reads the table again.
func rows(t testing.TB, src core.Source) (columns []string, out [][]string) {
	t.Helper()
	a, _ := coretest.Open(t, formats, src)
	if a.Table == nil {
		t.Fatalf("%s is no table but %s", src.Name(), a.Kind)
	}
	for _, c := range a.Table.Columns {
		columns = append(columns, fmt.Sprintf("%s %t", c.Name, c.Numeric))
	}
	err := a.Table.Scan(t.Context(), func(row int64, fields []string) error {
		if row != int64(len(out)) {
			t.Errorf("row %d comes as number %d", row, len(out))
		}
		out = append(out, append([]string(nil), fields...))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return columns, out
}

func TestScan(t *testing.T) {
	tests := []struct {
		name, text string
		columns    []string
		rows       [][]string
	}{
		{"objects", `{"id":"a","x":{"y":1,"z":"q\"}"},"v":[1,-2e3]}` + "\n" + `{"x":{"y":null},"id":"b","v":[0.5,7],"w":[]}`,
			[]string{"id false", "x.y true", "x.z false", "v.0 true", "v.1 true", "w false"},
			[][]string{{"a", "1", `q"}`, "1", "-2e3", ""}, {"b", "", "", "0.5", "7", "[]"}}},
		{"arrays", "[[1,2],[3,4]]", []string{"0 true", "1 true"}, [][]string{{"1", "2"}, {"3", "4"}}},
		{"scalars", `["cat", "dog" , "cat"]`, []string{"value false"}, [][]string{{"cat"}, {"dog"}, {"cat"}}},
		{"numbers", "[3,1\n,2]", []string{"value true"}, [][]string{{"3"}, {"1"}, {"2"}}},
		{"words", `[{"a":true},{"a":false},{"a":{}}]`, []string{"a false"}, [][]string{{"true"}, {"false"}, {""}}},
		{"mixed arrays stay text", `[{"a":[1,"x"]},{"a":[[1],[2,3]]}]`, []string{"a false"}, [][]string{{`[1,"x"]`}, {"[[1],[2,3]]"}}},
		{"what was text stays text", `[{"a":"x"},{"a":[[1],[2]]}]`, []string{"a false"}, [][]string{{"x"}, {"[[1],[2]]"}}},
		{"arrays in arrays", `[{"a":[[1,2],[3,4]]},{"a":[[5,6],[7,8]]}]`, []string{"a.0.0 true", "a.0.1 true", "a.1.0 true", "a.1.1 true"}, [][]string{{"1", "2", "3", "4"}, {"5", "6", "7", "8"}}},
		{"a key twice", `[{"a":1,"a":2}]`, []string{"a true"}, [][]string{{"2"}}},
	}
	for _, test := range tests {
		columns, got := rows(t, core.Bytes(test.name, []byte(test.text)))
		if diff := cmp.Diff(test.columns, columns); diff != "" {
			t.Errorf("%s: columns %s", test.name, diff)
		}
		if diff := cmp.Diff(test.rows, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// TestBoundaries: records are the same wherever the pieces of the file end.
func TestBoundaries(t *testing.T) {
	var b strings.Builder
	var want [][]string
	for i := 0; b.Len() < 2*chunk+chunk/2; i++ {
		text := strings.Repeat("é\\\"}", i%57)
		fmt.Fprintf(&b, "{\"n\": %d, \"t\": \"%s\"}\n", i, text)
		want = append(want, []string{fmt.Sprint(i), strings.ReplaceAll(text, "\\", "")})
	}
	_, got := rows(t, core.Bytes("long.jsonl", []byte(b.String())))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff[:min(len(diff), 500)])
	}
}

func TestLimits(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a long record", "[1, \"" + strings.Repeat("x", maxRecord+10) + "\"]", "a record of more than"},
		{"many columns", "[{\"a\": 1}, {\"v\": [" + strings.TrimSuffix(strings.Repeat("0,", maxColumns+1), ",") + "]}]", "columns"},
		{"a long key", "[1, {\"" + strings.Repeat("k", maxName+1) + "\": 1}]", "a key of"},
	}
	for _, test := range tests {
		a, findings := coretest.Open(t, formats, core.Bytes(test.name, []byte(test.text)))
		if a.Partial == "" || len(findings) == 0 || !strings.Contains(findings[0].Saw, test.want) {
			t.Errorf("%s: partial %q, %+v", test.name, a.Partial, findings)
		}
		if a.Table == nil || a.Table.Rows != 1 {
			t.Errorf("%s: the rows before it are lost: %+v", test.name, a.Table)
		}
	}
}

func TestScanStops(t *testing.T) {
	a, _ := coretest.Open(t, formats, core.Bytes("x", []byte("[1,2,3]")))
	stop := errors.New("stop")
	if err := a.Table.Scan(t.Context(), func(int64, []string) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Table.Scan(ctx, func(int64, []string) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func BenchmarkOpen(b *testing.B) {
	line := "{\"id\": 17, \"label\": \"spam\", \"embedding\": [" + strings.TrimSuffix(strings.Repeat("0.12345, ", 64), ", ") + "]}\n"
	data := []byte(strings.Repeat(line, 20_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		coretest.Open(b, []*core.Format{Format}, core.Bytes("x.jsonl", data))
	}
}
