package scan

import (
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/verdict"
)

// judge runs the detectors that read artifacts on a and everything below it.
func (t *task) judge(a *core.Artifact) error {
	var stop error
	a.Walk(func(m *core.Artifact) {
		for _, d := range t.cfg.Detectors {
			if stop != nil || len(d.Needs) > 0 || d.Across || d.Applies != nil && !d.Applies(m) {
				continue
			}
			p := &core.Pass{Artifact: m, Params: t.params[d.Name], Limits: t.limits, FileSize: t.fileSize, Emit: t.emitFor(d.Name, m)}
			if err := guard(func() error { return d.Run(t.ctx, p) }); err != nil {
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
		if len(d.Needs) > 0 || r.ran[d.Name] == failed {
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

// data loads the dataset and runs the detectors that read it.
func (r *run) data() error {
	var checks []*core.Detector
	for _, d := range r.cfg.Detectors {
		if len(d.Needs) > 0 {
			checks = append(checks, d)
		}
	}
	if len(checks) == 0 {
		return nil
	}
	if !r.job.Data {
		return r.cover(checks, core.Skipped, "not asked for yet")
	}
	data, err := r.load()
	if err != nil {
		return err
	}
	if data == nil {
		data = &core.Dataset{}
	} else if err := r.send(core.Event{Dataset: &data.Info}); err != nil {
		return err
	}
	var team core.Team
	if r.cfg.Team != nil && data.X != nil {
		team = r.cfg.Team(data)
	}
	for _, d := range checks {
		if missing := lacks(d, data); missing != "" {
			if err := r.cover([]*core.Detector{d}, core.Needs, "needs "+missing); err != nil {
				return err
			}
			continue
		}
		if d.Asks != nil {
			if what := d.Asks(r.params[d.Name]); what != "" {
				if err := r.cover([]*core.Detector{d}, core.Skipped, "set "+what+" to run it"); err != nil {
					return err
				}
				continue
			}
		}
		if err := r.detect(d, data, team); err != nil {
			return err
		}
	}
	return r.conclude(data)
}

// conclude weighs what the detectors said together.
func (r *run) conclude(data *core.Dataset) error {
	in := &verdict.Input{Info: data.Info, Results: r.results, Family: r.family}
	for _, f := range in.Findings() {
		if err := r.emitFor(f.Plugin, &core.Artifact{File: data.File, Member: data.Member})(core.Event{Finding: f}); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) family(detector string) string {
	for _, d := range r.cfg.Detectors {
		if d.Name == detector {
			return d.Family
		}
	}
	return ""
}

func (r *run) cover(checks []*core.Detector, state, why string) error {
	for _, d := range checks {
		if err := r.send(core.Event{Coverage: &core.Coverage{Check: d.Name, State: state, Why: why}}); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) load() (*core.Dataset, error) {
	var data *core.Dataset
	err := guard(func() (err error) {
		data, err = r.cfg.Load(r.ctx, r.artifacts, r.limits, r.emitFor("dataset", nil))
		return err
	})
	if err == nil || stops(r.ctx, err) {
		return data, err
	}
	where := core.Location{}
	for _, a := range r.artifacts {
		a.Walk(func(m *core.Artifact) {
			if m.Role == core.RoleActivations && where.File == "" {
				where = m.Whole()
			}
		})
	}
	return nil, r.checkFailed(&core.Detector{Name: "dataset", Title: "Loading the data"}, where, err)
}

// lacks names the roles that d needs and data does not have.
func lacks(d *core.Detector, data *core.Dataset) string {
	var missing []string
	for _, role := range d.Needs {
		switch {
		case has(data, role):
		case role != core.RoleActivations || data.Stored == nil:
			missing = append(missing, string(role))
		case !d.ByClass:
			missing = append(missing, "activations that fit in memory")
		}
	}
	if len(missing) == 0 && d.Lacks != nil {
		return d.Lacks(data)
	}
	return strings.Join(missing, " and ")
}

func has(data *core.Dataset, role core.Role) bool {
	switch role {
	case core.RoleActivations:
		return data.X != nil
	case core.RoleLabels:
		return data.Labels != nil
	case core.RoleProbs, core.RoleLogits:
		return data.Probs != nil
	case core.RoleReference:
		return data.Ref != nil
	case core.RoleReferenceLabels:
		return data.RefLabels != nil
	case core.RoleWeights:
		return data.Weights != nil
	case core.RoleBias:
		return data.Bias != nil
	case core.RoleSources:
		return data.Source != nil
	case core.RoleIDs:
		return data.IDs != nil
	case core.RoleTestLabels:
		return data.Test != nil && data.Test.Labels != nil
	case core.RoleTestPred:
		return data.Test != nil && data.Test.Plain != nil
	case core.RoleTestTriggered:
		return data.Test != nil && data.Test.Triggered != nil
	}
	return false
}

// extent is what a check that ran has looked at.
func extent(d *core.Detector, data *core.Dataset) string {
	if slices.Contains(d.Needs, core.RoleTestPred) {
		return fmt.Sprintf("on %d test rows of %d classes", len(data.Test.Plain), len(data.Test.Classes))
	}
	if len(data.Classes) == 0 {
		return fmt.Sprintf("on %d rows without labels", data.Info.Rows)
	}
	return fmt.Sprintf("on %d rows of %d classes", len(data.Labels), len(data.Classes))
}

func (r *run) detect(d *core.Detector, data *core.Dataset, team core.Team) error {
	where := core.Location{File: data.File, Member: data.Member}
	emit := r.emitFor(d.Name, &core.Artifact{File: data.File, Member: data.Member})
	p := &core.Pass{Data: data, Params: r.params[d.Name], Limits: r.limits, Team: team, Emit: func(e core.Event) error {
		if e.Result != nil {
			kept := *e.Result
			kept.Scores, kept.Points = nil, nil // which the verdict does not read, and which are large
			r.results = append(r.results, &kept)
		}
		return emit(e)
	}}
	if err := guard(func() error { return d.Run(r.ctx, p) }); err != nil {
		return r.checkFailed(d, where, err)
	}
	return r.cover([]*core.Detector{d}, core.Ran, extent(d, data))
}
