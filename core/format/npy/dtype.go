package npy

import (
	"fmt"
	"strconv"

	"taster/core"
)

// dtype is a plain element type.
type dtype struct {
	name  core.DType // "F32" for numbers, else as written: "<U5"
	kind  byte       // f i u b c U S V M m
	width int64      // bytes of one element
	big   bool
}

// names of the element types that are read as numbers, by kind and width.
func numberName(kind byte, width int64) (core.DType, bool) {
	switch {
	case kind == 'b' && width == 1:
		return "BOOL", true
	case kind == 'f' && (width == 2 || width == 4 || width == 8):
		return core.DType(fmt.Sprintf("F%d", 8*width)), true
	case kind == 'i' && (width == 1 || width == 2 || width == 4 || width == 8):
		return core.DType(fmt.Sprintf("I%d", 8*width)), true
	case kind == 'u' && (width == 1 || width == 2 || width == 4 || width == 8):
		return core.DType(fmt.Sprintf("U%d", 8*width)), true
	}
	return "", false
}

// parseDType reads a plain type such as "<f4", "|b1" or ">U16".
func parseDType(s string) (dtype, error) {
	t := dtype{name: core.DType(s)}
	unsupported := fmt.Errorf("%w: npy element type %.40q", core.ErrUnsupported, s)
	rest := s
	if rest != "" && (rest[0] == '<' || rest[0] == '>' || rest[0] == '=' || rest[0] == '|') {
		t.big = rest[0] == '>'
		rest = rest[1:]
	}
	if rest == "?" {
		rest = "b1"
	}
	if len(rest) < 2 || len(rest) > 12 {
		return t, unsupported
	}
	n, err := strconv.ParseUint(rest[1:], 10, 31)
	if err != nil {
		return t, unsupported
	}
	t.kind, t.width = rest[0], int64(n)
	switch t.kind {
	case 'U': // UCS-4 characters
		t.width *= 4
		return t, nil
	case 'S', 'V', 'c': // bytes, raw data, complex numbers
		return t, nil
	}
	name, ok := numberName(t.kind, t.width)
	if !ok {
		return t, unsupported
	}
	t.name = name
	return t, nil
}
