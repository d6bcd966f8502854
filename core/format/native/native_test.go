package native_test

import (
	"strings"
	"testing"

	"taster/core"
	"taster/core/format/native"
)

func TestMatch(t *testing.T) {
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	tests := []struct{ name, head, want string }{
		{"ELF", "\x7fELF\x02\x01\x01" + zeros(60), "ELF header"},
		{"ELF cut short", "\x7fELF", "ELF header"},
		{"PE cut short", "MZ\x90\x00\x03\x00\x00\x00\x04", "PE header"},
		{"PE", "MZ" + zeros(58) + "\x40\x00\x00\x00PE\x00\x00" + zeros(40), "PE header"},
		{"PE that points outside", "MZ" + zeros(58) + "\xff\xff\xff\xffPE\x00\x00" + zeros(40), ""},
		{"DOS", "MZ" + zeros(100), ""},
		{"Mach-O", "\xcf\xfa\xed\xfe" + zeros(40), "Mach-O header"},
		{"Mach-O for two processors", "\xca\xfe\xba\xbe\x00\x00\x00\x02" + zeros(40), "Mach-O header"},
		{"a Java class", "\xca\xfe\xba\xbe\x00\x00\x00\x34" + zeros(40), ""},
		{"byte code", "\xa7\x0d\x0d\x0a" + zeros(12) + "\xe3" + zeros(9), "header of Python byte code"},
		{"text", "ab\r\n" + strings.Repeat("x", 40), ""},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		if got := native.Format.Match([]byte(test.head), core.Bytes("x", []byte(test.head))); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestOpen(t *testing.T) {
	var found []string
	o := &core.Opener{Artifact: &core.Artifact{How: "ELF header"}, Emit: func(e core.Event) error { found = append(found, e.Finding.Rule); return nil }}
	if err := native.Format.Open(t.Context(), core.Bytes("x", []byte("\x7fELF")), o); err != nil || len(found) != 1 || found[0] != "NATIVE-CODE" {
		t.Errorf("%v, %v", found, err)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add([]byte("MZ" + strings.Repeat("\x00", 58) + "\x40\x00\x00\x00PE\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) { native.Format.Match(b, core.Bytes("x", b)) })
}
