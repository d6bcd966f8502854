package digestcomparison

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"taster/core"
)

// Bounds of what is reported of one list.
const (
	mostUnlisted = 100 // findings
	mostRows     = 200 // of the evidence
	baseProbes   = 200 // lines by which the folder of a list is found
)

// table is the outcome of a list, line by line.
type table struct {
	source  string // names the list in messages
	counts  map[state]int
	rows    [][]string
	missing []string
}

func newTable(source string) *table { return &table{source: source, counts: map[state]int{}} }

func (t *table) add(name string, c *core.Claim, st state) {
	t.counts[st]++
	if st == missing {
		t.missing = append(t.missing, quoted(name))
	}
	if len(t.rows) < mostRows {
		t.rows = append(t.rows, []string{name, string(c.Algorithm), c.Digest, string(st)})
	}
}

// list compares every line of a, and the folder with the lines.
func (s *session) list(a *core.Artifact) error {
	t, base := newTable(quoted(a.File)), s.base(a)
	seen := map[string]*core.Claim{} // by path and algorithm
	listed := map[string]bool{}
	weak := true
	for i := range a.Claims {
		c := &a.Claims[i]
		weak = weak && c.Algorithm.Weak()
		st, file, err := s.line(a, c, base, seen)
		if err != nil {
			return err
		}
		listed[file] = true
		t.add(c.Path, c, st)
	}
	if weak {
		if err := s.report(&ruleWeak, a.Whole(), ruleWeak.Title, fmt.Sprintf("All %d lines of %s are of this kind.", len(a.Claims), t.source), false); err != nil {
			return err
		}
	}
	if len(t.missing) > 0 {
		if err := s.report(&ruleMissing, a.Whole(), ruleMissing.Title,
			fmt.Sprintf("%d of %d lines of %s: %s.", len(t.missing), len(a.Claims), t.source, core.Listed(t.missing, 5)), false); err != nil {
			return err
		}
	}
	extra, err := s.unlisted(a, base, listed)
	if err != nil {
		return err
	}
	return s.summary(t, a, extra)
}

// line compares one line and returns the input that it is about.
func (s *session) line(a *core.Artifact, c *core.Claim, base string, seen map[string]*core.Claim) (state, string, error) {
	if how := core.LeadsOut(c.Path); how != "" {
		return outside, "", s.report(&ruleOutside, a.At(c.Offset), "Lists "+quoted(c.Path),
			fmt.Sprintf("The name %s, so nothing was compared.", how), false)
	}
	file := s.resolve(base, c.Path)
	key := string(c.Algorithm) + " " + file
	if first := seen[key]; first != nil && first.Digest != c.Digest {
		if err := s.report(&ruleConflict, a.At(c.Offset), "Two digests for "+quoted(c.Path),
			fmt.Sprintf("%s is %s at byte %d and %s here.", c.Algorithm, first.Digest, first.Offset, c.Digest), false); err != nil {
			return "", "", err
		}
	}
	seen[key] = c
	st, err := s.compare(file, c, quoted(a.File))
	return st, file, err
}

