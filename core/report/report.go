// Package report writes a core.Report to files. Every writer prints the same
// findings in the same order under the same ids, and the same inputs,
// parameters and results give the same bytes, in the page and on the command
// line. Nothing here reads a clock.
//
// Names, titles and texts come from hostile files. Each writer neutralises
// them for whatever will read its output: a terminal, a browser, a
// spreadsheet, a program that resolves URIs. See escape.go.
package report

import (
	"encoding/json"
	"io"

	"taster/core"
)

// Input is what a writer prints.
type Input struct {
	Report    *core.Report
	Rules     []core.Rule      // the catalogue that findings refer to
	Detectors []*core.Detector // for the titles, families and settings of results
	Scores    bool             // print every row's values (JSON)
	// Time is when the report was made, in RFC 3339 and UTC. "" leaves times
	// out. JSON and text never print it, so that they can be compared.
	Time string
	// Dispositions are what people decided about findings, by finding id.
	Dispositions map[string]Disposition
	// Baseline holds the finding ids of an earlier report; nil: none was given.
	Baseline map[string]bool
	// Clean writes an input, by path, in its own form without the rows of drop,
	// which ascend. It fails with core.ErrUnsupported, before it writes, for files
	// of which it cannot. nil: bundles hold no cleaned files.
	Clean func(w io.Writer, path string, drop []int) error
	// Redact hides the names of files, members and classes, evidence and quoted
	// text. Bundles then hold no cleaned files.
	Redact bool
	// Agreed adds rows that checks of two families flag to the drop list and to
	// what cleaned files leave out: many of them are ordinary rows.
	Agreed bool
	// Approved are names of models, data sets and packages that the user approves
	// of; the inventory says which ones they are.
	Approved []string
	// Case is the first page of the HTML report, and what it leaves out.
	Case Case

	ids map[*core.Finding]string // of findings that were redacted
}

// Disposition is what a person decided about a finding.
type Disposition struct {
	State string // Accepted, FalseAlarm, Open; "" is open, too
	Note  string
}

// The decisions.
const (
	Open       = "open"
	Accepted   = "accepted"
	FalseAlarm = "false alarm"
)

// Writer is one output format.
type Writer struct {
	Name  string // "json"
	Title string
	Ext   string // ".json"
	Media string
	Write func(w io.Writer, in Input) error // fails only when w does
}

// WriteEvent writes an event of a run as a line of JSON. Progress is left out:
// how often it comes depends on the machine.
func WriteEvent(w io.Writer, e core.Event) error {
	if e.Progress != nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, plain(string(line))+"\n")
	return err
}

// Writers lists the output formats in the order in which they are offered.
func Writers() []Writer {
	return []Writer{
		{"text", "Text for the terminal", ".txt", "text/plain; charset=utf-8", redacting(writeText)},
		{"json", "JSON report", ".json", "application/json", redacting(writeJSON)},
		{"html", "Report to read and print", ".html", "text/html; charset=utf-8", redacting(writeHTML)},
		{"sarif", "SARIF 2.1.0 for code scanning", ".sarif", "application/sarif+json", redacting(writeSARIF)},
		{"cyclonedx", "CycloneDX 1.6 bill of materials", ".cdx.json", "application/vnd.cyclonedx+json", redacting(writeCycloneDX)},
		{"csv", "CSV of the flagged rows", ".csv", "text/csv; charset=utf-8", redacting(writeRows)},
		{"drop", "List of the rows to leave out", ".drop.txt", "text/plain; charset=utf-8", redacting(writeDrop)},
		{"keep", "List of the other rows", ".keep.txt", "text/plain; charset=utf-8", redacting(writeKeep)},
		{"inventory", "CSV of the models, data sets and packages that are used", ".inventory.csv", "text/csv; charset=utf-8", redacting(writeInventory)},
		{"vetting", "Checklist of each model, with evidence", ".vetting.json", "application/json", redacting(writeVetting)},
		{"bundle", "ZIP archive of all, with plots and SHA256SUMS", ".zip", "application/zip", redacting(writeBundle)},
	}
}
