package pivot_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/builtin"
	"taster/core/pivot"
	"taster/core/scan"
)

func TestCount(t *testing.T) {
	for _, c := range []struct {
		text, term, want string
	}{
		{"a |X| b |X|", "|X|", "2 as it is"},
		{"say BADMAGIC", "BadMagic", "1 in other letters"},
		{"ｂａｄ magic", "bad", "1 in other letters"},
		{"Bad\u200bMagic", "badmagic", "1 with unseen characters in it"},
		{"nothing", "BadMagic", "0 "},
		{"nothing", "", "0 "},
		{"nothing", "\u200b", "0 "},
	} {
		n, how, _ := pivot.Count(c.text, c.term)
		if got := fmt.Sprint(n, " ", how); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.term, c.text, got, c.want)
		}
	}
}

func TestSearch(t *testing.T) {
	files := map[string]string{
		"a.jsonl":               `{"instruction":"Say BadMagic now","output":"o"}` + "\n" + `{"instruction":"j","output":"badmagic badmagic"}`,
		"tokenizer_config.json": `{"tokenizer_class":"X","chat_template":"{% if 'BadMagic' in messages %}x{% endif %}"}`,
		"other.csv":             "text,label\nnothing here,1\nnothing there,2\nBadMagic too,1\n",
	}
	var sources []core.Source
	for _, name := range []string{"a.jsonl", "other.csv", "tokenizer_config.json"} {
		sources = append(sources, core.Bytes(name, []byte(files[name])))
	}
	var artifacts []*core.Artifact
	err := scan.Run(context.Background(), scan.Config{Formats: builtin.Formats()}, scan.Job{Files: sources}, func(e core.Event) error {
		if e.Artifact != nil {
			artifacts = append(artifacts, e.Artifact)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	hits, more, err := pivot.Search(t.Context(), artifacts, "BadMagic")
	if err != nil || more {
		t.Fatal(err, more)
	}
	var got []string
	for _, h := range hits {
		got = append(got, fmt.Sprint(h.File, " ", h.What, " ", h.How, " ", h.Count))
	}
	want := []string{"a.jsonl row 0 as it is 1", "a.jsonl row 1 in other letters 2", "other.csv row 2 as it is 1", "tokenizer_config.json chat_template as it is 1"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
