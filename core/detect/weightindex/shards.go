// Package weightindex compares the index of a model that is split into several
// weight files ("model.safetensors.index.json") with those files. The index
// decides which file each tensor is loaded from: a file it does not name is
// dead weight or a second set of weights, and a tensor that is not where the
// index says is left at random values by loaders that only warn.
//
// Source: Transformers documentation, "Sharded checkpoints".
package weightindex

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"taster/core"
)

var (
	ruleMissing = core.Rule{ID: "SHARD-MISSING", Title: "A weight file of the index was not given", Severity: core.Medium,
		Matters: "A part of the weights was not assessed. A loader fetches it from elsewhere, or leaves those weights at random values.",
		Benign:  "Only a part of the model was dropped, or a download has not finished.",
		Do:      "Give all files of the model.",
		Refs:    []string{"LLM03:2025", "AML.T0010.003"}}
	ruleTensor = core.Rule{ID: "SHARD-TENSOR", Title: "A tensor is not in the file that the index names", Severity: core.Medium,
		Matters: "Loaders that go by the index leave the tensor at random values; those that read every file take it from where it is. The same folder gives two models.",
		Benign:  "An index of another version of the model.",
		Do:      "Fetch index and weight files of one commit, and compare their digests with the publisher's.",
		Refs:    []string{"AML.T0018.000", "LLM03:2025", "CWE-436"}}
	ruleExtra = core.Rule{ID: "SHARD-EXTRA", Title: "Weights stand beside an index that does not name them", Severity: core.Medium,
		Matters: "Which weights are loaded depends on the loader: some go by the index, others take every file of the folder or the one with the usual name.",
		Benign:  "Files of an earlier version that were left behind, or the same model in one piece.",
		Do:      "Ask the publisher which files belong to the model, and remove the others.",
		Refs:    []string{"AML.T0018.000", "LLM03:2025", "CWE-436"}}
	ruleSize = core.Rule{ID: "SHARD-SIZE", Title: "The index gives another size than the weights have", Severity: core.Low,
		Matters: "Index and weights were not written together.",
		Benign:  "Some writers count parameters that are shared twice, or in another element type.",
		Do:      "Fetch index and weight files of one commit.",
		Refs:    []string{"LLM03:2025"}}
)

// Detector compares indexes with weight files.
var Detector = &core.Detector{
	Name:   "weight-index",
	Title:  "Index of weight files",
	Family: "file",
	Help: core.Help{
		Does:   "Compares the index of a split model with its files: files and tensors that are missing, those that the index does not know, and the total size.",
		Misses: "It compares names, not values.",
	},
	Applies: func(a *core.Artifact) bool { return a.Index != nil },
	Wants:   "the index of a split model",
	Rules:   []core.Rule{ruleMissing, ruleTensor, ruleExtra, ruleSize},
	Check:   core.Across(run),
}

const mostNamed = 5 // of a list in a message

// session is one index under judgement.
type session struct {
	p     *core.Pass
	in    *core.Inputs
	a     *core.Artifact
	files map[string]*core.Artifact // inputs of the folder, by name relative to it
}

func run(ctx context.Context, p *core.Pass, in *core.Inputs) error {
	for _, a := range in.Artifacts {
		if a.Index == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		s := &session{p: p, in: in, a: a, files: map[string]*core.Artifact{}}
		folder := path.Dir(a.File)
		for _, input := range in.Artifacts {
			if path.Dir(input.File) == folder || strings.HasPrefix(input.File, folder+"/") {
				s.files[strings.TrimPrefix(input.File, folder+"/")] = input
			}
		}
		if err := s.judge(); err != nil {
			return err
		}
	}
	return nil
}

// shard is a file of the index: the tensors it should have, by name.
type shard struct {
	name    string
	offset  int64 // of the first mention
	tensors map[string]bool
}

// judge compares the index with its files, in the order of the index.
func (s *session) judge() error {
	var order []*shard
	byName := map[string]*shard{}
	for _, t := range s.a.Index.Tensors {
		sh := byName[t.File]
		if sh == nil {
			sh = &shard{name: t.File, offset: t.Offset, tensors: map[string]bool{}}
			byName[t.File] = sh
			order = append(order, sh)
		}
		sh.tensors[t.Name] = true
	}
	bytes, whole := int64(0), true
	for _, sh := range order {
		n, ok, err := s.compare(sh)
		if err != nil {
			return err
		}
		bytes, whole = bytes+n, whole && ok
	}
	if err := s.size(bytes, whole); err != nil {
		return err
	}
	return s.extra(byName)
}

