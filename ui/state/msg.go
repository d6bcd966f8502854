package state

import (
	"net/url"

	"taster/core"
	"taster/core/protocol"
	"taster/core/report"
)

// Msg is something that happened: the user did it, or the worker said it.
type Msg interface{ msg() }

// What the worker and the browser say.
type (
	// Replied brings what the worker sent since the last message, and when: in
	// milliseconds of a clock that only moves on.
	Replied struct {
		Replies []protocol.Reply
		At      int64
	}
	// WorkerDied says that the worker ended by itself: out of memory, or a bug.
	WorkerDied struct{ Message string }
	// ShieldRead brings the page's own network test.
	ShieldRead struct{ Shield Shield }
	// Hovered is the row under the pointer in the scatter, -1 for none.
	Hovered struct{ Row int }
	// Zoomed is the part of the plane that the scatter shows.
	Zoomed struct{ Window Window }
	// Trouble is a trouble of the page itself, such as a folder that it could
	// not read; without a message it is over.
	Trouble struct{ Message string }
)

// What the user does with files.
type (
	// FilesAdded brings files in the user's order; Replace drops the others.
	FilesAdded struct {
		Files   []File
		Replace bool
	}
	// FileRemoved takes one input away.
	FileRemoved struct{ Path string }
	// Cleared takes all of them away.
	Cleared struct{}
	// RoleSet corrects a role; "" goes back to the guess.
	RoleSet struct {
		Path string
		Role core.Role
	}
	// ParamSet sets a parameter of a check; its default takes it back.
	ParamSet struct{ Check, Name, Value string }
	// ParamsReset goes back to the defaults of a check.
	ParamsReset struct{ Check string }
	// DigestsGiven brings digests to compare with, one on each line.
	DigestsGiven struct{ Text string }
	// CheckOpened shows what a check does, and its parameters.
	CheckOpened struct{ Check string }
	// SampleChosen asks for a built-in example.
	SampleChosen struct{ Name string }
	// FilesWanted and FolderWanted open the browser's dialog.
	FilesWanted struct{}
	// FolderWanted opens the browser's dialog for a folder.
	FolderWanted struct{}
	// Dragged says that files are held over the page, or no longer.
	Dragged struct{ Over bool }
)

// What the user does with a run and its results.
type (
	// RunPressed starts a run of everything.
	RunPressed struct{}
	// CancelPressed ends the run.
	CancelPressed struct{}
	// Exported asks for a file: the name of a writer, or "quarantine".
	Exported struct{ Writer string }
	// Disposed says what the user decided about a finding, "" for nothing.
	Disposed struct{ Finding, State string }
	// Noted is the user's note on a finding.
	Noted struct{ Finding, Text string }
	// CleanedWanted asks for an input without its rows of the drop-list.
	CleanedWanted struct{ Path string }
	// RedactToggled hides names and sample text in what is exported, or shows them.
	RedactToggled struct{}
	// ScoresToggled puts every row's values into the JSON report, or leaves them.
	ScoresToggled struct{}
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
	// Copied asks for text on the clipboard.
	Copied struct{ Text string }
)

// What the user looks at.
type (
	// Navigated shows a view, and a finding when one is named.
	Navigated struct {
		View    View
		Finding string
	}
	// Routed is an address that was opened, or gone back to.
	Routed struct {
		View     View
		Finding  string
		Settings url.Values
	}
	// Stepped moves the selection in the list of findings.
	Stepped struct{ By int }
	// SeverityToggled shows or hides a severity.
	SeverityToggled struct{ Severity core.Severity }
	// SeverityCycled shows all, then only one severity after the other.
	SeverityCycled struct{}
	// QueryTyped filters the findings.
	QueryTyped struct{ Text string }
	// MoreWanted shows more rows of a long list.
	MoreWanted struct{ List string }
	// PanelToggled opens or closes a panel over the page.
	PanelToggled struct{ Panel Panel }
	// KeysToggled turns the single keys off, or on again.
	KeysToggled struct{}
	// DensityToggled makes the lines of tables lower, or high again.
	DensityToggled struct{}
	// ThemeCycled steps through the themes, ThemeSet takes the stored one.
	ThemeCycled struct{}
	// ThemeSet takes the theme that was stored.
	ThemeSet struct{ Theme Theme }
	// KeyPressed is a key outside of input fields, as the browser names it.
	KeyPressed struct {
		Key   string
		Shift bool
	}
)

