package coretest

import (
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSparse(t *testing.T) {
	s := NewSparse("big", 10<<30, Part{4, []byte{1, 2, 3}}, Part{10<<30 - 2, []byte{8, 9}})
	tests := []struct {
		off  int64
		want []byte
		err  error
	}{
		{0, []byte{0, 0, 0, 0, 1}, nil},
		{5, []byte{2, 3, 0, 0}, nil},
		{10<<30 - 3, []byte{0, 8, 9}, nil},
		{10<<30 - 1, []byte{9, 0}, io.EOF},
		{10 << 30, []byte{0}, io.EOF},
		{-1, []byte{0}, io.EOF},
	}
	for _, test := range tests {
		got := make([]byte, len(test.want))
		_, err := s.ReadAt(got, test.off)
		if d := cmp.Diff(test.want, got); d != "" || err != test.err {
			t.Errorf("at %d: error %v, %s", test.off, err, d)
		}
	}
	if s.Read() != 5+4+3+1 || s.Calls() != int64(len(tests)) {
		t.Errorf("%d bytes in %d reads", s.Read(), s.Calls())
	}
}
