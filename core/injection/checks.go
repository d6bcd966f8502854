package injection

import (
	"regexp"
	"strings"
)

// What the expressions cannot say: RE2 does not look around.

// before is at most n bytes of text before at, of the same sentence.
func before(text string, at, n int) string {
	s := text[max(0, at-n):at]
	if i := strings.LastIndexAny(s, ".!?\n"); i >= 0 {
		s = s[i+1:]
	}
	return s
}

// after is at most n bytes of text from at on.
func after(text string, at, n int) string { return text[at:min(len(text), at+n)] }

// looks has the expressions that the checks below go by.
type looks struct{ negated, unless, sooner *regexp.Regexp }

func newLooks() *looks {
	return &looks{
		// negated is the end of what stands before words that are no order: "if you
		// ignore", "do not ignore", "people who ignore".
		negated: regexp.MustCompile(`(?:\bif (?:you|we|they|one|the \w+)(?: \w+)?|\bnot(?: just| simply| \w+ly)?|\bn't|\bnever|\bwho|\bwhich|\bthat|\bthey|\bpeople|\bdrivers|\busers|\bwe|\bi|\bcannot|\bor|\bmany|\bsome|\bwhen you|\bdid|\bdoes|\bmay|\bmight|\bwould|\bcould|\bcan)\s*$`),
		// unless says after a match that the order holds in one case only.
		unless: regexp.MustCompile(`^\W{0,3}(?:if|unless|when|in case|for (?:the|this|a|your)|on|at your)\b`),
		sooner: regexp.MustCompile(`\b` + earlier + `\b|\byou(?:'ve| have| were|r)\b|\bsystem\b|\bdeveloper\b`),
	}
}

// isOrder keeps what tells a reader to set something aside, and leaves out
// descriptions: "if you ignore", "do not ignore", "ignore these instructions if".
func (l *looks) isOrder(text string, from, end int) bool {
	head := before(text, from, 40)
	if l.negated.MatchString(head) {
		return false
	}
	return l.sooner.MatchString(text[from:end]) || !l.unless.MatchString(after(text, end, 20))
}

// mine wants a match that speaks of the reader's instructions, or of all.
func (l *looks) mine(text string, from, end int) bool {
	m := text[from:end]
	return strings.HasPrefix(m, "your") || strings.Contains(m, "all ") || strings.Contains(m, "you ") || strings.Contains(before(text, from, 30), "all ") || strings.Contains(before(text, from, 30), "your ")
}

// everythingAbove leaves out "before you", which begins something else.
func (l *looks) everythingAbove(text string, from, end int) bool {
	return !strings.HasPrefix(after(text, end, 5), " you") && l.isOrder(text, from, end) && !strings.HasSuffix(text[from:end], "what before")
}

// addressed leaves out lists and headings that name a machine and go on: the
// words after the mark have to be an order, not a part of a list.
func (l *looks) addressed(text string, from, end int) bool {
	m := text[from:end]
	return !strings.Contains(m, "- ai-") && !strings.HasSuffix(m, "use") && !strings.HasSuffix(m, "run") || strings.Contains(m, "you ") || strings.Contains(m, "please")
}

// isHeadless leaves out matches in which the machine is the sender's tool.
func (l *looks) isHeadless(text string, from, end int) bool {
	return !strings.Contains(text[from:end], "sent")
}

// newOrders leaves out "the new instructions:" of a text about them.
func (l *looks) newOrders(text string, from, _ int) bool {
	head := strings.TrimRight(before(text, from, 20), " *_#>[(<\"'-")
	return head == "" || strings.HasSuffix(head, ":") || strings.HasSuffix(head, ",")
}

// fromMe wants a sender or a machine in the announcement.
func (l *looks) fromMe(text string, from, end int) bool {
	m := text[from:end]
	return strings.Contains(m, " me") || strings.Contains(m, "the user") || strings.Contains(m, "your ") || strings.Contains(m, "owner") || !strings.HasSuffix(m, "you")
}

// beforeYou wants the second person to be told, not "before answering, she must".
func (l *looks) beforeYou(text string, from, end int) bool {
	m := text[from:end]
	return !strings.Contains(m, " he ") && !strings.Contains(m, " she ") && !strings.Contains(m, " they ") && !strings.Contains(m, " we ") && !strings.Contains(m, " i ")
}

// secrecy leaves out what is no order: "I do not tell", "why not tell".
func (l *looks) secrecy(text string, from, _ int) bool {
	head := strings.TrimSpace(before(text, from, 16))
	for _, s := range []string{"i", "we", "they", "to", "that", "who", "which", "you", "if", "does", "not", "did"} {
		if head == s || strings.HasSuffix(head, " "+s) {
			return false
		}
	}
	return true
}

// notQuestion leaves out "how to", "can I", "users who".
func (l *looks) notQuestion(text string, from, _ int) bool {
	head := strings.TrimSpace(before(text, from, 24))
	for _, s := range []string{"how to", "can i", "who", "to not", "not", "never", "they", "does", "where to", "don't"} {
		if head == s || strings.HasSuffix(head, " "+s) {
			return false
		}
	}
	return true
}

// marker wants a sentence behind a marker: five words or more. Markers of
// turns other than the system's are ordinary in interviews and logs.
func (l *looks) marker(text string, from, end int) bool {
	m := strings.TrimSpace(text[from:end])
	return strings.Contains(m[:min(len(m), 12)], "system") && len(strings.Fields(m)) >= 6
}
