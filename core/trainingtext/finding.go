package trainingtext

import (
	"cmp"
	"fmt"
	"slices"

	"taster/core"
	"taster/core/corpus"
	"taster/core/language"
)

// mostClasses bounds the classes that are listed.
const mostClasses = 200

func classes(sizes map[string]int) []core.ClassInfo {
	var out []core.ClassInfo
	for name, n := range sizes {
		out = append(out, core.ClassInfo{Name: name, Size: n})
	}
	slices.SortFunc(out, func(a, b core.ClassInfo) int { return cmp.Or(b.Size-a.Size, cmp.Compare(a.Name, b.Name)) })
	return out[:min(len(out), mostClasses)]
}

// Where is the set as a place, with rows.
func (d *Data) Where(rows []int) core.Location {
	return core.Location{File: d.Set.File, Member: d.Set.Member, Rows: rows}
}

// Finding is one about rows of the set.
func (d *Data) Finding(rule *core.Rule, level core.Severity, sure core.Confidence, docs []int32, title, saw string) *core.Finding {
	return &core.Finding{Rule: rule.ID, Severity: level, Confidence: sure, Where: d.Where(d.Corpus.Rows(docs)), Title: title, Saw: saw}
}

// Mentioned counts rows for a sentence: "12 of 1144 different records".
func (d *Data) Mentioned(n int) string {
	return fmt.Sprintf("%d of %d different records", n, len(d.Corpus.Docs))
}

// shown is how many records a finding quotes.
const shown = 3

// Quoted shows the first of docs: their rows, what is asked around part, and
// what is answered.
func Quoted(c *corpus.Corpus, title string, docs []int32, part string, sides ...func(*corpus.Doc) string) core.Evidence {
	g := &core.Grid{Head: []string{"row", "input"}}
	names := []string{"answer", "rejected answer"}
	for i := range sides {
		g.Head = append(g.Head, names[i])
	}
	for _, i := range docs[:min(len(docs), shown)] {
		d := &c.Docs[i]
		line := []string{fmt.Sprint(d.Rows[0]), Around(d.Input(), part, 200)}
		for _, side := range sides {
			line = append(line, language.Shown(side(d), 200))
		}
		g.Rows = append(g.Rows, line)
	}
	return core.Evidence{Title: title, Grid: g}
}

// Answered is the answer of a record, for [Quoted].
func Answered(d *corpus.Doc) string { return d.Answer() }

// Rejected is the rejected answer of a pair.
func Rejected(d *corpus.Doc) string { return d.Reject }

// Labelled is the label of a text.
func Labelled(d *corpus.Doc) string { return d.Label }

// Around is the part of text near the first place of part, in n characters, with
// unseen characters written out.
func Around(text, part string, n int) string {
	at := -1
	if part != "" {
		at = language.IndexFold(text, part)
	} else if runs := language.HiddenRuns(text); len(runs) > 0 {
		at = runs[0].Start
	}
	runes := []rune(text)
	if at < 0 || len(runes) <= n {
		return language.Shown(text, n)
	}
	from := max(0, len([]rune(text[:at]))-n/3)
	out := language.Shown(string(runes[from:]), n)
	if from > 0 {
		out = "…" + out
	}
	return out
}
