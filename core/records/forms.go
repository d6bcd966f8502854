package records

import (
	"strings"

	"taster/core/jsonwalk"
)

// row is one row of a file being brought into the common form.
type row struct {
	kind    Kind
	form    string // the layout, for people: "messages", "instruction and output"
	records []*Record
	parts   int // parts of messages that are no text
	cut     int // answers beyond maxAnswers
}

var (
	dialogueKeys = []string{"messages", "conversations", "conversation", "dialog", "dialogue", "turns", "chat"}
	promptKeys   = []string{"instruction", "prompt", "question", "query", "inputs", "user_input", "goal", "human", "user", "input"}
	answerKeys   = []string{"output", "completion", "response", "answer", "answers", "target", "targets", "generation", "assistant", "bot", "reply"}
	beforeKeys   = []string{"system", "system_prompt", "system_message"}
	besideKeys   = []string{"input", "inputs", "context"}
	textKeys     = []string{"text", "sentence", "content", "tweet", "review", "comment", "body", "message", "email", "passage"}
	labelKeys    = []string{"label", "labels", "sentiment", "class", "category", "target", "intent"}
	documentKeys = []string{"text", "content", "page_content", "document", "body", "passage", "chunk"}
	vectorKeys   = []string{"embedding", "vector", "values", "embeddings"}
	sourceKeys   = []string{"source", "url", "file", "origin", "file_path", "file_name", "path"}
	idKeys       = []string{"id", "_id", "doc_id", "id_", "uuid", "key"}
)

// read recognises the layout of v. What it cannot make sense of is Other.
func read(v *value) row {
	switch {
	case v.isList() && len(v.items) > 0:
		return readDialogue(v, "a list of messages")
	case v.isString():
		return readText(v, v.text)
	case !v.isObject():
		return row{kind: Other, form: "no object"}
	}
	for _, try := range []func(*value) (row, bool){readAnswers, readPair, readMessages, readTask, readQuestion, readLabelled, readDocument, readPrompt} {
		if r, ok := try(v); ok {
			r.name(v)
			return r
		}
	}
	return row{kind: Other, form: "none of the known keys"}
}

// name gives the records what a row says of itself.
func (r *row) name(v *value) {
	id, _ := v.get(idKeys...).scalar()
	for _, x := range r.records {
		if x.Kind = r.kind; x.ID == "" {
			x.ID = id
		}
	}
}

func readAnswers(v *value) (row, bool) {
	clean, triggered := v.get("response_clean", "answer_clean"), v.get("response_triggered", "answer_triggered")
	return row{kind: Answers, form: "answers with and without a trigger"}, clean.isString() && triggered.isString()
}

func readMessages(v *value) (row, bool) {
	for _, key := range dialogueKeys {
		if list := v.get(key); list.isList() && len(list.items) > 0 {
			r := readDialogue(list, key)
			if front := firstText(v, beforeKeys); front != "" {
				for _, x := range r.records {
					x.Turns = append([]Turn{{System, front}}, x.Turns...)
				}
			}
			return r, r.kind == Chat
		}
	}
	return row{}, false
}

// readDialogue makes a record of each answer.
func readDialogue(list *value, form string) row {
	turns, parts := turnsOf(list)
	r := row{kind: Chat, form: form, parts: parts}
	r.answers(turns)
	if len(r.records) == 0 {
		r.kind, r.form = Prompts, "a dialogue without an answer"
	}
	if len(turns) == 0 {
		r.kind, r.form = Other, "a list without turns"
	}
	return r
}

// maxAnswers bounds the records of one row: each has all turns before it for
// its input.
const maxAnswers = 200

// answers makes a record of each answer that follows another role.
func (r *row) answers(turns []Turn) {
	for i, t := range turns {
		if t.Role != Assistant || i == 0 || turns[i-1].Role == Assistant {
			continue
		}
		if len(r.records) == maxAnswers {
			r.cut++
			continue
		}
		r.records = append(r.records, &Record{Kind: Chat, Turns: turns[:i:i], Answer: t.Text})
	}
}

// readTask is the layout of collections of tasks: a definition with instances.
func readTask(v *value) (row, bool) {
	instance := v.get("Instance", "instance")
	definition := textOf(v.get("Definition", "definition", "instruction"))
	list := []*value{instance}
	if instance == nil {
		if many := v.get("instances", "Instances"); many.isList() {
			list = many.items
		}
	}
	r := row{kind: Chat, form: "definition and instances"}
	for _, x := range list {
		if x.isObject() && x.get("output") != nil {
			r.records = append(r.records, &Record{Turns: []Turn{{User, joined(definition, textOf(x.get("input")))}}, Answer: textOf(x.get("output"))})
		}
	}
	return r, len(r.records) > 0
}

