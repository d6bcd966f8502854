package core

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Severity is the impact if the finding is true.
type Severity int

// The severities in rising order.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"info", "low", "medium", "high", "critical"}

func (s Severity) String() string { return nameOf(severityNames[:], int(s)) }

// MarshalText writes the severity as its lower-case name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(b []byte) error {
	i, err := indexOf(severityNames[:], string(b))
	*s = Severity(i)
	return err
}

// Confidence is the strength of the evidence, independent of severity.
type Confidence int

// The confidences in rising order.
const (
	LowConfidence Confidence = iota
	Moderate
	HighConfidence
)

var confidenceNames = [...]string{"low", "moderate", "high"}

func (c Confidence) String() string { return nameOf(confidenceNames[:], int(c)) }

// MarshalText writes the confidence as its lower-case name.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Confidence) UnmarshalText(b []byte) error {
	i, err := indexOf(confidenceNames[:], string(b))
	*c = Confidence(i)
	return err
}

func nameOf(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("unknown(%d)", i)
	}
	return names[i]
}

func indexOf(names []string, s string) (int, error) {
	for i, n := range names {
		if n == s {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is none of %s", s, strings.Join(names, ", "))
}

// Rule is one kind of finding. Its texts are shown with every finding of it;
// what was seen in a particular place is the finding's own Saw.
type Rule struct {
	ID       string   `json:"id"` // "PICKLE-CALL"
	Title    string   `json:"title"`
	Severity Severity `json:"severity"` // the usual one; a finding may differ
	Matters  string   `json:"matters"`  // why it matters
	Benign   string   `json:"benign"`   // what else could explain it
	Do       string   `json:"do"`       // what to do next
	Refs     []string `json:"refs"`     // ATLAS techniques, OWASP, CWE, CVE
	// Seen is a case in which it is reported, and NotSeen one that looks alike
	// and is not; the catalogue in package builtin fills them.
	Seen    string `json:"seen,omitempty"`
	NotSeen string `json:"notSeen,omitempty"`
}

// Finding is one thing seen, with its place and the evidence for it.
type Finding struct {
	Rule       string     `json:"rule"`
	Plugin     string     `json:"plugin"` // format or detector that saw it
	Severity   Severity   `json:"severity"`
	Confidence Confidence `json:"confidence"`
	Where      Location   `json:"where"`
	Title      string     `json:"title"` // one line for this finding
	Saw        string     `json:"saw"`   // numbers and place, one sentence
	Measured   []Figure   `json:"measured,omitempty"`
	Evidence   []Evidence `json:"evidence,omitempty"`
	// Unread says that bytes were left unread, or a check not made, because of
	// what was seen here: the input was not assessed whole.
	Unread bool `json:"unread,omitempty"`
}

// Location is a place in an input. Offset is meaningful when HasOffset is set.
type Location struct {
	File      string `json:"file"`
	Member    string `json:"member,omitempty"`
	HasOffset bool   `json:"hasOffset,omitempty"`
	Offset    int64  `json:"offset,omitempty"` // from the start of the member, or of the file
	Rows      []int  `json:"-"`                // ascending, from 0; see protocol.Columns
	Class     string `json:"class,omitempty"`
}

// At is the place at offset in a.
func (a *Artifact) At(offset int64) Location {
	return Location{File: a.File, Member: a.Member, HasOffset: true, Offset: offset}
}

// Whole is a as a place.
func (a *Artifact) Whole() Location { return Location{File: a.File, Member: a.Member} }

// Listed joins the first n of names for a message, and counts the others.
func Listed(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
}

// Figure is one named number or word of a measurement.
type Figure struct {
	Name  string `json:"name"`
	Value any    `json:"value"` // float64, int, string, bool
}

// Key identifies a finding across runs: a hash of the rule, the place and the
// title, but of no measured number.
func (f *Finding) Key() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %t %d %q %q", f.Rule, f.Where.File, f.Where.Member, f.Where.HasOffset, f.Where.Offset, f.Where.Class, f.Title)
	return "F-" + hex.EncodeToString(h.Sum(nil)[:6])
}
