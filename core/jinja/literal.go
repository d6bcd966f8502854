package jinja

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// numberLength is the length of the number that s begins with, and whether it
// is a float.
func numberLength(s string) (n int, float bool) {
	if len(s) > 2 && s[0] == '0' {
		if n := run(s[2:], digitsOf(s[1])); n > 0 {
			return 2 + n, false
		}
	}
	n = run(s, decimal)
	if n == 0 {
		return 0, false
	}
	if n < len(s) && s[n] == '.' {
		if f := run(s[n+1:], decimal); f > 0 {
			n, float = n+1+f, true
		}
	}
	if e := exponent(s[n:]); e > 0 {
		n, float = n+e, true
	}
	return n, float
}

// digitsOf are the digits of a number that begins with "0" and c.
func digitsOf(c byte) string {
	switch c {
	case 'b', 'B':
		return "01"
	case 'o', 'O':
		return "01234567"
	case 'x', 'X':
		return "0123456789abcdefABCDEF"
	}
	return ""
}

const decimal = "0123456789"

// run is the length of the digits that s begins with, single "_" among them.
func run(s, digits string) int {
	n := 0
	for n < len(s) && (strings.IndexByte(digits, s[n]) >= 0 || s[n] == '_' && n > 0 && s[n-1] != '_') {
		n++
	}
	return len(strings.TrimRight(s[:n], "_"))
}

func exponent(s string) int {
	if s == "" || s[0] != 'e' && s[0] != 'E' {
		return 0
	}
	n := 1
	if n < len(s) && (s[n] == '+' || s[n] == '-') {
		n++
	}
	if d := run(s[n:], decimal); d > 0 {
		return n + d
	}
	return 0
}

// number is the value of an integer literal; floats and what does not fit are
// approximate.
func number(t token) any {
	text := strings.ReplaceAll(t.text, "_", "")
	if t.kind == tokenInt {
		base := 10
		if len(text) > 1 && text[0] == '0' && text[1] > '9' {
			base = 0
		}
		if n, err := strconv.ParseInt(text, base, 64); err == nil {
			return n
		}
	}
	f, _ := strconv.ParseFloat(text, 64) // on a range error, the infinity
	return f
}

// unescape decodes the inside of a string literal as Python does. An escape
// that Python refuses stays as it is.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for s != "" {
		if s[0] != '\\' || len(s) == 1 {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		text, n := escape(s)
		b.WriteString(text)
		s = s[n:]
	}
	return b.String()
}

// escape is what the escape at the start of s stands for, and its length.
func escape(s string) (string, int) {
	if i := strings.IndexByte("\n\\'\"abfnrtv", s[1]); i > 0 {
		return "\n\\'\"\a\b\f\n\r\t\v"[i : i+1], 2
	}
	switch c := s[1]; {
	case c == '\n':
		return "", 2 // the line goes on
	case c == 'N':
		return named(s)
	case c == 'x':
		return codepoint(s, 2, 2, 16)
	case c == 'u':
		return codepoint(s, 2, 4, 16)
	case c == 'U':
		return codepoint(s, 2, 8, 16)
	case c >= '0' && c <= '7':
		n := 1
		for n < 3 && 1+n < len(s) && s[1+n] >= '0' && s[1+n] <= '7' {
			n++
		}
		return codepoint(s, 1, n, 8)
	}
	return s[:2], 2
}

// codepoint is the character of the n digits from the given place of s on.
func codepoint(s string, from, n, base int) (string, int) {
	if len(s) < from+n {
		return s[:2], 2
	}
	v, err := strconv.ParseUint(s[from:from+n], base, 32)
	if err != nil || v > utf8.MaxRune {
		return s[:2], 2
	}
	return string(rune(v)), from + n
}

// named is the character that \N{NAME} at the start of s names. Of the many
// names only those are known that could hide an identifier.
func named(s string) (string, int) {
	end := strings.IndexByte(s, '}')
	if end < 0 || !strings.HasPrefix(s, `\N{`) {
		return s[:2], 2
	}
	name := strings.ToUpper(s[3:end])
	if name == "LOW LINE" {
		return "_", end + 1
	}
	if letter, found := strings.CutPrefix(name, "LATIN SMALL LETTER "); found && len(letter) == 1 {
		return strings.ToLower(letter), end + 1
	}
	if letter, found := strings.CutPrefix(name, "LATIN CAPITAL LETTER "); found && len(letter) == 1 {
		return letter, end + 1
	}
	return "\ufffd", end + 1
}
