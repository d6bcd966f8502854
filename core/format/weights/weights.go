// Package weights recognises files of models and of their tools that can hold
// no code for Python, or none at all, and that Taster does not read further:
// what a package ships beside the files that are read. Saying what they are is
// all it does; damage inside them is not looked for.
//
// References: Core ML model specification; TensorFlow, tensor_bundle and
// table_format.txt; fastText, fasttext.cc; CRFsuite, crf1d_model.c; ncnn, wiki;
// TensorFlow.js, io; ONNX, onnx.proto; MediaPipe, calculator.proto;
// SentencePiece, sentencepiece_model.proto; XGBoost, model schema; RFC 1740.
package weights

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"path"
	"regexp"
	"strings"

	"taster/core"
)

// kind is one form of file.
type kind struct {
	name, title string
	about       string // what a file of this kind can hold
	match       func(head []byte, src core.Source) string
	text        bool // asked before it is called plain text
}

const noCode = "weights and settings, no code"

// kinds lists the forms. Those that are told by a name alone come last.
func kinds() []kind {
	return []kind{
		{"apple-double", "side file of macOS", "what macOS notes about a file, no code", starts("magic number of AppleDouble", "\x00\x05\x16\x07\x00\x02\x00\x00", "\x00\x05\x16\x00\x00\x02\x00\x00"), false},
		{"ds-store", "folder settings of macOS", "how a folder is shown, no code", starts("signature of .DS_Store", "\x00\x00\x00\x01Bud1"), false},
		{"xgboost-ubj", "XGBoost model (UBJSON)", noCode, isUBJSON, false},
		{"catboost", "CatBoost model", noCode, starts("signature of CatBoost", "CBM1"), false},
		{"fasttext", "fastText model", noCode, starts("magic number of fastText", "\xba\x16\x4f\x2f"), false},
		{"crfsuite", "CRFsuite model", noCode, isCRFsuite, false},
		{"ncnn", "ncnn network", "layers by name, no code; layers of its own are in the program", starts("magic number of ncnn", "7767517\n", "7767517\r\n"), true},
		{"mil-blob", "weights of a Core ML program", "weights, no code", isBlob, false},
		{"tf-checkpoint-index", "index of a TensorFlow checkpoint", "names and places of weights, no code", isBundleIndex, false},
		{"coreml", "Core ML model", noCode + "; layers of its own are in the program", isCoreML, false},
		{"onnx-tensor", "ONNX tensor", "numbers, no code", isTensor, false},
		{"sentencepiece", "SentencePiece tokenizer", "pieces of words, no code", isPieces, false},
		{"mediapipe", "MediaPipe graph", "calculators by name, which are in the program, no code", isMediaPipe, false},
		{"messagepack", "MessagePack map", "plain values, no code", isMessagePack, false},
		{"tf-checkpoint-data", "weights of a TensorFlow checkpoint", "weights, no code", named("name of a shard of a TensorFlow checkpoint", `\.data-\d{5}-of-\d{5}$`), false},
		{"tfjs-weights", "weights of TensorFlow.js", "weights, no code", named("name of a shard of TensorFlow.js", `(^|[/!])group\d+-shard\d+of\d+(\.bin)?$`), false},
	}
}

// Formats are the kinds as formats, each asked only where no format that is
// read knows the file.
func Formats() []*core.Format {
	var out []*core.Format
	for _, k := range kinds() {
		out = append(out, &core.Format{
			Name: k.name, Title: k.title,
			Text: k.text,
			Match: func(head []byte, src core.Source) string {
				if !k.text {
					return ""
				}
				return k.match(head, src)
			},
			Probe: func(src core.Source) string {
				head, err := core.Head(src, headLength)
				if err != nil || len(head) == 0 {
					return ""
				}
				return k.match(head, src)
			},
			Open: func(_ context.Context, src core.Source, o *core.Opener) error {
				o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "holds", Value: k.about},
					core.Meta{Name: "bytes", Value: fmt.Sprint(src.Size())})
				return nil
			},
		})
	}
	return out
}

const headLength = 4 << 10

// starts recognises one of several first bytes.
func starts(how string, magic ...string) func([]byte, core.Source) string {
	return func(head []byte, _ core.Source) string {
		for _, m := range magic {
			if bytes.HasPrefix(head, []byte(m)) {
				return how
			}
		}
		return ""
	}
}

// named recognises a name, where the content is numbers: neither text nor the
// start of something that a loader runs.
func named(how, form string) func([]byte, core.Source) string {
	pattern := regexp.MustCompile(form)
	return func(head []byte, src core.Source) string {
		if !pattern.MatchString(path.Clean(src.Name())) || bytes.HasPrefix(head, []byte("#!")) || bytes.HasPrefix(head, []byte("\x80")) && len(head) > 1 && head[1] <= 5 {
			return ""
		}
		return how
	}
}

// isUBJSON wants an object whose first key has a length that fits.
func isUBJSON(head []byte, src core.Source) string {
	const widths = "iUIlL"
	if len(head) < 12 || head[0] != '{' {
		return ""
	}
	n := map[byte]int{'i': 1, 'U': 1, 'I': 2, 'l': 4, 'L': 8}[head[1]]
	if n == 0 || strings.IndexByte(widths, head[1]) < 0 {
		return ""
	}
	length := uint64(0)
	for _, c := range head[2 : 2+n] {
		length = length<<8 | uint64(c)
	}
	if length == 0 || length > 64 || length > uint64(len(head)-2-n) {
		return ""
	}
	for _, c := range head[2+n : 2+n+int(length)] {
		if c < ' ' || c > '~' {
			return ""
		}
	}
	return "a UBJSON object with its first key"
}

// isCRFsuite wants the signature, the size of the file, and the type.
func isCRFsuite(head []byte, src core.Source) string {
	if len(head) < 12 || string(head[:4]) != "lCRF" || int64(binary.LittleEndian.Uint32(head[4:])) != src.Size() || string(head[8:12]) != "FOMC" {
		return ""
	}
	return "signature and size of CRFsuite"
}

// isBlob wants a header that counts blobs, and the mark of the first.
func isBlob(head []byte, src core.Source) string {
	const first = 64
	if len(head) < first+4 || binary.LittleEndian.Uint32(head[4:]) != 2 || binary.LittleEndian.Uint32(head[first:]) != 0xdeadbeef {
		return ""
	}
	return "header and first mark of a blob file"
}

// isBundleIndex wants the magic number at the end of a sorted table.
func isBundleIndex(_ []byte, src core.Source) string {
	const footer = 48
	b, err := core.ReadPart(src, src.Size()-footer, footer)
	if err != nil || binary.LittleEndian.Uint64(b[footer-8:]) != 0xdb4775248b80fb57 {
		return ""
	}
	return "magic number at the end of a table of TensorFlow"
}
