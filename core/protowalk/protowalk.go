// Package protowalk reads hostile protocol buffers field by field, without a
// schema (protobuf.dev, "Encoding"). It never makes memory for what a length
// claims before that much is known to follow, and passes over the bytes of
// tensors without reading them, so the size of a model does not matter.
//
// Like the parsers of protobuf it accepts unknown fields and fields in any
// order, and passes over groups.
package protowalk

import (
	"fmt"

	"taster/core"
)

// MaxDepth is how deep messages may nest. It is the limit of protobuf, too.
const MaxDepth = 100

// Wire is how a field is written.
type Wire uint8

// The wire types. Groups are passed over.
const (
	Varint  Wire = 0
	Fixed64 Wire = 1
	Bytes   Wire = 2 // a text, a message, or packed numbers
	Fixed32 Wire = 5

	startGroup Wire = 3
	endGroup   Wire = 4
)

// Field is one field of a message.
type Field struct {
	Number int
	Wire   Wire
	Offset int64  // of its tag
	Value  uint64 // of a number; 0 for Bytes
	Start  int64  // of the content of Bytes
	Length int64  // of the content of Bytes
}

// End is the offset after the content of Bytes.
func (f Field) End() int64 { return f.Start + f.Length }

// Walker reads one source.
type Walker struct {
	in    input
	depth int
}

// New makes a Walker that reads at most budget bytes of src.
func New(src core.Source, budget int64) *Walker {
	return &Walker{in: input{src: src, left: budget, budget: budget}}
}

// Whole is all of the source as a field, for [Walker.Message].
func (w *Walker) Whole() Field { return Field{Wire: Bytes, Length: w.in.src.Size()} }

// Message calls visit for every field of the message f, in order. It fails
// with [core.ErrMalformed] where f is no message, with [core.ErrLimit] at
// MaxDepth or when the budget is used up, and with the error of visit.
func (w *Walker) Message(f Field, visit func(Field) error) error {
	if f.Wire != Bytes {
		return malformed(f.Offset, "field %d is a number where a message should be", f.Number)
	}
	if w.depth++; w.depth > MaxDepth {
		return core.AtOffset(f.Offset, fmt.Errorf("%w: messages nested more than %d deep", core.ErrLimit, MaxDepth))
	}
	defer func() { w.depth-- }()
	for at := f.Start; at < f.End(); {
		x, next, err := w.field(at, f.End())
		if err != nil {
			return err
		}
		at = next
		if x.Wire == startGroup {
			continue
		}
		if err := visit(x); err != nil {
			return err
		}
	}
	return nil
}

// field reads the field at offset at of a message that ends at end. A group is
// returned by its start, with next after its end.
func (w *Walker) field(at, end int64) (f Field, next int64, err error) {
	f, next, err = w.plain(at, end)
	switch {
	case err != nil || f.Wire != startGroup && f.Wire != endGroup:
		return f, next, err
	case f.Wire == endGroup:
		return f, next, malformed(at, "a group ends that has not begun")
	}
	open := []int{f.Number}
	for len(open) > 0 {
		var x Field
		if x, next, err = w.plain(next, end); err != nil {
			return f, next, err
		}
		switch {
		case x.Wire == startGroup && len(open) == MaxDepth:
			return f, next, core.AtOffset(x.Offset, fmt.Errorf("%w: groups nested more than %d deep", core.ErrLimit, MaxDepth))
		case x.Wire == startGroup:
			open = append(open, x.Number)
		case x.Wire == endGroup && x.Number != open[len(open)-1]:
			return f, next, malformed(x.Offset, "group %d is ended as %d", open[len(open)-1], x.Number)
		case x.Wire == endGroup:
			open = open[:len(open)-1]
		}
	}
	return f, next, nil
}

// plain reads a field, or the start or end of a group.
func (w *Walker) plain(at, end int64) (Field, int64, error) {
	tag, next, err := w.varint(at, end)
	if err != nil {
		return Field{}, 0, err
	}
	f := Field{Number: int(tag >> 3), Wire: Wire(tag & 7), Offset: at}
	if tag>>3 == 0 || tag>>3 >= 1<<29 {
		return f, 0, malformed(at, "field number %d", tag>>3)
	}
	switch f.Wire {
	case Varint:
		f.Value, next, err = w.varint(next, end)
	case Fixed64:
		f.Value, next, err = w.fixed(next, end, 8)
	case Fixed32:
		f.Value, next, err = w.fixed(next, end, 4)
	case Bytes:
		var n uint64
		if n, f.Start, err = w.varint(next, end); err != nil {
			return f, 0, err
		}
		if n > uint64(end-f.Start) {
			return f, 0, malformed(at, "field %d has %d bytes, %d are left", f.Number, n, end-f.Start)
		}
		f.Length = int64(n)
		next = f.End()
	case startGroup, endGroup:
	default:
		err = malformed(at, "wire type %d", f.Wire)
	}
	return f, next, err
}

func (w *Walker) varint(at, end int64) (value uint64, next int64, err error) {
	b, err := w.in.peek(at, min(10, end-at))
	if err != nil {
		return 0, 0, err
	}
	for i, c := range b {
		value |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			if i == 9 && c > 1 {
				break
			}
			return value, at + int64(i) + 1, nil
		}
	}
	return 0, 0, malformed(at, "a number without end")
}

func (w *Walker) fixed(at, end, n int64) (value uint64, next int64, err error) {
	if n > end-at {
		return 0, 0, malformed(at, "a number of %d bytes, %d are left", n, end-at)
	}
	b, err := w.in.peek(at, n)
	if err != nil {
		return 0, 0, err
	}
	for i, c := range b {
		value |= uint64(c) << (8 * i)
	}
	return value, at + n, nil
}

// Content reads the first most bytes of f, or all of it. The bytes are the
// caller's.
func (w *Walker) Content(f Field, most int64) ([]byte, error) {
	if f.Wire != Bytes {
		return nil, malformed(f.Offset, "field %d is a number where a text should be", f.Number)
	}
	return w.in.read(f.Start, min(f.Length, most))
}

// Text is Content as a string.
func (w *Walker) Text(f Field, most int64) (string, error) {
	b, err := w.Content(f, most)
	return string(b), err
}

// Numbers calls visit for every number of f, one or packed. Packed numbers of
// fixed width are the business of the caller.
func (w *Walker) Numbers(f Field, visit func(uint64) error) error {
	if f.Wire != Bytes {
		return visit(f.Value)
	}
	for at := f.Start; at < f.End(); {
		value, next, err := w.varint(at, f.End())
		if err != nil {
			return err
		}
		if err := visit(value); err != nil {
			return err
		}
		at = next
	}
	return nil
}

func malformed(at int64, format string, args ...any) error {
	return core.AtOffset(at, fmt.Errorf("%w: protobuf: %s", core.ErrMalformed, fmt.Sprintf(format, args...)))
}
