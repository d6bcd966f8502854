package language

import (
	"unicode"
	"unicode/utf8"
)

// Message is a text written in characters that nobody sees.
type Message struct {
	Text     string
	How      Class
	From, To int // bytes [From, To) of the text it stands in
}

const mostMessages = 1000

// Reveal decodes the messages in text, at most 1,000 of them, that stand in
// runs of unseen characters which no ordinary writing explains.
func Reveal(text string) []Message {
	var out []Message
	for _, h := range HiddenRuns(text) {
		t := Decoded(text, h)
		if t == "" || !Readable(t) || len(out) == mostMessages {
			continue
		}
		out = append(out, Message{Text: t, How: h.Class, From: h.Start, To: h.End})
	}
	return out
}

// Readable says whether t is a text for people: UTF-8 of which at least 95 % of
// the characters can be printed, with four letters at least.
func Readable(t string) bool {
	if !utf8.ValidString(t) {
		return false
	}
	letters, odd, all := 0, 0, 0
	for _, r := range t {
		all++
		switch {
		case unicode.IsLetter(r):
			letters++
		case !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != '\r':
			odd++
		}
	}
	return letters >= 4 && odd*20 <= all
}
