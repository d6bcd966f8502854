package core

import "fmt"

// tallyMax is how many findings of one rule a Tally passes on.
const tallyMax = 20

// Tally reports the defects of one container. A hostile file can have the same
// one a hundred thousand times, so it passes on the first 20 of each rule and
// counts the others.
type Tally struct {
	o     *Opener
	seen  map[string]int
	order []*Rule // whose findings were held back, in the order of the first
	first []int64 // offsets of those
}

// NewTally makes a Tally that reports to o.
func NewTally(o *Opener) *Tally { return &Tally{o: o, seen: map[string]int{}} }

// Report is [Opener.Report], unless there were too many findings of rule.
func (t *Tally) Report(rule *Rule, offset int64, title, saw string) error {
	if t.full(rule, offset) {
		return nil
	}
	return t.o.Report(rule, offset, HighConfidence, title, saw)
}

// Unread is [Opener.Unread], unless there were too many findings of rule.
func (t *Tally) Unread(rule *Rule, offset int64, title, saw string) error {
	if t.full(rule, offset) {
		return nil
	}
	return t.o.Unread(rule, offset, title, saw)
}

// Seen is how many findings of rule there were, held back or not.
func (t *Tally) Seen(rule *Rule) int { return t.seen[rule.ID] }

func (t *Tally) full(rule *Rule, offset int64) bool {
	t.seen[rule.ID]++
	if t.seen[rule.ID] == tallyMax+1 {
		t.order, t.first = append(t.order, rule), append(t.first, offset)
	}
	return t.seen[rule.ID] > tallyMax
}

// Close reports how many findings were held back.
func (t *Tally) Close() error {
	for i, rule := range t.order {
		n := t.seen[rule.ID] - tallyMax
		err := t.o.Unread(rule, t.first[i], fmt.Sprintf("%s, and %d more", rule.Title, n),
			fmt.Sprintf("%d more places like the %d that are listed, the first of them here.", n, tallyMax))
		if err != nil {
			return err
		}
	}
	return nil
}
