// Package vetting fills in the checklist by which people vet a model before it is
// used, from the evidence in a report: one list for each folder with weights.
// What no evidence answers is left to a person; it never says that a model may
// be used.
package vetting

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"taster/core"
	"taster/core/lookalike"
)

// State is how far a line of the list is answered.
type State string

// The states.
const (
	Done    State = "done"    // answered by evidence
	Ask     State = "ask"     // there is something that a person must weigh
	Missing State = "missing" // there is no evidence
)

// Line is a question of the list.
type Line struct {
	Name     string `json:"name"` // "Licence"
	State    State  `json:"state"`
	Evidence string `json:"evidence"` // what the state rests on, one sentence
}

// List is the checklist of one folder.
type List struct {
	Folder string `json:"folder"` // "." is the top
	Lines  []Line `json:"lines"`
}

var weightEnds = []string{".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".gguf", ".ggml", ".onnx", ".h5", ".keras", ".tflite", ".msgpack"}

// Lists makes the list of every folder of r with weights, in the order of the
// report. approved are the names that the user approves of.
func Lists(r *core.Report, approved []string) []List {
	lists := lookalike.New(approved)
	var out []List
	var seen []string
	for _, a := range r.Artifacts {
		dir := path.Dir(a.File)
		if slices.Contains(seen, dir) || !slices.Contains(weightEnds, strings.ToLower(path.Ext(a.File))) {
			continue
		}
		seen = append(seen, dir)
		v := view{r: r, dir: dir, lists: lists}
		out = append(out, List{dir, []Line{v.source(), v.licence(), v.code(), v.artifacts(), v.signature(), v.digest(), v.approved()}})
	}
	return out
}

// view is one folder of a report.
type view struct {
	r     *core.Report
	dir   string
	lists *lookalike.Lists
}

// inside says whether file is in the folder or below it.
func (v *view) inside(file string) bool {
	return v.dir == "." || strings.HasPrefix(file, v.dir+"/")
}

// findings are those of rules that begin with one of prefixes, in the folder.
func (v *view) findings(prefixes ...string) []*core.Finding {
	var out []*core.Finding
	for _, f := range v.r.Findings {
		if v.inside(f.Where.File) && slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(f.Rule, p) }) {
			out = append(out, f)
		}
	}
	return out
}

// worst is the gravest of findings; nil when there are none of Medium or above.
func worst(findings []*core.Finding) *core.Finding {
	var w *core.Finding
	for _, f := range findings {
		if f.Severity >= core.Medium && (w == nil || f.Severity > w.Severity) {
			w = f
		}
	}
	return w
}

// source is where the files come from: names that imitate others speak against
// it, a signature for it.
func (v *view) source() Line {
	l := Line{Name: "Source", State: Missing, Evidence: "Nothing in the files proves who published them."}
	if f := worst(v.findings("NAME-", "HOST-", "REPO-", "HUB-")); f != nil {
		l.State, l.Evidence = Ask, f.Title+"."
	} else if f := v.findings("SIGNATURE-VALID"); len(f) > 0 {
		l.State, l.Evidence = Done, f[0].Title+"."
	}
	return l
}

func (v *view) licence() Line {
	for _, a := range v.r.Artifacts {
		if path.Dir(a.File) != v.dir {
			continue
		}
		for _, m := range a.Meta {
			if m.Name == "licence" {
				return Line{"Licence", Done, fmt.Sprintf("%.60q says %.60q.", path.Base(a.File), m.Value)}
			}
		}
	}
	return Line{"Licence", Missing, "No card in the folder names a licence."}
}

// code is what the code beside the weights, and what loaders run, was found to do.
func (v *view) code() Line {
	l := Line{Name: "Code scan"}
	if f := worst(v.findings("CODE-", "LOADER-", "TEMPLATE-", "KERAS-", "STARTUP")); f != nil {
		l.State, l.Evidence = Ask, f.Title+"."
		return l
	}
	for _, c := range v.r.Coverage {
		if c.State == core.Failed && (c.Check == "code-audit" || c.Check == "loader-code" || c.Check == core.CheckRead && v.inside(c.Path)) {
			l.State, l.Evidence = Missing, "Not all could be checked: "+c.Why+"."
			return l
		}
	}
	n := 0
	for _, a := range v.r.Artifacts {
		if v.inside(a.File) && a.Program != nil && a.Program.Language != "card" {
			n++
		}
	}
	l.State, l.Evidence = Done, fmt.Sprintf("%d files with code were read, and the checks of code report nothing of medium weight or above.", n)
	return l
}

// artifacts is whether the weights were read whole, and what was found in them.
func (v *view) artifacts() Line {
	read, partial := 0, ""
	for _, a := range v.r.Artifacts {
		if path.Dir(a.File) != v.dir || !slices.Contains(weightEnds, strings.ToLower(path.Ext(a.File))) {
			continue
		}
		a.Walk(func(m *core.Artifact) {
			if m.Partial != "" || m.Fallback {
				partial = m.Path()
			}
		})
		read++
	}
	l := Line{Name: "Artifact scan", State: Done, Evidence: fmt.Sprintf("%d files with weights were read whole, and nothing of medium weight or above is reported of them.", read)}
	switch f := v.ofWeights(); {
	case f != nil:
		l.State, l.Evidence = Ask, f.Title+"."
	case partial != "":
		l.State, l.Evidence = Missing, fmt.Sprintf("%.100q was not read whole.", partial)
	}
	return l
}

// ofWeights is the gravest finding of a file with weights.
func (v *view) ofWeights() *core.Finding {
	var of []*core.Finding
	for _, f := range v.r.Findings {
		if path.Dir(f.Where.File) == v.dir && slices.Contains(weightEnds, strings.ToLower(path.Ext(f.Where.File))) {
			of = append(of, f)
		}
	}
	return worst(of)
}

func (v *view) signature() Line {
	l := Line{Name: "Signature", State: Missing, Evidence: "No signature was given."}
	all := v.findings("SIGNATURE-")
	if f := worst(all); f != nil {
		l.State, l.Evidence = Ask, f.Title+"."
	} else if len(all) > 0 {
		l.State, l.Evidence = Done, all[0].Title+"."
	}
	return l
}

func (v *view) digest() Line {
	l := Line{Name: "Digest", State: Missing, Evidence: "No list of digests and no bill of materials was compared."}
	if f := worst(v.findings("DIGEST-", "BOM-HASH")); f != nil {
		l.State, l.Evidence = Ask, f.Title+"."
	} else if f := v.findings("DIGEST-COMPARED"); len(f) > 0 {
		l.State, l.Evidence = Done, f[0].Title+"."
	}
	return l
}

// approved is whether the models and data sets that the folder names are on the
// user's list.
func (v *view) approved() Line {
	var named, other []string
	for _, a := range v.r.Artifacts {
		if path.Dir(a.File) != v.dir {
			continue
		}
		for _, u := range a.Uses {
			if u.Kind != core.UseModel && u.Kind != core.UseDataset || !lookalike.IsID(u.Name) || slices.Contains(named, u.Name) {
				continue
			}
			named = append(named, u.Name)
			if !v.lists.Approves(u.Name) {
				other = append(other, fmt.Sprintf("%.80q", u.Name))
			}
		}
	}
	switch {
	case len(other) > 0:
		return Line{"Approved", Ask, "Not on the list of approved names: " + core.Listed(other, 3) + "."}
	case len(named) > 0:
		return Line{"Approved", Done, fmt.Sprintf("All %d names in the folder are on the list of approved names.", len(named))}
	}
	return Line{"Approved", Missing, "The folder names no model or data set that it was made from."}
}
