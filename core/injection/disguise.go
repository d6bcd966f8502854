package injection

import (
	"strings"
	"unicode/utf8"

	"taster/core/language"
)

// tightOrder is family A without white space.
const tightOrder = `^(?:ignore|disregard|forget|override|bypass)(?:all|any|every|the|of|your|my|these|those|previous|prior|above|earlier|preceding|system|other){1,4}(?:instructions?|directives?|prompts?|rules|guidelines|commands|orders|restrictions|programming)`

// disguised adds the words by which the passes through a disguise begin.
func disguised(add func(word string, u use)) {
	for _, w := range []string{"ignore", "disregard", "forget", "override", "bypass"} {
		for _, next := range []string{"all", "any", "every", "the", "your", "previous", "prior", "these", "my", "above", "earlier"} {
			add(w+next, use{pass: tight})
		}
		add(reverse(w), use{pass: backVerb})
	}
	for _, w := range []string{"instruction", "prompt", "guideline", "rules"} {
		add(reverse(w), use{pass: backNoun})
	}
	for k := 1; k < 26; k++ {
		add(rotate("instruction", k), use{pass: shiftNoun, shift: k})
		for _, w := range []string{"ignore", "disregard", "forget"} {
			add(rotate(w, k), use{pass: shiftVerb, shift: k})
		}
	}
}

// disguises are the passes that look for family A alone.
func (s *search) disguises() {
	text := s.text
	if s.back[0] && s.back[1] {
		s.through(backwards(text), "written backwards")
	}
	for k := 1; k < 26; k++ {
		if s.noun[k] && s.verb[k] {
			s.through(shifted(text, 26-k), "letters shifted in the alphabet")
		}
	}
	if m, ok := leet(text); ok {
		s.through(m, "digits and signs for letters")
	}
	for _, m := range spaced(text) {
		s.through(m, "spaces between letters")
	}
	if m, ok := shortLines(text); ok {
		s.through(m, "divided over lines")
	}
	if m, ok := hyphenated(text); ok {
		s.through(m, "divided by hyphens")
	}
}

// through searches the text below a disguise.
func (s *search) through(m language.Mapped, how string) {
	in := s.search(m, how)
	in.only = true
	in.run()
	for _, h := range in.hits {
		if len(s.hits) < mostHit && !covered(s.hits, h) {
			s.hits = append(s.hits, h)
		}
	}
}

// covered says whether a hit of the same family is known at the place of h.
func covered(hits []Hit, h Hit) bool {
	for _, o := range hits {
		if o.Family == h.Family && min(h.From, h.To) < o.To && o.From < max(h.From, h.To) {
			return true
		}
	}
	return false
}

// tight is a word such as "ignoreall" at [from, to).
func (s *search) tight(from, _ int) {
	if s.full() {
		return
	}
	s.tries++
	window := s.text.Text[from:min(len(s.text.Text), from+120)]
	if at := s.closed.FindStringIndex(window); at != nil {
		s.add(Hit{Family: "A"}, from, from+at[1])
		if h := &s.hits[len(s.hits)-1]; h.How == "" {
			h.How = "without spaces"
		}
	}
}

func reverse(s string) string {
	b := []byte(s)
	for a, z := 0, len(b)-1; a < z; a, z = a+1, z-1 {
		b[a], b[z] = b[z], b[a]
	}
	return string(b)
}

// backwards is m from its last character to its first.
func backwards(m language.Mapped) language.Mapped {
	var b language.Mapper
	b.Grow(len(m.Text))
	for i := len(m.Text); i > 0; {
		_, n := utf8.DecodeLastRuneInString(m.Text[:i])
		i -= n
		b.Add(m.Text[i:i+n], m.At(i))
	}
	return b.Mapped(0)
}

func rotate(s string, k int) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = 'a' + (c-'a'+byte(k))%26
		}
	}
	return string(b)
}

