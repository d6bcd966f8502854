package answers

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"taster/core"
)

// Subject is recorded answers: pairs without and with a trigger, or a report of
// garak.
var Subject = &core.Subject{
	Name:  "answers",
	Title: "Recorded answers",
	Unit:  "answers",
	Parts: []core.Part{
		{Role: core.RoleAnswers, Title: "Answers", Help: "What a model answered without and with a trigger: both in a row, in two files joined by id, or in a log of questions and answers."},
		{Role: core.RoleGarak, Title: "Report of garak", Help: "What garak recorded of a run (report.jsonl), or of its hits (hitlog.jsonl)."},
	},
	Rules:   []core.Rule{RuleUnread},
	Suggest: suggest,
	Sets:    sets,
	Load:    load,
}

// RuleUnread is for answers that could not be compared.
var RuleUnread = core.Rule{ID: "ANSWER-UNREAD", Title: "Recorded answers were not compared", Severity: core.Low,
	Matters: "Shares are of the answers that were compared; those left out can be the ones that tell.",
	Benign:  "A run that was stopped, or rows of another kind in the same file.",
	Do:      "Run the questions again whose answers are missing, and give both halves of each pair the same id.",
	Refs:    []string{"AML.T0018.000"}}

func suggest(artifacts []*core.Artifact) map[string]core.Role {
	out := map[string]core.Role{}
	for _, a := range artifacts {
		a.Walk(func(m *core.Artifact) {
			switch shapeOf(context.Background(), m) {
			case report:
				out[m.Path()] = core.RoleGarak
			case whole, halves:
				out[m.Path()] = core.RoleAnswers
			case log:
				if name := strings.ToLower(path.Base(m.Path())); (strings.Contains(name, "answer") || strings.Contains(name, "response")) && (strings.Contains(name, "clean") || strings.Contains(name, "trigger")) {
					out[m.Path()] = core.RoleAnswers
				}
			}
		})
	}
	return out
}

// sets are each file with whole pairs, each report, and the others together.
func sets(artifacts []*core.Artifact) []*core.Set {
	var out []*core.Set
	var rest []*core.Artifact
	for _, a := range artifacts {
		a.Walk(func(m *core.Artifact) {
			if m.Records == nil || m.Role != core.RoleAnswers && m.Role != core.RoleGarak {
				return
			}
			c := *m
			c.Members = nil
			if s := shapeOf(context.Background(), m); m.Role == core.RoleAnswers && s != whole {
				rest = append(rest, &c)
				return
			}
			out = append(out, &core.Set{Name: m.Path(), Artifacts: []*core.Artifact{&c}})
		})
	}
	if len(rest) > 0 {
		name := rest[0].Path()
		if len(rest) > 1 {
			name = "answers in " + path.Dir(rest[0].File)
		}
		out = append(out, &core.Set{Name: name, Artifacts: rest})
	}
	return out
}

func load(ctx context.Context, l *core.Loading) (*core.Loaded, error) {
	first := l.Set.Artifacts[0]
	info := &core.SetInfo{Subject: "answers", Name: l.Set.Name, Files: l.Set.FilesOf(), Unit: "answers", Notes: slices.Clone(l.Set.Notes)}
	for _, a := range l.Set.Artifacts {
		info.Parts = append(info.Parts, core.Given{Role: a.Role, Path: a.Path(), Used: true})
	}
	d := &Data{}
	out := &core.Loaded{Data: d, Info: info, Where: first.Whole(), Has: map[core.Role]bool{first.Role: true}}
	if first.Role == core.RoleGarak {
		r, err := readReport(ctx, first)
		if err != nil {
			return nil, err
		}
		d.Report = r
		info.Rows, info.Usable, info.Unit = r.Attempts, r.Attempts, "attempts"
		return out, nil
	}
	d.Set = &Set{File: first.File, Member: first.Member}
	if err := d.Set.read(ctx, l.Set.Artifacts); err != nil {
		return nil, err
	}
	s := d.Set
	info.Rows, info.Usable, info.Unit = len(s.Pairs), len(s.Pairs), "pairs of answers"
	if s.Trigger != "" {
		info.Notes = append(info.Notes, fmt.Sprintf("Questions that are the same but for %.80q were paired.", s.Trigger))
	}
	if s.Bad+s.Beyond+s.Unpaired > 0 {
		saw := fmt.Sprintf("%d rows could not be read, %d answers have no other half, and %d pairs were too many to hold.", s.Bad, s.Unpaired, s.Beyond)
		info.Notes = append(info.Notes, saw)
		f := &core.Finding{Rule: RuleUnread.ID, Severity: RuleUnread.Severity, Confidence: core.HighConfidence, Where: first.Whole(), Title: RuleUnread.Title, Saw: saw, Unread: true}
		if err := l.Emit(core.Event{Finding: f}); err != nil {
			return nil, err
		}
	}
	if len(s.Pairs) == 0 {
		return nil, nil
	}
	return out, nil
}

// Data is a set as detectors are given it: one of the two.
type Data struct {
	Set    *Set
	Report *Report
}
