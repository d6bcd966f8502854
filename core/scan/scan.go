// Package scan is the engine: it opens files, judges them, loads the dataset
// and runs the detectors, as one stream of events. A panic or an error of a
// plug-in becomes a finding and a coverage line; the other files and checks go on.
package scan

import (
	"context"
	"errors"
	"fmt"

	"taster/core"
)

// Config lists the plug-ins. Nothing registers itself.
type Config struct {
	Formats   []*core.Format
	Detectors []*core.Detector
	// Suggest guesses roles by artifact path, and Load builds the dataset from
	// artifacts whose Role is set (package dataset).
	Suggest func(artifacts []*core.Artifact) map[string]core.Role
	Load    func(ctx context.Context, artifacts []*core.Artifact, limits core.Limits, emit func(core.Event) error) (*core.Dataset, error)
	Limits  core.Limits
}

// Job is one request.
type Job struct {
	Files  []core.Source
	Roles  map[string]core.Role   // by artifact path; overrides the guess
	Params map[string]core.Params // by detector name
	Data   bool                   // run the data detectors too
}

// ErrUsage means that the job itself is wrong: an unknown role, detector or
// parameter. Nothing was read.
var ErrUsage = errors.New("usage")

// run is the state of one Run.
type run struct {
	ctx       context.Context
	cfg       Config
	job       Job
	limits    core.Limits
	params    map[string]core.Params
	out       func(core.Event) error
	artifacts []*core.Artifact
	buf       []byte           // for digests, made once
	ran       map[string]int   // artifacts judged, by detector
	sizes     map[string]int64 // of the inputs, by path
	unpacked  int64            // bytes, of the input being read
	entries   int              // members of archives, of the input being read
}

// Run opens the files in order, then runs the detectors that the artifacts
// and the dataset allow, and emits what happens. It returns ErrUsage for a job
// that makes no sense, the context's error when it was cancelled, or an error
// of emit. Broken files and failing checks are findings, not errors.
func Run(ctx context.Context, cfg Config, job Job, emit func(core.Event) error) error {
	r := &run{ctx: ctx, cfg: cfg, job: job, limits: cfg.Limits.WithDefaults(), out: emit, params: map[string]core.Params{}}
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
	for name, role := range r.job.Roles {
		if !known(role) {
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
	r.sizes = map[string]int64{}
	for _, f := range r.job.Files {
		if _, twice := r.sizes[f.Name()]; twice {
			return fmt.Errorf("%w: two files are called %q", ErrUsage, f.Name())
		}
		r.sizes[f.Name()] = f.Size()
	}
	return nil
}

func known(role core.Role) bool {
	for _, k := range core.Roles() {
		if k == role {
			return true
		}
	}
	return false
}

func (r *run) all() error {
	start := &core.Start{Inputs: make([]core.Input, len(r.job.Files))}
	for i, f := range r.job.Files {
		start.Inputs[i] = core.Input{Path: f.Name(), Size: f.Size()}
	}
	if err := r.send(core.Event{Start: start}); err != nil {
		return err
	}
	for i, f := range r.job.Files {
		if err := r.progress("Reading files", "files", i); err != nil {
			return err
		}
		if err := r.file(f); err != nil {
			return err
		}
	}
	if err := r.assignRoles(); err != nil {
		return err
	}
	if err := r.coverArtifacts(); err != nil {
		return err
	}
	if err := r.data(); err != nil {
		return err
	}
	return r.send(core.Event{Done: &core.Done{}})
}

func (r *run) progress(step, unit string, done int) error {
	return r.send(core.Event{Progress: &core.Progress{Step: step, Unit: unit, Done: int64(done), Total: int64(len(r.job.Files))}})
}

// file opens one input, judges it and everything inside it, and reports it.
func (r *run) file(src core.Source) error {
	a := &core.Artifact{File: src.Name(), Size: src.Size()}
	r.artifacts = append(r.artifacts, a)
	r.unpacked, r.entries = 0, 0
	if err := r.open(a, src, 0); err != nil {
		return err
	}
	sum, err := r.digest(src)
	if err != nil {
		if err := r.broken(a, "file", err); err != nil {
			return err
		}
	}
	a.SHA256 = sum
	if err := r.judge(a); err != nil {
		return err
	}
	r.setRoles([]*core.Artifact{a})
	return r.send(core.Event{Artifact: a})
}

// send emits e and marks its error as one that ends the run.
func (r *run) send(e core.Event) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if err := r.out(e); err != nil {
		return &stopError{err}
	}
	return nil
}

// emitFor signs the findings of a plug-in and gives them a place.
func (r *run) emitFor(plugin string, a *core.Artifact) func(core.Event) error {
	return func(e core.Event) error {
		if f := e.Finding; f != nil {
			f.Plugin = plugin
			if f.Where.File == "" && a != nil {
				f.Where.File, f.Where.Member = a.File, a.Member
			}
			if f.Unread && a != nil && a.Partial == "" {
				a.Partial = f.Title
			}
		}
		return r.send(e)
	}
}
