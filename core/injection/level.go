package injection

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"taster/core"
	"taster/core/language"
)

// Strong says whether a single hit of family means an attack when it is no
// quotation.
func Strong(family string) bool {
	switch family {
	case "A", "A2", "C", "N", "T", "M", "O":
		return true
	}
	return false
}

// Level is the severity of a visible text by its hits; Info when there is none.
// A strong hit is high, unless it is a control token by itself; two weak ones
// of different families are; one is medium. Quotations are low.
func Level(hits []Hit) core.Severity {
	level := core.Info
	strong, tokens, weak := false, false, map[string]bool{}
	for _, h := range hits {
		if h.Quoted != "" || h.Family == "B" {
			level = core.Low
			continue
		}
		switch {
		case h.Family == "T":
			tokens = true
		case h.Weak:
			weak[h.Family] = true
		case Strong(h.Family):
			strong = true
		}
	}
	switch {
	case strong || tokens && len(weak) > 0 || len(weak) > 1:
		return core.High
	case tokens || len(weak) == 1:
		return core.Medium
	}
	return level
}

// Hidden is the severity of hits in a part that readers do not see. There is
// no innocent order in such a place, quoted or not. soft is an attribute or a
// description of the page in a document that talks about attacks.
func Hidden(hits []Hit, soft bool) core.Severity {
	level := core.Info
	for _, h := range hits {
		switch h.Family {
		case "A0", "B2", "N0":
			level = max(level, core.Medium)
		case "B":
			level = max(level, core.Low)
		case "U":
		default:
			level = max(level, core.High)
		}
	}
	if soft {
		level = min(level, core.Medium)
	}
	return level
}

// aboutWords are words of texts that talk about attacks on language models, in
// six languages, in the forms of the folded text.
const aboutWords = `\b(?:prompt[- ]injections?|injections?|jail ?break(?:s|ing|er)?|attackers?|attacks?|adversarial|adversar(?:y|ies)|red[- ]?team(?:s|ing)?|payloads?|exploits?|guardrails?|mitigations?|vulnerabilit(?:y|ies)|threats?|malicious|exfiltrat\w*|prompt[- ]leaking|attaques?|angriffe?|angreifer|ataques?|atacantes?|inyecci[oó]n|injeção|maliciosa?s?|malveillante?s?|schwachstellen?|vulnerabilités?|vulnerabilidad(?:es)?)\b|атак|злоумышленник|уязвимост|инъекци|攻击|注入|越狱|漏洞|恶意|攻撃|脆弱性`

// About says whether a text talks about attacks: at least three words of the
// kind, and one in five hundred. An attacker can write these words, too.
func (r *Rules) About(folded string) bool {
	n := len(r.about.FindAllStringIndex(folded, 200))
	return n >= 3 && n*500 >= words(folded)
}

// words is about the number of words; texts without spaces are counted by
// their characters.
func words(s string) int {
	n := strings.Count(s, " ") + strings.Count(s, "\n")
	return max(n, utf8.RuneCountInString(s)/12)
}

func newAbout() *regexp.Regexp { return regexp.MustCompile(aboutWords) }

// Imperative says whether a text begins with an order.
func (r *Rules) Imperative(text string) bool {
	return r.order.MatchString(language.Fold(strings.TrimSpace(text[:min(len(text), 200)])).Text)
}
