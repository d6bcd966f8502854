package state

import (
	"taster/core/protocol"
	"taster/core/report"
)

// Effect is something the page must do. It is data, and whole: who carries it
// out needs nothing of the Model.
type Effect interface{ effect() }

// The effects.
type (
	// Send gives the worker a request, and the handles of its files by path.
	Send struct {
		Request protocol.Request
		Handles map[string]int
	}
	// Release lets go of files that nothing refers to any more.
	Release struct{ Handles []int }
	// ReadRow asks the worker for a row of a set of a run; Replied brings it.
	ReadRow struct{ Run, Set, Row int }
	// Restart ends the worker, whatever it does, and starts a new one.
	Restart struct{}
	// OpenFiles shows the browser's file dialog, or the one for folders.
	OpenFiles struct{ Folder bool }
	// LoadSample answers with FilesAdded.
	LoadSample struct{ Name string }
	// Export writes a report with a writer and saves it. Who carries it out adds
	// the time, and Input.Clean, which reads the files of Handles.
	Export struct {
		Writer  string
		Input   report.Input
		Handles map[string]int
	}
	// ExportPlots saves the plots of a report as pictures.
	ExportPlots struct{ Input report.Input }
	// SaveCase writes a case with its report and saves it.
	SaveCase struct {
		Name  string
		File  report.CaseFile
		Input report.Input
	}
	// Clean saves an input without the rows of Drop, which ascend.
	Clean struct {
		Path   string
		Drop   []int
		Handle int
	}
	// Save offers bytes as a file.
	Save struct {
		Name, Type string
		Bytes      []byte
	}
	// Copy puts text on the clipboard.
	Copy struct{ Text string }
	// Draw puts a picture on the scatter, after the render; nil: nothing.
	Draw struct {
		Picture *Scatter
		Tool    Tool
	}
	// Focus moves the keyboard to the element with this id, after the render.
	// At the top of the window when Top is set.
	Focus struct {
		ID  string
		Top bool
	}
	// FocusBack moves the keyboard to where it was before the panel opened.
	FocusBack struct{}
	// Sight scrolls the element with this id into sight, after the render, and
	// leaves the keyboard where it is.
	Sight struct{ ID string }
	// SetHash puts the view into the address.
	SetHash struct{ Hash string }
	// SetTheme colours the page and remembers it.
	SetTheme struct{ Theme Theme }
	// ReadShield answers with ShieldRead.
	ReadShield struct{}
)

func (Send) effect()        {}
func (Release) effect()     {}
func (ReadRow) effect()     {}
func (Restart) effect()     {}
func (OpenFiles) effect()   {}
func (LoadSample) effect()  {}
func (Export) effect()      {}
func (ExportPlots) effect() {}
func (SaveCase) effect()    {}
func (Clean) effect()       {}
func (Save) effect()        {}
func (Copy) effect()        {}
func (Draw) effect()        {}
func (Focus) effect()       {}
func (Sight) effect()       {}
func (FocusBack) effect()   {}
func (SetHash) effect()     {}
func (SetTheme) effect()    {}
func (ReadShield) effect()  {}
