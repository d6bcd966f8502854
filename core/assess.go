package core

import "slices"

// Assessment says how much of an artifact checks have looked at.
type Assessment string

// The assessments, from most to least.
const (
	AssessedWhole  Assessment = "whole"
	AssessedPartly Assessment = "partly" // bytes, members or more than a tenth of the rows were left out
	AssessedNot    Assessment = "not"    // recognised at most: no check read its content
)

// mostLeftOut is the share of rows that a set may be judged without.
const mostLeftOut = 0.1

// Assessed says how much of a and of everything below it was looked at.
func (r *Report) Assessed(a *Artifact) Assessment {
	own := r.assessedAlone(a)
	for _, m := range a.Members {
		if own == AssessedWhole && r.Assessed(m) != AssessedWhole {
			own = AssessedPartly
		}
	}
	return own
}

func (r *Report) assessedAlone(a *Artifact) Assessment {
	if a.Kind == "empty" {
		return AssessedWhole // of no bytes
	}
	if set := r.setOf(a.File); set != nil {
		switch left := set.leftOut(); {
		case left == 1:
			return AssessedNot
		case left > mostLeftOut:
			return AssessedPartly
		}
	} else if a.Fallback || a.Kind == "unknown" {
		return AssessedNot
	}
	if a.Partial != "" {
		return AssessedPartly
	}
	return AssessedWhole
}

// leftOut is the share of the rows that no check could judge; 0 where rows are not
// counted so.
func (s *SetInfo) leftOut() float64 {
	if s.Subject != Rows || s.Rows == 0 {
		return 0
	}
	return 1 - float64(s.Usable)/float64(s.Rows)
}

// LeftOutRows says whether more than a tenth of the rows of a file's set were left
// out of all checks.
func (r *Report) LeftOutRows(file string) bool {
	for _, s := range r.Subjects {
		if slices.Contains(s.Info.Files, file) && s.Info.leftOut() > mostLeftOut {
			return true
		}
	}
	return false
}

// setOf is the set in which a check has looked at a file, or nil.
func (r *Report) setOf(file string) *SetInfo {
	for _, s := range r.Subjects {
		if slices.Contains(s.Info.Files, file) && slices.ContainsFunc(r.Coverage, func(c Coverage) bool { return c.Set == s.Info.Name && c.State == Ran }) {
			return &s.Info
		}
	}
	return nil
}
