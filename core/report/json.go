package report

import (
	"io"
	"strconv"

	"taster/core"
	"taster/core/verdict"
)

// Schema names the form of the JSON report.
const Schema = "taster.report/1"

// writeJSON writes the report of [Schema]. Figures are rounded to 6
// significant digits, values per row to 9, counts not at all; what is no
// number is null.
func writeJSON(w io.Writer, in Input) error {
	v, j := newView(in), newJSONPrinter(w)
	j.object(func() {
		j.text("schema", Schema)
		j.key("tool")
		j.object(func() { j.text("name", "taster"); j.text("version", core.Version) })
		v.jsonVerdict(j)
		jsonList(j, "inputs", in.Report.Inputs, func(i core.Input) { v.jsonInput(j, i) })
		jsonList(j, "artifacts", in.Report.Artifacts, func(a *core.Artifact) { v.jsonArtifact(j, a) })
		jsonList(j, "findings", v.findings, func(f finding) { v.jsonFinding(j, f) })
		jsonList(j, "datasets", in.Report.Datasets(), func(d *core.SubjectReport) { v.jsonDataset(j, d) })
		jsonList(j, "subjects", in.Report.Subjects, func(d *core.SubjectReport) { v.jsonSubject(j, d) })
		jsonList(j, "coverage", in.Report.Coverage, func(c core.Coverage) { jsonCoverage(j, c) })
	})
	j.w.WriteByte('\n')
	return j.w.Flush()
}

func (v *view) jsonInput(j *jsonPrinter, i core.Input) {
	a := v.top(i)
	j.object(func() {
		j.text("path", i.Path)
		j.int("size", i.Size)
		j.optional("sha256", i.SHA256)
		j.text("kind", a.Kind)
		j.text("role", string(a.Role))
	})
}

func (v *view) jsonArtifact(j *jsonPrinter, a *core.Artifact) {
	j.object(func() {
		j.text("path", a.Path())
		j.text("kind", a.Kind)
		j.text("verdict", string(v.verdict(a)))
		j.text("assessed", string(v.Report.Assessed(a)))
		j.int("findings", int64(v.foundIn(a)))
		array(j, "imports", imports(a), appendQuoted)
		if a.Content != nil {
			j.key("content")
			j.object(func() { j.text("columns", a.Content.Columns); j.text("rows", a.Content.Rows) })
		}
		jsonList(j, "members", a.Members, func(m *core.Artifact) { v.jsonArtifact(j, m) })
	})
}

func (v *view) jsonFinding(j *jsonPrinter, f finding) {
	j.object(func() {
		j.text("id", f.id)
		j.text("rule", f.Rule)
		j.text("severity", f.Severity.String())
		j.text("confidence", f.Confidence.String())
		jsonPlace(j, f.Where)
		j.text("title", f.Title)
		j.text("saw", f.Saw)
		j.text("matters", f.rule.Matters)
		j.text("benign", f.rule.Benign)
		j.text("do", f.rule.Do)
		array(j, "refs", f.rule.Refs, appendQuoted)
		j.key("measured")
		j.object(func() { j.figures(f.Measured) })
		v.jsonDecision(j, f)
	})
}

// jsonDecision writes what people decided about f, and whether an earlier
// report has it; neither is there unless it was given.
func (v *view) jsonDecision(j *jsonPrinter, f finding) {
	if d := v.Dispositions[f.id]; d.State != "" {
		j.key("disposition")
		j.object(func() { j.text("state", d.State); j.text("note", d.Note) })
	}
	if v.Baseline != nil {
		j.key("new")
		j.bool(!v.Baseline[f.id])
	}
}

func jsonPlace(j *jsonPrinter, l core.Location) {
	j.text("path", l.File)
	j.optional("member", l.Member)
	if l.HasOffset {
		j.int("offset", l.Offset)
	} else {
		j.null("offset")
	}
	if len(l.Rows) > 0 {
		array(j, "rows", l.Rows, appendRow)
	} else {
		j.null("rows")
	}
	j.optional("class", l.Class)
}

