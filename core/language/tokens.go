// Package language has what the checks of text share: words and the pieces
// between them, characters that nobody sees, kinds of answers, how likely
// letters follow each other, and a naive Bayes over words.
package language

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is a word in a text: text[Start:End].
type Token struct {
	Start, End int
	Alone      bool // a character of a script that is written without spaces
}

// Tokens calls yield for the words of text: runs of letters, marks and digits,
// with ' ’ @ . / - _ kept inside of them. Characters of scripts that are written
// without spaces are words of their own. It stops when yield is false.
func Tokens(text string, yield func(Token) bool) {
	for i := 0; i < len(text); {
		r, n := decode(text[i:])
		switch class(r) {
		case alone:
			if !yield(Token{i, i + n, true}) {
				return
			}
			i += n
		case wordly:
			end := wordEnd(text, i+n)
			if !yield(Token{i, end, false}) {
				return
			}
			i = end
		default:
			i += n
		}
	}
}

// wordEnd is where the word ends that goes on at i.
func wordEnd(text string, i int) int {
	for i < len(text) {
		r, n := decode(text[i:])
		if class(r) == wordly {
			i += n
			continue
		}
		if !inner(r) || i+n >= len(text) {
			return i
		}
		if after, _ := decode(text[i+n:]); class(after) != wordly {
			return i
		}
		i += n
	}
	return i
}

func decode(s string) (rune, int) {
	if s[0] < utf8.RuneSelf {
		return rune(s[0]), 1
	}
	return utf8.DecodeRuneInString(s)
}

func inner(r rune) bool {
	switch r {
	case '\'', '’', '@', '.', '/', '-', '_':
		return true
	}
	return false
}

// Classes of characters.
const (
	between = iota
	wordly
	alone
)

func class(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return wordly
		}
		return between
	case Unspaced(r):
		return alone
	case unicode.IsLetter(r) || unicode.IsMark(r) && !isSelector(r) || unicode.IsDigit(r):
		return wordly
	}
	return between
}

// Unspaced says whether r belongs to a script that puts no spaces between words.
func Unspaced(r rune) bool {
	switch {
	case r < 0x0e00:
		return false
	case r >= 0x4e00 && r <= 0x9fff, r >= 0x3040 && r <= 0x30ff, r >= 0x3400 && r <= 0x4dbf, r >= 0xf900 && r <= 0xfaff, r >= 0x20000 && r <= 0x3134f:
		return true
	case r >= 0x0e00 && r <= 0x0eff: // Thai, Lao
		return !unicode.IsPunct(r) && !unicode.IsSymbol(r)
	case r >= 0x1000 && r <= 0x109f, r >= 0x1780 && r <= 0x17ff: // Burmese, Khmer
		return !unicode.IsPunct(r) && !unicode.IsSymbol(r)
	}
	return false
}

// Words lists the words of text in lower case, at most n of them.
func Words(text string, n int) []string {
	var out []string
	Tokens(text, func(t Token) bool {
		out = append(out, strings.ToLower(text[t.Start:t.End]))
		return len(out) < n
	})
	return out
}

// Chunks calls yield for the pieces between white space that are no plain
// words: with a capital after a small letter, brackets or bars, or digits among
// letters. Punctuation at the ends is off, case is kept.
func Chunks(text string, yield func(from, to int)) {
	for i := 0; i < len(text); {
		if isBlank(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && !isBlank(text[i]) {
			i++
		}
		if i-start <= maxChunk {
			chunk(text, start, i, yield)
		}
	}
}

const maxChunk = 80 // bytes

func isBlank(c byte) bool { return c <= ' ' }

// chunk yields text[from:to] when it is odd. A bracketed part that letters
// follow, as "<SUDO>abc", is one by itself as well.
func chunk(text string, from, to int, yield func(from, to int)) {
	for from < to && strings.IndexByte(`.,;:!?"'()*`, text[from]) >= 0 {
		from++
	}
	for from < to && strings.IndexByte(`.,;:!?"'()*`, text[to-1]) >= 0 {
		to--
	}
	if to-from < 2 || !odd(text[from:to]) {
		return
	}
	yield(from, to)
	if a, b := bracketed(text[from:to]); b > a+2 && b-a < to-from {
		yield(from+a, from+b)
	}
}

// odd says that a piece is no plain word.
func odd(s string) bool {
	letters, digits, lower, bracket := false, false, false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			if lower && s[i-1] >= 'a' && s[i-1] <= 'z' {
				return true
			}
			letters = true
		case c >= 'a' && c <= 'z':
			letters, lower = true, true
		case c >= '0' && c <= '9':
			digits = true
		case strings.IndexByte("[]{}<>|()", c) >= 0:
			bracket = true
		case c >= utf8.RuneSelf:
			letters = true
			if r, _ := utf8.DecodeRuneInString(s[i:]); r >= 0x2980 && r <= 0x29ff || r >= 0x27e6 && r <= 0x27ef { // ⟦, ⦃ and their kin
				bracket = true
			}
		}
	}
	return bracket && (letters || digits) || letters && digits && !ordinal(s)
}

// ordinal says that s is a number with its unit or a short ending: 1st, 20th,
// 1990s, 10km.
func ordinal(s string) bool {
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == ',') {
		i++
	}
	return i > 0 && len(s)-i <= 2
}

// bracketed is the first part of s in brackets or bars, with them.
func bracketed(s string) (from, to int) {
	for i := 0; i < len(s); i++ {
		j := strings.IndexByte("<{[|", s[i])
		if j < 0 {
			continue
		}
		end := strings.IndexByte(s[i+1:], ">}]|"[j])
		if end < 0 {
			return 0, 0
		}
		to = i + 1 + end + 1
		for to < len(s) && s[to] == s[to-1] {
			to++
		}
		return i, to
	}
	return 0, 0
}
