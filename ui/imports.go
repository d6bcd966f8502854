package ui

import (
	"cmp"
	"slices"

	"taster/core"
	"taster/ui/state"
)

// Imports shows what a pickle makes its loader import, and what is known of
// each name.
type Imports struct {
	M        *state.Model
	Artifact *core.Artifact
	Where    core.Location
	Send     func(state.Msg)

	rows []importRow // filled once for each build
	left int
}

type importRow struct {
	core.Import
	Tone core.Severity
}

// importTone lends the verdict on a name the colour and glyph of a severity.
func importTone(verdict string) core.Severity {
	switch verdict {
	case "runs code":
		return core.Critical
	case "can be abused":
		return core.Medium
	case "expected":
		return core.Info
	}
	return core.Low
}

// BeforeBuild orders the imports, the worst first.
func (c *Imports) BeforeBuild() {
	all := slices.Clone(c.Artifact.Imports)
	slices.SortStableFunc(all, func(a, b core.Import) int {
		return cmp.Or(cmp.Compare(importTone(b.Verdict), importTone(a.Verdict)), cmp.Compare(a.Offset, b.Offset))
	})
	shown := all[:min(len(all), c.M.Limit("imports"))]
	c.rows, c.left = c.rows[:0], len(all)-len(shown)
	for _, i := range shown {
		c.rows = append(c.rows, importRow{i, importTone(i.Verdict)})
	}
}

// Word is the verdict on a name.
func (r importRow) Word() string { return cmp.Or(r.Verdict, "not judged") }

// At is where the name is loaded.
func (r importRow) At() string {
	return r.Opcode + " at " + Count(r.Offset) + " (" + hex(r.Offset) + ")"
}

// Stream names the stream of a name, where there are several.
func (c *Imports) Stream(r importRow) string {
	if len(c.Artifact.Streams) < 2 {
		return ""
	}
	return ", stream " + Count(r.Stream)
}

// Streams lists the pickles of the artifact when there is something to say of
// them: several, or one that breaks off.
func (c *Imports) Streams() []core.Stream {
	if all := c.Artifact.Streams; len(all) > 1 || len(all) == 1 && all[0].Broken != "" {
		return all[:min(len(all), gridShown)]
	}
	return nil
}

// StreamEnd says how a stream ends.
func StreamEnd(s core.Stream) string {
	if s.Broken == "" {
		return "STOP"
	}
	return "breaks off at " + Count(s.BrokenAt) + ": " + s.Broken
}

// Here marks the stream that a finding is in.
func (c *Imports) Here(s core.Stream) string {
	return Onoff(c.Where.HasOffset && c.Where.Offset >= s.Offset && c.Where.Offset < s.End)
}

// More shows more imports.
func (c *Imports) More() { c.Send(state.MoreWanted{List: "imports"}) }