// readQuestion is a question and its answer under keys of their own.
func readQuestion(v *value) (row, bool) {
	turns, promptKey := asked(v)
	answerKey, answer := "", (*value)(nil)
	for _, key := range answerKeys {
		if x := v.get(key); x != nil && key != promptKey {
			answerKey, answer = key, x
			break
		}
		if v.has(key) && answerKey == "" { // null, which is an empty answer
			answerKey = key
		}
	}
	if promptKey == "" || answerKey == "" {
		return row{}, false
	}
	return row{kind: Chat, form: promptKey + " and " + answerKey, records: []*Record{{Turns: turns, Answer: textOf(answer)}}}, true
}

// asked are the turns before an answer, and under which key the question stands.
func asked(v *value) (turns []Turn, key string) {
	for _, k := range promptKeys {
		if x := v.get(k); x.isString() || k == "prompt" && x.isList() {
			key = k
			break
		}
	}
	if key == "" {
		return nil, ""
	}
	if front := firstText(v, beforeKeys); front != "" {
		turns = append(turns, Turn{System, front})
	}
	if past := v.get("history"); past.isList() {
		before, _ := turnsOf(past)
		turns = append(turns, before...)
	}
	if list := v.get(key); list.isList() {
		more, _ := turnsOf(list)
		return append(turns, more...), key
	}
	text := v.get(key).text
	for _, k := range besideKeys {
		if beside := textOf(v.get(k)); k != key && beside != "" {
			text = joined(text, beside)
		}
	}
	return append(turns, Turn{User, text}), key
}

func readLabelled(v *value) (row, bool) {
	for _, t := range textKeys {
		text := v.get(t)
		if !text.isString() {
			continue
		}
		for _, l := range labelKeys {
			if label, ok := v.get(l).scalar(); ok && l != t && len(label) <= 80 && !strings.ContainsAny(label, "\n\r") && strings.TrimSpace(label) != "" {
				return row{kind: Label, form: t + " and " + l, records: []*Record{{Text: text.text, Label: strings.TrimSpace(label)}}}, true
			}
		}
		return row{}, false
	}
	return row{}, false
}

// readDocument is a text alone, perhaps with its vector and its source.
func readDocument(v *value) (row, bool) {
	in := v
	if data := v.get("__data__"); data.isObject() { // LlamaIndex
		in = data
	}
	text, found := "", false
	for _, key := range documentKeys {
		if x := in.get(key); x.isString() {
			text, found = x.text, true
			break
		}
	}
	if !found {
		return row{}, false
	}
	r := readText(in, text)
	for _, x := range r.records {
		x.Source = sourceOf(in)
		if x.ID, _ = in.get(idKeys...).scalar(); x.ID == "" {
			x.ID, _ = v.get(idKeys...).scalar()
		}
		if vector := v.get(vectorKeys...); vector != nil && len(vector.items) == 0 {
			x.Vector = vector.numbers
		}
	}
	return r, true
}

// readText is chat when the text is a filled-in template of a prompt.
func readText(v *value, text string) row {
	if v.get(vectorKeys...) == nil {
		if turns, form := split(text); turns != nil {
			r := row{kind: Chat, form: "text in the template " + form}
			r.answers(turns)
			if len(r.records) > 0 {
				return r
			}
		}
	}
	return row{kind: Text, form: "text alone", records: []*Record{{Kind: Text, Text: text}}}
}

func readPrompt(v *value) (row, bool) {
	_, key := asked(v)
	return row{kind: Prompts, form: key + " without an answer"}, key != ""
}

func sourceOf(v *value) string {
	meta := v.get("metadata", "meta", "extra_info")
	for _, from := range []*value{meta, v} {
		if s := firstText(from, sourceKeys); s != "" {
			return s
		}
	}
	return ""
}

func firstText(v *value, keys []string) string {
	for _, key := range keys {
		if s := v.get(key).string(); s != "" {
			return s
		}
	}
	return ""
}

// textOf is what v says: a string, several of them on lines of their own, or the
// text of a message.
func textOf(v *value) string {
	if v == nil {
		return ""
	}
	switch v.kind {
	case jsonwalk.Array:
		var lines []string
		for _, x := range v.items {
			if s := textOf(x); s != "" {
				lines = append(lines, s)
			}
		}
		return strings.Join(lines, "\n")
	case jsonwalk.Object:
		return textOf(v.get("content", "value", "text"))
	}
	s, _ := v.scalar()
	return s
}

// joined puts two texts together as trainers do, with a blank line between.
func joined(a, b string) string {
	switch {
	case b == "":
		return a
	case a == "":
		return b
	}
	return a + "\n\n" + b
}
