package pickle

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"taster/core"
)

// maxEmbedded bounds the files inside one pickle.
const maxEmbedded = 256

// embeddedMagics begin the files that calls are given as bytes: pickles, and
// PyTorch's zip archives.
var embeddedMagics = [][]byte{
	{opProto, 2}, {opProto, 3}, {opProto, 4}, {opProto, 5}, []byte("PK\x03\x04"),
}

// isFile says that a literal holds the bytes of a file. In protocols below 3
// bytes are written as Latin-1 text.
func isFile(e *core.Expr) bool {
	if e.Kind != core.ExprLiteral {
		return false
	}
	var head []byte
	switch v := e.Value.(type) {
	case []byte:
		head = v
	case string:
		for _, r := range v {
			if r > math.MaxUint8 || len(head) > 8 {
				break
			}
			head = append(head, byte(r))
		}
	}
	for _, magic := range embeddedMagics {
		if len(head) > len(magic)+4 && bytes.HasPrefix(head, magic) {
			return true
		}
	}
	return false
}

func isEncode(e *core.Expr) bool {
	return e.Kind == core.ExprGlobal && e.Module == "_codecs" && e.Name == "encode"
}

// openEmbedded opens the files that calls are given as bytes, for instance
// those that torch.storage._load_from_bytes loads.
func (s *session) openEmbedded() error {
	opened := map[int64]bool{}
	for _, c := range s.facts.calls {
		for _, e := range c.Args {
			if !isFile(e) || e.Offset < 0 || opened[e.Offset] {
				continue
			}
			if len(opened) >= maxEmbedded {
				s.note(&ruleLimit, e.Offset, "More files inside the pickle than the limit",
					fmt.Sprintf("Files inside calls from offset %d on were not opened: the limit is %d.", e.Offset, maxEmbedded))
				return nil
			}
			opened[e.Offset] = true
			if err := s.openLiteral(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *session) openLiteral(e *core.Expr) error {
	name := fmt.Sprintf("bytes@%d", e.Offset)
	src, err := s.literalSource(e, name)
	if errors.Is(err, core.ErrLimit) {
		s.note(&ruleLimit, e.Offset, "A file inside the pickle is larger than the limit",
			fmt.Sprintf("The bytes that the instruction at offset %d holds were not opened as a file: %v.", e.Offset, err))
		return nil
	}
	if err != nil || src == nil {
		return err
	}
	return s.o.Nested(s.ctx, name, src)
}

// literalSource is the content of a literal: bytes as they lie in the file,
// or a text decoded into bytes. It is nil for a text that stands for no bytes.
func (s *session) literalSource(e *core.Expr, name string) (core.Source, error) {
	s.lex.pos = e.Offset
	var in inst
	if err := s.lex.next(&in); err != nil {
		return nil, err
	}
	if _, ok := e.Value.([]byte); ok && opcodes[in.op].arg != argLine {
		return core.Section(s.src, name, in.end-in.length, in.length)
	}
	if in.length > s.limits.Inflate {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", core.ErrLimit, in.length, s.limits.Inflate)
	}
	start := in.end - in.length
	if opcodes[in.op].arg == argLine {
		start-- // the newline
	}
	raw, err := core.ReadPart(s.src, start, in.length)
	if err != nil {
		return nil, err
	}
	content, ok := decodeLiteral(&in, raw)
	if !ok {
		return nil, nil
	}
	return core.Bytes(name, content), nil
}

func decodeLiteral(in *inst, raw []byte) ([]byte, bool) {
	switch in.op {
	case opString:
		b, err := unquote(raw)
		return b, err == nil
	case opUnicode:
		text, err := rawUnicode(raw)
		if err != nil {
			return nil, false
		}
		raw = []byte(text)
	case opBinstring, opShortBinstring:
		return raw, true
	}
	b, err := fromLatin1(string(raw))
	return b, err == nil
}
