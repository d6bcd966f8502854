package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"

	"taster/core"
)

// AcceptSchema names the form of a file of accepted findings.
const AcceptSchema = "taster.accept/1"

// Acceptance says that somebody knows of findings and lives with them, until a
// day. It names one finding by its id, or those of a rule below a path.
type Acceptance struct {
	ID      string `json:"id,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Path    string `json:"path,omitempty"` // as path.Match has it; "dir/" is all below dir, "" is every path
	Reason  string `json:"reason"`
	By      string `json:"by,omitempty"`
	Expires string `json:"expires"` // the last day on which it holds, 2006-01-02
}

// ReadAccepted reads a file of accepted findings. Every entry needs a reason and
// an end, and names what it accepts; a name that is not known is an error, so
// that a typing mistake does not go unseen.
func ReadAccepted(b []byte) ([]Acceptance, error) {
	var doc struct {
		Schema   string       `json:"schema"`
		Accepted []Acceptance `json:"accepted"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("%w: accepted findings: %w", core.ErrMalformed, err)
	}
	if doc.Schema != AcceptSchema {
		return nil, fmt.Errorf("%w: the schema is %.60q, not %q", core.ErrUnsupported, doc.Schema, AcceptSchema)
	}
	for i, a := range doc.Accepted {
		if err := a.check(); err != nil {
			return nil, fmt.Errorf("%w: accepted findings: entry %d %w", core.ErrMalformed, i+1, err)
		}
	}
	return doc.Accepted, nil
}

func (a *Acceptance) check() error {
	switch {
	case strings.TrimSpace(a.Reason) == "":
		return fmt.Errorf("has no reason")
	case (a.ID == "") == (a.Rule == ""):
		return fmt.Errorf("needs either an id or a rule")
	case a.ID != "" && a.Path != "":
		return fmt.Errorf("has an id and a path: an id names one place")
	}
	if _, err := time.Parse(time.DateOnly, a.Expires); err != nil {
		return fmt.Errorf("needs a day such as 2026-12-31 in expires, not %.40q", a.Expires)
	}
	if _, err := path.Match(a.Path, ""); err != nil {
		return fmt.Errorf("has a path that is no pattern: %.80q", a.Path)
	}
	return nil
}

// covers says whether a is about f, whose id is given.
func (a *Acceptance) covers(f *core.Finding, id string) bool {
	if a.ID != "" {
		return a.ID == id
	}
	if a.Rule != f.Rule {
		return false
	}
	if a.Path == "" || strings.HasSuffix(a.Path, "/") && strings.HasPrefix(f.Where.File, a.Path) {
		return true
	}
	ok, _ := path.Match(a.Path, f.Where.File) // checked when it was read
	return ok
}

// Decided is what a list of acceptances means for a report.
type Decided struct {
	Dispositions map[string]Disposition // by finding id
	Expired      []Acceptance           // that would cover a finding
	Unused       []Acceptance           // that cover none
}

// Decide applies accepted to the findings of r on a day, as 2006-01-02. An entry
// that has expired accepts nothing; the finding says until when it did.
func Decide(r *core.Report, accepted []Acceptance, day string) Decided {
	out := Decided{Dispositions: map[string]Disposition{}}
	ids := IDs(r)
	for _, a := range accepted {
		used := false
		for _, f := range r.Findings {
			id := ids[f]
			if !a.covers(f, id) {
				continue
			}
			used = true
			if a.Expires >= day {
				out.Dispositions[id] = Disposition{Accepted, a.note("until")}
			} else if out.Dispositions[id].State == "" {
				out.Dispositions[id] = Disposition{Open, a.note("accepted until")}
			}
		}
		switch {
		case !used:
			out.Unused = append(out.Unused, a)
		case a.Expires < day:
			out.Expired = append(out.Expired, a)
		}
	}
	return out
}

func (a *Acceptance) note(until string) string {
	return strings.Join(nonEmpty(until+" "+a.Expires, a.By, a.Reason), ", ")
}

// String names a for messages.
func (a Acceptance) String() string {
	if a.ID != "" {
		return a.ID
	}
	return strings.Join(nonEmpty(a.Rule, a.Path), " in ")
}
