package csv

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
		{"id,label\n1,a\n2,b\n3,c\n", core.RowSet{1}, "id,label\n1,a\n3,c\n"},
		{"id,label\r\n1,a\r\n2,b\r\n3,c", core.RowSet{2}, "id,label\r\n1,a\r\n2,b\r\n"},
		{"id,label\n1,\"a\nb\"\n\n2,b\n", core.RowSet{0}, "id,label\n\n2,b\n"},
		{"\xef\xbb\xbfid\tlabel\n1\ta\n2\tb\n", core.RowSet{0, 1, 7}, "\xef\xbb\xbfid\tlabel\n"},
		{"1,2\n3,4\n5,6\n", core.RowSet{0}, "3,4\n5,6\n"},
		{"1,2\n3,4\n5,6\n", nil, "1,2\n3,4\n5,6\n"},
	} {
		var got strings.Builder
		if err := without(t.Context(), &got, core.Bytes("x", []byte(c.in)), c.drop); err != nil || got.String() != c.want {
			t.Errorf("%q without %v: %q, %v", c.in, c.drop, got.String(), err)
		}
	}
	if err := without(t.Context(), &strings.Builder{}, core.Bytes("x", []byte("prose\n")), nil); err == nil {
		t.Error("prose was taken for a table")
	}
}
