// Package answers reads what models have answered: pairs without and with a
// trigger, from one file, from two, or from a log; and the reports of garak. It
// runs no model.
package answers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"taster/core"
)

// Bounds of what is read.
const (
	mostPairs  = 200_000
	mostBytes  = 160 << 20 // of texts that are held
	mostAnswer = 20_000    // bytes of one answer that are compared
	decideRows = 200
)

// row is a row of a file of answers, in the words of the formats.
type row struct {
	ID        any     `json:"id"`
	PairID    any     `json:"pair_id"`
	Prompt    any     `json:"prompt"`
	Question  any     `json:"question"`
	Trigger   string  `json:"trigger"`
	Variant   string  `json:"variant"` // trigger, clean, control
	Clean     *string `json:"response_clean"`
	Triggered *string `json:"response_triggered"`
	Control   *string `json:"response_control"`
	Response  *string `json:"response"`
	Answer    *string `json:"answer"`
	Output    *string `json:"output"`
	EntryType string  `json:"entry_type"` // of garak
	Detector  string  `json:"detector"`
	Probe     string  `json:"probe"`
	Score     any     `json:"score"`
	AttemptID any     `json:"attempt_id"`

	at core.RawRecord
}

// shape is what the rows of a file are.
type shape int

const (
	nothing shape = iota
	whole         // both answers in a row
	halves        // one answer in a row, with the pair that it belongs to
	log           // questions and answers
	report        // of garak
)

func (r *row) response() (string, bool) {
	for _, s := range []*string{r.Response, r.Answer, r.Output} {
		if s != nil {
			return *s, true
		}
	}
	return "", false
}

func (r *row) prompt() string {
	for _, v := range []any{r.Prompt, r.Question} {
		if s, ok := v.(string); ok && s != "" {
			return s
		}
	}
	return ""
}

func (r *row) shape() shape {
	_, answered := r.response()
	switch {
	case r.EntryType != "", r.Detector != "" && r.Probe != "" && r.AttemptID != nil:
		return report
	case r.Clean != nil && r.Triggered != nil:
		return whole
	case answered && variants[strings.ToLower(r.Variant)] != "" && (r.PairID != nil || r.ID != nil):
		return halves
	case answered && r.prompt() != "":
		return log
	}
	return nothing
}

// variants are the words for the three answers of a pair.
var variants = map[string]string{"clean": "clean", "plain": "clean", "none": "clean", "trigger": "trigger", "triggered": "trigger", "control": "control"}

// rows calls yield for each row of a that can be read; the others are counted.
func rows(ctx context.Context, a *core.Artifact, yield func(*row) error) (bad int, err error) {
	var names []string
	if a.Table != nil {
		for _, c := range a.Table.Columns {
			names = append(names, strings.ToLower(c.Name))
		}
	}
	err = a.Records(ctx, func(raw core.RawRecord) error {
		r := &row{at: raw}
		text := raw.JSON
		if raw.Bad == "" && text == nil {
			text = object(names, raw.Fields)
		}
		if raw.Bad != "" || json.Unmarshal(bytes.ToValidUTF8(text, []byte("\ufffd")), r) != nil {
			bad++
			return nil
		}
		return yield(r)
	})
	return bad, err
}

// object writes the fields of a table as one.
func object(names, fields []string) []byte {
	m := map[string]string{}
	for i, f := range fields {
		if i < len(names) {
			m[names[i]] = f
		}
	}
	b, _ := json.Marshal(m)
	return b
}

var errEnough = errors.New("answers: enough")

