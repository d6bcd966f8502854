// Package trainingtext is the subject "records": what a model of language is
// trained on. It finds the files, reads them into one form, and hands detectors
// the records and the corpus made of them.
package trainingtext

import (
	"context"
	"fmt"

	"taster/core"
	"taster/core/corpus"
	"taster/core/records"
)

// Roles of files with training text. The first leaves the kind to be guessed.
const (
	RoleRecords core.Role = "records"
	RoleChat    core.Role = "records-chat"
	RolePairs   core.Role = "records-pairs"
	RoleLabels  core.Role = "records-labelled"
	RoleTexts   core.Role = "records-texts"
)

// Subject is training text: dialogues, preference pairs, labelled or plain texts.
var Subject = &core.Subject{
	Name:    "records",
	Title:   "Training text",
	Unit:    "records",
	Parts:   parts,
	Suggest: suggest,
	Sets:    sets,
	Load:    load,
}

// parts are the roles of training text.
var parts = []core.Part{
	{Role: RoleRecords, Title: "Training text", Help: "Dialogues, instructions, preference pairs or texts; which of them is guessed from the first 200 rows."},
	{Role: RoleChat, Title: "Questions with answers", Help: "Instructions or dialogues, each with what the model should answer."},
	{Role: RolePairs, Title: "Preference pairs", Help: "Questions with a preferred and a rejected answer."},
	{Role: RoleLabels, Title: "Labelled texts", Help: "Texts with a class each."},
	{Role: RoleTexts, Title: "Texts alone", Help: "Rows of text to go on training with, or documents."},
}

var kinds = map[core.Role]records.Kind{RoleChat: records.Chat, RolePairs: records.Pair, RoleLabels: records.Label, RoleTexts: records.Text}

// Data is a set as detectors are given it.
type Data struct {
	Set    *records.Set
	Held   *records.Held
	Corpus *corpus.Corpus
}

// On is a check of records of one of these roles; of any, where there are none.
func On(need core.Role, run func(context.Context, *core.Pass, *Data) error) core.Check {
	return core.On(Subject, []core.Role{need}, run)
}

// kindOf is what the rows of a are for; "" where they are no training text.
func kindOf(a *core.Artifact) records.Kind {
	if a.Records == nil || a.Role == core.RoleOther {
		return ""
	}
	if k, ok := kinds[a.Role]; ok {
		return k
	}
	kind, err := records.Decide(context.Background(), a)
	if err != nil {
		return ""
	}
	return kind
}

func suggest(artifacts []*core.Artifact) map[string]core.Role {
	out := map[string]core.Role{}
	each(artifacts, func(a *core.Artifact, k records.Kind) {
		for role, kind := range kinds {
			if kind == k {
				out[a.Path()] = role
			}
		}
	})
	return out
}

func sets(artifacts []*core.Artifact) []*core.Set {
	var out []*core.Set
	each(artifacts, func(a *core.Artifact, k records.Kind) {
		mine := *a
		for role, kind := range kinds {
			if kind == k {
				mine.Role = role
			}
		}
		out = append(out, &core.Set{Name: a.Path(), Artifacts: []*core.Artifact{&mine}})
	})
	return out
}

func each(artifacts []*core.Artifact, yield func(*core.Artifact, records.Kind)) {
	for _, a := range artifacts {
		a.Walk(func(m *core.Artifact) {
			if k := kindOf(m); k != "" {
				yield(m, k)
			}
		})
	}
}

// load reads a set.
func load(ctx context.Context, l *core.Loading) (*core.Loaded, error) {
	a := l.Set.Artifacts[0]
	set, err := records.Open(ctx, a, kinds[a.Role])
	if err != nil || set == nil || set.Records == 0 {
		return nil, err
	}
	held, err := set.Hold(ctx)
	if err != nil {
		return nil, err
	}
	c, err := corpus.New(ctx, held, Steps(l.Emit, "Reading words", "records"))
	if err != nil {
		return nil, err
	}
	d := &Data{Set: set, Held: held, Corpus: c}
	return &core.Loaded{Data: d, Info: d.info(a), Where: a.Whole(), Has: map[core.Role]bool{RoleRecords: true, a.Role: true},
		Of: func([]core.Role) string { return d.extent() }}, nil
}

// Steps reports how far a check has come.
func Steps(emit func(core.Event) error, step, unit string) func(done, total int) error {
	return func(done, total int) error {
		return emit(core.Event{Progress: &core.Progress{Step: step, Unit: unit, Done: int64(done), Total: int64(total)}})
	}
}

// extent is what a check has looked at.
func (d *Data) extent() string {
	s := fmt.Sprintf("on %d different records of %d rows", len(d.Corpus.Docs), d.Set.Rows)
	if d.Held.Every > 1 {
		s += fmt.Sprintf(", one row in %d", d.Held.Every)
	}
	return s
}

func (d *Data) info(a *core.Artifact) *core.SetInfo {
	s := d.Set
	info := &core.SetInfo{Subject: "records", Name: s.Path(), Files: []string{a.File}, Unit: "records", Rows: s.Rows, Usable: len(d.Held.Records),
		Parts: []core.Given{{Role: a.Role, Path: a.Path(), Shape: fmt.Sprintf("%d rows", s.Rows), Rows: int64(s.Rows), Used: true}}}
	if len(s.Forms) > 0 {
		info.Notes = append(info.Notes, fmt.Sprintf("Read as %s (%s).", Title(s.Kind), s.Forms[0].Name))
	}
	info.Notes = append(info.Notes, s.LeftOut()...)
	if d.Corpus.Copies > 0 {
		info.Notes = append(info.Notes, fmt.Sprintf("%d rows are exact copies of others and count once.", d.Corpus.Copies))
	}
	if d.Corpus.Clipped > 0 {
		info.Notes = append(info.Notes, fmt.Sprintf("Of %d long records the beginning and the end were looked at.", d.Corpus.Clipped))
	}
	if d.Held.Every > 1 {
		info.Notes = append(info.Notes, fmt.Sprintf("One row in %d was searched for triggers, chosen by a hash of its number.", d.Held.Every))
	}
	sizes := map[string]int{}
	if s.Kind == records.Label {
		for _, r := range d.Held.Records {
			sizes[r.Label]++
		}
	}
	info.Classes = classes(sizes)
	return info
}

// Title is what people call a kind.
func Title(k records.Kind) string {
	for role, kind := range kinds {
		if kind == k {
			for _, p := range parts {
				if p.Role == role {
					return p.Title
				}
			}
		}
	}
	return string(k)
}
