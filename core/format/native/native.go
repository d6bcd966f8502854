// Package native recognises programs: machine code for Linux, Windows and
// macOS, and Python's byte code. Models are data; a program beside or inside
// one is there to be loaded or run. The code itself is not read.
//
// References: System V ABI (ELF), Microsoft PE Format, mach-o/loader.h,
// PEP 552 (byte code files).
package native

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"taster/core"
)

var ruleCode = core.Rule{ID: "NATIVE-CODE", Title: "The file is a program", Severity: core.Medium,
	Matters: "A library or program that comes with a model runs with all rights of whoever loads or starts it. What it does was not assessed.",
	Benign:  "Operations for an accelerator, compiled models, and whole applications that are packed with a model.",
	Do:      "Find out what loads it. Take such libraries from the publisher of the runtime, and not from where the model is from.",
	Refs:    []string{"AML.T0011.000", "AML.T0018.002", "LLM03:2025", "CWE-506", "CWE-829"}}

// Format recognises programs by their first bytes.
var Format = &core.Format{
	Name:  "native",
	Title: "program or library",
	Rules: []core.Rule{ruleCode},
	Match: match,
	Open:  open,
}

func match(head []byte, src core.Source) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		return "ELF header"
	case isPE(head, src):
		return "PE header"
	case isMachO(head):
		return "Mach-O header"
	case isByteCode(head):
		return "header of Python byte code"
	}
	return ""
}

// isPE knows the DOS header that linkers write, and follows the pointer in
// others to the signature.
func isPE(head []byte, src core.Source) bool {
	const pointer = 0x3c
	if bytes.HasPrefix(head, []byte("MZ\x90\x00\x03\x00\x00\x00")) {
		return true
	}
	if len(head) < pointer+4 || string(head[:2]) != "MZ" {
		return false
	}
	at := int64(binary.LittleEndian.Uint32(head[pointer:]))
	if at < pointer || at > src.Size()-4 {
		return false
	}
	b, err := core.ReadPart(src, at, 4)
	return err == nil && string(b) == "PE\x00\x00"
}

// isMachO recognises files for one processor, in either byte order, and those
// for several, which count their parts; Java classes have the same first bytes
// and a version there, 45 or more.
func isMachO(head []byte) bool {
	if len(head) < 28 {
		return false
	}
	magic := binary.BigEndian.Uint32(head)
	if magic == 0xcafebabe {
		n := binary.BigEndian.Uint32(head[4:])
		return n > 0 && n < 30
	}
	return slices.Contains([]uint32{0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe}, magic)
}

// isByteCode recognises the versions 3.7 and later: a magic number that ends in
// a line break, flags, a time or digest, and a code object.
func isByteCode(head []byte) bool {
	const flags, header, code, reference = 3, 16, 'c', 0x80
	return len(head) > header && string(head[2:4]) == "\r\n" && binary.LittleEndian.Uint32(head[4:]) <= flags && head[header]&^reference == code
}

func open(_ context.Context, src core.Source, o *core.Opener) error {
	o.Artifact.Partial = "it is a program"
	saw := fmt.Sprintf("It begins with the %s; its %d bytes were not read further.", o.Artifact.How, src.Size())
	name := strings.ToLower(src.Name())
	for _, end := range models {
		if strings.HasSuffix(name, end) {
			return o.Emit(core.Event{Finding: &core.Finding{Rule: ruleCode.ID, Severity: core.High, Confidence: core.HighConfidence,
				Where: o.Artifact.At(0), Title: fmt.Sprintf("A program under the name of a model, *%s", end), Saw: saw}})
		}
	}
	return o.Report(&ruleCode, 0, core.HighConfidence, ruleCode.Title, saw)
}

// models are the ends of names under which nobody expects a program.
var models = []string{".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".safetensors", ".gguf", ".onnx", ".tflite", ".h5", ".hdf5", ".keras",
	".npy", ".npz", ".msgpack", ".pb", ".json", ".yaml", ".txt", ".csv", ".jsonl", ".parquet", ".pt2", ".nemo", ".mlmodel", ".model"}
