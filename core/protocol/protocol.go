// Package protocol holds the messages between the page and the analysis
// worker. They are data: one JSON text each. The files themselves ride beside
// a Run as browser File handles, keyed by path.
//
// A run is cancelled by ending the worker, which also frees its memory; the
// page starts a new one from the module that is already compiled.
package protocol

import (
	"taster/core"
	"taster/core/preview"
)

// Request asks the worker for one run. When Row is set, it asks for a row of
// the data of run ID, which the worker holds until the next one; when Share is
// set, one worker asks another for that share of the work on a dataset.
type Request struct {
	ID    int         `json:"id"`
	Run   Run         `json:"run"`
	Row   *int        `json:"row,omitempty"`
	Set   int         `json:"set,omitempty"` // of Row: the place among the sets of rows
	Share *core.Share `json:"share,omitempty"`
}

// Run says what to do with the files sent beside it.
type Run struct {
	Files  []string               `json:"files"`            // paths in the user's order
	Roles  map[string]core.Role   `json:"roles,omitempty"`  // by artifact path; overrides the guess
	Params map[string]core.Params `json:"params,omitempty"` // by detector name
	Claims []core.Claim           `json:"claims,omitempty"` // digests that the user knows
	Data   bool                   `json:"data"`             // also run the data detectors
	Digest bool                   `json:"digest"`           // also hash files of any size
}

// Reply carries the request's id and exactly one other field.
type Reply struct {
	ID    int          `json:"id"`
	Ready bool         `json:"ready,omitempty"` // the worker can take requests
	Event *core.Event  `json:"event,omitempty"`
	Row   *preview.Row `json:"row,omitempty"`
	Error string       `json:"error,omitempty"` // the run ended here
}
