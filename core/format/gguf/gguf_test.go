package gguf

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
	"taster/core/tensor"
)

// builder writes GGUF.
type builder struct {
	bytes.Buffer
	order  binary.AppendByteOrder
	narrow bool // version 1
}

func (b *builder) u32(n uint32) { b.Write(b.order.AppendUint32(nil, n)) }
func (b *builder) u64(n uint64) { b.Write(b.order.AppendUint64(nil, n)) }

func (b *builder) length(n uint64) {
	if b.narrow {
		b.u32(uint32(n))
		return
	}
	b.u64(n)
}

func (b *builder) text(s string) {
	b.length(uint64(len(s)))
	b.WriteString(s)
}

func (b *builder) header(version uint32, tensors, pairs uint64) {
	b.WriteString("GGUF")
	b.u32(version)
	b.length(tensors)
	b.length(pairs)
}

func (b *builder) str(key, value string) {
	b.text(key)
	b.u32(uint32(typeString))
	b.text(value)
}

func (b *builder) number(key string, t valueType, value any) {
	b.text(key)
	b.u32(uint32(t))
	_ = binary.Write(b, b.order.(binary.ByteOrder), value) // a Buffer takes everything
}

func (b *builder) strings(key string, values ...string) {
	b.text(key)
	b.u32(uint32(typeArray))
	b.u32(uint32(typeString))
	b.length(uint64(len(values)))
	for _, v := range values {
		b.text(v)
	}
}

func (b *builder) tensor(name string, id uint32, offset uint64, dims ...uint64) {
	b.text(name)
	b.u32(uint32(len(dims)))
	for _, d := range dims {
		b.length(d)
	}
	b.u32(id)
	b.u64(offset)
}

// data pads to the alignment and writes n bytes 0, 1, 2, ...
func (b *builder) data(n int) []byte {
	for b.Len()%defaultAlignment != 0 {
		b.WriteByte(0)
	}
	for i := range n {
		b.WriteByte(byte(i))
	}
	return b.Bytes()
}

func little() *builder { return &builder{order: binary.LittleEndian} }

// rich has a value of every type.
func rich(b *builder, version uint32) []byte {
	b.header(version, 2, 18)
	b.str("general.architecture", "demo")
	for i, v := range []any{uint8(200), int8(-2), uint16(60000), int16(-3), uint32(32), int32(-4), float32(0.5), true} {
		b.number("v."+valueType(i).String(), valueType(i), v)
	}
	b.number("v.uint64", typeU64, uint64(math.MaxUint64))
	b.number("v.int64", typeI64, int64(-5))
	b.number("v.float64", typeF64, 0.25)
	b.number("general.alignment", typeU32, uint32(32))
	b.strings("tokenizer.ggml.tokens", "a", "b", "{{ c }}")
	b.strings("tokenizer.chat_template.list", "{{ x }}", "")
	b.str("tokenizer.chat_template.tool_use", "{{ tools }}")
	b.text("nested")
	for _, n := range []uint32{uint32(typeArray), uint32(typeArray)} {
		b.u32(n)
	}
	b.length(2)
	for range 2 {
		b.u32(uint32(typeI16))
		b.length(3)
		b.WriteString("123456")
	}
	b.str("prompt", "{% if x %}{% endif %}")
	b.tensor("w", 0, 0, 3, 2)
	b.tensor("q", 2, 32, 32, 2)
	return b.data(32 + 36)
}

func open1(t testing.TB, data []byte) (*core.Artifact, []*core.Finding) {
	t.Helper()
	return coretest.Open(t, []*core.Format{Format}, core.Bytes("m.gguf", data))
}

