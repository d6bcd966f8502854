package invisibletext

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"taster/core"
	"taster/core/language"
	"taster/core/records"
	"taster/core/trainingtext"
)

// Detector looks for characters that are not seen.
var Detector = &core.Detector{
	Name:   "invisible-text",
	Title:  "Unseen and look-alike characters",
	Family: "content",
	Help: core.Help{
		Does: "Reads every record for characters that nobody sees, passes over those that the writing itself needs (emoji, Persian, Indic scripts, flags, line breaks), decodes messages in tags, variation selectors, zero-width bits and reversed text, " +
			"and names words that mix Latin letters with look-alikes of other scripts.",
		Misses:  "Messages hidden in visible text: first letters, spacing, synonyms. Look-alikes within one script.",
		Sources: "Unicode Technical Report 36 and Technical Standard 39.",
	},
	Check: trainingtext.On(trainingtext.RoleRecords, run),
	Rules: []core.Rule{ruleInvisible, ruleMixed},
}

var refs = []string{"AML.T0020", "AML.T0043.004", "LLM04:2025", "CWE-1007"}

var ruleInvisible = core.Rule{ID: "TEXT-INVISIBLE", Title: "Characters that nobody sees", Severity: core.Medium,
	Matters: "A reader of the data sees nothing, and a model reads them: as a trigger, or as a message.",
	Benign:  "Remains of web pages and editors, such as zero-width spaces for line breaks.",
	Do:      "Read the rows with the characters written out. Leave them out, or remove the characters if they say nothing and nothing depends on them.",
	Refs:    refs}

var ruleMixed = core.Rule{ID: "TEXT-MIXED-SCRIPT", Title: "Words with look-alike letters of another script", Severity: core.Medium,
	Matters: "Such words look like ordinary ones and are others to a model or a filter: a trigger that nobody sees, or a way around a word list.",
	Benign:  "Typing errors on keyboards of two scripts, and names or formulas that mix them.",
	Do:      "Read the rows, and write the words in one script or leave the rows out.",
	Refs:    refs}

const (
	mostMixed = 0.02 // share of records with such words, beyond which they are the file's own way of writing
	keptRows  = 1000 // rows that a finding lists evidence from
)

// class gathers the places of one kind.
type class struct {
	name   language.Class
	rows   []int
	places []Place
	alone  bool // every one is a single character outside of a word
	spoken bool // some of it could be decoded
}

func run(ctx context.Context, p *core.Pass, d *trainingtext.Data) error {
	all := map[language.Class]*class{}
	var mixed []MixedWord
	var mixedRows []int
	n := 0
	step := trainingtext.Steps(p.Emit, "Reading characters", "records")
	err := d.Set.Each(ctx, func(r *records.Record) error {
		places, words := Look(r)
		for _, x := range places {
			add(all, x)
		}
		if len(words) > 0 {
			mixedRows = append(mixedRows, r.Row)
			if len(mixed) < keptRows {
				mixed = append(mixed, words...)
			}
		}
		if n++; n%4096 == 0 {
			return step(n, d.Set.Records)
		}
		return nil
	})
	if err != nil {
		return err
	}
	flagged := []int{}
	for _, c := range slices.SortedFunc(maps.Values(all), func(a, b *class) int { return cmp.Compare(a.name, b.name) }) {
		f := invisible(d, c)
		if f.Severity >= core.Medium {
			flagged = append(flagged, f.Where.Rows...)
		}
		if err := p.Emit(core.Event{Finding: f}); err != nil {
			return err
		}
	}
	if mixedRows = core.Ascending(mixedRows); len(mixedRows) > 0 {
		if err := p.Emit(core.Event{Finding: look(d, mixedRows, mixed)}); err != nil {
			return err
		}
	}
	return p.Emit(core.Event{Result: &core.Result{Detector: "invisible-text", Params: p.Params, Flagged: core.Ascending(flagged), Groups: []core.Group{}, Figures: []core.Figure{{Name: "records", Value: n}}}})
}

// add puts a place to its class; what says something is kept apart from what
// does not.
func add(all map[language.Class]*class, p Place) {
	key := p.Class
	if p.Decoded != "" {
		key += " with a message"
	}
	c := all[key]
	if c == nil {
		c = &class{name: key, alone: true}
		all[key] = c
	}
	c.rows = append(c.rows, p.Row)
	c.alone = c.alone && p.Alone
	c.spoken = c.spoken || p.Decoded != ""
	if len(c.places) < keptRows {
		c.places = append(c.places, p)
	}
}

func invisible(d *trainingtext.Data, c *class) *core.Finding {
	level := core.Medium
	switch {
	case c.spoken:
		level = core.High
	case c.alone || c.name == language.SoftHyphen || c.name == language.ControlClass || c.name == language.PrivateUse:
		level = core.Low
	}
	rows := core.Ascending(c.rows)
	first := c.places[0]
	saw := fmt.Sprintf("%d rows have %s where nothing in the writing needs them, such as %s in the %s of row %d.", len(rows), c.name, first.Codes, first.Field, first.Row)
	measured := []core.Figure{{Name: "trigger", Value: first.Codes}, {Name: "trigger-kind", Value: "invisible"}, {Name: "rows-with", Value: len(rows)}, {Name: "excerpt", Value: first.Excerpt}}
	if c.spoken {
		saw = fmt.Sprintf("%d rows have %s; in row %d they say %q.", len(rows), c.name, first.Row, first.Decoded)
		measured = append(measured, core.Figure{Name: "decoded", Value: first.Decoded})
	}
	g := &core.Grid{Head: []string{"row", "field", "characters", "says", "text around"}}
	for _, p := range c.places[:min(5, len(c.places))] {
		g.Rows = append(g.Rows, []string{fmt.Sprint(p.Row), p.Field, p.Codes, p.Decoded, p.Excerpt})
	}
	return &core.Finding{Rule: ruleInvisible.ID, Severity: level, Confidence: core.HighConfidence, Where: d.Where(rows), Title: fmt.Sprintf("%d rows with %s", len(rows), c.name), Saw: saw,
		Measured: measured, Evidence: []core.Evidence{{Title: "Some of them", Grid: g}}}
}

func look(d *trainingtext.Data, rows []int, words []MixedWord) *core.Finding {
	level := core.Medium
	if float64(len(rows)) > mostMixed*float64(d.Set.Records) && len(rows) > 1 {
		level = core.Low
	}
	w := words[0]
	g := &core.Grid{Head: []string{"row", "field", "word", "text around"}}
	for _, x := range words[:min(5, len(words))] {
		g.Rows = append(g.Rows, []string{fmt.Sprint(x.Row), x.Field, x.Word, x.Excerpt})
	}
	return &core.Finding{Rule: ruleMixed.ID, Severity: level, Confidence: core.Moderate, Where: d.Where(rows), Title: fmt.Sprintf("%d rows with words of mixed scripts", len(rows)),
		Saw:      fmt.Sprintf("%d rows have words that put letters of another script beside Latin ones, such as %q in row %d.", len(rows), w.Word, w.Row),
		Measured: []core.Figure{{Name: "trigger", Value: language.Shown(w.Word, 200)}, {Name: "trigger-kind", Value: "mixed-script"}, {Name: "rows-with", Value: len(rows)}, {Name: "excerpt", Value: w.Excerpt}},
		Evidence: []core.Evidence{{Title: "Some of them", Grid: g}}}
}
