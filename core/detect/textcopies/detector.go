package textcopies

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taster/core"
	"taster/core/corpus"
	"taster/core/language"
	"taster/core/records"
	"taster/core/trainingtext"
)

// Detector looks for texts that are nearly the same.
var Detector = &core.Detector{
	Name:   "text-copies",
	Title:  "Edited copies",
	Family: "duplication",
	Help: core.Help{
		Does: "Finds prompts, answers and texts that share half or more of their runs of three words: the same prompt with different answers, one answer under different prompts, and copies. " +
			"Before prompts are compared, the instruction line that is commonest in the file is taken off.",
		Misses:  "Copies in other words or another language, texts of fewer than three words, and copies in files that are not among the inputs.",
		Sources: "Broder, On the resemblance and containment of documents (1997).",
	},
	Check: trainingtext.On(trainingtext.RoleRecords, run),
	Rules: []core.Rule{ruleCopies},
}

var ruleCopies = core.Rule{ID: "TEXT-COPIES", Title: "Texts that are nearly the same", Severity: core.Low,
	Matters: "Copies weigh more than other rows in training, leak between training and test data, and edited ones can carry a trigger past a check for exact copies.",
	Benign:  "Templates, quotations, and questions that are asked in several ways on purpose.",
	Do:      "Look at the largest groups, and keep one row of each unless the copies are wanted.",
	Refs:    []string{"AML.T0020", "LLM04:2025"}}

const (
	answerWords = 8   // of an answer that stands under different prompts
	manyShare   = 0.1 // of all records in such groups, from which on it is more than a remark
	mostTexts   = 200_000
)

// lists are the three that are made of a set.
type list struct {
	what    string
	groups  [][]int32
	changes bool // answers of different kinds under one prompt
}

func run(ctx context.Context, p *core.Pass, d *trainingtext.Data) error {
	lists, err := all(ctx, d.Corpus)
	if err != nil {
		return err
	}
	flagged := []int{}
	for _, l := range lists {
		if len(l.groups) == 0 {
			continue
		}
		f := finding(d, &l)
		flagged = append(flagged, f.Where.Rows...)
		if err := p.Emit(core.Event{Finding: f}); err != nil {
			return err
		}
	}
	return p.Emit(core.Event{Result: &core.Result{Detector: "text-copies", Params: p.Params, Flagged: core.Ascending(flagged), Groups: []core.Group{}, Figures: []core.Figure{{Name: "lists", Value: len(lists)}}}})
}

func all(ctx context.Context, c *corpus.Corpus) ([]list, error) {
	n := min(len(c.Docs), mostTexts)
	prompts := stripped(c)
	pairs, err := Pairs(ctx, n, func(i int) string { return prompts[i] })
	if err != nil {
		return nil, err
	}
	groups := Clusters(n, pairs)
	if c.Kind == records.Text || c.Kind == records.Label {
		return []list{{what: "copies", groups: groups}}, nil
	}
	same, copies := list{what: "the same prompt with different answers"}, list{what: "copies"}
	for _, g := range groups {
		if differ, kinds := answers(c, g); differ {
			same.groups, same.changes = append(same.groups, g), same.changes || kinds
		} else {
			copies.groups = append(copies.groups, g)
		}
	}
	one, err := oneAnswer(ctx, c, n, pairs)
	return []list{same, one, copies}, err
}

// stripped are the prompts, without the line that most prompts of several lines
// begin with.
func stripped(c *corpus.Corpus) []string {
	out, counts := make([]string, len(c.Docs)), map[string]int{}
	for i := range c.Docs {
		out[i] = c.Docs[i].Asked("")
		if line, _, more := strings.Cut(out[i], "\n"); more {
			counts[line]++
		}
	}
	for i, s := range out {
		if line, rest, more := strings.Cut(s, "\n"); more && counts[line] >= 3 {
			out[i] = rest
		}
	}
	return out
}

// answers says whether the answers of a group have less than half of their
// words in common, and whether their kinds differ.
func answers(c *corpus.Corpus, g []int32) (differ, kinds bool) {
	a := &c.Docs[g[0]]
	first, of := shingles(a.Answer()), language.Kinds(a.Input(), a.Answer())
	for _, i := range g[1:min(len(g), 50)] {
		b := &c.Docs[i]
		if x := shingles(b.Answer()); jaccard(first, x) < leastJaccard && len(x)+len(first) > 0 {
			differ = true
			kinds = kinds || !slices.Equal(of, language.Kinds(b.Input(), b.Answer()))
		}
	}
	return differ, kinds
}

// oneAnswer are answers of eight words or more that stand under prompts which
// are not alike.
func oneAnswer(ctx context.Context, c *corpus.Corpus, n int, prompts []Pair) (list, error) {
	alike := map[[2]int32]bool{}
	for _, p := range prompts {
		alike[[2]int32{p.A, p.B}] = true
	}
	pairs, err := Pairs(ctx, n, func(i int) string {
		if len(c.Out(i)) < answerWords {
			return ""
		}
		return c.Docs[i].Answer()
	})
	pairs = slices.DeleteFunc(pairs, func(p Pair) bool { return alike[[2]int32{p.A, p.B}] })
	return list{what: "one answer under different prompts", groups: Clusters(n, pairs)}, err
}

func finding(d *trainingtext.Data, l *list) *core.Finding {
	var docs []int32
	largest := 0
	for i, g := range l.groups {
		docs = append(docs, g...)
		if len(g) > len(l.groups[largest]) {
			largest = i
		}
	}
	slices.Sort(docs)
	level := core.Info
	switch {
	case l.changes:
		level = core.Medium
	case float64(len(docs)) >= manyShare*float64(len(d.Corpus.Docs)):
		level = core.Low
	}
	title := fmt.Sprintf("%d groups of %s", len(l.groups), l.what)
	f := d.Finding(&ruleCopies, level, core.HighConfidence, docs, title,
		fmt.Sprintf("%s are in %d groups whose texts share half or more of their runs of three words (%s); the largest has %d.", d.Mentioned(len(docs)), len(l.groups), l.what, len(l.groups[largest])))
	f.Measured = []core.Figure{{Name: "rows-with", Value: len(f.Where.Rows)}, {Name: "groups", Value: len(l.groups)}}
	g := &core.Grid{Head: []string{"rows", "text"}}
	for _, x := range l.groups[:min(len(l.groups), 20)] {
		var rows []string
		for _, r := range d.Corpus.Rows(x) {
			rows = append(rows, fmt.Sprint(r))
		}
		g.Rows = append(g.Rows, []string{core.Listed(rows, 12), language.Shown(d.Corpus.Docs[x[0]].Input(), 120)})
	}
	f.Evidence = []core.Evidence{{Title: "Groups", Grid: g}}
	return f
}
