package report

import (
	"io"
	"slices"
	"strings"

	"taster/core"
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// writeSARIF writes the findings for code scanning: SARIF 2.1.0 (OASIS,
// Errata 01). Paths are relative URI references below the argument of the
// scan, fingerprints are the finding ids.
func writeSARIF(w io.Writer, in Input) error {
	v, j := newView(in), newJSONPrinter(w)
	j.object(func() {
		j.text("$schema", sarifSchema)
		j.text("version", "2.1.0")
		j.key("runs")
		j.nest('[', ']', func() {
			j.next()
			j.object(func() { v.sarifRun(j) })
		})
	})
	j.w.WriteByte('\n')
	return j.w.Flush()
}

func (v *view) sarifRun(j *jsonPrinter) {
	rules := v.usedRules()
	j.key("tool")
	j.object(func() {
		j.key("driver")
		j.object(func() {
			j.text("name", "Taster")
			j.text("version", core.Version)
			j.text("semanticVersion", core.Version)
			jsonList(j, "rules", rules, func(r core.Rule) { sarifRule(j, r) })
			jsonList(j, "supportedTaxonomies", v.usedTaxonomies(rules), func(t taxonomy) {
				j.object(func() { j.text("name", t.name) })
			})
		})
	})
	jsonList(j, "invocations", []int{0}, func(int) { v.sarifInvocation(j) })
	jsonList(j, "artifacts", v.Report.Inputs, func(i core.Input) { v.sarifArtifact(j, i) })
	jsonList(j, "results", v.findings, func(f finding) { v.sarifResult(j, f, rules) })
	jsonList(j, "taxonomies", v.usedTaxonomies(rules), func(t taxonomy) { sarifTaxonomy(j, t, rules) })
	j.text("columnKind", "unicodeCodePoints")
}

// usedRules lists the rules that findings refer to, by id.
func (v *view) usedRules() []core.Rule {
	var out []core.Rule
	for _, f := range v.findings {
		if !slices.ContainsFunc(out, func(r core.Rule) bool { return r.ID == f.rule.ID }) {
			out = append(out, f.rule)
		}
	}
	slices.SortFunc(out, func(a, b core.Rule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// usedTaxonomies lists the catalogues that rules refer to.
func (v *view) usedTaxonomies(rules []core.Rule) []taxonomy {
	return slices.DeleteFunc(taxonomies(), func(t taxonomy) bool { return len(t.used(rules)) == 0 })
}

// used lists the references of rules into t, each once, ascending.
func (t taxonomy) used(rules []core.Rule) []string {
	var refs []string
	for _, r := range rules {
		for _, ref := range r.Refs {
			if t.owns(ref) {
				refs = append(refs, ref)
			}
		}
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

func sarifRule(j *jsonPrinter, r core.Rule) {
	j.object(func() {
		j.text("id", r.ID)
		sarifMessage(j, "shortDescription", orID(r.Title, r.ID))
		sarifMessage(j, "fullDescription", orID(r.Matters, r.ID))
		sarifMessage(j, "help", orID(strings.Join(nonEmpty(r.Matters, "What else could explain it: "+r.Benign, "What to do next: "+r.Do, labelled("Reported for: ", r.Seen), labelled("Not reported for: ", r.NotSeen)), "\n\n"), r.ID))
		j.key("defaultConfiguration")
		j.object(func() { j.text("level", sarifLevel(r.Severity)) })
		j.key("properties")
		j.object(func() {
			j.text("security-severity", sarifScore(r.Severity))
			array(j, "tags", append([]string{"security"}, r.Refs...), appendQuoted)
		})
	})
}

// labelled is text behind label, or "" when there is none.
func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}

func orID(text, id string) string {
	if text == "" {
		return id
	}
	return text
}

func sarifMessage(j *jsonPrinter, name, text string) {
	j.key(name)
	j.object(func() { j.text("text", text) })
}

func sarifLevel(s core.Severity) string {
	switch {
	case s >= core.High:
		return "error"
	case s == core.Medium:
		return "warning"
	case s == core.Low:
		return "note"
	}
	return "none"
}

// sarifScore is the number by which code scanning sorts, as text.
func sarifScore(s core.Severity) string {
	return map[core.Severity]string{core.Critical: "9.5", core.High: "8.0", core.Medium: "5.5", core.Low: "2.5"}[max(s, core.Low)]
}

func (v *view) sarifInvocation(j *jsonPrinter) {
	j.object(func() {
		j.key("executionSuccessful")
		j.bool(v.stopped() == "")
		if v.Time != "" {
			j.text("endTimeUtc", v.Time)
		}
		jsonList(j, "toolExecutionNotifications", v.notAssessed(), func(c core.Coverage) {
			j.object(func() {
				j.text("level", map[bool]string{true: "error", false: "note"}[c.State == core.Failed])
				sarifMessage(j, "message", strings.Join(nonEmpty(c.Check, c.State, c.Why), ": "))
				if c.Path != "" {
					jsonList(j, "locations", []string{c.Path}, func(p string) { sarifLocation(j, core.Location{File: p}) })
				}
			})
		})
	})
}

// notAssessed lists what was not checked, and why.
func (v *view) notAssessed() []core.Coverage {
	return slices.DeleteFunc(slices.Clone(v.Report.Coverage), func(c core.Coverage) bool { return c.State == core.Ran })
}

func (v *view) sarifArtifact(j *jsonPrinter, i core.Input) {
	j.object(func() {
		j.key("location")
		j.object(func() { j.text("uri", uri(i.Path)) })
		j.int("length", i.Size)
		if i.SHA256 != "" {
			j.key("hashes")
			j.object(func() { j.text("sha-256", i.SHA256) })
		}
	})
}

func (v *view) sarifResult(j *jsonPrinter, f finding, rules []core.Rule) {
	j.object(func() {
		j.text("ruleId", f.rule.ID)
		j.int("ruleIndex", int64(slices.IndexFunc(rules, func(r core.Rule) bool { return r.ID == f.rule.ID })))
		j.text("level", sarifLevel(f.Severity))
		if f.Severity == core.Info {
			j.text("kind", "informational")
		}
		sarifMessage(j, "message", f.Title+". "+f.Saw)
		jsonList(j, "locations", []core.Location{f.Where}, func(l core.Location) { sarifLocation(j, l) })
		v.sarifDecision(j, f)
		j.key("partialFingerprints")
		j.object(func() { j.text("tasterFindingId/v1", f.id) })
		j.key("properties")
		j.object(func() {
			j.text("severity", f.Severity.String())
			j.text("confidence", f.Confidence.String())
			if len(f.Where.Rows) > 0 {
				array(j, "rows", f.Where.Rows, appendRow)
			}
			j.key("measured")
			j.object(func() { j.figures(f.Measured) })
		})
	})
}

// sarifDecision writes what people decided about f, and whether an earlier
// report has it.
func (v *view) sarifDecision(j *jsonPrinter, f finding) {
	if v.Baseline != nil {
		j.text("baselineState", map[bool]string{true: "unchanged", false: "new"}[v.Baseline[f.id]])
	}
	if d := v.Dispositions[f.id]; d.State == Accepted || d.State == FalseAlarm {
		jsonList(j, "suppressions", []Disposition{d}, func(d Disposition) {
			j.object(func() {
				j.text("kind", "external")
				j.text("status", "accepted")
				j.text("justification", strings.Join(nonEmpty(d.State, d.Note), ": "))
			})
		})
	}
}

// sarifLocation writes a place: the offset is one of the file itself only when
// no member is named, for which SARIF has logical locations.
func sarifLocation(j *jsonPrinter, l core.Location) {
	j.object(func() {
		if l.File != "" {
			j.key("physicalLocation")
			j.object(func() {
				j.key("artifactLocation")
				j.object(func() { j.text("uri", uri(l.File)) })
				if l.HasOffset && l.Member == "" {
					j.key("region")
					j.object(func() { j.int("byteOffset", l.Offset); j.int("byteLength", 0) })
				}
			})
		}
		names := nonEmpty(l.Member, l.Class)
		if len(names) == 0 {
			return
		}
		jsonList(j, "logicalLocations", names, func(name string) {
			j.object(func() {
				j.text("fullyQualifiedName", l.File+"!"+name)
				j.text("kind", map[bool]string{true: "member", false: "class"}[name == l.Member])
			})
		})
	})
}

func sarifTaxonomy(j *jsonPrinter, t taxonomy, rules []core.Rule) {
	j.object(func() {
		j.text("name", t.name)
		if t.version != "" {
			j.text("version", t.version)
		}
		j.text("organization", t.organization)
		j.text("informationUri", t.url)
		jsonList(j, "taxa", t.used(rules), func(ref string) {
			j.object(func() {
				j.text("id", ref)
				if name := t.names[ref]; name != "" {
					j.text("name", name)
				}
			})
		})
	})
}
