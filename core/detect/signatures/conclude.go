package signatures

import (
	"fmt"
	"time"

	"taster/core"
	"taster/core/sigstore"
)

// mostRows bounds the files that the evidence of a finding lists.
const mostRows = 200

// conclude reports the verdict on one signature, and besides it what is to be
// said of the files.
func (s *session) conclude(a *core.Artifact, seal *core.Seal, r *sigstore.Result, l *lists) error {
	if l == nil {
		l = &lists{counts: true}
	}
	where := a.Whole()
	if seal.Offset > 0 {
		where = a.At(seal.Offset)
	}
	figures := measured(r, l)
	unread := r.Verdict == sigstore.Malformed || r.Verdict == sigstore.Unchecked && s.asked()
	send := func(rule *core.Rule, severity core.Severity, title, saw string, evidence ...core.Evidence) error {
		return s.p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: severity, Confidence: core.HighConfidence, Where: where,
			Title: title, Saw: saw, Measured: figures, Evidence: evidence, Unread: unread && rule == ruleOf(r.Verdict)}})
	}
	rule := ruleOf(r.Verdict)
	evidence := []core.Evidence{steps(r)}
	if r.Method == sigstore.Keyless || r.Logged {
		evidence = append(evidence, core.Evidence{Title: "Trusted root", Text: s.trust.Root.Name + "\nSHA-256 " + s.trust.Root.SHA256 + "\n"})
	}
	if r.Method == sigstore.Keyless && r.Verdict == sigstore.Valid && !l.doubtful() {
		evidence = append(evidence, policies(r)...)
	}
	if err := send(rule, rule.Severity, title(r, l), saw(r, l), evidence...); err != nil {
		return err
	}
	if l.counts {
		return nil
	}
	return s.besides(l, send)
}

// asked says whether the user wants to know of signatures: whom to trust was
// given. Then one that cannot be checked is a check that was not made.
func (s *session) asked() bool {
	t := s.trust
	return t.OwnRoot || len(t.Keys)+len(t.Anchors) > 0 || t.Signer != "" || t.Issuer != ""
}

// doubtful says whether something makes a valid signature less than it seems.
func (l *lists) doubtful() bool {
	return len(l.faults)+len(l.differ)+l.loadedUnsigned+l.loadedExcluded > 0 || len(l.missing) > 0 && !l.counts
}

// besides reports what is to be said of the files.
func (s *session) besides(l *lists, send func(*core.Rule, core.Severity, string, string, ...core.Evidence) error) error {
	if len(l.faults) > 0 {
		if err := send(&ruleManifest, ruleManifest.Severity, ruleManifest.Title, "In the signed list, "+core.Listed(l.faults, 3)+".", listing("Faults", l.faults)); err != nil {
			return err
		}
	}
	if len(l.twins) > 0 {
		if err := send(&ruleManifest, core.Medium, "Signed names differ in their case only", "On hosts that do not tell letters by their case they are one file: "+core.Listed(l.twins, 3)+"."); err != nil {
			return err
		}
	}
	if n := len(l.differ) + len(l.missing); n > 0 {
		text := fmt.Sprintf("Of %d signed files %d agree, %d differ (%s) and %d are not among the inputs (%s).", n+len(l.agree)+len(l.left), len(l.agree),
			len(l.differ), named(l.differ), len(l.missing), named(l.missing))
		if err := send(&ruleFiles, ruleFiles.Severity, ruleFiles.Title, text, listing("Differ", l.differ), listing("Missing", l.missing)); err != nil {
			return err
		}
	}
	if len(l.unsigned) > 0 {
		if err := send(&ruleUnsigned, graded(l.loadedUnsigned, core.Medium), ruleUnsigned.Title, fmt.Sprintf("%d files in %.120q are neither signed nor left out by the signer, %d of them of kinds that are loaded or run: %s.",
			len(l.unsigned), l.base, l.loadedUnsigned, named(l.unsigned)), listing("Not signed", l.unsigned)); err != nil {
			return err
		}
	}
	if len(l.excluded) > 0 {
		return send(&ruleExcluded, graded(l.loadedExcluded, core.Info), ruleExcluded.Title, fmt.Sprintf("%d files in %.120q are in the signer's own list of paths to pass over, %d of them of kinds that are loaded or run: %s.",
			len(l.excluded), l.base, l.loadedExcluded, named(l.excluded)), listing("Left out by the signer", l.excluded))
	}
	return nil
}

