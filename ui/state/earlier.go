package state

import (
	"maps"

	"taster/core/report"
)

// Earlier is a report of an earlier run, to compare with.
type Earlier struct {
	Name   string // of the file
	Report *report.Earlier
	Known  map[string]bool // its finding ids
}

type (
	// EarlierGiven brings the report of an earlier run.
	EarlierGiven struct {
		Name   string
		Report *report.Earlier
	}
	// EarlierDropped puts it away.
	EarlierDropped struct{}
	// AcceptedGiven brings a list of accepted findings; Day is today, 2006-01-02.
	AcceptedGiven struct {
		List []report.Acceptance
		Day  string
	}
)

func (msg EarlierGiven) apply(m *Model) []Effect {
	m.Earlier = &Earlier{msg.Name, msg.Report, msg.Report.IDs()}
	m.Announce, m.Notice = "Earlier report taken", ""
	m.compare()
	return nil
}

func (EarlierDropped) apply(m *Model) []Effect {
	m.Earlier, m.Change = nil, nil
	return nil
}

func (msg AcceptedGiven) apply(m *Model) []Effect {
	m.Accepted, m.Day = msg.List, msg.Day
	m.Announce, m.Notice = plural(len(msg.List), "accepted finding")+" taken", ""
	m.accept()
	return nil
}

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
func (in *Session) Baseline() map[string]bool {
	if in.Earlier == nil {
		return nil
	}
	return in.Earlier.Known
}

// Age says whether the earlier report has a finding, "" without one.
func (in *Session) Age(id string) string {
	switch {
	case in.Earlier == nil:
		return ""
	case in.Earlier.Known[id]:
		return "known"
	}
	return "new"
}

// accept applies the accepted findings, where the user has not decided.
func (in *Session) accept() {
	if in.Report.Done == nil {
		return
	}
	decided := report.Decide(&in.Report, in.Accepted, in.Day)
	maps.Copy(decided.Dispositions, in.Dispositions)
	in.Dispositions, in.Ended, in.Unused = decided.Dispositions, decided.Expired, decided.Unused
}
