package pickle

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDigits bounds the numbers that are turned into values: decimal conversion
// is quadratic. CPython itself refuses more than 4300 digits.
const maxDigits = 4300

var (
	errNumber = errors.New("is not a number")
	errQuotes = errors.New("is not quoted")
	errEscape = errors.New("has a broken escape")
)

// parseInt reads the operand of INT: a C or Python literal in base 0, where
// "00" and "01" mean False and True. Like C's strtol it stops at a NUL.
func parseInt(text []byte) (any, error) {
	if i := bytes.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	if len(text) == 2 && (string(text) == "00" || string(text) == "01") {
		return text[1] == '1', nil
	}
	return parseInteger(string(text))
}

// parseLong reads the operand of LONG, a Python literal that may end in L.
func parseLong(text []byte) (any, error) {
	return parseInteger(strings.TrimSuffix(string(text), "L"))
}

// parseInteger accepts white space, a sign, the prefixes 0x, 0o and 0b, C's
// octal 017, and underscores between digits.
func parseInteger(s string) (any, error) {
	s = strings.Trim(s, " \t\r\v\f")
	if len(s) > maxDigits {
		return nil, errNumber
	}
	if v, err := strconv.ParseInt(s, 0, 64); err == nil {
		return v, nil
	}
	if v, ok := new(big.Int).SetString(s, 0); ok {
		return v, nil
	}
	if v, ok := new(big.Int).SetString(s, 10); ok { // "08", which CPython 3.14 accepts
		return small(v), nil
	}
	return nil, errNumber
}

// parseIndex reads the operand of GET and PUT, a Python literal in base 10:
// leading zeros and underscores between digits are fine.
func parseIndex(text []byte) (int64, bool) {
	s := strings.Trim(string(text), " \t\r\v\f")
	digits := strings.ReplaceAll(s, "_", "")
	if strings.HasPrefix(strings.TrimLeft(s, "+-"), "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
		return -1, false
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	return v, err == nil
}

// small is v as an int64 when it fits.
func small(v *big.Int) any {
	if v.IsInt64() {
		return v.Int64()
	}
	return v
}

// parseBinaryLong reads the little-endian two's complement of LONG1 and LONG4.
// No bytes at all mean 0.
func parseBinaryLong(b []byte) any {
	be := make([]byte, len(b))
	for i, c := range b {
		be[len(b)-1-i] = c
	}
	v := new(big.Int).SetBytes(be)
	if len(b) > 0 && b[len(b)-1] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return small(v)
}

// parseFloat reads the operand of FLOAT.
func parseFloat(text []byte) (float64, error) {
	if i := bytes.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	s := string(text)
	if strings.ContainsAny(s, "xX_") { // Go reads hexadecimal floats, Python does not
		return 0, errNumber
	}
	v, err := strconv.ParseFloat(s, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) && math.Abs(v) < 1 { // too small: Python rounds to 0 in silence
		return v, nil
	}
	return v, errNumber
}

// unquote reads the operand of STRING, a Python bytes literal without its
// prefix. Only the escapes of bytes literals count, as in PyBytes_DecodeEscape.
func unquote(text []byte) ([]byte, error) {
	text = bytes.TrimRight(text, " \t\r")
	n := len(text)
	if n < 2 || text[0] != text[n-1] || text[0] != '\'' && text[0] != '"' {
		return text, errQuotes
	}
	return unescape(text[1 : n-1])
}

var escapes = map[byte]byte{'\\': '\\', '\'': '\'', '"': '"', 'b': '\b', 'f': '\f', 't': '\t', 'n': '\n', 'r': '\r', 'v': '\v', 'a': '\a'}

func unescape(text []byte) ([]byte, error) {
	if bytes.IndexByte(text, '\\') < 0 {
		return text, nil
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] != '\\' {
			out = append(out, text[i])
			i++
			continue
		}
		if i+1 == len(text) {
			return out, errEscape
		}
		b, n, err := escape(text[i+1:])
		if err != nil {
			return out, err
		}
		out = append(out, b...)
		i += 1 + n
	}
	return out, nil
}

// escape decodes what follows a backslash, and says how long it is.
func escape(text []byte) (out []byte, n int, err error) {
	c := text[0]
	if e, ok := escapes[c]; ok {
		return []byte{e}, 1, nil
	}
	switch {
	case c >= '0' && c <= '7':
		v, n := 0, 0
		for n < 3 && n < len(text) && text[n] >= '0' && text[n] <= '7' {
			v = v<<3 | int(text[n]-'0')
			n++
		}
		return []byte{byte(v)}, n, nil
	case c == 'x':
		if len(text) < 3 {
			return nil, 0, errEscape
		}
		v, err := strconv.ParseUint(string(text[1:3]), 16, 8)
		if err != nil {
			return nil, 0, errEscape
		}
		return []byte{byte(v)}, 3, nil
	case c == '\n':
		return nil, 1, nil
	}
	return []byte{'\\', c}, 1, nil // not an escape: both characters stay
}

// rawUnicode reads the operand of UNICODE, Python's raw-unicode-escape: Latin-1
// with \uXXXX and \UXXXXXXXX.
func rawUnicode(text []byte) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); {
		c := text[i]
		if c != '\\' || i+1 == len(text) {
			out.WriteRune(rune(c))
			i++
			continue
		}
		width := map[byte]int{'u': 4, 'U': 8}[text[i+1]]
		if width == 0 {
			out.WriteByte('\\')
			out.WriteRune(rune(text[i+1]))
			i += 2
			continue
		}
		if i+2+width > len(text) {
			return out.String(), errEscape
		}
		v, err := strconv.ParseUint(string(text[i+2:i+2+width]), 16, 32)
		if err != nil || v > utf8.MaxRune {
			return out.String(), errEscape
		}
		out.WriteRune(rune(v))
		i += 2 + width
	}
	return out.String(), nil
}
