package state

import (
	"bytes"
	"maps"
	"slices"

	"taster/core"
	"taster/core/report"
)

// Earlier is a report of an earlier run, to compare with.
type Earlier struct {
	Name   string // of the file
	Report *report.Earlier
	Known  map[string]bool // its finding ids
}

func (m *Model) earlierGiven(msg EarlierGiven) {
	m.Earlier = &Earlier{msg.Name, msg.Report, msg.Report.IDs()}
	m.Announce, m.Notice = "Earlier report taken", ""
	m.compare()
}

func (m *Model) earlierDropped() { m.Earlier, m.Change = nil, nil }

// compare sets what changed since the earlier report, when the run has ended.
// It reads this run's report as the command reads a file, so that both say the
// same.
func (m *Model) compare() {
	m.Change = nil
	if m.Earlier == nil || m.Report.Done == nil || m.Running {
		return
	}
	now, err := report.AsEarlier(&m.Report)
	if err != nil {
		m.Notice = "The reports could not be compared: " + err.Error()
		return
	}
	m.Change = report.Compare(m.Earlier.Report, now)
}

// Baseline holds the finding ids of the earlier report, nil without one.
func (m *Model) Baseline() map[string]bool {
	if m.Earlier == nil {
		return nil
	}
	return m.Earlier.Known
}

// Age says whether the earlier report has a finding, "" without one.
func (m *Model) Age(id string) string {
	switch {
	case m.Earlier == nil:
		return ""
	case m.Earlier.Known[id]:
		return "known"
	}
	return "new"
}

func (m *Model) acceptedGiven(msg AcceptedGiven) {
	m.Accepted, m.Day = msg.List, msg.Day
	m.Announce, m.Notice = plural(len(msg.List), "accepted finding")+" taken", ""
	m.accept()
}

// accept applies the accepted findings, where the user has not decided.
func (m *Model) accept() {
	if m.Report.Done == nil {
		return
	}
	decided := report.Decide(&m.Report, m.Accepted, m.Day)
	maps.Copy(decided.Dispositions, m.Dispositions)
	m.Dispositions, m.Ended, m.Unused = decided.Dispositions, decided.Expired, decided.Unused
}

// saveComparison saves what changed, as one of the command's two formats writes it.
func (m *Model) saveComparison(format string) []Effect {
	if m.Change == nil {
		return nil
	}
	var b bytes.Buffer // does not fail
	if format == "comparison.json" {
		_ = report.WriteComparisonJSON(&b, m.Change)
		return []Effect{Save{Name: "taster-comparison.json", Type: "application/json", Bytes: b.Bytes()}}
	}
	_ = report.WriteComparison(&b, m.Change)
	return []Effect{Save{Name: "taster-comparison.txt", Type: "text/plain; charset=utf-8", Bytes: b.Bytes()}}
}

// Events are those of the run, in their order, without progress.
func (m *Model) Events() []core.Event { return m.events }

// cleanings lists the inputs that hold rows of the drop-list.
func (m *Model) cleanings() []report.Cleaning {
	all := report.Cleanings(report.Input{Report: &m.Report, Detectors: m.Catalog.Detectors, Dispositions: m.Dispositions})
	return slices.DeleteFunc(all, func(c report.Cleaning) bool {
		return !slices.ContainsFunc(m.Files, func(f File) bool { return f.Path == c.Path })
	})
}
