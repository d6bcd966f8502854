package scan

import (
	"fmt"
	"slices"

	"taster/core"
)

// A judged set is one whose detectors are run.
type judged struct {
	subject *core.Subject
	set     *core.Set
}

// subjects finds the sets of every subject, says what would be judged, and
// judges it where that is asked for.
func (r *run) subjects() error {
	var sets []judged
	plan := &core.Plan{}
	for _, s := range r.cfg.Subjects {
		for _, set := range r.sets(s) {
			sets = append(sets, judged{s, set})
			plan.Sets = append(plan.Sets, planned(s, set))
		}
	}
	if len(sets) > 0 {
		if err := r.send(core.Event{Plan: plan}); err != nil {
			return err
		}
	}
	if !r.job.Data {
		return r.cover(r.checksOn(nil), core.Skipped, "not asked for yet")
	}
	for _, j := range sets {
		if err := r.judgeSet(j); err != nil {
			return err
		}
	}
	return r.coverRest(sets)
}

// sets are those of s; a subject that fails has none, which is reported.
func (r *run) sets(s *core.Subject) (sets []*core.Set) {
	err := guard(func() error { sets = s.Sets(r.artifacts); return nil })
	if err != nil {
		_ = r.checkFailed(&core.Detector{Name: s.Name, Title: "Finding the " + s.Name}, core.Location{}, err)
	}
	return sets
}

// planned describes a set before it is read.
func planned(s *core.Subject, set *core.Set) *core.SetInfo {
	info := &core.SetInfo{Subject: s.Name, Name: set.Name, Files: set.FilesOf(), Layers: set.Layers, Unit: s.Unit, Notes: set.Notes}
	for _, a := range set.Artifacts {
		info.Parts = append(info.Parts, core.Given{Role: a.Role, Path: a.Path()})
	}
	return info
}

// checksOn lists the detectors of a subject; nil is all of them.
func (r *run) checksOn(s *core.Subject) []*core.Detector {
	var out []*core.Detector
	for _, d := range r.cfg.Detectors {
		if of := d.Check.Subject(); of != nil && (s == nil || of == s) {
			out = append(out, d)
		}
	}
	return out
}

// judgeSet runs the detectors on a set, once for each of its layers, and weighs
// what they said together.
func (r *run) judgeSet(j judged) error {
	layers := j.set.Layers
	if len(layers) < 2 {
		layers = []string{""}
	}
	c := &conclusion{}
	for i, layer := range layers {
		loaded, err := r.load(j, layer)
		if err != nil {
			return err
		}
		if loaded == nil {
			continue
		}
		if c.info == nil {
			if err := r.send(core.Event{Set: loaded.Info}); err != nil {
				return err
			}
			c.info, c.where = loaded.Info, loaded.Where
		}
		if err := r.detectAll(j, layers[i], loaded, c); err != nil {
			return err
		}
	}
	if c.info == nil || j.subject.Conclude == nil {
		return nil
	}
	for _, f := range j.subject.Conclude(c.info, c.results) {
		if err := r.emitAt(f.Plugin, c.where)(core.Event{Finding: f}); err != nil {
			return err
		}
	}
	return nil
}

// conclusion is what has been measured on a set.
type conclusion struct {
	info    *core.SetInfo
	where   core.Location
	results []*core.Result
}

func (r *run) load(j judged, layer string) (*core.Loaded, error) {
	var loaded *core.Loaded
	err := guard(func() (err error) {
		l := &core.Loading{Set: j.set, Layer: layer, Limits: r.limits, Emit: r.emitFor(j.subject.Name, nil)}
		loaded, err = j.subject.Load(r.ctx, l)
		return err
	})
	if err == nil || stops(r.ctx, err) {
		return loaded, err
	}
	return nil, r.checkFailed(&core.Detector{Name: j.subject.Name, Title: fmt.Sprintf("Loading %.80q", j.set.Name)}, j.set.Artifacts[0].Whole(), err)
}

func (r *run) detectAll(j judged, layer string, loaded *core.Loaded, c *conclusion) error {
	var team core.Team
	if r.cfg.Team != nil {
		team = r.cfg.Team(loaded)
	}
	for _, d := range r.checksOn(j.subject) {
		if why, state := r.hinders(d, loaded); why != "" {
			if err := r.coverSet(d, j.set.Name, state, why); err != nil {
				return err
			}
			continue
		}
		if err := r.detect(d, j.set.Name, layer, loaded, team, c); err != nil {
			return err
		}
	}
	return nil
}

// hinders says why d cannot run on a set, and with which state that is covered.
func (r *run) hinders(d *core.Detector, loaded *core.Loaded) (why, state string) {
	if missing := d.Lacks(loaded.Has); len(missing) > 0 {
		return "needs " + and(missing), core.Needs
	}
	if d.Asks != nil {
		if what := d.Asks(r.params[d.Name]); what != "" {
			return "set " + what + " to run it", core.Skipped
		}
	}
	return "", ""
}

func (r *run) detect(d *core.Detector, set, layer string, loaded *core.Loaded, team core.Team, c *conclusion) error {
	emit := r.emitAt(d.Name, loaded.Where)
	p := &core.Pass{Params: r.params[d.Name], Limits: r.limits, FileSize: r.fileSize, Team: team, Emit: func(e core.Event) error {
		if e.Result != nil {
			e.Result.Family, e.Result.Layer = d.Family, layer
			kept := *e.Result
			kept.Scores, kept.Points = nil, nil // which conclusions do not read, and which are large
			c.results = append(c.results, &kept)
		}
		return emit(e)
	}}
	if err := guard(func() error { return d.Check.Run(r.ctx, p, loaded.Data) }); err != nil {
		return r.checkFailed(d, loaded.Where, err)
	}
	on := fmt.Sprintf("on %d %s", loaded.Info.Rows, loaded.Info.Unit)
	if loaded.Of != nil {
		on = loaded.Of(d.Check.Needs())
	}
	return r.coverSet(d, set, core.Ran, on)
}

// coverRest covers the checks of the subjects of which nothing was given.
func (r *run) coverRest(sets []judged) error {
	for _, s := range r.cfg.Subjects {
		if slices.ContainsFunc(sets, func(j judged) bool { return j.subject == s }) {
			continue
		}
		for _, d := range r.checksOn(s) {
			missing := d.Lacks(nil)
			if len(missing) == 0 {
				missing = []string{s.Name}
			}
			if err := r.coverSet(d, "", core.Needs, "needs "+and(missing)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) cover(checks []*core.Detector, state, why string) error {
	for _, d := range checks {
		if err := r.coverSet(d, "", state, why); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) coverSet(d *core.Detector, set, state, why string) error {
	return r.send(core.Event{Coverage: &core.Coverage{Check: d.Name, Set: set, State: state, Why: why}})
}
