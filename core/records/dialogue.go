package records

import (
	"strings"
)

// turnsOf reads a list of messages: objects with a role and a text, pairs of
// both, or pairs of question and answer. parts counts what is no text.
func turnsOf(list *value) (turns []Turn, parts int) {
	for _, m := range list.items {
		more, n := turnOf(m)
		turns, parts = append(turns, more...), parts+n
	}
	return turns, parts
}

func turnOf(m *value) (turns []Turn, parts int) {
	switch {
	case m.isList() && len(m.items) == 2 && m.items[0].isString():
		role, known := roleOf(m.items[0].text)
		if !known {
			return []Turn{{User, m.items[0].text}, {Assistant, textOf(m.items[1])}}, 0 // history: [question, answer]
		}
		return []Turn{{role, textOf(m.items[1])}}, 0
	case !m.isObject():
		return nil, 0
	}
	if role := m.get("role", "from", "speaker", "author"); role.isString() {
		name, _ := roleOf(role.text)
		text, parts := said(m)
		return []Turn{{name, text}}, parts
	}
	if question, key := asked(m); key != "" {
		if answer := m.get(answerKeys...); answer != nil {
			return append(question, Turn{Assistant, textOf(answer)}), 0
		}
	}
	return nil, 0
}

// said is the text of a message, with what it calls.
func said(m *value) (text string, parts int) {
	body := m.get("content", "value", "text", "message")
	if body.isList() {
		text, parts = partsOf(body)
	} else {
		text = textOf(body)
	}
	for _, key := range []string{"tool_calls", "function_call"} {
		text = joined(text, calls(m.get(key)))
	}
	return text, parts
}

// partsOf joins the texts among the parts of a message, and counts the others.
func partsOf(list *value) (text string, others int) {
	var lines []string
	for _, p := range list.items {
		switch {
		case p.isString():
			lines = append(lines, p.text)
		case p.get("text").isString():
			lines = append(lines, p.get("text").text)
		default:
			others++
		}
	}
	return strings.Join(lines, "\n"), others
}

// calls writes calls of tools as text: an answer that is one can be poisoned
// like any other.
func calls(v *value) string {
	switch {
	case v.isList():
		var lines []string
		for _, c := range v.items {
			lines = append(lines, calls(c))
		}
		return strings.Join(lines, "\n")
	case v.get("function").isObject():
		return calls(v.get("function"))
	case v.isObject():
		return strings.TrimSpace(v.get("name").string() + " " + textOf(v.get("arguments")))
	}
	return ""
}

// roleOf brings the names of roles together. known says that it is one.
func roleOf(name string) (role string, known bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "user", "human", "prompter", "question", "customer":
		return User, true
	case "assistant", "gpt", "chatgpt", "bard", "bing", "claude", "model", "bot", "ai", "agent", "chatbot", "answer":
		return Assistant, true
	case "system", "developer", "context":
		return System, true
	case "tool", "function", "observation", "function_call", "ipython", "environment":
		return name, true
	}
	return name, false
}

// readPair is a preferred and a rejected answer, with a prompt or without one.
func readPair(v *value) (row, bool) {
	chosen, rejected := v.get("chosen", "response_chosen", "chosen_response"), v.get("rejected", "response_rejected", "rejected_response")
	if chosen == nil || rejected == nil {
		return row{}, false
	}
	front, key := asked(v)
	form := key + ", chosen and rejected"
	if key == "" {
		form = "chosen and rejected"
	}
	for _, k := range dialogueKeys {
		if list := v.get(k); list.isList() && len(front) == 0 {
			front, _ = turnsOf(list)
			form = k + ", chosen and rejected"
		}
	}
	a, b := sideOf(chosen), sideOf(rejected)
	prompt := common(a, b)
	x := &Record{Kind: Pair, Answer: rest(a, prompt), Reject: rest(b, prompt)}
	if x.Turns = a[:prompt:prompt]; len(front) > 0 && prompt == 0 {
		x.Turns = front
	} else if len(front) > 0 && front[0].Role == System && (prompt == 0 || a[0].Role != System) {
		x.Turns = append([]Turn{front[0]}, x.Turns...)
	}
	return row{kind: Pair, form: form, records: []*Record{x}}, true
}

// sideOf is one side of a pair as turns; an answer alone is one turn.
func sideOf(v *value) []Turn {
	if v.isList() {
		if turns, _ := turnsOf(v); len(turns) > 0 {
			return turns
		}
	}
	if v.isObject() {
		text, _ := said(v)
		return []Turn{{Assistant, text}}
	}
	text := textOf(v)
	if turns, _ := split(text); len(turns) > 1 {
		return turns
	}
	return []Turn{{Assistant, text}}
}

// common is the length of the longest run of turns that both begin with, but
// for the last one of each, which is the answer.
func common(a, b []Turn) int {
	n := 0
	for n < len(a)-1 && n < len(b)-1 && a[n] == b[n] {
		n++
	}
	return n
}

// rest is what follows the prompt, as one text.
func rest(turns []Turn, from int) string {
	if from == len(turns)-1 {
		return turns[from].Text
	}
	var lines []string
	for _, t := range turns[from:] {
		lines = append(lines, t.Text)
	}
	return strings.Join(lines, "\n")
}
