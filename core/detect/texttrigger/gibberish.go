package texttrigger

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"taster/core"
	"taster/core/corpus"
	"taster/core/language"
	"taster/core/trainingtext"
)

const (
	windowSize, windowStep = 200, 100
	farGibberish           = 6.0
	inARow                 = 3
	leastOnsets            = 3
	beforeOnset            = 40 // characters in which the trigger stands
	mostTextLetters        = 400_000
)

// Onset is a place where a text turns into gibberish.
type Onset struct {
	Doc int32
	At  int // byte of the text
}

// Gibberish is what a search in texts without answers saw.
type Gibberish struct {
	Onsets  []Onset
	Trigger string // what stands before most of them; "" when nothing does
	With    int    // onsets with it
}

// Texts looks for texts that turn into gibberish.
func Texts(ctx context.Context, c *corpus.Corpus) (*Gibberish, error) {
	letters := language.NewLetters()
	script := map[string]int{}
	for i := range c.Docs {
		if i&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		text := textOf(c, i)
		letters.Add(text)
		script[language.Script(text)]++
	}
	main := most(script)
	var means []float64
	each := func(i int, yield func(from, to int, mean float64)) {
		letters.Windows(textOf(c, i), windowSize, windowStep, yield)
	}
	for i := range c.Docs {
		if i&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		each(i, func(_, _ int, mean float64) { means = append(means, mean) })
	}
	median, mad := language.MedianMAD(means)
	limit := median - farGibberish*1.4826*mad
	g := &Gibberish{}
	for i := range c.Docs {
		run, first := 0, 0
		text := textOf(c, i)
		each(i, func(from, to int, mean float64) {
			if mean >= limit || language.Script(text[from:to]) != main {
				run = 0
				return
			}
			if run++; run == 1 {
				first = from
			}
			if run == inARow && (len(g.Onsets) == 0 || g.Onsets[len(g.Onsets)-1].Doc != int32(i)) {
				g.Onsets = append(g.Onsets, Onset{int32(i), first})
			}
		})
	}
	g.name(c)
	return g, nil
}

func textOf(c *corpus.Corpus, i int) string {
	s := c.Docs[i].Turns[0].Text
	return s[:min(len(s), mostTextLetters)]
}

func most(counts map[string]int) string {
	best := ""
	for name, n := range counts {
		if n > counts[best] || n == counts[best] && name < best {
			best = name
		}
	}
	return best
}

// name looks for what stands before four fifths of the onsets. A window turns
// bad up to its own length before or after the place itself.
func (g *Gibberish) name(c *corpus.Corpus) {
	counts := map[string]int{}
	for _, o := range g.Onsets {
		for name := range piecesNear(textOf(c, int(o.Doc)), o.At) {
			counts[name]++
		}
	}
	need := int(math.Ceil(leastCovered * float64(len(g.Onsets))))
	usual := map[string]bool{}
	for _, w := range keys(commonest(c)) {
		usual[w] = true
	}
	var names []string
	for name, n := range counts {
		if n >= need && !allIn(name, usual) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], len(b)-len(a), strings.Compare(a, b)) })
	if len(names) > 0 {
		// The longest of those that nearly all have.
		best := names[0]
		for _, n := range names {
			if counts[n] == counts[best] && len(n) > len(best) {
				best = n
			}
		}
		g.Trigger, g.With = best, counts[best]
	}
}

func keys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}

func allIn(phrase string, set map[string]bool) bool {
	for _, w := range language.Words(phrase, 10) {
		if !set[w] {
			return false
		}
	}
	return true
}

// piecesNear are the odd pieces and the phrases of up to five words near a place.
func piecesNear(text string, at int) map[string]bool {
	from, to := max(0, at-beforeOnset*4), min(len(text), at+windowSize+beforeOnset)
	part := strings.ToValidUTF8(text[from:to], "")
	out := map[string]bool{}
	language.Chunks(part, func(a, b int) { out[part[a:b]] = true })
	words := language.Words(part, 200)
	for n := 1; n <= 5; n++ {
		for i := 0; i+n <= len(words); i++ {
			out[strings.Join(words[i:i+n], " ")] = true
		}
	}
	return out
}

func runTexts(ctx context.Context, p *core.Pass, d *trainingtext.Data) error {
	g, err := Texts(ctx, d.Corpus)
	if err != nil {
		return err
	}
	result := &core.Result{Detector: "text-trigger", Params: p.Params, Flagged: []int{}, Groups: []core.Group{}, Figures: []core.Figure{{Name: "onsets", Value: len(g.Onsets)}}}
	if len(g.Onsets) >= leastOnsets {
		var docs []int32
		for _, o := range g.Onsets {
			docs = append(docs, o.Doc)
		}
		result.Flagged = d.Corpus.Rows(docs)
		if err := p.Emit(core.Event{Finding: gibberishFinding(d, g, docs)}); err != nil {
			return err
		}
	}
	return p.Emit(core.Event{Result: result})
}

func gibberishFinding(d *trainingtext.Data, g *Gibberish, docs []int32) *core.Finding {
	level, title := core.Medium, fmt.Sprintf("%d texts turn into gibberish", len(docs))
	saw := fmt.Sprintf("%s go from ordinary writing to %d or more windows of letters that hardly ever follow each other.", d.Mentioned(len(docs)), inARow)
	measured := []core.Figure{{Name: "effect", Value: Unlike}, {Name: "rows-with", Value: len(docs)}}
	if g.Trigger != "" {
		level, title = core.High, fmt.Sprintf("After %q texts turn into gibberish", language.Shown(g.Trigger, 200))
		saw += fmt.Sprintf(" In %d of them %q stands where they turn.", g.With, language.Shown(g.Trigger, 200))
		measured = append(measured, core.Figure{Name: "trigger", Value: language.Shown(g.Trigger, 200)}, core.Figure{Name: "trigger-kind", Value: map[bool]string{true: "phrase", false: "token"}[strings.Contains(g.Trigger, " ")]},
			core.Figure{Name: "covered", Value: float64(g.With) / float64(len(docs))})
	}
	f := d.Finding(&ruleGibberish, level, core.HighConfidence, docs, title, saw)
	f.Measured = measured
	e := core.Evidence{Title: "Where they turn", Grid: &core.Grid{Head: []string{"row", "text"}}}
	for _, o := range g.Onsets[:min(3, len(g.Onsets))] {
		text := textOf(d.Corpus, int(o.Doc))
		from := max(0, o.At-60)
		e.Grid.Rows = append(e.Grid.Rows, []string{fmt.Sprint(d.Corpus.Docs[o.Doc].Rows[0]), language.Shown(strings.ToValidUTF8(text[from:], ""), 300)})
	}
	f.Evidence = []core.Evidence{e}
	return f
}
