package npy

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
	"taster/core/tensor"
)

// array writes an array file of the given major version.
func array(major byte, header string, data []byte) core.Source {
	var b bytes.Buffer
	b.WriteString(magic)
	b.Write([]byte{major, 0})
	if major == 1 {
		_ = binary.Write(&b, binary.LittleEndian, uint16(len(header)))
	} else {
		_ = binary.Write(&b, binary.LittleEndian, uint32(len(header)))
	}
	b.WriteString(header)
	b.Write(data)
	return core.Bytes("a.npy", b.Bytes())
}

// head is the text numpy writes.
func head(descr string, fortran bool, shape string) string {
	order := map[bool]string{true: "True", false: "False"}[fortran]
	return fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }   \n", descr, order, shape)
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func open1(t *testing.T, src core.Source) (*core.Artifact, []*core.Finding) {
	t.Helper()
	return coretest.Open(t, []*core.Format{Format}, src)
}

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

func TestNumbers(t *testing.T) {
	tests := []struct {
		name  string
		major byte
		head  string
		data  string
		want  []float64
	}{
		{"version 1", 1, head("'<f4'", false, "(2,)"), "0000803f 00000040", []float64{1, 2}},
		{"version 2", 2, head("'<f4'", false, "(2,)"), "0000803f 00000040", []float64{1, 2}},
		{"version 3", 3, head("'<f4'", false, "(2,)"), "0000803f 00000040", []float64{1, 2}},
		{"big endian", 1, head("'>f8'", false, "(1,)"), "3ff0000000000000", []float64{1}},
		{"half", 1, head("'<f2'", false, "(2,)"), "003c 00c0", []float64{1, -2}},
		{"bool", 1, head("'|b1'", false, "(2,)"), "01 00", []float64{1, 0}},
		{"bytes", 1, head("'|i1'", false, "(2,)"), "ff 01", []float64{-1, 1}},
		{"fortran", 1, head("'<u2'", true, "(2, 3)"), "0100 0400 0200 0500 0300 0600", []float64{1, 2, 3, 4, 5, 6}},
		{"scalar", 1, head("'<i4'", false, "()"), "07000000", []float64{7}},
		{"empty", 1, head("'<i4'", false, "(0, 5)"), "", []float64{}},
		{"Python 2", 1, head("'<i4'", false, "(1L,)"), "07000000", []float64{7}},
		{"double quotes, other order", 1, `{"shape":(1,),"fortran_order":False,"descr":"=u1"}`, "09", []float64{9}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, findings := open1(t, array(test.major, test.head, unhex(test.data)))
			if len(findings) != 0 {
				t.Fatalf("finding %+v", findings[0])
			}
			got, err := tensor.Float64s(t.Context(), a.Tensors[0], 100)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestText(t *testing.T) {
	utf32 := func(order binary.AppendByteOrder, s string) []byte {
		var b []byte
		for _, r := range s {
			b = order.AppendUint32(b, uint32(r))
		}
		return b
	}
	tests := []struct {
		name string
		head string
		data []byte
		want []string
	}{
		{"unicode", head("'<U3'", false, "(2,)"), utf32(binary.LittleEndian, "cat\u00e9\x00\x00"), []string{"cat", "\u00e9"}},
		{"big endian", head("'>U3'", false, "(2,)"), utf32(binary.BigEndian, "cat\U0001f600\x00\x00"), []string{"cat", "\U0001f600"}},
		{"no code point", head("'<U1'", false, "(1,)"), []byte{0xff, 0xff, 0xff, 0xff}, []string{"\ufffd"}},
		{"inner NUL", head("'|S3'", false, "(2,)"), []byte("a\x00b\x00\x00\x00"), []string{"a\x00b", ""}},
		{"Latin-1", head("'|S1'", false, "(2, 1)"), []byte("\xe9\xe8"), []string{"\u00e9", "\u00e8"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, findings := open1(t, array(1, test.head, test.data))
			if len(findings) != 0 || a.Table == nil {
				t.Fatalf("table %v, findings %v", a.Table, findings)
			}
			var got []string
			err := a.Table.Scan(t.Context(), func(row int64, fields []string) error {
				if row != int64(len(got)) || len(fields) != 1 {
					t.Fatalf("row %d: %q", row, fields)
				}
				got = append(got, fields[0])
				return nil
			})
			if d := cmp.Diff(test.want, got); d != "" || err != nil {
				t.Error(err, d)
			}
			if a.Table.Rows != int64(len(test.want)) {
				t.Errorf("%d rows", a.Table.Rows)
			}
		})
	}
}

func TestTextStops(t *testing.T) {
	a, _ := open1(t, array(1, head("'|S1'", false, "(3,)"), []byte("abc")))
	stop, calls := errors.New("stop"), 0
	if err := a.Table.Scan(t.Context(), func(int64, []string) error { calls++; return stop }); err != stop || calls != 1 {
		t.Errorf("%d calls, error %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Table.Scan(ctx, func(int64, []string) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

func TestOpenHostile(t *testing.T) {
	wide := make([]byte, 8)
	tests := []struct {
		name string
		src  core.Source
		want string // rules, with offset
	}{
		{"only magic", core.Bytes("a", []byte(magic)), "FILE-MALFORMED@6"},
		{"version 4", array(4, head("'<f4'", false, "(2,)"), wide), "FILE-NOT-SCANNED@6"},
		{"header longer than the file", core.Bytes("a", []byte(magic+"\x02\x00\xff\xff\x00\x00")), "FILE-MALFORMED@8"},
		{"header longer than any", core.Bytes("a", []byte(magic+"\x02\x00\xff\xff\xff\x7f")), "FILE-LIMIT@8"},
		{"cut", array(1, head("'<f4'", false, "(3,)"), wide), "NPY-TRUNCATED@79"},
		{"one byte more", array(1, head("'<f4'", false, "(2,)"), append(wide, 1)), "FILE-UNKNOWN NPY-TRAILING@79"},
		{"petabytes", array(1, head("'<f8'", false, "(1000000, 1000000, 10000000)"), wide), "FILE-MALFORMED@0"},
		{"overflow beside zero", array(1, head("'<f8'", false, "(0, 4611686018427387904, 4)"), nil), "FILE-MALFORMED@0"},
		{"negative", array(1, head("'<f8'", false, "(-1,)"), nil), "FILE-MALFORMED@10"},
		{"huge integer", array(1, head("'<f8'", false, "(99999999999999999999,)"), nil), "FILE-MALFORMED@61"},
		{"key twice", array(1, "{'descr':'<f4','shape':(1,),'shape':(2,),'fortran_order':False}", wide), "FILE-MALFORMED@38 FILE-UNKNOWN"},
		{"key missing", array(1, "{'descr':'<f4','shape':(1,)}", nil), "FILE-MALFORMED@10"},
		{"key too many", array(1, "{'descr':'<f4','shape':(1,),'fortran_order':False,'x':1}", nil), "FILE-MALFORMED@10"},
		{"expression", array(1, "{'descr':'<f4','shape':(1+1,),'fortran_order':False}", nil), "FILE-MALFORMED@35"},
		{"call", array(1, "__import__('os').system('echo taster-sample')", nil), "FILE-MALFORMED@10"},
		{"deep", array(2, strings.Repeat("(", 100_000), nil), "FILE-MALFORMED@28"},
		{"no end", array(1, "{'descr", nil), "FILE-MALFORMED@12"},
		{"not UTF-8", array(3, head("'\xff'", false, "(1,)"), nil), "FILE-MALFORMED@12"},
		{"structured", array(1, head("[('x', '<f4'), ('y', '<i4')]", false, "(1,)"), wide), ""},
		{"structured, cut", array(1, head("[('x', '<f4'), ('y', '<i4', (3,))]", false, "(1,)"), wide), "NPY-TRUNCATED@108"},
		{"structured, one byte more", array(1, head("[('x', '<f4'), ('y', [('z', '<i2')])]", false, "(1,)"), wide[:7]), "FILE-UNKNOWN NPY-TRAILING@109"},
		{"structured, too wide", array(1, head("[('x', '<f4', (9999999999, 9999999999))]", false, "(1,)"), wide), "FILE-NOT-SCANNED@0"},
		{"structured with objects", array(1, head("[('x', '<f4'), ('y', [('z', '|O')])]", false, "(1,)"), wide), "FILE-UNKNOWN NPY-OBJECT@102"},
		{"objects in a subarray", array(1, head("('|O', (2,))", false, "(1,)"), wide), "FILE-UNKNOWN NPY-OBJECT@78"},
		{"objects in a subarray of a field", array(1, head("[('x', ('|O', 2))]", false, "(1,)"), wide), "FILE-UNKNOWN NPY-OBJECT@84"},
		{"objects in a subarray of subarrays", array(1, head("(('|O', (2,)), (3,))", false, "(1,)"), wide), "FILE-UNKNOWN NPY-OBJECT@86"},
		{"a field of two characters", array(1, head("['xO']", false, "(1,)"), wide), "FILE-UNKNOWN NPY-OBJECT@72"},
		{"fields from a dict", array(1, head("{'xO': 1}", false, "(1,)"), wide), "FILE-UNKNOWN NPY-OBJECT@75"},
		{"a field called O", array(1, head("[('O', '<f4'), ('SCORE', '<f4')]", false, "(1,)"), wide), ""},
		{"objects in a list of types", array(1, head("'i4,O'", false, "(1,)"), wide), "FILE-UNKNOWN NPY-OBJECT@72"},
		{"dates", array(1, head("'<M8[ns]'", false, "(1,)"), wide), ""},
		{"unknown kind", array(1, head("'<Q8'", false, "(1,)"), wide), "FILE-NOT-SCANNED@0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, findings := open1(t, test.src)
			var got []string
			for _, f := range findings {
				s := f.Rule
				if f.Where.HasOffset {
					s += fmt.Sprintf("@%d", f.Where.Offset)
				}
				got = append(got, s)
			}
			slices.Sort(got)
			if d := cmp.Diff(test.want, strings.Join(got, " ")); d != "" {
				t.Errorf("%s %+v", d, findings)
			}
			coretest.Survives(t, []*core.Format{Format}, test.src)
		})
	}
}

// TestHuge proves that opening reads the header alone.
func TestHuge(t *testing.T) {
	small := array(1, head("'<f4'", false, "(1000000000, 2)"), nil)
	b, err := core.ReadAll(small, 1000)
	if err != nil {
		t.Fatal(err)
	}
	src := coretest.NewSparse("big.npy", int64(len(b))+8_000_000_000, coretest.Part{Data: b})
	a, findings := open1(t, src)
	if len(findings) != 0 || a.Tensors[0].Length != 8_000_000_000 {
		t.Errorf("findings %v, tensors %+v", findings, a.Tensors)
	}
	if src.Read() > 16<<10 {
		t.Errorf("%d bytes read", src.Read())
	}
}

func BenchmarkOpen(b *testing.B) {
	src := array(1, head("'<f4'", false, "(2,)"), make([]byte, 8))
	for b.Loop() {
		coretest.Open(b, []*core.Format{Format}, src)
	}
}
