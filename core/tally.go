package core

import "fmt"

// tallyMax is how many findings of one rule a Tally passes on.
const tallyMax = 20

// Tally reports the defects of one container. A hostile file can have the same
// one a hundred thousand times, so it passes on the first 20 of each rule and
// counts the others.
type Tally struct {
	o    *Opener
	seen map[string]int
	held []held
}

// held is what was not passed on of one rule.
type held struct {
	rule   *Rule
	offset int64 // of the first
	unread bool
}

// NewTally makes a Tally that reports to o.
func NewTally(o *Opener) *Tally { return &Tally{o: o, seen: map[string]int{}} }

// Report is [Opener.Report], unless there were too many findings of rule.
func (t *Tally) Report(rule *Rule, offset int64, title, saw string) error {
	if t.full(rule, offset, false) {
		return nil
	}
	return t.o.Report(rule, offset, HighConfidence, title, saw)
}

// Unread is [Opener.Unread], unless there were too many findings of rule.
func (t *Tally) Unread(rule *Rule, offset int64, title, saw string) error {
	if t.full(rule, offset, true) {
		return nil
	}
	return t.o.Unread(rule, offset, title, saw)
}

func (t *Tally) full(rule *Rule, offset int64, unread bool) bool {
	t.seen[rule.ID]++
	if t.seen[rule.ID] <= tallyMax {
		return false
	}
	for i := range t.held {
		if t.held[i].rule == rule {
			t.held[i].unread = t.held[i].unread || unread
			return true
		}
	}
	t.held = append(t.held, held{rule, offset, unread})
	return true
}

// Close reports how many findings were held back.
func (t *Tally) Close() error {
	for _, h := range t.held {
		n := t.seen[h.rule.ID] - tallyMax
		title := fmt.Sprintf("%s, and %d more", h.rule.Title, n)
		saw := fmt.Sprintf("%d more places like the %d that are listed, the first of them here.", n, tallyMax)
		report := func() error { return t.o.Report(h.rule, h.offset, HighConfidence, title, saw) }
		if h.unread {
			report = func() error { return t.o.Unread(h.rule, h.offset, title, saw) }
		}
		if err := report(); err != nil {
			return err
		}
	}
	return nil
}