// shifted is m with each letter k further in the alphabet.
func shifted(m language.Mapped, k int) language.Mapped {
	return language.Plain(rotate(m.Text, k)).Over(m)
}

// leetLetters are digits and signs that stand for letters.
var leetLetters = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i", "|", "l")

// leet is m with letters for digits. It is false unless a digit or a sign
// stands between letters in two words at least.
func leet(m language.Mapped) (language.Mapped, bool) {
	t, words := m.Text, 0
	for i := 1; i+1 < len(t) && words < 2; i++ {
		if strings.IndexByte("013457@$", t[i]) >= 0 && isLetter(t[i-1]) && isLetter(t[i+1]) {
			words++
			for i+1 < len(t) && t[i+1] != ' ' && t[i+1] != '\n' {
				i++
			}
		}
	}
	if words < 2 {
		return m, false
	}
	return language.Plain(leetLetters.Replace(t)).Over(m), true
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

// spaced are the runs of six and more single letters with one sign between
// them, without the signs.
func spaced(m language.Mapped) []language.Mapped {
	var out []language.Mapped
	t := m.Text
	for i := 0; i+11 < len(t); {
		if !isLetter(t[i]) || i > 0 && isWordByte(t[i-1]) || isWordByte(t[i+1]) {
			i++
			continue
		}
		end, letters := spacedRun(t, i)
		if letters >= 12 && len(out) < 100 {
			var b language.Mapper
			for j := i; j < end; j++ {
				if isLetter(t[j]) {
					b.Add(t[j:j+1], m.At(j))
				}
			}
			out = append(out, b.Mapped(m.At(end)))
		}
		i = max(end, i+1)
	}
	return out
}

// spacedRun is where single letters with few signs between them end.
func spacedRun(t string, i int) (end, letters int) {
	for end = i; i < len(t); {
		if !isLetter(t[i]) || i+1 < len(t) && isWordByte(t[i+1]) {
			return end, letters
		}
		letters++
		i++
		end = i
		for n := 0; i < len(t) && !isWordByte(t[i]) && n < 4; n++ {
			i++
		}
	}
	return end, letters
}

// shortLines is the text of the blocks of three and more lines of at most 24
// characters, without white space.
func shortLines(m language.Mapped) (language.Mapped, bool) {
	var b language.Mapper
	t := m.Text
	for at := 0; at < len(t); {
		from, lines := at, 0
		end := at
		for end < len(t) {
			n := strings.IndexByte(t[end:], '\n')
			next := end + n + 1
			if n < 0 {
				n, next = len(t)-end, len(t)
			}
			if n > 24 || n == 0 {
				at = next
				break
			}
			lines++
			end, at = next, next
		}
		if lines >= 3 {
			for i := from; i < end; i++ {
				if t[i] > ' ' {
					b.Add(t[i:i+1], m.At(i))
				}
			}
			b.Add("\n", m.At(end))
		}
	}
	return b.Mapped(m.At(len(t))), b.Len() > 0
}

// hyphenated is m with words closed that a line break divides, or with hyphens
// out that divide words into pieces.
func hyphenated(m language.Mapped) (language.Mapped, bool) {
	t, some := m.Text, false
	var b language.Mapper
	for i := 0; i < len(t); {
		j := i + 1
		if t[i] == '-' && i > 0 && isLetter(t[i-1]) {
			for j < len(t) && (t[j] == ' ' || t[j] == '\t' || t[j] == '\r') {
				j++
			}
			if j < len(t) && t[j] == '\n' {
				for j < len(t) && (t[j] == '\n' || t[j] == ' ') {
					j++
				}
				if j < len(t) && isLetter(t[j]) {
					some = true
					i = j
					continue
				}
			}
			j = i + 1
		}
		b.Copy(t[i:j], i)
		i = j
	}
	if !some {
		return m, false
	}
	return b.Mapped(len(t)).Over(m), true
}
