package templates

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// class says what a text that a message is compared with is likely for.
type class uint8

// The classes, by rising suspicion.
const (
	layout    class = iota // empty, or white space
	known                  // a mark that templates are known to look for: "</think>", "/no_think"
	key                    // a name in the interface of chat programs: "image_url", "user"
	figures                // neither letters nor a mark: digits, emoji
	tokenMark              // has the shape of a special token, but is not known
	word                   // a word or phrase
)

// classify says what a literal is likely for.
func classify(s string) class {
	s = strings.ToLower(strings.TrimSpace(s))
	switch {
	case s == "":
		return layout
	case slices.Contains(keys, s), slices.Contains(schema, s):
		return key
	case isKnownMark(s):
		return known
	case hasTokenShape(s):
		return tokenMark
	case strings.IndexFunc(s, unicode.IsLetter) < 0:
		return figures
	}
	return word
}

// keys are names by which chat programs mark roles and parts of messages.
var keys = []string{"user", "assistant", "system", "tool", "tools", "function", "developer", "ipython", "model", "human", "bot", "gpt", "ai", "chatbot", "observation",
	"text", "image", "image_url", "images", "video", "video_url", "audio", "audio_url", "input_audio", "input_text", "output_text", "input_image", "file", "document", "documents", "json", "refusal",
	"content", "role", "name", "type", "tool_calls", "tool_call", "tool_call_id", "tool_result", "tool_results", "tool_response", "tool_use", "tool_name", "arguments", "parameters", "output", "result", "results", "error", "code",
	"block", "blocks", "mapping", "sequence", "response", "calls", "call", "outputs", "response_type", "tool_outputs", "chunk", "chunks",
	"reasoning", "reasoning_content", "thinking", "analysis", "final", "commentary", "true", "false", "none", "null", "object", "array", "string"}

// schema are the words of JSON schemas, by which templates walk the parameters
// of tools (JSON Schema 2020-12, and what OpenAPI adds).
var schema = []string{"description", "properties", "required", "enum", "items", "nullable", "anyof", "oneof", "allof", "$ref", "$defs", "definitions", "format", "default", "title",
	"additionalproperties", "minimum", "maximum", "minlength", "maxlength", "minitems", "maxitems", "pattern", "const", "examples", "integer", "number", "boolean", "strict", "returns", "return", "inputschema", "input_schema"}

// markWords are what known marks are about: modes of thought, calls of tools,
// roles and media.
var markWords = []string{"think", "reason", "tool", "func", "call", "image", "img", "video", "audio", "sys", "inst", "im_start", "im_end", "eot", "eos", "bos", "sep", "turn",
	"user", "assistant", "role", "header", "answer", "document", "doc", "channel", "observation", "response", "message", "arg", "param", "vision", "media", "code", "python", "context", "end", "begin", "start", "obj", "source", "search", "xml", "json", "invoke", "result"}

// isKnownMark says whether s looks like a mark of a known kind. Modes of
// thought are also switched by plain words.
func isKnownMark(s string) bool {
	if s == "detailed thinking on" || s == "detailed thinking off" || s == "/set think" || s == "/set nothink" {
		return true
	}
	return hasTokenShape(s) && slices.ContainsFunc(markWords, func(w string) bool { return strings.Contains(s, w) })
}

// hasTokenShape says whether s has the shape of a special token or of the start
// or end of one. A word between plain bars has not.
func hasTokenShape(s string) bool {
	if strings.ContainsAny(s, " \t\n") && !strings.HasSuffix(s, ">") && !strings.HasSuffix(s, "]") {
		return false
	}
	switch s[0] {
	case '<', '[', '{', '`':
		return true
	case '/':
		return !strings.Contains(s[1:], "/")
	}
	return strings.HasSuffix(s, ">") || strings.HasSuffix(s, "}")
}

var (
	// tokens are special tokens and tags, which are no words of a language.
	tokens = regexp.MustCompile(`<[|｜/]?[^<>\n]{1,60}[|｜]?>|\[/?[A-Z_]{2,40}\]|https?://\S+`)
	spoken = regexp.MustCompile(`[\p{L}][\p{L}'’]+`)
)

// wordCount is the number of words in a text without its special tokens. In
// scripts without spaces two characters count as a word.
func wordCount(s string) int {
	n := 0
	for _, w := range spoken.FindAllString(tokens.ReplaceAllString(s, " "), -1) {
		if l := strings.ToLower(w); slices.Contains(keys, l) || slices.Contains(schema, l) {
			continue
		}
		r, _ := firstRune(w)
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
			n += (len([]rune(w)) + 1) / 2
			continue
		}
		n++
	}
	return n
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

// weighed is what a text was found to be.
type weighed struct {
	words    int
	pressure int // the sum of the wordings that work against the user
	what     []string
}

// weigh counts the words of s and what they say, once for each text.
func (c *checker) weigh(s string) weighed {
	w, ok := c.weighed[s]
	if !ok {
		w.words = wordCount(s)
		w.pressure, w.what = press(s)
		c.weighed[s] = w
	}
	return w
}

