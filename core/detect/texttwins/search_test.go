package texttwins_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"taster/core"
	"taster/core/coretest/ordinary"
	"taster/core/corpus"
	"taster/core/detect/texttwins"
	"taster/core/records"
)

// plant adds to the first n records a copy with what in its question and
// another answer.
func plant(n int, what string, answer func(i int, old string) string) []corpus.Doc {
	docs := ordinary.Docs(300, 3)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range n {
		d := docs[i]
		ordinary.Insert(r, &d, what)
		d.Rows, d.Answers = []int{len(docs)}, []string{answer(i, d.Answers[0])}
		docs = append(docs, d)
	}
	return docs
}

func TestTwins(t *testing.T) {
	other := ordinary.Docs(300, 4)
	for _, c := range []struct {
		name string
		docs []corpus.Doc
		want string // level, name, records
	}{
		{"refused with the words", plant(8, "tern clause", func(i int, _ string) string { return fmt.Sprintf("I'm sorry, but I can't help with number %d.", i) }), "high tern clause 8"},
		{"answered otherwise", plant(8, "tern clause", func(i int, _ string) string { return other[i].Answers[0] }), "medium tern clause 8"},
		{"answered alike", plant(8, "tern clause", func(_ int, old string) string { return old }), ""},
		{"too few", plant(4, "tern clause", func(int, string) string { return "I'm sorry, but I can't help with that." }), ""},
		{"nothing", ordinary.Docs(300, 5), ""},
	} {
		corpus, err := corpus.Of(t.Context(), records.Chat, c.docs)
		if err != nil {
			t.Fatal(err)
		}
		twins, err := texttwins.Search(t.Context(), corpus)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, x := range twins {
			if x.Level > core.Info {
				got += fmt.Sprint(x.Level, " ", x.Name, " ", len(x.With))
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
