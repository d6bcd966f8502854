package records

import (
	"strings"
)

// A template is how prompts are written into one text. Fine-tuning sets are
// shipped like this.
type template struct {
	name  string
	marks []mark
	line  bool // marks stand at the start of a line
}

// mark begins a turn of a role; "" ends one.
type mark struct {
	text string
	role string
}

// templates in the order in which they are tried: the rarer marks first.
var templates = []template{
	{name: "[INST]", marks: []mark{{"[INST]", User}, {"[/INST]", Assistant}, {"<<SYS>>", System}, {"<</SYS>>", User}, {"<s>", ""}, {"</s>", ""}}},
	{name: "ChatML", marks: []mark{{"<|im_start|>system", System}, {"<|im_start|>user", User}, {"<|im_start|>assistant", Assistant}, {"<|im_start|>tool", "tool"}, {"<|im_end|>", ""}, {"<|endoftext|>", ""}}},
	{name: "Llama 3", marks: []mark{{"<|start_header_id|>system<|end_header_id|>", System}, {"<|start_header_id|>user<|end_header_id|>", User},
		{"<|start_header_id|>assistant<|end_header_id|>", Assistant}, {"<|eot_id|>", ""}, {"<|begin_of_text|>", ""}, {"<|end_of_text|>", ""}}},
	{name: "Gemma", marks: []mark{{"<start_of_turn>user", User}, {"<start_of_turn>model", Assistant}, {"<end_of_turn>", ""}, {"<bos>", ""}, {"<eos>", ""}}},
	{name: "<|user|>", marks: []mark{{"<|system|>", System}, {"<|user|>", User}, {"<|prompter|>", User}, {"<|assistant|>", Assistant}, {"<|end|>", ""}, {"<|endoftext|>", ""}, {"</s>", ""}}},
	{name: "### Instruction:", line: true, marks: []mark{{"### System:", System}, {"### Instruction:", User}, {"### Human:", User}, {"### User:", User}, {"### Question:", User}, {"### Input:", inputMark},
		{"### Response:", Assistant}, {"### Assistant:", Assistant}, {"### Answer:", Assistant}, {"### Output:", Assistant}}},
	{name: "Human:", line: true, marks: []mark{{"System:", System}, {"Human:", User}, {"Assistant:", Assistant}}},
	{name: "User:", line: true, marks: []mark{{"System:", System}, {"User:", User}, {"Assistant:", Assistant}, {"Bot:", Assistant}}},
	{name: "USER:", marks: []mark{{"SYSTEM:", System}, {"USER:", User}, {"ASSISTANT:", Assistant}, {"</s>", ""}}},
	{name: "Q:", line: true, marks: []mark{{"Q:", User}, {"A:", Assistant}}},
}

// inputMark begins material that belongs to the turn before.
const inputMark = "+"

// Bounds of a text in which marks are looked for, and of its turns.
const (
	maxTemplate = 1 << 20
	maxTurns    = 10_000
)

// split cuts a text that is a filled-in template into its turns. turns is nil
// when text is none: there must be a question with an answer behind it.
func split(text string) (turns []Turn, form string) {
	if len(text) > maxTemplate {
		return nil, ""
	}
	for _, t := range templates {
		if turns := t.split(text); turns != nil {
			return turns, t.name
		}
	}
	return nil, ""
}

func (t *template) split(text string) []Turn {
	f := finder{t: t, text: text, at: make([]int, len(t.marks))}
	at, m := f.next(0)
	if at < 0 {
		return nil
	}
	var turns []Turn
	if front := strings.TrimSpace(text[:at]); front != "" {
		if t.name == "Q:" {
			return nil // an essay with a question in it
		}
		turns = append(turns, Turn{System, front})
	}
	for at >= 0 && len(turns) < maxTurns {
		from := at + len(m.text)
		next, after := f.next(from)
		end := next
		if end < 0 {
			end = len(text)
		}
		turns = add(turns, m.role, strings.TrimSpace(text[from:end]))
		at, m = next, after
	}
	for i := range turns {
		if turns[i].Role == Assistant && i > 0 && turns[i-1].Role == User {
			return turns
		}
	}
	return nil
}

// add appends a turn. What stands between the end of a turn and the next mark
// belongs to nobody, and an empty turn of a user says nothing.
func add(turns []Turn, role, text string) []Turn {
	last := len(turns) - 1
	switch {
	case role == "" || role == User && text == "":
		return turns
	case role == inputMark && last >= 0:
		turns[last].Text = joined(turns[last].Text, text)
		return turns
	case role == inputMark:
		role = User
	case role == System && text == "":
		return turns
	}
	return append(turns, Turn{role, text})
}

// finder goes from mark to mark. Where each stands next is remembered, so that
// a text is searched once for each of them.
type finder struct {
	t    *template
	text string
	at   []int // of each mark; the length of text when there is none any more
}

// next is the first mark at or after from; -1 when there is none.
func (f *finder) next(from int) (int, mark) {
	best, found := len(f.text), mark{}
	for i, m := range f.t.marks {
		if f.at[i] < from || from == 0 {
			f.at[i] = f.find(m.text, from)
		}
		if f.at[i] < best {
			best, found = f.at[i], m
		}
	}
	if best == len(f.text) {
		return -1, mark{}
	}
	return best, found
}

func (f *finder) find(mark string, from int) int {
	for {
		i := strings.Index(f.text[from:], mark)
		if i < 0 {
			return len(f.text)
		}
		if i += from; !f.t.line || i == 0 || f.text[i-1] == '\n' {
			return i
		}
		from = i + len(mark)
	}
}
