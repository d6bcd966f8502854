package onnx

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

func TestOpen(t *testing.T) { coretest.Format(t, Format, "testdata") }

func FuzzOpen(f *testing.F) { coretest.Fuzz(f, Format, "testdata") }

var (
	bytesOf = coretest.PBBytes
	number  = coretest.PBNumber
)

// model is ModelProto with the fields of its graph, which has a node.
func model(graph ...string) string {
	node := bytesOf(1, bytesOf(3, "n"), bytesOf(4, "Relu"))
	return number(1, 8) + bytesOf(7, append([]string{node}, graph...)...)
}

// weight is an initializer of 2 x F32.
func weight(fields ...string) string {
	return bytesOf(5, append([]string{number(1, 2), number(2, 1), bytesOf(8, "w")}, fields...)...)
}

func pair(key, value string) string { return bytesOf(13, bytesOf(1, key), bytesOf(2, value)) }

// nested is a graph in a graph in a graph.
func nested(n int) string {
	inner := ""
	for range n {
		inner = bytesOf(1, bytesOf(4, "If"), bytesOf(5, bytesOf(1, "then_branch"), bytesOf(6, inner)))
	}
	return inner
}

func TestOpenHostile(t *testing.T) {
	external := number(14, 1)
	tests := []struct{ name, data, kind, findings, refs string }{
		{"ordinary", model(weight(bytesOf(9, "12345678"))), "onnx", "", ""},
		{"floats", model(weight(bytesOf(4, "12345678"))), "onnx", "", ""},
		{"bytes are missing", model(weight(bytesOf(9, "1234"))), "onnx", "ONNX-TENSOR", ""},
		{"shape that overflows", model(bytesOf(5, number(1, 1<<40), number(1, 1<<40), number(2, 1), bytesOf(9, "1234"))), "onnx", "ONNX-TENSOR", ""},
		{"negative shape", model(bytesOf(5, number(1, 1<<63), number(2, 1), bytesOf(9, "1234"))), "onnx", "ONNX-TENSOR", ""},
		{"many dimensions", model(bytesOf(5, strings.Repeat(number(1, 1), 65), number(2, 1))), "onnx", "FILE-LIMIT", ""},
		{"external", model(weight(external, pair("location", "w.bin"), pair("offset", "4"), pair("length", "8"))), "onnx", "", "w.bin 4 8"},
		{"external, to the end", model(weight(external, pair("location", "w.bin"))), "onnx", "", "w.bin 0 -1"},
		{"external by its data alone", model(weight(pair("location", "/x"))), "onnx", "ONNX-LOCATION", "/x 0 -1"},
		{"external and inside", model(weight(external, bytesOf(9, "12345678"), pair("location", "/x"))), "onnx", "ONNX-LOCATION", "/x 0 -1"},
		{"two places", model(weight(external, pair("location", "a"), pair("location", "../b"))), "onnx", "ONNX-LOCATION", "a 0 -1; ../b 0 -1"},
		{"offset that is no number", model(weight(external, pair("location", "a"), pair("offset", "1e9"))), "onnx", "ONNX-LOCATION", "a 0 -1"},
		{"negative length", model(weight(external, pair("location", "a"), pair("length", "-9"))), "onnx", "ONNX-LOCATION", "a 0 -9"},
		{"in a sparse tensor", model(bytesOf(15, bytesOf(1, number(2, 1), external, pair("location", "/x")))), "onnx", "", "/x 0 -1"},
		{"in an attribute of a function", model() + bytesOf(25, bytesOf(1, "f"), bytesOf(7, bytesOf(5, bytesOf(5, external, pair("location", "/x"))))), "onnx", "", "/x 0 -1"},
		{"in a training graph", model() + bytesOf(20, bytesOf(1, weight(external, pair("location", "/x")))), "onnx", "", "/x 0 -1"},
		{"graphs 20 deep", model(nested(20)), "onnx", "FILE-LIMIT", ""},
		{"graphs 19 deep", model(nested(19)), "onnx", "", ""},
		{"fields in another order", bytesOf(7, bytesOf(1, bytesOf(4, "Relu"))) + number(1, 8), "onnx", "", ""},
		{"unknown fields", bytesOf(900, "x") + model(), "onnx", "", ""},
		{"cut in the next field", model() + "\x72\x7f", "onnx", "FILE-MALFORMED", ""},
		{"cut in the graph", model(weight(bytesOf(9, "12345678")))[:20], "unknown", "FILE-UNKNOWN", ""},
		{"no version", bytesOf(7, bytesOf(1, bytesOf(4, "Relu"))), "unknown", "FILE-UNKNOWN", ""},
		{"text", "hello", "unknown", "FILE-UNKNOWN", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, findings := coretest.Open(t, []*core.Format{Format}, core.Bytes("f", []byte(test.data)))
			var rules, refs []string
			for _, f := range findings {
				rules = append(rules, f.Rule)
			}
			for _, r := range a.Refs {
				refs = append(refs, fmt.Sprint(r.Path, " ", r.Begin, " ", r.Length))
			}
			if d := cmp.Diff(test.findings+"|"+test.refs, strings.Join(rules, " ")+"|"+strings.Join(refs, "; ")); d != "" || a.Kind != test.kind {
				t.Error(a.Kind, d)
			}
		})
	}
}

// TestLarge opens a model of 10 GB and reads none of its numbers.
func TestLarge(t *testing.T) {
	const size = 10 << 30
	raw := "\x4a" + string(varint(size))
	tensor := number(1, size/4) + number(2, 1) + bytesOf(8, "w") + raw
	graph := "\x2a" + string(varint(uint64(len(tensor)+size))) + tensor
	node := bytesOf(1, bytesOf(4, "Relu"))
	head := number(1, 8) + "\x3a" + string(varint(uint64(len(node)+len(graph)+size))) + node + graph
	s := coretest.NewSparse("big", int64(len(head))+size, coretest.Part{Data: []byte(head)})
	a, findings := coretest.Open(t, []*core.Format{Format}, s)
	if len(findings) > 0 || len(a.Tensors) != 1 || a.Tensors[0].Length != size || s.Read() > 100<<10 {
		t.Errorf("%v %+v, %d bytes read", findings, a.Tensors, s.Read())
	}
}

// varint is n as a length is written.
func varint(n uint64) string { return number(0, n)[1:] }

func BenchmarkOpen(b *testing.B) {
	data, err := os.ReadFile("testdata/rich.onnx")
	if err != nil {
		b.Fatal(err)
	}
	many := []byte(model(strings.Repeat(bytesOf(1, bytesOf(1, "in"), bytesOf(2, "out"), bytesOf(3, "node"), bytesOf(4, "Relu")), 50_000)))
	for name, data := range map[string][]byte{"rich": data, "50,000 nodes": many} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				coretest.Open(b, []*core.Format{Format}, core.Bytes("f", data))
			}
		})
	}
}
