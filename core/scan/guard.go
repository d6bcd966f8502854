package scan

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"taster/core"
)

// stopError carries an error of Emit through a plug-in: the run must end.
type stopError struct{ err error }

func (e *stopError) Error() string { return e.err.Error() }
func (e *stopError) Unwrap() error { return e.err }

// faultError is a panic of a plug-in.
type faultError struct {
	value any
	stack []byte
}

func (e *faultError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// guard runs f and turns a panic into an error.
func guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &faultError{v, debug.Stack()}
		}
	}()
	return f()
}

// stops reports whether err ends the run instead of becoming a finding.
func stops(ctx context.Context, err error) bool {
	var s *stopError
	return errors.As(err, &s) || ctx.Err() != nil
}

// broken is the finding for an error met while reading a.
func broken(a *core.Artifact, plugin string, err error) *core.Finding {
	rule := ruleFor(err)
	f := &core.Finding{Rule: rule.ID, Plugin: plugin, Severity: rule.Severity, Confidence: core.HighConfidence,
		Where: a.Whole(), Title: rule.Title, Saw: sentence(plugin, err), Unread: true}
	var at *core.OffsetError
	if errors.As(err, &at) {
		f.Where = a.At(at.Offset)
	}
	var fault *faultError
	if errors.As(err, &fault) {
		f.Evidence = []core.Evidence{{Title: "Where Taster stopped", Text: string(fault.stack)}}
	}
	return f
}

func sentence(plugin string, err error) string {
	return fmt.Sprintf("Reading as %s ended early: %v.", plugin, err)
}

func ruleFor(err error) *core.Rule {
	var fault *faultError
	switch {
	case errors.As(err, &fault):
		return &ruleFault
	case errors.Is(err, core.ErrLimit):
		return &ruleLimit
	case errors.Is(err, core.ErrUnsupported):
		return &ruleUnsupported
	case errors.Is(err, core.ErrMalformed):
		return &ruleMalformed
	}
	return &ruleUnreadable
}
