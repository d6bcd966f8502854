package ui

import (
	"taster/core/report"
	"taster/ui/state"
)

// Accepted says what became of the accepted findings that were dropped: those
// that hold nothing any more must not go unseen.
type Accepted struct {
	M *state.Model
}

// Headline counts them by what they do.
func (c *Accepted) Headline() string {
	if c.M.Report.Done == nil {
		return "Run to apply them."
	}
	ended, unused := len(c.M.Ended), len(c.M.Unused)
	return Count(len(c.M.Accepted)-ended-unused) + " in force, " + Count(ended) + " past the last day, " + Count(unused) + " without a finding."
}

// idle is an acceptance that accepts nothing.
type idle struct{ Why, What, Reason string }

// Idle lists them, those past their day first.
func (c *Accepted) Idle() []idle {
	var out []idle
	for _, a := range c.M.Ended {
		out = append(out, idle{"ended " + a.Expires, what(a), a.Reason})
	}
	for _, a := range c.M.Unused {
		out = append(out, idle{"covers nothing", what(a), a.Reason})
	}
	return out
}

// what names what is accepted.
func what(a report.Acceptance) string {
	switch {
	case a.ID != "":
		return a.ID
	case a.Path != "":
		return a.Rule + " in " + a.Path
	}
	return a.Rule
}
