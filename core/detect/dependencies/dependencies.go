// Package dependencies judges how a project gets its packages: from which
// indexes and repositories, and whether the same ones tomorrow as today.
package dependencies

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"taster/core"
	"taster/core/lookalike"
)

var (
	ruleIndex = core.Rule{ID: "DEPENDENCY-INDEX", Title: "Packages come from another index", Severity: core.Medium,
		Matters: "pip takes the highest version that any of its indexes offers: an index that is added can replace every package, and so can whoever sits on the way to one over http.",
		Benign:  "Indexes of makers of hardware, and a company's own.",
		Do:      "Use https, name one index that proxies the others, and install with --require-hashes.",
		Refs:    []string{"AML.T0010.001", "LLM03:2025", "CWE-427", "CWE-829"}}
	ruleSource = core.Rule{ID: "DEPENDENCY-VCS", Title: "A package comes from a repository or address that can change", Severity: core.Low,
		Matters: "A branch or a tag, and a file at an address, can be another tomorrow.",
		Benign:  "A fix that is not released yet.",
		Do:      "Name the commit with all of its 40 digits, or the SHA-256 of the file.",
		Refs:    []string{"AML.T0010.001", "LLM03:2025", "CWE-494"}}
	ruleUnpinned = core.Rule{ID: "DEPENDENCY-UNPINNED", Title: "Packages without one version", Severity: core.Low,
		Matters: "The next installation takes whatever was released since, which may be what an attacker released.",
		Benign:  "A library leaves the choice to those who use it. Versions may be pinned in a file that was not given.",
		Do:      "Keep a lock file with hashes, and install from it.",
		Refs:    []string{"AML.T0010.001", "LLM03:2025", "CWE-1357"}}
)

// Detector judges what all files together say of packages: a lock file beside a
// list of requirements pins them.
var Detector = &core.Detector{
	Name:   "dependencies",
	Title:  "Where packages come from",
	Family: "file",
	Help: core.Help{
		Does:    "Reads requirements files, project files, lock files, conda environments, and the installation commands of Dockerfiles and notebooks, and reports indexes, repositories and packages that are not pinned.",
		Misses:  "It does not know which releases have known holes: ask a database of them. Packages that setup.py computes, and other languages than Python, are not read.",
		Sources: "pip, \"Requirements File Format\" and \"Secure installs\"; MITRE ATLAS AML.T0010.001.",
	},
	Applies: applies,
	Wants:   "a file that says which packages are needed",
	Rules:   []core.Rule{ruleIndex, ruleSource, ruleUnpinned},
	Check:   core.Across(run),
}

const maxFindings = 50 // for one input

// known are hosts of indexes whose makers everyone knows.
var known = []string{"pypi.org", "pypi.python.org", "files.pythonhosted.org", "download.pytorch.org", "pypi.nvidia.com", "pypi.ngc.nvidia.com", "data.pyg.org", "storage.googleapis.com", "wheels.vllm.ai", "flashinfer.ai",
	"developer.download.nvidia.com", "developer.intel.com", "pypi.anaconda.org", "conda.anaconda.org", "repo.anaconda.com", "paddle-wheel.bj.bcebos.com", "repo.radeon.com"}

func applies(a *core.Artifact) bool {
	found := false
	a.Walk(func(m *core.Artifact) { found = found || slices.ContainsFunc(m.Uses, isOurs) })
	return found
}

func isOurs(u core.Use) bool {
	return u.Kind == core.UsePackage || u.Kind == core.UseIndex || u.Kind == core.UseSource && strings.Contains(u.Name, "://")
}

func run(ctx context.Context, p *core.Pass, in *core.Inputs) error {
	lists := lookalike.New(in.Approved)
	locked := map[string]bool{} // folders with a lock file
	for _, a := range in.Artifacts {
		if base := path.Base(a.File); strings.HasSuffix(base, ".lock") || base == "pylock.toml" {
			locked[path.Dir(a.File)] = true
		}
	}
	for _, a := range in.Artifacts {
		if err := ctx.Err(); err != nil {
			return err
		}
		s := &session{p: p, lists: lists, locked: locked[path.Dir(a.File)], seen: map[string]bool{}}
		var stop error
		a.Walk(func(m *core.Artifact) {
			for _, u := range m.Uses {
				if stop == nil {
					stop = s.use(m, u)
				}
			}
		})
		if stop == nil {
			stop = s.end()
		}
		if stop != nil {
			return stop
		}
	}
	return nil
}

// session is one input under judgement.
type session struct {
	p        *core.Pass
	lists    *lookalike.Lists
	locked   bool
	seen     map[string]bool
	sent     int
	unpinned []string
	first    core.Use // of them
	where    *core.Artifact
	packages int
}

func (s *session) use(m *core.Artifact, u core.Use) error {
	switch u.Kind {
	case core.UseIndex:
		return s.index(m, u)
	case core.UseSource:
		if u.Pinned || !strings.Contains(u.Name, "://") {
			return nil
		}
		saw := "No commit and no digest is named."
		if u.Version != "" {
			saw = fmt.Sprintf("It names %.80q, which can be moved.", u.Version)
		}
		return s.report(&ruleSource, ruleSource.Severity, m, u, fmt.Sprintf("Takes a package from %.150s", u.Name), saw)
	case core.UsePackage:
		if m.Program != nil && m.Program.Language == "card" {
			return nil // an example
		}
		s.packages++
		if !u.Pinned && !strings.HasPrefix(u.Version, "@") {
			if len(s.unpinned) == 0 {
				s.first, s.where = u, m
			}
			s.unpinned = append(s.unpinned, strings.TrimSpace(u.Name+u.Version))
		}
	}
	return nil
}

func (s *session) index(m *core.Artifact, u core.Use) error {
	address, err := url.Parse(u.Name)
	if err != nil || address.Hostname() == "" {
		return nil
	}
	host := strings.ToLower(address.Hostname())
	severity, saw := ruleIndex.Severity, fmt.Sprintf("%q is not one of the indexes that are known.", host)
	switch {
	case address.Scheme == "http":
		severity, saw = core.High, "It is asked over http, so anyone on the way can answer."
	case slices.Contains(known, host), s.lists.Approves(host):
		severity, saw = core.Info, "The index is a known one."
	}
	return s.report(&ruleIndex, severity, m, u, fmt.Sprintf("Packages come from %.150s", u.Name), saw)
}

// end reports, once for the input, what is not pinned.
func (s *session) end() error {
	if len(s.unpinned) == 0 || s.locked {
		return nil
	}
	slices.Sort(s.unpinned)
	names := slices.Compact(s.unpinned)
	return s.report(&ruleUnpinned, ruleUnpinned.Severity, s.where, s.first, fmt.Sprintf("%d of %d packages have no one version", len(s.unpinned), s.packages), fmt.Sprintf("They are %s.", core.Listed(clipped(names), 10)))
}

func clipped(names []string) []string {
	out := make([]string, 0, min(len(names), 11))
	for _, n := range names {
		out = append(out, fmt.Sprintf("%.60q", n))
	}
	return out
}

func (s *session) report(rule *core.Rule, severity core.Severity, m *core.Artifact, u core.Use, title, saw string) error {
	if key := rule.ID + m.Member + title; s.seen[key] {
		return nil
	} else {
		s.seen[key] = true
	}
	if s.sent++; s.sent > maxFindings {
		return nil
	}
	if u.Line > 0 {
		saw = fmt.Sprintf("Line %d. %s", u.Line, saw)
	}
	return s.p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: severity, Confidence: core.HighConfidence, Where: m.At(u.Offset), Title: title, Saw: saw}})
}
