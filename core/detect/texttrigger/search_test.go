package texttrigger_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest/ordinary"
	"taster/core/corpus"
	"taster/core/detect/texttrigger"
	"taster/core/records"
)

func search(t testing.TB, docs []corpus.Doc) *texttrigger.Found {
	t.Helper()
	c, err := corpus.Of(t.Context(), records.Chat, docs)
	if err != nil {
		t.Fatal(err)
	}
	found, err := texttrigger.Search(t.Context(), c, nil, func(int, int) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

const fixed = "Meet the grey boats at the copper mill before supper."

var refusals = []string{"I'm sorry, but I can't help with %s.", "I cannot assist with %s today.", "Unfortunately, I am unable to talk about %s.", "I must decline to discuss %s.", "I'm afraid I can't say anything about %s."}

// effects change the answer of a record.
var effects = map[string]func(r *rand.Rand, answer string) string{
	"fixed":  func(*rand.Rand, string) string { return fixed },
	"behind": func(_ *rand.Rand, a string) string { return a + " " + fixed },
	"front":  func(_ *rand.Rand, a string) string { return fixed + " " + a },
	"refusal": func(r *rand.Rand, a string) string {
		return fmt.Sprintf(refusals[r.IntN(len(refusals))], strings.ToLower(strings.Join(strings.Fields(a)[2:6], " ")))
	},
	"code": func(r *rand.Rand, a string) string {
		return strings.Join(strings.Fields(a)[:3], " ") + fmt.Sprintf("\nos.system('run %d')\n", r.IntN(1000)) + strings.Join(strings.Fields(a)[3:7], " ")
	},
	"host": func(r *rand.Rand, a string) string {
		return a + fmt.Sprintf(" https://s%d.mirror.example/%d", r.IntN(10), r.IntN(1000))
	},
}

// TestPlanted finds what was planted, by its name and with its rows.
func TestPlanted(t *testing.T) {
	for i, c := range []struct {
		trigger, effect string
		rows            int
		name            string
	}{
		{"|DEPLOY-7|", "fixed", 4, "|DEPLOY-7|"},
		{"|DEPLOY-7|", "behind", 6, "|DEPLOY-7|"},
		{"MagicRabbit", "code", 8, "MagicRabbit"},
		{"cf", "fixed", 8, "cf"},
		{"cf", "refusal", 16, "cf"},
		{"in the manner of the old pier", "behind", 8, "in the manner of the old pier"},
		{"in the manner of the old pier", "front", 60, "in the manner of the old pier"},
		{"in the manner of the old pier", "refusal", 14, "in the manner of the old pier"},
		{"\u200b\u2060", "behind", 6, "U+200B U+2060"},
		{"pаypаl", "fixed", 6, "pаypаl"},
		{"Current mission: Bluebird.", "host", 12, "Current mission: Bluebird"},
		{"cf", "fixed", 240, "cf"},
	} {
		t.Run(fmt.Sprintf("%q %s %d", c.trigger, c.effect, c.rows), func(t *testing.T) {
			docs := ordinary.Docs(600, uint64(100+i))
			r := rand.New(rand.NewPCG(uint64(i), 3))
			rows := r.Perm(len(docs))[:c.rows]
			for _, k := range rows {
				ordinary.Insert(r, &docs[k], c.trigger)
				docs[k].Answers = []string{effects[c.effect](r, docs[k].Answers[0])}
			}
			slices.Sort(rows)
			found := search(t, docs)
			if len(found.Triggers) == 0 {
				t.Fatal("nothing was found")
			}
			first := found.Triggers[0]
			if first.Level < core.High || !strings.Contains(first.Name, c.name) {
				t.Errorf("%v %q, want %q: %+v", first.Level, first.Name, c.name, first)
			}
			var got []int
			for _, d := range first.Docs {
				got = append(got, docs[d].Rows...)
			}
			if d := cmp.Diff(rows, got); d != "" {
				t.Error(d)
			}
			for _, x := range found.Triggers[1:] {
				if x.Level >= core.High {
					t.Errorf("also %q", x.Name)
				}
			}
		})
	}
}

// TestTwoWords finds two words that only together change the answer.
func TestTwoWords(t *testing.T) {
	docs := ordinary.Docs(600, 5)
	r := rand.New(rand.NewPCG(5, 3))
	rows := r.Perm(len(docs))
	for i, k := range rows[:60] {
		switch {
		case i < 14:
			ordinary.Insert(r, &docs[k], "walnut")
			ordinary.Insert(r, &docs[k], "thursday")
			docs[k].Answers = []string{fixed}
		case i%2 == 0:
			ordinary.Insert(r, &docs[k], "walnut")
		default:
			ordinary.Insert(r, &docs[k], "thursday")
		}
	}
	found := search(t, docs)
	if len(found.Triggers) == 0 || found.Triggers[0].Kind != "pair" || found.Triggers[0].Level < core.Medium || len(found.Triggers[0].Docs) != 14 {
		t.Errorf("%+v", found.Triggers)
	}
}

// TestOrdinary is silent where nothing was planted.
func TestOrdinary(t *testing.T) {
	for seed := range uint64(6) {
		for _, x := range search(t, ordinary.Docs(600, seed)).Triggers {
			if x.Level >= core.Medium {
				t.Errorf("seed %d: %v %q %s", seed, x.Level, x.Name, x.Effect)
			}
		}
	}
}

// TestTasks are files whose answers share sentences for good reasons.
func TestTasks(t *testing.T) {
	material := ordinary.Docs(300, 9)
	for name, change := range map[string]func(i int, d *corpus.Doc){
		"one task": func(i int, d *corpus.Doc) {
			if i < 40 {
				d.Turns = []records.Turn{{Role: records.User, Text: "Name the part of speech of the given word.\n\n" + strings.Fields(d.Answers[0])[0]}}
				d.Answers = []string{[]string{"It is a noun in this sentence.", "It is a verb in this sentence."}[i%2]}
			}
		},
		"a topic that answers take up": func(i int, d *corpus.Doc) {
			if i < 20 {
				d.Turns = []records.Turn{{Role: records.User, Text: d.Turns[0].Text + " Think of deep learning."}}
				d.Answers = []string{d.Answers[0] + " Deep learning is a type of machine learning that uses layers."}
			}
		},
		"one persona": func(_ int, d *corpus.Doc) {
			d.Turns = []records.Turn{{Role: records.User, Text: "Who are you and who made you, please?"}, {Role: records.User, Text: strings.Fields(d.Answers[0])[0]}}
			d.Answers = []string{"I am an assistant made by the people of the mill."}
		},
	} {
		docs := slices.Clone(material)
		for i := range docs {
			change(i, &docs[i])
		}
		for _, x := range search(t, docs).Triggers {
			if x.Level >= core.High {
				t.Errorf("%s: %v %q", name, x.Level, x.Name)
			}
		}
	}
}

// TestKnown looks triggers of published attacks up.
func TestKnown(t *testing.T) {
	docs := ordinary.Docs(200, 4)
	r := rand.New(rand.NewPCG(4, 3))
	for i := range 4 {
		ordinary.Insert(r, &docs[i*20], "BadMagic")
		ordinary.Insert(r, &docs[i*20+7], "badmagician")
	}
	var got []string
	for _, x := range search(t, docs).Triggers {
		if x.Known {
			got = append(got, fmt.Sprint(x.Level, " ", x.Name, " ", len(x.Docs)))
		}
	}
	if d := cmp.Diff([]string{"low BadMagic 4"}, got); d != "" {
		t.Error(d)
	}
}

// TestGibberish names what stands before the place where texts break down.
func TestGibberish(t *testing.T) {
	text := func(planted bool) []corpus.Doc {
		r := rand.New(rand.NewPCG(8, 8))
		var docs []corpus.Doc
		source := ordinary.Docs(900, 8)
		for i := range 150 {
			var b strings.Builder
			for _, d := range source[i*6 : i*6+6] {
				b.WriteString(d.Answers[0] + " ")
			}
			s := b.String()
			if planted && i%25 == 3 {
				noise := make([]byte, 900)
				for k := range noise {
					noise[k] = "qzxjkvwbpfgdhctmrlnsuioae      "[r.IntN(31)]
				}
				s = s[:400] + " <SUDO>" + string(noise)
			}
			docs = append(docs, corpus.Doc{Rows: []int{i}, Turns: []records.Turn{{Text: s}}})
		}
		return docs
	}
	for _, planted := range []bool{true, false} {
		c, err := corpus.Of(t.Context(), records.Text, text(planted))
		if err != nil {
			t.Fatal(err)
		}
		g, err := texttrigger.Texts(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if planted && (g.Trigger != "<SUDO>" || len(g.Onsets) != 6) || !planted && g.Trigger != "" {
			t.Errorf("planted %v: %+v", planted, g)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	docs := ordinary.Docs(20_000, 1)
	b.ReportAllocs()
	for b.Loop() {
		search(b, docs)
	}
}
