package jsonl

import (
	"strings"
	"testing"

	"taster/core"
)

func TestWithout(t *testing.T) {
	for _, c := range []struct {
		in   string
		drop core.RowSet
		want string
	}{
		{"{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", core.RowSet{1}, "{\"a\":1}\n{\"a\":3}\n"},
		{"{\"a\":1}\r\n\r\n{\"a\":2}\r\n", core.RowSet{0}, "{\"a\":2}\r\n"},
		{"{\"a\":1}\n{\"a\":2}", core.RowSet{1}, "{\"a\":1}\n"},
		{"{\"a\":1}\n{\"a\":2}\n", core.RowSet{0, 1}, ""},
		{"{\"a\":1}{\"a\" : 2 }\n{\"a\":3}", core.RowSet{0}, "{\"a\" : 2 }\n{\"a\":3}"},
		{"{\"a\":1}\n{\"a\":2}\n", nil, "{\"a\":1}\n{\"a\":2}\n"},
		{"[{\"a\":1}, {\"a\" : 2},\n{\"a\":3}]", core.RowSet{0}, "[\n{\"a\" : 2},\n{\"a\":3}\n]\n"},
		{"[1,2]", core.RowSet{0, 1}, "[]\n"},
	} {
		var got strings.Builder
		if err := without(t.Context(), &got, core.Bytes("x", []byte(c.in)), c.drop); err != nil || got.String() != c.want {
			t.Errorf("%q without %v: %q, %v", c.in, c.drop, got.String(), err)
		}
	}
	if err := without(t.Context(), &strings.Builder{}, core.Bytes("x", []byte("{\"a\":1}\n{\"a\"")), nil); err == nil {
		t.Error("a record that is cut was taken")
	}
}
