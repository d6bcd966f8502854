package state

import "taster/core/protocol"

// Effect is something the page must do. It is data: Update does nothing itself.
type Effect interface{ effect() }

// The effects.
type (
	// Send gives the worker a request, with the handles of Model.Files.
	Send struct{ Request protocol.Request }
	// ReadRow asks the worker for a row of the data of a run; Replied brings it.
	ReadRow struct{ Run, Row int }
	// Restart ends the worker, whatever it does, and starts a new one.
	Restart struct{}
	// OpenFiles shows the browser's file dialog, or the one for folders.
	OpenFiles struct{ Folder bool }
	// LoadSample answers with FilesAdded.
	LoadSample struct{ Name string }
	// Export writes Model.Report with a writer and saves it.
	Export struct{ Writer string }
	// Clean saves an input without its rows of the drop-list.
	Clean struct{ Path string }
	// Save offers bytes as a file.
	Save struct {
		Name, Type string
		Bytes      []byte
	}
	// Copy puts text on the clipboard.
	Copy struct{ Text string }
	// Draw brings the scatter in line with Model.Scatter, after the render.
	Draw struct{}
	// Focus moves the keyboard to the element with this id, after the render.
	// At the top of the window when Top is set.
	Focus struct {
		ID  string
		Top bool
	}
	// SetHash puts the view into the address, SetTheme colours the page.
	SetHash struct{ Hash string }
	// SetTheme colours the page and remembers it.
	SetTheme struct{ Theme Theme }
	// ReadShield answers with ShieldRead.
	ReadShield struct{}
)

func (Send) effect()       {}
func (ReadRow) effect()    {}
func (Restart) effect()    {}
func (OpenFiles) effect()  {}
func (LoadSample) effect() {}
func (Export) effect()     {}
func (Clean) effect()      {}
func (Save) effect()       {}
func (Copy) effect()       {}
func (Draw) effect()       {}
func (Focus) effect()      {}
func (SetHash) effect()    {}
func (SetTheme) effect()   {}
func (ReadShield) effect() {}
