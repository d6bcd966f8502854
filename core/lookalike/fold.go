package lookalike

import (
	"strings"
	"unicode"
)

// drawnAlike has letters of other alphabets and the Latin ones that they are
// drawn like: the part of Unicode TR 39 in which whole words can be written.
const drawnAlike = "" +
	"аaвbсcеeһhіiјjкkмmнhоoԛqрpѕsтtѵvԝwхxуyԁdɡgӏlԍgпn" + // Cyrillic
	"АaВbСcЕeНhІiЈjКkМmОoРpЅsТtХxУyԜwԚqӀl" +
	"αaβbεeηnιiκkνvοoρpτtυuχxωwγyϲcϳjσo" + // Greek
	"ΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoΡpΤtΥyΧx" +
	"ıiłløođdħhŧtʟlɪiɴnʀrɑaɩiʋvօoսuհhոnցgաwզq" + // Latin of phonetics, Armenian
	"‐-‑-‒-–-—-−-﹣-․.﹒.。.⁄/∕/ⅼlⅰiⅽcⅾdⅿmℓl"

// folding maps each such letter to its Latin one.
type folding map[rune]rune

func newFolding() folding {
	f, letters := folding{}, []rune(drawnAlike)
	for i := 0; i+1 < len(letters); i += 2 {
		f[letters[i]] = letters[i+1]
	}
	return f
}

// skeleton is s in lower-case letters that look like those of s, without
// accents and what cannot be seen.
func (f folding) skeleton(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteByte(byte(unicode.ToLower(r)))
		case unicode.In(r, unicode.Cf, unicode.Mn):
		default:
			b.WriteRune(f.letter(r))
		}
	}
	return b.String()
}

// letter is the lower-case Latin letter that r looks like, or r.
func (f folding) letter(r rune) rune {
	if l, ok := f[r]; ok {
		return l
	}
	switch {
	case r >= 0xff01 && r <= 0xff5e: // full width
		return unicode.ToLower(r - 0xff01 + '!')
	case r >= 0x1d400 && r <= 0x1d6a3: // mathematical letters: 13 alphabets of 52
		return 'a' + (r-0x1d400)%26
	case r >= 0x1d7ce && r <= 0x1d7ff: // and 5 sets of digits
		return '0' + (r-0x1d7ce)%10
	case r >= 0x24d0 && r <= 0x24e9: // in circles
		return 'a' + r - 0x24d0
	}
	lower := unicode.ToLower(r)
	for _, a := range accented {
		if strings.ContainsRune(a.marked, lower) {
			return a.plain
		}
	}
	return lower
}

var accented = []struct {
	plain  rune
	marked string
}{
	{'a', "àáâãäåāăą"},
	{'c', "çćĉċč"},
	{'d', "ďḍ"},
	{'e', "èéêëēĕėęě"},
	{'g', "ĝğġģ"},
	{'h', "ĥḥ"},
	{'i', "ìíîïĩīĭį"},
	{'k', "ķḳ"},
	{'l', "ĺļľḷ"},
	{'m', "ḿṃ"},
	{'n', "ñńņňṇ"},
	{'o', "òóôõöōŏőơọ"},
	{'r', "ŕŗř"},
	{'s', "śŝşšṣ"},
	{'t', "ţťṭ"},
	{'u', "ùúûüũūŭůűųư"},
	{'w', "ŵẁẃẅ"},
	{'y', "ýÿŷ"},
	{'z', "źżžẓ"},
}

// hard folds letters that are hard to tell apart, and drops what separates
// words: "rn" and "m", "vv" and "w", "0" and "o", "1", "i" and "l".
var hard = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "|", "l", "!", "l", "3", "e", "5", "s",
	"-", "", "_", "", ".", "", " ", "")

// hardFold is hard of a skeleton. The organisation stays apart from the name.
func hardFold(skeleton string) string { return hard.Replace(skeleton) }

// tokens are the words of a skeleton.
func tokens(skeleton string) []string {
	return strings.FieldsFunc(skeleton, func(r rune) bool { return strings.ContainsRune("-_./ :", r) })
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// digits are the digits of s, in their order.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
