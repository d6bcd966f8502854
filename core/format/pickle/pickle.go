// Package pickle reads Python pickles without running them. A tolerant lexer
// with CPython's grammar cuts the bytes into instructions of protocols 0 to 5,
// and a machine runs them on symbols: a real stack, memo and marks, but values
// are expressions, nothing is imported and nothing is called. The result is
// every global that a stream names and every call it would make, each with its
// offset.
//
// References: Lib/pickletools.py and Modules/_pickle.c of CPython,
// joblib/numpy_pickle.py, torch/serialization.py.
package pickle

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"taster/core"
)

// Format is the pickle format: plain pickles, several back to back, joblib's
// uncompressed files, and torch files from before the zip format.
var Format = &core.Format{
	Name:  "pickle",
	Title: "Python pickle",
	Rules: []core.Rule{ruleBroken, ruleFrame, ruleTrailing, ruleLimit, ruleView, ruleBomb, ruleDormant},
	Match: match,
	Probe: probe,
	Open:  open,
}

var (
	ruleBroken = core.Rule{
		ID: "PICKLE-BROKEN", Title: "Pickle stream that cannot be read to its end", Severity: core.Medium,
		Matters: "Unpickling runs instruction by instruction, so everything before the break takes effect before the error shows; attackers break streams on purpose to stop scanners.",
		Benign:  "An interrupted download or copy, a file cut by a size limit, or data of another kind that begins like a pickle.",
		Do:      "Get the file again from its source and compare checksums; do not load it to see what happens.",
		Refs:    []string{"AML.T0011.000", "CWE-502", "CWE-130"},
	}
	ruleFrame = core.Rule{
		ID: "PICKLE-FRAME", Title: "Pickle bytes that unpicklers read differently", Severity: core.Medium,
		Matters: "Versions of Python disagree on what such bytes mean, so what one program checks need not be what another one runs.",
		Benign:  "A file damaged in transfer, or written by a tool that does not keep to the pickle format.",
		Do:      "Treat the file as made by hand until its origin is known, and ask for it in a format without code, such as safetensors.",
		Refs:    []string{"AML.T0011.000", "CWE-502", "CWE-436"},
	}
	ruleTrailing = core.Rule{
		ID: "PICKLE-TRAILING", Title: "Bytes that belong to no pickle stream", Severity: core.Low,
		Matters: "A program that reads on after the first stream, or that looks for another format from the end of the file, sees content that others never look at.",
		Benign:  "Padding, a checksum or an index that the writing program puts after its pickles.",
		Do:      "Find out which program wrote the file and what it stores there.",
		Refs:    []string{"AML.T0018.002", "CWE-502"},
	}
	ruleLimit = core.Rule{
		ID: "PICKLE-LIMIT", Title: "Pickle larger than the limits of the reader", Severity: core.Medium,
		Matters: "What lies behind the limit was not looked at, and making a file too large for scanners is a known way past them.",
		Benign:  "A genuinely large object, such as millions of small Python values in one file.",
		Do:      "Split the file or raise the limit, and scan again.",
		Refs:    []string{"AML.T0011.000", "CWE-400"},
	}
)

// open fills the artifact with the facts of every stream of src.
func open(ctx context.Context, src core.Source, o *core.Opener) error {
	s := newSession(ctx, src, o)
	err := s.run()
	if err == nil {
		err = s.rebuild()
	}
	s.publish()
	if err == nil {
		err = s.openEmbedded()
	}
	if err != nil {
		return err
	}
	return s.report()
}

// publish writes what was understood into the artifact.
func (s *session) publish() {
	a := s.o.Artifact
	a.Storages = s.facts.claims()
	a.Streams, a.Imports, a.Calls = s.streams, s.facts.imports, s.facts.calls
	a.Tensors = append(a.Tensors, s.tensors...)
	if s.words != nil && len(s.tensors) == 0 {
		a.Table = wordTable(s.words)
	}
	a.Listing = s.lister().around
	a.Meta = append(a.Meta, core.Meta{Name: "protocols", Value: s.protocols()},
		core.Meta{Name: "streams", Value: strconv.Itoa(len(s.streams))},
		core.Meta{Name: "opcodes", Value: strconv.Itoa(s.opcodes())})
	if a.Kind != "pickle" {
		return
	}
	switch {
	case s.legacyFrom == 0:
		a.Kind = "torch-legacy"
	case s.joblib:
		a.Kind = "joblib"
	}
}

func (s *session) protocols() string {
	var seen [highestProtocol + 1]bool
	for _, st := range s.streams {
		if st.Protocol <= highestProtocol {
			seen[st.Protocol] = true
		}
	}
	var list []string
	for p, ok := range seen {
		if ok {
			list = append(list, strconv.Itoa(p))
		}
	}
	return strings.Join(list, ", ")
}

func (s *session) opcodes() int {
	n := 0
	for _, st := range s.streams {
		n += st.Opcodes
	}
	return n
}

// maxNotes bounds the findings of one Source about its container.
const maxNotes = 100

// report emits the defects of the container.
func (s *session) report() error {
	for _, st := range s.streams {
		if st.Broken != "" {
			s.noteBroken(st)
		}
	}
	for _, v := range s.facts.views {
		s.note(&ruleView, v.at, ruleView.Title, fmt.Sprintf("The tensor rebuilt at offset %d does not lie in its storage: %s.", v.at, v.why))
	}
	if at := s.facts.overflow; at >= 0 {
		s.note(&ruleLimit, at, "More imports and calls than the limit", fmt.Sprintf(
			"Imports and calls from offset %d on were not kept: the limit is %d of each.", at, s.limits.Imports))
	}
	for i, n := range s.notes {
		if n.unread && s.o.Artifact.Partial == "" {
			s.o.Artifact.Partial = n.saw
		}
		if i >= maxNotes {
			continue
		}
		err := s.o.Emit(core.Event{Finding: &core.Finding{Rule: n.rule.ID, Severity: n.severity,
			Confidence: core.HighConfidence, Where: s.o.Artifact.At(n.at), Title: n.title, Saw: n.saw,
			Unread: n.unread, Evidence: s.evidence(n.at)}})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *session) noteBroken(st core.Stream) {
	title := fmt.Sprintf("Pickle stream %d breaks off", st.Index)
	saw := fmt.Sprintf("At offset %d, after %d opcodes: %s.", st.BrokenAt, st.Opcodes, st.Broken)
	if st.BrokenAt < st.End {
		saw += fmt.Sprintf(" The instructions up to offset %d were read all the same.", st.End)
	}
	s.note(&ruleBroken, st.BrokenAt, title, saw)
}

// evidenceLines is how many instructions are shown on either side.
const evidenceLines = 6

func (s *session) evidence(at int64) []core.Evidence {
	lines := s.o.Artifact.Listing(at, evidenceLines)
	if len(lines) == 0 {
		return nil
	}
	return []core.Evidence{{Title: "Instructions around the place", Listing: lines}}
}