// jsonSubject writes one set of any subject: what it is made of, and its checks.
func (v *view) jsonSubject(j *jsonPrinter, d *core.SubjectReport) {
	j.object(func() {
		j.text("subject", d.Info.Subject)
		jsonNames(j, d.Info)
		j.text("unit", d.Info.Unit)
		j.int("count", int64(d.Info.Rows))
		jsonList(j, "parts", d.Info.Parts, func(p core.Given) {
			j.object(func() {
				j.text("role", string(p.Role))
				j.text("path", p.Path)
				j.text("shape", p.Shape)
				j.key("used")
				j.bool(p.Used)
				j.optional("why", p.Why)
			})
		})
		array(j, "notes", d.Info.Notes, appendQuoted)
		values := v.Scores && d.Info.Subject != core.Rows // which "datasets" has
		jsonList(j, "detectors", d.Results, func(r *core.Result) { v.jsonResult(j, r, values) })
	})
}

func jsonNames(j *jsonPrinter, info core.SetInfo) {
	j.text("name", info.Name)
	array(j, "files", info.Files, appendQuoted)
	if len(info.Layers) > 1 {
		array(j, "layers", info.Layers, appendQuoted)
	}
}

func (v *view) jsonDataset(j *jsonPrinter, d *core.SubjectReport) {
	j.object(func() {
		jsonNames(j, d.Info)
		j.int("rows", int64(d.Info.Rows))
		j.int("dims", int64(d.Info.Dims))
		jsonList(j, "classes", d.Info.Classes, func(c core.ClassInfo) {
			j.object(func() { j.text("class", c.Name); j.int("size", int64(c.Size)) })
		})
		jsonList(j, "detectors", d.Results, func(r *core.Result) { v.jsonResult(j, r, v.Scores) })
		jsonList(j, "agreement", v.agreement(d).Rows(2), func(a verdict.Row) {
			j.object(func() {
				j.int("row", int64(a.Row))
				j.text("label", a.Label)
				array(j, "detectors", a.Detectors, appendQuoted)
				j.int("families", int64(a.Families))
			})
		})
	})
}

func (v *view) jsonResult(j *jsonPrinter, r *core.Result, values bool) {
	j.object(func() {
		j.text("id", r.Detector)
		if r.Layer != "" {
			j.text("layer", r.Layer)
		}
		j.key("params")
		j.object(func() { v.jsonParams(j, r) })
		array(j, "flagged", r.Flagged, appendRow)
		if values && len(r.Scores) > 0 {
			jsonScores(j, r.Scores)
		}
		if len(r.Figures) > 0 {
			j.key("figures")
			j.object(func() { j.figures(r.Figures) })
		}
		jsonList(j, "classes", r.Groups, func(c core.Group) { jsonClass(j, c) })
	})
}

// jsonScores writes the first score as "values", and those that follow by name.
func jsonScores(j *jsonPrinter, scores []core.Score) {
	array(j, "values", scores[0].Values, appendRowValue)
	if len(scores) == 1 {
		return
	}
	j.key("scores")
	j.object(func() {
		seen := map[string]int{}
		for _, s := range scores[1:] {
			array(j, unique(seen, s.Name), s.Values, appendRowValue)
		}
	})
}

func jsonClass(j *jsonPrinter, c core.Group) {
	j.object(func() {
		j.text("class", c.Name)
		j.int("size", int64(c.Size))
		if c.Note != "" {
			j.text("note", c.Note)
		}
		j.figures(c.Figures, "class", "size", "note")
	})
}

// setting is one parameter of a run.
type setting struct {
	name, value string
	isNumber    bool
}

// settings lists the parameters of r in the order of its detector.
func (v *view) settings(r *core.Result) []setting {
	d := v.detectors[r.Detector]
	if d == nil {
		return nil
	}
	var out []setting
	for _, p := range d.Params {
		out = append(out, setting{p.Name, r.Params[p.Name], len(p.Choices) == 0})
	}
	return out
}

// jsonParams writes numeric settings in full: they are what the user gave.
func (v *view) jsonParams(j *jsonPrinter, r *core.Result) {
	for _, s := range v.settings(r) {
		n, err := strconv.ParseFloat(s.value, 64)
		if !s.isNumber || err != nil {
			j.text(s.name, s.value)
			continue
		}
		j.key(s.name)
		j.write(appendNumber(j.buf[:0], n, -1))
	}
}

func jsonCoverage(j *jsonPrinter, c core.Coverage) {
	j.object(func() {
		j.text("check", c.Check)
		if c.Path != "" {
			j.text("path", c.Path)
		}
		if c.Set != "" {
			j.text("set", c.Set)
		}
		j.text("state", c.State)
		j.text("why", c.Why)
	})
}
