package state

import (
	"net/url"
	"slices"
	"strconv"

	"taster/core"
	"taster/core/report"
)

// Session is one drop, and all that came of it: files, what the user says of
// them, a run, its results, and what is looked at in them. It knows nothing of
// the page, so that there can be several.
type Session struct {
	Catalog Catalog

	// What a run is asked for.
	Files  []File
	Roles  map[string]core.Role   // corrected by the user, by artifact path
	Params map[string]core.Params // set by the user, by detector; defaults are left out
	// Claims are the digests that the user gave, as read from Given. Misread says
	// what could not be read of it.
	Claims         []core.Claim
	Given, Misread string
	Data           bool // the last request asked for the data detectors too
	Digest         bool // and for the digests of large files
	Stale          bool // files or roles changed since the last request

	// The run, and what came of it.
	Run      int // id of the last request
	Running  bool
	Failure  string
	Progress core.Progress
	Watch    Watch // of Progress
	Pace     Pace
	Report   core.Report
	Items    []Item // Report.Findings, most serious first
	events   []core.Event
	byFile   map[string][]*core.Finding
	ids      map[*core.Finding]string
	used     map[string]int // how often an id was given

	// What it is compared with, and what was decided.
	// Earlier is the report of an earlier run that the user gave, or nil, and
	// Change what is different since, once this run has ended.
	Earlier *Earlier
	Change  *report.Comparison
	// Accepted are findings that were accepted in a file, judged on Day.
	// Ended and Unused are those of them that are past their last day, and that
	// cover no finding, once a run has ended.
	Accepted, Ended, Unused []report.Acceptance
	Day                     string
	// Dispositions are what the user decided about findings, by their ids.
	Dispositions map[string]report.Disposition
	Case         report.Case
	// Truth are the rows of a sample that were poisoned when it was made, ascending;
	// Told says that the user has asked for them.
	Truth []int
	Told  bool

	// What is looked at.
	Selected string // id of the finding chosen; "" shows the first
	Hidden   map[core.Severity]bool
	Query    string
	Only     string // the file whose findings are listed; "": all
	Grouping Grouping
	Unfolded map[string]bool // groups of findings and files that are unfolded
	List     FileList
	Plot     Plot
	Table    Table
	pending  url.Values // settings of the address that wait for results
	// unplotted says that results came which Plot does not show yet: those that
	// come together are laid out together.
	unplotted bool
}

// Item is one finding in the order of the list.
type Item struct {
	*core.Finding
	ID string // unique in the list
}

func newSession(c Catalog) Session {
	return Session{Catalog: c, Roles: map[string]core.Role{}, Params: map[string]core.Params{},
		Dispositions: map[string]report.Disposition{}, Hidden: map[core.Severity]bool{}, Grouping: ByRule, Unfolded: map[string]bool{}, List: FileList{Sort: ByVerdict},
		Plot: newPlot(), Table: Table{Filter: RowsSuspect, Sort: SortScore}}
}

// emptied is a new session in which the user looks at things in the same way.
func (in *Session) emptied() Session {
	out := newSession(in.Catalog)
	out.Pace = in.Pace
	out.Hidden, out.Query, out.pending = in.Hidden, in.Query, in.pending
	out.Grouping, out.List = in.Grouping, FileList{Sort: in.List.Sort, Reverse: in.List.Reverse}
	out.Plot, out.Table = in.Plot.reset(), in.Table.reset()
	return out
}

// forget drops what earlier runs found.
func (in *Session) forget() {
	in.Report, in.Items, in.byFile, in.ids, in.used = core.Report{}, nil, nil, nil, nil
	in.events, in.Change, in.Ended, in.Unused = nil, nil, nil, nil
	in.Pace.lap = 0
	in.Progress = core.Progress{}
	in.Plot, in.Table = in.Plot.reset(), in.Table.reset()
}

// Broken says that the last run ended before its end.
func (in *Session) Broken() bool { return in.Report.Done != nil && in.Report.Done.Stopped != "" }

// CanRun says whether a run would show something new.
func (in *Session) CanRun() bool {
	return len(in.Files) > 0 && !in.Running && (in.Stale || in.Report.Done == nil || in.Failure != "" || !in.Data || !in.Digest)
}

// CanExport says whether there is a report to write.
func (in *Session) CanExport() bool { return in.Report.Done != nil && len(in.Report.Inputs) > 0 }

// Title names a check for people.
func (in *Session) Title(check string) string {
	if d := in.detector(check); d != nil {
		return d.Title
	}
	return check
}

// detector finds a check by name, or nil.
func (in *Session) detector(name string) *core.Detector {
	for _, d := range in.Catalog.Detectors {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Verdict is the word for an artifact, or "" while it may still change for
// the worse: nothing was found so far, but the run goes on.
func (in *Session) Verdict(a *core.Artifact) core.Verdict {
	mine := core.Report{Findings: in.byFile[a.File], Subjects: in.Report.Subjects, Coverage: in.Report.Coverage}
	v := mine.Verdict(a)
	if in.Running && v != core.Dangerous {
		return ""
	}
	return v
}

func (in *Session) sortItems() {
	if len(in.Items) == len(in.Report.Findings) {
		return
	}
	sorted := in.Report.Sorted()
	in.Items = slices.Grow(in.Items[:0], len(sorted))
	for _, f := range sorted {
		in.Items = append(in.Items, Item{Finding: f, ID: in.ids[f]})
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
