package safetensors

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
	"taster/core/tensor"
)

// file writes a header and n bytes of data 0, 1, 2, ...
func file(header string, n int) core.Source {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	b = append(b, header...)
	for i := range n {
		b = append(b, byte(i))
	}
	return core.Bytes("m.safetensors", b)
}

func open1(t testing.TB, src core.Source) (*core.Artifact, []*core.Finding) {
	t.Helper()
	return coretest.Open(t, []*core.Format{Format}, src)
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

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

func TestTensors(t *testing.T) {
	src := file(`{"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]},"a":{"dtype":"I16","shape":[2,1],"data_offsets":[0,4]},`+
		`"none":{"dtype":"F32","shape":[0,3],"data_offsets":[6,6]},"scalar":{"dtype":"U8","shape":[],"data_offsets":[6,7]},`+
		`"half":{"dtype":"F4","shape":[3,2],"data_offsets":[7,10]},"__metadata__":{"format":"pt"}}   `, 10)
	a, findings := open1(t, src)
	if got := rules(findings); got != "" {
		t.Fatal(got)
	}
	got := map[string][]float64{}
	for _, x := range a.Tensors {
		if v, err := tensor.Float64s(t.Context(), x, 100); err == nil {
			got[x.Name] = v
		}
	}
	want := map[string][]float64{"a": {0x100, 0x302}, "b": {4, 5}, "none": {}, "scalar": {6}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(core.Meta{Name: "format", Value: "pt"}, a.Meta[2]); d != "" {
		t.Error(d)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name, head string
		want       bool
	}{
		{"empty header", "\x02\x00\x00\x00\x00\x00\x00\x00{}", true},
		{"spaces", "\x09\x00\x00\x00\x00\x00\x00\x00 \n{ \"", true},
		{"cut after the length", "\x09\x00\x00\x00\x00\x00\x00\x00", false},
		{"longer than 100 MB", "\x00\xff\xff\xff\x00\x00\x00\x00{\"a\":", false},
		{"pickle", "\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00{\"a", false},
		{"JSON", "{\"a\": {\"b\": 1}}", false},
		{"no key", "\x09\x00\x00\x00\x00\x00\x00\x00{123", false},
	}
	for _, test := range tests {
		if got := match([]byte(test.head), nil) != ""; got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}

// one is an entry of four bytes at begin.
func one(name string, begin int) string {
	return fmt.Sprintf(`"%s":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}`, name, begin, begin+4)
}

func TestOpenHostile(t *testing.T) {
	tests := []struct {
		name string
		src  core.Source
		want string
	}{
		{"duplicate", file("{"+one("a", 0)+","+one("a", 4)+"}", 8), `SAFETENSORS-DUPLICATE@62 Key "a" stands twice`},
		{"duplicate by escape", file("{"+one("a", 0)+","+one(`\u0061`, 4)+"}", 8), `SAFETENSORS-DUPLICATE@62 Key "a" stands twice`},
		{"duplicate field", file(`{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4), `SAFETENSORS-DUPLICATE@28 Key "dtype" stands twice`},
		{"overlap", file("{"+one("a", 0)+","+one("b", 2)+"}", 6), "SAFETENSORS-LAYOUT@62 Two tensors overlap"},
		{"gap", file("{"+one("a", 0)+","+one("b", 6)+"}", 10), "SAFETENSORS-LAYOUT@62 A gap before a tensor; FILE-UNKNOWN"},
		{"trailing", file("{"+one("a", 0)+"}", 6), "SAFETENSORS-TRAILING@66 Bytes follow the last tensor; FILE-UNKNOWN"},
		{"no tensors, but data", file("{}", 3), "SAFETENSORS-TRAILING@10 Bytes follow the last tensor; FILE-UNKNOWN"},
		{"cut in the data", file("{"+one("a", 0)+","+one("b", 4)+"}", 6), "SAFETENSORS-TRUNCATED@121 Tensors beyond the end of the file are missing"},
		{"header only", file("{"+one("a", 0)+"}", 0), "SAFETENSORS-TRUNCATED@62 Only the header is here"},
		{"wrong span", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4), "SAFETENSORS-LAYOUT@9 Shape and bytes of a tensor disagree"},
		{"half a byte", file(`{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,1]}}`, 1), "SAFETENSORS-LAYOUT@9 Shape and bytes of a tensor disagree"},
		{"shape overflows", file(`{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0), "SAFETENSORS-LAYOUT@9 Shape and bytes of a tensor disagree"},
		{"bits overflow", file(`{"a":{"dtype":"F64","shape":[288230376151711744],"data_offsets":[0,0]}}`, 0), "SAFETENSORS-LAYOUT@9 Shape and bytes of a tensor disagree"},
		{"negative", file(`{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}`, 1),
			"SAFETENSORS-LAYOUT@9 A number is out of range; SAFETENSORS-TRAILING@62 Bytes follow the last tensor; FILE-UNKNOWN"},
		{"too large", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,9223372036854775808]}}`, 0), "SAFETENSORS-LAYOUT@9 A number is out of range"},
		{"largest", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}`, 0),
			"SAFETENSORS-LAYOUT@9 A gap before a tensor; SAFETENSORS-TRUNCATED@97 Only the header is here"},
		{"fraction", file(`{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,0]}}`, 0), "SAFETENSORS-LAYOUT@9 A number is out of range"},
		{"backwards", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}`, 0), "SAFETENSORS-LAYOUT@9 A tensor ends before it begins"},
		{"no dtype", file(`{"a":{"shape":[1],"data_offsets":[0,0]}}`, 0), "SAFETENSORS-LAYOUT@9 A tensor is not described fully"},
		{"unknown dtype", file(`{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}`, 4), "SAFETENSORS-DTYPE@9 Unknown element type"},
		{"unknown field", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"code":[{"x":1}]}}`, 1), `SAFETENSORS-HEADER@60 Unknown field "code"`},
		{"metadata number", file(`{"__metadata__":{"a":1}}`, 0), `SAFETENSORS-HEADER@25 Metadata "a" is not a string`},
		{"metadata list", file(`{"__metadata__":["a"]}`, 0), "FILE-MALFORMED@24 The file contradicts its format"},
		{"not UTF-8", file("{\"__metadata__\":{\"a\":\"\xff\"}}", 0), "SAFETENSORS-HEADER@30 The header is not UTF-8"},
		{"space first", file(" {"+one("a", 0)+"}", 4), "SAFETENSORS-HEADER@8 The header does not begin with an opening brace"},
		{"two objects", file("{} {}", 0), "FILE-MALFORMED@11 The file contradicts its format"},
		{"not JSON", file(`{"a":{'x':1}}`, 0), "FILE-MALFORMED@14 The file contradicts its format"},
		{"deep", file(`{"a":{"x":`+strings.Repeat("[", 100_000), 0), "FILE-MALFORMED@100018 The file contradicts its format"},
		{"cut in the header", core.Bytes("a", []byte("\xff\x00\x00\x00\x00\x00\x00\x00{\"a\":")), "FILE-MALFORMED@13 The file contradicts its format"},
		{"cut after an object", core.Bytes("a", []byte("\xff\x00\x00\x00\x00\x00\x00\x00{}")), "FILE-MALFORMED@10 The file contradicts its format"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, findings := open1(t, test.src)
			if d := cmp.Diff(test.want, rules(findings)); d != "" {
				t.Errorf("%s", d)
			}
			coretest.Survives(t, []*core.Format{Format}, test.src)
		})
	}
}

