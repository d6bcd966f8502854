package pycode

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape is the value of a string that is not raw. What is no escape stays,
// as in Python.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		n := escape(&b, s[i:])
		s = s[i+n:]
	}
	return b.String()
}

const (
	plainEscapes = `\'"abfnrtv`
	theirValues  = "\\'\"\a\b\f\n\r\t\v"
)

// escape writes the value of the escape that s starts with and returns its
// length.
func escape(b *strings.Builder, s string) int {
	c := s[1]
	if i := strings.IndexByte(plainEscapes, c); i >= 0 {
		b.WriteByte(theirValues[i])
		return 2
	}
	digits, base := 0, 16
	switch {
	case c == '\n':
		return 2 // a line that goes on
	case c == 'x':
		digits = 2
	case c == 'u':
		digits = 4
	case c == 'U':
		digits = 8
	case c >= '0' && c <= '7':
		n := 1
		for n < min(4, len(s)) && s[n] >= '0' && s[n] <= '7' {
			n++
		}
		v, _ := strconv.ParseUint(s[1:n], 8, 16)
		b.WriteRune(rune(v))
		return n
	}
	if digits > 0 && len(s) >= 2+digits {
		if v, err := strconv.ParseUint(s[2:2+digits], base, 32); err == nil && v <= utf8.MaxRune {
			b.WriteRune(rune(v))
			return 2 + digits
		}
	}
	b.WriteString(s[:2])
	return 2
}
