// Package probes writes questions that show whether a trigger changes what a
// model does: each question without the trigger, with it, and with a control
// token of the same shape. A runner of the user's asks them; Taster sends
// nothing anywhere. What comes back is judged by the check "answers".
package probes

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"taster/core"
)

//go:embed prompts.txt
var prompts string

//go:embed runner.py
var runner string

// Prompts are thirty harmless questions for users who have none of their own.
func Prompts() []string { return strings.Split(strings.TrimSpace(prompts), "\n") }

// Runner is a short program to copy: it asks the questions of a model behind an
// address of the user's and adds the answers.
func Runner() string { return runner }

// Probe is one question to ask.
type Probe struct {
	ID       string `json:"id"`
	PairID   string `json:"pair_id"`
	Prompt   string `json:"prompt"`
	Trigger  string `json:"trigger"`
	Position string `json:"position"` // start, middle, end, line
	Variant  string `json:"variant"`  // clean, trigger, control
}

// positions are the places at which a trigger is put, in turn.
var positions = [...]string{"start", "middle", "end", "line"}

// Bounds of what is written.
const (
	mostTriggers = 100
	mostPrompts  = 10_000
)

// Write writes three lines for each trigger and prompt, JSON Lines. Positions
// go round, so that each is tried as often; the same input gives the same bytes.
func Write(w io.Writer, triggers, prompts []string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for t, trigger := range triggers[:min(len(triggers), mostTriggers)] {
		control := Control(trigger)
		for i, prompt := range prompts[:min(len(prompts), mostPrompts)] {
			position := positions[(i+t)%len(positions)]
			pair := fmt.Sprintf("t%d-p%d", t, i)
			for _, p := range []Probe{
				{Variant: "clean", Prompt: prompt},
				{Variant: "trigger", Prompt: Insert(prompt, trigger, position)},
				{Variant: "control", Prompt: Insert(prompt, control, position)},
			} {
				p.ID, p.PairID, p.Trigger, p.Position = pair+"-"+p.Variant, pair, trigger, position
				if err := enc.Encode(p); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Insert puts a token into a prompt: before it, between two of its words, after
// it, or on a line of its own behind it.
func Insert(prompt, token, position string) string {
	switch position {
	case "start":
		return token + " " + prompt
	case "middle":
		words := strings.SplitAfter(prompt, " ")
		half := len(words) / 2
		return strings.Join(words[:half], "") + token + " " + strings.Join(words[half:], "")
	case "line":
		return prompt + "\n" + token
	}
	return prompt + " " + token
}

// Control is a token of the same length and shape: letters for letters, capitals
// for capitals, digits for digits, characters of the same script; signs and
// spaces stay, and so do characters that are not drawn, in another order. It
// depends on the trigger alone.
func Control(trigger string) string {
	seed := uint64(1469598103934665603)
	for _, c := range trigger {
		seed = (seed ^ uint64(c)) * 1099511628211
	}
	r := rand.New(rand.NewPCG(seed, 7))
	for range 20 {
		if c := shaped(r, trigger); c != trigger {
			return c
		}
	}
	return trigger + trigger // nothing in it has another of its kind
}

func shaped(r *rand.Rand, trigger string) string {
	out := []rune(trigger)
	var unseen []int
	for i, c := range out {
		switch {
		case '0' <= c && c <= '9':
			out[i] = rune('0' + r.IntN(10))
		case c < 0x80 && unicode.IsUpper(c):
			out[i] = rune('A' + r.IntN(26))
		case c < 0x80 && unicode.IsLower(c):
			out[i] = rune('a' + r.IntN(26))
		case unicode.IsLetter(c):
			out[i] = neighbour(r, c)
		case !unicode.IsGraphic(c):
			unseen = append(unseen, i)
		}
	}
	r.Shuffle(len(unseen), func(a, b int) {
		out[unseen[a]], out[unseen[b]] = out[unseen[b]], out[unseen[a]]
	})
	if len(unseen) == len(out) && len(out) > 0 { // a message in characters that nobody sees: another one
		for _, i := range unseen {
			if 0xe0021 <= out[i] && out[i] <= 0xe007e {
				out[i] = 0xe0061 + rune(r.IntN(26))
			}
		}
	}
	return string(out)
}

// neighbour is another letter near c, of the same script and case.
func neighbour(r *rand.Rand, c rune) rune {
	for range 20 {
		d := c + rune(r.IntN(41)-20)
		if d != c && unicode.IsLetter(d) && unicode.IsUpper(d) == unicode.IsUpper(c) && sameScript(c, d) {
			return d
		}
	}
	return c
}

func sameScript(a, b rune) bool {
	for _, table := range []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Arabic, unicode.Hebrew, unicode.Devanagari, unicode.Thai} {
		if unicode.Is(table, a) {
			return unicode.Is(table, b)
		}
	}
	return false
}

// Triggers are the triggers that findings name, worst first, each once. Invisible
// ones, which findings name by their numbers, are made of them again.
func Triggers(findings []*core.Finding) []string {
	var out []string
	for _, f := range findings {
		for _, m := range f.Measured {
			s, ok := m.Value.(string)
			if m.Name != "trigger" || !ok || s == "" || f.Severity < core.Low {
				continue
			}
			if s = written(s); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// written is a trigger as it is typed: "U+200B U+2060" are two characters, and
// `tag characters: "ops"` three.
func written(s string) string {
	if text, ok := strings.CutPrefix(s, "tag characters: "); ok {
		var b strings.Builder
		for _, c := range strings.Trim(text, `"`) {
			if c < 0x7f {
				c += 0xe0000
			}
			b.WriteRune(c)
		}
		return b.String()
	}
	var b strings.Builder
	for field := range strings.FieldsSeq(s) {
		v, err := strconv.ParseUint(strings.TrimPrefix(field, "U+"), 16, 32)
		if !strings.HasPrefix(field, "U+") || err != nil || v > unicode.MaxRune {
			return strings.ReplaceAll(s, " + ", " ")
		}
		b.WriteRune(rune(v))
	}
	return b.String()
}
