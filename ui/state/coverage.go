package state

import (
	"strings"

	"taster/core"
)

// Cover is one line of the coverage board.
type Cover struct {
	Check, Title, State, Why string
	Found                    int     // findings of this check
	Seconds                  float64 // that it will take, 0: not known
}

// Coverage sums up what each check did. A check that failed anywhere counts
// as failed, and one that has not reported yet as waiting.
func (in *Session) Coverage() []Cover {
	found := map[string]int{}
	for _, f := range in.Report.Findings {
		found[f.Plugin]++
	}
	lines := map[string]core.Coverage{}
	for _, c := range in.Report.Coverage {
		if old, ok := lines[c.Check]; !ok || old.State != core.Failed {
			lines[c.Check] = c
		}
	}
	out, given := []Cover{in.structure(lines)}, in.given()
	for _, d := range in.Catalog.Detectors {
		c, ok := lines[d.Name]
		if !ok {
			c.State, c.Why = Waiting, wants(d)
		}
		if c.State == core.Skipped && in.Waits() && d.Check.Subject() != nil && d.Asks == nil {
			c.State, c.Why = in.planned(d, given)
		}
		out = append(out, Cover{Check: d.Name, Title: d.Title, State: c.State, Why: c.Why, Found: found[d.Name]})
	}
	in.estimate(out, given)
	return out
}

// structure is the line of the check that the formats make while they read.
func (in *Session) structure(lines map[string]core.Coverage) Cover {
	formats := map[string]bool{}
	for _, f := range in.Catalog.Formats {
		formats[f.Name] = true
	}
	c, ok := lines[core.CheckStructure]
	if !ok {
		c.State, c.Why = Waiting, "reads every file of a known format"
	}
	cover := Cover{Check: core.CheckStructure, Title: "File structure", State: c.State, Why: c.Why}
	for _, f := range in.Report.Findings {
		if formats[f.Plugin] {
			cover.Found++
		}
	}
	return cover
}

// wants says what a check reads, before it ran.
func wants(d *core.Detector) string {
	if d.Check.Subject() == nil {
		return "reads " + d.Wants
	}
	return "reads " + strings.Join(d.Lacks(nil), " and ")
}
