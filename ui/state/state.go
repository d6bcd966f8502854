// Package state is the page without the page: a Model, the messages that
// change it, and Update, which answers each message with a new Model and with
// effects as data. It knows neither Vugu nor JavaScript, so every behaviour of
// the page can be tested as a table.
//
// Update owns the Model it is given: the slices and maps of the one passed in
// must not be used afterwards.
package state

import (
	"net/url"

	"taster/core"
	"taster/core/protocol"
	"taster/core/report"
)

// Catalog is what the page knows before any file is read.
type Catalog struct {
	Detectors []*core.Detector
	Formats   []*core.Format
	Rules     map[string]core.Rule // by id
	Writers   []report.Writer
	Cells     int // activations that the worker holds; 0 is any number
}

// Phase is the state of the page in one word, the data-state of the status.
type Phase string

// The phases.
const (
	Loading Phase = "loading" // the worker is not there yet
	Idle    Phase = "idle"
	Working Phase = "working"
	Done    Phase = "done"
	Failed  Phase = "error" // the last run ended before its end, not by the user
)

// View is one of the page's views.
type View string

// The views, in the order of their keys 1 to 3.
const (
	Bench    View = "bench"
	Findings View = "findings"
	Map      View = "map"
)

// File is one input. Handle is the page's number for the browser's File.
type File struct {
	Path     string
	Size     int64
	Modified int64 // milliseconds, from the browser
	Handle   int
}

// Shield is what the page measured about its own network access.
type Shield struct {
	Known    bool
	Cut      bool // a test connection was refused by the policy
	Requests int  // resources fetched since the page was ready
	Policy   string
	Digest   string // SHA-256 of the program, in hexadecimal; "" when unknown
}

// Theme is how the page is coloured.
type Theme string

// The themes, in the order in which the toggle steps through them.
const (
	Auto  Theme = "auto"
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Panel is what lies over the page, if anything.
type Panel string

// The panels.
const (
	NoPanel     Panel = ""
	HelpPanel   Panel = "help"
	ShieldPanel Panel = "shield"
	CheckPanel  Panel = "check"  // Model.Check: what it does, and its parameters
	ExportPanel Panel = "export" // every file that can be saved
)

// Item is one finding in the order of the list.
type Item struct {
	*core.Finding
	ID string // unique in the list
}

// Model is all that the page shows.
type Model struct {
	Catalog Catalog
	Ready   bool // the worker can take requests
	Files   []File
	Roles   map[string]core.Role   // corrected by the user, by artifact path
	Params  map[string]core.Params // set by the user, by detector; defaults are left out
	// Claims are the digests that the user gave, as read from Given. Misread says
	// what could not be read of it.
	Claims         []core.Claim
	Given, Misread string
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

	Run      int // id of the last request
	Running  bool
	Data     bool // the last request asked for the data detectors too
	Digest   bool // and for the digests of large files
	Stale    bool // files or roles changed since the last request
	Failure  string
	Progress core.Progress
	Watch    Watch // of Progress
	Pace     Pace
	Clock    int64 // milliseconds of the page when the worker was last heard
	Report   core.Report
	Items    []Item // Report.Findings, most serious first
	events   []core.Event
	byFile   map[string][]*core.Finding
	ids      map[*core.Finding]string
	used     map[string]int // how often an id was given
	// unplotted says that results came which Plot does not show yet: those that
	// come together are laid out together.
	unplotted bool

	Cleaned  []report.Cleaning // inputs that can be cleaned, as of the opening of ExportPanel
	Redact   bool              // exports hide names and sample text
	Scores   bool              // the JSON report has every row's values
	View     View
	Panel    Panel
	Check    string // the detector that CheckPanel shows
	Refused  string // why the last parameter was not taken
	Selected string // id of the finding chosen; "" shows the first
	Hidden   map[core.Severity]bool
	Query    string
	Limits   map[string]int // rows shown of a long list, by its name
	Dragging bool
	KeysOff  bool // single keys do nothing
	Compact  bool // lines of tables are low
	Theme    Theme
	Shield   Shield
	Plot     Plot
	pending  url.Values // settings of the address that wait for results
	Table    Table
	Notice   string // a trouble of the page itself
	Announce string // for the live region
	Alert    string // for the assertive one; said once a run
}

// New is the page before anything happened.
func New(c Catalog) Model {
	return Model{Catalog: c, Roles: map[string]core.Role{}, Params: map[string]core.Params{},
		Dispositions: map[string]report.Disposition{}, View: Bench, Hidden: map[core.Severity]bool{},
		Limits: map[string]int{}, Theme: Auto, Plot: newPlot(), Table: Table{Filter: RowsSuspect, Sort: SortScore}}
}

// Phase sums the Model up.
func (m *Model) Phase() Phase {
	switch {
	case m.Running:
		return Working
	case m.Failure != "":
		return Failed
	case !m.Ready && m.Run == 0:
		return Loading
	case m.Report.Done != nil:
		return Done
	}
	return Idle
}

// Broken says that the last run ended before its end.
func (m *Model) Broken() bool { return m.Report.Done != nil && m.Report.Done.Stopped != "" }

// CanRun says whether a run would show something new.
func (m *Model) CanRun() bool {
	return len(m.Files) > 0 && !m.Running && (m.Stale || m.Report.Done == nil || m.Failure != "" || !m.Data || !m.Digest)
}

// CanExport says whether there is a report to write.
func (m *Model) CanExport() bool { return m.Report.Done != nil && len(m.Report.Inputs) > 0 }

// Title names a check for people.
func (m *Model) Title(check string) string {
	for _, d := range m.Catalog.Detectors {
		if d.Name == check {
			return d.Title
		}
	}
	return check
}

// Verdict is the word for an artifact, or "" while it may still change for
// the worse: nothing was found so far, but the run goes on.
func (m *Model) Verdict(a *core.Artifact) core.Verdict {
	mine := core.Report{Findings: m.byFile[a.File]}
	v := mine.Verdict(a)
	if m.Running && v != core.Dangerous {
		return ""
	}
	return v
}

// request is the run that the Model asks for.
func (m *Model) request() protocol.Request {
	run := protocol.Run{Files: make([]string, len(m.Files)), Roles: m.Roles, Params: m.Params, Claims: m.Claims, Data: m.Data, Digest: m.Digest}
	for i, f := range m.Files {
		run.Files[i] = f.Path
	}
	return protocol.Request{ID: m.Run, Run: run}
}
