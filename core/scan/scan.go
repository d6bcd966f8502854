// Package scan is the engine: it opens files, judges them, finds what several of
// them make up together, and judges that, as one stream of events. A panic or an error of a
// plug-in becomes a finding and a coverage line; the other files and checks go on.
package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"taster/core"
)

// Config lists the plug-ins. Nothing registers itself.
type Config struct {
	Formats   []*core.Format
	Detectors []*core.Detector
	Subjects  []*core.Subject
	// Content computes digests of a table (package content).
	Content func(ctx context.Context, a *core.Artifact) (*core.Content, error)
	// Team finds workers to share the work on a dataset with; nil, as a function
	// or as its answer, is none.
	Team   func(loaded *core.Loaded) core.Team
	Limits core.Limits
}

// Job is one request.
type Job struct {
	Files  []core.Source
	Roles  map[string]core.Role   // by artifact path; overrides the guess
	Params map[string]core.Params // by detector name
	Data   bool                   // run the data detectors too
	Digest bool                   // hash inputs of any size, not only those up to Limits.Digest
	Claims []core.Claim           // what the user knows of the inputs, such as a published digest
	Now    time.Time              // by the host's clock; zero when it has none
	// Approved are names of models, data sets, packages and hosts that the user
	// approves of; "organisation/*" stands for all of one.
	Approved []string
}

// ErrUsage means that the job itself is wrong: an unknown role, detector or
// parameter. Nothing was read.
var ErrUsage = errors.New("usage")

// run is the state of one Run. What is set before the first file is read does
// not change; the rest belongs to the goroutine that called Run.
type run struct {
	outlet
	cfg       Config
	job       Job
	limits    core.Limits
	params    map[string]core.Params
	sources   map[string]core.Source // the inputs, by path
	artifacts []*core.Artifact
	ran       map[string]int // artifacts judged, by detector
}

// Run opens the files in order, then runs the detectors that the artifacts
// and the dataset allow, and emits what happens. It returns ErrUsage for a job
// that makes no sense, the context's error when it was cancelled, or an error
// of emit. Broken files and failing checks are findings, not errors.
func Run(ctx context.Context, cfg Config, job Job, emit func(core.Event) error) error {
	r := &run{outlet: outlet{ctx, emit}, cfg: cfg, job: job, limits: cfg.Limits.WithDefaults(),
		params: map[string]core.Params{}, sources: map[string]core.Source{}, ran: map[string]int{}}
	if err := r.check(); err != nil {
		return err
	}
	err := r.all()
	if ctx.Err() != nil {
		_ = emit(core.Event{Done: &core.Done{Stopped: "cancelled"}})
		return ctx.Err()
	}
	return err
}

func (r *run) check() error {
	roles := core.RolesOf(r.cfg.Subjects)
	for name, role := range r.job.Roles {
		if !slices.Contains(roles, role) {
			return fmt.Errorf("%w: %q has unknown role %q", ErrUsage, name, role)
		}
	}
	names := map[string]bool{}
	for _, d := range r.cfg.Detectors {
		names[d.Name] = true
		p, err := d.Resolve(r.job.Params[d.Name])
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUsage, err)
		}
		r.params[d.Name] = p
	}
	for name := range r.job.Params {
		if !names[name] {
			return fmt.Errorf("%w: no detector is called %q", ErrUsage, name)
		}
	}
	for _, f := range r.job.Files {
		if _, twice := r.sources[f.Name()]; twice {
			return fmt.Errorf("%w: two files are called %q", ErrUsage, f.Name())
		}
		r.sources[f.Name()] = f
	}
	return nil
}

func (r *run) all() error {
	start := &core.Start{Inputs: make([]core.Input, len(r.job.Files))}
	for i, f := range r.job.Files {
		start.Inputs[i] = core.Input{Path: f.Name(), Size: f.Size()}
	}
	if err := r.send(core.Event{Start: start}); err != nil {
		return err
	}
	if err := r.files(); err != nil {
		return err
	}
	if err := r.assignRoles(); err != nil {
		return err
	}
	if err := r.across(); err != nil {
		return err
	}
	if err := r.coverArtifacts(); err != nil {
		return err
	}
	if err := r.subjects(); err != nil {
		return err
	}
	return r.send(core.Event{Done: &core.Done{}})
}
