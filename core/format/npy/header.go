package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"taster/core"
)

const (
	magic     = "\x93NUMPY"
	maxHeader = 1 << 20 // numpy itself refuses more than 10,000 bytes
)

// header is what stands before the values.
type header struct {
	version string
	descr   literal // string, or a list for a structured type
	fortran bool
	shape   []int64
	data    int64 // offset of the first value; set even when the rest is wrong
}

// readHeader reads the header of any known version. When the text of the
// header is wrong, it still says where the values begin.
func readHeader(src core.Source) (header, error) {
	var h header
	b, err := core.Head(src, 12)
	if err != nil {
		return h, err
	}
	start, length, err := preamble(b)
	if err != nil {
		return h, err
	}
	if length > maxHeader {
		return h, core.AtOffset(8, fmt.Errorf("%w: npy: a header of %d bytes", core.ErrLimit, length))
	}
	if start+length > src.Size() {
		return h, core.AtOffset(8, fmt.Errorf("%w: npy: a header of %d bytes in a file of %d", core.ErrMalformed, length, src.Size()))
	}
	text, err := core.ReadPart(src, start, length)
	if err != nil {
		return h, err
	}
	h.data, h.version = start+length, fmt.Sprintf("%d.%d", b[6], b[7])
	return h, moved(h.parse(string(text), b[6]), start)
}

// preamble returns where the text of the header starts and how long it is.
func preamble(b []byte) (start, length int64, err error) {
	if len(b) < 10 || string(b[:6]) != magic {
		return 0, 0, core.AtOffset(int64(len(b)), fmt.Errorf("%w: npy: it ends in the first 10 bytes", core.ErrMalformed))
	}
	switch major := b[6]; {
	case b[7] == 0 && major == 1:
		return 10, int64(binary.LittleEndian.Uint16(b[8:])), nil
	case b[7] == 0 && (major == 2 || major == 3) && len(b) >= 12:
		return 12, int64(binary.LittleEndian.Uint32(b[8:])), nil
	}
	return 0, 0, core.AtOffset(6, fmt.Errorf("%w: npy version %d.%d", core.ErrUnsupported, b[6], b[7]))
}

// moved shifts the offset of an error from the header's text to the file.
func moved(err error, start int64) error {
	var at *core.OffsetError
	if errors.As(err, &at) {
		return core.AtOffset(start+at.Offset, at.Err)
	}
	return core.AtOffset(start, err)
}

func (h *header) parse(text string, major byte) error {
	if major == 3 && !utf8.ValidString(text) {
		return fmt.Errorf("%w: npy header: not UTF-8", core.ErrMalformed)
	}
	v, err := parseLiteral(text)
	if err != nil {
		return err
	}
	d, ok := v.(map[string]literal)
	if !ok || len(d) != 3 {
		return fmt.Errorf("%w: npy header: not a dict of descr, fortran_order and shape", core.ErrMalformed)
	}
	// descr first: it is kept when the others are wrong.
	if h.descr, ok = d["descr"]; !ok {
		return fmt.Errorf("%w: npy header: no descr", core.ErrMalformed)
	}
	if h.fortran, ok = d["fortran_order"].(bool); !ok {
		return fmt.Errorf("%w: npy header: fortran_order is missing or not True or False", core.ErrMalformed)
	}
	return h.parseShape(d["shape"])
}

func (h *header) parseShape(v literal) error {
	dims, ok := v.([]literal)
	if !ok || len(dims) > 64 { // numpy's own bound
		return fmt.Errorf("%w: npy header: shape is missing, no tuple, or has more than 64 dimensions", core.ErrMalformed)
	}
	h.shape = make([]int64, len(dims))
	for i, d := range dims {
		if h.shape[i], ok = d.(int64); !ok || h.shape[i] < 0 {
			return fmt.Errorf("%w: npy header: dimension %d of the shape is %.40q", core.ErrMalformed, i, fmt.Sprint(d))
		}
	}
	return nil
}

// holdsObjects says whether a type description has Python objects in it: then
// numpy reads the values with pickle. It is a name, a tuple of a type and a
// shape, or a list of fields: (name, type) or (name, type, shape), where numpy
// also takes two characters for a name and a type, and the keys of a dict for a
// list (descr_to_dtype in numpy/lib/format.py).
func holdsObjects(descr literal) bool {
	switch d := descr.(type) {
	case string:
		return strings.Contains(d, "O") || strings.Contains(d, "object")
	case map[string]literal:
		for k := range d {
			if holdsObjects(k) {
				return true
			}
		}
	case []literal:
		if len(d) == 2 && isShape(d[1]) {
			return holdsObjects(d[0])
		}
		return slices.ContainsFunc(d, fieldHoldsObjects)
	}
	return false
}

func fieldHoldsObjects(f literal) bool {
	if field, ok := f.([]literal); ok {
		return len(field) > 1 && holdsObjects(field[1])
	}
	return holdsObjects(f)
}

func isShape(v literal) bool {
	dims, ok := v.([]literal)
	if !ok {
		dims = []literal{v}
	}
	return !slices.ContainsFunc(dims, func(d literal) bool { _, ok := d.(int64); return !ok })
}
