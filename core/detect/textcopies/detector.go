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

// list is one of the three that are made of a set.
type list struct {
	what    string
	groups  [][]int32
	changes int // groups whose answers are of different kinds
}

const copies = "copies"

const (
	single    = 40  // groups up to which each has a finding of its own
	oftenKind = 0.6 // share of groups with one prompt whose answers are of different kinds
	fewKinds  = 5
)

func run(ctx context.Context, p *core.Pass, d *trainingtext.Data) error {
	lists, err := all(ctx, d.Corpus)
	if err != nil {
		return err
	}
	result := &core.Result{Detector: "text-copies", Params: p.Params, Groups: []core.Group{}}
	for _, l := range lists {
		n := len(l.groups)
		result.Figures = append(result.Figures, core.Figure{Name: l.what, Value: n})
		result.Groups = append(result.Groups, grouped(d, &l)...)
		for _, f := range findings(d, &l) {
			if f.Severity >= core.Medium {
				result.Flagged = append(result.Flagged, f.Where.Rows...)
			}
			if err := p.Emit(core.Event{Finding: f}); err != nil {
				return err
			}
		}
	}
	result.Flagged = core.Ascending(result.Flagged)
	return p.Emit(core.Event{Result: result})
}

// grouped are the largest groups as the result lists them.
func grouped(d *trainingtext.Data, l *list) []core.Group {
	var out []core.Group
	for _, g := range l.groups[:min(len(l.groups), 200)] {
		rows := d.Corpus.Rows(g)
		out = append(out, core.Group{Of: l.what, Name: listed(rows), Size: len(rows)})
	}
	return out
}

func listed(rows []int) string {
	var names []string
	for _, r := range rows {
		names = append(names, fmt.Sprint(r))
	}
	return "rows " + core.Listed(names, 12)
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
		return []list{{what: copies, groups: groups}}, nil
	}
	same, near := list{what: "the same prompt with different answers"}, list{what: copies}
	for _, g := range groups {
		if differ, kinds := answers(c, g); differ {
			same.groups = append(same.groups, g)
			if kinds {
				same.changes++
			}
		} else {
			near.groups = append(near.groups, g)
		}
	}
	one, err := oneAnswer(ctx, c, n, pairs)
	return []list{same, one, near}, err
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
	first, of := shingles(a.Answer()), language.Kinds(a.Input(), a.Asked(""), a.Answer())
	for _, i := range g[1:min(len(g), 50)] {
		b := &c.Docs[i]
		if x := shingles(b.Answer()); jaccard(first, x) < leastJaccard && len(x)+len(first) > 0 {
			differ = true
			kinds = kinds || !slices.Equal(of, language.Kinds(b.Input(), b.Asked(""), b.Answer()))
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

// findings are one for each group of copies where they are a large part of few
// groups, else one for all.
func findings(d *trainingtext.Data, l *list) []*core.Finding {
	n := len(l.groups)
	if n == 0 {
		return nil
	}
	in := 0
	for _, g := range l.groups {
		in += len(g)
	}
	level := core.Info
	switch {
	case l.changes >= fewKinds && float64(l.changes) >= oftenKind*float64(n):
		level = core.Medium
	case l.what == copies && n <= single && float64(in) >= manyShare*float64(len(d.Corpus.Docs)):
		level = core.Low
	}
	if level != core.Low {
		return []*core.Finding{finding(d, l, level, l.groups, fmt.Sprintf("%d groups of texts: %s", n, l.what))}
	}
	var out []*core.Finding
	for _, g := range l.groups {
		out = append(out, finding(d, l, level, [][]int32{g}, fmt.Sprintf("%d texts from row %d on: %s", len(g), d.Corpus.Docs[g[0]].Rows[0], l.what)))
	}
	return out
}

func finding(d *trainingtext.Data, l *list, level core.Severity, groups [][]int32, title string) *core.Finding {
	var docs []int32
	for _, g := range groups {
		docs = append(docs, g...)
	}
	slices.Sort(docs)
	f := d.Finding(&ruleCopies, level, core.HighConfidence, docs, title,
		fmt.Sprintf("%s share half or more of their runs of three words with others (%s).", d.Mentioned(len(docs)), l.what))
	f.Measured = []core.Figure{{Name: "rows-with", Value: len(f.Where.Rows)}, {Name: "groups", Value: len(groups)}}
	g := &core.Grid{Head: []string{"rows", "text"}}
	for _, x := range groups[:min(len(groups), 20)] {
		g.Rows = append(g.Rows, []string{listed(d.Corpus.Rows(x)), language.Shown(d.Corpus.Docs[x[0]].Input(), 120)})
	}
	f.Evidence = []core.Evidence{{Title: "Texts", Grid: g}}
	return f
}
