package text

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

func TestKind(t *testing.T) {
	tests := []struct {
		name, data, kind, lines string
	}{
		{"object", "{\"a\": 1}\n", "json", "1"},
		{"array with mark", "\xef\xbb\xbf [1, 2]", "json", "1"},
		{"broken object", "{\"a\": }\n", "text", "1"},
		{"number", "3\n", "text", "1"},
		{"prose", "first\nsecond", "text", "2"},
		{"accents", "caf\u00e9 \U0001f600\n", "text", "1"},
		{"cut in a character", "caf\xc3", "unknown", ""},
		{"Latin-1", "caf\xe9 au lait", "unknown", ""},
		{"NUL", "a\x00b", "unknown", ""},
		{"control", "a\x01b", "unknown", ""},
		{"empty", "", "unknown", ""},
		{"character across the head", strings.Repeat("a", 4095) + "\u00e9\n", "text", "1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, _ := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", []byte(test.data)))
			lines := ""
			if len(a.Meta) > 1 {
				lines = a.Meta[1].Value
			}
			if d := cmp.Diff([]string{test.kind, test.lines}, []string{a.Kind, lines}); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestTurns gives the place where a long text stops being one.
func TestTurns(t *testing.T) {
	_, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", []byte(strings.Repeat("line\n", 2000)+"\x00")))
	if len(findings) != 1 || findings[0].Where.Offset != 10_000 || !findings[0].Unread {
		t.Errorf("findings %+v", findings)
	}
}

// TestHuge proves that a large file is not read.
func TestHuge(t *testing.T) {
	src := coretest.NewSparse("big", 10<<30, coretest.Part{Data: []byte(strings.Repeat("line\n", 2000))})
	if a, _ := coretest.Open(t, []*core.Format{Format}, src); a.Kind != "text" || src.Read() > 16<<10 {
		t.Errorf("%s, %d bytes read", a.Kind, src.Read())
	}
}
