package core

import "slices"

// Report is a run as far as it has come. Add is the only way it grows, so the
// page, the command line and the tests build the same report from the same
// events.
type Report struct {
	Inputs    []Input
	Artifacts []*Artifact
	Findings  []*Finding
	Plan      *Plan
	Subjects  []*SubjectReport
	Coverage  []Coverage
	Done      *Done
}

// SubjectReport is one set that was judged, and what the detectors measured on it.
type SubjectReport struct {
	Info    SetInfo
	Results []*Result
}

// Datasets lists the sets of rows with labels.
func (r *Report) Datasets() []*SubjectReport { return r.Of(Rows) }

// Of lists the sets of one subject.
func (r *Report) Of(subject string) []*SubjectReport {
	var out []*SubjectReport
	for _, s := range r.Subjects {
		if s.Info.Subject == subject {
			out = append(out, s)
		}
	}
	return out
}

// Add takes the next event of a run. Start clears what will come again.
// Progress is not part of a report.
func (r *Report) Add(e Event) {
	switch {
	case e.Start != nil:
		*r = Report{Inputs: slices.Clone(e.Start.Inputs)} // digests are added to them
	case e.Artifact != nil:
		r.addArtifact(e.Artifact)
	case e.Finding != nil:
		r.Findings = append(r.Findings, e.Finding)
	case e.Plan != nil:
		r.Plan = e.Plan
	case e.Set != nil:
		r.Subjects = append(r.Subjects, &SubjectReport{Info: *e.Set})
	case e.Result != nil:
		r.addResult(e.Result)
	case e.Coverage != nil:
		r.Coverage = append(r.Coverage, *e.Coverage)
	case e.Done != nil:
		r.Done = e.Done
	}
}

// addArtifact appends an artifact, or replaces it when it is sent again with
// more facts.
func (r *Report) addArtifact(a *Artifact) {
	// They come in the order of the inputs: usually this is the next one.
	if i := len(r.Artifacts); i < len(r.Inputs) && r.Inputs[i].Path == a.File {
		r.Inputs[i].SHA256 = a.SHA256
		r.Artifacts = append(r.Artifacts, a)
		return
	}
	for i := range r.Inputs {
		if r.Inputs[i].Path == a.File {
			r.Inputs[i].SHA256 = a.SHA256
		}
	}
	for i, old := range r.Artifacts {
		if old.File == a.File {
			r.Artifacts[i] = a
			return
		}
	}
	r.Artifacts = append(r.Artifacts, a)
}

func (r *Report) addResult(res *Result) {
	if len(r.Subjects) == 0 {
		r.Subjects = append(r.Subjects, &SubjectReport{})
	}
	s := r.Subjects[len(r.Subjects)-1]
	s.Results = append(s.Results, res)
}

// Verdict is the one word for an artifact or an input.
type Verdict string

// The verdicts. There is no word for "safe".
const (
	Dangerous  Verdict = "dangerous"  // a high or critical finding
	Suspicious Verdict = "suspicious" // a medium or low one
	Unreadable Verdict = "unreadable" // not read whole, and nothing worse found
	NoFinding  Verdict = "no-finding" // looked at by the checks that read such content
	// RowsInQuestion is a data file about whose rows there is a finding of medium
	// severity or above: nothing in the file itself is dangerous.
	RowsInQuestion Verdict = "rows-in-question"
	PartlyAssessed Verdict = "partly-assessed" // no finding in what was looked at
	NotAssessed    Verdict = "not-assessed"    // no check read its content
)

// Judge is the verdict over findings.
func Judge(findings []*Finding) Verdict {
	worst, worstRows, unread := Info, Info, false
	for _, f := range findings {
		if f.Unread {
			unread = true
			if f.Severity < High {
				continue // a broken file is unreadable, not suspicious, when nothing else was seen
			}
		}
		if len(f.Where.Rows) > 0 {
			worstRows = max(worstRows, f.Severity)
			continue
		}
		worst = max(worst, f.Severity)
	}
	switch {
	case worst >= High:
		return Dangerous
	case worstRows >= Medium:
		return RowsInQuestion
	case max(worst, worstRows) >= Low:
		return Suspicious
	case unread:
		return Unreadable
	}
	return NoFinding
}

// Verdict judges a and everything below it.
func (r *Report) Verdict(a *Artifact) Verdict {
	var mine []*Finding
	for _, f := range r.Findings {
		if f.Where.File == a.File && (a.Member == "" || below(f.Where.Member, a.Member)) {
			mine = append(mine, f)
		}
	}
	v := Judge(mine)
	if v != NoFinding {
		return v
	}
	switch r.Assessed(a) {
	case AssessedNot:
		return NotAssessed
	case AssessedPartly:
		return PartlyAssessed
	}
	return NoFinding
}

func below(member, of string) bool {
	return member == of || len(member) > len(of) && member[:len(of)] == of && member[len(of)] == '!'
}

// Sorted lists the findings by falling severity, then confidence, then place,
// so that the order does not depend on the order of the run.
func (r *Report) Sorted() []*Finding {
	out := slices.Clone(r.Findings)
	slices.SortStableFunc(out, compareFindings)
	return out
}

func compareFindings(a, b *Finding) int {
	for _, c := range []int{
		int(b.Severity) - int(a.Severity), int(b.Confidence) - int(a.Confidence),
		order(a.Where.File, b.Where.File), order(a.Where.Member, b.Where.Member),
		order(a.Where.Offset, b.Where.Offset), order(a.Rule, b.Rule), order(a.Where.Class, b.Where.Class),
	} {
		if c != 0 {
			return c
		}
	}
	return 0
}

func order[T int64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