// resolve is the path of a listed name. Lists made on Windows have backslashes.
func (s *session) resolve(base, name string) string {
	file := path.Join(base, name)
	if s.inputs[file] == nil && strings.Contains(name, `\`) {
		if slashed := path.Join(base, strings.ReplaceAll(name, `\`, "/")); s.inputs[slashed] != nil {
			return slashed
		}
	}
	return file
}

// base is the folder that the names of a list are relative to: the list's own,
// or, when none of its files is there, the one that has most of them.
func (s *session) base(a *core.Artifact) string {
	probes := a.Claims[:min(len(a.Claims), baseProbes)]
	hits := map[string]int{}
	for i := range probes {
		name := path.Clean(strings.ReplaceAll(probes[i].Path, `\`, "/"))
		for _, in := range s.named[path.Base(name)] {
			if folder, ok := strings.CutSuffix("/"+in.File, "/"+name); ok {
				hits[path.Clean(strings.TrimPrefix(folder, "/"))]++
			}
		}
	}
	best := path.Clean(probes[0].Base)
	if hits[best] > 0 {
		return best
	}
	for folder, n := range hits {
		if n > hits[best] || n == hits[best] && (len(folder) < len(best) || len(folder) == len(best) && folder < best) {
			best = folder
		}
	}
	return best
}

// unlisted reports the inputs below base that a does not list. A list of one
// line is about that file, not about a folder.
func (s *session) unlisted(a *core.Artifact, base string, listed map[string]bool) (int, error) {
	if a.Kind != kindList || len(a.Claims) < 2 {
		return 0, nil
	}
	n := 0
	var last *core.Artifact
	for _, in := range s.in.Artifacts {
		if listed[in.File] || !below(in.File, base) || apart(in, base) {
			continue
		}
		n, last = n+1, in
		if n > mostUnlisted {
			continue
		}
		if err := s.extra(in, quoted(a.File)); err != nil {
			return n, err
		}
	}
	if more := n - mostUnlisted; more > 0 {
		return n, s.report(&ruleUnlisted, last.Whole(), fmt.Sprintf("%d more files are not in %s", more, quoted(a.File)), "This is the last of them.", false)
	}
	return n, nil
}

func (s *session) extra(in *core.Artifact, source string) error {
	f := &core.Finding{Rule: ruleUnlisted.ID, Severity: ruleUnlisted.Severity, Where: in.Whole(), Title: "Not in " + source,
		Saw: fmt.Sprintf("The file has %d bytes and was read as %s.", in.Size, in.Kind)}
	if loaded(in) {
		f.Severity = core.Medium
		f.Saw += " Loaders open such files."
	}
	return s.send(f)
}

// loaded says whether a is of a kind that programs load, and not read to people.
func loaded(a *core.Artifact) bool {
	return !a.Fallback && a.Raw == nil && a.Kind != "unknown" || path.Ext(a.File) == ".py" || path.Ext(a.File) == ".so"
}

func below(file, base string) bool { return base == "." || strings.HasPrefix(file, base+"/") }

// apart is for what no list of a folder names: lists, signatures, and what
// version control and clients keep beside the files.
func apart(a *core.Artifact, base string) bool {
	if a.Kind == kindList || a.Kind == kindHub || len(a.Seals) > 0 || a.Role == core.RoleTrust {
		return true
	}
	if slices.Contains([]string{".sig", ".asc", ".minisig", ".sigstore"}, path.Ext(a.File)) {
		return true
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(a.File, strings.TrimPrefix(base+"/", "./")), "/")
	return slices.Contains([]string{".git", ".cache", ".gitattributes", ".gitignore", ".github"}, first)
}

// summary says how the comparison went, with every line as evidence.
func (s *session) summary(t *table, at *core.Artifact, extra int) error {
	total := 0
	for _, n := range t.counts {
		total += n
	}
	where := core.Location{}
	if at != nil {
		where = at.Whole()
	}
	saw := fmt.Sprintf("%d agree, %d differ, %d are not among the inputs, %d were not compared; %d files beside are not listed.",
		t.counts[agrees], t.counts[differs], t.counts[missing], t.counts[unhashed]+t.counts[outside], extra)
	title := fmt.Sprintf("%d of %d files agree with %s", t.counts[agrees], total, t.source)
	if total > len(t.rows) {
		saw += fmt.Sprintf(" The first %d are shown.", len(t.rows))
	}
	return s.send(&core.Finding{Rule: ruleCompared.ID, Severity: ruleCompared.Severity, Where: where, Title: title, Saw: saw,
		Measured: []core.Figure{{Name: "agree", Value: t.counts[agrees]}, {Name: "differ", Value: t.counts[differs]},
			{Name: "missing", Value: t.counts[missing]}, {Name: "not-compared", Value: t.counts[unhashed] + t.counts[outside]}, {Name: "unlisted", Value: extra}},
		Evidence: []core.Evidence{{Title: "Comparison", Grid: &core.Grid{Head: []string{"File", "Algorithm", "Digest", "State"}, Rows: t.rows}}}})
}