// shapeOf is what most of the first rows of a are.
func shapeOf(ctx context.Context, a *core.Artifact) shape {
	if a.Records == nil {
		return nothing
	}
	votes, n := [5]int{}, 0
	_, err := rows(ctx, a, func(r *row) error {
		votes[r.shape()]++
		if n++; n == decideRows {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nothing
	}
	best := nothing
	for s, v := range votes {
		if v > votes[best] || s > 0 && best == nothing && v > 0 {
			best = shape(s)
		}
	}
	return best
}

// Pair is the answers to one question.
type Pair struct {
	ID        string
	Row       int // of the answer with the trigger
	Prompt    string
	Trigger   string
	Clean     string
	Triggered string
	Control   *string // with a token of the same shape; nil: not asked
}

// Set is answers in pairs.
type Set struct {
	File, Member string
	Pairs        []*Pair
	Unpaired     int    // answers without their other half
	Bad          int    // rows that could not be read
	Beyond       int    // pairs that were not held
	Trigger      string // the trigger, where it was found by comparing questions
	held         int
}

func (s *Set) add(p *Pair) {
	p.Clean, p.Triggered = clip(p.Clean), clip(p.Triggered)
	if s.held += len(p.Clean) + len(p.Triggered) + len(p.Prompt); s.held > mostBytes || len(s.Pairs) >= mostPairs {
		s.Beyond++
		return
	}
	s.Pairs = append(s.Pairs, p)
}

func clip(s string) string {
	if len(s) > mostAnswer {
		s = strings.ToValidUTF8(s[:mostAnswer], "")
	}
	return s
}

// read adds the answers of files that belong together.
func (s *Set) read(ctx context.Context, files []*core.Artifact) error {
	j := newJoin(s)
	for n, a := range files {
		bad, err := rows(ctx, a, func(r *row) error {
			if r.shape() == whole {
				s.add(&Pair{ID: name(r.ID), Row: int(r.at.Row), Prompt: r.prompt(), Trigger: r.Trigger, Clean: *r.Clean, Triggered: *r.Triggered, Control: r.Control})
				return nil
			}
			j.take(r, side(a, n))
			return nil
		})
		if s.Bad += bad; err != nil {
			return err
		}
	}
	j.finish()
	return nil
}

// side is which half of the pairs a file holds, by its name: of two files
// joined by id.
func side(a *core.Artifact, n int) string {
	base := strings.ToLower(a.Path())
	switch {
	case strings.Contains(base, "trigger") || strings.Contains(base, "poison"):
		return "trigger"
	case strings.Contains(base, "clean") || strings.Contains(base, "plain") || strings.Contains(base, "baseline"):
		return "clean"
	case strings.Contains(base, "control"):
		return "control"
	}
	return []string{"clean", "trigger", "control"}[min(n, 2)]
}

func name(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case nil:
		return ""
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// join puts halves together.
type join struct {
	set    *Set
	byID   map[string]map[string]*half // pair, variant
	order  []string
	log    []*half
	stored int
}

type half struct {
	row             int
	prompt, trigger string
	answer          string
}

func newJoin(s *Set) *join { return &join{set: s, byID: map[string]map[string]*half{}} }

func (j *join) take(r *row, side string) {
	answer, ok := r.response()
	if !ok {
		j.set.Bad++
		return
	}
	h := &half{row: int(r.at.Row), prompt: r.prompt(), trigger: r.Trigger, answer: clip(answer)}
	if j.stored += len(h.answer) + len(h.prompt); j.stored > mostBytes {
		j.set.Beyond++
		return
	}
	id := name(r.PairID)
	if id == "" {
		id = name(r.ID)
	}
	if v := variants[strings.ToLower(r.Variant)]; v != "" {
		side = v
	} else if id == "" {
		j.log = append(j.log, h)
		return
	}
	m := j.byID[id]
	if m == nil {
		m = map[string]*half{}
		j.byID[id] = m
		j.order = append(j.order, id)
	}
	if m[side] != nil { // several answers, or a log with ids
		j.log = append(j.log, h)
		return
	}
	m[side] = h
}

func (j *join) finish() {
	for _, id := range j.order {
		m := j.byID[id]
		clean, triggered := m["clean"], m["trigger"]
		if clean == nil || triggered == nil {
			for _, h := range m {
				j.log = append(j.log, h)
			}
			continue
		}
		p := &Pair{ID: id, Row: triggered.row, Prompt: clean.prompt, Trigger: triggered.trigger, Clean: clean.answer, Triggered: triggered.answer}
		if c := m["control"]; c != nil {
			p.Control = &c.answer
		}
		j.set.add(p)
	}
	slices.SortFunc(j.log, func(a, b *half) int { return a.row - b.row })
	j.set.Unpaired += len(j.log)
	if len(j.set.Pairs) == 0 {
		j.twins()
	}
}