// pressure is a wording that works against the user, and how much it says.
type pressure struct {
	weight int
	what   string
	hints  []string // one of which is in every text of this wording, in lower case
	form   *regexp.Regexp
}

// wording makes a pressure; hints are separated by spaces.
func wording(weight int, what, hints, form string) pressure {
	return pressure{weight, what, strings.Fields(hints), regexp.MustCompile(`(?i)` + form)}
}

// pressures are wordings of injected instructions. One of weight 1 says little:
// default prompts forbid things, too. They are compiled when a text is first
// weighed.
var pressures = sync.OnceValue(func() []pressure {
	return []pressure{
		wording(3, "a comment that a page would hide", "<!--", `<!--[^>]*[a-z]{3,}[^>]*[a-z]{3,}`),
		wording(3, "text that a page would hide", "display font-size visibility", `display\s*:\s*none|font-size\s*:\s*0|visibility\s*:\s*hidden`),
		wording(3, "letters that are not shown", "", "[\u200b\u200c\u2060\ufeff\u202a-\u202e\u2066-\u2069]{2}|[\U000e0020-\U000e007f]"),
		wording(2, "a mention of hidden instructions", "hidden secret private shown mentioned revealed mention reveal disclose tell", `(hidden|secret|these|this|above|following)\s+(system\s+)?(instruction|prompt|rule|text|note)s?\b.{0,40}\b(hidden|secret|private|not be (shown|mentioned|revealed))|\bhidden\s+(instruction|prompt|rule)|(not|never)\s+(mention|reveal|disclose|tell)\b.{0,40}\b(hidden|these|this)\s+(instruction|prompt|rule|text|note)`),
		wording(2, "a demand to forget other instructions", "ignore disregard forget override bypass", `\b(ignore|disregard|forget|override|bypass)\b.{0,30}\b(previous|prior|earlier|above|all|other|safety|system)\b.{0,30}\b(instruction|prompt|rule|message|guideline|section|polic)`),
		wording(2, "a demand to act in secret", "secretly covertly surreptitiously without", `\bsecretly\b|\b(covertly|surreptitiously)\b|without\s+(telling|informing|alerting|notifying|warning)\b.{0,30}\b(user|human|reader|customer|anyone|anybody)`),
		wording(1, "a demand to keep something from the user", "tell inform let alert notify warn silently", `\b(do not|don't|never|not)\s+(tell|inform|let|alert|notify|warn)\b.{0,30}\b(user|human|reader|customer)|\bsilently\b`),
		wording(2, "a demand to leave out what is safe", "leave omit skip remove disable turn", `\b(leave out|omit|skip|remove|disable|turn off)\b.{0,30}\b(safety|warning|disclaimer|security|validation|authentication)`),
		wording(2, "a demand to weaken code", "backdoor vulnerab exploit insecure malware", `\b(insert|add|include|introduce|write|use|generate)\b.{0,40}\b(backdoor|vulnerabilit|exploits?\b|insecure|malware|vulnerable)`),
		wording(2, "a demand to send data away", "send post upload exfiltrate forward leak transmit", `\b(send|post|upload|exfiltrate|forward|leak|transmit)\b.{0,60}(https?://|\bto\s+\S+@\S+|\bwebhook)`),
		wording(1, "an address", "http", `https?://[^\s'"<>{}]+`),
		wording(1, "a demand for every answer", "always every answers responses replies each", `\b(always|every (answer|response|reply)|in all (answers|responses|replies)|each (answer|response|reply))\b.{0,40}\b(add|append|include|insert|mention|recommend|promote|say|end|link|praise|cite|answer|respond|reply|begin|start)`),
		wording(1, "a change of behaviour", "from rest you instruction", `\bfrom now on\b|\bfor the rest of (this|the) conversation\b|\byou (are|will) now\b|\bnew instructions?\b`),
		wording(1, "a prohibition to mention something", "mention reveal disclose discuss admit acknowledge", `\b(do not|don't|never)\s+(mention|reveal|disclose|discuss|admit|acknowledge)\b`),
		wording(1, "a recommendation", "recommend promote advertise praise endorse prefer", `\b(recommend|promote|advertise|praise|endorse|prefer)\b.{0,60}\b(product|brand|company|shop|store|offer|coin|token|service|bank|fund|party|candidate|buy|purchase)`),
		wording(1, "the voice of another role", "system: assistant: developer:", `(?m)^\s*(system|assistant|developer):\s*\S+`),
		wording(1, "a command of a shell", "curl wget rm base64 sh chmod", `\bcurl\s+(-\S+\s+)*https?:|\bwget\s+https?:|\brm -rf\b|\bbase64 -d\b|\|\s*(ba)?sh\b|\bchmod \+x\b`),
	}
})

// press adds up the wordings of s that work against the user.
func press(s string) (weight int, what []string) {
	lower := strings.ToLower(s)
	for _, p := range pressures() {
		hinted := len(p.hints) == 0 || slices.ContainsFunc(p.hints, func(h string) bool { return strings.Contains(lower, h) })
		if hinted && p.form.MatchString(s) {
			weight += p.weight
			what = append(what, p.what)
		}
	}
	return weight, what
}
