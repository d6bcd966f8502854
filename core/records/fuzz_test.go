package records_test

import (
	"testing"

	"taster/core/coretest/recordstest"
	"taster/core/records"
)

// fuzz reads what comes as a file called name, and holds what is promised of
// every record.
func fuzz(f *testing.F, name string) {
	f.Fuzz(func(t *testing.T, b []byte) {
		s := recordstest.Open(t, name, b)
		if s == nil {
			return
		}
		h, err := s.Hold(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Records) != s.Records {
			t.Fatalf("%d records, %d were counted", len(h.Records), s.Records)
		}
		last := 0
		for _, r := range h.Records {
			if r.Row < last || r.Row >= s.Rows || r.Start < 0 || r.End < r.Start || r.End > int64(len(b)) || r.Kind != s.Kind {
				t.Fatalf("record %+v of %+v", r, s)
			}
			last = r.Row
			_, _ = r.Input(), r.Asked()
		}
	})
}

// seed adds the rows of the table of forms, wrapped as a file.
func seed(f *testing.F, kind records.Kind, wrap func(string) string) {
	for _, form := range forms {
		if form.kind == kind {
			f.Add([]byte(wrap(form.row)))
		}
	}
}

func twoLines(row string) string { return row + "\n" + row + "\n" }

func FuzzChat(f *testing.F)  { seed(f, records.Chat, twoLines); fuzz(f, "x.jsonl") }
func FuzzPair(f *testing.F)  { seed(f, records.Pair, twoLines); fuzz(f, "x.jsonl") }
func FuzzLabel(f *testing.F) { seed(f, records.Label, twoLines); fuzz(f, "x.jsonl") }
func FuzzText(f *testing.F)  { seed(f, records.Text, twoLines); fuzz(f, "x.jsonl") }

func FuzzArray(f *testing.F) {
	for _, kind := range []records.Kind{records.Chat, records.Pair, records.Label, records.Text} {
		seed(f, kind, func(row string) string { return "[" + row + "," + row + "]" })
	}
	fuzz(f, "x.json")
}

func FuzzObject(f *testing.F) {
	seed(f, records.Text, func(row string) string { return `{"docs":{"a":` + row + `,"b":` + row + `}}` })
	f.Add([]byte(`{"ids":["a","b"],"embeddings":[[1,2],[3,4]],"documents":["t","u"],"metadatas":[{"source":"s"},null]}`))
	f.Add([]byte(`{"version":1,"data":[{"instruction":"i","output":"o"},{"instruction":"j","output":"p"}]}`))
	fuzz(f, "x.json")
}

func FuzzDelimited(f *testing.F) {
	f.Add([]byte("id,text,label\n1,\"a, b\",ham\n2,c d,spam\n"))
	f.Add([]byte("instruction\toutput\ni\to\nj\tp\n"))
	f.Add([]byte("id,messages\n1,\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"q\"\"},{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"a\"\"}]\"\n2,x\n"))
	fuzz(f, "x.csv")
}
