package ui

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vugu/vugu"

	"taster/core/chart"
	"taster/ui/state"
)

// Histogram shows one score with the line that separates suspects.
type Histogram struct {
	M         *state.Model
	Methods   []option
	SetMethod func(vugu.DOMEvent)
	Send      func(state.Msg)
}

type bar struct {
	X, W   string // percent of the width
	Y, H   string // pixels of barHeight
	FY, FH string // the part that the detector flagged
	Above  string // "true" at or above the line
	Title  string
}

const barHeight = 120

// Bars are the bins. A bin that is not empty is at least 2 px high: the few
// rows that matter must not vanish beside the many.
func (c *Histogram) Bars() []bar {
	p := &c.M.Plot
	h, most := p.Histogram, 1
	for _, n := range h.Counts {
		most = max(most, n)
	}
	line := h.Bin(p.Threshold)
	w := 1 / float64(len(h.Counts))
	out := make([]bar, 0, len(h.Counts))
	for i, n := range h.Counts {
		if n == 0 {
			continue
		}
		b := bar{X: percent(float64(i) * w), W: percent(w), Above: Onoff(i >= line && c.Above() > 0)}
		b.Y, b.H = tall(n, most)
		b.FY, b.FH = tall(p.Flagged[i], most)
		lo := h.Lo + float64(i)*h.Width()
		b.Title = Number(lo) + " to " + Number(lo+h.Width()) + ": " + plural(n, "row") + ", " + Count(p.Flagged[i]) + " flagged"
		out = append(out, b)
	}
	return out
}

func tall(n, most int) (y, h string) {
	if n == 0 {
		return px(barHeight), "0"
	}
	v := max(2, barHeight*float64(n)/float64(most))
	return px(barHeight - v), px(v)
}

func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// Ticks are the labels below.
func (c *Histogram) Ticks() []mark { return marks(c.M.Plot.Histogram.Scale, 5, false) }

// Cutoff is the place of the line before the user moves it.
func (c *Histogram) Cutoff() string { return percent(c.M.Plot.Histogram.At(c.M.Plot.Cutoff)) }

// Line is the place of the line.
func (c *Histogram) Line() string { return percent(c.M.Plot.Histogram.At(c.M.Plot.Threshold)) }

// Above counts the rows at or above the line.
func (c *Histogram) Above() int { return c.M.Plot.Histogram.Above(c.M.Plot.Threshold) }

// Min, Max, Step and Now drive the slider.
func (c *Histogram) Min() string { return plain(c.M.Plot.Histogram.Lo) }

// Max is the right end.
func (c *Histogram) Max() string { return plain(c.M.Plot.Histogram.Hi) }

// Now is the value of the line.
func (c *Histogram) Now() string { return plain(c.M.Plot.Threshold) }

func plain(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Typed is the value of the line as shown in the field.
func (c *Histogram) Typed() string { return strconv.FormatFloat(c.M.Plot.Threshold, 'g', 5, 64) }

// Set takes a value from the slider or the field, or a percentile: "95 %".
func (c *Histogram) Set(ev vugu.DOMEvent) {
	text := strings.ReplaceAll(strings.TrimSpace(value(ev)), "−", "-")
	number, isPercentile := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case err != nil:
		return
	case isPercentile:
		v = atPercentile(c.M.Plot.Histogram.Values, v)
	}
	c.Send(state.ThresholdSet{Value: v})
}

// atPercentile is the value that this part of the ascending values lies below.
func atPercentile(values []float64, percentile float64) float64 {
	at := int(percentile / 100 * float64(len(values)))
	if at < 0 || at >= len(values) || percentile != percentile {
		return math.NaN() // which moves nothing
	}
	return values[at]
}

// Most names the vertical axis: it has no ticks but its top.
func (c *Histogram) Most() string {
	return plural(slices.Max(c.M.Plot.Histogram.Counts), "row") + " at most in a bin"
}

// bin is a bin as a line of a table.
type bin struct{ From, To, Rows, Flagged, Bar, Above string }

// Bins lists those that are not empty.
func (c *Histogram) Bins() []bin {
	p := &c.M.Plot
	h := p.Histogram
	most, line := slices.Max(h.Counts), h.Bin(p.Threshold)
	var out []bin
	for i, n := range h.Counts {
		if n == 0 {
			continue
		}
		lo := h.Lo + float64(i)*h.Width()
		out = append(out, bin{Number(lo), Number(lo + h.Width()), Count(n), Count(p.Flagged[i]), barStyle(float64(n) / float64(most)), Onoff(i >= line && c.Above() > 0)})
	}
	return out
}

// Key moves the line by bins; Home and End are the browser's own.
func (c *Histogram) Key(ev vugu.DOMEvent) {
	by := map[string]int{"ArrowLeft": -1, "ArrowDown": -1, "ArrowRight": 1, "ArrowUp": 1, "PageUp": 10, "PageDown": -10}[ev.PropString("key")]
	if by == 0 {
		return
	}
	if ev.PropBool("shiftKey") {
		by *= 10
	}
	ev.PreventDefault()
	c.Send(state.ThresholdStepped{Bins: by})
}

// Count is the live count.
func (c *Histogram) Count() string {
	h := c.M.Plot.Histogram
	return plural(c.Above(), "row") + " at or above the line, of " + Count(len(h.Values))
}

// Percentile is where the line lies among the rows.
func (c *Histogram) Percentile() string {
	return "percentile " + strconv.FormatFloat(100*c.M.Plot.Histogram.Rank(c.M.Plot.Threshold), 'f', 1, 64)
}

// Origin says where the line comes from.
func (c *Histogram) Origin() string {
	switch p := &c.M.Plot; {
	case p.Moved:
		return "Moved by you; the tick at " + Number(p.Cutoff) + " marks where it was. The findings keep the detector’s own line; the rings, the table and the CSV follow yours."
	case p.HasCutoff:
		return "The line is the detector’s own cutoff for these rows."
	case len(c.M.Plot.Suspects) == 0:
		return "The detector flagged no row; the line is at the top."
	}
	return "The detector drew no single line for these rows; this one leaves as many above as it flagged."
}

// Summary is the histogram in words.
func (c *Histogram) Summary() string {
	h := c.M.Plot.Histogram
	return c.M.Score().Title + " of " + plural(len(h.Values), "row") + ", from " + Number(h.Lo) + " to " + Number(h.Hi) + "; " + c.Count() + "."
}

// Scale is the horizontal scale.
func (c *Histogram) Scale() chart.Scale { return c.M.Plot.Histogram.Scale }

// Reset puts the line back.
func (c *Histogram) Reset() { c.Send(state.ThresholdReset{}) }
