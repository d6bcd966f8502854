package state

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"slices"

	"taster/core"
	"taster/core/report"
)

type (
	// Exported asks for a file: the name of a writer, or one of those that are
	// written of more than the report.
	Exported struct{ Writer string }
	// CleanedWanted asks for an input without its rows of the drop-list.
	CleanedWanted struct{ Path string }
	// RedactToggled hides names and sample text in what is exported, or shows them.
	RedactToggled struct{}
	// ScoresToggled puts every row's values into the JSON report, or leaves them.
	ScoresToggled struct{}
)

func (msg Exported) apply(m *Model) []Effect {
	if !m.CanExport() {
		return nil
	}
	switch msg.Writer {
	case "quarantine":
		return m.quarantine()
	case "jsonl":
		return m.saveEvents()
	case "comparison.txt":
		return m.saveComparison(msg.Writer, "text/plain; charset=utf-8", report.WriteComparison)
	case "comparison.json":
		return m.saveComparison(msg.Writer, "application/json", report.WriteComparisonJSON)
	case "png":
		return []Effect{ExportPlots{m.input()}}
	}
	return []Effect{Export{Writer: msg.Writer, Input: m.input(), Handles: m.handles()}}
}

func (msg CleanedWanted) apply(m *Model) []Effect {
	if !m.CanExport() {
		return nil
	}
	for _, c := range m.cleanings() {
		if c.Path == msg.Path {
			return []Effect{Clean{Path: c.Path, Drop: c.Drop, Handle: m.handles()[c.Path]}}
		}
	}
	return nil
}

func (RedactToggled) apply(m *Model) []Effect {
	m.Redact = !m.Redact
	return nil
}

func (ScoresToggled) apply(m *Model) []Effect {
	m.Scores = !m.Scores
	return nil
}

// input is what a report is written of. It does not change with the Model.
func (m *Model) input() report.Input {
	r := m.Report
	rules := slices.SortedFunc(maps.Values(m.Catalog.Rules), func(a, b core.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return report.Input{Report: &r, Rules: rules, Detectors: m.Catalog.Detectors, Scores: m.Scores, Redact: m.Redact,
		Dispositions: maps.Clone(m.Dispositions), Baseline: m.Baseline(), Case: m.Case}
}

// saveEvents saves the events of the run, in their order, without progress.
func (m *Model) saveEvents() []Effect {
	var b bytes.Buffer
	for _, e := range m.events {
		if err := report.WriteEvent(&b, e); err != nil {
			m.Notice = "The events could not be written: " + err.Error()
			return nil
		}
	}
	return []Effect{Save{Name: "taster-events.jsonl", Type: "application/jsonl", Bytes: b.Bytes()}}
}

// saveComparison saves what changed, as the command writes it.
func (in *Session) saveComparison(name, media string, write func(w io.Writer, c *report.Comparison) error) []Effect {
	if in.Change == nil {
		return nil
	}
	var b bytes.Buffer
	_ = write(&b, in.Change) // a Buffer does not fail
	return []Effect{Save{Name: "taster-" + name, Type: media, Bytes: b.Bytes()}}
}

// cleanings lists the inputs that hold rows of the drop-list.
func (in *Session) cleanings() []report.Cleaning {
	all := report.Cleanings(report.Input{Report: &in.Report, Detectors: in.Catalog.Detectors, Dispositions: in.Dispositions})
	return slices.DeleteFunc(all, func(c report.Cleaning) bool {
		return !slices.ContainsFunc(in.Files, func(f File) bool { return f.Path == c.Path })
	})
}
