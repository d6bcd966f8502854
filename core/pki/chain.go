package pki

import (
	"bytes"
	"errors"
	"fmt"
	"time"
)

// ErrTime means that a certificate of a chain is not valid at the time asked for,
// and that nothing else is wrong with the chain.
var ErrTime = errors.New("out of date")

// Bounds of the search for a chain.
const (
	mostDepth  = 8   // certificates of a chain
	mostChecks = 200 // signatures that are looked at
)

// Search is the search for a chain from a leaf to one of the anchors.
type Search struct {
	Intermediates []*Certificate // candidates, from anywhere
	Anchors       []*Certificate // what the user trusts
	// At is the time at which every certificate of the chain must be valid.
	At time.Time
	// Purpose must be among the extended key usages of every certificate below
	// the anchor that names any.
	Purpose string

	checks int
	late   error // a chain that fits but for the time
	why    error // why the last candidate was refused
}

// Chain finds a chain for leaf: leaf first, the anchor last. What it says of a
// failure is about the last candidate that was tried; [ErrTime] when a chain was
// found that is out of date.
func (s *Search) Chain(leaf *Certificate) ([]*Certificate, error) {
	s.checks, s.late, s.why = 0, nil, nil
	for _, c := range s.Anchors {
		if c.Equal(leaf) { // a leaf that is trusted itself
			if err := s.current(leaf); err != nil {
				return nil, err
			}
			return []*Certificate{leaf}, nil
		}
	}
	if oid := leaf.unknownCritical(); oid != "" {
		return nil, fmt.Errorf("%w: the extension %s", ErrUnsupported, oid)
	}
	if chain := s.extend([]*Certificate{leaf}); chain != nil {
		return chain, nil
	}
	switch {
	case s.late != nil:
		return nil, s.late
	case s.why != nil:
		return nil, s.why
	}
	return nil, fmt.Errorf("no certificate of %q, which issued it, is among those that are trusted", leaf.IssuerTitle())
}

// extend looks for an issuer of the last of chain.
func (s *Search) extend(chain []*Certificate) []*Certificate {
	last := chain[len(chain)-1]
	for _, anchor := range s.Anchors {
		if whole := s.with(chain, last, anchor, true); whole != nil {
			if err := s.inTime(whole); err != nil {
				s.late = err
				continue
			}
			return whole
		}
	}
	if len(chain) >= mostDepth {
		return nil
	}
	for _, c := range s.Intermediates {
		if longer := s.with(chain, last, c, false); longer != nil {
			if whole := s.extend(longer); whole != nil {
				return whole
			}
		}
	}
	return nil
}

// with is chain with issuer at its end, or nil when it is not the issuer.
func (s *Search) with(chain []*Certificate, last, issuer *Certificate, anchor bool) []*Certificate {
	if !bytes.Equal(last.Issuer, issuer.Subject) || s.checks >= mostChecks {
		return nil
	}
	for _, c := range chain {
		if c.Equal(issuer) {
			return nil
		}
	}
	if err := s.issues(issuer, chain, anchor); err != nil {
		s.why = err
		return nil
	}
	s.checks++
	if err := last.SignedBy(issuer); err != nil {
		s.why = fmt.Errorf("the certificate of %q is not signed by that of %q: %w", last.Title(), issuer.Title(), err)
		return nil
	}
	return append(chain[:len(chain):len(chain)], issuer)
}

// issues says why issuer may not issue the last of chain.
func (s *Search) issues(issuer *Certificate, chain []*Certificate, anchor bool) error {
	below := 0 // intermediates that count against the length of the path
	for _, c := range chain[1:] {
		if !c.SelfIssued() {
			below++
		}
	}
	title := issuer.Title()
	switch oid := issuer.unknownCritical(); {
	case oid != "":
		return fmt.Errorf("%w: the extension %s of %q", ErrUnsupported, oid, title)
	case !issuer.ca && !(anchor && issuer.version < 2):
		return fmt.Errorf("%q is not a certificate authority", title)
	case issuer.usage >= 0 && issuer.usage&usageCertSign == 0:
		return fmt.Errorf("%q may not sign certificates", title)
	case issuer.maxPath >= 0 && below > issuer.maxPath:
		return fmt.Errorf("%q allows %d certificate authorities below it, and there are %d", title, issuer.maxPath, below)
	case s.Purpose != "" && !issuer.Allows(true, s.Purpose, UsageAny):
		return fmt.Errorf("%q is not for this purpose", title)
	}
	return nil
}

func (s *Search) inTime(chain []*Certificate) error {
	for _, c := range chain {
		if err := s.current(c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Search) current(c *Certificate) error {
	if s.At.Before(c.NotBefore) || s.At.After(c.NotAfter) {
		return fmt.Errorf("%w: the certificate of %q is valid from %s to %s, and the time is %s", ErrTime, c.Title(),
			stamp(c.NotBefore), stamp(c.NotAfter), stamp(s.At))
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
