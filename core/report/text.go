package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"taster/core"
)

// writeText writes the report for people at a terminal. A file name cannot
// move the cursor, colour a line or hide one.
func writeText(w io.Writer, in Input) error {
	v, t := newView(in), &textPrinter{bufio.NewWriter(w)}
	t.line("%s", v.sentence())
	t.line("%s", v.tally())
	t.line("%s", notProof)
	t.line("")
	for _, a := range in.Report.Artifacts {
		t.line("%-16s %s (%s)", v.verdict(a), plain(a.File), plain(a.Kind))
	}
	for _, f := range v.findings {
		t.finding(f)
		if v.Dispositions[f.id].State != "" || v.Baseline != nil {
			t.field("status", v.disposition(f)+v.age(f))
		}
	}
	for _, d := range in.Report.Datasets() {
		v.textDataset(t, d)
	}
	t.line("\nWhat was checked")
	for _, c := range in.Report.Coverage {
		t.line("  %-8s %s", c.State, plain(strings.Join(nonEmpty(c.Check, c.Path, c.Why), "  ")))
	}
	return t.w.Flush()
}

type textPrinter struct{ w *bufio.Writer }

func (t *textPrinter) line(format string, args ...any) {
	fmt.Fprintf(t.w, format, args...)
	t.w.WriteByte('\n')
}

func (t *textPrinter) finding(f finding) {
	t.line("\n%s  %s  [%s, confidence %s]  %s", f.id, plain(f.Title), strings.ToUpper(f.Severity.String()), f.Confidence, f.Rule)
	t.field("where", place(f.Where))
	t.field("saw", f.Saw)
	for _, e := range f.Evidence {
		if e.Text != "" {
			t.field("evidence", shorten(e.Text, 300))
		}
	}
	t.field("matters", f.rule.Matters)
	t.field("benign", f.rule.Benign)
	t.field("do", f.rule.Do)
	t.field("refs", strings.Join(f.rule.Refs, ", "))
}

func (t *textPrinter) field(name, text string) {
	if text != "" {
		t.line("  %-8s %s", name, plain(text))
	}
}

func (v *view) textDataset(t *textPrinter, d *core.SubjectReport) {
	t.line("\nDataset: %s x %s, %d classes", count(d.Info.Rows, "row"), count(d.Info.Dims, "dimension"), len(d.Info.Classes))
	for _, n := range d.Info.Notes {
		t.line("  %s", plain(n))
	}
	for _, r := range d.Results {
		t.line("  %-24s %s flagged", r.Detector, count(len(r.Flagged), "row"))
	}
	rows := v.agreement(d).Rows(2)
	strong := 0
	for _, r := range rows {
		if r.Families > 1 {
			strong++
		}
	}
	if len(rows) > 0 {
		t.line("  %s flagged by two checks or more, %d of them by checks of different families", count(len(rows), "row"), strong)
	}
}

// shorten cuts s to at most n runes.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

func nonEmpty(words ...string) []string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}
