package report

import (
	"io"
	"strings"

	"taster/core"
)

// writeCycloneDX writes the inputs as a bill of materials: CycloneDX 1.6, a
// component for each input with its digest, and the findings about it as
// properties. There is no serial number: one would differ between two runs
// over the same inputs.
func writeCycloneDX(w io.Writer, in Input) error {
	v, j := newView(in), newJSONPrinter(w)
	j.object(func() {
		j.text("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
		j.text("bomFormat", "CycloneDX")
		j.text("specVersion", "1.6")
		j.int("version", 1)
		j.key("metadata")
		j.object(func() { v.bomMetadata(j) })
		jsonList(j, "components", in.Report.Inputs, func(i core.Input) { v.bomComponent(j, i) })
		jsonList(j, "annotations", v.bomAnnotated(), func(i core.Input) { v.bomAnnotation(j, i) })
	})
	j.w.WriteByte('\n')
	return j.w.Flush()
}

func (v *view) bomMetadata(j *jsonPrinter) {
	if v.Time != "" {
		j.text("timestamp", v.Time)
	}
	j.key("tools")
	j.object(func() {
		jsonList(j, "components", []string{"taster"}, func(name string) {
			j.object(func() {
				j.text("type", "application")
				j.text("bom-ref", "tool:taster")
				j.text("name", name)
				j.text("version", core.Version)
			})
		})
	})
	jsonList(j, "properties", []property{{"taster:conclusion", v.conclusion()}, {"taster:tally", v.tally()}}, j.property)
}

// property is a name and a value of CycloneDX's open list.
type property struct{ name, value string }

func (j *jsonPrinter) property(p property) {
	j.object(func() { j.text("name", p.name); j.text("value", p.value) })
}

// bomRef is the id of an input in the bill. Paths are unique in a run.
func bomRef(path string) string { return "input:" + uri(path) }

func (v *view) bomComponent(j *jsonPrinter, i core.Input) {
	a := v.top(i)
	j.object(func() {
		j.text("type", bomType(a))
		j.text("bom-ref", bomRef(i.Path))
		j.text("name", i.Path)
		if i.SHA256 != "" {
			jsonList(j, "hashes", []string{i.SHA256}, func(digest string) {
				j.object(func() { j.text("alg", "SHA-256"); j.text("content", digest) })
			})
		}
		if bomType(a) == "data" {
			jsonList(j, "data", []string{string(a.Role)}, func(role string) {
				j.object(func() { j.text("type", "dataset"); j.text("name", role) })
			})
		}
		jsonList(j, "properties", v.bomProperties(a), j.property)
	})
}

func (v *view) bomProperties(a *core.Artifact) []property {
	out := []property{{"taster:kind", a.Kind}, {"taster:verdict", string(v.verdict(a))}}
	for _, f := range v.findings {
		if f.Where.File == a.File {
			out = append(out, property{"taster:finding", strings.Join([]string{f.id, f.rule.ID, f.Severity.String(), f.Title}, " | ")})
		}
	}
	for _, name := range imports(a) {
		out = append(out, property{"taster:import", name})
	}
	return out
}

// bomType says whether an input is a model, data or neither.
func bomType(a *core.Artifact) string {
	switch a.Role {
	case core.RoleModel:
		return "machine-learning-model"
	case core.RoleOther, "":
		return "file"
	}
	return "data"
}

// bomAnnotated lists the inputs about which something was found.
func (v *view) bomAnnotated() []core.Input {
	var out []core.Input
	for _, i := range v.Report.Inputs {
		if v.Time != "" && len(v.byFile[i.Path]) > 0 { // an annotation must carry a time
			out = append(out, i)
		}
	}
	return out
}

func (v *view) bomAnnotation(j *jsonPrinter, i core.Input) {
	var texts []string
	for _, f := range v.findings {
		if f.Where.File == i.Path {
			texts = append(texts, strings.ToUpper(f.Severity.String())+" "+f.Title+": "+f.Saw)
		}
	}
	j.object(func() {
		array(j, "subjects", []string{bomRef(i.Path)}, appendQuoted)
		j.key("annotator")
		j.object(func() {
			j.key("component")
			j.object(func() { j.text("type", "application"); j.text("name", "taster"); j.text("version", core.Version) })
		})
		j.text("timestamp", v.Time)
		j.text("text", strings.Join(texts, "\n"))
	})
}
