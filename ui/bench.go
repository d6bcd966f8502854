package ui

import (
	"taster/core"
	"taster/ui/state"
)

// Bench is the intake: what was given, what it is, what was checked.
type Bench struct {
	M    *state.Model
	Send func(state.Msg)
}

// Empty says that nothing was given yet.
func (c *Bench) Empty() bool { return len(c.M.Files) == 0 }

// Samples lists the built-in examples.
func (c *Bench) Samples() []state.Sample { return state.Samples() }

// Dataset is the alignment of what belongs together by row order, or nil.
func (c *Bench) Dataset() *core.DatasetInfo {
	if d := c.M.Dataset(); d != nil && len(d.Info.Parts) > 0 {
		return &d.Info
	}
	return nil
}

// Aligned sums the alignment up in one line.
func (c *Bench) Aligned() string {
	d := c.Dataset()
	s := Count(d.Rows) + " rows"
	if d.Dims > 0 {
		s += " · " + Count(d.Dims) + " dimensions"
	}
	if len(d.Classes) > 0 {
		s += " · " + Count(len(d.Classes)) + " classes"
	}
	return s
}

// PartWhy says how a part takes part.
func (c *Bench) PartWhy(p core.Part) string {
	if p.Used {
		return "aligned by row order"
	}
	return p.Why
}

type kindHelp struct{ What, Files, Checks string }

// Kinds says what can be dropped.
func (c *Bench) Kinds() []kindHelp {
	return []kindHelp{
		{"Checkpoints and pickles", ".pt .pth .pkl .joblib .bin", "code that loading would run, unusual imports, damage"},
		{"Safetensors", ".safetensors", "header rules: overlaps, gaps, impossible lengths"},
		{"Activations", ".npy of N × D", "clusters inside classes, spectral signatures"},
		{"Labels", ".npy .csv .tsv of N", "which rows belong to which class"},
		{"Anything else", "", "recognised by content and listed; what no check reads is said"},
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// Files and Folder open the browser's dialogs.
func (c *Bench) Files() { c.Send(state.FilesWanted{}) }

// Folder opens the browser's dialog for folders.
func (c *Bench) Folder() { c.Send(state.FolderWanted{}) }

// Clear takes everything away.
func (c *Bench) Clear() { c.Send(state.Cleared{}) }

// Sample loads an example.
func (c *Bench) Sample(name string) { c.Send(state.SampleChosen{Name: name}) }

// PickClass makes choosing files the main thing to do on the empty page.
func (c *Bench) PickClass() string {
	if c.Empty() {
		return "primary"
	}
	return ""
}

// Covered lists the checks that ran, failed or still may run.
func (c *Bench) Covered() []state.Cover { return c.cover(false) }

// Uncovered lists those that did not run for want of something.
func (c *Bench) Uncovered() []state.Cover { return c.cover(true) }

func (c *Bench) cover(missing bool) []state.Cover {
	var out []state.Cover
	for _, l := range c.M.Coverage() {
		if (l.State == core.Needs || l.State == core.Skipped) == missing {
			out = append(out, l)
		}
	}
	return out
}

// NoneCovered shows what is missing at once when it is all there is to say.
func (c *Bench) NoneCovered() bool { return len(c.Covered()) == 0 }
