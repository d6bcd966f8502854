package core_test

import (
	"testing"

	"taster/core"
)

func TestLeadsOut(t *testing.T) {
	tests := []struct{ path, want string }{
		{"weights.bin", ""},
		{"data/weights.bin", ""},
		{"./a..b/c", ""},
		{"", ""},
		{"/etc/passwd", "is absolute"},
		{`C:\x`, "is absolute"},
		{`\\host\share`, "is absolute"},
		{"../x", "goes up with .."},
		{`a\..\..\x`, "goes up with .."},
		{"~/.ssh/id_rsa", "begins in a home folder"},
		{"https://example.org/x", "is an address"},
		{"FILE:/etc/passwd", "is an address"},
		{"a\x00b", "has a NUL, at which some programs cut it"},
	}
	for _, test := range tests {
		if got := core.LeadsOut(test.path); got != test.want {
			t.Errorf("%q %s, want %q", test.path, got, test.want)
		}
	}
}

func TestSpan(t *testing.T) {
	tests := []struct {
		shape []int64
		size  int64
		want  int64
		ok    bool
	}{
		{nil, 4, 4, true},
		{[]int64{2, 3}, 4, 24, true},
		{[]int64{0, 1 << 62}, 8, 0, true},
		{[]int64{1 << 62}, 1, 1 << 62, true},
		{[]int64{1 << 62}, 2, 0, false},
		{[]int64{1 << 40, 1 << 40}, 1, 0, false},
		{[]int64{-1}, 4, 0, false},
		{[]int64{1}, -1, 0, false},
	}
	for _, test := range tests {
		if n, ok := core.Span(test.shape, test.size); ok != test.ok || ok && n != test.want {
			t.Errorf("%v of %d bytes: %d, %t", test.shape, test.size, n, ok)
		}
	}
}
