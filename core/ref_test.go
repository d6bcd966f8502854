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
