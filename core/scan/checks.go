package scan

import (
	"fmt"
	"strings"

	"taster/core"
)

// judge runs the detectors that read artifacts on a and everything below it.
func (t *task) judge(a *core.Artifact) error {
	var stop error
	a.Walk(func(m *core.Artifact) {
		for _, d := range t.cfg.Detectors {
			if stop != nil || !d.Check.IsEach() || d.Applies != nil && !d.Applies(m) {
				continue
			}
			p := &core.Pass{Params: t.params[d.Name], Limits: t.limits, FileSize: t.fileSize, Emit: t.emitFor(d.Name, m)}
			if err := guard(func() error { return d.Check.Run(t.step(), p, m) }); err != nil {
				stop = t.checkFailed(d, m.Whole(), err)
			}
			t.ran[d.Name]++
		}
		m.Calls = nil // judged; a folder of thousands of files must not keep them
		for i := range m.Ops {
			m.Ops[i].Nodes = nil
		}
	})
	return stop
}

// fileSize is the size of the input called path.
func (r *run) fileSize(path string) (int64, bool) {
	src, ok := r.sources[path]
	if !ok {
		return 0, false
	}
	return src.Size(), true
}

// coverArtifacts says of each input whether it was read, and of each artifact
// detector whether it had anything to look at.
func (r *run) coverArtifacts() error {
	for _, a := range r.artifacts {
		if err := r.send(core.Event{Coverage: readCoverage(a)}); err != nil {
			return err
		}
	}
	if err := r.send(core.Event{Coverage: r.structure()}); err != nil {
		return err
	}
	for _, d := range r.cfg.Detectors {
		if d.Check.Subject() != nil || r.ran[d.Name] == failed {
			continue
		}
		c := &core.Coverage{Check: d.Name, State: core.Ran, Why: fmt.Sprintf("on %d of what was read", r.ran[d.Name])}
		if r.ran[d.Name] == 0 {
			c.State, c.Why = core.Needs, "needs "+d.Wants
		}
		if err := r.send(core.Event{Coverage: c}); err != nil {
			return err
		}
	}
	return nil
}

// structure says of how many inputs the formats checked the structure. It is
// a check like those of the detectors: all that a file of plain numbers gets.
func (r *run) structure() *core.Coverage {
	read := 0
	for _, a := range r.artifacts {
		if !a.Fallback {
			read++
		}
	}
	c := &core.Coverage{Check: core.CheckStructure, State: core.Ran, Why: fmt.Sprintf("on %d of %d files", read, len(r.artifacts))}
	if read == 0 {
		c.State, c.Why = core.Needs, "needs a file of a known format"
	}
	return c
}

func readCoverage(a *core.Artifact) *core.Coverage {
	c := &core.Coverage{Check: core.CheckRead, Path: a.File, State: core.Ran, Why: "read as " + a.Kind}
	if a.Fallback {
		c.State, c.Why = core.Skipped, "recognised as "+a.Kind+", which no check reads yet"
	}
	a.Walk(func(m *core.Artifact) {
		if m.Partial != "" && c.State == core.Ran {
			c.State, c.Why = core.Failed, m.Partial
		}
	})
	return c
}

// and joins names for a sentence.
func and(names []string) string { return strings.Join(names, " and ") }
