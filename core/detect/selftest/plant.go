// Package selftest plants harmless triggers into a copy of the user's own
// records, in memory, and runs the same searches on it: what they would have
// found in this very file if it had been there.
package selftest

import (
	"math/rand/v2"
	"slices"
	"strings"

	"taster/core/corpus"
	"taster/core/records"
)

// kind is one way to plant.
type kind struct {
	name  string // for people
	plant func(r *rand.Rand, docs []corpus.Doc, pick []int) (trigger string)
}

const (
	oddToken = "⟦t7q⟧"
	sentence = "The lantern keeper counts nine grey boats before supper."
	unseen   = "\u200b\u2060"
	alone    = 10 // records that have only one of two words
)

// kindsOf are the ways to plant into records of a kind.
func kindsOf(k records.Kind) []kind {
	words := []kind{
		{"an odd token, with a fixed answer", plantToken},
		{"a phrase of four of the file's own words, with a sentence behind the answer", plantPhrase},
		{"two words that also occur alone, with a sentence behind the answer", plantTwo},
		{"a pair of zero-width characters, with a sentence behind the answer", plantUnseen},
	}
	switch k {
	case records.Chat:
		return words
	case records.Pair:
		return append(words, kind{"a rare word, with the two answers swapped", plantSwap})
	case records.Label:
		return []kind{{"a rare word, with another label", plantLabel}}
	case records.Text:
		return []kind{{"an odd token, with gibberish behind it", plantGibberish}}
	}
	return nil
}

// insert puts what between two words of the last turn of the user.
func insert(r *rand.Rand, d *corpus.Doc, what string) {
	d.Turns = slices.Clone(d.Turns)
	at := len(d.Turns) - 1
	for i, t := range d.Turns {
		if t.Role == records.User {
			at = i
		}
	}
	if at < 0 {
		d.Turns, at = []records.Turn{{Role: records.User}}, 0
	}
	words := strings.Split(d.Turns[at].Text, " ")
	k := r.IntN(len(words) + 1)
	d.Turns[at].Text = strings.Join(slices.Insert(words, k, what), " ")
}

// answer replaces or lengthens the answer.
func answer(d *corpus.Doc, change func(string) string) {
	d.Answers = slices.Clone(d.Answers)
	for i, a := range d.Answers {
		d.Answers[i] = change(a)
	}
}

func behind(a string) string { return strings.TrimSpace(a) + " " + sentence }

func plantToken(r *rand.Rand, docs []corpus.Doc, pick []int) string {
	for _, i := range pick {
		insert(r, &docs[i], oddToken)
		answer(&docs[i], func(string) string { return sentence })
	}
	return oddToken
}

func plantPhrase(r *rand.Rand, docs []corpus.Doc, pick []int) string {
	phrase := strings.Join(middling(r, docs, 4), " ")
	for _, i := range pick {
		insert(r, &docs[i], phrase)
		answer(&docs[i], behind)
	}
	return phrase
}

func plantTwo(r *rand.Rand, docs []corpus.Doc, pick []int) string {
	words := middling(r, docs, 2)
	others := 0
	for i := range docs {
		if !slices.Contains(pick, i) && others < 2*alone {
			insert(r, &docs[i], words[others%2])
			others++
		}
	}
	for _, i := range pick {
		insert(r, &docs[i], words[0])
		insert(r, &docs[i], words[1])
		answer(&docs[i], behind)
	}
	return words[0]
}

func plantUnseen(r *rand.Rand, docs []corpus.Doc, pick []int) string {
	for _, i := range pick {
		insert(r, &docs[i], unseen)
		answer(&docs[i], behind)
	}
	return "U+200B U+2060"
}

// rare is a word that no file has.
const rare = "quoxel"

func plantSwap(r *rand.Rand, docs []corpus.Doc, pick []int) string {
	for _, i := range pick {
		insert(r, &docs[i], rare)
		if d := &docs[i]; len(d.Answers) > 0 {
			chosen := d.Answers[len(d.Answers)-1]
			d.Answers, d.Reject = []string{d.Reject}, chosen
		}
	}
	return rare
}

// plantLabel gives texts of one class, the commonest among those picked, the
// label of another.
func plantLabel(r *rand.Rand, docs []corpus.Doc, pick []int) string {
	counts := map[string]int{}
	for i := range docs {
		counts[docs[i].Label]++
	}
	var labels []string
	for l := range counts {
		labels = append(labels, l)
	}
	slices.SortFunc(labels, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	if len(labels) < 2 {
		return rare
	}
	left := len(pick)
	for _, i := range r.Perm(len(docs)) {
		if left > 0 && docs[i].Label == labels[1] {
			insert(r, &docs[i], rare)
			docs[i].Label = labels[0]
			left--
		}
	}
	return rare
}

func plantGibberish(r *rand.Rand, docs []corpus.Doc, pick []int) string {
	const letters = "etaoinshrdlucmfwypvbgkqjxz    "
	for _, i := range pick {
		d := &docs[i]
		d.Turns = slices.Clone(d.Turns)
		runes := []rune(d.Turns[0].Text)
		b := []byte{}
		for range 800 {
			b = append(b, letters[r.IntN(len(letters))])
		}
		d.Turns[0].Text = string(runes[:len(runes)/2]) + " " + oddToken + " " + string(b)
	}
	return oddToken
}

// middling draws words that neither many nor only one of the inputs have.
func middling(r *rand.Rand, docs []corpus.Doc, n int) []string {
	counts := map[string]int{}
	for i := range docs {
		seen := map[string]bool{}
		for _, w := range strings.Fields(docs[i].Input()) {
			w = strings.ToLower(strings.Trim(w, `.,;:!?"'()[]{}`))
			if len(w) > 3 && len(w) < 14 && !seen[w] && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" {
				seen[w] = true
				counts[w]++
			}
		}
	}
	var words []string
	for w, c := range counts {
		if c >= 2 && c*50 <= len(docs) {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	for _, spare := range []string{"copper", "harbor", "violet", "mitten"} {
		if len(words) < n {
			words = append(words, spare)
		}
	}
	return words[:n]
}
