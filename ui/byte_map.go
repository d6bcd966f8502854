package ui

import (
	"fmt"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/chart"
)

// ByteMap shows which bytes of a file its tensors use, and which they leave
// out or share.
type ByteMap struct {
	Artifact *core.Artifact
	Where    core.Location

	of    *core.Artifact // what the rest was made for
	parts []chart.Stretch
	span  chart.Scale
}

// drawn is about how many tensors are drawn one by one.
const drawn = 400

// HasByteMap says whether an artifact keeps tensors at places in its own file.
func HasByteMap(a *core.Artifact) bool {
	return a != nil && (a.Kind == "safetensors" || a.Kind == "gguf") && len(a.Tensors) > 0
}

// BeforeBuild lays the stretches out, once for each artifact.
func (c *ByteMap) BeforeBuild() {
	if c.of == c.Artifact {
		return
	}
	c.of = c.Artifact
	ranges := make([]chart.Range, len(c.Artifact.Tensors))
	for i, t := range c.Artifact.Tensors {
		ranges[i] = chart.Range{Name: t.Name, Offset: t.Offset, Length: t.Length}
	}
	c.parts = chart.Stretches(c.Artifact.Size, c.start(ranges), ranges)
	c.span = chart.Scale{Lo: 0, Hi: float64(max(c.Artifact.Size, 1))}
	c.parts = chart.Merge(c.parts, c.Artifact.Size/drawn)
}

// start is where tensors may begin: after the header where its length is known,
// else at the first of them.
func (c *ByteMap) start(ranges []chart.Range) int64 {
	for _, m := range c.Artifact.Meta {
		if n, err := strconv.ParseInt(m.Value, 10, 64); m.Name == "header bytes" && err == nil {
			return 8 + n // safetensors: the length takes 8 bytes
		}
	}
	first := c.Artifact.Size
	for _, r := range ranges {
		first = min(first, r.Offset)
	}
	return first
}

type stretchMark struct{ X, W, Use, Odd, Title string }

// Marks are the parts to draw: those in order first, so that a gap of one byte
// among gigabytes is still painted.
func (c *ByteMap) Marks() []stretchMark {
	var out, loud []stretchMark
	odd := false
	for _, s := range c.parts {
		m := stretchMark{X: percent(c.place(s.Offset)), W: percent(c.place(s.End) - c.place(s.Offset)), Use: string(s.Use), Title: c.Text(s)}
		if s.Use == chart.Used || s.Use == chart.Head {
			m.Odd, odd = Onoff(odd), !odd
			out = append(out, m)
			continue
		}
		loud = append(loud, m)
	}
	return append(out, loud...)
}

func (c *ByteMap) place(at int64) float64 { return min(c.span.At(float64(at)), 1) }

// Troubles are the parts that are out of order.
func (c *ByteMap) Troubles() []chart.Stretch {
	var out []chart.Stretch
	for _, s := range c.parts {
		if s.Use != chart.Used && s.Use != chart.Head {
			out = append(out, s)
		}
	}
	return out[:min(len(out), gridShown)]
}

// Text says what a part is.
func (c *ByteMap) Text(s chart.Stretch) string {
	return fmt.Sprintf("%s to %s, %s: %s", Count(s.Offset), Count(s.End), Bytes(s.End-s.Offset), useText(s))
}

func useText(s chart.Stretch) string {
	names := namesText(s)
	switch s.Use {
	case chart.Head:
		return "header"
	case chart.Unused:
		return "used by no tensor"
	case chart.Shared:
		return "used by " + plural(s.Ranges, "tensor") + names
	case chart.Beyond:
		return "past the end of the file, claimed by " + plural(s.Ranges, "tensor") + names
	}
	return plural(s.Ranges, "tensor") + names
}

func namesText(s chart.Stretch) string {
	if len(s.Names) == 0 {
		return ""
	}
	out := make([]string, len(s.Names))
	for i, n := range s.Names {
		out[i] = fmt.Sprintf("%.60q", n)
	}
	if s.Ranges > len(out) {
		out = append(out, "…")
	}
	return ": " + strings.Join(out, ", ")
}

// Ticks are round places in the file.
func (c *ByteMap) Ticks() []mark {
	var out []mark
	for _, t := range c.span.Ticks(4) {
		out = append(out, mark{percent(c.span.At(t.At)), Bytes(int64(t.At))})
	}
	return out
}

// Offset is the place of the finding, if it has one.
func (c *ByteMap) Offset() string { return percent(c.place(c.Where.Offset)) }

// Summary is the map in words.
func (c *ByteMap) Summary() string {
	count := map[chart.Use]int{}
	var unused int64
	for _, s := range c.parts {
		count[s.Use]++
		if s.Use == chart.Unused {
			unused += s.End - s.Offset
		}
	}
	out := plural(len(c.Artifact.Tensors), "tensor") + " in " + Bytes(c.Artifact.Size)
	if count[chart.Unused]+count[chart.Shared]+count[chart.Beyond] == 0 {
		return out + ": every byte after the header belongs to exactly one."
	}
	if n := count[chart.Unused]; n > 0 {
		out += "; " + plural(n, "stretch") + " used by none, " + Bytes(unused)
	}
	if n := count[chart.Shared]; n > 0 {
		out += "; " + plural(n, "stretch") + " used by several"
	}
	if count[chart.Beyond] > 0 {
		out += "; some reach past the end of the file"
	}
	return out + "."
}
