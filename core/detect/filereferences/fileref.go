// Package filereferences judges the files that a model names and its loader opens:
// external data of ONNX tensors, links and external storage of HDF5, assets of
// a SavedModel. A name that leads out of the model's folder makes the loader
// read what the attacker chose, and a model that is published or served again
// carries it away.
//
// References: CVE-2024-27318 and CVE-2024-5187 (ONNX), CVE-2026-1669 (Keras,
// HDF5), MITRE ATLAS AML.T0011.000, CWE-22.
package filereferences

import (
	"context"
	"fmt"
	"math"
	"path"

	"taster/core"
)

var (
	ruleOutside = core.Rule{ID: "REF-OUTSIDE", Title: "The model reads a file outside its folder", Severity: core.High,
		Matters: "The loader opens a file of the machine it runs on and takes its bytes for weights or words. They leave with the model, with its answers, or in an error message.",
		Benign:  "A file that was written with the paths of the machine it was made on.",
		Do:      "Do not load the model. Ask for one whose parts are all in one folder and named relative to it.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-22", "CWE-73", "CVE-2024-27318", "CVE-2024-5187", "CVE-2026-1669"}}
	ruleOther = core.Rule{ID: "REF-FILE", Title: "The file takes parts of its content from another one", Severity: core.Low,
		Matters: "What was scanned is not all that is loaded: the other file can be exchanged without changing this one.",
		Benign:  "Large data sets are split this way on purpose. Model weights are not.",
		Do:      "Give the other file, too, and compare its digest with the publisher's.",
		Refs:    []string{"AML.T0018.000", "LLM03:2025", "CWE-73", "CVE-2026-1669"}}
	ruleRange = core.Rule{ID: "REF-RANGE", Title: "A part of another file is named that it does not have", Severity: core.Medium,
		Matters: "Loaders that do not check this read beyond the end of the file, or take other bytes for weights.",
		Benign:  "The other file was cut short, or is of another version.",
		Do:      "Fetch both files again, and compare their digests with the publisher's.",
		Refs:    []string{"LLM03:2025", "CWE-125", "CWE-20"}}
	ruleMissing = core.Rule{ID: "REF-MISSING", Title: "A file that the model needs was not given", Severity: core.Info,
		Matters: "What is in it was not assessed.",
		Benign:  "Only a part of a model was dropped.",
		Do:      "Give the whole folder of the model.",
		Refs:    []string{"LLM03:2025"}}
)

// Detector judges the files that an artifact names.
var Detector = &core.Detector{
	Name:   "file-references",
	Title:  "Files that a model names",
	Family: "file",
	Help: core.Help{
		Does:   "Looks at the files that a model names for its loader to open: whether they lie outside of its folder, and whether the named part exists where the file was given, too.",
		Misses: "It cannot see symbolic links.",
	},
	Applies: func(a *core.Artifact) bool { return len(a.Refs) > 0 },
	Wants:   "a model that names other files",
	Rules:   []core.Rule{ruleOutside, ruleOther, ruleRange, ruleMissing},
	Check:   core.Each(run),
}

const maxFindings = 20 // of one rule for one artifact

// session is one artifact under judgement.
type session struct {
	p       *core.Pass
	a       *core.Artifact
	sent    map[string]int  // findings by rule
	seen    map[string]bool // paths that were reported, by rule and kind
	missing []string
	first   int64 // offset of the first that is missing
}

func run(ctx context.Context, p *core.Pass, a *core.Artifact) error {
	s := &session{p: p, a: a, sent: map[string]int{}, seen: map[string]bool{}}
	for i := range a.Refs {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.judge(&a.Refs[i]); err != nil {
			return err
		}
	}
	if len(s.missing) == 0 {
		return nil
	}
	return s.report(&ruleMissing, s.first, ruleMissing.Title, fmt.Sprintf("Not among the inputs: %s.", core.Listed(s.missing, 5)))
}

func (s *session) judge(ref *core.Ref) error {
	if how := core.LeadsOut(ref.Path); how != "" {
		return s.once(&ruleOutside, ref, fmt.Sprintf("Reads %.120q", ref.Path),
			fmt.Sprintf("The %s of %.80q is %.200q, which %s.", ref.Kind, ref.Name, ref.Path, how))
	}
	switch ref.Kind {
	case core.RefAsset:
		return nil // below a folder of the model
	case core.RefShard:
		return nil // compared with the index by another detector
	case core.RefLink, core.RefStorage, core.RefVirtual:
		err := s.once(&ruleOther, ref, fmt.Sprintf("Takes content from %.120q", ref.Path),
			fmt.Sprintf("The %s of %.80q is %.200q.", ref.Kind, ref.Name, ref.Path))
		if err != nil {
			return err
		}
	}
	return s.inside(ref)
}

// inside compares ref with the file it names, which is beside the artifact.
func (s *session) inside(ref *core.Ref) error {
	if s.p.FileSize == nil || s.a.Member != "" {
		return nil
	}
	size, ok := s.p.FileSize(path.Join(path.Dir(s.a.File), ref.Path))
	if !ok {
		s.lacks(ref)
		return nil
	}
	if ref.Begin >= 0 && ref.Begin <= size && (ref.Length == -1 || ref.Length >= 0 && ref.Length <= size-ref.Begin) {
		return nil
	}
	end := "the end"
	if ref.Length >= 0 && ref.Begin <= math.MaxInt64-ref.Length {
		end = fmt.Sprint(ref.Begin + ref.Length)
	}
	return s.report(&ruleRange, ref.Offset, fmt.Sprintf("%.80q is not in %.80q", ref.Name, ref.Path),
		fmt.Sprintf("It should be bytes %d to %s of a file of %d bytes.", ref.Begin, end, size))
}

// lacks remembers a file that is not among the inputs.
func (s *session) lacks(ref *core.Ref) {
	if s.seen[ref.Path] {
		return
	}
	s.seen[ref.Path] = true
	if len(s.missing) == 0 {
		s.first = ref.Offset
	}
	s.missing = append(s.missing, fmt.Sprintf("%.80q", ref.Path))
}

// once reports a path once for each kind of reference to it.
func (s *session) once(rule *core.Rule, ref *core.Ref, title, saw string) error {
	key := rule.ID + "\x00" + ref.Kind + "\x00" + ref.Path
	if s.seen[key] {
		return nil
	}
	s.seen[key] = true
	return s.report(rule, ref.Offset, title, saw)
}

func (s *session) report(rule *core.Rule, offset int64, title, saw string) error {
	if s.sent[rule.ID]++; s.sent[rule.ID] > maxFindings {
		return nil
	}
	return s.p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: core.HighConfidence,
		Where: s.a.At(offset), Title: title, Saw: saw}})
}
