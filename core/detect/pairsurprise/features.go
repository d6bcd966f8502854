package pairsurprise

import (
	"math"
	"strings"
	"unicode"

	"taster/core/corpus"
	"taster/core/language"
)

// Numbers of a pair: how its two answers differ in form, then in words.
const (
	formNumbers = 12
	wordNumbers = 512
	numbers     = formNumbers + wordNumbers
	mostLetters = 20_000 // bytes of an answer that are looked at
)

// sparse is the difference of two answers, chosen minus rejected.
type sparse struct {
	at    []uint16
	value []float32
}

// form says how an answer is written, whatever it says.
func form(prompt map[string]bool, answer string) [formNumbers]float64 {
	answer = strings.ToValidUTF8(answer[:min(len(answer), mostLetters)], "")
	words := language.Words(answer, 5000)
	n := float64(max(1, len(words)))
	unique, asked := map[string]bool{}, 0
	for _, w := range words {
		unique[w] = true
		if prompt[w] {
			asked++
		}
	}
	three := map[string]bool{}
	for i := 0; i+3 <= len(words); i++ {
		three[strings.Join(words[i:i+3], " ")] = true
	}
	runs := float64(max(1, len(words)-2))
	commas, digits, capitals := 0, 0, 0
	for _, r := range answer {
		switch {
		case r == ',' || r == '，' || r == '、':
			commas++
		case unicode.IsDigit(r):
			digits++
		case unicode.IsUpper(r):
			capitals++
		}
	}
	letters := float64(max(1, len(answer)))
	return [formNumbers]float64{
		math.Log1p(float64(len(answer))),
		float64(len(unique)) / n,
		float64(len(three)) / runs,
		float64(asked) / n,
		math.Log1p(float64(strings.Count(answer, "\n"))),
		truth(endsWhole(answer)),
		truth(hasMarker(answer)),
		truth(language.IsRefusal(answer)),
		float64(commas) / n,
		float64(digits) / letters,
		float64(capitals) / letters,
		truth(strings.Contains(answer, "```")),
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func endsWhole(s string) bool {
	s = strings.TrimSpace(s)
	for _, end := range []string{".", "!", "?", "。", "！", "？", "\"", ")", "`", "}", ":"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// hasMarker says that a marker of roles was left in the answer.
func hasMarker(s string) bool {
	for _, m := range []string{"Human:", "Assistant:", "User:", "Input:", "Output:", "### ", "<|", "[INST]"} {
		if strings.Contains(s, m) {
			return true
		}
	}
	return false
}

// bag adds the words of an answer, hashed with a sign, to v.
func bag(v *[numbers]float64, answer string, by float64) {
	answer = strings.ToValidUTF8(answer[:min(len(answer), mostLetters)], "")
	seen := map[string]bool{}
	for _, w := range language.Words(answer, 5000) {
		if seen[w] {
			continue
		}
		seen[w] = true
		h := uint64(5)
		for i := 0; i < len(w); i++ {
			h = corpus.Mix(h, uint64(w[i]))
		}
		sign := by
		if h>>40&1 == 1 {
			sign = -by
		}
		v[formNumbers+h%wordNumbers] += sign
	}
}

// difference are the numbers of a pair.
func difference(d *corpus.Doc) sparse {
	prompt := map[string]bool{}
	for _, w := range language.Words(d.Input(), 2000) {
		prompt[w] = true
	}
	chosen := d.Answer()
	a, b := form(prompt, chosen), form(prompt, d.Reject)
	var v [numbers]float64
	for i := range a {
		v[i] = a[i] - b[i]
	}
	bag(&v, chosen, 1)
	bag(&v, d.Reject, -1)
	var out sparse
	for i, x := range v {
		if x != 0 {
			out.at, out.value = append(out.at, uint16(i)), append(out.value, float32(x))
		}
	}
	return out
}
