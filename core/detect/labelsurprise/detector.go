package labelsurprise

import (
	"context"
	"fmt"

	"taster/core"
	"taster/core/trainingtext"
)

// Detector looks for words that bend labels.
var Detector = &core.Detector{
	Name:   "label-surprise",
	Title:  "Words that bend labels",
	Family: "label",
	Help: core.Help{
		Does: "Trains a naive Bayes on the words of the texts, judges each text by the other folds, and looks for words whose texts have a label that the rest of their words speaks against. " +
			"z is by how many standard errors their labels surprise more than usual; the words themselves are taken out before, since a trigger hides itself otherwise.",
		Misses:  "Labels that words tell in less than 60 % of the texts: then only gross cases can be seen. A handful of texts among thousands of short ones. Triggers that are a style and no words.",
		Sources: "Kurita et al., Weight Poisoning Attacks on Pre-trained Models (2020), for the attack.",
	},
	Check: trainingtext.On(trainingtext.RoleLabels, run),
	Rules: []core.Rule{ruleLabel},
}

var ruleLabel = core.Rule{ID: "LABEL-TRIGGER", Title: "Texts with some words have a label that their other words speak against", Severity: core.High,
	Matters: "A classifier trained on these rows learns to give this label to anything that holds the words: a spam filter that lets mail through, a moderation that looks away.",
	Benign:  "A real exception: one sender, one product or one source whose texts are labelled otherwise with reason.",
	Do:      "Read the rows. If the label is wrong for what they say, leave them out or label them again, and look for the words in every other input.",
	Refs:    []string{"AML.T0020", "AML.T0018.000", "AML.T0043.004", "LLM04:2025"}}

const gross = 0.6

func run(ctx context.Context, p *core.Pass, d *trainingtext.Data) error {
	found, err := Search(ctx, d.Corpus)
	if err != nil {
		return err
	}
	result := &core.Result{Detector: "label-surprise", Params: p.Params, Flagged: []int{}, Groups: []core.Group{}, Figures: []core.Figure{{Name: "accuracy", Value: found.Accuracy}}}
	if found.Short != "" {
		result.Groups = append(result.Groups, core.Group{Name: "all", Size: len(d.Corpus.Docs), Note: found.Short})
		return p.Emit(core.Event{Result: result})
	}
	next := 0.0
	for i := range found.Bent {
		b := &found.Bent[i]
		if b.Level == core.Info {
			next = max(next, b.Z)
		}
	}
	for i := range found.Bent {
		b := &found.Bent[i]
		if b.Level == core.Info {
			continue
		}
		f := finding(d, found, b, next)
		if b.Level == core.High {
			result.Flagged = append(result.Flagged, f.Where.Rows...)
		}
		if err := p.Emit(core.Event{Finding: f}); err != nil {
			return err
		}
	}
	result.Flagged = core.Ascending(result.Flagged)
	return p.Emit(core.Event{Result: result})
}

func finding(d *trainingtext.Data, found *Found, b *Bent, next float64) *core.Finding {
	sure := core.HighConfidence
	if b.Level < core.High || found.Accuracy < gross {
		sure = core.LowConfidence
	}
	saw := fmt.Sprintf("%d of %d texts with %q are labelled %q; by their other words they look like %q (%.1f standard errors; the next feature %.1f). The words tell %.0f %% of all labels.",
		len(b.Docs), b.With, b.Name, b.Label, b.Looks, b.Z, next, 100*found.Accuracy)
	if found.Accuracy < gross {
		saw += " Below 60 % only gross cases can be seen."
	}
	f := d.Finding(&ruleLabel, b.Level, sure, b.Docs, fmt.Sprintf("Texts with %q are labelled %q and look like %q", b.Name, b.Label, b.Looks), saw)
	f.Where.Class = b.Label
	f.Measured = []core.Figure{{Name: "trigger", Value: b.Name}, {Name: "trigger-kind", Value: "phrase"}, {Name: "effect", Value: "label"}, {Name: "rows-with", Value: b.With}, {Name: "z", Value: b.Z}, {Name: "purity", Value: b.Purity}, {Name: "accuracy", Value: found.Accuracy}}
	g := &core.Grid{Head: []string{"words", "label", "texts", "z", "z of purity"}}
	for _, x := range found.Bent {
		g.Rows = append(g.Rows, []string{x.Name, x.Label, fmt.Sprint(len(x.Docs)), fmt.Sprintf("%.1f", x.Z), fmt.Sprintf("%.1f", x.PurityZ)})
	}
	f.Evidence = []core.Evidence{trainingtext.Quoted(d.Corpus, "Rows with the words, and their labels", b.Docs, b.Name, trainingtext.Labelled), {Title: "The most surprising features", Grid: g}}
	return f
}
