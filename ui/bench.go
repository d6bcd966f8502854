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

// CoverState is the state of a check in words.
func (c *Bench) CoverState(l state.Cover) string {
	switch {
	case l.State == core.Ran && l.Found > 0:
		return "ran, " + plural(l.Found, "finding")
	case l.State == core.Ran:
		return "ran, no indicators"
	case l.State == core.Needs, l.State == "waiting" && !c.M.Running:
		return "not run"
	}
	return l.State
}

// CoverKey is the state for the colour.
func (c *Bench) CoverKey(l state.Cover) string {
	if l.State == core.Ran && l.Found > 0 {
		return "flagged"
	}
	return l.State
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

// Explained says whether there is more to say of a check.
func (c *Bench) Explained(l state.Cover) bool { return l.Check != core.CheckStructure }

// Explain shows what a check does, and its parameters.
func (c *Bench) Explain(l state.Cover) { c.Send(state.CheckOpened{Check: l.Check}) }
