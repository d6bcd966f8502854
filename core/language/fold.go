package language

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold is text as its words are compared: in NFKC and lower case; without
// format characters, selectors and heaps of combining marks; typographic
// apostrophes straight; letters of other scripts that look like Latin ones
// replaced in words that mix both. It takes time in proportion to the text.
func Fold(text string) Mapped {
	if isASCII(text) {
		return Plain(strings.ToLower(text))
	}
	f := folder{text: text}
	f.b.Grow(len(text))
	for i := 0; i < len(text); {
		i = f.step(i)
	}
	m := f.b.Mapped(len(text))
	if f.foreign {
		return unmix(m)
	}
	return m
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

type folder struct {
	text    string
	b       Mapper
	buf     []byte
	latin   bool // the last letter is a Latin one
	foreign bool // there are letters of scripts that have Latin look-alikes
}

// step folds what stands at i and is the place after it.
func (f *folder) step(i int) int {
	c := f.text[i]
	next := i + 1
	if c < utf8.RuneSelf && (next == len(f.text) || f.text[next] < utf8.RuneSelf) {
		f.latin = isLetterASCII(c)
		f.b.addByte(lower(c), i)
		return next
	}
	r, n := utf8.DecodeRuneInString(f.text[i:])
	if Ignorable(r) {
		return i + n
	}
	end := i + max(n, norm.NFKC.NextBoundaryInString(f.text[i:], true))
	segment := f.text[i:end]
	if norm.NFKC.QuickSpanString(segment) == len(segment) {
		f.runes(segment, i)
		return end
	}
	f.buf = norm.NFKC.AppendString(f.buf[:0], segment)
	f.runes(string(f.buf), i)
	return end
}

func (f *folder) runes(s string, from int) {
	for _, r := range s {
		switch {
		case Ignorable(r) || f.latin && unicode.Is(unicode.Mn, r):
			continue
		case r < utf8.RuneSelf:
			f.latin = isLetterASCII(byte(r))
			f.b.addByte(lower(byte(r)), from)
			continue
		}
		if l, ok := drawn(r); ok {
			f.latin = true
			f.b.addByte(l, from)
			continue
		}
		if r == '\u2019' || r == '\u02bc' {
			r = '\''
		}
		r = unicode.ToLower(r)
		f.latin = unicode.Is(unicode.Latin, r)
		f.foreign = f.foreign || lookAlike[r] != 0
		f.b.Add(string(r), from)
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isLetterASCII(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// Ignorable says whether r is a character that is not drawn: format characters,
// selectors, tags, fillers, the grapheme joiner.
func Ignorable(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, 0xfe00 <= r && r <= 0xfe0f, 0xe0100 <= r && r <= 0xe01ef, 0x180b <= r && r <= 0x180f:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// unmix replaces look-alikes in the words that have Latin letters, too.
func unmix(m Mapped) Mapped {
	var b Mapper
	b.Grow(len(m.Text))
	for i := 0; i < len(m.Text); {
		n, mixed := wordAt(m.Text[i:])
		for j, r := range m.Text[i : i+n] {
			l := lookAlike[r]
			if !mixed || l == 0 {
				for k := range utf8.RuneLen(r) {
					b.addByte(m.Text[i+j+k], m.At(i+j))
				}
				continue
			}
			b.addByte(l, m.At(i+j))
		}
		i += n
	}
	return b.Mapped(m.At(len(m.Text)))
}

// wordAt is the length of the word, or of what is no word, at the start of s,
// and whether it mixes Latin letters with others that look like them.
func wordAt(s string) (n int, mixed bool) {
	latin, other, first := false, false, true
	word := false
	for i, r := range s {
		letter := unicode.IsLetter(r) || r == '\''
		if first {
			word, first = letter, false
		}
		if letter != word {
			return i, latin && other
		}
		latin = latin || r < utf8.RuneSelf && r != '\''
		other = other || lookAlike[r] != 0
	}
	return len(s), latin && other && word
}

// drawn is the Latin letter that r is a drawing of, in any text: small capitals,
// flags' letters, letters in black boxes.
func drawn(r rune) (byte, bool) {
	switch {
	case 0x1f1e6 <= r && r <= 0x1f1ff:
		return 'a' + byte(r-0x1f1e6), true
	case 0x1f150 <= r && r <= 0x1f169:
		return 'a' + byte(r-0x1f150), true
	case 0x1f170 <= r && r <= 0x1f189:
		return 'a' + byte(r-0x1f170), true
	}
	if r != 'ı' && (r < 0x250 || 0x2b0 <= r && r < 0x1d00 || 0x1dc0 <= r && r < 0xa720 || r > 0xa7ff) {
		return 0, false
	}
	i := strings.IndexRune(smallCapitals, r)
	if i < 0 {
		return 0, false
	}
	return smallLetters[utf8.RuneCountInString(smallCapitals[:i])], true
}

const (
	smallCapitals = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢɡɩı"
	smallLetters  = "abcdefghijklmnopqrstuvwyzgii"
)

// lookAlike has lower-case letters of other scripts that look like Latin ones.
var lookAlike = map[rune]byte{
	// Cyrillic
	'а': 'a', 'ь': 'b', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'ё': 'e', 'ґ': 'r', 'г': 'r', 'һ': 'h', 'н': 'h', 'і': 'i', 'ї': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l', 'м': 'm',
	'п': 'n', 'о': 'o', 'р': 'p', 'ԛ': 'q', 'ѕ': 's', 'т': 't', 'у': 'y', 'ү': 'y', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'з': '3', 'ѡ': 'w', 'ц': 'u', 'ѐ': 'e', 'ѓ': 'r',
	// Greek
	'α': 'a', 'ά': 'a', 'β': 'b', 'ϲ': 'c', 'ε': 'e', 'έ': 'e', 'η': 'n', 'ή': 'n', 'ι': 'i', 'ί': 'i', 'ϊ': 'i', 'κ': 'k', 'μ': 'u', 'ν': 'v', 'ο': 'o', 'ό': 'o', 'ρ': 'p', 'σ': 'o',
	'τ': 't', 'υ': 'u', 'ύ': 'u', 'χ': 'x', 'ω': 'w', 'ζ': 'z', 'ϳ': 'j',
	// Armenian
	'ա': 'w', 'գ': 'q', 'զ': 'q', 'հ': 'h', 'ո': 'n', 'ս': 'u', 'ց': 'g', 'օ': 'o', 'լ': 'l', 'ք': 'p', 'յ': 'j',
}
