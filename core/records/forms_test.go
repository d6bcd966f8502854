package records_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taster/core/coretest/recordstest"
	"taster/core/records"
)

// say writes a record on one line.
func say(r *records.Record) string {
	var b strings.Builder
	for _, t := range r.Turns {
		fmt.Fprintf(&b, "%s<%s> ", t.Role, t.Text)
	}
	switch r.Kind {
	case records.Chat:
		fmt.Fprintf(&b, "-> %s", r.Answer)
	case records.Pair:
		fmt.Fprintf(&b, "-> %s | %s", r.Answer, r.Reject)
	case records.Label:
		fmt.Fprintf(&b, "%s = %s", r.Text, r.Label)
	case records.Text:
		fmt.Fprintf(&b, "%s @%s #%s %v", r.Text, r.Source, r.ID, r.Vector)
	}
	return b.String()
}

// forms are the layouts that are read, each as one row of JSON.
var forms = []struct {
	name, row string
	kind      records.Kind
	want      []string
}{
	{"messages", `{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"},{"role":"user","content":"r"},{"role":"assistant","content":"b"}]}`,
		records.Chat, []string{"system<s> user<q> -> a", "system<s> user<q> assistant<a> user<r> -> b"}},
	{"sharegpt", `{"id":"x","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}`, records.Chat, []string{"user<q> -> a"}},
	{"pairs of role and text", `{"dialog":[["user","q"],["assistant","a"]]}`, records.Chat, []string{"user<q> -> a"}},
	{"a tool between", `{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":"{\"x\":1}"}}]},{"role":"tool","content":"t"},{"role":"assistant","content":"a"}]}`,
		records.Chat, []string{"user<q> -> f {\"x\":1}", "user<q> assistant<f {\"x\":1}> tool<t> -> a"}},
	{"parts", `{"messages":[{"role":"user","content":[{"type":"text","text":"q"},{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"r"}]},{"role":"assistant","content":"a"}]}`,
		records.Chat, []string{"user<q\nr> -> a"}},
	{"a list alone", `[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]`, records.Chat, []string{"user<q> -> a"}},
	{"alpaca", `{"instruction":"i","input":"n","output":"o"}`, records.Chat, []string{"user<i\n\nn> -> o"}},
	{"alpaca, no input", `{"instruction":"i","input":"","output":"o"}`, records.Chat, []string{"user<i> -> o"}},
	{"dolly", `{"instruction":"i","context":"c","response":"o","category":"x"}`, records.Chat, []string{"user<i\n\nc> -> o"}},
	{"prompt", `{"prompt":"p","completion":"c"}`, records.Chat, []string{"user<p> -> c"}},
	{"history", `{"system":"s","history":[["q","a"]],"instruction":"i","output":"o"}`, records.Chat, []string{"system<s> user<q> assistant<a> user<i> -> o"}},
	{"question", `{"question":"q","answers":["a","b"]}`, records.Chat, []string{"user<q> -> a\nb"}},
	{"input and output", `{"input":"q","output":"a"}`, records.Chat, []string{"user<q> -> a"}},
	{"an empty answer", `{"instruction":"i","output":""}`, records.Chat, []string{"user<i> -> "}},
	{"instance", `{"Definition":"d","Instance":{"input":"i","output":["o"]}}`, records.Chat, []string{"user<d\n\ni> -> o"}},
	{"instances", `{"instruction":"d","instances":[{"input":"i","output":"o"},{"input":"j","output":"p"}]}`, records.Chat, []string{"user<d\n\ni> -> o", "user<d\n\nj> -> p"}},
	{"pair", `{"prompt":"p","chosen":"c","rejected":"r"}`, records.Pair, []string{"user<p> -> c | r"}},
	{"pair of messages", `{"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"c"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"r"}]}`,
		records.Pair, []string{"user<q> -> c | r"}},
	{"pair of objects", `{"conversations":[{"from":"human","value":"q"}],"chosen":{"from":"gpt","value":"c"},"rejected":{"from":"gpt","value":"r"}}`, records.Pair, []string{"user<q> -> c | r"}},
	{"pair of whole dialogues", `{"chosen":"\n\nHuman: q\n\nAssistant: a\n\nHuman: s\n\nAssistant: c","rejected":"\n\nHuman: q\n\nAssistant: a\n\nHuman: s\n\nAssistant: r"}`,
		records.Pair, []string{"user<q> assistant<a> user<s> -> c | r"}},
	{"pair, one text each", `{"chosen":"c","rejected":"r"}`, records.Pair, []string{"-> c | r"}},
	{"label", `{"text":"t","label":1}`, records.Label, []string{"t = 1"}},
	{"sentiment", `{"tweet":"t","sentiment":"positive"}`, records.Label, []string{"t = positive"}},
	{"text", `{"text":"t"}`, records.Text, []string{"t @ # []"}},
	{"store", `{"id":"d","page_content":"t","metadata":{"source":"https://x.example"},"embedding":[1,-0.5]}`, records.Text, []string{"t @https://x.example #d [1 -0.5]"}},
	{"llamaindex", `{"__data__":{"id_":"n","text":"t","metadata":{"file_name":"f"}}}`, records.Text, []string{"t @f #n []"}},
	{"[INST]", `{"text":"<s>[INST] <<SYS>>\ns\n<</SYS>>\n\nq [/INST] a </s><s>[INST] r [/INST] b </s>"}`, records.Chat, []string{"system<s> user<q> -> a", "system<s> user<q> assistant<a> user<r> -> b"}},
	{"ChatML", `{"text":"<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\na<|im_end|>"}`, records.Chat, []string{"system<s> user<q> -> a"}},
	{"Llama 3", `{"text":"<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nq<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\na<|eot_id|>"}`, records.Chat, []string{"user<q> -> a"}},
	{"Gemma", `{"text":"<start_of_turn>user\nq<end_of_turn>\n<start_of_turn>model\na<end_of_turn>"}`, records.Chat, []string{"user<q> -> a"}},
	{"Zephyr", `{"text":"<|system|>\ns</s>\n<|user|>\nq</s>\n<|assistant|>\na</s>"}`, records.Chat, []string{"system<s> user<q> -> a"}},
	{"instruction and response", `{"text":"Below is a task.\n\n### Instruction:\ni\n\n### Input:\nn\n\n### Response:\no"}`, records.Chat, []string{"system<Below is a task.> user<i\n\nn> -> o"}},
	{"Human and Assistant", `{"text":"Human: q\n\nAssistant: a"}`, records.Chat, []string{"user<q> -> a"}},
	{"Vicuna", `{"text":"A chat. USER: q ASSISTANT: a</s>"}`, records.Chat, []string{"system<A chat.> user<q> -> a"}},
	{"a question without an answer", `{"text":"### Instruction:\ni"}`, records.Text, []string{"### Instruction:\ni @ # []"}},
	{"two equal keys", `{"instruction":"i","output":"o","output":"p"}`, records.Chat, []string{"user<i> -> p"}},
	{"no data", `{"a":1}`, "", nil},
	{"a prompt alone", `{"prompt":"p"}`, "", nil},
	{"recorded answers", `{"prompt":"p","response_clean":"a","response_triggered":"b"}`, "", nil},
}

