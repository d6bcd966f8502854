package savedmodel

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"taster/core"
	pb "taster/core/protowalk"
)

// probe is how many bytes may be read to recognise a file.
const probe = 256 << 10

func match(head []byte, src core.Source) string {
	if isTextGraph(head) {
		return "a TensorFlow graph as text"
	}
	switch kindOf(src) {
	case kindSavedModel:
		return "a protocol buffer with TensorFlow graphs"
	case kindGraph:
		return "a protocol buffer of graph nodes"
	case kindMetaGraph:
		return "a protocol buffer with a TensorFlow graph"
	case kindKeras:
		return "a protocol buffer with descriptions of Keras objects"
	}
	return ""
}

// isTextGraph recognises saved_model.pbtxt and graphs in the text form of
// protocol buffers, which TensorFlow loads in the same way.
func isTextGraph(head []byte) bool {
	if bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	at := 0
	for line := range bytes.Lines(head) {
		if startsGraph(tokens{head[at:]}) {
			return true
		}
		at += len(line)
	}
	return false
}

// startsGraph says whether a field stands here that only such texts have.
func startsGraph(t tokens) bool {
	switch t.word() {
	case "saved_model_schema_version":
		return t.next() == ':'
	case "meta_graphs", "graph_def":
		return t.opens()
	case "node":
		if !t.opens() {
			return false
		}
		name := t.word()
		return (name == "name" || name == "op") && t.next() == ':' && strings.IndexByte(`"'`, t.next()) >= 0
	}
	return false
}

// tokens reads the text form of protocol buffers, a token at a time.
type tokens struct{ rest []byte }

// next is the next byte that is no white space, 0 at the end.
func (t *tokens) next() byte {
	t.rest = bytes.TrimLeft(t.rest, " \t\n\r\f\v")
	if len(t.rest) == 0 {
		return 0
	}
	b := t.rest[0]
	t.rest = t.rest[1:]
	return b
}

func (t *tokens) word() string {
	t.rest = bytes.TrimLeft(t.rest, " \t\n\r\f\v")
	n := 0
	for n < len(t.rest) && (t.rest[n] == '_' || 'a' <= t.rest[n] && t.rest[n] <= 'z') {
		n++
	}
	w := t.rest[:n]
	t.rest = t.rest[n:]
	return string(w)
}

// opens reads the start of a message, with or without a colon.
func (t *tokens) opens() bool {
	b := t.next()
	if b == ':' {
		b = t.next()
	}
	return b == '{' || b == '<'
}

// kindOf tells the kinds apart by the first message that can only be of one.
func kindOf(src core.Source) string {
	g := guess{w: pb.New(src, probe)}
	whole := g.w.Whole()
	switch {
	case !g.first(whole, func(f pb.Field) bool { return f.Number <= 2 && f.Wire == pb.Bytes }):
		return ""
	case g.has(whole, 2, func(f pb.Field) bool { return g.has(f, 2, g.isGraph) }):
		return kindSavedModel
	case g.isGraph(whole):
		return kindGraph
	case g.has(whole, 2, g.isGraph):
		return kindMetaGraph
	case g.has(whole, 1, g.isKerasObject):
		return kindKeras
	}
	return ""
}

// guess asks whether fields have the structure of messages.
type guess struct{ w *pb.Walker }

var errEnough = errors.New("enough seen")

// first calls visit for the first few fields of f until it has seen enough.
func (g guess) first(f pb.Field, visit func(pb.Field) (enough bool)) (enough bool) {
	const most = 64
	n := 0
	err := g.w.Message(f, func(f pb.Field) error {
		if n++; n > most || visit(f) {
			return errEnough
		}
		return nil
	})
	return n <= most && err == errEnough
}

// has says whether one of the first fields of f is a message called number
// that is what fits says.
func (g guess) has(f pb.Field, number int, fits func(pb.Field) bool) bool {
	return g.first(f, func(f pb.Field) bool { return f.Number == number && f.Wire == pb.Bytes && fits(f) })
}

// isGraph wants a node first, or a library of functions.
func (g guess) isGraph(f pb.Field) bool {
	return g.has(f, 1, g.isNode) || g.has(f, 2, func(f pb.Field) bool { return g.has(f, 1, g.isFunction) })
}

// isNode wants a name and an operation.
func (g guess) isNode(f pb.Field) bool {
	name, op := false, false
	return g.first(f, func(f pb.Field) bool {
		switch {
		case f.Number == 1:
			name = g.isText(f)
		case f.Number == 2:
			op = g.isIdentifier(f) && !g.isCalculator(f)
		case f.Number > 7: // what NodeDef does not have
			return false
		}
		return name && op
	})
}

// isFunction wants a signature, and a node or a value that is returned.
func (g guess) isFunction(f pb.Field) bool {
	signature := g.has(f, 1, func(f pb.Field) bool { return g.has(f, 1, g.isText) })
	return signature && (g.has(f, 3, g.isNode) || g.has(f, 4, func(pb.Field) bool { return true }))
}

// isKerasObject wants SavedObject of keras_metadata.pb: JSON in field 5.
func (g guess) isKerasObject(f pb.Field) bool {
	return g.has(f, 5, func(f pb.Field) bool {
		b, err := g.w.Content(f, 2)
		return err == nil && len(b) == 2 && b[0] == '{' && (b[1] == '"' || b[1] == '}')
	})
}

// isText wants a name that can be printed.
func (g guess) isText(f pb.Field) bool {
	b, err := g.w.Content(f, 256)
	if err != nil || len(b) == 0 || f.Length <= 256 && !utf8.Valid(b) {
		return false
	}
	for _, c := range b {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// isCalculator says whether a node is one of MediaPipe, whose graphs begin alike.
func (g guess) isCalculator(f pb.Field) bool {
	b, err := g.w.Content(f, 256)
	return err == nil && (bytes.HasSuffix(b, []byte("Calculator")) || bytes.HasSuffix(b, []byte("Subgraph")))
}

// isIdentifier wants the name of an operation, such as "MatMul" or "_Arg".
func (g guess) isIdentifier(f pb.Field) bool {
	b, err := g.w.Content(f, 256)
	if err != nil || len(b) == 0 {
		return false
	}
	for i, c := range b {
		letter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '>' || c == '.' || c == '/')) {
			return false
		}
	}
	return true
}
