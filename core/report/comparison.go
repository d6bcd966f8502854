package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"taster/core"
)

// WriteComparison prints c for people at a terminal. It fails only when w does.
func WriteComparison(w io.Writer, c *Comparison) error {
	t := &textPrinter{bufio.NewWriter(w)}
	t.line("%d gone, %d new, %d changed, %d unchanged findings.", len(c.Gone), len(c.New), len(c.Moved), len(c.Same))
	if len(c.Unchecked) > 0 {
		t.line("Ran before and not after: %s. What these checks had found may still be there.", plain(strings.Join(c.Unchecked, ", ")))
	}
	t.line("%s", notProof)
	for _, d := range c.Datasets {
		t.dataset(d)
	}
	for _, part := range []struct {
		title    string
		findings []EarlierFinding
	}{{"New", c.New}, {"Changed: the same rule and place, with another title or offset", c.Moved}, {"Gone", c.Gone}, {"Unchanged", c.Same}} {
		t.findings(part.title, part.findings)
	}
	if len(c.Inputs) > 0 {
		t.line("\nInputs")
	}
	for _, i := range c.Inputs {
		t.line("  %-8s %s", i.word(), plain(i.Path))
	}
	return t.w.Flush()
}

func (t *textPrinter) findings(title string, findings []EarlierFinding) {
	if len(findings) == 0 {
		return
	}
	t.line("\n%s", title)
	for _, f := range findings {
		t.line("  %s  %-8s %s: %s", plain(f.ID), f.Severity, plain(strings.Join(nonEmpty(f.Path, f.Member), "!")), plain(f.Title))
	}
}

func (t *textPrinter) dataset(d DatasetChange) {
	t.line("\nData set: %s before, %s after, %+d", count(d.Before, "row"), count(d.After, "row"), d.After-d.Before)
	for _, c := range d.Classes {
		t.line("  class %-18s %s", plain(c.Name), c.words("rows"))
	}
	for _, c := range d.Flagged {
		t.line("  %-24s %s", plain(c.Name), c.words("rows flagged"))
	}
	for _, s := range d.Success {
		t.line("  attack success on class %s: %s before, %s after", plain(s.Class), s.Before, s.After)
	}
}

func (c Change) words(unit string) string {
	return fmt.Sprintf("%s before, %s after (%s)", orNone(c.Before), orNone(c.After), unit)
}

func orNone(n int) string {
	if n < 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

func (r *Rate) String() string {
	if r == nil {
		return "not measured"
	}
	return fmt.Sprintf("%.1f %% (%.1f to %.1f)", 100*r.Value, 100*r.Low, 100*r.High)
}

func (i InputChange) word() string {
	switch {
	case i.Before == nil:
		return "added"
	case i.After == nil:
		return "removed"
	}
	return "changed"
}

// WriteComparisonJSON writes c for programs. It fails only when w does.
func WriteComparisonJSON(w io.Writer, c *Comparison) error {
	j := newJSONPrinter(w)
	j.object(func() {
		j.text("schema", "taster.comparison/1")
		j.key("tool")
		j.object(func() { j.text("name", "taster"); j.text("version", core.Version) })
		for _, part := range []struct {
			name     string
			findings []EarlierFinding
		}{{"gone", c.Gone}, {"new", c.New}, {"changed", c.Moved}, {"unchanged", c.Same}} {
			jsonList(j, part.name, part.findings, func(f EarlierFinding) { jsonEarlier(j, f) })
		}
		array(j, "notRunAgain", c.Unchecked, appendQuoted)
		jsonList(j, "datasets", c.Datasets, func(d DatasetChange) { jsonDatasetChange(j, d) })
		jsonList(j, "inputs", c.Inputs, func(i InputChange) {
			j.object(func() { j.text("path", i.Path); j.text("change", i.word()) })
		})
	})
	j.w.WriteByte('\n')
	return j.w.Flush()
}

func jsonEarlier(j *jsonPrinter, f EarlierFinding) {
	j.object(func() {
		j.text("id", f.ID)
		j.text("rule", f.Rule)
		j.text("severity", f.Severity.String())
		j.text("path", f.Path)
		j.optional("member", f.Member)
		j.optional("class", f.Class)
		j.text("title", f.Title)
	})
}

func jsonDatasetChange(j *jsonPrinter, d DatasetChange) {
	j.object(func() {
		j.key("rows")
		j.object(func() { j.int("before", int64(d.Before)); j.int("after", int64(d.After)) })
		jsonList(j, "classes", d.Classes, func(c Change) { jsonChange(j, "class", c) })
		jsonList(j, "flagged", d.Flagged, func(c Change) { jsonChange(j, "check", c) })
		jsonList(j, "success", d.Success, func(s SuccessChange) {
			j.object(func() {
				j.text("class", s.Class)
				jsonRate(j, "before", s.Before)
				jsonRate(j, "after", s.After)
			})
		})
	})
}

// jsonChange writes null for a side that was not there.
func jsonChange(j *jsonPrinter, name string, c Change) {
	j.object(func() {
		j.text(name, c.Name)
		for _, side := range []struct {
			name string
			n    int
		}{{"before", c.Before}, {"after", c.After}} {
			if side.n < 0 {
				j.null(side.name)
			} else {
				j.int(side.name, int64(side.n))
			}
		}
	})
}

func jsonRate(j *jsonPrinter, name string, r *Rate) {
	if r == nil {
		j.null(name)
		return
	}
	j.key(name)
	j.object(func() {
		j.figures([]core.Figure{{Name: "success", Value: r.Value}, {Name: "low", Value: r.Low}, {Name: "high", Value: r.High}})
	})
}
