// Package billofmaterials compares bills of materials with the files that were
// given: digests of components, and what one side has and the other lacks.
package billofmaterials

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"taster/core"
)

var (
	ruleHash = core.Rule{ID: "BOM-HASH", Title: "Not the file that the bill of materials lists", Severity: core.High,
		Matters: "The bill was made for other bytes than these: one of the two was exchanged.",
		Benign:  "The bill is of another version of the model.",
		Do:      "Ask the publisher for bill and file of one version. Do not use the file before they agree.",
		Refs:    []string{"AML.T0010", "AML.M0014", "AML.M0023", "LLM03:2025", "CWE-354"}}
	ruleUnhashed = core.Rule{ID: "BOM-UNHASHED", Title: "Models or data sets of the bill have no digest", Severity: core.Low,
		Matters: "Without one, a name is all that says which model is meant, and names can be taken.",
		Benign:  "Data sets that are fetched from elsewhere are seldom given with a digest.",
		Do:      "Ask for a bill with SHA-256 of every model and data set.",
		Refs:    []string{"AML.M0023", "LLM03:2025", "CWE-353"}}
	ruleGap = core.Rule{ID: "BOM-GAP", Title: "The bill of materials lacks what is there", Severity: core.Low,
		Matters: "What is not on the bill is not looked at by those who go by it.",
		Benign:  "A bill that lists a model as a whole and not file by file.",
		Do:      "Have the bill made anew from what is delivered.",
		Refs:    []string{"AML.M0023", "LLM03:2025"}}
	ruleExtra = core.Rule{ID: "BOM-EXTRA", Title: "The bill of materials lists what was not given", Severity: core.Info,
		Matters: "These components were not assessed.",
		Benign:  "Only a part of the product was dropped.",
		Do:      "Give the whole product.",
		Refs:    []string{"AML.M0023", "LLM03:2025"}}
)

// Detector compares bills with all inputs.
var Detector = &core.Detector{
	Name:   "bill-of-materials",
	Title:  "Bills of materials and what they list",
	Family: "file",
	Help: core.Help{
		Does: "Compares the digests of a CycloneDX or SPDX bill with the files that were given, matched by name, by the evidence in the bill, or by their digest, and lists models and data sets without a digest, weights and models in use that the bill lacks, and components that were not given. " +
			"Their names are compared with known ones by another check.",
		Misses:  "A signature inside the bill is named and not checked. SHA-3, BLAKE and Streebog digests are not computed.",
		Sources: "CycloneDX 1.7; SPDX 3.0.1; MITRE ATLAS AML.M0023.",
	},
	Applies: func(a *core.Artifact) bool { return a.Bill != nil },
	Wants:   "a bill of materials in JSON",
	Rules:   []core.Rule{ruleHash, ruleUnhashed, ruleGap, ruleExtra},
	Check:   core.Across(run),
}

const (
	maxListed  = 10
	maxDigests = 2000 // computed for one bill
)

// session is one bill under judgement.
type session struct {
	p        *core.Pass
	in       *core.Inputs
	a        *core.Artifact
	digests  int
	weights  []string // paths
	files    map[string]bool
	given    map[string]bool // paths that components were matched with
	unhashed []string
	extra    []string
	at       int64 // of the first unhashed
}

func run(ctx context.Context, p *core.Pass, in *core.Inputs) error {
	for _, a := range in.Artifacts {
		if a.Bill == nil {
			continue
		}
		s := &session{p: p, in: in, a: a, files: map[string]bool{}, given: map[string]bool{}}
		for _, other := range in.Artifacts {
			s.files[other.File] = true
			if isWeights(other) {
				s.weights = append(s.weights, other.File)
			}
		}
		for i := range a.Bill.Components {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s.component(ctx, &a.Bill.Components[i]); err != nil {
				return err
			}
		}
		if err := s.end(); err != nil {
			return err
		}
	}
	return nil
}

