package jsonwalk

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"taster/core"
)

// generic turns v into what encoding/json would make of it.
func generic(v *Value) any {
	switch v.Kind {
	case Object:
		m := map[string]any{}
		for _, x := range v.Members {
			m[x.Key.Value] = generic(x.Value)
		}
		return m
	case Array:
		a := []any{}
		for _, x := range v.Items {
			a = append(a, generic(x))
		}
		return a
	case String:
		return v.Text
	case Number:
		return json.Number(v.Text)
	case True, False:
		return v.Kind == True
	}
	return nil
}

// reference is the answer of encoding/json.
func reference(text string) (any, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if dec.More() {
		return nil, errors.New("more follows")
	}
	return v, nil
}

var documents = []string{
	`{}`, `[]`, `""`, `0`, `-0.5e+10`, `true`, `false`, `null`, ` { "a" : [ 1 , 2.5 , "x" , null ] } `,
	`{"a":{"b":{"c":[[[]]]}}}`, `"\u0061\n\t\"\\\/\b\f\r"`, `"\ud83d\ude00 caf\u00e9"`, `{"a":1,"a":2}`,
	`[1,]`, `{"a"}`, `{"a":}`, `{,}`, `[1 2]`, `01`, `1.`, `.5`, `1e`, `+1`, `tru`, `"\x"`, `"\u12"`, `"`, "\"\n\"", `{"a":1`, `[`, ``, `nul`, `-`, `"a" 1`,
}

// TestParse holds the answers to those of encoding/json.
func TestParse(t *testing.T) {
	for _, text := range documents {
		want, wantErr := reference(text)
		v, err := Parse([]byte(text), 0, 100)
		if (err != nil) != (wantErr != nil) {
			t.Errorf("%s: %v, encoding/json says %v", text, err, wantErr)
			continue
		}
		if err != nil {
			continue
		}
		if d := cmp.Diff(want, generic(v)); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	}
}

// TestPython is what Python's json module accepts beyond the standard.
func TestPython(t *testing.T) {
	v, err := Parse([]byte("\xef\xbb\xbf[NaN, -Infinity, Infinity, \"\\ud800x\"]"), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]any{json.Number("NaN"), json.Number("-Infinity"), json.Number("Infinity"), "\ufffdx"}, generic(v)); d != "" {
		t.Error(d)
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		text string
		want error
		at   int64
	}{
		{`{"a": }`, core.ErrMalformed, 106},
		{`{"a"`, core.ErrMalformed, 104},
		{`{"a": "b`, core.ErrMalformed, 108},
		{`{"a": "\q"}`, core.ErrMalformed, 107},
		{`[1] x`, core.ErrMalformed, 104},
		{`[1,2,3,4,5,6,7,8,9,10]`, core.ErrLimit, 119},
		{strings.Repeat("[", MaxDepth+1), core.ErrLimit, 100},
	}
	for _, test := range tests {
		limit := 10
		if len(test.text) > 100 {
			limit = 1000
		}
		_, err := Parse([]byte(test.text), 100, limit)
		var at *core.OffsetError
		if !errors.Is(err, test.want) || !errors.As(err, &at) {
			t.Errorf("%.20s: %v", test.text, err)
			continue
		}
		if test.want == core.ErrMalformed && at.Offset != test.at {
			t.Errorf("%.20s: at %d, want %d", test.text, at.Offset, test.at)
		}
	}
}

func TestDuplicate(t *testing.T) {
	v, err := Parse([]byte(`{"a": 1, "b": 2, "\u0061": 3}`), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range v.Members {
		got = append(got, fmt.Sprint(m.Key.Value, m.Key.Again, m.Key.First, m.Key.Offset))
	}
	if d := cmp.Diff([]string{"afalse 0 1", "bfalse 0 9", "atrue 1 17"}, got); d != "" {
		t.Error(d)
	}
	if x := v.Get("a"); x.Text != "3" || v.Get("c") != nil || v.Get("b").Get("x") != nil || x.String() != "" {
		t.Errorf("a is %+v", x)
	}
}

// TestPlace finds each byte of the decoded text in the file again.
func TestPlace(t *testing.T) {
	text := `["a\n\u00e9\ud83d\ude00é\u0062"]`
	v := New([]byte(text), 10)
	var got Text
	if err := v.Array(func(int) (err error) { got, err = v.Text(); return err }); err != nil {
		t.Fatal(err)
	}
	if got.Value != "a\né😀éb" {
		t.Fatalf("%q", got.Value)
	}
	for i, want := range map[int]int64{0: 12, 1: 13, 2: 15, 4: 21, 8: 33, 10: 35, 11: 41} {
		if p := got.Place(i); p != want {
			t.Errorf("byte %d is at %d, want %d", i, p, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range documents {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Parse([]byte(text), 0, 10_000)
		if err != nil {
			var at *core.OffsetError
			if !errors.As(err, &at) || at.Offset < 0 || at.Offset > int64(len(text)) {
				t.Fatalf("no place in the text: %v", err)
			}
			return
		}
		if !utf8.ValidString(text) { // encoding/json replaces such bytes, Walker leaves them
			return
		}
		want, wantErr := reference(strings.TrimPrefix(text, "\xef\xbb\xbf"))
		if wantErr != nil {
			if !strings.Contains(text, "N") && !strings.Contains(text, "I") {
				t.Errorf("%q: encoding/json says %v", text, wantErr)
			}
			return
		}
		if d := cmp.Diff(want, generic(v)); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	})
}

func BenchmarkSkip(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"model": {"vocab": {`)
	for i := range 100_000 {
		fmt.Fprintf(&text, `"token%d": %d, `, i, i)
	}
	text.WriteString(`"end": 0}}}`)
	doc := []byte(text.String())
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if err := New(doc, 0).Skip(); err != nil {
			b.Fatal(err)
		}
	}
}
