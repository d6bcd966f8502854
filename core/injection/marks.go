package injection

import (
	"strings"

	"taster/core/language"
)

// Marks are hits of the families that look at the source as it is written,
// upper case and lower case apart: control tokens (T), and frames that are
// closed without having been opened (U), which mean something in plain text
// only.
func (r *Rules) Marks(source string, plain bool) []Hit {
	var out []Hit
	opened := map[string]bool{}
	r.control.Each(source, func(n, from, to int) {
		if m := &controls[n]; m.opening {
			opened[m.text[1:]] = true
		} else if h, ok := m.hit(source, from, to); ok && len(out) < mostHit && !(m.closing && (!plain || opened[m.name()])) {
			out = append(out, h)
		}
	})
	return out
}

// hit is the hit that m makes at [from, to) of source.
func (m *control) hit(source string, from, to int) (Hit, bool) {
	switch {
	case m.exact && source[from:to] != m.text,
		m.line && from > 0 && source[from-1] != '\n',
		m.line && to < len(source) && strings.IndexByte("\n\r ", source[to]) < 0:
		return Hit{}, false
	case m.closing:
		return Hit{Family: "U", Weak: true, From: from, To: to}, true
	}
	return Hit{Family: "T", From: from, To: to}, true
}

// name is the frame that m closes.
func (m *control) name() string { return strings.Trim(m.text, "</>") }

// control is a mark in the source.
type control struct {
	text    string
	exact   bool // as it is written, upper case and lower case
	closing bool // closes a frame
	opening bool // opens one; what follows the name is open
	line    bool // fills a line
}

var controls = []control{
	{text: "<|im_start|>"}, {text: "<|im_end|>"}, {text: "<|im_sep|>"}, {text: "<|system|>"}, {text: "<|user|>"}, {text: "<|assistant|>"}, {text: "<|endoftext|>"}, {text: "<|end_of_text|>"},
	{text: "<|begin_of_text|>"}, {text: "<|start_header_id|>"}, {text: "<|end_header_id|>"}, {text: "<|eot_id|>"}, {text: "<|end|>"}, {text: "<|start|>"}, {text: "<|message|>"}, {text: "<|channel|>"}, {text: "<|endofprompt|>"}, {text: "<|tool_call|>"},
	{text: "<start_of_turn>"}, {text: "<end_of_turn>"}, {text: "<|start_of_role|>"}, {text: "<|end_of_role|>"},
	{text: "[INST]", exact: true}, {text: "[/INST]", exact: true}, {text: "<<SYS>>", exact: true}, {text: "<</SYS>>", exact: true},
	{text: "[SYSTEM]", exact: true}, {text: "[SYSTEM_PROMPT]", exact: true}, {text: "<IMPORTANT>", exact: true}, {text: "<INFORMATION>", exact: true}, {text: "<SYSTEM>", exact: true}, {text: "<SYSTEM MODE>", exact: true}, {text: "<SYSTEM_MODE>", exact: true},
	{text: "### Instruction:", exact: true, line: true}, {text: "### System:", exact: true, line: true}, {text: "### Response:", exact: true, line: true},
	{text: "</document>", closing: true}, {text: "</documents>", closing: true}, {text: "</context>", closing: true}, {text: "</untrusted>", closing: true}, {text: "</untrusted_content>", closing: true}, {text: "</data>", closing: true}, {text: "</user_input>", closing: true}, {text: "</user_query>", closing: true}, {text: "</tool_result>", closing: true}, {text: "</search_results>", closing: true}, {text: "</retrieved>", closing: true},
	{text: "<document", opening: true}, {text: "<documents", opening: true}, {text: "<context", opening: true}, {text: "<untrusted", opening: true}, {text: "<untrusted_content", opening: true}, {text: "<data", opening: true}, {text: "<user_input", opening: true}, {text: "<user_query", opening: true}, {text: "<tool_result", opening: true}, {text: "<search_results", opening: true}, {text: "<retrieved", opening: true},
}

func newControls() *language.Anchors {
	var words []string
	for _, m := range controls {
		words = append(words, strings.ToLower(m.text))
	}
	return language.NewAnchors(words)
}
