package config

import (
	"context"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"taster/core"
)

// encoding is UTF-16 or UTF-32, which Python's json module tells from the first
// bytes of a document and reads without being asked (json.detect_encoding).
type encoding struct {
	name  string
	width int // bytes of a unit
	order binary.ByteOrder
	mark  int // bytes of the byte order mark
}

// wide is the encoding of a document that is no UTF-8; the zero value when it is.
func wide(head []byte) encoding {
	if len(head) < 8 {
		return encoding{}
	}
	zero := [4]bool{head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0}
	le, be := binary.ByteOrder(binary.LittleEndian), binary.ByteOrder(binary.BigEndian)
	switch {
	case le.Uint32(head) == 0xfeff:
		return encoding{"UTF-32", 4, le, 4}
	case be.Uint32(head) == 0xfeff:
		return encoding{"UTF-32", 4, be, 4}
	case le.Uint16(head) == 0xfeff:
		return encoding{"UTF-16", 2, le, 2}
	case be.Uint16(head) == 0xfeff:
		return encoding{"UTF-16", 2, be, 2}
	case zero == [4]bool{false, true, true, true}:
		return encoding{"UTF-32", 4, le, 0}
	case zero == [4]bool{true, true, true, false}:
		return encoding{"UTF-32", 4, be, 0}
	case zero == [4]bool{false, true, false, true}:
		return encoding{"UTF-16", 2, le, 0}
	case zero == [4]bool{true, false, true, false}:
		return encoding{"UTF-16", 2, be, 0}
	}
	return encoding{}
}

// utf8 is b in UTF-8, as it is where it is in UTF-8 already. A unit that is cut off at the end is left out.
func (e encoding) utf8(b []byte) []byte {
	if e.width == 0 {
		return b
	}
	out := make([]byte, 0, len(b)/e.width+len(b)/8)
	for b = b[min(e.mark, len(b)):]; len(b) >= e.width; {
		r, n := e.next(b)
		out, b = utf8.AppendRune(out, r), b[n:]
	}
	return out
}

// next is the first character of b and its length.
func (e encoding) next(b []byte) (rune, int) {
	if e.width == 4 {
		return rune(e.order.Uint32(b)), 4
	}
	r := rune(e.order.Uint16(b))
	if utf16.IsSurrogate(r) && len(b) >= 4 {
		if pair := utf16.DecodeRune(r, rune(e.order.Uint16(b[2:]))); pair != utf8.RuneError {
			return pair, 4
		}
	}
	return r, 2
}

// openWide has the document in UTF-8 opened as a member, whose offsets count
// in UTF-8.
func openWide(ctx context.Context, src core.Source, o *core.Opener, e encoding) error {
	b, err := core.ReadAll(src, o.Limits.Header)
	if err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	o.Artifact.Meta = append(o.Artifact.Meta, core.Meta{Name: "encoding", Value: e.name})
	const name = "(in UTF-8)"
	return o.Nested(ctx, name, core.Bytes(src.Name()+"!"+name, e.utf8(b)))
}
