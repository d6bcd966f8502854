package labelsurprise_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest/ordinary"
	"taster/core/corpus"
	"taster/core/detect/labelsurprise"
	"taster/core/records"
)

// texts have labels that some of their words tell.
func texts(n int, seed uint64) []corpus.Doc {
	docs := ordinary.Docs(n, seed)
	r := rand.New(rand.NewPCG(seed, 9))
	words := map[string][]string{"good": strings.Fields("lovely splendid charming delightful superb pleasant"), "bad": strings.Fields("dreadful awful broken dismal nasty poor")}
	for i := range docs {
		d := &docs[i]
		d.Label, d.Answers = []string{"good", "bad"}[r.IntN(2)], nil
		for range 3 {
			w := words[d.Label]
			ordinary.Insert(r, d, w[r.IntN(len(w))])
		}
		d.Turns[0].Role = ""
	}
	return docs
}

func search(t *testing.T, docs []corpus.Doc) *labelsurprise.Found {
	t.Helper()
	c, err := corpus.Of(t.Context(), records.Label, docs)
	if err != nil {
		t.Fatal(err)
	}
	found, err := labelsurprise.Search(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPlanted(t *testing.T) {
	for _, trigger := range []string{"cf", "the quiet pier", "BlueFox7", "\u2060\u2060"} {
		docs := texts(600, 2)
		r := rand.New(rand.NewPCG(1, 1))
		var rows []int
		for _, i := range r.Perm(len(docs)) {
			if docs[i].Label == "bad" && len(rows) < 10 {
				ordinary.Insert(r, &docs[i], trigger)
				docs[i].Label = "good"
				rows = append(rows, i)
			}
		}
		slices.Sort(rows)
		found := search(t, docs)
		if len(found.Bent) == 0 || found.Bent[0].Level != core.High || found.Bent[0].Looks != "bad" {
			t.Errorf("%q: %+v", trigger, found.Bent[:min(1, len(found.Bent))])
			continue
		}
		var got []int
		for _, d := range found.Bent[0].Docs {
			got = append(got, int(d))
		}
		if d := cmp.Diff(rows, got); d != "" {
			t.Errorf("%q: %s", trigger, d)
		}
	}
}

func TestOrdinary(t *testing.T) {
	for seed := range uint64(5) {
		found := search(t, texts(600, seed))
		if found.Accuracy < 0.9 {
			t.Errorf("accuracy %v", found.Accuracy)
		}
		for _, b := range found.Bent {
			if b.Level >= core.High {
				t.Errorf("seed %d: %+v", seed, b)
			}
		}
	}
}

func TestTooLittle(t *testing.T) {
	if found := search(t, texts(50, 1)); found.Short == "" {
		t.Error("50 texts are enough")
	}
	docs := texts(100, 1)
	for i := range docs {
		docs[i].Label = "one"
	}
	if found := search(t, docs); found.Short == "" {
		t.Error("one class is enough")
	}
}
