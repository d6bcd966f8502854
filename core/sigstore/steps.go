package sigstore

import (
	"errors"
	"fmt"
	"time"

	"taster/core"
	"taster/core/pki"
)

// Verdict is what checking a signature came to.
type Verdict string

// The verdicts, the better ones first.
const (
	Valid     Verdict = "valid"     // all steps passed, and the signer is trusted
	Anchored  Verdict = "anchor"    // the signature fits; nobody said whom to trust
	Expired   Verdict = "expired"   // it fits, and the chain is out of date
	Old       Verdict = "old"       // readable, of a form with a known defect
	Unchecked Verdict = "unchecked" // something needed is missing or not supported
	Stranger  Verdict = "stranger"  // it fits, and the signer is another one than expected
	Invalid   Verdict = "invalid"   // a step failed
	Malformed Verdict = "malformed" // not to be read
)

func (v Verdict) rank() int {
	for i, w := range []Verdict{Valid, Anchored, Expired, Old, Unchecked, Stranger, Invalid, Malformed} {
		if v == w {
			return i
		}
	}
	return len(v) + 100 // no verdict is worse than any
}

// Step is one check, and what it came to.
type Step struct {
	Name    string
	Verdict Verdict // Valid: it passed
	Detail  string
}

// Result is all that checking a signature has shown.
type Result struct {
	Steps   []Step
	Verdict Verdict // the worst of the steps
	Method  Method
	Signer  string
	Issuer  string
	// Time is when the signature is shown to have been there; zero when nothing
	// shows it. TimeFrom says what does.
	Time     time.Time
	TimeFrom string
	Logged   bool // an entry of a transparency log was checked
}

// Cause is the step that decided the verdict, and why.
func (r *Result) Cause() (name, detail string) {
	for _, s := range r.Steps {
		if s.Verdict == r.Verdict {
			return s.Name, s.Detail
		}
	}
	return "", ""
}

// pass adds a step that passed.
func (r *Result) pass(name, format string, args ...any) {
	r.Add(name, Valid, fmt.Sprintf(format, args...))
}

// fail adds a step that did not pass, and says so.
func (r *Result) fail(name string, err error) {
	r.Add(name, verdictOf(err), err.Error())
}

// check adds a step by the error it came to.
func (r *Result) check(name string, err error, format string, args ...any) bool {
	if err != nil {
		r.fail(name, err)
		return false
	}
	r.pass(name, format, args...)
	return true
}

// Add adds a step, and makes its verdict that of the whole where it is worse.
func (r *Result) Add(name string, v Verdict, detail string) {
	r.Steps = append(r.Steps, Step{name, v, detail})
	if r.Verdict == "" || v.rank() > r.Verdict.rank() {
		r.Verdict = v
	}
}

// errUnknown is the absence of something that a check needs.
type errUnknown string

func (e errUnknown) Error() string { return string(e) }

// errStranger is a signer who is not the expected one.
type errStranger string

func (e errStranger) Error() string { return string(e) }

func verdictOf(err error) Verdict {
	var unknown errUnknown
	var stranger errStranger
	switch {
	case errors.As(err, &stranger):
		return Stranger
	case errors.As(err, &unknown), errors.Is(err, pki.ErrUnsupported), errors.Is(err, core.ErrLimit), errors.Is(err, core.ErrUnsupported):
		return Unchecked
	}
	return Invalid
}
