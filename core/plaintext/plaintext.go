// Package plaintext tells text from bytes, and finds where a text begins:
// behind byte order marks, white space and control characters, which loaders
// pass over or keep without minding them, however many there are. Recognising
// a format must not depend on them.
package plaintext

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"taster/core"
)

// Is says whether b is UTF-8 that is written to be read: at most one character
// in ten is a control character other than white space. Unless b is whole, its
// last character may be cut.
func Is(b []byte, whole bool) bool {
	characters, controls := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			if !whole && !utf8.FullRune(b) {
				break
			}
			return false
		}
		characters++
		if isControl(r) {
			controls++
		}
		b = b[n:]
	}
	return controls*10 <= characters
}

func isControl(r rune) bool { return r < ' ' && !isSpace(r) || r == 0x7f }

func isSpace(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }

// Lead is the number of bytes at the start of b that say nothing: byte order
// marks, white space of any kind, control characters.
func Lead(b []byte) int {
	at := 0
	for at < len(b) {
		r, n := utf8.DecodeRune(b[at:])
		if r > ' ' && r != 0x7f && r != '\ufeff' && r != '\u200b' && r != '\u2060' && !unicode.IsSpace(r) || r == utf8.RuneError {
			break
		}
		at += n
	}
	return at
}

// LeadJSON is [Lead] for JSON, whose lenient readers pass over comments, too:
// "//" and "#" to the end of the line, and "/* */".
func LeadJSON(b []byte) int {
	at := 0
	for {
		at += Lead(b[at:])
		n := comment(b[at:])
		if n == 0 {
			return at
		}
		at += n
	}
}

// comment is the length of the comment that b begins with, 0 without one. One
// that does not end takes all of b.
func comment(b []byte) int {
	end := "\n"
	switch {
	case bytes.HasPrefix(b, []byte("/*")):
		end = "*/"
	case !bytes.HasPrefix(b, []byte("//")) && !bytes.HasPrefix(b, []byte("#")):
		return 0
	}
	if i := bytes.Index(b, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return len(b)
}

const (
	piece   = 64 << 10
	maxLead = 64 << 20 // bytes that are looked through for the first one that counts
)

// Start is the offset of the first byte of src that lead does not pass over;
// lead is [Lead] or [LeadJSON]. It is the size of src where there is none, and
// false where there are more than 64 MiB before it, or 64 KiB that are mostly NUL.
func Start(src core.Source, lead func([]byte) int) (int64, bool, error) {
	for n := int64(piece); ; n = min(8*n, maxLead) {
		b, err := core.Head(src, n)
		if err != nil {
			return 0, false, err
		}
		at := lead(b)
		switch {
		case len(b)-at >= utf8.UTFMax || int64(len(b)) == src.Size():
			return int64(at), true, nil
		case n == maxLead, bytes.Count(b, []byte{0}) > len(b)/2: // padding of a file that is no text
			return int64(at), false, nil
		}
	}
}
