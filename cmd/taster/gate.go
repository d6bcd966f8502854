package main

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"taster/core"
	"taster/core/report"
)

// gate is what decides which findings count: the accepted ones and those of an
// earlier report do not.
type gate struct {
	baseline, accept string // file names
	known            map[string]bool
	accepted         []report.Acceptance
}

// read reads the files that were named.
func (g *gate) read() error {
	if g.baseline != "" {
		b, err := readFile(g.baseline)
		if err != nil {
			return err
		}
		earlier, err := report.ReadEarlier(b)
		if err != nil {
			return fmt.Errorf("%s: %w", g.baseline, err)
		}
		g.known = earlier.IDs()
	}
	if g.accept == "" {
		return nil
	}
	b, err := readFile(g.accept)
	if err != nil {
		return err
	}
	if g.accepted, err = report.ReadAccepted(b); err != nil {
		return fmt.Errorf("%s: %w", g.accept, err)
	}
	return nil
}

// decide applies the accepted findings to r and says which entries have expired
// or cover nothing.
func (g *gate) decide(r *core.Report, day time.Time, stderr io.Writer) map[string]report.Disposition {
	d := report.Decide(r, g.accepted, day.UTC().Format(time.DateOnly))
	for _, a := range d.Expired {
		fmt.Fprintf(stderr, "taster scan: %s: the acceptance of %s ended on %s: %q\n", g.accept, quotable(a.String()), a.Expires, a.Reason)
	}
	for _, a := range d.Unused {
		fmt.Fprintf(stderr, "taster scan: %s: nothing is found any more that %s accepts\n", g.accept, quotable(a.String()))
	}
	return d.Dispositions
}

func quotable(s string) string { return strings.Trim(fmt.Sprintf("%q", s), `"`) }

// code is the exit code over the findings that count.
func (g *gate) code(r *core.Report, decided map[string]report.Disposition, limit core.Severity) int {
	unread := false
	for f, id := range report.IDs(r) {
		if g.known[id] || decided[id].State == report.Accepted {
			continue
		}
		if f.Severity >= limit {
			return exitFindings
		}
		unread = unread || f.Unread
	}
	if unread || leftOut(r) {
		return exitUnread
	}
	return exitOK
}

// ordinary kinds have no part in loading a model: not to have looked at them is
// no reason to fail.
var ordinary = []string{"text", "picture", "empty"}

// leftOut says whether an input was looked at in part or not at all.
func leftOut(r *core.Report) bool {
	return slices.ContainsFunc(r.Artifacts, func(a *core.Artifact) bool {
		return !slices.Contains(ordinary, a.Kind) && r.Assessed(a) == core.AssessedNot || r.LeftOutRows(a.File)
	})
}

// setDigest reads a digest that the user gives.
func (o *options) setDigest(s string) error {
	c, err := core.ParseClaim(s)
	o.digests = append(o.digests, c)
	return err
}

// claims translates the files of -digest from arguments to paths in the report.
func (in *inputs) claims(given []core.Claim) []core.Claim {
	out := make([]core.Claim, len(given))
	for i, c := range given {
		if p, ok := in.byArg[c.Path]; ok {
			c.Path = p
		}
		if c.Path != "" {
			c.Path = path.Clean(c.Path)
		}
		out[i] = c
	}
	return out
}
