package core

import (
	"context"
	"fmt"
	"slices"
)

// Check is how a detector looks: at each artifact by itself ([Each]), at all
// inputs together ([Across]), or at what a subject makes of several artifacts
// ([On]).
type Check struct {
	way     way
	subject *Subject
	needs   []Role
	run     func(ctx context.Context, p *Pass, v any) error
}

type way int

const (
	nowhere way = iota // the zero Check looks at nothing
	each
	across
	on
)

// Each looks at every artifact that [Detector.Applies] picks, members included.
func Each(run func(context.Context, *Pass, *Artifact) error) Check {
	return Check{way: each, run: typed(run)}
}

// Across looks once at all inputs, when every one was read, and compares them.
func Across(run func(context.Context, *Pass, *Inputs) error) Check {
	return Check{way: across, run: typed(run)}
}

// On looks at every set of the subject that has all parts in needs. T is what
// the subject's Load makes of a set.
func On[T any](s *Subject, needs []Role, run func(context.Context, *Pass, T) error) Check {
	return Check{way: on, subject: s, needs: needs, run: typed(run)}
}

func typed[T any](run func(context.Context, *Pass, T) error) func(context.Context, *Pass, any) error {
	return func(ctx context.Context, p *Pass, v any) error {
		t, ok := v.(T)
		if !ok {
			return fmt.Errorf("the check looks at %T, and was given %T", t, v)
		}
		return run(ctx, p, t)
	}
}

// IsEach says whether it looks at artifacts one by one.
func (c Check) IsEach() bool { return c.way == each }

// IsAcross says whether it looks at all inputs together.
func (c Check) IsAcross() bool { return c.way == across }

// Subject is the subject that it looks at sets of, nil where it looks at files.
func (c Check) Subject() *Subject { return c.subject }

// Needs lists the parts without which it cannot look at a set.
func (c Check) Needs() []Role { return slices.Clone(c.needs) }

// Run looks at v, which is an *Artifact, an *Inputs, or what the subject's Load
// has made of a set.
func (c Check) Run(ctx context.Context, p *Pass, v any) error { return c.run(ctx, p, v) }
