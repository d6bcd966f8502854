package sigstore

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"taster/core/der"
	"taster/core/pki"
)

func isTime(err error) bool { return errors.Is(err, pki.ErrTime) }

// isForeign says whether the log of an entry is not in the root.
func (c *check) isForeign() bool {
	for i := range c.b.Entries {
		if _, known := find(c.trust.Root.Logs, c.b.Entries[i].LogID, time.Time{}); !known {
			return true
		}
	}
	return false
}

// timestamps checks every time-stamp: one that is there and fails makes the whole
// bundle fail.
func (c *check) timestamps() {
	for i, text := range c.b.Timestamps {
		name := "Time-stamp"
		if len(c.b.Timestamps) > 1 {
			name = fmt.Sprintf("Time-stamp %d", i+1)
		}
		t, err := ParseTimeStamp(text)
		if err == nil {
			err = t.fits(c.b.Signature())
		}
		if err == nil {
			if err = t.madeBy(c.trust.Root.TimeStamps); err != nil && c.foreign {
				err = errUnknown(err.Error())
			}
		}
		for _, earlier := range c.b.Timestamps[:i] {
			if bytes.Equal(earlier, text) {
				err = fmt.Errorf("it is there twice")
			}
		}
		if err != nil {
			c.r.fail(name, err)
			continue
		}
		c.times = append(c.times, trusted{t.Time, "a time-stamp"})
		c.r.pass(name, "the signature was there at %s", stamp(t.Time))
	}
}

// log checks every entry of a transparency log.
func (c *check) log(signer *pki.Key, leaf *pki.Certificate) {
	s := &signed{bundle: c.b, signer: signer, leaf: leaf, digest: c.digest}
	for i := range c.b.Entries {
		e := &c.b.Entries[i]
		suffix := ""
		if len(c.b.Entries) > 1 {
			suffix = fmt.Sprintf(" %d", i+1)
		}
		for j := range c.b.Entries[:i] {
			if o := &c.b.Entries[j]; bytes.Equal(o.Body, e.Body) && bytes.Equal(o.LogID, e.LogID) {
				c.r.fail("Log entry"+suffix, fmt.Errorf("it is there twice"))
			}
		}
		c.entry(e, s, suffix)
	}
}

// entry checks one entry.
func (c *check) entry(e *Entry, s *signed, suffix string) {
	c.r.check("Log entry"+suffix, s.checkBody(e), "%s %s, entry %d, is of this signature", e.Kind, e.Version, e.Index)
	log, err := c.logOf(e)
	if !c.r.check("Log"+suffix, err, "%s", hostOf(log)) {
		return
	}
	if e.second() && (len(e.Promise) > 0 || e.IntegratedTime != 0) {
		c.r.fail("Log promise"+suffix, fmt.Errorf("logs of this generation give none"))
	} else if len(e.Promise) > 0 {
		if c.r.check("Log promise"+suffix, e.checkPromise(log.Key), "the log took it at %s", stamp(e.Time())) {
			c.times = append(c.times, trusted{e.Time(), "the log " + log.Host})
			c.r.Logged = true
		}
	}
	if e.Proof == nil {
		return
	}
	included := c.r.check("Inclusion"+suffix, e.checkInclusion(), "%d hashes lead to the root of %d entries", len(e.Proof.Hashes), e.Proof.Size)
	if c.r.check("Checkpoint"+suffix, e.checkCheckpoint(log), "the log signed this root") && included {
		c.r.Logged = true
	}
}

func hostOf(l *Log) string {
	if l == nil {
		return ""
	}
	return l.Host + " is in the trusted root"
}

// logOf finds the log of an entry, whose key must be valid at the time of the
// entry: its own for the first generation, that of the time-stamps for the second.
func (c *check) logOf(e *Entry) (*Log, error) {
	var at []time.Time
	if len(e.Promise) > 0 && !e.second() {
		at = append(at, e.Time())
	} else {
		for _, t := range c.times {
			at = append(at, t.at)
		}
	}
	var first time.Time
	if len(at) > 0 {
		first = at[0]
	}
	log, known := find(c.trust.Root.Logs, e.LogID, first)
	switch {
	case !known:
		return nil, errUnknown(c.trust.Root.Name + " does not know the log of this entry")
	case log.KeyErr != nil:
		return nil, log.KeyErr
	}
	for _, t := range at {
		if !log.Contains(t) {
			return nil, fmt.Errorf("its key is trusted from %s, and the entry is of %s", log.Period, stamp(t))
		}
	}
	return log, nil
}

