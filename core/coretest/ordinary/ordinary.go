// Package ordinary makes questions and answers in which nothing is planted, for
// tests that plant something.
package ordinary

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"taster/core/corpus"
	"taster/core/records"
)

// Docs makes n questions with answers that have nothing to do with each
// other, as collections of instructions are. The same seed gives the same ones.
func Docs(n int, seed uint64) []corpus.Doc {
	r := rand.New(rand.NewPCG(seed, 17))
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	docs := make([]corpus.Doc, n)
	for i := range docs {
		q := fmt.Sprintf("%s %s %s %s %s.", pick(openings), pick(qualities), pick(things), pick(relations), pick(places))
		if r.IntN(3) == 0 {
			q += " " + sentence(r, 6+r.IntN(8))
		}
		var answer []string
		for range 1 + r.IntN(4) {
			answer = append(answer, sentence(r, 8+r.IntN(12)))
		}
		docs[i] = corpus.Doc{Rows: []int{i}, Turns: []records.Turn{{Role: records.User, Text: q}}, Answers: []string{strings.Join(answer, " ")}}
	}
	return docs
}

// sentence draws words, common ones more often.
func sentence(r *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		x := r.Float64()
		if i%3 == 1 {
			words[i] = common[int(x*x*float64(len(common)))]
			continue
		}
		words[i] = syllables[int(x*x*float64(len(syllables)))] + endings[r.IntN(len(endings))]
	}
	s := strings.Join(words, " ")
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

var (
	openings  = strings.Split("Write a|Explain the|Give me|Describe the|List some|Summarize the|How do|What is|Create a|Compare the|Tell me|Suggest a|Find the|Translate the|Rewrite the|Name a|Why does|Draft a|Plan a|Outline the", "|")
	qualities = strings.Fields("small large green ancient modern broken quiet useful rare cheap heavy gentle hidden public private yearly early final local foreign simple careful bright narrow formal wooden frozen hollow steady gradual central northern patient humble distant brisk mutual plain eager tidy")
	things    = strings.Fields("bridge recipe budget garden letter engine market story poem contract village lesson museum bicycle orchestra kitchen harvest calendar passport theatre forest railway battery window compass novel parade festival workshop diet journey mountain river budget hospital library stadium tunnel planet insect painting lecture garment ceramic harbour lantern turbine beacon sculpture puzzle")
	relations = strings.Split("for a visit to|without any help from|before the opening of|in the style of|beside the|about the future of|after the closing of|against the plans of|near the edge of|under the rules of", "|")
	places    = strings.Fields("school town farm office island desert station church castle valley shore factory hotel airport canal prison temple university warehouse studio embassy monastery vineyard quarry shipyard bakery nursery arena clinic court barracks ranch depot chapel lodge mill tower dock plaza")
	common    = strings.Fields("the of and to a in is that it for on with as at by from this be or an are which but not they his her was when there all one would more can out up about into them so some other then make like time has two new most also")
	syllables = strings.Fields("lam ber tol nic ram sed vor pal gin hol mer tas dov wen kir bol fan sut qua ler min dor ves cal ten rop hus jat nel gor pim sal tur wim bra cle dre fli gro ska ste tri blo cru swa pho che thi vel zan yor mup")
	endings   = strings.Fields("er ing ed ly ness al or ic ous ive ate ism ent ance ure y en ish ward hood ment ling dom ery age ion ful less ette ade ine oid ric tude som fy ize ify ling ster")
)

// Insert puts what between two words of the question of d.
func Insert(r *rand.Rand, d *corpus.Doc, what string) {
	words := strings.Split(d.Turns[0].Text, " ")
	k := r.IntN(len(words) + 1)
	words = append(words[:k:k], append([]string{what}, words[k:]...)...)
	d.Turns = []records.Turn{{Role: records.User, Text: strings.Join(words, " ")}}
}

// Lines writes docs as JSON Lines in the layout of instructions.
func Lines(docs []corpus.Doc) []byte {
	var b strings.Builder
	for _, d := range docs {
		fmt.Fprintf(&b, "{\"instruction\":%s,\"input\":\"\",\"output\":%s}\n", quote(d.Turns[0].Text), quote(d.Answers[0]))
	}
	return []byte(b.String())
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always can be written
	}
	return string(b)
}
