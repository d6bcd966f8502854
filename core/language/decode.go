package language

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

// Coded is a stretch of a text that says something when it is decoded.
type Coded struct {
	Text     string
	How      string // "base64", "hexadecimal", "percent signs", "escapes", "binary", "character references"
	From, To int    // bytes [From, To) of the text it stands in
}

// Bounds of decoding.
const (
	leastCode   = 24  // characters of base64 and hexadecimal
	leastGroups = 8   // of bytes written one by one
	mostDecoded = 500 // stretches of one text
)

// Decode finds stretches that are text in base64, hexadecimal, percent signs,
// escapes, groups of eight bits or character references. A stretch counts when
// nearly all of what it says can be printed and there are two spaces in it, or
// letters of a script without them. It takes time in proportion to the text.
func Decode(text string) []Coded {
	var out []Coded
	for i := 0; i < len(text) && len(out) < mostDecoded; {
		end := i + 1
		for _, read := range readers {
			d, to := read(text, i)
			if to <= i {
				continue
			}
			end = max(end, to)
			if d.Text != "" && says(d.Text) {
				d.From, d.To = i, to
				out = append(out, d)
				break
			}
		}
		i = end
	}
	return out
}

// readers try one code each at a place: where the stretch ends, or the place
// itself when there is none.
var readers = []func(text string, i int) (Coded, int){readReferences, readPercent, readEscapes, readBits, readHex, readBase64}

func says(t string) bool {
	if !Readable(t) {
		return false
	}
	if strings.Count(t, " ")+strings.Count(t, "\n") >= 2 {
		return true
	}
	wide := 0
	for _, r := range t {
		if r >= 0x0e00 {
			wide++
		}
	}
	return wide >= 6
}

func isCode(c byte) bool {
	return isLetterASCII(c) || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}

func readBase64(text string, i int) (Coded, int) {
	if !isCode(text[i]) {
		return Coded{}, i
	}
	end, upper, small := i, false, false
	for end < len(text) && isCode(text[end]) {
		upper = upper || 'A' <= text[end] && text[end] <= 'Z'
		small = small || 'a' <= text[end] && text[end] <= 'z'
		end++
	}
	if end-i < leastCode || !upper || !small {
		return Coded{}, end
	}
	code := strings.NewReplacer("-", "+", "_", "/").Replace(text[i:end])
	code = code[:len(code)-map[bool]int{true: 1}[len(code)%4 == 1]]
	b, err := base64.RawStdEncoding.DecodeString(code)
	if err != nil {
		b = nil
	}
	for end < len(text) && text[end] == '=' {
		end++
	}
	return Coded{Text: string(b), How: "base64"}, end
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// readHex is pairs of digits, close together or with spaces between them.
func readHex(text string, i int) (Coded, int) {
	if !isHex(text[i]) || i > 0 && isCode(text[i-1]) {
		return Coded{}, i
	}
	var digits []byte
	end := i
	for j := i; j+1 < len(text) && isHex(text[j]) && isHex(text[j+1]); {
		digits = append(digits, text[j], text[j+1])
		j += 2
		end = j
		if j+2 < len(text) && (text[j] == ' ' || text[j] == ':') && isHex(text[j+1]) {
			j++
		}
	}
	switch {
	case len(digits) < leastCode:
		return Coded{}, i
	case end < len(text) && isCode(text[end]):
		return Coded{}, end
	}
	b, err := hex.DecodeString(string(digits))
	if err != nil {
		return Coded{}, i
	}
	return Coded{Text: string(b), How: "hexadecimal"}, end
}

// readPercent is bytes as in addresses, where half of them at least are written
// with a percent sign.
func readPercent(text string, i int) (Coded, int) {
	if text[i] != '%' {
		return Coded{}, i
	}
	end, signs := i, 0
	for end < len(text) && (text[end] == '%' || isCode(text[end]) || text[end] == '.') {
		if text[end] == '%' {
			signs++
		}
		end++
	}
	if signs < leastGroups || signs*6 < end-i {
		return Coded{}, end
	}
	t, err := url.PathUnescape(text[i:end])
	if err != nil {
		return Coded{}, end
	}
	return Coded{Text: t, How: "percent signs"}, end
}

// readEscapes is a run of \xNN, \uNNNN or 0xNN.
func readEscapes(text string, i int) (Coded, int) {
	if text[i] != '\\' && text[i] != '0' {
		return Coded{}, i
	}
	var b strings.Builder
	end, n := i, 0
	for j := i; j+4 <= len(text); n++ {
		two := text[j : j+2]
		wide := two == `\u`
		size := map[bool]int{true: 4, false: 2}[wide]
		if two != `\x` && two != "0x" && !wide || j+2+size > len(text) {
			break
		}
		v, ok := hexValue(text[j+2 : j+2+size])
		if !ok {
			break
		}
		if wide {
			b.WriteRune(rune(v))
		} else {
			b.WriteByte(byte(v))
		}
		j += 2 + size
		end = j
		for j < len(text) && (text[j] == ' ' || text[j] == ',') && two == "0x" {
			j++
		}
	}
	if n < leastGroups {
		return Coded{}, i
	}
	return Coded{Text: b.String(), How: "escapes"}, end
}

func hexValue(s string) (v int, ok bool) {
	for i := range len(s) {
		if !isHex(s[i]) {
			return 0, false
		}
		d := s[i] | 0x20
		if d >= 'a' {
			v = v<<4 | int(d-'a'+10)
		} else {
			v = v<<4 | int(s[i]-'0')
		}
	}
	return v, true
}

// readBits is groups of eight binary digits.
func readBits(text string, i int) (Coded, int) {
	if text[i] != '0' && text[i] != '1' || i > 0 && isCode(text[i-1]) {
		return Coded{}, i
	}
	var b []byte
	end := i
	for j := i; j+8 <= len(text); {
		v, ok := 0, true
		for k := j; k < j+8; k++ {
			ok = ok && (text[k] == '0' || text[k] == '1')
			v = v<<1 | int(text[k]&1)
		}
		if !ok {
			break
		}
		b = append(b, byte(v))
		j += 8
		end = j
		for j < len(text) && (text[j] == ' ' || text[j] == '\n') {
			j++
		}
	}
	if len(b) < leastGroups {
		return Coded{}, i
	}
	return Coded{Text: string(b), How: "binary"}, end
}

// readReferences is a run of numeric character references.
func readReferences(text string, i int) (Coded, int) {
	if text[i] != '&' {
		return Coded{}, i
	}
	var b strings.Builder
	end, n := i, 0
	for j := i; j+3 < len(text) && text[j] == '&' && text[j+1] == '#'; n++ {
		semi := strings.IndexByte(text[j:min(len(text), j+12)], ';')
		if semi < 0 {
			break
		}
		v, ok := reference(text[j+2 : j+semi])
		if !ok {
			break
		}
		b.WriteRune(rune(v))
		j += semi + 1
		end = j
		if j+1 < len(text) && text[j] == ' ' && text[j+1] == '&' {
			b.WriteByte(' ')
			j++
		}
	}
	if n < leastGroups {
		return Coded{}, max(end, i)
	}
	return Coded{Text: b.String(), How: "character references"}, end
}

func reference(s string) (v int, ok bool) {
	if h, found := strings.CutPrefix(strings.ToLower(s), "x"); found {
		v, ok = hexValue(h)
		return v, ok && v <= 0x10ffff
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		v = v*10 + int(s[i]-'0')
	}
	return v, s != "" && v <= 0x10ffff
}
