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
	farGibberish           = 6.0 // robust deviations at which windows are gibberish by themselves
	nearGibberish          = 3.5 // and at which they are when one rare piece stands before them all
	inARow                 = 3
	leastOnsets            = 3
	beforeOnset            = 40   // characters in which the trigger stands
	oftenElsewhere         = 1.25 // records with the piece for each onset behind it, at most
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
	w, err := look(ctx, c)
	if err != nil {
		return nil, err
	}
	near := &Gibberish{Onsets: w.onsets(nearGibberish)}
	if near.name(c); near.Trigger != "" && len(near.Onsets) >= leastOnsets {
		near.keep(c)
		return near, nil
	}
	far := &Gibberish{Onsets: w.onsets(farGibberish)}
	far.name(c)
	return far, nil
}

// window is a part of a text and how likely its letters are by all other texts.
type window struct {
	doc  int32
	from int
	mean float64
	main bool // in the script of the file
}

type windows struct {
	all         []window
	median, mad float64
}

func look(ctx context.Context, c *corpus.Corpus) (*windows, error) {
	letters := language.NewLetters(4, 0.05)
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
	w := &windows{}
	var means []float64
	for i := range c.Docs {
		if i&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		text := textOf(c, i)
		letters.Remove(text)
		letters.Windows(text, windowSize, windowStep, func(from, to int, mean float64) {
			w.all = append(w.all, window{int32(i), from, mean, language.Script(text[from:to]) == main})
			means = append(means, mean)
		})
		letters.Add(text)
	}
	w.median, w.mad = language.MedianMAD(means)
	return w, nil
}

// onsets are the first windows of three or more in a row that are so far below
// the usual, one for each text.
func (w *windows) onsets(far float64) []Onset {
	limit := w.median - far*1.4826*w.mad
	var out []Onset
	run, first, doc := 0, 0, int32(-1)
	for _, x := range w.all {
		if x.doc != doc {
			run, doc = 0, x.doc
		}
		if x.mean >= limit || !x.main {
			run = 0
			continue
		}
		if run++; run == 1 {
			first = x.from
		}
		if run == inARow && (len(out) == 0 || out[len(out)-1].Doc != doc) {
			out = append(out, Onset{doc, first})
		}
	}
	return out
}

// keep leaves the onsets that have the trigger before them.
func (g *Gibberish) keep(c *corpus.Corpus) {
	g.Onsets = slices.DeleteFunc(g.Onsets, func(o Onset) bool { return !piecesNear(textOf(c, int(o.Doc)), o.At)[g.Trigger] })
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
	most := int(math.Ceil(leastCovered * float64(len(g.Onsets))))
	need := min(max(leastOnsets, most), leastOnsets+1) // of few onsets nearly all, of many four
	usual := map[string]bool{}
	for _, w := range keys(commonest(c)) {
		usual[w] = true
	}
	var names []string
	for name, n := range counts {
		if n >= need && n > 1 && !allIn(name, usual) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], len(b)-len(a), strings.Compare(a, b)) })
	for _, name := range names[:min(len(names), mostTried)] {
		if float64(recordsWith(c, name)) <= oftenElsewhere*float64(counts[name]) {
			g.Trigger, g.With = name, counts[name]
			return
		}
	}
}

// mostTried bounds the names whose texts are counted.
const mostTried = 30

// recordsWith counts the texts that hold a piece, upper and lower case alike.
func recordsWith(c *corpus.Corpus, name string) int {
	n := 0
	for i := range c.Docs {
		text := textOf(c, i)
		if at := language.IndexFold(text, name); at >= 0 && edge(text, at-1, name[0]) && edge(text, at+len(name), name[len(name)-1]) {
			n++
		}
	}
	return n
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
