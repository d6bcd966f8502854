package csv

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/coretest"
)

// TestDialects: tables as people and programs write them.
func TestDialects(t *testing.T) {
	numbers := [][]string{{"0", "1", "2"}, {"1", "3", "4"}, {"0", "5", "6"}}
	many := strings.Repeat("1,2\n", 1200) // beyond the first look
	tests := []struct {
		name, text string
		names      string
		rows       [][]string
		finding    string
	}{
		{"sep=", "sep=;\nlabel;a;b\n0;1;2\n1;3;4\n0;5;6\n", "label a b", numbers, ""},
		{"a comment", "# made by hand, in a hurry\nlabel,a,b\n0,1,2\n1,3,4\n0,5,6\n", "label a b", numbers, ""},
		{"comments further down", "# one\n# two\nlabel,a,b\n0,1,2\n# three\n1,3,4\n0,5,6\n", "label a b", numbers, ""},
		{"savetxt's header", "# label,a,b\n0,1,2\n1,3,4\n0,5,6\n", "label a b", numbers, ""},
		{"a title", "Results of May\n\nlabel,a,b\n0,1,2\n1,3,4\n0,5,6\n", "label a b", numbers, ""},
		{"CR", "label,a,b\r0,1,2\r1,3,4\r0,5,6\r", "label a b", numbers, ""},
		{"trailing commas", "label,a,b,\n0,1,2,\n1,3,4,\n0,5,6,\n", "label a b", numbers, ""},
		{"trailing commas below the header", "label,a,b\n0,1,2,\n1,3,4,\n0,5,6,\n", "label a b", numbers, ""},
		{"repeated names", "a,a,a\n0,1,2\n1,3,4\n0,5,6\n", "a a.1 a.2", numbers, ""},
		{"names that are none", "\"label?\",x:y,\"a, b\"\n0,1,2\n1,3,4\n0,5,6\n", "label? x:y a, b", numbers, ""},
		{"lead", "\ufeff \n\x00\x1b\x07\x0c\nlabel,a,b\n0,1,2\n1,3,4\n0,5,6\n", "label a b", numbers, ""},
		{"long lead", strings.Repeat("\n", 9000) + "label,a,b\n0,1,2\n1,3,4\n0,5,6\n", "label a b", numbers, ""},
		{"words, no header", "\"bad, sad\",neg\n\"good\",pos\n\"fine, I say\",pos\n", "c0 c1", [][]string{{"bad, sad", "neg"}, {"good", "pos"}, {"fine, I say", "pos"}}, ""},
		{"backslashes", "text,label\n\"a \\\"b\\\", c\",1\n\"d\",0\n", "text label", [][]string{{"a \"b\", c", "1"}, {"d", "0"}}, "CSV-QUOTE"},
		{"single quotes", "text,label\n'a, b',1\n'it''s, c',0\n", "text label", [][]string{{"a, b", "1"}, {"it's, c", "0"}}, ""},
		{"Windows-1252", "text,label\nna\xefve \x96 \x80,1\nb,0\n", "text label", [][]string{{"naïve – €", "1"}, {"b", "0"}}, ""},
		{"ESC", "text,label\n\x1b[31mred\x1b[0m,1\nblue and green,0\n", "text label", [][]string{{"\x1b[31mred\x1b[0m", "1"}, {"blue and green", "0"}}, ""},
		{"NUL", "text,label\nsome text with \x00 in it,1\nb,0\n", "text label", [][]string{{"some text with \x00 in it", "1"}, {"b", "0"}}, "CSV-NUL"},
		{"header alone", "a,b\n", "a b", nil, ""},
		{"one column of words", "prompt\nhello there\nbye then\n", "prompt", [][]string{{"hello there"}, {"bye then"}}, ""},
		{"an open quote", "a,b\n" + many + "1,\"2\n3,4\n", "a b", [][]string{{"1", "\"2"}, {"3", "4"}}, "CSV-QUOTE"},
		{"text after a quote", "a,b\n" + many + "1,\"2\"x\n3,4\n", "a b", [][]string{{"1", "\"2\"x"}, {"3", "4"}}, "CSV-QUOTE"},
		{"text after a quote among proper ones", "a,b\n\"1,5\",\"2\"\n" + many + "1,\"2\"x\n3,4\n", "a b", [][]string{{"1", "2x"}, {"3", "4"}}, "CSV-QUOTE"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, findings := open1(t, test.text)
			var rules []string
			for _, f := range findings {
				rules = append(rules, f.Rule)
			}
			if a.Table == nil || strings.Join(rules, " ") != test.finding || a.Partial != "" {
				t.Fatalf("table %v, findings %v, partial %q", a.Table, rules, a.Partial)
			}
			var names []string
			for _, c := range a.Table.Columns {
				names = append(names, c.Name)
			}
			if d := cmp.Diff(test.names, strings.Join(names, " ")); d != "" {
				t.Error(d)
			}
			got := rows(t, a.Table)
			if d := cmp.Diff(test.rows, got[max(0, len(got)-len(test.rows)):]); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestOpenQuoteLong: a quote that is never closed swallows no table.
func TestOpenQuoteLong(t *testing.T) {
	n := 300_000
	a, findings := open1(t, "a,b\n1,\"3\n"+strings.Repeat("3,4\n", n))
	if len(findings) != 1 || findings[0].Rule != "CSV-QUOTE" || a.Table == nil || a.Table.Rows != int64(n)+1 {
		t.Errorf("%v, findings %v", a.Table, findings)
	}
}

// TestQuotedLineBreaks: wherever the first look ends, a table of text with
// quoted line breaks is one.
func TestQuotedLineBreaks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		var b strings.Builder
		b.WriteString("text,label\n")
		for range 120 {
			words := make([]string, 1+r.IntN(60))
			for j := range words {
				words[j] = []string{"one", "two,", "three\n", "\"\"four\"\"", "it's"}[r.IntN(5)]
			}
			fmt.Fprintf(&b, "\"%s\",%d\n", strings.Join(words, " "), r.IntN(2))
		}
		src := core.Bytes("data", []byte(b.String()))
		a, findings := coretest.Open(t, []*core.Format{Format}, src)
		if a.Table == nil || a.Table.Rows != 120 || len(findings) > 0 {
			t.Fatalf("table %d: %v %v", i, a.Table, findings)
		}
	}
}