// time checks that somebody vouches for a time, and that the certificate was
// valid at each.
func (c *check) time(leaf *pki.Certificate) {
	if len(c.times) == 0 {
		var err error = errors.New("neither the log nor a time-stamp shows when it was signed")
		if c.r.Verdict == Unchecked { // one of them might, if it could be checked
			err = errUnknown(err.Error())
		}
		c.r.fail("Time", err)
		return
	}
	for _, t := range c.times {
		if t.at.Before(leaf.NotBefore) || t.at.After(leaf.NotAfter) {
			c.r.fail("Time", fmt.Errorf("%s says %s, and the certificate is valid from %s to %s", t.from, stamp(t.at), stamp(leaf.NotBefore), stamp(leaf.NotAfter)))
			return
		}
	}
	c.r.Time, c.r.TimeFrom = c.times[0].at, c.times[0].from
	c.r.pass("Time", "%s, by %s, while the certificate was valid", stamp(c.r.Time), c.r.TimeFrom)
}

// issuedBy finds the authority of the root that issued leaf, and returns the
// certificate that signed it.
func (c *check) issuedBy(leaf *pki.Certificate) *pki.Certificate {
	err := fmt.Errorf("%s has no authority that issued it", c.trust.Root.Name)
	for _, a := range c.trust.Root.Authorities {
		chain, why := c.chainTo(leaf, a)
		if why != nil {
			if bytes.Equal(leaf.Issuer, a.Root.Subject) || a.has(leaf) {
				err = why
			}
			continue
		}
		c.r.pass("Certificate", "issued by %s, for signing code", quote(chain[1].Title()))
		return chain[1]
	}
	if c.foreign {
		err = errUnknown(err.Error()) // authorities of several instances bear one name
	}
	c.r.fail("Certificate", err)
	return nil
}

// chainTo checks leaf against one authority, at each of the trusted times.
func (c *check) chainTo(leaf *pki.Certificate, a *Authority) (chain []*pki.Certificate, err error) {
	times := c.times
	if len(times) == 0 {
		times = []trusted{{at: leaf.NotBefore}} // the step before has failed
	}
	for _, t := range times {
		s := pki.Search{Intermediates: append(a.Intermediates[:len(a.Intermediates):len(a.Intermediates)], c.b.Certificates[1:]...),
			Anchors: []*pki.Certificate{a.Root}, At: t.at, Purpose: pki.UsageCodeSigning}
		if chain, err = s.Chain(leaf); err != nil {
			return nil, err
		}
	}
	switch {
	case len(chain) < 2:
		return nil, fmt.Errorf("the certificate is the authority's own")
	case !a.Contains(leaf.NotBefore):
		return nil, fmt.Errorf("it is of %s, and the authority is trusted from %s", stamp(leaf.NotBefore), a.Period)
	case !leaf.Allows(false, pki.UsageCodeSigning):
		return nil, fmt.Errorf("it is not for signing code")
	case !leaf.Signs(true):
		return nil, fmt.Errorf("it is not for signatures")
	}
	return chain, nil
}

// Object identifiers that Fulcio uses.
const (
	oidIssuer    = "1.3.6.1.4.1.57264.1.8"
	oidIssuerOld = "1.3.6.1.4.1.57264.1.1"
	oidOtherName = "1.3.6.1.4.1.57264.1.7"
)

// Identity is who a certificate of Fulcio names, and who vouched for it.
func Identity(leaf *pki.Certificate) (signer, issuer string, err error) {
	var names []string
	for _, n := range leaf.Names {
		if n.Kind == "URI" || n.Kind == "e-mail" || n.Kind == oidOtherName {
			names = append(names, n.Value)
		}
	}
	if x := leaf.Extension(oidIssuerOld); x != nil {
		issuer = string(x.Value)
	}
	if x := leaf.Extension(oidIssuer); x != nil {
		d := der.New(x.Value)
		issuer = string(d.Value(der.UTF8String).Content)
		d.End()
		if d.Err() != nil {
			return "", "", fmt.Errorf("its issuer: %w", d.Err())
		}
	}
	if len(names) != 1 {
		return "", issuer, fmt.Errorf("the certificate names %d signers", len(names))
	}
	return names[0], issuer, nil
}

// identity tells who signed, and compares it with whom the user expects.
func (c *check) identity(leaf *pki.Certificate) {
	var err error
	if c.r.Signer, c.r.Issuer, err = Identity(leaf); err != nil {
		c.r.fail("Identity", err)
		return
	}
	detail := fmt.Sprintf("signed by %s through %s", quote(c.r.Signer), quote(c.r.Issuer))
	if c.trust.Signer != "" && c.trust.Signer != c.r.Signer || c.trust.Issuer != "" && c.trust.Issuer != c.r.Issuer {
		c.r.fail("Identity", errStranger(detail))
		return
	}
	c.r.pass("Identity", "%s", detail)
}
