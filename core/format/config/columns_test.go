package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
	"taster/core/format/jsonl"
)

// described is the table of a and its rows, or its members.
func described(t *testing.T, a *core.Artifact) []string {
	t.Helper()
	var out []string
	for _, m := range a.Members {
		out = append(out, m.Path())
		out = append(out, described(t, m)...)
	}
	if a.Table == nil {
		return out
	}
	var names []string
	for _, c := range a.Table.Columns {
		names = append(names, c.Name)
	}
	out = append(out, strings.Join(names, " "))
	err := a.Table.Scan(t.Context(), func(_ int64, fields []string) error {
		out = append(out, strings.Join(fields, " "))
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

func TestColumns(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"lists", `{"x": [[1, 2], [3, 4]], "y": ["a", null]}`, []string{"x.0 x.1 y", "1 2 a", "3 4 "}},
		{"scalars beside", `{"model": "m", "x": [[1, 2]], "y": [7], "seed": 1, "of": {"a": [1]}}`, []string{"x.0 x.1 y", "1 2 7"}},
		{"the last of equal keys", `{"y": [1, 2], "y": [3, 4, 5]}`, []string{"y", "3", "4", "5"}},
		{"other lengths", `{"x": [[1, 2], [3, 4]], "y": [1, 0, 1], "empty": []}`, []string{"d!x", "0 1", "1 2", "3 4", "d!y", "value", "1", "0", "1"}},
		{"split", `{"columns": ["a", "b"], "index": ["r", "s"], "data": [[1, "x"], [2, "y", 3]]}`, []string{"a b index 2", "1 x r ", "2 y s 3"}},
		{"columns", "\xef\xbb\xbf" + `{"a": {"7": 1, "3": 2}, "b": {"7": "x", "3": [1]}}`, []string{"index a b b.0", "7 1 x ", "3 2  1"}},
		{"rows by number", `{"0": {"a": 1}, "1": {"a": 2, "b": 3}}`, []string{"index a b", "0 1 ", "1 2 3"}},
		{"schema and data", `{"schema": {"fields": []}, "data": [{"a": 1}, {"a": 2}]}`, []string{"a", "1", "2"}},
		{"keys that differ", `{"a": {"0": 1, "1": 2}, "b": {"0": 1, "2": 2}}`, nil},
		{"labels of a model", `{"id2label": {"0": "cat", "1": "dog"}, "label2id": {"cat": 0, "dog": 1}}`, nil},
		{"a processor", `{"do_resize": true, "image_mean": [0.5, 0.5], "size": {"height": 8}}`, nil},
		{"lists of objects", `{"steps": [{"_target_": "os.system"}], "n": [1]}`, nil},
		{"a model", `{"model_type": "m", "x": [[1, 2], [3, 4]], "y": [1, 2]}`, nil},
		{"words", `{"a": "b"}`, nil},
		{"nothing", `{}`, nil},
		{"no rows", `{"x": [], "y": []}`, nil},
	}
	for _, test := range tests {
		a, findings := coretest.Open(t, []*core.Format{Format, jsonl.Format}, core.Bytes("d", []byte(test.text)))
		if diff := cmp.Diff(test.want, described(t, a)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if a.Partial != "" || a.Kind != "json" {
			t.Errorf("%s: %s %s %v", test.name, a.Kind, a.Partial, findings)
		}
	}
}

// TestColumnsHostile: what is no table stays a document, and breaks where it is
// broken.
func TestColumnsHostile(t *testing.T) {
	var many strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&many, `"k%d": [1], `, i)
	}
	tests := []struct{ name, text, want string }{
		{"deep", `{"x": [` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `]}`, "FILE-LIMIT"},
		{"a long element", `{"x": [[1], "` + strings.Repeat("a", 9<<20) + `"]}`, ""},
		{"many lists", "{" + many.String() + `"end": [1]}`, ""},
		{"text within", `{"x": [[1, 2], [3, 4]], "y": [0, {{]}`, "FILE-MALFORMED"},
		{"cut within a list", `{"x": [[1, 2], [3`, "FILE-MALFORMED"},
		{"no colon", `{"x" [1, 2], "y": [1, 2]}`, "FILE-MALFORMED"},
		{"a broken number", `{"x": [[1, 2], [3, 4]], "y": [0, 1.]}`, "FILE-MALFORMED"},
		{"a long name", `{"` + strings.Repeat("k", 5000) + `": [1, 2]}`, "FILE-LIMIT"},
	}
	for _, test := range tests {
		a, findings := coretest.Open(t, []*core.Format{Format, jsonl.Format}, core.Bytes("d", []byte(test.text)))
		if got := rules(findings); !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if (a.Partial != "") != (test.want != "") {
			t.Errorf("%s: %q", test.name, a.Partial)
		}
	}
}

func TestColumnsWithout(t *testing.T) {
	for _, test := range []struct {
		text string
		drop core.RowSet
		want string
	}{
		{`{"x": [[1, 2], [3, 4]], "m": "a", "y": [0, 1]}` + "\n", core.RowSet{0}, "{\"x\": [\n[3, 4]\n], \"m\": \"a\", \"y\": [\n1\n]}\n"},
		{`{"a": {"7": 1, "3": 2, "5": 3}, "b": {"7": 4, "3": 5, "5": 6}}`, core.RowSet{0, 2}, "{\"a\": {\n\"3\": 2\n}, \"b\": {\n\"3\": 5\n}}"},
		{`{"columns": ["a", "b"], "index": [0, 1], "data": [[1, 2], [3, 4]]}`, core.RowSet{0, 1}, `{"columns": ["a", "b"], "index": [], "data": []}`},
		{`{"0": {"a": 1}, "1": {"a": 2}}`, core.RowSet{1}, "{\n\"0\": {\"a\": 1}\n}"},
	} {
		var got strings.Builder
		if err := Format.Without(t.Context(), &got, core.Bytes("x", []byte(test.text)), test.drop); err != nil || got.String() != test.want {
			t.Errorf("%q without %v: %q, %v", test.text, test.drop, got.String(), err)
		}
	}
	if err := Format.Without(t.Context(), &strings.Builder{}, core.Bytes("x", []byte(`{"model_type": "m"}`)), nil); err == nil {
		t.Error("a configuration has no rows")
	}
}
