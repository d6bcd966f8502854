package builtin_test

import (
	"encoding/binary"
	"slices"
	"strings"

	"taster/core"
)

// field is a field of a protocol buffer that holds bytes or a message.
func field(n int, parts ...string) string {
	text := strings.Join(parts, "")
	b := binary.AppendUvarint(nil, uint64(n)<<3|2)
	b = binary.AppendUvarint(b, uint64(len(text)))
	return string(b) + text
}

// varint is a field that holds a number.
func varint(n int, v uint64) string {
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(n)<<3), v))
}

// onnx is a model of one graph; more are further fields of the model.
func onnx(graph string, more ...string) []byte {
	opset := field(8, field(1, ""), varint(2, 17))
	return []byte(varint(1, 8) + field(2, "pytorch") + field(3, "2.0") + field(7, graph, field(2, "g")) + opset + strings.Join(more, ""))
}

// onnxNode is a node of a graph, with attributes.
func onnxNode(op, domain string, attrs ...string) string {
	node := field(1, "x") + field(2, "y") + field(3, "n") + field(4, op) + strings.Join(attrs, "")
	if domain != "" {
		node += field(7, domain)
	}
	return field(1, node)
}

// tensorAt is a tensor whose bytes lie in another file.
func tensorAt(location string) string {
	return varint(1, 2) + varint(2, 1) + field(8, "w") + field(13, field(1, "location"), field(2, location)) + varint(14, 1)
}

func onnxModels() []evasion {
	relu, foreign := onnxNode("Relu", ""), field(8, field(1, "acme.ops"), varint(2, 1))
	body := func(graph string) string { return field(5, field(1, "then_branch"), field(6, graph), varint(20, 5)) }
	var out []evasion
	for _, location := range []string{"../../../etc/passwd", "/etc/passwd", `C:\Windows\win.ini`, `\\host\share\x`, "file:///etc/passwd", "http://host.example/x", "a/../../x", `..\..\x`} {
		out = append(out, evasion{name: "external data at " + location, file: "m.onnx", data: onnx(relu + field(5, tensorAt(location)))},
			evasion{name: "in a branch, external data at " + location, file: "m.onnx", data: onnx(onnxNode("If", "", body(field(5, tensorAt(location)))))})
	}
	constant := field(5, field(1, "value"), field(5, tensorAt("../x")), varint(20, 4))
	return append(out,
		evasion{name: "external data of a constant", file: "m.onnx", data: onnx(onnxNode("Constant", "", constant))},
		evasion{name: "external data in a function", file: "m.onnx", data: onnx(relu, field(25, field(1, "F"), field(7, field(4, "Constant"), constant)))},
		evasion{name: "an operation that calls Python", file: "m.onnx", data: onnx(onnxNode("PyOp", "ai.onnx.contrib"))},
		evasion{name: "another that calls Python", file: "m.onnx", data: onnx(onnxNode("PythonOp", "com.microsoft"))},
		evasion{name: "a domain of its own", file: "m.onnx", data: onnx(onnxNode("Shell", "acme.ops"), foreign), least: core.Suspicious},
		evasion{name: "a domain of its own in a branch", file: "m.onnx", data: onnx(onnxNode("Loop", "", body(onnxNode("Shell", "acme.ops"))), foreign), least: core.Suspicious},
		evasion{name: "called model.bin", file: "model.bin", data: onnx(relu + field(5, tensorAt("/etc/passwd")))},
	)
}

// savedModel is a graph of nodes, and functions of nodes in its library.
func savedModel(nodes []string, functions ...[]string) []byte {
	graph := ""
	for _, op := range nodes {
		graph += field(1, field(1, "n"), field(2, op))
	}
	library := ""
	for _, f := range functions {
		body := field(1, field(1, "__inference_f"))
		for _, op := range f {
			body += field(3, field(1, "n"), field(2, op))
		}
		library += field(1, body)
	}
	if library != "" {
		graph += field(2, library)
	}
	return []byte(varint(1, 1) + field(2, field(1, field(4, "serve"), field(5, "2.13.0")), field(2, graph)))
}

func savedModels() []evasion {
	ordinary := []string{"Placeholder", "VarHandleOp", "MatMul", "StatefulPartitionedCall"}
	var out []evasion
	for _, op := range []string{"PyFunc", "EagerPyFunc", "PyFuncStateless", "ReadFile", "WriteFile", "MatchingFiles", "WholeFileReaderV2", "LMDBReader", "ImmutableConst", "Rpc"} {
		least := core.Dangerous
		if !slices.Contains([]string{"PyFunc", "EagerPyFunc", "PyFuncStateless"}, op) {
			least = core.Suspicious // the path comes from outside
		}
		out = append(out,
			evasion{name: op, file: "saved_model.pb", data: savedModel(append(slices.Clone(ordinary), op)), least: least},
			evasion{name: op + " in a function", file: "saved_model.pb", data: savedModel(ordinary, []string{"Relu"}, []string{"Identity", op}), least: least},
			evasion{name: op + " under another name", file: "model.dat", data: savedModel(append(slices.Clone(ordinary), op)), least: least})
	}
	second := append(savedModel(ordinary), savedModel([]string{"PyFunc"})[2:]...)
	return append(out, evasion{name: "in the second graph", file: "saved_model.pb", data: second})
}
