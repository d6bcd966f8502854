// Package scan is the engine: it opens files, judges them, loads the dataset
// and runs the detectors, as one stream of events. A panic or an error of a
// plug-in becomes a finding and a coverage line; the other files and checks go on.
package scan

import (
	"context"

	"taster/core"
)

// Config lists the plug-ins. Nothing registers itself.
type Config struct {
	Formats   []*core.Format
	Detectors []*core.Detector
	// Suggest guesses roles and Load builds the dataset (package dataset).
	Suggest func(artifacts []*core.Artifact) map[string]core.Role
	Load    func(ctx context.Context, artifacts []*core.Artifact, limits core.Limits, emit func(core.Event) error) (*core.Dataset, error)
	Limits  core.Limits
}

// Job is one request.
type Job struct {
	Files  []core.Source
	Roles  map[string]core.Role   // by artifact path
	Params map[string]core.Params // by detector name
	Data   bool                   // run the data detectors too
}
