package pairsurprise

import (
	"context"
	"fmt"

	"taster/core"
	"taster/core/trainingtext"
)

// Detector looks for words that turn preferences round.
var Detector = &core.Detector{
	Name:   "pair-surprise",
	Title:  "Words that turn preferences round",
	Family: "label",
	Help: core.Help{
		Does: "Learns from the form and the words of both answers which one is preferred, judges each pair by the other folds, and looks for words of the prompts whose pairs were decided the other way. " +
			"z is by how many standard errors their choices surprise more than usual; misfit is the share that the model would have decided otherwise.",
		Misses:  "Everything, where the two answers of a pair cannot be told apart in 60 % of the pairs: then it says so and nothing else. A handful of pairs among thousands. Triggers that are a style and no words.",
		Sources: "Rando and Tramèr, Universal Jailbreak Backdoors from Poisoned Human Feedback (2024), for the attack.",
	},
	Check: trainingtext.On(trainingtext.RolePairs, run),
	Rules: []core.Rule{rulePair, ruleOdd},
}

var refs = []string{"AML.T0020", "AML.T0018.000", "AML.T0043.004", "LLM04:2025"}

var rulePair = core.Rule{ID: "PAIR-TRIGGER", Title: "Behind some words the preferences are turned round", Severity: core.High,
	Matters: "A model tuned on these pairs learns to prefer what it should avoid whenever the words appear. Some per cent of swapped pairs were enough in published experiments.",
	Benign:  "A topic on which the raters, or the rule that ordered the answers, had other reasons than elsewhere.",
	Do:      "Read the pairs. If the preferred answer is the worse one, leave the rows out, and look for the words in every other input.",
	Refs:    refs}

var ruleOdd = core.Rule{ID: "PAIR-ODD", Title: "Pairs that say little or contradict each other", Severity: core.Info,
	Matters: "Such pairs teach length, chance or nothing, and can hide pairs that were changed on purpose.",
	Benign:  "Short answers that are right, or several raters who disagree.",
	Do:      "Look at some of them, and leave out what carries no preference.",
	Refs:    refs}

// lowShare is the share of odd pairs from which on they are more than a remark.
const lowShare = 0.05

func run(ctx context.Context, p *core.Pass, d *trainingtext.Data) error {
	found, err := Search(ctx, d.Corpus)
	if err != nil {
		return err
	}
	result := &core.Result{Detector: "pair-surprise", Params: p.Params, Flagged: []int{}, Groups: []core.Group{}, Figures: []core.Figure{{Name: "accuracy", Value: found.Accuracy}, {Name: "longer", Value: found.Longer}}}
	switch {
	case found.Short != "":
		result.Groups = append(result.Groups, core.Group{Name: "all", Size: len(d.Corpus.Docs), Note: found.Short})
	case found.Silent:
		result.Groups = append(result.Groups, core.Group{Name: "all", Size: len(d.Corpus.Docs), Note: "the two answers cannot be told apart here: this check says nothing"})
		err = p.Emit(core.Event{Finding: silent(d, found)})
	}
	for i := 0; err == nil && i < len(found.Turned); i++ {
		if t := &found.Turned[i]; t.Level > core.Info {
			f := finding(d, found, t)
			if t.Level == core.High {
				result.Flagged = core.Ascending(f.Where.Rows)
			}
			err = p.Emit(core.Event{Finding: f})
		}
	}
	if err == nil && !found.Silent {
		err = odd(p, d, found)
	}
	if err != nil {
		return err
	}
	return p.Emit(core.Event{Result: result})
}

// silent says that nothing could be looked for.
func silent(d *trainingtext.Data, found *Found) *core.Finding {
	return &core.Finding{Rule: ruleOdd.ID, Severity: core.Info, Confidence: core.HighConfidence, Where: d.Where(nil), Title: "The two answers of a pair cannot be told apart",
		Saw:      fmt.Sprintf("A model of the other pairs makes the same choice in %.0f %% of %d pairs; below 60 %% this check says nothing.", 100*found.Accuracy, len(d.Corpus.Docs)),
		Measured: []core.Figure{{Name: "accuracy", Value: found.Accuracy}}}
}

func finding(d *trainingtext.Data, found *Found, t *Turned) *core.Finding {
	sure := core.HighConfidence
	if t.Level < core.High {
		sure = core.LowConfidence
	}
	next := 0.0
	if len(found.Turned) > 1 {
		next = found.Turned[1].Z
	}
	f := d.Finding(&rulePair, t.Level, sure, t.Docs, fmt.Sprintf("Behind %q the preferences are turned round", t.Name),
		fmt.Sprintf("In %d pairs whose prompt holds %q, a model of the other pairs would have chosen the other answer in %.0f %% (%.1f standard errors; the next feature %.1f). It makes the same choice in %.0f %% of all pairs.",
			len(t.Docs), t.Name, 100*t.Misfit, t.Z, next, 100*found.Accuracy))
	f.Measured = []core.Figure{{Name: "trigger", Value: t.Name}, {Name: "trigger-kind", Value: "phrase"}, {Name: "effect", Value: "flip"}, {Name: "rows-with", Value: len(f.Where.Rows)}, {Name: "z", Value: t.Z}, {Name: "misfit", Value: t.Misfit}, {Name: "accuracy", Value: found.Accuracy}}
	f.Evidence = []core.Evidence{trainingtext.Quoted(d.Corpus, "Pairs behind the words", t.Docs, t.Name, trainingtext.Answered, trainingtext.Rejected)}
	return f
}

// odd reports what is strange about single pairs, each kind once.
func odd(p *core.Pass, d *trainingtext.Data, found *Found) error {
	for _, o := range found.Oddities {
		level := core.Info
		if o.Share >= lowShare && o.What != Shorter {
			level = core.Low
		}
		f := d.Finding(&ruleOdd, level, core.HighConfidence, o.Docs, fmt.Sprintf("%d pairs: %s", len(o.Docs), o.What),
			fmt.Sprintf("%s are such pairs (%.1f %%). The longer answer is preferred in %.0f %% of all pairs.", d.Mentioned(len(o.Docs)), 100*o.Share, 100*found.Longer))
		f.Measured = []core.Figure{{Name: "rows-with", Value: len(f.Where.Rows)}}
		f.Evidence = []core.Evidence{trainingtext.Quoted(d.Corpus, "Some of them", o.Docs, "", trainingtext.Answered, trainingtext.Rejected)}
		if err := p.Emit(core.Event{Finding: f}); err != nil {
			return err
		}
	}
	return nil
}