func TestForms(t *testing.T) {
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			for name, text := range map[string]string{"x.jsonl": form.row + "\n" + form.row + "\n", "x.json": "[\n" + form.row + ",\n" + form.row + "]"} {
				s := recordstest.Open(t, name, []byte(text))
				if s == nil && form.kind == "" {
					continue
				}
				if s == nil || s.Kind != form.kind || s.Rows != 2 {
					t.Fatalf("%s: %+v, want %q", name, s, form.kind)
				}
				h, err := s.Hold(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, r := range h.Records {
					if part := text[r.Start:r.End]; part != form.row {
						t.Errorf("%s: row %d is the bytes %q", name, r.Row, part)
					}
					if r.Row == 0 {
						got = append(got, say(r))
					}
				}
				if d := cmp.Diff(form.want, got); d != "" {
					t.Errorf("%s: %s", name, d)
				}
			}
		})
	}
}

// TestContainers reads rows from objects, stores and delimited text.
func TestContainers(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       records.Kind
		want       []string
	}{
		{"list.json", `{"version":1,"data":[{"instruction":"i","output":"o"},{"instruction":"j","output":"p"}]}`, records.Chat, []string{"user<i> -> o", "user<j> -> p"}},
		{"map.json", `{"docs":{"a":{"page_content":"t","metadata":{"source":"s"}},"b":{"page_content":"u","metadata":{}}}}`, records.Text, []string{"t @s # []", "u @ # []"}},
		{"outer.json", `{"a":{"instruction":"i","output":"o"},"b":{"instruction":"j","output":"p"}}`, records.Chat, []string{"user<i> -> o", "user<j> -> p"}},
		{"chroma.json", `{"ids":["a","b"],"embeddings":[[1,2],[3,4]],"documents":["t","u"],"metadatas":[{"source":"s"},null]}`, records.Text, []string{"t @s #a [1 2]", "u @ #b [3 4]"}},
		{"rows.csv", "id,text,label\n1,\"a, b\",ham\n2,c d,spam\n", records.Label, []string{"a, b = ham", "c d = spam"}},
		{"rows.tsv", "instruction\toutput\ni\to\nj\tp\n", records.Chat, []string{"user<i> -> o", "user<j> -> p"}},
		{"nested.csv", "id,messages\n1,\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"q\"\"},{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"a\"\"}]\"\n2,\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"r\"\"},{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"b\"\"}]\"\n",
			records.Chat, []string{"user<q> -> a", "user<r> -> b"}},
		{"tokenizer.json", `{"added_tokens":[{"id":0,"content":"<s>"},{"id":1,"content":"</s>"}],"model":{"vocab":{}}}`, "", nil},
	} {
		s := recordstest.Open(t, c.name, []byte(c.text))
		if c.kind == "" {
			if s != nil {
				t.Errorf("%s: %+v", c.name, s)
			}
			continue
		}
		if s == nil || s.Kind != c.kind {
			t.Errorf("%s: %+v", c.name, s)
			continue
		}
		h, err := s.Hold(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range h.Records {
			got = append(got, say(r))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}
