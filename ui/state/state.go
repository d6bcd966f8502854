// Package state is the page without the page: a Model, the messages that
// change it, and Update, which answers each message with a new Model and with
// effects as data. It knows neither Vugu nor JavaScript, so every behaviour of
// the page can be tested as a table.
//
// Update owns the Model it is given: the slices and maps of the one passed in
// must not be used afterwards.
package state

import (
	"taster/core"
	"taster/core/report"
)

// Catalog is what the page knows before any file is read.
type Catalog struct {
	Views     []View
	Detectors []*core.Detector
	Formats   []*core.Format
	Subjects  []*core.Subject
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

// File is one input. Handle is the page's number for the browser's File.
type File struct {
	Path     string
	Size     int64
	Modified int64 // milliseconds, from the browser
	Handle   int
}

// Model is all that the page shows: a session, and what is about the page
// itself.
type Model struct {
	// Session is the one that the views show.
	Session

	Ready    bool  // the worker can take requests
	Clock    int64 // milliseconds of the page when the worker was last heard
	began    int64 // when the run did, by Clock
	requests int   // that were numbered
	undo     *Session

	View     ViewID
	Panel    Panel
	Check    string            // the detector that CheckPanel shows
	Refused  string            // why the last parameter was not taken
	Cleaned  []report.Cleaning // inputs that can be cleaned, as of the opening of ExportPanel
	Redact   bool              // exports hide names and sample text
	Scores   bool              // the JSON report has every row's values
	Limits   map[string]int    // rows shown of a long list, by its name
	Saves    []FileSaved       // the last first
	Unsaved  bool              // something was done by hand, or took long, and is in no file
	Dragging bool
	KeysOff  bool // single keys do nothing
	Compact  bool // lines of tables are low
	Theme    Theme
	Shield   Shield
	Notice   string // a trouble of the page itself
	Announce string // for the live region
	Alert    string // for the assertive one; said once a run
}

// New is the page before anything happened.
func New(c Catalog) Model {
	return Model{Session: newSession(c), View: Bench, Limits: map[string]int{}, Theme: Auto}
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
