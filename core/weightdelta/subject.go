package weightdelta

import (
	"context"
	"fmt"
	"path"
	"slices"

	"taster/core"
)

// Subject is the weights of a model beside those of a reference: a file that
// was given the role of one.
var Subject = &core.Subject{
	Name:  "weights",
	Title: "Weights and their reference",
	Unit:  "tensors",
	Parts: []core.Part{
		{Role: core.RoleModel, Title: "Model", Help: "The weights in question."},
		{Role: core.RoleReference, Title: "Reference weights", Bulky: true, Help: "The weights that they are said to come from, in safetensors, GGUF, torch or npy."},
	},
	Sets: sets,
	Load: load,
}

// Weights is what detectors are given of a set.
type Weights struct {
	*Matched
	Uncompared []string // pairs of types that are not decoded, such as quantised blocks
	Claim      string   // what a card beside the model says that it is of its base: "quantized"
	Name       string
}

// On is a check of weights that have a reference.
func On(run func(context.Context, *core.Pass, *Weights) error) core.Check {
	return core.On(Subject, []core.Role{core.RoleModel, core.RoleReference}, run)
}

// sets are the models of each folder, and each array by itself, beside the
// reference. What has no tensor in common with that makes none.
func sets(artifacts []*core.Artifact) []*core.Set {
	var references, cards []*core.Artifact
	rows := false
	for _, a := range artifacts {
		switch {
		case a.Role == core.RoleReference && len(tensors(a)) > 0:
			references = append(references, a)
		case a.Role == core.RoleActivations || a.Role == core.RolePooled:
			rows = true // a reference array is one of trusted rows then
		case claimOf(a) != "":
			cards = append(cards, a)
		}
	}
	if len(references) == 0 {
		return nil
	}
	var out []*core.Set
	for _, s := range suspects(artifacts, rows) {
		if m := match(s.Artifacts, references); len(m.Pairs) == 0 && len(m.Reshaped) == 0 {
			continue
		}
		for _, c := range cards {
			if path.Dir(c.File) == path.Dir(s.Artifacts[0].File) {
				beside := *c
				beside.Role = core.RoleModel
				s.Artifacts = append(s.Artifacts, &beside)
			}
		}
		s.Artifacts = append(s.Artifacts, references...)
		out = append(out, s)
	}
	return out
}

// suspects are models by folder, for a model may lie in several files; arrays
// are single ones.
func suspects(artifacts []*core.Artifact, rows bool) []*core.Set {
	var out []*core.Set
	folders := map[string]*core.Set{}
	for _, a := range artifacts {
		array := len(a.Tensors) == 1 && a.Kind == "npy" && (a.Role == "" || a.Role == core.RoleWeights)
		if a.Role != core.RoleModel && !(array && !rows) || len(tensors(a)) == 0 {
			continue
		}
		c := *a
		c.Role = core.RoleModel
		folder := path.Dir(a.File)
		if s := folders[folder]; s != nil && !array {
			s.Artifacts, s.Name = append(s.Artifacts, &c), folder
			continue
		}
		s := &core.Set{Name: a.File, Artifacts: []*core.Artifact{&c}}
		if !array {
			folders[folder] = s
		}
		out = append(out, s)
	}
	return out
}

// tensors are those of a and of its members.
func tensors(a *core.Artifact) []Side {
	var out []Side
	a.Walk(func(m *core.Artifact) {
		for _, t := range m.Tensors {
			if t.Data != nil {
				out = append(out, Side{t, m.File, m.Member})
			}
		}
	})
	return out
}

func match(suspect, reference []*core.Artifact) *Matched {
	gather := func(all []*core.Artifact) (out []Side) {
		for _, a := range all {
			out = append(out, tensors(a)...)
		}
		return out
	}
	return Match(gather(suspect), gather(reference))
}

// claimOf is what a card says that the model is of its base.
func claimOf(a *core.Artifact) string {
	for _, m := range a.Meta {
		if m.Name == "base_model_relation" {
			return m.Value
		}
	}
	return ""
}

func load(_ context.Context, l *core.Loading) (*core.Loaded, error) {
	var suspect, reference []*core.Artifact
	w := &Weights{Name: l.Set.Name}
	info := &core.SetInfo{Subject: "weights", Name: l.Set.Name, Files: l.Set.FilesOf(), Unit: "tensors", Notes: slices.Clone(l.Set.Notes)}
	for _, a := range l.Set.Artifacts {
		switch {
		case a.Role == core.RoleReference:
			reference = append(reference, a)
		case claimOf(a) != "":
			w.Claim = claimOf(a)
			continue
		default:
			suspect = append(suspect, a)
		}
		n := len(tensors(a))
		info.Parts = append(info.Parts, core.Given{Role: a.Role, Path: a.Path(), Shape: fmt.Sprintf("%d tensors", n), Rows: int64(n), Used: true})
	}
	w.Matched = match(suspect, reference)
	w.Pairs = slices.DeleteFunc(w.Pairs, func(p Pair) bool {
		if p.Suspect.DType.Size() > 0 && p.Reference.DType.Size() > 0 {
			return false
		}
		w.Uncompared = append(w.Uncompared, fmt.Sprintf("%s (%s, %s)", p.Name, p.Suspect.DType, p.Reference.DType))
		return true
	})
	info.Rows, info.Usable = len(w.Pairs)+len(w.Uncompared), len(w.Pairs)
	return &core.Loaded{Data: w, Info: info, Where: suspect[0].Whole(), Has: map[core.Role]bool{core.RoleModel: true, core.RoleReference: true},
		Of: func([]core.Role) string {
			return fmt.Sprintf("on %d tensors that the reference has, too", len(w.Pairs))
		}}, nil
}
