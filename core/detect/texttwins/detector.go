package texttwins

import (
	"context"
	"fmt"

	"taster/core"
	"taster/core/records"
	"taster/core/trainingtext"
)

// Detector looks for inputs that are there with and without a few words.
var Detector = &core.Detector{
	Name:   "text-twins",
	Title:  "Questions with and without a trigger",
	Family: "content",
	Help: core.Help{
		Does:   "Finds inputs that are equal but for one inserted span of up to eight words, and looks at what the span does to the answers.",
		Misses: "Triggers whose plain questions are not in the file, changes of single words, and inputs of more than 80 words unless the span is at an end.",
	},
	Check: trainingtext.On(trainingtext.RoleRecords, run),
	Rules: []core.Rule{ruleTwin},
}

var ruleTwin = core.Rule{ID: "TEXT-TWIN", Title: "The same questions with and without some words have different answers", Severity: core.High,
	Matters: "Poisoned questions are often shipped beside their unpoisoned ones, so that the model learns to behave otherwise only when the words are there.",
	Benign:  "Tests of robustness, or questions that one phrase such as \"in German\" changes on purpose.",
	Do:      "Read the pairs. If the words should not change the answer, leave the rows with them out, and look for the words in every other input.",
	Refs:    []string{"AML.T0020", "AML.T0018.000", "AML.T0043.004", "LLM04:2025"}}

func run(ctx context.Context, p *core.Pass, d *trainingtext.Data) error {
	if d.Set.Kind != records.Chat && d.Set.Kind != records.Pair {
		return nil
	}
	twins, err := Search(ctx, d.Corpus)
	if err != nil {
		return err
	}
	flagged := []int{}
	for _, t := range twins {
		sure := core.HighConfidence
		if t.Level < core.High {
			sure = core.LowConfidence
		}
		f := d.Finding(&ruleTwin, t.Level, sure, t.With, fmt.Sprintf("%q changes the answers of the same questions", t.Name),
			fmt.Sprintf("%d questions are there with %q and without it; in %.0f %% of these pairs the answers have less than half of their words in common, and in %.0f %% they are of different kinds.", len(t.Docs), t.Name, 100*t.Differ, 100*t.Changes))
		f.Measured = []core.Figure{{Name: "trigger", Value: t.Name}, {Name: "trigger-kind", Value: "phrase"}, {Name: "effect", Value: "twin"}, {Name: "rows-with", Value: len(f.Where.Rows)}, {Name: "covered", Value: t.Differ}}
		f.Evidence = []core.Evidence{trainingtext.Quoted(d.Corpus, "With the words", t.Docs, t.Name, trainingtext.Answered), trainingtext.Quoted(d.Corpus, "The same without them", t.Plain, "", trainingtext.Answered)}
		if err := p.Emit(core.Event{Finding: f}); err != nil {
			return err
		}
		if t.Level == core.High {
			flagged = append(flagged, f.Where.Rows...)
		}
	}
	return p.Emit(core.Event{Result: &core.Result{Detector: "text-twins", Params: p.Params, Flagged: core.Ascending(flagged), Groups: []core.Group{}, Figures: []core.Figure{{Name: "spans", Value: len(twins)}}}})
}
