package language

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hidden is a run of characters of one class that a reader does not see.
type Hidden struct {
	Start, End int // bytes of the text
	Class      Class
	Count      int  // characters
	Inside     bool // within a Latin word
}

// Class is a class of characters that are not seen.
type Class string

// The classes.
const (
	ZeroWidth    Class = "zero-width characters"
	Joiner       Class = "joiners"
	Direction    Class = "direction controls"
	Mark         Class = "direction marks"
	Tag          Class = "tag characters"
	Selector     Class = "variation selectors"
	Filler       Class = "fillers"
	SoftHyphen   Class = "soft hyphens"
	Interlinear  Class = "interlinear marks"
	PrivateUse   Class = "private-use characters"
	ControlClass Class = "control characters"
)

// ClassOf is the class of r, "" for a character that is seen.
func ClassOf(r rune) Class {
	switch {
	case r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f', r >= 0x7f && r < 0xa0 && r != 0x85:
		return ControlClass
	case r < 0xad:
		return ""
	case r == 0xad:
		return SoftHyphen
	case r == 0x200b, r >= 0x2060 && r <= 0x2064, r == 0x180e, r == 0xfeff:
		return ZeroWidth
	case r == 0x200c, r == 0x200d:
		return Joiner
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return Direction
	case r == 0x200e, r == 0x200f, r == 0x061c:
		return Mark
	case r >= 0xe0001 && r <= 0xe007f:
		return Tag
	case isSelector(r):
		return Selector
	case r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, r == 0x2800:
		return Filler
	case r >= 0xfff9 && r <= 0xfffb:
		return Interlinear
	case r >= 0xe000 && r <= 0xf8ff, r >= 0xf0000:
		return PrivateUse
	}
	return ""
}

func isSelector(r rune) bool {
	return r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef
}

// HiddenRuns lists the runs of unseen characters of text that no ordinary
// writing explains: not the joiners of emoji and of Indic and Arabic scripts, the
// tags of flags, a selector behind its base, marks beside text from right to
// left, a byte order mark at the start, or a soft hyphen in a long word.
func HiddenRuns(text string) []Hidden {
	if plainASCII(text) {
		return nil
	}
	var out []Hidden
	before := rune(0) // the last character that is seen
	for i := 0; i < len(text); {
		r, n := decode(text[i:])
		c := ClassOf(r)
		if c == "" {
			before = r
			i += n
			continue
		}
		h := Hidden{Start: i, Class: c}
		for i < len(text) {
			r, n := decode(text[i:])
			if ClassOf(r) != c && !(c == ZeroWidth && ClassOf(r) == Joiner) {
				break
			}
			h.Count++
			i += n
		}
		if h.End = i; !ordinary(text, h, before) {
			h.Inside = insideLatin(text, h)
			out = append(out, h)
		}
	}
	return out
}

func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f' {
			return false
		}
	}
	return true
}

// ordinary says that the run is how the script before or behind it is written.
func ordinary(text string, h Hidden, before rune) bool {
	after := rune(0)
	if h.End < len(text) {
		after, _ = decode(text[h.End:])
	}
	switch h.Class {
	case ZeroWidth:
		return h.Start == 0 && text[:h.End] == "\ufeff" || h.Count == 1 && (Unspaced(before) || Unspaced(after)) // a place to break a line
	case Joiner:
		return h.Count == 1 && (isEmoji(before) || isJoining(before) || isJoining(after))
	case Tag:
		return before == 0x1f3f4 && strings.HasSuffix(text[:h.End], "\U000e007f")
	case Selector:
		return h.Count == 1 && (isEmoji(before) || isSymbol(before) || unicode.Is(unicode.Han, before) || unicode.Is(unicode.Mongolian, before))
	case Mark, Direction:
		return rightToLeft(text, h)
	case SoftHyphen:
		return h.Count == 1 && wordLength(text, h) >= 6
	case Filler:
		return h.Count == 1 && (unicode.Is(unicode.Hangul, before) || unicode.Is(unicode.Hangul, after)) || strings.HasPrefix(text[h.Start:], "\u2800") && (isBraille(before) || isBraille(after))
	case ControlClass, PrivateUse:
		return h.Count == 1
	}
	return false
}

func isBraille(r rune) bool { return r > 0x2800 && r <= 0x28ff }

func isSymbol(r rune) bool {
	return unicode.IsSymbol(r) || unicode.IsPunct(r) || r >= '0' && r <= '9'
}

func isEmoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2190 && r <= 0x2bff || r >= 0x3030 && r <= 0x3299 || r == 0xa9 || r == 0xae || r == 0x203c || r == 0x2049 || r == 0x2122 || r == 0x2139
}

// isJoining says that joiners belong to the script of r.
func isJoining(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati,
		unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan)
}