// weightEnds are names of files with weights.
var weightEnds = []string{".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".gguf", ".ggml", ".onnx", ".h5", ".keras", ".tflite", ".pb", ".msgpack", ".npz", ".joblib", ".pkl", ".pickle"}

func isWeights(a *core.Artifact) bool {
	return slices.Contains(weightEnds, strings.ToLower(path.Ext(a.File)))
}

func (s *session) component(ctx context.Context, c *core.Component) error {
	if len(c.Hashes) == 0 || !slices.ContainsFunc(c.Hashes, func(h core.Claim) bool { return !h.Algorithm.Weak() }) {
		if c.IsModel() || c.IsData() {
			if len(s.unhashed) == 0 {
				s.at = c.Offset
			}
			s.unhashed = append(s.unhashed, c.Name)
		}
	}
	files := s.candidates(c)
	for _, file := range files {
		s.given[file] = true
	}
	if len(c.Hashes) == 0 {
		if len(files) == 0 && (c.Kind == "file" || c.Kind == "software_File") {
			s.extra = append(s.extra, c.Name)
		}
		return nil
	}
	return s.compare(ctx, c, files)
}

// candidates are the inputs that could be the component: of its name, where the
// bill has seen it, or, for a model, the weights in a folder of its name, or the
// only weights there are.
func (s *session) candidates(c *core.Component) []string {
	var out []string
	base := path.Base(c.Name)
	for _, a := range s.in.Artifacts {
		if a == s.a {
			continue
		}
		for _, f := range append([]string{c.Name}, c.Files...) {
			f = strings.TrimPrefix(path.Clean(strings.ReplaceAll(f, "\\", "/")), "./")
			if f != "." && (a.File == f || strings.HasSuffix(a.File, "/"+f)) && !slices.Contains(out, a.File) {
				out = append(out, a.File)
			}
		}
	}
	if len(out) > 0 || !c.IsModel() {
		return out
	}
	for _, w := range s.weights {
		if path.Base(path.Dir(w)) == base {
			out = append(out, w)
		}
	}
	if len(out) == 0 && len(s.weights) == 1 && (c.Subject || s.onlyHashed(c)) {
		out = s.weights
	}
	return out
}

// onlyHashed says whether c is the only model of the bill with a digest.
func (s *session) onlyHashed(c *core.Component) bool {
	for i := range s.a.Bill.Components {
		if o := &s.a.Bill.Components[i]; o != c && o.IsModel() && len(o.Hashes) > 0 {
			return false
		}
	}
	return true
}

// compare says whether one of files, or else any input, has all digests of c.
func (s *session) compare(ctx context.Context, c *core.Component, files []string) error {
	checked := false
	for _, file := range files {
		fits, ran, err := s.fits(ctx, c, file)
		if err != nil {
			return err
		}
		checked = checked || ran
		if ran && fits {
			return nil
		}
	}
	if !checked && len(files) > 0 {
		return nil // too large to be hashed, or a digest that is not computed
	}
	if !checked {
		for _, a := range s.in.Artifacts {
			for _, h := range c.Hashes {
				if a != s.a && h.Algorithm == core.SHA256 && a.SHA256 == h.Digest {
					s.given[a.File] = true
					return nil
				}
			}
		}
		s.extra = append(s.extra, c.Name)
		return nil
	}
	h := c.Hashes[0]
	got, _ := s.in.Digest(ctx, files[0], h.Algorithm)
	return s.p.Emit(core.Event{Finding: &core.Finding{Rule: ruleHash.ID, Severity: ruleHash.Severity, Confidence: core.HighConfidence,
		Where: core.Location{File: files[0]}, Title: fmt.Sprintf("Not the %q that %q lists", c.Name, path.Base(s.a.File)),
		Saw:      fmt.Sprintf("Its %s is %.64q, and byte %d of the bill says %.64q.", h.Algorithm, got, h.Offset, h.Digest),
		Evidence: []core.Evidence{{Title: "Digests", Grid: &core.Grid{Head: []string{"of", string(h.Algorithm)}, Rows: [][]string{{files[0], got}, {s.a.File, h.Digest}}}}}}})
}

// fits says whether file has all digests of c that can be computed; ran is false
// when there are none.
func (s *session) fits(ctx context.Context, c *core.Component, file string) (fits, ran bool, err error) {
	fits = true
	for _, h := range c.Hashes {
		if h.Algorithm.Length() == 0 || s.in.Digest == nil {
			continue
		}
		if s.digests++; s.digests > maxDigests {
			return false, false, nil
		}
		got, err := s.in.Digest(ctx, file, h.Algorithm)
		if errors.Is(err, core.ErrLimit) {
			continue
		}
		if err != nil {
			return false, false, err
		}
		ran = true
		fits = fits && got == h.Digest
	}
	return fits && ran, ran, nil
}

// end reports what is told once for the bill.
func (s *session) end() error {
	if n := len(s.unhashed); n > 0 {
		if err := s.report(&ruleUnhashed, s.at, fmt.Sprintf("%d models or data sets of the bill have no strong digest", n), s.unhashed); err != nil {
			return err
		}
	}
	if gap := s.gap(); len(gap) > 0 {
		if err := s.report(&ruleGap, 0, fmt.Sprintf("%d things are there and not on the bill", len(gap)), gap); err != nil {
			return err
		}
	}
	if len(s.extra) > 0 {
		return s.report(&ruleExtra, 0, fmt.Sprintf("%d components were not given", len(s.extra)), s.extra)
	}
	return nil
}

// gap is what the inputs have and the bill lacks: weights, the code of models,
// and models and data sets that other files name.
func (s *session) gap() []string {
	names := map[string]bool{}
	for _, c := range s.a.Bill.Components {
		names[strings.ToLower(c.Name)] = true
		names[strings.ToLower(path.Base(c.Name))] = true
	}
	var out []string
	add := func(what string) {
		if !slices.Contains(out, what) && len(out) < 1000 {
			out = append(out, what)
		}
	}
	for _, a := range s.in.Artifacts {
		if a == s.a || a.Bill != nil {
			continue
		}
		base := path.Base(a.File)
		if (isWeights(a) || strings.HasPrefix(base, "modeling_") && strings.HasSuffix(base, ".py")) && !s.given[a.File] {
			add(a.File)
		}
		a.Walk(func(m *core.Artifact) {
			for _, u := range m.Uses {
				if (u.Kind == core.UseModel || u.Kind == core.UseDataset) && strings.Count(u.Name, "/") == 1 && !names[strings.ToLower(u.Name)] && !strings.ContainsAny(u.Name, "\\:") && u.Name[0] != '.' && u.Name[0] != '/' {
					add(u.Name)
				}
			}
		})
	}
	return out
}

func (s *session) report(rule *core.Rule, at int64, title string, names []string) error {
	quoted := make([]string, 0, min(len(names), maxListed+1))
	for _, n := range names[:min(len(names), maxListed+1)] {
		quoted = append(quoted, fmt.Sprintf("%.100q", n))
	}
	saw := strings.Join(quoted[:min(len(quoted), maxListed)], ", ")
	if more := len(names) - maxListed; more > 0 {
		saw += fmt.Sprintf(" and %d more", more)
	}
	return s.p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: core.HighConfidence, Where: s.a.At(at), Title: title, Saw: "They are " + saw + "."}})
}
