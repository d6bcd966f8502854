// Package invisibletext finds characters that nobody sees and letters that look
// like others, and reads what they say.
package invisibletext

import (
	"strings"
	"unicode"

	"taster/core/language"
	"taster/core/records"
)

// Place is a run of unseen characters in a record.
type Place struct {
	Row     int
	Field   string // "user", "answer", "text", ...
	Class   language.Class
	Codes   string // "U+200B U+2060"
	Decoded string
	Excerpt string
	Alone   bool // one character by itself, not inside a word
}

// MixedWord is a word that puts look-alikes of another script beside Latin letters.
type MixedWord struct {
	Row     int
	Field   string
	Word    string
	Excerpt string
}

// mostRuns bounds the runs that are kept of one text: a hostile one has millions.
const mostRuns = 20

// decodes is how many letters a decoded text needs to count as one.
const decodes = 4

// Look lists what is unseen in a record.
func Look(r *records.Record) (places []Place, mixed []MixedWord) {
	look := func(field, text string) {
		p, m := in(r.Row, field, text)
		places, mixed = append(places, p...), append(mixed, m...)
	}
	for _, t := range r.Turns {
		look(t.Role, t.Text)
	}
	look("answer", r.Answer)
	look("rejected answer", r.Reject)
	look("text", r.Text)
	return places, mixed
}

func in(row int, field, text string) (places []Place, mixed []MixedWord) {
	if plain(text) {
		return nil, nil
	}
	for _, h := range language.HiddenRuns(text) {
		p := Place{Row: row, Field: field, Class: h.Class, Codes: language.Codes(text[h.Start:h.End], 12), Decoded: language.Decoded(text, h), Alone: h.Count == 1 && !h.Inside}
		if letters(p.Decoded) < decodes {
			p.Decoded = ""
		}
		p.Decoded = language.Shown(p.Decoded, 200)
		p.Excerpt = excerpt(text, h.Start, h.End)
		if places = append(places, p); len(places) == mostRuns {
			break
		}
	}
	language.Tokens(text, func(t language.Token) bool {
		if word := text[t.Start:t.End]; !t.Alone && language.IsMixed(word) {
			mixed = append(mixed, MixedWord{row, field, word, excerpt(text, t.Start, t.End)})
		}
		return len(mixed) < mostRuns
	})
	return places, mixed
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x7f || s[i] < ' ' && s[i] != '\n' && s[i] != '\t' && s[i] != '\r' {
			return false
		}
	}
	return true
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// excerpt is the text around a run, with the unseen characters written out.
func excerpt(text string, from, to int) string {
	a, b := max(0, from-40), min(len(text), min(to, from+80)+40)
	return language.Shown(strings.ToValidUTF8(text[a:b], ""), 200)
}
