package npy

import (
	"fmt"
	"strconv"
	"strings"

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

// maxWidth bounds the bytes of one element.
const maxWidth = 1 << 40

// elementType reads a type description without objects. Of a structured one
// only the width is kept: its values are no numbers of one kind.
func elementType(descr literal) (dtype, error) {
	name, ok := descr.(string)
	if ok {
		return parseDType(name)
	}
	width, ok := recordWidth(descr, 0)
	if !ok {
		return dtype{}, fmt.Errorf("%w: npy structured element type %.80q", core.ErrUnsupported, fmt.Sprint(descr))
	}
	return dtype{name: "OTHER", kind: 'V', width: width}, nil
}

// recordWidth adds up the fields of a structured type: (name, type) or
// (name, type, shape), where a type may be structured itself.
func recordWidth(descr literal, depth int) (width int64, ok bool) {
	if name, ok := descr.(string); ok {
		t, err := parseDType(name)
		return t.width, err == nil
	}
	fields, ok := descr.([]literal)
	if !ok || len(fields) == 0 || depth > 16 {
		return 0, false
	}
	for _, f := range fields {
		parts, ok := f.([]literal)
		if !ok || len(parts) < 2 || len(parts) > 3 {
			return 0, false
		}
		w, ok := recordWidth(parts[1], depth+1)
		if !ok {
			return 0, false
		}
		if len(parts) == 3 {
			if w, ok = times(w, parts[2]); !ok {
				return 0, false
			}
		}
		if width += w; width > maxWidth {
			return 0, false
		}
	}
	return width, true
}

// times is a width multiplied by the shape of a field.
func times(width int64, shape literal) (int64, bool) {
	dims, ok := shape.([]literal)
	if !ok {
		return 0, false
	}
	for _, d := range dims {
		n, ok := d.(int64)
		if !ok || n < 0 || n > maxWidth || width > 0 && n > maxWidth/width {
			return 0, false
		}
		width *= n
	}
	return width, true
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
	if strings.HasPrefix(rest, "M8[") || strings.HasPrefix(rest, "m8[") { // dates and times, in the unit in brackets
		t.kind, t.width = rest[0], 8
		return t, nil
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
