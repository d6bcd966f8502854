package language

import (
	"strings"
	"unicode"
)

// lookalikes are letters of other scripts that look like Latin ones.
const lookalikes = "аеорсухіјѕԁһԛԝвнкмтгАВЕКМНОРСТХУІЈЅ" + "αορνικυτχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "օոսցհզյՕՍՏ"

// IsMixed says that word puts Latin letters beside look-alikes of Cyrillic,
// Greek or Armenian in one run of letters. Units and symbols of formulas, one
// Greek letter in front or at the end, do not count.
func IsMixed(word string) bool {
	for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if isMixed(part) {
			return true
		}
	}
	return false
}

func isMixed(word string) bool {
	latin, other, greek := 0, 0, 0
	for _, r := range word {
		switch {
		case r < 0x80 || unicode.Is(unicode.Latin, r):
			if unicode.IsLetter(r) {
				latin++
			}
		case strings.ContainsRune(lookalikes, r):
			other++
			if unicode.Is(unicode.Greek, r) {
				greek++
			}
		case unicode.IsLetter(r) && !unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian):
			return false
		}
	}
	if latin == 0 || other == 0 {
		return false
	}
	return other > greek || latin >= 3 && latin+other >= 5
}

// Script is the script of most letters of text, by its name; "" where there are
// fewer than ten of them.
func Script(text string) string {
	counts := [len(scripts)]int{}
	total, seen := 0, 0
	for _, r := range text {
		if seen++; seen > 2000 {
			break
		}
		if r < 0x80 {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				counts[0]++
				total++
			}
			continue
		}
		if !unicode.IsLetter(r) {
			continue
		}
		total++
		for i, s := range scripts {
			if unicode.In(r, s.tables...) {
				counts[i]++
				break
			}
		}
	}
	if total < 10 {
		return ""
	}
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return scripts[best].name
}

var scripts = [...]struct {
	name   string
	tables []*unicode.RangeTable
}{
	{"Latin", []*unicode.RangeTable{unicode.Latin}},
	{"Chinese or Japanese", []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana}},
	{"Cyrillic", []*unicode.RangeTable{unicode.Cyrillic}},
	{"Arabic", []*unicode.RangeTable{unicode.Arabic}},
	{"Hangul", []*unicode.RangeTable{unicode.Hangul}},
	{"Devanagari", []*unicode.RangeTable{unicode.Devanagari}},
	{"Greek", []*unicode.RangeTable{unicode.Greek}},
	{"Hebrew", []*unicode.RangeTable{unicode.Hebrew}},
	{"Thai", []*unicode.RangeTable{unicode.Thai}},
	{"another", []*unicode.RangeTable{unicode.L}},
}