// rules is "RULE@offset title" for each finding.
func rules(findings []*core.Finding) string {
	var out []string
	for _, f := range findings {
		s := f.Rule
		if f.Where.HasOffset {
			s += fmt.Sprintf("@%d %s", f.Where.Offset, f.Title)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// seeds are the inputs of testdata that this file makes.
var seeds = map[string]func() []byte{
	"rich.gguf":       func() []byte { return rich(little(), 3) },
	"big-endian.gguf": func() []byte { return rich(&builder{order: binary.BigEndian}, 3) },
	"version-1.gguf":  func() []byte { return rich(&builder{order: binary.LittleEndian, narrow: true}, 1) },
}

func TestSeeds(t *testing.T) {
	for name, build := range seeds {
		path, want := filepath.Join("testdata", name), build()
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the test makes (%v); run with -update", name, err)
		}
	}
}

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

// TestSame proves that versions and byte orders say the same.
func TestSame(t *testing.T) {
	want, findings := open1(t, seeds["rich.gguf"]())
	if len(findings) != 0 {
		t.Fatal(rules(findings))
	}
	for name, build := range seeds {
		got, findings := open1(t, build())
		if len(findings) != 0 {
			t.Error(name, rules(findings))
		}
		values := func(a *core.Artifact) (out []string) {
			for _, x := range a.Texts {
				out = append(out, x.Kind+" "+x.Name+" "+x.Value)
			}
			for _, m := range a.Meta {
				if m.Name != "version" && m.Name != "byte order" {
					out = append(out, m.Name+" = "+m.Value)
				}
			}
			for _, x := range a.Tensors {
				out = append(out, fmt.Sprint(x.Name, x.DType, x.Shape, x.Length))
			}
			return out
		}
		if d := cmp.Diff(values(want), values(got)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for _, x := range want.Texts {
		if got := seeds["rich.gguf"]()[x.Offset:]; !bytes.HasPrefix(got, []byte(x.Value)) {
			t.Errorf("%s is not at %d", x.Name, x.Offset)
		}
	}
}

func TestTensors(t *testing.T) {
	b := little()
	b.header(3, 1, 0)
	b.tensor("w", 24, 0, 3, 2)
	a, findings := open1(t, b.data(6))
	if len(findings) != 0 || len(a.Tensors) != 1 {
		t.Fatal(rules(findings))
	}
	got, err := tensor.Float64s(t.Context(), a.Tensors[0], 10)
	if d := cmp.Diff([]float64{0, 1, 2, 3, 4, 5}, got); err != nil || d != "" || a.Tensors[0].Shape[0] != 2 {
		t.Error(err, a.Tensors[0].Shape, d)
	}
}

// make1 writes a file of version 3 with what f adds between header and data.
func make1(tensors, pairs uint64, data int, f func(b *builder)) []byte {
	b := little()
	b.header(3, tensors, pairs)
	f(b)
	return b.data(data)
}

func TestOpenHostile(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"version 4", make1(0, 0, 0, func(b *builder) { b.Bytes()[4] = 4 }), "FILE-NOT-SCANNED@4 Recognised, but not scanned"},
		{"cut in the header", []byte("GGUF\x03\x00\x00\x00\x01"), "FILE-MALFORMED@8 The file contradicts its format"},
		{"too many tensors", make1(1<<60, 0, 0, func(*builder) {}), "FILE-MALFORMED@8 The file contradicts its format"},
		{"negative tensors", make1(1<<63, 0, 0, func(*builder) {}), "FILE-MALFORMED@8 The file contradicts its format"},
		{"too many keys", make1(0, 1<<60, 0, func(*builder) {}), "FILE-MALFORMED@16 The file contradicts its format"},
		{"key length", make1(0, 1, 0, func(b *builder) { b.u64(math.MaxUint64); b.text("xxxxxxxx") }), "FILE-MALFORMED@24 The file contradicts its format"},
		{"key too long", make1(0, 1, 0, func(b *builder) { b.str(strings.Repeat("k", 1<<16), "") }), "FILE-MALFORMED@24 The file contradicts its format"},
		{"unknown type", make1(0, 1, 0, func(b *builder) { b.text("a"); b.u32(13); b.u64(0) }), "FILE-MALFORMED@33 The file contradicts its format"},
		{"string length", make1(0, 1, 0, func(b *builder) { b.text("a"); b.u32(8); b.u64(1 << 62) }), "FILE-MALFORMED@37 The file contradicts its format"},
		{"array overflows", make1(0, 1, 0, func(b *builder) { b.text("a"); b.u32(9); b.u32(10); b.u64(1 << 61) }), "FILE-MALFORMED@41 The file contradicts its format"},
		{"array nests", make1(0, 1, 0, func(b *builder) {
			b.text("a")
			b.u32(9)
			for range 20 {
				b.u32(9)
				b.u64(1)
			}
		}), "FILE-LIMIT@133 Reading stopped at a limit"},
		{"bool", make1(0, 1, 0, func(b *builder) { b.number("a", typeBool, uint8(2)) }), `GGUF-HEADER@37 Truth value "a" is neither 0 nor 1`},
		{"duplicate key", make1(0, 2, 0, func(b *builder) { b.str("a", "x"); b.str("a", "y") }), `GGUF-DUPLICATE@46 Key "a" stands twice`},
		{"duplicate template", make1(0, 2, 0, func(b *builder) { b.str("tokenizer.chat_template", "x"); b.str("tokenizer.chat_template", "y") }),
			`GGUF-DUPLICATE@68 Key "tokenizer.chat_template" stands twice`},
		{"duplicate tensor", make1(2, 0, 64, func(b *builder) { b.tensor("a", 0, 0, 8); b.tensor("a", 0, 32, 8) }), `GGUF-DUPLICATE@57 Tensor "a" stands twice`},
		{"alignment 0", make1(0, 1, 0, func(b *builder) { b.number("general.alignment", typeU32, uint32(0)) }), "GGUF-LAYOUT@53 The alignment is not a power of two"},
		{"alignment 24", make1(0, 1, 0, func(b *builder) { b.number("general.alignment", typeU32, uint32(24)) }), "GGUF-LAYOUT@53 The alignment is not a power of two"},
		{"alignment of another type", make1(0, 1, 0, func(b *builder) { b.number("general.alignment", typeU64, uint64(32)) }), "GGUF-LAYOUT@53 The alignment is not a power of two"},
		{"alignment 2^31", make1(1, 1, 64, func(b *builder) { b.number("general.alignment", typeU32, uint32(1<<31)); b.tensor("a", 0, 0, 8) }),
			"GGUF-TRUNCATED@160 Tensors are missing"},
		{"padding before the data", make1(1, 1, 1<<16, func(b *builder) { b.number("general.alignment", typeU32, uint32(1<<15)); b.tensor("a", 0, 0, 8) }),
			"GGUF-LAYOUT@90 A gap before the tensors; GGUF-TRAILING@32800 Bytes follow the last tensor; FILE-UNKNOWN; FILE-UNKNOWN"},
		{"padding between tensors", make1(2, 1, 81920-128, func(b *builder) {
			b.number("general.alignment", typeU32, uint32(1<<13))
			b.tensor("a", 0, 0, 8)
			b.tensor("b", 0, 1<<13, 1<<14)
		}), "GGUF-LAYOUT@90 A gap before a tensor; GGUF-LAYOUT@123 A gap before the tensors; FILE-UNKNOWN; FILE-UNKNOWN"},
		{"many dimensions", make1(1, 0, 32, func(b *builder) { b.tensor("a", 0, 0, 1, 1, 1, 1, 8) }), "GGUF-HEADER@24 A tensor has too many dimensions"},
		{"too many dimensions", make1(1, 0, 2000, func(b *builder) { b.tensor("a", 0, 0, make([]uint64, 65)...) }), "FILE-MALFORMED@33 The file contradicts its format"},
		{"long name", make1(1, 0, 32, func(b *builder) { b.tensor(strings.Repeat("n", 65), 0, 0, 8) }), "GGUF-HEADER@24 A tensor's name is too long"},
		{"unknown tensor type", make1(1, 0, 64, func(b *builder) { b.tensor("a", 4, 0, 8) }), "GGUF-DTYPE@24 Unknown tensor type"},
		{"half a block", make1(1, 0, 64, func(b *builder) { b.tensor("a", 2, 0, 33) }), "GGUF-LAYOUT@24 Shape and type of a tensor disagree"},
		{"block without dimensions", make1(1, 0, 64, func(b *builder) { b.tensor("a", 2, 0) }), "GGUF-LAYOUT@24 Shape and type of a tensor disagree"},
		{"shape overflows", make1(1, 0, 64, func(b *builder) { b.tensor("a", 0, 0, 1<<32, 1<<32) }), "GGUF-LAYOUT@24 Shape and type of a tensor disagree"},
		{"bytes overflow", make1(1, 0, 64, func(b *builder) { b.tensor("a", 0, 0, 1<<62) }), "GGUF-LAYOUT@24 Shape and type of a tensor disagree"},
		{"negative dimension", make1(1, 0, 64, func(b *builder) { b.tensor("a", 0, 0, 1<<63) }), "GGUF-LAYOUT@24 A number is out of range"},
		{"negative offset", make1(1, 0, 32, func(b *builder) { b.tensor("a", 0, 1<<63, 8) }), "GGUF-LAYOUT@24 A number is out of range; GGUF-TRAILING@64 Bytes follow the last tensor; FILE-UNKNOWN"},
		{"largest offset", make1(1, 0, 32, func(b *builder) { b.tensor("a", 4, 1<<63-32, 8) }),
			"GGUF-DTYPE@24 Unknown tensor type; GGUF-LAYOUT@24 A number is out of range; GGUF-TRAILING@64 Bytes follow the last tensor; FILE-UNKNOWN"},
		{"overlap", make1(2, 0, 64, func(b *builder) { b.tensor("a", 0, 0, 16); b.tensor("b", 0, 32, 8) }), "GGUF-LAYOUT@57 Two tensors overlap"},
		{"gap", make1(2, 0, 128, func(b *builder) { b.tensor("a", 0, 0, 8); b.tensor("b", 0, 96, 8) }), "GGUF-LAYOUT@57 A gap before a tensor; FILE-UNKNOWN"},
		{"not aligned", make1(2, 0, 36, func(b *builder) { b.tensor("a", 0, 0, 1); b.tensor("b", 0, 4, 8) }), "GGUF-LAYOUT@57 A tensor is not aligned"},
		{"trailing", make1(1, 0, 65, func(b *builder) { b.tensor("a", 0, 0, 8) }), "GGUF-TRAILING@96 Bytes follow the last tensor; FILE-UNKNOWN"},
		{"padded end", make1(1, 0, 64, func(b *builder) { b.tensor("a", 0, 0, 9) }), ""},
		{"cut in the data", make1(2, 0, 40, func(b *builder) { b.tensor("a", 0, 0, 8); b.tensor("b", 0, 32, 8) }), "GGUF-TRUNCATED@136 Tensors are missing"},
		{"far beyond the end", make1(1, 0, 32, func(b *builder) { b.tensor("a", 0, 1<<60, 8) }), "GGUF-LAYOUT@24 A gap before a tensor; GGUF-TRUNCATED@96 Tensors are missing"},
		{"vocabulary only", make1(0, 1, 0, func(b *builder) { b.strings("tokenizer.ggml.tokens", "a") }), ""},
		{"large template", make1(0, 1, 0, func(b *builder) { b.str("tokenizer.chat_template", strings.Repeat("x", maxText+1)) }),
			`GGUF-TEXT@67 "tokenizer.chat_template" was not looked at`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, findings := open1(t, test.data)
			if d := cmp.Diff(test.want, rules(findings)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestNested hands the tokenizer to other formats.
func TestNested(t *testing.T) {
	var got string
	inner := &core.Format{Name: "inner", Match: func(head []byte, src core.Source) string {
		if bytes.HasPrefix(head, []byte("{")) {
			got = src.Name() + " " + string(head)
		}
		return ""
	}}
	data := make1(0, 1, 0, func(b *builder) { b.str(tokenizerKey, `{"a": 1}`) })
	coretest.Open(t, []*core.Format{Format, inner}, core.Bytes("m", data))
	if d := cmp.Diff(`m!tokenizer.huggingface.json {"a": 1}`, got); d != "" {
		t.Error(d)
	}
}

// TestLarge proves that neither tensors nor numbers in arrays are read, and
// that the metadata has a limit.
func TestLarge(t *testing.T) {
	b := little()
	b.header(3, 1, 1)
	b.text("a")
	b.u32(9)
	b.u32(uint32(typeF32))
	b.u64(1 << 30)
	tail := little()
	tail.tensor("w", 0, 0, 1<<31)
	at := int64(b.Len()) + 4<<30
	src := coretest.NewSparse("big.gguf", 16<<30, coretest.Part{Data: b.Bytes()}, coretest.Part{Offset: at, Data: tail.Bytes()})
	a, findings := coretest.Open(t, []*core.Format{Format}, src)
	if rules(findings) != "GGUF-TRAILING@12884901984 Bytes follow the last tensor; FILE-UNKNOWN" || len(a.Tensors) != 1 || src.Read() > 4*window {
		t.Errorf("%s, %d bytes read", rules(findings), src.Read())
	}

	b = little()
	b.header(3, 0, 1)
	b.text("a")
	b.u32(9)
	b.u32(uint32(typeString))
	b.u64(1 << 30)
	src = coretest.NewSparse("strings.gguf", 16<<30, coretest.Part{Data: b.Bytes()})
	_, findings = coretest.Open(t, []*core.Format{Format}, src)
	if len(findings) != 1 || findings[0].Rule != "FILE-LIMIT" || src.Read() > 110<<20 {
		t.Errorf("%s, %d bytes read", rules(findings), src.Read())
	}
}

func BenchmarkOpen(b *testing.B) {
	f := little()
	f.header(3, 0, 1)
	words := make([]string, 128_000)
	for i := range words {
		words[i] = fmt.Sprintf("token%d", i)
	}
	f.strings("tokenizer.ggml.tokens", words...)
	data := f.data(0)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		o := &core.Opener{Artifact: &core.Artifact{}, Limits: core.Limits{}.WithDefaults(), Emit: func(core.Event) error { return nil }}
		if err := Format.Open(b.Context(), core.Bytes("m", data), o); err != nil {
			b.Fatal(err)
		}
	}
}
