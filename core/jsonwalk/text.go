package jsonwalk

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Text is a string of the document.
type Text struct {
	Value  string // decoded
	Offset int64  // of the opening quote
	raw    []byte // between the quotes; nil when Value stands there as it is
}

// Text reads the string that comes next.
func (w *Walker) Text() (Text, error) {
	at := w.Offset()
	raw, err := w.quoted()
	if err != nil {
		return Text{}, err
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return Text{Value: string(raw), Offset: at}, nil
	}
	return Text{Value: decode(raw), Offset: at, raw: bytes.Clone(raw)}, nil // the document need not stay
}

// Place is where byte i of Value stands in the file. It takes time in
// proportion to i when the string has escapes.
func (t Text) Place(i int) int64 {
	if t.raw == nil {
		return t.Offset + 1 + int64(i)
	}
	at, out := 0, 0
	for at < len(t.raw) {
		n, r := step(t.raw[at:])
		if out += size(r, n); out > i {
			break
		}
		at += n
	}
	return t.Offset + 1 + int64(at)
}

// quoted reads a string and returns what is between its quotes.
func (w *Walker) quoted() ([]byte, error) {
	if err := w.expect('"'); err != nil {
		return nil, err
	}
	start := w.at
	for {
		w.at += plain(w.text[w.at:])
		switch {
		case w.at == len(w.text):
			return nil, w.fail("the end of a string")
		case w.text[w.at] == '"':
			w.at++
			return w.text[start : w.at-1], nil
		case w.text[w.at] < ' ':
			return nil, w.fail("no control character")
		}
		n := escapeLength(w.text[w.at:])
		if n == 0 {
			return nil, w.fail("a valid escape")
		}
		w.at += n
	}
}

// plain is the number of bytes at the start of b that stand for themselves.
func plain(b []byte) int {
	for i, c := range b {
		if c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return len(b)
}

// escapeLength is the length of the escape that b starts with, or 0.
func escapeLength(b []byte) int {
	switch {
	case len(b) < 2:
		return 0
	case strings.IndexByte(`"\/bfnrt`, b[1]) >= 0:
		return 2
	case b[1] == 'u' && hex4(b[2:]) >= 0:
		return 6
	}
	return 0
}

// hex4 is the value of the four hexadecimal digits that b starts with, or -1.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	v, err := strconv.ParseUint(string(b[:4]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(v)
}

// step is the length of the first character of raw and what it stands for; -1
// is a byte that stands for itself.
func step(raw []byte) (n int, r rune) {
	if raw[0] != '\\' {
		return 1, -1
	}
	if raw[1] != 'u' {
		return 2, rune("\"\\/\b\f\n\r\t"[strings.IndexByte(`"\/bfnrt`, raw[1])])
	}
	r = hex4(raw[2:])
	if !utf16.IsSurrogate(r) {
		return 6, r
	}
	if rest := raw[6:]; len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(rest[2:])); pair != utf8.RuneError {
			return 12, pair
		}
	}
	return 6, utf8.RuneError
}

// size is how many bytes the character of step takes in Value.
func size(r rune, n int) int {
	if r < 0 {
		return n
	}
	return utf8.RuneLen(r)
}

func decode(raw []byte) string {
	var b strings.Builder
	b.Grow(len(raw))
	for len(raw) > 0 {
		n, r := step(raw)
		if r < 0 {
			b.WriteByte(raw[0])
		} else {
			b.WriteRune(r)
		}
		raw = raw[n:]
	}
	return b.String()
}
