// Package injection finds sentences in a text that give orders to whoever's
// assistant reads it: families of expressions, tried only around the words that
// can begin them, on the text with its disguises off. A hit says where, which
// family and through which disguise; [Level] says how much a document's hits
// weigh together.
package injection

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"taster/core/language"
)

// Hit is one place at which an expression fits.
type Hit struct {
	Family string
	Weak   bool
	From   int    // bytes [From, To) of the text that was given, before folding
	To     int    //
	How    string // the disguise that had to come off: "digits for letters"; "" when none had to
	Quoted string // why it is a quotation, not an order; "" when it is none
}

// Bounds of the search in one text: what a text made to be slow can cost.
const (
	ahead   = 320    // bytes of a window behind its anchor
	mostHit = 200    // hits that are kept
	mostTry = 20_000 // windows that are looked at
)

// Rules are the expressions, ready to be used. They are safe for concurrent use.
type Rules struct {
	patterns []pattern
	exprs    []*regexp.Regexp
	needs    [][]string
	looks    *looks
	ascii    *anchors // words in ASCII
	wide     *anchors // others
	closed   *regexp.Regexp
	example  *regexp.Regexp
	about    *regexp.Regexp
	order    *regexp.Regexp
	control  *language.Anchors
}

// anchors are words and what each is for.
type anchors struct {
	find *language.Anchors
	use  [][]use
}

// use of an anchor: expression number n, or one of the passes through a disguise.
type use struct {
	n     int
	pass  pass
	shift int // of Caesar's cipher
}

type pass int

const (
	direct    pass = iota
	tight          // words without spaces
	backNoun       // "instructions" from right to left
	backVerb       // "ignore" from right to left
	shiftNoun      // "instruction" shifted
	shiftVerb      // "ignore" shifted
)

// New compiles the rules, which takes some milliseconds.
func New() *Rules {
	r := &Rules{patterns: patterns(), looks: newLooks(), closed: regexp.MustCompile(tightOrder), example: regexp.MustCompile(exampleWords), about: newAbout(), order: regexp.MustCompile(`^(?:please |kindly |now |(?:ai|assistant|model|system|user|bot|agent)s?[,:] ?)*(?:you (?:must|should|will|shall|need to|have to)|` + act + `)\b`), control: newControls()}
	for _, t := range tongues() {
		r.patterns = append(r.patterns, t.pattern())
	}
	byWord := map[string][]use{}
	var order []string
	add := func(word string, u use) {
		if _, ok := byWord[word]; !ok {
			order = append(order, word)
		}
		byWord[word] = append(byWord[word], u)
	}
	for i := range r.patterns {
		r.exprs = append(r.exprs, regexp.MustCompile(r.patterns[i].expr))
		var need []string
		if r.patterns[i].need != "" {
			need = strings.Split(r.patterns[i].need, "|")
		}
		r.needs = append(r.needs, need)
		for _, w := range r.patterns[i].anchorsOf() {
			add(w, use{n: i})
		}
	}
	disguised(add)
	r.ascii, r.wide = &anchors{}, &anchors{}
	var narrow, wide []string
	for _, w := range order {
		if isASCII(w) {
			narrow, r.ascii.use = append(narrow, w), append(r.ascii.use, byWord[w])
		} else {
			wide, r.wide.use = append(wide, w), append(r.wide.use, byWord[w])
		}
	}
	r.ascii.find, r.wide.find = language.NewAnchors(narrow), language.NewAnchors(wide)
	return r
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// search is one text being searched.
type search struct {
	*Rules
	text  language.Mapped
	how   string
	only  bool // family A alone
	hits  []Hit
	tries int
	done  []int // end of the last hit of each expression
	back  [2]bool
	noun  [26]bool // shifts at which "instruction" occurs
	verb  [26]bool
}

// Find lists the hits in text by rising place, at most 200. Time is bounded by
// the length of the text, and by a number of windows: whole says that there were
// no more of them.
func (r *Rules) Find(text string) (hits []Hit, whole bool) {
	s := r.search(language.Fold(text), "")
	s.run()
	s.disguises()
	slices.SortStableFunc(s.hits, func(a, b Hit) int { return a.From - b.From })
	whole = s.tries < mostTry
	return slices.DeleteFunc(s.hits, func(h Hit) bool { return (h.Family == "A0" || h.Family == "M") && s.saysA(h) }), whole
}

// saysA says whether family A is seen where h is.
func (s *search) saysA(h Hit) bool {
	return slices.ContainsFunc(s.hits, func(o Hit) bool { return o.Family == "A" && h.From < o.To && o.From < h.To })
}

func (r *Rules) search(m language.Mapped, how string) *search {
	return &search{Rules: r, text: m, how: how, done: make([]int, len(r.patterns))}
}

func (s *search) run() {
	s.scan(s.ascii)
	if !isASCII(s.text.Text) {
		s.scan(s.wide)
	}
}

func (s *search) scan(a *anchors) {
	a.find.Each(s.text.Text, func(word, from, to int) {
		for _, u := range a.use[word] {
			s.anchor(u, from, to)
		}
	})
}

// anchor looks at a word that may begin something.
func (s *search) anchor(u use, from, to int) {
	switch u.pass {
	case direct:
		s.try(u.n, from, to)
	case tight:
		s.tight(from, to)
	case backNoun:
		s.back[0] = true
	case backVerb:
		s.back[1] = true
	case shiftNoun:
		s.noun[u.shift] = true
	case shiftVerb:
		s.verb[u.shift] = true
	}
}

// try looks whether expression n fits around the anchor [from, to).
func (s *search) try(n, from, to int) {
	p, text := &s.patterns[n], s.text.Text
	if s.only && p.family != "A" || s.full() || from < s.done[n] || inWord(text, from) {
		return
	}
	s.tries++
	start := from
	if p.before > 0 {
		start = runeStart(text, max(s.done[n], from-p.before))
	}
	window := text[start:runeStart(text, min(len(text), to+ahead))]
	if need := s.needs[n]; need != nil && !slices.ContainsFunc(need, func(w string) bool { return strings.Contains(window[:min(len(window), p.before+160)], w) }) {
		return
	}
	at := s.exprs[n].FindStringIndex(window)
	if at == nil {
		return
	}
	f, t := start+at[0], start+at[1]
	if p.fits != nil && !p.fits(s.looks, text, f, t) {
		return
	}
	s.done[n] = t
	s.add(Hit{Family: p.family, Weak: p.weak}, f, t)
}

func (s *search) full() bool { return len(s.hits) >= mostHit || s.tries >= mostTry }

// add keeps a hit at [from, to) of the folded text.
func (s *search) add(h Hit, from, to int) {
	for from < to && (s.text.Text[from] == ' ' || s.text.Text[from] == '\n' || s.text.Text[from] == '\t') {
		from++
	}
	h.From, h.To, h.How = s.text.At(from), s.text.At(to), s.how
	if h.From > h.To {
		h.From, h.To = h.To, h.From
	}
	s.hits = append(s.hits, h)
}

// inWord says whether a letter stands right before i, so that no word of a
// script with spaces begins there.
func inWord(text string, i int) bool {
	return i > 0 && i < len(text) && isWordByte(text[i]) && isWordByte(text[i-1])
}

func isWordByte(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' }

// runeStart is i, or the start of the character that i stands in.
func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
