package records_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"taster/core/coretest/recordstest"
)

// TestOdd reads hostile and odd files: each has an answer, none ends the
// reading of the others.
func TestOdd(t *testing.T) {
	chat := func(q, a string) string { return `{"instruction":"` + q + `","output":"` + a + `"}` }
	two := chat("i", "o") + "\n" + chat("j", "p")
	for _, c := range []struct {
		name, file, text string
		want             string // kind, rows, records, bad rows; "" is no training text
	}{
		{"nothing", "x.jsonl", "", ""},
		{"blank lines", "x.jsonl", "\n\n\n", ""},
		{"one row", "x.jsonl", chat("i", "o"), ""},
		{"one row in an array", "x.json", "[" + chat("i", "o") + "]", "chat 1 1 0"},
		{"all rows equal", "x.jsonl", strings.Repeat(chat("i", "o")+"\n", 50), "chat 50 50 0"},
		{"no line break at the end", "x.jsonl", two, "chat 2 2 0"},
		{"CRLF", "x.jsonl", strings.ReplaceAll(two, "\n", "\r\n"), "chat 2 2 0"},
		{"a byte order mark", "x.jsonl", "\xef\xbb\xbf" + two, "chat 2 2 0"},
		{"blank lines between", "x.jsonl", strings.ReplaceAll(two, "\n", "\n\n \n"), "chat 2 2 0"},
		{"a line that is no JSON", "x.jsonl", two + "\n{broken\n" + two, "chat 5 4 1"},
		{"a line that was cut", "x.jsonl", two + "\n{\"instruction\":\"i\",\"out\n" + two, "chat 5 4 1"},
		{"a cut last line", "x.jsonl", two + "\n" + chat("k", "q")[:20], "chat 3 2 1"},
		{"text behind a row", "x.jsonl", two + "\n" + chat("k", "q") + " trailing\n", "chat 3 2 1"},
		{"a cut array", "x.json", "[" + chat("i", "o") + "," + chat("j", "p") + ",{\"instr", "chat 3 2 1"},
		{"mixed kinds", "x.jsonl", two + "\n{\"text\":\"t\",\"label\":1}\n{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}\n" + two, "chat 6 4 0"},
		{"as many of two kinds", "x.jsonl", chat("i", "o") + "\n{\"text\":\"t\",\"label\":1}\n", "chat 2 1 0"},
		{"empty answers", "x.jsonl", chat("i", "") + "\n" + chat("j", ""), "chat 2 2 0"},
		{"null answers", "x.jsonl", `{"instruction":"i","output":null}` + "\n" + `{"instruction":"j","output":null}`, "chat 2 2 0"},
		{"answers that are numbers", "x.jsonl", `{"instruction":"i","output":1}` + "\n" + `{"instruction":"j","output":1e400}`, "chat 2 2 0"},
		{"answers that are objects", "x.jsonl", `{"instruction":"i","output":{"a":1}}` + "\n" + `{"instruction":"j","output":{}}`, "chat 2 2 0"},
		{"two equal keys", "x.jsonl", `{"instruction":"i","output":"o","output":"p"}` + "\n" + two, "chat 3 3 0"},
		{"huge numbers", "x.jsonl", `{"id":1e999999,"instruction":"i","output":"o"}` + "\n" + two, "chat 3 3 0"},
		{"a long number", "x.jsonl", `{"id":` + strings.Repeat("9", 10000) + `,"instruction":"i","output":"o"}` + "\n" + two, "chat 3 3 0"},
		{"deep nesting", "x.jsonl", `{"instruction":"i","output":"o","x":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + "}\n" + two, ""},
		{"deep nesting later", "x.jsonl", two + "\n" + `{"instruction":"i","output":"o","x":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + "}\n" + two, "chat 5 4 1"},
		{"a long row", "x.jsonl", two + "\n" + chat(strings.Repeat("word ", 100_000), "o"), "chat 3 3 0"},
		{"a line of 10 MB", "x.jsonl", two + "\n" + chat(strings.Repeat("a", 10<<20), "o") + "\n" + two, "chat 5 4 1"},
		{"many values", "x.jsonl", two + "\n" + `{"instruction":"i","output":"o","x":[` + strings.Repeat(`"",`, 300_000) + `""]}`, "chat 3 2 1"},
		{"invalid UTF-8", "x.jsonl", chat("i\xff\xfe", "o\x80") + "\n" + two, "chat 3 3 0"},
		{"lone surrogates", "x.jsonl", chat(`\ud800`, `\udc00x`) + "\n" + two, "chat 3 3 0"},
		{"NUL, escaped", "x.jsonl", chat(`i\u0000`, "o") + "\n" + two, "chat 3 3 0"},
		{"NUL, bare", "x.jsonl", two + "\n" + chat("i\x00", "o") + "\n" + two, "chat 5 4 1"},
		{"right to left", "x.jsonl", chat("مرحبا بالعالم", "שלום") + "\n" + two, "chat 3 3 0"},
		{"a dialogue without answers", "x.jsonl", strings.Repeat(`{"messages":[{"role":"user","content":"q"}]}`+"\n", 3), ""},
		{"answers alone", "x.jsonl", strings.Repeat(`{"messages":[{"role":"assistant","content":"q"}]}`+"\n", 3), ""},
		{"messages that are none", "x.jsonl", strings.Repeat(`{"messages":[1,null,"x",[],{}]}`+"\n", 3), ""},
		{"empty lists", "x.jsonl", strings.Repeat(`{"messages":[],"conversations":{}}`+"\n", 3), ""},
		{"a dialogue of 1000 answers", "x.jsonl", strings.Repeat(`{"messages":[`+strings.Repeat(`{"role":"user","content":"q"},{"role":"assistant","content":"a"},`, 1000)+`{"role":"user","content":"q"}]}`+"\n", 2), "chat 2 400 0"},
		{"unknown roles", "x.jsonl", strings.Repeat(`{"messages":[{"role":"narrator","content":"q"},{"role":"model","content":"a"}]}`+"\n", 2), "chat 2 2 0"},
		{"a template without end", "x.jsonl", strings.Repeat(`{"text":"[INST] [INST] [/INST] [INST] <<SYS>>"}`+"\n", 3), "text 3 3 0"},
		{"a hundred thousand marks", "x.jsonl", strings.Repeat(`{"text":"`+strings.Repeat(`Human: `, 100_000)+`"}`+"\n", 2), "text 2 2 0"},
		{"a pair of nothing", "x.jsonl", strings.Repeat(`{"chosen":"","rejected":""}`+"\n", 2), "pair 2 2 0"},
		{"a pair of empty lists", "x.jsonl", strings.Repeat(`{"chosen":[],"rejected":[]}`+"\n", 2), "pair 2 2 0"},
		{"labels that are texts", "x.jsonl", strings.Repeat(`{"text":"t","label":"`+strings.Repeat("long ", 40)+`"}`+"\n", 2), "text 2 2 0"},
		{"numbers alone", "x.jsonl", "[1,2,3]\n[4,5,6]\n", ""},
		{"an empty object", "x.json", "{}", ""},
		{"lists side by side of other lengths", "x.json", `{"ids":["a"],"documents":["t","u"],"metadatas":[null,null,null]}`, "text 1 1 0"},
		{"a row of too many fields", "x.csv", "text,label\n" + strings.Repeat("a b,1\n", 20) + "c d,2,3,4\ne f,1\n", "label 22 22 0"},
		{"a row of too few fields", "x.csv", "text,label\n" + strings.Repeat("a b,1\n", 20) + "c d\ne f,1\n", "label 22 21 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := recordstest.Open(t, c.file, []byte(c.text))
			got := ""
			if s != nil {
				got = fmt.Sprintf("%s %d %d %d", s.Kind, s.Rows, s.Records, s.BadRows)
			}
			if got != c.want {
				t.Fatalf("%q, want %q (%v)", got, c.want, s)
			}
			if s == nil {
				return
			}
			h, err := s.Hold(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range h.Records {
				if !utf8.ValidString(r.Input() + r.Answer + r.Reject) {
					t.Errorf("row %d is not UTF-8", r.Row)
				}
			}
			if out := strings.Join(s.LeftOut(), " "); s.BadRows > 0 && !strings.Contains(out, "could not be read") {
				t.Errorf("nothing says what was left out: %q", out)
			}
		})
	}
}
