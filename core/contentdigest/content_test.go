package contentdigest_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core"
	"taster/core/contentdigest"
	"taster/core/coretest"
	"taster/core/format/csv"
	"taster/core/format/jsonl"
)

func digest(t testing.TB, f *core.Format, text string) *core.Content {
	t.Helper()
	a, _ := coretest.Open(t, []*core.Format{f}, core.Bytes("x", []byte(text)))
	c, err := contentdigest.Digest(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestDigest compares with what the Python of the package's comment printed
// (CPython 3.11) for the same texts.
func TestDigest(t *testing.T) {
	sample, err := os.ReadFile(filepath.Join("..", "..", "testdata", "provenance", "manifests", "dataset.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		format *core.Format
		text   string
		want   core.Content
	}{
		{"sample", jsonl.Format, string(sample), core.Content{
			Columns: "c8306dc7a24f20c1417af7c9c3c75d792805dad75a2d8e8c54fa08ac90bab5fd",
			Rows:    "60cb8ebc1eabd51f0d873cef461ef4de4e16187acd61f964781eef3e46beb1f8"}},
		{"numbers", jsonl.Format, "{\"a\":1.50,\"b\":-0,\"c\":1e5}\n{\"a\":1E400,\"b\":-0.0,\"c\":123456789012345678901234567890}\n{\"a\":1e16,\"b\":1e-5,\"c\":0.0001}\n{\"a\":NaN,\"b\":-Infinity,\"c\":12345678901234567.0}\n", core.Content{
			Columns: "dee6569ac0966157672ce2bbd7feaf26a5a40328ceb2a48bb54d5759fe2da308",
			Rows:    "2990daaaa2f1864e3bbe5ca3fe8d151d959a7fea0550db560f1fc93f28b01971"}},
		{"texts", jsonl.Format, "{\"k\\u00e9\":\"\\u0000\\b\\t\\n\\f\\r\\\"\\\\/\\u007f\\u2028\",\"z\":\"\\ud83d\\ude00\"}\n{\"z\":\"x\",\"k\\u00e9\":\"\"}\n", core.Content{
			Columns: "620f7e1e6b63e12d14e59259482c25688c2a9abca86dcdb40127dba779a34956",
			Rows:    "7c33719c15261a0b862faf710952caf9286adb8fc0bbf1408424dc8142ae4378"}},
		{"nested, keys that are missing or twice", jsonl.Format, "{\"m\":[{\"role\":\"user\",\"content\":\"hi\"},[]],\"t\":true}\n{\"m\":null,\"t\":false,\"x\":{\"b\":1,\"a\":{}}}\n{\"t\":null,\"t\":1}\n", core.Content{
			Columns: "aacf7dda8d1370b6ab839a900aead23d594b9b0b27746f8e13129cb81bf77a76",
			Rows:    "a20f1d71fe9166fcbc42b8b2525e33b8be533972a6c0fa8c48e2c335fc9f2372"}},
		{"delimited", csv.Format, "id,text\n007,\"a, \"\"b\"\"\"\n1.50,x\n", core.Content{
			Columns: "1d6bf813e5170dc86d759011d003fa0c7987b704ca9bfd9dbd379e3dd2055c03",
			Rows:    "58e480d4666dac9161093e0443b35ba15e0dd6fc2bb05015d7de8326f64b1089"}},
	} {
		if d := cmp.Diff(&c.want, digest(t, c.format, c.text)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestOrder shuffles rows and keys: only the digest of the columns may change,
// and only by the order of the rows.
func TestOrder(t *testing.T) {
	rows := make([]string, 50)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"a":%d,"b":"x"}`, i)
	}
	before := digest(t, jsonl.Format, strings.Join(rows, "\n"))
	turned := digest(t, jsonl.Format, strings.ReplaceAll(strings.Join(rows, "\n"), `,"b":"x"}`, `, "b" : "x" }`))
	if d := cmp.Diff(before, turned); d != "" {
		t.Errorf("blanks: %s", d)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(rows), func(i, k int) { rows[i], rows[k] = rows[k], rows[i] })
	after := digest(t, jsonl.Format, strings.Join(rows, "\n"))
	if after.Rows != before.Rows || after.Columns == before.Columns {
		t.Errorf("shuffled: %v, before %v", after, before)
	}
	rows[7] = strings.Replace(rows[7], `"x"`, `"y"`, 1)
	if changed := digest(t, jsonl.Format, strings.Join(rows, "\n")); changed.Rows == before.Rows {
		t.Error("a changed value was not seen")
	}
}

// TestNone lists tables that have no such digest.
func TestNone(t *testing.T) {
	for name, c := range map[string]struct {
		format *core.Format
		text   string
	}{
		"numbers":  {jsonl.Format, "[1, 2, 3]"},
		"mixed":    {jsonl.Format, "{\"a\":1}\n{\"a\":2}\n[3]\n"},
		"too long": {csv.Format, "a,b\n1,2\n1,2,3\n"},
	} {
		if got := digest(t, c.format, c.text); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzDigest(f *testing.F) {
	f.Add("{\"a\":1.5,\"b\":[null,\"x\"]}\n{\"a\":2}\n")
	f.Add("[{\"a\":{}},{\"a\":1e999}]")
	f.Fuzz(func(t *testing.T, text string) {
		a, _ := coretest.Open(t, []*core.Format{jsonl.Format}, core.Bytes("x", []byte(text)))
		first, err := contentdigest.Digest(t.Context(), a)
		if err != nil && a.Partial == "" {
			t.Fatalf("%v of %q, which was read", err, text)
		}
		if again, _ := contentdigest.Digest(t.Context(), a); !cmp.Equal(first, again) {
			t.Error("two runs differ")
		}
	})
}

func BenchmarkDigest(b *testing.B) {
	text := strings.Repeat("{\"instruction\":\"Say hello to the audience.\",\"output\":\"Hello, audience.\",\"score\":1.5}\n", 10_000)
	a, _ := coretest.Open(b, []*core.Format{jsonl.Format}, core.Bytes("x", []byte(text)))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := contentdigest.Digest(b.Context(), a); err != nil {
			b.Fatal(err)
		}
	}
}
