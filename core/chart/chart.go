// Package chart lays numbers out for drawing: scales, round ticks, histogram
// bins. It paints nothing, so the page, the report and the command line can
// share one layout.
package chart

import (
	"math"
	"slices"
	"strconv"
)

// Scale maps the interval [Lo, Hi] of the data to [0, 1].
type Scale struct {
	Lo, Hi float64
}

// Span is the smallest Scale that holds every finite value, widened when it
// would be empty. No finite value gives [0, 1].
func Span(values []float64) Scale {
	s := Scale{math.Inf(1), math.Inf(-1)}
	for _, v := range values {
		if finite(v) {
			s.Lo, s.Hi = min(s.Lo, v), max(s.Hi, v)
		}
	}
	switch {
	case s.Lo > s.Hi:
		return Scale{0, 1}
	case s.Lo == s.Hi:
		pad := max(math.Abs(s.Lo), 1) / 2
		return Scale{s.Lo - pad, s.Hi + pad}
	}
	return s
}

// At is the place of v, 0 at Lo and 1 at Hi; values outside lie outside.
func (s Scale) At(v float64) float64 { return (v - s.Lo) / (s.Hi - s.Lo) }

// Tick is one labelled place on a Scale.
type Tick struct {
	At    float64 // in data units
	Label string
}

// Ticks lists round values within s: multiples of 1, 2 or 5 times a power of
// ten, about n of them and at most 2n+1.
func (s Scale) Ticks(n int) []Tick {
	if n < 1 || !finite(s.Lo) || !finite(s.Hi) || !(s.Hi > s.Lo) {
		return nil
	}
	step := round125((s.Hi - s.Lo) / float64(n))
	first := math.Ceil(s.Lo/step - 1e-9)
	var out []Tick
	for k := first; k*step <= s.Hi+step*1e-9 && len(out) <= 2*n; k++ {
		out = append(out, Tick{At: k * step, Label: Label(k*step, step)})
	}
	return out
}

// round125 is the nearest of 1, 2, 5, 10 times a power of ten, by ratio.
func round125(raw float64) float64 {
	base := math.Pow(10, math.Floor(math.Log10(raw)))
	switch m := raw / base; {
	case m < math.Sqrt2:
		return base
	case m < math.Sqrt(10):
		return 2 * base
	case m < math.Sqrt(50):
		return 5 * base
	}
	return 10 * base
}

// Label writes v with the digits that tell multiples of step apart, and a
// true minus sign.
func Label(v, step float64) string {
	if a := math.Abs(v); a != 0 && (a >= 1e6 || step < 1e-4) {
		return minus(strconv.FormatFloat(v, 'g', 4, 64))
	}
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	if math.Abs(v) < step/2 {
		v = 0 // never "-0.0"
	}
	return minus(strconv.FormatFloat(v, 'f', digits, 64))
}

func minus(s string) string {
	if len(s) > 0 && s[0] == '-' {
		return "−" + s[1:]
	}
	return s
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Histogram counts values in bins of equal width over Scale.
type Histogram struct {
	Scale
	Counts []int
	Values []float64 // the finite values, ascending
}

// Bins makes a histogram of the finite values. The number of bins follows
// Freedman and Diaconis (1981), held between 12 and 60. O(n).
func Bins(values []float64) Histogram {
	h := Histogram{Values: make([]float64, 0, len(values))}
	for _, v := range values {
		if finite(v) {
			h.Values = append(h.Values, v)
		}
	}
	ascending(h.Values)
	h.Scale = Span(h.Values)
	h.Counts = make([]int, binCount(h.Values, h.Hi-h.Lo))
	for _, v := range h.Values {
		h.Counts[h.Bin(v)]++
	}
	return h
}

func binCount(sorted []float64, span float64) int {
	const least, most = 12, 60
	n := len(sorted)
	if n == 0 {
		return least
	}
	width := 2 * (sorted[3*n/4] - sorted[n/4]) / math.Cbrt(float64(n))
	if !(width > 0) || span/width > most {
		return most
	}
	return max(least, int(math.Ceil(span/width)))
}

// Bin is the index of the bin that holds v; values outside go to the end bins.
func (h Histogram) Bin(v float64) int {
	n := float64(len(h.Counts))
	return int(min(max(h.At(v)*n, 0), n-1))
}

// Width is the width of one bin in data units.
func (h Histogram) Width() float64 { return (h.Hi - h.Lo) / float64(len(h.Counts)) }

// Above counts the values at or above v.
func (h Histogram) Above(v float64) int {
	i, _ := slices.BinarySearch(h.Values, v)
	return len(h.Values) - i
}

// Rank is the share of values below v, from 0 to 1.
func (h Histogram) Rank(v float64) float64 {
	if len(h.Values) == 0 {
		return 0
	}
	return float64(len(h.Values)-h.Above(v)) / float64(len(h.Values))
}
