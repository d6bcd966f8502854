package sigstore

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the trusted root
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"taster/core"
	"taster/core/jsonwalk"
	"taster/core/pki"
)

// builtIn is the trusted root of the public Sigstore instance, as it stands in
// sigstore/root-signing and in the npm package @sigstore/tuf 4.0.2 (Apache-2.0).
//
//go:embed trusted_root.json
var builtIn []byte

// builtInDate is when the built-in root was last compared with the published one.
const builtInDate = "2026-08-20"

// Root is whom a verifier trusts: logs, certificate authorities, and
// authorities for time-stamps.
type Root struct {
	Name        string // for people
	SHA256      string // of the file
	Logs        []*Log
	CTLogs      []*Log
	Authorities []*Authority
	TimeStamps  []*Authority
}

// Period is a span of time, both ends inclusive. A zero end is open.
type Period struct{ Start, End time.Time }

// Contains says whether t is in the period.
func (p Period) Contains(t time.Time) bool {
	return !t.Before(p.Start) && (p.End.IsZero() || !t.After(p.End))
}

func (p Period) String() string {
	end := "now"
	if !p.End.IsZero() {
		end = stamp(p.End)
	}
	return stamp(p.Start) + " to " + end
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Log is a transparency log.
type Log struct {
	Host string
	ID   []byte
	Key  *pki.Key
	Period
	KeyErr error // why its key is not taken
}

// Authority is a certificate authority: what is below its root, and the root.
type Authority struct {
	URI           string
	Intermediates []*pki.Certificate
	Root          *pki.Certificate
	Period
}

// BuiltIn is the root that Taster brings.
func BuiltIn() *Root {
	r, err := ParseRoot(builtIn)
	if err != nil {
		panic(err) // a test reads it
	}
	r.Name = "the built-in root of the public Sigstore instance, as of " + builtInDate
	return r
}

// IsRoot says whether text calls itself a trusted root.
func IsRoot(mediaType string) bool {
	return strings.HasPrefix(mediaType, "application/vnd.dev.sigstore.trustedroot")
}

// Bounds of a trusted root.
const mostRootEntries = 200

// ParseRoot reads a trusted root.
func ParseRoot(text []byte) (*Root, error) {
	if len(text) > MaxBundle {
		return nil, fmt.Errorf("%w: a trusted root of %d bytes", core.ErrLimit, len(text))
	}
	v, err := ParseJSON(text)
	if err != nil {
		return nil, fmt.Errorf("trusted root: %w", err)
	}
	f := &fields{}
	if m := f.text(v, "mediaType"); !IsRoot(m) {
		f.fail("the media type %.80q", m)
	}
	sum := sha256.Sum256(text)
	r := &Root{SHA256: hex.EncodeToString(sum[:])}
	for _, x := range f.list(v, "tlogs", mostRootEntries) {
		r.Logs = append(r.Logs, readLog(f, x))
	}
	for _, x := range f.list(v, "ctlogs", mostRootEntries) {
		r.CTLogs = append(r.CTLogs, readLog(f, x))
	}
	for _, x := range f.list(v, "certificateAuthorities", mostRootEntries) {
		r.Authorities = append(r.Authorities, readAuthority(f, x))
	}
	for _, x := range f.list(v, "timestampAuthorities", mostRootEntries) {
		r.TimeStamps = append(r.TimeStamps, readAuthority(f, x))
	}
	if f.err != nil {
		return nil, fmt.Errorf("trusted root: %w", f.err)
	}
	return r, nil
}

func readLog(f *fields, v *jsonwalk.Value) *Log {
	key := f.object(v, "publicKey")
	l := &Log{ID: f.bytes(f.object(v, "logId"), "keyId"), Period: readPeriod(f, f.object(key, "validFor"))}
	base := f.text(v, "baseUrl")
	if u, err := url.Parse(base); err == nil {
		l.Host = u.Host
	}
	if l.Key, l.KeyErr = pki.ParseKey(f.bytes(key, "rawBytes")); l.KeyErr == nil && l.Start.IsZero() {
		l.KeyErr = fmt.Errorf("%w: the root does not say from when on its key is valid", core.ErrMalformed)
	}
	return l
}

func readPeriod(f *fields, v *jsonwalk.Value) Period {
	return Period{Start: readTime(f, v, "start"), End: readTime(f, v, "end")}
}

func readTime(f *fields, v *jsonwalk.Value, key string) time.Time {
	text := f.text(v, key)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		f.fail("%.40q is not a time", text)
	}
	return t
}

func readAuthority(f *fields, v *jsonwalk.Value) *Authority {
	a := &Authority{URI: f.text(v, "uri"), Period: readPeriod(f, f.object(v, "validFor"))}
	for _, x := range f.list(f.object(v, "certChain"), "certificates", mostCertificates) {
		c, err := pki.ParseCertificate(f.bytes(x, "rawBytes"))
		if err != nil {
			f.fail("the chain of %.80q: %v", a.URI, err)
			return a
		}
		a.Intermediates = append(a.Intermediates, c)
	}
	if len(a.Intermediates) == 0 {
		f.fail("the authority %.80q has no certificates", a.URI)
		return a
	}
	last := len(a.Intermediates) - 1
	a.Root, a.Intermediates = a.Intermediates[last], a.Intermediates[:last]
	return a
}

// find is the log of this id whose period holds t; a zero t is any time. known
// says that there is one of this id at least.
func find(logs []*Log, id []byte, t time.Time) (log *Log, known bool) {
	for _, l := range logs {
		if !bytes.Equal(l.ID, id) {
			continue
		}
		known = true
		if log == nil || t.IsZero() || l.Contains(t) {
			log = l
		}
	}
	return log, known
}