// TestCutKeeps proves that a file cut short still shows what is whole.
func TestCutKeeps(t *testing.T) {
	a, _ := open1(t, file("{"+one("a", 0)+","+one("b", 4)+"}", 6))
	if len(a.Tensors) != 2 || a.Tensors[0].Data == nil || a.Tensors[1].Data != nil {
		t.Errorf("tensors %+v", a.Tensors)
	}
}

// TestMany proves that the same defect many times stays one page of findings.
func TestMany(t *testing.T) {
	var entries []string
	for i := range 5000 {
		entries = append(entries, one(fmt.Sprint("t", i), 0))
	}
	_, findings := open1(t, file("{"+strings.Join(entries, ",")+"}", 4))
	if len(findings) != 21 || !strings.Contains(rules(findings), "and 4979 more") {
		t.Errorf("%d findings: %s", len(findings), rules(findings))
	}
}

// TestHuge proves that opening reads the header alone.
func TestHuge(t *testing.T) {
	const size = 10 << 30
	small, err := core.ReadAll(file(fmt.Sprintf(`{"a":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]}}`, size/4, size), 0), 1000)
	if err != nil {
		t.Fatal(err)
	}
	src := coretest.NewSparse("big", int64(len(small))+size, coretest.Part{Data: small})
	a, findings := open1(t, src)
	if len(findings) != 0 || len(a.Tensors) != 1 || a.Tensors[0].Data == nil {
		t.Errorf("%s, tensors %+v", rules(findings), a.Tensors)
	}
	if src.Read() > 16<<10 {
		t.Errorf("%d bytes read", src.Read())
	}
}

func BenchmarkOpen(b *testing.B) {
	var entries []string
	for i := range 1000 {
		entries = append(entries, one(fmt.Sprintf("model.layers.%d.weight", i), 4*i))
	}
	src := file("{"+strings.Join(entries, ",")+"}", 4000)
	b.SetBytes(src.Size())
	for b.Loop() {
		if _, findings := open1(b, src); len(findings) > 0 {
			b.Fatal(rules(findings))
		}
	}
}
