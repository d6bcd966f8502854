package report

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// invisible reports whether r could move a cursor, change the direction of
// text, or not be seen at all. U+0020 is the only space that is none of these.
func invisible(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// appendEscape writes r as \u001b, and beyond 16 bits as two surrogates, as
// JSON does.
func appendEscape(b []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		return appendEscape(appendEscape(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// plain is s on one line: what is invisible is escaped, bytes that are no
// UTF-8 show as the replacement character.
func plain(s string) string { return printable(s, "") }

// lines is plain, but keeps line ends and turns tabs into spaces.
func lines(s string) string {
	return printable(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\t", "    "), "\n")
}

func printable(s, keep string) string {
	if !strings.ContainsFunc(s, invisible) && utf8.ValidString(s) {
		return s
	}
	var b []byte
	for _, r := range s {
		if invisible(r) && !strings.ContainsRune(keep, r) {
			b = appendEscape(b, r)
		} else {
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}

// appendQuoted writes s as a JSON string that is inert in a terminal and
// inside HTML as well.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r == '<' || r == '>' || r == '&' || invisible(r):
			b = appendEscape(b, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// inertJSON escapes what encoding/json leaves raw and a terminal would obey.
// In JSON such characters stand only inside of strings. The replacement
// character is escaped as well: encoding/json writes it so where it replaces
// a byte, and raw where it was read.
func inertJSON(b []byte) []byte {
	if bytes.IndexFunc(b, hidden) < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+len(b)/8)
	for _, r := range string(b) {
		if hidden(r) {
			out = appendEscape(out, r)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

func hidden(r rune) bool { return r != '\n' && (r == utf8.RuneError || invisible(r)) }

// markupEscaper makes text of a page out of anything.
var markupEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// Cell is text for a cell of a table that a spreadsheet may open: on one line,
// with what is invisible escaped. What could start a formula gets an apostrophe
// in front. Plain numbers start none; a label -1 must stay what it is for the
// scripts that join on it.
func Cell(s string) string {
	s = plain(s)
	if s == "" || !strings.ContainsRune("=+-@＝＋－＠", firstRune(s)) || isNumber(s) {
		return s
	}
	return "'" + s
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil && strings.Trim(s, "+-.eE0123456789") == ""
}

// uri percent-encodes a path as a relative URI reference (RFC 3986): it can
// name no scheme and no host, and climbs to no parent. The segments "." and
// ".." keep their dots as text.
func uri(path string) string {
	var b []byte
	for i, segment := range strings.Split(path, "/") {
		if i > 0 {
			b = append(b, '/')
		}
		switch {
		case segment == "." || segment == "..":
			b = append(b, strings.Repeat("%252E", len(segment))...)
		case segment == "" && i < 2: // "//host" and "/" at the root
			b = append(b, "%2F"...)
		default:
			b = appendPercent(b, string([]rune(segment)))
		}
	}
	return string(b)
}

func appendPercent(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}
