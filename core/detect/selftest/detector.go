package selftest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"taster/core"
	"taster/core/corpus"
	"taster/core/detect/labelsurprise"
	"taster/core/detect/pairsurprise"
	"taster/core/detect/texttrigger"
	"taster/core/records"
	"taster/core/trainingtext"
)

// Detector says what the other checks of training text would have found.
var Detector = &core.Detector{
	Name:   "self-test",
	Title:  "What would have been found",
	Family: "content",
	Help: core.Help{
		Does: "Plants harmless triggers into a sample of the file's own records, in memory, and runs the searches for triggers on each copy: several kinds, 5, 10 and 20 rows, five tries each. " +
			"It says in how many tries the words were named. Beside it, \"nothing found\" has a measure.",
		Misses: "It tells how sensitive the searches are to what it plants, in a sample of at most 300 records. It says nothing of triggers of other kinds.",
	},
	Check: trainingtext.On(trainingtext.RoleRecords, run),
	Params: []core.Param{
		{Name: "tries", Title: "Tries", Help: "Copies for each kind and number of rows. 0 leaves the test out.", Default: "5", Min: 0, Max: 20},
	},
	Rules: []core.Rule{ruleSelfTest},
}

var ruleSelfTest = core.Rule{ID: "TEXT-SELFTEST", Title: "What the searches would have found in this file", Severity: core.Info,
	Matters: "That nothing was found means little where nothing could have been found.",
	Benign:  "This is a measure of the checks, not of the file.",
	Do:      "Where the figures are low, rely on reading a sample of the rows, and on where they come from.",
	Refs:    []string{"AML.T0020", "LLM04:2025"}}

const (
	mostDocs  = 300    // records of a copy
	mostWords = 30_000 // and their words
	leastDocs = 60
)

// planted are the numbers of rows that are planted.
var planted = []int{5, 10, 20}

// Tried is how often one kind was named.
type Tried struct {
	Kind  string
	Rows  int // planted
	Named int
	Tries int
	Found float64 // share of the planted rows that were listed, over all tries
}

func run(ctx context.Context, p *core.Pass, d *trainingtext.Data) error {
	tries := p.Params.Int("tries")
	result := &core.Result{Detector: "self-test", Params: p.Params, Flagged: []int{}, Groups: []core.Group{}}
	docs := sample(d.Corpus)
	kinds := kindsOf(d.Set.Kind)
	if len(docs) < leastDocs || tries == 0 || len(kinds) == 0 {
		result.Groups = append(result.Groups, core.Group{Of: "kind", Name: "all", Size: len(docs), Note: fmt.Sprintf("fewer than %d different records, or no tries", leastDocs)})
		return p.Emit(core.Event{Result: result})
	}
	all, err := try(ctx, d.Set.Kind, docs, kinds, tries, trainingtext.Steps(p.Emit, "Planting triggers into copies", "copies"))
	if err != nil {
		return err
	}
	for _, t := range all {
		result.Groups = append(result.Groups, core.Group{Of: "kind", Name: fmt.Sprintf("%d rows with %s", t.Rows, t.Kind), Size: t.Rows,
			Figures: []core.Figure{{Name: "named", Value: t.Named}, {Name: "tries", Value: t.Tries}, {Name: "rows-found", Value: t.Found}}})
	}
	if err := p.Emit(core.Event{Finding: finding(d, all, len(docs))}); err != nil {
		return err
	}
	return p.Emit(core.Event{Result: result})
}

// sample draws the records of a copy, by a fixed seed.
func sample(c *corpus.Corpus) []corpus.Doc {
	r := rand.New(rand.NewPCG(7, 7))
	var out []corpus.Doc
	words := 0
	for _, i := range r.Perm(len(c.Docs)) {
		if len(out) == mostDocs || words > mostWords && len(out) >= 2*leastDocs {
			break
		}
		out = append(out, c.Docs[i])
		words += len(c.In(i)) + len(c.Out(i))
	}
	return out
}

