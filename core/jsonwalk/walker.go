// Package jsonwalk reads hostile JSON (RFC 8259) value by value, with the
// offset of everything, so that a finding can point at a place in the file and
// a key that stands twice is seen. It never builds the whole document, unless
// [Parse] is asked to. Like Python's json module, which loads most model
// configurations, it accepts NaN, Infinity and lone surrogates.
package jsonwalk

import (
	"bytes"
	"fmt"

	"taster/core"
	"taster/core/plaintext"
)

// MaxDepth is how deep values may nest. Python's own limit is about the same.
const MaxDepth = 500

// Kind is the kind of a value.
type Kind uint8

// The kinds. Invalid is the end of the text, or no value.
const (
	Invalid Kind = iota
	Object
	Array
	String
	Number
	True
	False
	Null
)

// Walker reads one JSON text from front to back. Offsets count from base.
type Walker struct {
	text  []byte
	base  int64
	at    int // next byte
	depth int
}

// New makes a Walker over text, which stands at base in its file. A byte order
// mark, control characters and comments before the first value are passed over.
func New(text []byte, base int64) *Walker {
	return &Walker{text: text, base: base, at: plaintext.LeadJSON(text)}
}

// Offset is the place of the next token.
func (w *Walker) Offset() int64 {
	w.space()
	return w.base + int64(w.at)
}

// Next is the kind of the next value, which is not read.
func (w *Walker) Next() Kind {
	w.space()
	if w.at == len(w.text) {
		return Invalid
	}
	switch c := w.text[w.at]; c {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't':
		return True
	case 'f':
		return False
	case 'n':
		return Null
	default:
		if c == '-' || c == 'N' || c == 'I' || isDigit(c) {
			return Number
		}
	}
	return Invalid
}

// Key is a key of an object.
type Key struct {
	Text
	Again bool  // the object has an equal key before this one
	First int64 // offset of that key
}

// Object calls field for every key of the object that comes next. field must
// read the value.
func (w *Walker) Object(field func(Key) error) error {
	seen := map[string]int64{}
	return w.list('{', '}', func(int) error {
		t, err := w.Text()
		if err != nil {
			return err
		}
		if err := w.expect(':'); err != nil {
			return err
		}
		k := Key{Text: t}
		k.First, k.Again = seen[t.Value]
		if !k.Again {
			seen[t.Value] = t.Offset
		}
		return field(k)
	})
}

// Array calls item for every element of the array that comes next. item must
// read the value.
func (w *Walker) Array(item func(i int) error) error { return w.list('[', ']', item) }

// list reads what is between open and end, separated by commas.
func (w *Walker) list(open, end byte, item func(i int) error) error {
	at := w.Offset()
	if err := w.expect(open); err != nil {
		return err
	}
	if w.depth++; w.depth > MaxDepth {
		return core.AtOffset(at, fmt.Errorf("%w: JSON nested more than %d deep", core.ErrLimit, MaxDepth))
	}
	defer func() { w.depth-- }()
	if w.skipByte(end) {
		return nil
	}
	for i := 0; ; i++ {
		if err := item(i); err != nil {
			return err
		}
		if w.skipByte(end) {
			return nil
		}
		if err := w.expect(','); err != nil {
			return err
		}
	}
}

// Skip reads a value of any kind.
func (w *Walker) Skip() error {
	switch w.Next() {
	case Object:
		return w.list('{', '}', func(int) error {
			if _, err := w.quoted(); err != nil {
				return err
			}
			if err := w.expect(':'); err != nil {
				return err
			}
			return w.Skip()
		})
	case Array:
		return w.list('[', ']', func(int) error { return w.Skip() })
	case String:
		_, err := w.quoted()
		return err
	case Number:
		_, err := w.Number()
		return err
	case True:
		return w.word("true")
	case False:
		return w.word("false")
	case Null:
		return w.word("null")
	}
	return w.fail("a value")
}

// Number reads a number and returns it as written.
func (w *Walker) Number() (string, error) {
	w.space()
	n := numberLength(w.text[w.at:])
	if n == 0 {
		return "", w.fail("a number")
	}
	w.at += n
	return string(w.text[w.at-n : w.at]), nil
}

// End fails when anything but white space follows.
func (w *Walker) End() error {
	if w.space(); w.at < len(w.text) {
		return w.fail("the end")
	}
	return nil
}

func (w *Walker) space() {
	for w.at < len(w.text) && isSpace(w.text[w.at]) {
		w.at++
	}
}

func (w *Walker) skipByte(c byte) bool {
	w.space()
	if w.at < len(w.text) && w.text[w.at] == c {
		w.at++
		return true
	}
	return false
}

func (w *Walker) expect(c byte) error {
	if w.skipByte(c) {
		return nil
	}
	return w.fail(fmt.Sprintf("%q", c))
}

func (w *Walker) word(s string) error {
	if !bytes.HasPrefix(w.text[w.at:], []byte(s)) {
		return w.fail(s)
	}
	w.at += len(s)
	return nil
}

// fail says what should stand at the next byte.
func (w *Walker) fail(want string) error {
	at := w.base + int64(w.at)
	if w.at >= len(w.text) {
		return core.AtOffset(at, fmt.Errorf("%w: JSON ends where %s should stand", core.ErrMalformed, want))
	}
	return core.AtOffset(at, fmt.Errorf("%w: JSON has %.20q where %s should stand", core.ErrMalformed, head(w.text[w.at:]), want))
}

func head(b []byte) []byte { return b[:min(len(b), 20)] }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// numberLength is the length of the number that b starts with, or 0.
func numberLength(b []byte) int {
	n := 0
	if n < len(b) && b[n] == '-' {
		n++
	}
	for _, word := range []string{"NaN", "Infinity"} {
		if bytes.HasPrefix(b[n:], []byte(word)) {
			return n + len(word)
		}
	}
	whole := digits(b[n:])
	if whole == 0 || whole > 1 && b[n] == '0' {
		return 0
	}
	n += whole
	if n < len(b) && b[n] == '.' {
		f := digits(b[n+1:])
		if f == 0 {
			return 0
		}
		n += 1 + f
	}
	return n + exponent(b[n:])
}

// exponent is the length of the exponent that b starts with, or 0.
func exponent(b []byte) int {
	if len(b) == 0 || b[0] != 'e' && b[0] != 'E' {
		return 0
	}
	n := 1
	if n < len(b) && (b[n] == '+' || b[n] == '-') {
		n++
	}
	if d := digits(b[n:]); d > 0 {
		return n + d
	}
	return 0
}

func digits(b []byte) int {
	n := 0
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	return n
}
