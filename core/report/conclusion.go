package report

import (
	"fmt"
	"strings"

	"taster/core"
)

// notProof closes every report.
const notProof = "Absence of indicators is not proof of absence."

// conclusion is the one sentence over a report. There are four of them, and
// none says that an input is safe.
func (v *view) conclusion() string {
	strong, weak, unread := false, false, v.stopped() != ""
	for _, f := range v.Report.Findings {
		strong = strong || f.Severity >= core.High && f.Confidence >= core.Moderate
		weak = weak || f.Severity >= core.Low && !f.Unread
		unread = unread || f.Unread
	}
	ran, _ := v.checks()
	switch {
	case strong:
		return "Indicators of poisoning or tampering found"
	case weak:
		return "Weak indicators found"
	case unread || ran == 0:
		return "Not enough input to assess"
	}
	return "No indicators found by the " + count(ran, "check") + " that ran"
}

// stopped says why the run ended before its end, or "".
func (v *view) stopped() string {
	switch {
	case v.Report.Done == nil:
		return "unfinished"
	default:
		return v.Report.Done.Stopped
	}
}

// checks counts the checks that ran and those that did not. A check that
// failed somewhere counts as one that did not run.
func (v *view) checks() (ran, not int) {
	failed := map[string]bool{}
	for _, c := range v.Report.Coverage {
		if c.Check != core.CheckRead && c.State != core.Ran {
			failed[c.Check] = true
		}
	}
	for _, c := range v.Report.Coverage {
		if c.Check != core.CheckRead && c.State == core.Ran && !failed[c.Check] {
			ran++
		}
	}
	return ran, len(failed)
}

// tally counts what was found and done: "1 critical, 2 low. 3 checks ran, 1
// did not. 2 places could not be read or checked."
func (v *view) tally() string {
	var n [core.Critical + 1]int
	unread := 0
	for _, f := range v.Report.Findings {
		if f.Severity >= 0 && int(f.Severity) < len(n) {
			n[f.Severity]++
		}
		if f.Unread {
			unread++
		}
	}
	var parts []string
	for s := core.Critical; s >= core.Info; s-- {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], s))
		}
	}
	if parts == nil {
		parts = []string{"No findings"}
	}
	ran, not := v.checks()
	out := fmt.Sprintf("%s. %s ran, %d did not.", strings.Join(parts, ", "), count(ran, "check"), not)
	if unread > 0 {
		out += " " + count(unread, "place") + " could not be read or checked."
	}
	if s := v.stopped(); s != "" {
		out += " The run did not come to its end: " + s + "."
	}
	return out
}

// count is "1 row", "2 rows".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// place says where, for people.
func place(l core.Location) string {
	s := l.File
	if l.Member != "" {
		s += "!" + l.Member
	}
	if l.HasOffset {
		s += fmt.Sprintf(", byte %d", l.Offset)
	}
	if l.Class != "" {
		s += ", class " + l.Class
	}
	if n := len(l.Rows); n > 0 {
		s += ", " + count(n, "row")
	}
	return s
}
