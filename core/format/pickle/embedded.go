package pickle

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

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
	defer s.dormant(opened)
	for _, c := range s.facts.calls {
		for _, e := range c.Args {
			at := e.Offset
			switch {
			case isDecoder(c.Target) && isLong(e):
				if at < 0 { // a short text, which is kept without its place
					at = c.Offset
				}
			case !isFile(e) || at < 0:
				continue
			}
			if opened[at] {
				continue
			}
			if len(opened) >= maxEmbedded {
				s.note(&ruleLimit, at, "More files inside the pickle than the limit",
					fmt.Sprintf("Files inside calls from offset %d on were not opened: the limit is %d.", at, maxEmbedded))
				return nil
			}
			opened[at] = true
			if err := s.openLiteral(e, c.Target, at); err != nil {
				return err
			}
		}
	}
	return nil
}

var ruleDormant = core.Rule{
	ID: "PICKLE-DORMANT", Title: "The data holds a pickle or an archive", Severity: core.Info,
	Matters: "Loading the file does not open it. A program that unpickles this part of the data later runs what is in it, and that was not looked at.",
	Benign:  "Caches, messages and nested models are kept as bytes.",
	Do:      "Find out which program reads this part, and scan it by itself.",
	Refs:    []string{"AML.T0011.000", "CWE-502"},
}

// dormant notes files among the bytes of the data that no call opens.
func (s *session) dormant(opened map[int64]bool) {
	var at []int64
	for _, off := range s.facts.files {
		if !opened[off] {
			at = append(at, off)
		}
	}
	if len(at) > 0 {
		s.note(&ruleDormant, at[0], ruleDormant.Title, fmt.Sprintf("%d texts of bytes begin like one, the first at offset %d.", len(at), at[0]))
	}
}

// decoders are modules whose functions make bytes of other bytes, or objects of
// bytes. What they are given is opened whatever it begins with, since what it
// hides need not begin like a file.
var decoders = []string{"base64", "binascii", "zlib", "gzip", "bz2", "lzma", "pickle", "_pickle", "cPickle", "dill", "dill._dill", "cloudpickle", "joblib"}

func isDecoder(fn *core.Expr) bool {
	return fn.Kind == core.ExprGlobal && slices.Contains(decoders, fn.Module)
}

// isLong says that a literal has room for a pickle that does something.
func isLong(e *core.Expr) bool {
	const shortest = 8 // bytes; "cos\nf\n)R." is about as short as it gets
	switch v := e.Value.(type) {
	case []byte:
		return len(v) >= shortest
	case string:
		return len(v) >= shortest
	}
	return false
}

// decoded is src as base64 makes it, or src itself when it is no base64.
func decoded(src core.Source, limit int64) core.Source {
	text, err := core.ReadAll(src, limit)
	if err != nil {
		return src
	}
	text = bytes.TrimRight(bytes.Map(skipSpace, text), "=")
	for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := alphabet.DecodeString(string(text)); err == nil {
			return core.Bytes(src.Name(), b)
		}
	}
	return src
}

func skipSpace(r rune) rune {
	if strings.ContainsRune(" \t\r\n", r) {
		return -1
	}
	return r
}

// openLiteral opens what the literal e at offset at holds, for the function
// that reads it.
func (s *session) openLiteral(e, reader *core.Expr, at int64) error {
	name := fmt.Sprintf("bytes@%d", at)
	src, err := s.literalSource(e, name)
	if errors.Is(err, core.ErrLimit) {
		s.note(&ruleLimit, at, "A file inside the pickle is larger than the limit",
			fmt.Sprintf("The bytes that the instruction at offset %d holds were not opened as a file: %v.", at, err))
		return nil
	}
	if err != nil || src == nil {
		return err
	}
	if reader.Module == "base64" || reader.Module == "binascii" {
		src = decoded(src, s.o.Limits.Header)
	}
	return s.o.Nested(s.ctx, name, src)
}

// literalSource is the content of a literal: bytes as they lie in the file,
// or a text decoded into bytes. It is nil for a text that stands for no bytes.
func (s *session) literalSource(e *core.Expr, name string) (core.Source, error) {
	if text, ok := e.Value.(string); ok && e.Offset < 0 {
		return core.Bytes(name, []byte(text)), nil
	}
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
