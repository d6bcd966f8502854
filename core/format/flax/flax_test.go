package flax

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

// bin32 is bytes, and ext an extension, with lengths of 4 bytes.
func bin32(s string) string { return "\xc6" + length(len(s)) + s }

func ext(code byte, s string) string { return "\xc9" + length(len(s)) + string([]byte{code}) + s }

func length(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }

const entry = "\x81\xa1w" // {"w": ...

func array(shape, dtype, data string) string {
	return ext(1, "\x93"+shape+string([]byte{0xa0 | byte(len(dtype))})+dtype+bin32(data))
}

func TestOpenHostile(t *testing.T) {
	good := entry + array("\x91\x02", "float32", "12345678")
	tests := []struct{ name, data, kind, want string }{
		{"good", good, "flax", ""},
		{"type of 8 bits", entry + array("\x91\x02", "float8_e4m3fn", "12"), "flax", ""},
		{"plain", "\x81\xa1a\x01", "msgpack", ""},
		{"integers", "\x83\xa1a\xd3\xff\xff\xff\xff\xff\xff\xff\xff\xa1b\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xa1c\xff", "msgpack", ""},
		{"time", "\x81\xa1a\xd6\xff1234", "msgpack", ""},
		{"pickle", "\x80\x04N.", "unknown", "FILE-UNKNOWN"},
		{"text", "hello", "unknown", "FILE-UNKNOWN"},
		{"key that is a list", "\x82\xa1w" + good[3:] + "\x90\x01", "flax", "FILE-MALFORMED@33"},
		{"shape too large", entry + array("\x91\xce\xff\xff\xff\xff", "float32", "12345678"), "msgpack", "FLAX-SHAPE@3"},
		{"shape that overflows", entry + array("\x93\xcf\x7f\xff\xff\xff\xff\xff\xff\xff\xcf\x7f\xff\xff\xff\xff\xff\xff\xff\x00", "float32", ""), "msgpack", "FLAX-SHAPE@3"},
		{"no array", entry + ext(1, "\x93\x90"), "msgpack", "FLAX-SHAPE@3"},
		{"array of one part", entry + ext(1, "\x91\x90"), "msgpack", "FLAX-SHAPE@3"},
		{"array and more", entry + ext(1, "\x93\x90\xa4bool\xc4\x01x?"), "msgpack", "FLAX-SHAPE@3"},
		{"objects", entry + array("\x91\x01", "object", "12345678"), "flax", "FLAX-TYPE@3"},
		{"other extension", "\x82" + good[1:] + "\xa1x\xd4\x2ax", "flax", "FLAX-TYPE@35 FILE-UNKNOWN"},
		{"trailing", good + "PK", "flax", "FLAX-TRAILING@33 FILE-UNKNOWN"},
		{"cut", "\x82" + good[1:], "flax", "FILE-MALFORMED@33"},
		{"map of 4 billion", "\x82" + good[1:] + "\xa1x\xdf\xff\xff\xff\xff", "flax", "FILE-MALFORMED@35"},
		{"bytes of 4 billion", "\x82" + good[1:] + "\xa1x\xc6\xff\xff\xff\xff", "flax", "FILE-MALFORMED@35"},
		{"byte that is never used", "\x82" + good[1:] + "\xa1x\xc1", "flax", "FILE-MALFORMED@35"},
		{"deep", "\x82" + good[1:] + "\xa1x" + strings.Repeat("\x91", 600), "flax", "FILE-LIMIT@535"},
		{"pickle inside", "\x82" + good[1:] + "\xa1x\xc4\x04\x80\x04N.", "flax", "FILE-UNKNOWN"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", []byte(test.data)))
			var got []string
			for _, f := range findings {
				if f.Rule == "FILE-UNKNOWN" {
					got = append(got, f.Rule)
					continue
				}
				got = append(got, fmt.Sprintf("%s@%d", f.Rule, f.Where.Offset))
			}
			if d := cmp.Diff(test.want, strings.Join(got, " ")); d != "" || a.Kind != test.kind {
				t.Error(a.Kind, d)
			}
		})
	}
}

// TestLarge reads the structure of a checkpoint of 3 GB and none of its numbers.
func TestLarge(t *testing.T) {
	const size = 3 << 30
	head := entry + "\xc9" + length(size+20) + "\x01\x93\x91\xce" + length(size/4) + "\xa7float32\xc6" + length(size)
	s := coretest.NewSparse("big", int64(len(head))+size, coretest.Part{Data: []byte(head)})
	a, findings := coretest.Open(t, []*core.Format{Format}, s)
	if len(findings) > 0 || len(a.Tensors) != 1 || a.Tensors[0].Length != size || s.Read() > 2<<20 {
		t.Errorf("%v %+v, %d bytes read", findings, a.Tensors, s.Read())
	}
}

func BenchmarkOpen(b *testing.B) {
	var data strings.Builder
	data.WriteString("\xde\x27\x10")
	for i := range 10_000 {
		fmt.Fprintf(&data, "\xa6w%05d%s", i, array("\x91\x02", "float32", "12345678"))
	}
	src := core.Bytes("f", []byte(data.String()))
	b.SetBytes(src.Size())
	for b.Loop() {
		if a, _ := coretest.Open(b, []*core.Format{Format}, src); len(a.Tensors) != 10_000 {
			b.Fatal(len(a.Tensors))
		}
	}
}