func graded(loaded int, otherwise core.Severity) core.Severity {
	if loaded > 0 {
		return core.High
	}
	return otherwise
}

// named lists the first names of a list as data.
func named(files []string) string {
	if len(files) == 0 {
		return "none"
	}
	quoted := make([]string, min(len(files), 6))
	for i := range quoted {
		quoted[i] = fmt.Sprintf("%.120q", files[i])
	}
	if more := len(files) - 5; more > 1 {
		return fmt.Sprintf("%s and %d more", core.Listed(quoted[:5], 5), more)
	}
	return core.Listed(quoted, 6)
}

func listing(title string, rows []string) core.Evidence {
	g := &core.Grid{Head: []string{title}}
	for _, r := range rows[:min(len(rows), mostRows)] {
		g.Rows = append(g.Rows, []string{r})
	}
	return core.Evidence{Title: title, Grid: g}
}

// steps shows each step with its outcome.
func steps(r *sigstore.Result) core.Evidence {
	g := &core.Grid{Head: []string{"Step", "Outcome", "What was seen"}}
	for _, st := range r.Steps {
		outcome := "passed"
		switch st.Verdict {
		case sigstore.Valid:
		case sigstore.Unchecked, sigstore.Old:
			outcome = "not checked"
		case sigstore.Anchored:
			outcome = "not anchored"
		default:
			outcome = "failed"
		}
		g.Rows = append(g.Rows, []string{st.Name, outcome, st.Detail})
	}
	return core.Evidence{Title: "Steps", Grid: g}
}

// measured are the figures that scripts rely on, the same for every finding.
func measured(r *sigstore.Result, l *lists) []core.Figure {
	at := ""
	if !r.Time.IsZero() {
		at = r.Time.UTC().Format(time.RFC3339)
	}
	return []core.Figure{{Name: "verdict", Value: string(r.Verdict)}, {Name: "method", Value: string(r.Method)}, {Name: "signer", Value: r.Signer},
		{Name: "issuer", Value: r.Issuer}, {Name: "time", Value: at}, {Name: "agree", Value: len(l.agree)}, {Name: "differ", Value: len(l.differ)},
		{Name: "missing", Value: len(l.missing)}, {Name: "unsigned", Value: len(l.unsigned)}, {Name: "excluded", Value: len(l.excluded)}}
}

func title(r *sigstore.Result, l *lists) string {
	if r.Verdict == sigstore.Valid {
		switch {
		case l.doubtful():
			return "Valid signature, but: see what is said of its files"
		case r.Signer != "":
			return fmt.Sprintf("Signed by %.160q", r.Signer)
		}
	}
	return ruleOf(r.Verdict).Title
}

func saw(r *sigstore.Result, l *lists) string {
	if r.Verdict != sigstore.Valid {
		step, detail := r.Cause()
		return fmt.Sprintf("Step %q: %s.", step, detail)
	}
	when, public := "", ""
	if !r.Time.IsZero() {
		when = fmt.Sprintf(" at %s, by %s", r.Time.UTC().Format(time.RFC3339), r.TimeFrom)
	}
	if !r.Logged {
		public = " There is no public log entry: nobody else can see that this was signed."
	}
	who := fmt.Sprintf("%.200q", r.Signer)
	if r.Issuer != "" {
		who += fmt.Sprintf(" through %.200q", r.Issuer)
	}
	files, changed := "these files", len(l.differ)+len(l.missing) > 0 && !l.counts
	switch n := len(l.agree); {
	case changed:
		files = fmt.Sprintf("%d files, of which %d are here as they were signed,", n+len(l.differ)+len(l.missing), n)
	case n == 1:
		files = fmt.Sprintf("%.160q", l.agree[0])
	case n > 1:
		files = fmt.Sprintf("these %d files", n)
	}
	if l.base != "" && l.base != "." {
		files += fmt.Sprintf(" of the folder %.120q", l.base)
	}
	return fmt.Sprintf("The signature shows that the holder of %s signed %s%s. It does not show that the files are harmless.%s", who, files, when, public)
}
