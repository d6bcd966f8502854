package yaml

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescapeURI decodes "%41". A "%" without two digits stands for itself.
func unescapeURI(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}

// unquote decodes what is between quotes: line breaks fold to a space, and in
// double quotes there are escapes (YAML 1.2.2, 5.7).
func unquote(raw string, quote byte) string {
	if quote == '\'' {
		return fold(strings.ReplaceAll(raw, "''", "'"))
	}
	if strings.IndexByte(raw, '\\') < 0 {
		return fold(raw)
	}
	var b strings.Builder
	for raw != "" {
		i := strings.IndexByte(raw, '\\')
		if i < 0 || i+1 == len(raw) {
			b.WriteString(fold(raw))
			break
		}
		b.WriteString(fold(raw[:i]))
		text, n := escape(raw[i:])
		b.WriteString(text)
		raw = raw[i+n:]
	}
	return b.String()
}

// fold makes one space of a line break and the white space around it.
func fold(s string) string {
	if strings.IndexAny(s, "\r\n") < 0 {
		return s
	}
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\r' || r == '\n' })
	for i := range lines {
		if i > 0 {
			lines[i] = strings.TrimLeft(lines[i], " \t")
		}
	}
	return strings.Join(lines, " ")
}

// escape is what the escape at the start of s stands for, and its length.
func escape(s string) (string, int) {
	if i := strings.IndexByte("0abtnvfre \"/\\N_LP\t", s[1]); i >= 0 {
		return []string{"\x00", "\a", "\b", "\t", "\n", "\v", "\f", "\r", "\x1b", " ", "\"", "/", "\\", "\u0085", "\u00a0", "\u2028", "\u2029", "\t"}[i], 2
	}
	digits := 0
	switch s[1] {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	case '\n', '\r': // the line goes on
		return "", 2 + len(s[2:]) - len(strings.TrimLeft(s[2:], " \t\n"))
	}
	if digits > 0 && len(s) >= 2+digits {
		if v, err := strconv.ParseUint(s[2:2+digits], 16, 32); err == nil && v <= utf8.MaxRune {
			return string(rune(v)), 2 + digits
		}
	}
	return s[:1], 1
}

// decoded is a file as UTF-8, and where byte i of it stands in the file.
func decoded(b []byte) (text string, place func(i int) int64) {
	switch {
	case len(b) >= 3 && string(b[:3]) == "\xef\xbb\xbf":
		return string(b[3:]), func(i int) int64 { return int64(i) + 3 }
	case len(b) >= 2 && (string(b[:2]) == "\xff\xfe" || string(b[:2]) == "\xfe\xff"):
		text = fromUTF16(b[2:], b[0] == 0xfe)
		at, before := 0, int64(0) // places are mostly asked for in their order
		return text, func(i int) int64 {
			if i < at {
				at, before = 0, 0
			}
			before += units(text[at:i])
			at = i
			return 2 + 2*before
		}
	}
	return string(b), func(i int) int64 { return int64(i) }
}

func fromUTF16(b []byte, bigEndian bool) string {
	all := make([]uint16, len(b)/2)
	for i := range all {
		lo, hi := b[2*i], b[2*i+1]
		if bigEndian {
			lo, hi = hi, lo
		}
		all[i] = uint16(hi)<<8 | uint16(lo)
	}
	return string(utf16.Decode(all))
}

// units is the length of text in UTF-16.
func units(text string) int64 {
	var n int64
	for _, r := range text {
		n += int64(max(utf16.RuneLen(r), 1))
	}
	return n
}
