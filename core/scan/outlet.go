package scan

import (
	"context"
	"fmt"
	"math"

	"taster/core"
)

// An outlet is where events go, until the context ends or the receiver wants
// no more.
type outlet struct {
	ctx context.Context
	out func(core.Event) error
}

// send emits e and marks its error as one that ends the run.
func (o outlet) send(e core.Event) error {
	if err := o.ctx.Err(); err != nil {
		return err
	}
	if err := o.out(e); err != nil {
		return &stopError{err}
	}
	return nil
}

// emitFor signs the findings of a plug-in and gives them a place.
func (o outlet) emitFor(plugin string, a *core.Artifact) func(core.Event) error {
	return func(e core.Event) error {
		if f := e.Finding; f != nil {
			f.Plugin = plugin
			if f.Where.File == "" && a != nil {
				f.Where.File, f.Where.Member = a.File, a.Member
			}
			if f.Unread && a != nil && a.Partial == "" {
				a.Partial = f.Title
			}
			finite(f.Measured)
		}
		if e.Result != nil {
			for _, c := range e.Result.Groups {
				finite(c.Figures)
			}
		}
		return o.send(e)
	}
}

// emitAt is emitFor with the place of what was made of several artifacts.
func (o outlet) emitAt(plugin string, where core.Location) func(core.Event) error {
	return o.emitFor(plugin, &core.Artifact{File: where.File, Member: where.Member})
}

// finite puts words in place of the numbers that JSON cannot write: one of
// them would cost the whole event.
func finite(figures []core.Figure) {
	for i := range figures {
		v, ok := figures[i].Value.(float64)
		switch {
		case !ok:
		case math.IsNaN(v):
			figures[i].Value = "none"
		case math.IsInf(v, 0):
			figures[i].Value = "infinite"
		}
	}
}

// broken notes why a was not read whole, as a finding. It returns an error
// only when the run must end.
func (o outlet) broken(a *core.Artifact, plugin string, err error) error {
	if stops(o.ctx, err) {
		return err
	}
	a.Partial = err.Error()
	return o.send(core.Event{Finding: broken(a, plugin, err)})
}

// checkFailed reports a detector that gave up. It returns an error only when
// the run must end.
func (o outlet) checkFailed(d *core.Detector, where core.Location, err error) error {
	if stops(o.ctx, err) {
		return err
	}
	if err := o.send(core.Event{Coverage: &core.Coverage{Check: d.Name, Path: where.File, State: core.Failed, Why: err.Error()}}); err != nil {
		return err
	}
	return o.send(core.Event{Finding: &core.Finding{Rule: ruleCheckFailed.ID, Plugin: d.Name, Severity: ruleCheckFailed.Severity,
		Confidence: core.HighConfidence, Where: where, Title: d.Title + " failed", Saw: fmt.Sprintf("The check ended early: %v.", err), Unread: true}})
}