// What the user does in the map.
type (
	// DetectorChosen picks the result that is drawn.
	DetectorChosen struct{ Name string }
	// ScoreChosen picks one of its scores.
	ScoreChosen struct{ Name string }
	// ClassChosen picks a class by index; AllClasses is all of them.
	ClassChosen struct{ Class int }
	// PlaneChosen picks the axes of the projection.
	PlaneChosen struct{ Plane Plane }
	// ColourChosen picks what the colour of a point says.
	ColourChosen struct{ Colour Colour }
	// ToolChosen picks what dragging on the scatter does.
	ToolChosen struct{ Tool Tool }
	// ThresholdSet moves the line to a value.
	ThresholdSet struct{ Value float64 }
	// ThresholdStepped moves it by bins.
	ThresholdStepped struct{ Bins int }
	// ThresholdReset puts it back to the detector's own cutoff.
	ThresholdReset struct{}
)

// What the user does with rows.
type (
	// RowsPicked selects rows, and says how: "lasso".
	RowsPicked struct {
		Rows []int
		Why  string
	}
	// RowToggled takes a row into the selection, or out of it.
	RowToggled struct{ Row int }
	// RowShown shows a row as it was dropped, RowStepped the next one of the
	// table; RowHidden closes it again.
	RowShown struct{ Row int }
	// RowStepped moves along the rows of the table.
	RowStepped struct{ By int }
	// RowHidden closes the row that is shown.
	RowHidden struct{}
	// RowPinned keeps the row that is shown beside those that follow, or lets
	// the one that is kept go.
	RowPinned struct{ Keep bool }
	// OverlapChosen selects the rows that exactly these checks flag.
	OverlapChosen struct{ Flags Flags }
	// PickCleared goes back to what the line or the check selects.
	PickCleared struct{}
	// RowsFiltered and RowsSorted say what the table lists; sorting by the same
	// column again turns the order round.
	RowsFiltered struct{ Filter RowFilter }
	// RowsSorted orders the table.
	RowsSorted struct{ By RowSort }
	// RowsScrolled brings the line at the top of the table's window.
	RowsScrolled struct{ First int }
	// RowsCopied puts the table on the clipboard, as tab-separated values or
	// as JSON lines.
	RowsCopied struct{ JSON bool }
)

func (Replied) msg()          {}
func (WorkerDied) msg()       {}
func (ShieldRead) msg()       {}
func (Hovered) msg()          {}
func (Zoomed) msg()           {}
func (Trouble) msg()          {}
func (FilesAdded) msg()       {}
func (FileRemoved) msg()      {}
func (Cleared) msg()          {}
func (RoleSet) msg()          {}
func (ParamSet) msg()         {}
func (DigestsGiven) msg()     {}
func (CleanedWanted) msg()    {}
func (RedactToggled) msg()    {}
func (ScoresToggled) msg()    {}
func (EarlierGiven) msg()     {}
func (EarlierDropped) msg()   {}
func (AcceptedGiven) msg()    {}
func (ParamsReset) msg()      {}
func (CheckOpened) msg()      {}
func (Disposed) msg()         {}
func (Noted) msg()            {}
func (SampleChosen) msg()     {}
func (FilesWanted) msg()      {}
func (FolderWanted) msg()     {}
func (Dragged) msg()          {}
func (RunPressed) msg()       {}
func (CancelPressed) msg()    {}
func (Exported) msg()         {}
func (Copied) msg()           {}
func (Navigated) msg()        {}
func (Routed) msg()           {}
func (Stepped) msg()          {}
func (SeverityToggled) msg()  {}
func (SeverityCycled) msg()   {}
func (QueryTyped) msg()       {}
func (MoreWanted) msg()       {}
func (PanelToggled) msg()     {}
func (KeysToggled) msg()      {}
func (DensityToggled) msg()   {}
func (ThemeCycled) msg()      {}
func (ThemeSet) msg()         {}
func (KeyPressed) msg()       {}
func (DetectorChosen) msg()   {}
func (ScoreChosen) msg()      {}
func (ClassChosen) msg()      {}
func (PlaneChosen) msg()      {}
func (ColourChosen) msg()     {}
func (ToolChosen) msg()       {}
func (ThresholdSet) msg()     {}
func (ThresholdStepped) msg() {}
func (ThresholdReset) msg()   {}
func (RowsPicked) msg()       {}
func (RowToggled) msg()       {}
func (RowShown) msg()         {}
func (RowStepped) msg()       {}
func (RowHidden) msg()        {}
func (RowPinned) msg()        {}
func (OverlapChosen) msg()    {}
func (PickCleared) msg()      {}
func (RowsFiltered) msg()     {}
func (RowsSorted) msg()       {}
func (RowsScrolled) msg()     {}
func (RowsCopied) msg()       {}