// rightToLeft says that text of such a script stands near the run.
func rightToLeft(text string, h Hidden) bool {
	if strings.ContainsAny(text[h.Start:h.End], "\u202d\u202e") { // overrides turn any text around
		return false
	}
	from, to := max(0, h.Start-60), min(len(text), h.End+60)
	return strings.ContainsFunc(text[from:to], func(r rune) bool {
		return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
	})
}

// wordLength counts the letters around the run.
func wordLength(text string, h Hidden) int {
	n := 0
	for i := h.Start; i > 0; {
		r, k := utf8.DecodeLastRuneInString(text[:i])
		if !unicode.IsLetter(r) && r != 0xad {
			break
		}
		i, n = i-k, n+1
	}
	for i := h.End; i < len(text); {
		r, k := decode(text[i:])
		if !unicode.IsLetter(r) && r != 0xad {
			break
		}
		i, n = i+k, n+1
	}
	return n
}

func insideLatin(text string, h Hidden) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:h.Start])
	if h.End >= len(text) {
		return false
	}
	after, _ := decode(text[h.End:])
	return unicode.Is(unicode.Latin, before) && unicode.Is(unicode.Latin, after)
}

// Decoded is what the run h of text says: "" when it says nothing that can be
// read.
func Decoded(text string, h Hidden) string {
	runes := []rune(text[h.Start:h.End])
	switch h.Class {
	case Tag:
		var b strings.Builder
		for _, r := range runes {
			if r >= 0xe0020 && r <= 0xe007e {
				b.WriteByte(byte(r - 0xe0000))
			}
		}
		return b.String()
	case Selector:
		if len(runes) >= 4 {
			return selectors(runes)
		}
	case ZeroWidth, Joiner:
		if len(runes) >= 16 {
			return bits(runes)
		}
	case Direction:
		return turned(text, h)
	}
	return ""
}

// selectors reads bytes, one a selector or four bits of each.
func selectors(runes []rune) string {
	var whole, halves []byte
	for i, r := range runes {
		v := byte(r - 0xfe00)
		if r >= 0xe0100 {
			v = byte(r-0xe0100) + 16
		}
		whole = append(whole, v)
		if v &= 15; i%2 == 0 {
			halves = append(halves, v<<4)
		} else {
			halves[i/2] |= v
		}
	}
	for _, b := range [][]byte{whole, halves} {
		if readable(b) {
			return string(b)
		}
	}
	return ""
}

// bits reads two kinds of characters as zeros and ones, in both ways, eight and
// seven to a byte.
func bits(runes []rune) string {
	zero, one := runes[0], rune(-1)
	for _, r := range runes {
		if r != zero && one < 0 {
			one = r
		}
		if r != zero && r != one {
			return ""
		}
	}
	for _, width := range []int{8, 7} {
		for _, set := range []rune{one, zero} {
			var b []byte
			for i := 0; i+width <= len(runes); i += width {
				v := byte(0)
				for _, r := range runes[i : i+width] {
					v <<= 1
					if r == set {
						v |= 1
					}
				}
				b = append(b, v)
			}
			if readable(b) {
				return string(b)
			}
		}
	}
	return ""
}

// readable says that b is text with few characters that are not printed.
func readable(b []byte) bool {
	if len(b) < 2 || !utf8.Valid(b) {
		return false
	}
	for _, r := range string(b) {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return false
		}
	}
	return true
}

// turned is the text that an override shows from right to left, as it is read.
func turned(text string, h Hidden) string {
	if !strings.ContainsAny(text[h.Start:h.End], "\u202d\u202e") {
		return ""
	}
	rest := text[h.End:min(len(text), h.End+400)]
	if i := strings.IndexAny(rest, "\u202c\n"); i >= 0 {
		rest = rest[:i]
	}
	runes := []rune(rest)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return strings.ToValidUTF8(string(runes), "")
}

// Shown writes unseen characters, controls and direction marks as \u{...}, and
// cuts the text after n characters.
func Shown(text string, n int) string {
	var b strings.Builder
	for _, r := range text {
		if n--; n < 0 {
			b.WriteString("…")
			break
		}
		if ClassOf(r) != "" || r == '\n' || r == '\r' || r == '\t' || r == 0x2028 || r == 0x2029 {
			if r == '\n' || r == '\t' || r == '\r' {
				b.WriteByte(' ')
				continue
			}
			fmt.Fprintf(&b, `\u{%04x}`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Codes writes the characters of a run as "U+200B U+2060".
func Codes(run string, n int) string {
	var out []string
	for _, r := range run {
		if len(out) == n {
			out = append(out, "…")
			break
		}
		out = append(out, fmt.Sprintf("U+%04X", r))
	}
	return strings.Join(out, " ")
}

// IndexFold is where part first stands in text, upper and lower case alike, or
// -1. It compares ASCII letters only.
func IndexFold(text, part string) int {
	if i := strings.Index(text, part); i >= 0 {
		return i
	}
	for i := 0; i+len(part) <= len(text); i++ {
		if strings.EqualFold(text[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}
