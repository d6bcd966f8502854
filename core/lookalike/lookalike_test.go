package lookalike

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// read has the lines of a file of testdata.
func read(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")))), "\n")
}

// TestPairs: look-alikes put together by hand, each with the name that it is
// made to look like.
func TestPairs(t *testing.T) {
	l := New(nil)
	for _, line := range read(t, "pairs.jsonl") {
		var p struct{ ID, Target, Technique string }
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		if v := l.Judge(Either, p.ID); v.Grade < Resembles || v.Like != p.Target {
			t.Errorf("%s (%s): %d, like %q", p.ID, p.Technique, v.Grade, v.Like)
		}
	}
}

// TestOrdinary: ids that occur in public repositories, and siblings of known
// models. At most 2 in 100 may be flagged.
func TestOrdinary(t *testing.T) {
	l := New(nil)
	for _, file := range []string{"benign.txt", "real_ids.txt"} {
		ids, flagged := read(t, file), 0
		for _, id := range ids {
			if v := l.Judge(Either, id); v.Grade >= Resembles {
				t.Logf("%s: %s", id, v.Why)
				flagged++
			}
		}
		if flagged*50 > len(ids) {
			t.Errorf("%s: %d of %d are flagged", file, flagged, len(ids))
		}
	}
}

func TestJudge(t *testing.T) {
	l := New([]string{"meta-lama/x", "acme/*"})
	for _, c := range []struct {
		kind Kind
		id   string
		want Grade
		like string
	}{
		{Model, "gpt2", Known, "gpt2"},
		{Model, "GPT2", Case, "gpt2"},
		{Model, "meta-llama/llama-2-7b-hf", Case, "meta-llama/Llama-2-7b-hf"},
		{Model, "meta-lama/x", Known, "meta-lama/x"},
		{Model, "acme/bert-base-uncasd", Known, "acme/bert-base-uncasd"},
		{Model, "acmee/bert-base-uncasd", Resembles, "bert-base-uncased"},
		{Model, "THUDM/chatglm-6b", Moved, "THUDM/chatglm-6b"},
		{Model, "Open-OSS/privacy-filter", Reupload, "openai/privacy-filter"},
		{Model, "./bert-base-uncasd", Unknown, ""},
		{Model, "checkpoints/bert-base-uncasd", Unknown, ""},
		{Model, "a/b/c", Unknown, ""},
		{Model, "/abs/path", Unknown, ""},
		{Model, "https://huggingface.co/gpt2", Unknown, ""},
		{Model, "{org}/bert-base-uncasd", Unknown, ""},
		{Model, "", Unknown, ""},
		{Model, "/", Unknown, ""},
		{Model, "google/umt5-small", Unknown, ""},
		{Model, "resume", Unknown, ""},
		{Dataset, "squad", Known, "squad"},
		{Dataset, "rajpurkar/sqaud", Imitates, "rajpurkar/squad"},
		{Model, "ｇoogle-bert/bert-base-uncased", Imitates, "google-bert/bert-base-uncased"},
		{Model, "google-bert/bert-base-unc\u200based", Imitates, "google-bert/bert-base-uncased"},
		{Model, "\U0001d5c0oogle-bert/bert-base-uncased", Imitates, "google-bert/bert-base-uncased"},
		{Model, "góogle-bert/bert-base-uncased", Imitates, "google-bert/bert-base-uncased"},
		{Model, "openai-official/privacy-filter", Resembles, "openai/privacy-filter"},
		{Model, strings.Repeat("a", 5000) + "/b", Unknown, ""},
	} {
		if v := l.Judge(c.kind, c.id); v.Grade != c.want || v.Like != c.like || (v.Why == "") != (v.Grade == Unknown) {
			t.Errorf("%.80q: %d, like %q, %q; want %d, %q", c.id, v.Grade, v.Like, v.Why, c.want, c.like)
		}
	}
}

func TestPackage(t *testing.T) {
	l := New([]string{"trasnformer"})
	for _, c := range []struct {
		name, version string
		want          Grade
		like          string
	}{
		{"transformers", "", Known, "transformers"},
		{"Scikit_Learn", "1.7", Known, "scikit-learn"},
		{"trasnformers", "", Imitates, "transformers"},
		{"trasnformer", "", Known, "trasnformer"},
		{"deepseeek", "", Imitates, "deepseeek"},
		{"deepseekai", "", Imitates, "deepseekai"},
		{"huggingface-cli", "", Imitates, "huggingface-cli"},
		{"gptplus", "", Imitates, "gptplus"},
		{"torchtriton", "", Imitates, "torchtriton"},
		{"pytorch", "", Case, "torch"},
		{"sklearn", "", Case, "scikit-learn"},
		{"huggingface", "", Case, "huggingface-hub"},
		{"ultralytics", "8.3.41", Imitates, "ultralytics"},
		{"ultralytics", "8.3.47", Known, "ultralytics"},
		{"Ultralytics", "", Known, "ultralytics"},
		{"litellm", "1.82.8", Imitates, "litellm"},
		{"t0rch", "", Imitates, "torch"},
		{"tоrch", "", Imitates, "torch"}, // with a Cyrillic letter
		{"acme-internal-tools", "", Unknown, ""},
		{"", "", Unknown, ""},
	} {
		if v := l.Package(c.name, c.version); v.Grade != c.want || v.Like != c.like {
			t.Errorf("%s %s: %d, like %q (%s); want %d, %q", c.name, c.version, v.Grade, v.Like, v.Why, c.want, c.like)
		}
	}
}

func TestHost(t *testing.T) {
	l := New([]string{"models.acme.example"})
	for host, want := range map[string]Grade{
		"huggingface.co": Known, "cdn-lfs.HuggingFace.co": Known, "download.pytorch.org": Known, "models.acme.example": Known,
		"huggingface.co.evil.example": Imitates, "huggingface-co.evil.example": Imitates, "hugging-face.co": Imitates, "huggingfase.co": Imitates,
		"githud.com": Imitates, "hυggingface.co": Imitates, "huggingface.io": Resembles, "xn--hggingface-w9a.co": Resembles,
		"packages.example": Unknown, "localhost": Unknown, "127.0.0.1": Unknown, "gitlab.acme.example": Unknown, "hf-mirror.com": Unknown, "": Unknown, ".": Unknown, "..": Unknown,
	} {
		if v := l.Host(host); v.Grade != want {
			t.Errorf("%s: %d, %s; want %d", host, v.Grade, v.Why, want)
		}
	}
}

// TestLists keeps the lists free of what makes them useless.
func TestLists(t *testing.T) {
	l := New(nil)
	for _, x := range []*index{l.models, l.datasets} {
		for _, e := range x.entries {
			if !IsID(e.id) || !isASCII(e.id) {
				t.Errorf("%q is no id", e.id)
			}
		}
	}
	for name := range l.packages.known {
		if Normalise(name) != name || l.packages.instead[name] != "" && name != "tensorflow-gpu" || l.packages.attacks[name] != "" {
			t.Errorf("%q is not normalised, or on two lists", name)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	l := New(nil)
	for b.Loop() {
		l.Judge(Model, "someone/bert-base-multilingual-uncased-finetuned-x")
	}
}

func FuzzJudge(f *testing.F) {
	l := New(nil)
	f.Add("google/bert")
	f.Add("\u202ea/\xff")
	f.Fuzz(func(t *testing.T, s string) {
		l.Judge(Either, s)
		l.Package(s, s)
		l.Host(s)
	})
}
