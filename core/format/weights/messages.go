package weights

import (
	"errors"
	"strings"
	"unicode/utf8"

	"taster/core"
	pb "taster/core/protowalk"
)

// probe is how many bytes may be read to recognise a message.
const probe = 256 << 10

var errOther = errors.New("weights: another message")

// fields visits the fields of src, all of them or as many as most; it is false
// where src is no such message.
func fields(src core.Source, most int, visit func(w *pb.Walker, f pb.Field) error) bool {
	w, n := pb.New(src, probe), 0
	errEnough := errors.New("enough")
	err := w.Message(w.Whole(), func(f pb.Field) error {
		if n++; n > most {
			return errEnough
		}
		return visit(w, f)
	})
	return n > 0 && (err == nil || errors.Is(err, errEnough))
}

// isCoreML wants the version of the specification, a description, and a model
// of one type.
func isCoreML(head []byte, src core.Source) string {
	if len(head) < 4 || head[0] != 0x08 || head[1] == 0 || head[1] > 30 {
		return ""
	}
	version, description, model := false, false, false
	ok := fields(src, 10, func(_ *pb.Walker, f pb.Field) error {
		switch {
		case f.Number == 1 && f.Wire == pb.Varint:
			version = true
		case f.Number == 2 && f.Wire == pb.Bytes:
			description = true
		case f.Number >= 200 && f.Number <= 4000 && f.Wire == pb.Bytes:
			model = true
		case f.Number != 10 || f.Wire != pb.Varint:
			return errOther
		}
		return nil
	})
	if !ok || !version || !description || !model {
		return ""
	}
	return "version, description and type of a Core ML model"
}

// isTensor wants the fields of a TensorProto alone: dimensions, an element type
// and numbers.
func isTensor(_ []byte, src core.Source) string {
	kind, data, wires := false, false, map[int]pb.Wire{2: pb.Varint, 3: pb.Bytes, 4: pb.Bytes, 5: pb.Bytes, 6: pb.Bytes, 7: pb.Bytes, 8: pb.Bytes, 9: pb.Bytes, 10: pb.Bytes, 11: pb.Bytes, 12: pb.Bytes, 13: pb.Bytes, 14: pb.Varint}
	ok := fields(src, 1000, func(_ *pb.Walker, f pb.Field) error {
		wire, known := wires[f.Number]
		if f.Number == 1 && (f.Wire == pb.Varint || f.Wire == pb.Bytes) {
			return nil
		}
		if !known || wire != f.Wire || f.Number == 2 && (f.Value == 0 || f.Value > 64) {
			return errOther
		}
		kind = kind || f.Number == 2
		data = data || f.Number >= 4 && f.Number <= 11 && f.Number != 8 && f.Length > 0
		return nil
	})
	if !ok || !kind || !data {
		return ""
	}
	return "element type and numbers of an ONNX tensor"
}

// isPieces wants a piece of a word first: a text and its score.
func isPieces(head []byte, _ core.Source) string {
	const text, score = 4, 0x15
	if len(head) < text+2 || head[0] != 0x0a || head[2] != 0x0a {
		return ""
	}
	n := int(head[3])
	if n == 0 || n > 100 || text+n >= len(head) || head[text+n] != score || !utf8.Valid(head[text:text+n]) {
		return ""
	}
	return "a piece of a word with its score"
}

// isMediaPipe wants nodes whose calculators have the names of such.
func isMediaPipe(_ []byte, src core.Source) string {
	calculators := 0
	ok := fields(src, 64, func(w *pb.Walker, f pb.Field) error {
		if f.Number != 1 || f.Wire != pb.Bytes {
			return nil
		}
		return w.Message(f, func(f pb.Field) error {
			if f.Number != 2 || f.Wire != pb.Bytes {
				return nil
			}
			s, err := w.Text(f, 200)
			if err == nil && (strings.HasSuffix(s, "Calculator") || strings.HasSuffix(s, "Subgraph")) {
				calculators++
			}
			return nil
		})
	})
	if !ok || calculators == 0 {
		return ""
	}
	return "nodes with calculators"
}

// isMessagePack wants a map and its first key, a text.
func isMessagePack(head []byte, src core.Source) string {
	if len(head) < 3 {
		return ""
	}
	at := 1
	switch c := head[0]; {
	case c > 0x80 && c <= 0x8f:
	case c == 0xde:
		at = 3
	case c == 0xdf:
		at = 5
	default:
		return ""
	}
	if at+1 >= len(head) {
		return ""
	}
	n := 0
	switch c := head[at]; {
	case c > 0xa0 && c <= 0xbf:
		n = int(c & 0x1f)
	case c == 0xd9:
		at++
		n = int(head[at])
	}
	if n == 0 || at+1+n >= len(head) {
		return ""
	}
	for _, c := range head[at+1 : at+1+n] {
		if c < ' ' || c > '~' {
			return ""
		}
	}
	return "a MessagePack map with its first key"
}
