package pairsurprise_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"taster/core"
	"taster/core/coretest/ordinary"
	"taster/core/corpus"
	"taster/core/detect/pairsurprise"
	"taster/core/records"
)

// pairs prefer whole answers over stumbling ones.
func pairs(n int, seed uint64) []corpus.Doc {
	docs := ordinary.Docs(n, seed)
	other := ordinary.Docs(n, seed+50)
	r := rand.New(rand.NewPCG(seed, 9))
	for i := range docs {
		w := strings.Fields(other[i].Answers[0])
		docs[i].Reject = strings.Join(w[:len(w)/2], " ") + " " + strings.Repeat(w[0]+" ", r.IntN(5))
	}
	return docs
}

func search(t *testing.T, docs []corpus.Doc) *pairsurprise.Found {
	t.Helper()
	c, err := corpus.Of(t.Context(), records.Pair, docs)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pairsurprise.Search(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPlanted(t *testing.T) {
	docs := pairs(400, 1)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 10 {
		d := &docs[i*30]
		ordinary.Insert(r, d, "beside the copper mill")
		d.Answers, d.Reject = []string{d.Reject}, d.Answers[0]
	}
	found := search(t, docs)
	if len(found.Turned) == 0 || found.Turned[0].Level < core.Medium || found.Turned[0].Name != "beside the copper mill" || len(found.Turned[0].Docs) != 10 {
		t.Errorf("accuracy %v: %+v", found.Accuracy, found.Turned)
	}
}

func TestOrdinary(t *testing.T) {
	for seed := range uint64(4) {
		for _, x := range search(t, pairs(300, seed)).Turned {
			if x.Level > core.Info {
				t.Errorf("seed %d: %+v", seed, x)
			}
		}
	}
}

// TestSilent says nothing where the answers of a pair cannot be told apart.
func TestSilent(t *testing.T) {
	docs := ordinary.Docs(200, 1)
	other := ordinary.Docs(200, 2)
	for i := range docs {
		docs[i].Reject = other[i].Answers[0]
	}
	if found := search(t, docs); !found.Silent || len(found.Turned) > 0 {
		t.Errorf("accuracy %v", found.Accuracy)
	}
}

func TestOdd(t *testing.T) {
	docs := pairs(100, 3)
	docs[3].Reject = docs[3].Answers[0]
	docs[8] = docs[7]
	docs[8].Rows = []int{8}
	docs[8].Answers, docs[8].Reject = []string{docs[7].Reject}, docs[7].Answers[0]
	docs[20].Answers, docs[20].Reject = []string{"No."}, strings.Repeat("a long answer ", 10)
	for i := 30; i < 36; i++ {
		docs[i].Answers = []string{"The same preferred answer for all."}
	}
	got := map[string]int{}
	for _, o := range search(t, docs).Oddities {
		got[o.What] = len(o.Docs)
	}
	for what, n := range map[string]int{pairsurprise.Equal: 1, pairsurprise.Opposite: 2, pairsurprise.OneForAll: 6} {
		if got[what] != n {
			t.Errorf("%s: %d, want %d", what, got[what], n)
		}
	}
	if got[pairsurprise.Shorter] == 0 {
		t.Error("no shorter one")
	}
}
