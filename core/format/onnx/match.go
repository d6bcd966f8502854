package onnx

import (
	"errors"

	"taster/core"
	pb "taster/core/protowalk"
)

// probe is how many bytes may be read to recognise a file.
const probe = 64 << 10

// match wants a version of the format and a graph, or functions. A file that
// is cut short in its graph is recognised, too.
func match(_ []byte, src core.Source) string {
	g := guess{w: pb.New(src, probe)}
	if !g.isModel(g.w.Whole()) {
		return ""
	}
	return "a protocol buffer with an ONNX graph"
}

type guess struct{ w *pb.Walker }

var errEnough = errors.New("enough seen")

// wires are the wire types of the fields of ModelProto.
var wires = map[int]pb.Wire{1: pb.Varint, 2: pb.Bytes, 3: pb.Bytes, 4: pb.Bytes, 5: pb.Varint, 6: pb.Bytes, 7: pb.Bytes,
	8: pb.Bytes, 14: pb.Bytes, 20: pb.Bytes, 25: pb.Bytes, 26: pb.Bytes}

func (g guess) isModel(f pb.Field) bool {
	version, graph := false, false
	err := g.w.Message(f, func(f pb.Field) error {
		if wire, known := wires[f.Number]; known && wire != f.Wire {
			return core.ErrMalformed
		}
		switch f.Number {
		case 1:
			version = f.Value > 0 && f.Value < 1000
		case 7:
			graph = g.isGraph(f)
		case 25:
			graph = true
		}
		if version && graph {
			return errEnough
		}
		return nil
	})
	return err == errEnough
}

// isGraph wants the first fields to be those of GraphProto, with a node, an
// initializer, an input or an output among them.
func (g guess) isGraph(f pb.Field) bool {
	n, content := 0, false
	err := g.w.Message(f, func(f pb.Field) error {
		switch f.Number {
		case 1, 5, 11, 12:
			content = true
			fallthrough
		case 2, 10, 13, 14, 15, 16:
			if f.Wire != pb.Bytes {
				return core.ErrMalformed
			}
		}
		if n++; n == 8 {
			return errEnough
		}
		return nil
	})
	return content && (err == nil || err == errEnough)
}
