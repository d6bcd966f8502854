package lookalike

import (
	"fmt"
	"slices"
	"strings"
)

// nearName compares the name with the known ones: those of its organisation,
// or all of them when the organisation is not known.
func (c *candidate) nearName() Verdict {
	best, least := Verdict{}, 4
	set := letters(c.nameFold)
	for i := range c.index.entries {
		e := &c.index.entries[i]
		if !c.comparable(e) {
			continue
		}
		limit := min(nameLimit(len(e.skeleton)), least-1)
		if len(e.skeleton) == 4 && c.knownOrg != "" {
			limit = 1
		}
		if limit < 1 || !mayBeWithin(set, e.letters, limit) {
			continue
		}
		d := distance(c.nameFold, e.skeleton, limit)
		switch {
		case d == 0 || d > limit || digits(c.nameFold) != digits(e.skeleton):
		case c.sibling(e):
			least, best = d, Verdict{} // nearer to a sibling than to what it might imitate
		default:
			least, best = d, c.near(e, d)
		}
	}
	if best.Grade != Unknown {
		return best
	}
	return c.reordered()
}

// nameLimit is how many edits make an imitation of a name of n letters.
func nameLimit(n int) int {
	switch {
	case n < 5:
		return 0
	case n < 9:
		return 1
	case n < 22:
		return 2
	}
	return 3
}

// comparable says whether e is a name that the candidate could imitate: an
// organisation that is known names its own models as it likes.
func (c *candidate) comparable(e *entry) bool {
	switch {
	case c.org == "":
		return e.org == ""
	case c.knownOrg != "":
		return strings.EqualFold(c.knownOrg, e.org)
	}
	return true
}

func (c *candidate) near(e *entry, edits int) Verdict {
	switch {
	case c.org == "" || strings.EqualFold(c.knownOrg, e.org) && e.org != "":
		return Verdict{Grade: Imitates, Like: e.id, Why: fmt.Sprintf("%q differs from %q by %s: a typing error, or a name that anyone could take.", c.id, e.id, plural(edits))}
	}
	return Verdict{Grade: Resembles, Like: e.id, Why: fmt.Sprintf("The name differs from that of %q by %s, under an organisation that is not known.", e.id, plural(edits))}
}

func plural(edits int) string {
	if edits == 1 {
		return "one letter"
	}
	return fmt.Sprintf("%d letters", edits)
}

// sibling says whether the candidate differs from e only by what variants of
// a model differ by.
func (c *candidate) sibling(e *entry) bool {
	mine, theirs := difference(c.tokens, e.tokens), difference(e.tokens, c.tokens)
	switch {
	case len(mine) == 0 && len(theirs) == 0:
		return true // the same words in another order: "es-en" and "en-es"
	case len(mine) == 0:
		return c.ordinaryAll(theirs)
	}
	if c.ordinaryAll(mine) && c.ordinaryAll(theirs) || c.familiarAll(mine) {
		return true
	}
	return len(mine) == 1 && len(theirs) == 1 && prefixed(mine[0], theirs[0])
}

// ordinaryAll says whether each of words is one that variants differ by: a
// size, version, language, way of training or quantisation.
func (c *candidate) ordinaryAll(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !c.lists.words[w] && !isNumberish(w) })
}

// familiarAll says whether each of words is one that a known name has, and too
// long to be so by chance.
func (c *candidate) familiarAll(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return len(w) < 4 || !c.lists.vocabulary[w] })
}

// isNumberish is for "v2", "7b", "1024px", "q4", at most two letters beside
// the digits, and for a single letter.
func isNumberish(w string) bool {
	if len(w) == 1 {
		return true
	}
	n := 0
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			n++
		}
	}
	return n < len(w) && n <= 2
}

// prefixed says whether a is b with one or two letters in front, as families
// are named: umt5 after mt5, xlarge after large.
func prefixed(a, b string) bool {
	return len(b) > 2 && len(a)-len(b) <= 2 && len(a) > len(b) && strings.HasSuffix(a, b) && a[0] != b[0]
}

// difference has the words of a that b lacks, with their number.
func difference(a, b []string) []string {
	left := slices.Clone(b)
	var out []string
	for _, w := range a {
		if i := slices.Index(left, w); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		out = append(out, w)
	}
	return out
}

// reordered is for the same words in another order.
func (c *candidate) reordered() Verdict {
	if c.knownOrg != "" || len(c.tokens) < 3 {
		return Verdict{}
	}
	for _, at := range c.index.sorted[sortedTokens(c.tokens)] {
		org, name := split(at)
		if !strings.EqualFold(name, c.name) && (c.org != "" || org == "") {
			return Verdict{Grade: Resembles, Like: at, Why: fmt.Sprintf("%q has the words of %q in another order.", c.id, at)}
		}
	}
	return Verdict{}
}

func sortedTokens(t []string) string {
	return strings.Join(slices.Sorted(slices.Values(t)), " ")
}

// sameName is for the name of a known model under an organisation that is not
// known: a copy, as most are, or one that pretends.
func (c *candidate) sameName() Verdict {
	if c.org == "" || c.knownOrg != "" {
		return Verdict{}
	}
	for _, at := range c.index.byName[strings.ToLower(c.name)] {
		if org, _ := split(at); org != "" { // a name without one is nobody's
			return Verdict{Grade: Reupload, Like: at, Why: fmt.Sprintf("%q has the name of %q under an organisation that is not known.", c.id, at)}
		}
	}
	return Verdict{}
}