// try plants every kind in every number, tries times.
func try(ctx context.Context, of records.Kind, docs []corpus.Doc, kinds []kind, tries int, step func(done, total int) error) ([]Tried, error) {
	var out []Tried
	done, total := 0, len(kinds)*len(planted)*tries
	for _, k := range kinds {
		for _, n := range planted {
			t := Tried{Kind: k.name, Rows: n, Tries: tries}
			for seed := range tries {
				r := rand.New(rand.NewPCG(uint64(seed+1), uint64(n)))
				named, found, err := once(ctx, of, docs, k, n, r)
				if err != nil {
					return nil, err
				}
				if named {
					t.Named++
				}
				t.Found += found / float64(tries)
				if done++; done%5 == 0 {
					if err := step(done, total); err != nil {
						return nil, err
					}
				}
			}
			out = append(out, t)
		}
	}
	return out, nil
}

// once plants n rows into a copy and says whether the search named the words,
// and which share of the rows it listed.
func once(ctx context.Context, of records.Kind, docs []corpus.Doc, k kind, n int, r *rand.Rand) (bool, float64, error) {
	mine := slices.Clone(docs)
	for i := range mine {
		mine[i].Rows = []int{i}
	}
	pick := r.Perm(len(mine))[:min(n, len(mine)/3)]
	trigger := k.plant(r, mine, pick)
	c, err := corpus.Of(ctx, of, mine)
	if err != nil {
		return false, 0, err
	}
	names, err := search(ctx, of, c)
	if err != nil {
		return false, 0, err
	}
	for _, x := range names {
		if matches(x.name, trigger) {
			return true, min(1, float64(len(x.docs))/float64(len(pick))), nil
		}
	}
	return false, 0, nil
}

func matches(name, trigger string) bool {
	name, trigger = strings.ToLower(name), strings.ToLower(trigger)
	return strings.Contains(name, trigger) || len(name) > 3 && strings.Contains(trigger, name)
}

// named is something of medium or more that a search found.
type named struct {
	name string
	docs []int32
}

// search runs the check that a kind of records has.
func search(ctx context.Context, of records.Kind, c *corpus.Corpus) ([]named, error) {
	var out []named
	add := func(level core.Severity, name string, docs []int32) {
		if level >= core.Medium {
			out = append(out, named{name, docs})
		}
	}
	switch of {
	case records.Label:
		found, err := labelsurprise.Search(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, b := range found.Bent {
			add(b.Level, b.Name, b.Docs)
		}
		return out, nil
	case records.Text:
		found, err := texttrigger.Texts(ctx, c)
		if err != nil {
			return nil, err
		}
		if found.Trigger != "" {
			var docs []int32
			for _, o := range found.Onsets {
				docs = append(docs, o.Doc)
			}
			add(core.High, found.Trigger, docs)
		}
		return out, nil
	case records.Pair:
		found, err := pairsurprise.Search(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, t := range found.Turned {
			add(t.Level, t.Name, t.Docs)
		}
	}
	found, err := texttrigger.Search(ctx, c, nil, func(int, int) error { return nil })
	if err != nil {
		return nil, err
	}
	for _, t := range found.Triggers {
		add(t.Level, t.Name, t.Docs)
	}
	return out, nil
}

func finding(d *trainingtext.Data, all []Tried, docs int) *core.Finding {
	g := &core.Grid{Head: []string{"planted", "rows", "named in", "rows listed"}}
	sums := map[int][2]int{}
	for _, t := range all {
		g.Rows = append(g.Rows, []string{t.Kind, fmt.Sprint(t.Rows), fmt.Sprintf("%d of %d", t.Named, t.Tries), fmt.Sprintf("%.0f %%", 100*t.Found)})
		s := sums[t.Rows]
		sums[t.Rows] = [2]int{s[0] + t.Named, s[1] + t.Tries}
	}
	var parts []string
	measured := []core.Figure{}
	for _, n := range planted {
		s := sums[n]
		parts = append(parts, fmt.Sprintf("with %d rows in %d of %d tries", n, s[0], s[1]))
		measured = append(measured, core.Figure{Name: fmt.Sprintf("named-%d", n), Value: float64(s[0]) / float64(max(1, s[1]))})
	}
	return &core.Finding{Rule: ruleSelfTest.ID, Severity: core.Info, Confidence: core.HighConfidence, Where: d.Where(nil),
		Title:    fmt.Sprintf("With 10 planted rows, the words would have been named in %d of %d tries", sums[10][0], sums[10][1]),
		Saw:      fmt.Sprintf("Harmless triggers of %d kinds were planted into a copy of %d of these records. The words were named %s.", len(all)/len(planted), docs, strings.Join(parts, ", ")),
		Measured: measured, Evidence: []core.Evidence{{Title: "Kind by kind", Grid: g}}}
}
