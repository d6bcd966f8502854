package injection

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Range is bytes [From, To) of a text, and what it is: "code", "block quote".
type Range struct {
	From, To int
	What     string
}

// quotes pairs opening quotation marks with what may close them.
var quotes = map[rune]string{'"': "\"", '“': "”", '„': "“”\"", '«': "»", '»': "«", '‘': "’", '‚': "‘’", '「': "」", '『': "』", '`': "`", '\'': "'", '《': "》", '‹': "›"}

// Quoting says of places in a text whether they are quoted.
type Quoting struct {
	ranges  []Range // ascending
	example *regexp.Regexp
}

// example introduces what is only spoken of, within the same line.
const exampleWords = `(?i)(?:\bsuch as\b|\bfor example\b|\bfor instance\b|\be\.\s?g\.|\bexamples?\s?:|\battack(?:s|er|ers|ing)?\b|\binject(?:s|ed|ion|ions|ing)?\b|\bjailbreaks?\b|\bmalicious\b|\btries to\b|\btry to\b|\btrying to\b|\bphrases?\b|\bsays?[:,]?\s*$|\bsaying[:,]?\s*$|\blike[:,]?\s*$|\bz\. ?b\.|\bzum beispiel\b|\bbeispielsweise\b|\bangriff|\bpar exemple\b|\bcomme\b\s*$|\bpor ejemplo\b|\bataque|\bnapr(?:zykład|íklad)|например|атак|例如|比如|诸如|攻击|注入|たとえば|例えば|攻撃|예를 들어|공격)`

// NewQuoting makes the tests for one text; ranges are its quoted parts.
func (r *Rules) NewQuoting(ranges []Range) *Quoting {
	return &Quoting{ranges: ranges, example: r.example}
}

// Of is why the hit at [from, to) of text is a quotation; "" when it is none.
func (q *Quoting) Of(text string, from, to int) string {
	for _, r := range q.ranges {
		if r.From <= from && from < r.To {
			return r.What
		}
	}
	line := max(strings.LastIndexByte(text[:from], '\n')+1, from-240)
	head := text[runeStart(text, line):from]
	if opened(head, text[to:min(len(text), to+600)]) {
		return "quotation marks"
	}
	for len(head) > 80 {
		_, n := utf8.DecodeRuneInString(head)
		head = head[n:]
	}
	if q.example.MatchString(sentence(head)) {
		return "introduced as an example"
	}
	return ""
}

// sentence is the end of head from the last sentence on; the stops of "e.g."
// and its like end none.
func sentence(head string) string {
	for i := len(head) - 2; i > 2; i-- {
		if strings.IndexByte(".!?", head[i]) >= 0 && head[i+1] == ' ' && head[i-2] != '.' && head[i-2] != ' ' {
			return head[i+1:]
		}
	}
	return head
}

// opened says whether a quotation mark is open at the end of head, the part of
// a line, and closed in tail.
func opened(head, tail string) bool {
	var open rune
	last := ' '
	for _, c := range head {
		switch closing := quotes[open]; {
		case open != 0 && strings.ContainsRune(closing, c):
			open = 0
		case open == 0 && quotes[c] != "" && !(c == '\'' && isWordRune(last)):
			open = c
		}
		last = c
	}
	if open == 0 {
		return false
	}
	if end := strings.Index(tail, "\n\n"); end >= 0 {
		tail = tail[:end]
	}
	return strings.ContainsAny(tail, quotes[open])
}

func isWordRune(r rune) bool {
	return r >= utf8.RuneSelf || r < utf8.RuneSelf && isWordByte(byte(r)|0x20)
}
