package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"taster/core"
)

// Text writes the report for people at a terminal. Text that comes from files
// is printed with every control, formatting and direction character escaped,
// so that a file name cannot move the cursor or hide a line.
func Text(w io.Writer, in Input) error {
	b := bufio.NewWriter(w)
	p := func(format string, args ...any) { fmt.Fprintf(b, format, args...) }
	p("%s\n\n", Conclusion(in))
	for _, a := range in.Report.Artifacts {
		p("%-11s %s (%s)\n", in.Report.Verdict(a), plain(a.File), plain(a.Kind))
	}
	for _, f := range in.findings() {
		rule := in.rule(f.Rule)
		p("\n%s  %s  [%s, confidence %s]  %s\n", f.id, plain(f.Title), strings.ToUpper(f.Severity.String()), f.Confidence, f.Rule)
		p("  where    %s\n", plain(place(f.Where)))
		for _, line := range [][2]string{{"saw", f.Saw}, {"matters", rule.Matters}, {"benign", rule.Benign}, {"do", rule.Do}} {
			if line[1] != "" {
				p("  %-8s %s\n", line[0], plain(line[1]))
			}
		}
		if len(rule.Refs) > 0 {
			p("  refs     %s\n", strings.Join(rule.Refs, ", "))
		}
	}
	for _, d := range in.Report.Datasets {
		p("\nDataset: %d rows x %d dims, %d classes\n", d.Info.Rows, d.Info.Dims, len(d.Info.Classes))
		for _, n := range d.Info.Notes {
			p("  %s\n", plain(n))
		}
		for _, r := range d.Results {
			p("  %-22s %d rows flagged\n", r.Detector, len(r.Flagged))
		}
	}
	p("\nWhat was checked\n")
	for _, c := range in.Report.Coverage {
		p("  %-8s %s\n", c.State, plain(strings.TrimSpace(strings.Join([]string{c.Check, c.Path, c.Why}, "  "))))
	}
	return b.Flush()
}

// Conclusion is the one sentence over a report, in the fixed vocabulary.
func Conclusion(in Input) string {
	ran, not := 0, 0
	for _, c := range in.Report.Coverage {
		if c.Check == "read" {
			continue
		}
		if c.State == core.Ran {
			ran++
		} else {
			not++
		}
	}
	var strong, weak, unread int
	for _, f := range in.Report.Findings {
		switch {
		case f.Severity >= core.High && f.Confidence >= core.Moderate:
			strong++
		case f.Unread:
			unread++
		case f.Severity >= core.Low:
			weak++
		}
	}
	tail := ""
	if not > 0 {
		tail = fmt.Sprintf(" %d checks were not run.", not)
	}
	if unread > 0 {
		tail += fmt.Sprintf(" %d times something could not be read or checked.", unread)
	}
	switch {
	case strong > 0:
		return "Indicators of poisoning or tampering found." + tail
	case weak > 0:
		return "Weak indicators found." + tail
	case ran == 0:
		return "Not enough input to assess." + tail
	}
	return fmt.Sprintf("No indicators found by the %d checks that ran.%s Absence of indicators is not proof of absence.", ran, tail)
}

func place(l core.Location) string {
	s := l.File
	if l.Member != "" {
		s += "!" + l.Member
	}
	if l.HasOffset {
		s += fmt.Sprintf(" at byte %d", l.Offset)
	}
	if l.Class != "" {
		s += fmt.Sprintf(", class %q", l.Class)
	}
	if n := len(l.Rows); n > 0 {
		s += fmt.Sprintf(", %d rows", n)
	}
	return s
}

// plain escapes everything in s that is not a printable character or a space.
func plain(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		if r == ' ' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}