// compare looks for the tensors of sh in its file. It returns the bytes of the
// tensors in the file; ok means that the file was there and understood.
func (s *session) compare(sh *shard) (bytes int64, ok bool, err error) {
	if core.LeadsOut(sh.name) != "" {
		return 0, false, nil // judged by the detector of file references
	}
	in := s.files[path.Clean(sh.name)]
	if in == nil {
		return 0, false, s.report(&ruleMissing, s.a.At(sh.offset), fmt.Sprintf("%.120q was not given", sh.name),
			fmt.Sprintf("The index puts %d tensors into it.", len(sh.tensors)))
	}
	have := map[string]bool{}
	in.Walk(func(m *core.Artifact) {
		for i := range m.Tensors {
			have[m.Tensors[i].Name] = true
			bytes += m.Tensors[i].Length
		}
	})
	if len(have) == 0 || in.Partial != "" {
		return 0, false, nil // not understood; that is a finding of its own
	}
	if err := s.names(sh, in, have); err != nil {
		return 0, false, err
	}
	return bytes, true, nil
}

// names compares the tensors of a file with those of the index, both ways.
func (s *session) names(sh *shard, in *core.Artifact, have map[string]bool) error {
	if lost := minus(sh.tensors, have); len(lost) > 0 {
		if err := s.report(&ruleTensor, s.a.At(sh.offset), fmt.Sprintf("%.120q lacks tensors of the index", sh.name),
			fmt.Sprintf("%d of %d: %s.", len(lost), len(sh.tensors), core.Listed(lost, mostNamed))); err != nil {
			return err
		}
	}
	if more := minus(have, sh.tensors); len(more) > 0 {
		return s.report(&ruleTensor, in.Whole(), fmt.Sprintf("Has tensors that %.120q does not put here", s.a.File),
			fmt.Sprintf("%d of %d: %s.", len(more), len(have), core.Listed(more, mostNamed)))
	}
	return nil
}

func (s *session) size(bytes int64, whole bool) error {
	want := s.a.Index.TotalSize
	if !whole || want < 0 || want == bytes {
		return nil
	}
	return s.report(&ruleSize, s.a.Whole(), ruleSize.Title, fmt.Sprintf("The index says %d bytes, the tensors of the files have %d.", want, bytes))
}

// extra reports weights in the folder of the index, of the kind that it is an
// index of, which it does not name.
func (s *session) extra(listed map[string]*shard) error {
	ext := ""
	for name := range listed {
		ext = path.Ext(name)
		break
	}
	for _, input := range s.in.Artifacts {
		name := strings.TrimPrefix(input.File, path.Dir(s.a.File)+"/")
		if s.files[name] != input || strings.Contains(name, "/") || path.Ext(name) != ext || ext == "" || listed[name] != nil || !holdsTensors(input) {
			continue
		}
		if err := s.report(&ruleExtra, input.Whole(), fmt.Sprintf("Not in the index %.120q", s.a.File),
			fmt.Sprintf("The index names %d files; this one has %d bytes.", len(listed), input.Size)); err != nil {
			return err
		}
	}
	return nil
}

func holdsTensors(a *core.Artifact) bool {
	found := false
	a.Walk(func(m *core.Artifact) { found = found || len(m.Tensors) > 0 })
	return found
}

func (s *session) report(rule *core.Rule, where core.Location, title, saw string) error {
	return s.p.Emit(core.Event{Finding: &core.Finding{Rule: rule.ID, Severity: rule.Severity, Confidence: core.HighConfidence,
		Where: where, Title: title, Saw: saw}})
}

// minus lists, quoted and in order, the names of a that b does not have.
func minus(a, b map[string]bool) []string {
	var out []string
	for name := range a {
		if !b[name] {
			out = append(out, fmt.Sprintf("%.80q", name))
		}
	}
	slices.Sort(out)
	return out
}
