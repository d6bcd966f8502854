package tflite

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

func read(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "dense.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// field is the place in b of field i of the root table.
func field(t *testing.T, b []byte, i int64) int64 {
	t.Helper()
	buf := buffer{src: core.Bytes("f", b), left: 1 << 20, pages: map[int64][]byte{}}
	root, err := buf.root()
	if err != nil {
		t.Fatal(err)
	}
	at, err := root.field(i)
	if err != nil || at == 0 {
		t.Fatalf("no field %d: %v", i, err)
	}
	return at
}

// TestOpenHostile leads one offset astray.
func TestOpenHostile(t *testing.T) {
	put := binary.LittleEndian.PutUint32
	tests := []struct {
		name  string
		spoil func(b []byte) []byte
		want  string
	}{
		{"whole", func(b []byte) []byte { return b }, ""},
		{"root outside", func(b []byte) []byte { put(b, 1<<31); return b }, "FILE-MALFORMED"},
		{"list of fields outside", func(b []byte) []byte { put(b[binary.LittleEndian.Uint32(b):], 1<<30); return b }, "FILE-MALFORMED"},
		{"buffers outside", func(b []byte) []byte { put(b[field(t, b, 4):], 1<<31); return b }, "FILE-MALFORMED"},
		{"4 billion graphs", func(b []byte) []byte {
			at := field(t, b, 2)
			put(b[at+int64(binary.LittleEndian.Uint32(b[at:])):], 1<<32-1)
			return b
		}, "FILE-MALFORMED"},
		{"cut", func(b []byte) []byte { return b[:100] }, "FILE-MALFORMED"},
		{"no table at all", func(b []byte) []byte { return b[:8] }, "FILE-MALFORMED"},
		{"another identifier", func(b []byte) []byte { copy(b[4:], "TFL4"); return b }, "FILE-UNKNOWN"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := test.spoil(bytes.Clone(read(t)))
			_, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", b))
			var got []string
			for _, f := range findings {
				got = append(got, f.Rule)
			}
			if d := cmp.Diff(test.want, strings.Join(got, " ")); d != "" {
				t.Error(d)
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	data := read(b)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		coretest.Open(b, []*core.Format{Format}, core.Bytes("f", data))
	}
}
