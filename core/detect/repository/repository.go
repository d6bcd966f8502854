// Package repository judges the repository of a model as a whole: programs that
// lie beside the weights, what its card leaves out, and what the project uses.
package repository

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"taster/core"
	"taster/core/lookalike"
)

var (
	ruleRunnable = core.Rule{ID: "REPO-RUNNABLE", Title: "A program lies beside the weights", Severity: core.Medium,
		Matters: "Weights need no program to be loaded. The largest imitation so far was a copied model with a loader beside it that fetched and ran something else.",
		Benign:  "Scripts for conversion or evaluation that the authors left in the folder.",
		Do:      "Do not start it. Load the weights with a library that you chose yourself.",
		Refs:    []string{"AML.T0011", "AML.T0074", "AML.T0058", "LLM03:2025"}}
	ruleCard = core.Rule{ID: "CARD-GAPS", Title: "The card leaves out what a reviewer needs", Severity: core.Medium,
		Matters: "Without a licence and the model it was made from, nobody can say where the weights come from or whether they may be used.",
		Benign:  "A model for tests, or one that was trained from nothing.",
		Do:      "Ask the publisher for licence, base model and data sets.",
		Refs:    []string{"AML.M0023", "LLM03:2025"}}
	ruleMissing = core.Rule{ID: "REPO-CODE-MISSING", Title: "Code that the model needs was not given", Severity: core.Medium,
		Matters: "A configuration names a module that is not in the folder. The loader fetches it from wherever the model is loaded from, and nobody has read it.",
		Benign:  "Only a part of the repository was downloaded.",
		Do:      "Give the whole folder, or ask where the module is.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-829"}}
	ruleInventory = core.Rule{ID: "INVENTORY-COUNT", Title: "Models and data sets that the project uses", Severity: core.Info,
		Matters: "What is not listed is not looked after: nobody hears when it is withdrawn, renamed or replaced.",
		Benign:  "A project that is only tried out.",
		Do:      "Save the inventory (-format inventory), have it approved, pin what is not pinned, and keep a bill of materials.",
		Refs:    []string{"AML.M0023", "AML.T0010", "LLM03:2025"}}
)

// Detector looks at all inputs together.
var Detector = &core.Detector{
	Name:   "repository",
	Title:  "The repository as a whole",
	Family: "file",
	Help: core.Help{
		Does:    "Looks for programs in folders of weights, for what the card of a model leaves out, for code that a configuration names and that is not there, and counts the models and data sets that all files name: how many have no pinned commit, are under an organisation that is not known, and are on neither a bill of materials nor your list of approved names.",
		Misses:  "It believes what the card says. Whether an organisation that is known is the one that uploaded the files cannot be told offline.",
		Sources: "MITRE ATLAS AML.T0058, AML.M0023.",
	},
	Applies: applies,
	Wants:   "files of a repository: weights, a card, code",
	Rules:   []core.Rule{ruleRunnable, ruleCard, ruleMissing, ruleInventory},
	Check:   core.Across(run),
}

func applies(a *core.Artifact) bool {
	found := isWeights(a.File)
	a.Walk(func(m *core.Artifact) { found = found || len(m.Uses) > 0 })
	return found
}

var (
	weightEnds   = []string{".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".gguf", ".ggml", ".onnx", ".h5", ".keras", ".tflite", ".msgpack"}
	programEnds  = []string{".bat", ".cmd", ".ps1", ".vbs", ".lnk", ".sh", ".exe", ".dll", ".scr", ".msi", ".command"}
	modelStarts  = []string{"modeling_", "configuration_", "tokenization_", "processing_", "image_processing_", "feature_extraction_", "quantiz", "__init__", "setup.py", "conftest"}
	usualScripts = []string{"handler.py", "generation_utils.py", "pipeline.py"}
)

func isWeights(file string) bool {
	return slices.Contains(weightEnds, strings.ToLower(path.Ext(file)))
}

// folder is what is in one folder.
type folder struct {
	weights, config bool
	programs        []string
	scripts         []string // .py that no config names
	card            *core.Artifact
	needs           []need
}

// need is a module of the folder that a configuration names.
type need struct {
	file  string // where it should be
	by    *core.Artifact
	place int64
}

func run(ctx context.Context, p *core.Pass, in *core.Inputs) error {
	folders, order := gather(in.Artifacts)
	given := map[string]bool{}
	for _, a := range in.Artifacts {
		given[a.File] = true
	}
	for _, dir := range order {
		if err := ctx.Err(); err != nil {
			return err
		}
		f := folders[dir]
		if !f.weights {
			continue
		}
		if err := f.runnable(p); err != nil {
			return err
		}
		if err := f.gaps(p); err != nil {
			return err
		}
		if err := f.missing(p, given); err != nil {
			return err
		}
	}
	return inventory(p, in)
}

// gather sorts the inputs by folder. order is that of the first file of each.
func gather(artifacts []*core.Artifact) (folders map[string]*folder, order []string) {
	folders, named := map[string]*folder{}, map[string]bool{}
	for _, a := range artifacts {
		for _, n := range needs(a) {
			named[n.file] = true
		}
	}
	for _, a := range artifacts {
		dir := path.Dir(a.File)
		f := folders[dir]
		if f == nil {
			f = &folder{}
			folders[dir], order = f, append(order, dir)
		}
		f.add(a, named[a.File])
		f.needs = append(f.needs, needs(a)...)
	}
	return folders, order
}

// needs are the modules beside a that its auto_map names.
func needs(a *core.Artifact) []need {
	var out []need
	for i := range a.Texts {
		t := &a.Texts[i]
		module, _, ok := strings.Cut(t.Value, ".")
		if ok && t.Kind == core.TextAutoMap && !strings.ContainsAny(module, "-/\\") {
			out = append(out, need{path.Join(path.Dir(a.File), module+".py"), a, t.At(0)})
		}
	}
	return out
}

// missing reports modules that are named and not there, once each.
func (f *folder) missing(p *core.Pass, given map[string]bool) error {
	for i, n := range f.needs {
		if given[n.file] || i >= 100 {
			continue
		}
		if err := p.Emit(core.Event{Finding: &core.Finding{Rule: ruleMissing.ID, Severity: ruleMissing.Severity, Confidence: core.HighConfidence, Where: n.by.At(n.place),
			Title: fmt.Sprintf("%q was not given", path.Base(n.file)), Saw: fmt.Sprintf("%.100q names it, and it is not in the folder.", path.Base(n.by.File))}}); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) add(a *core.Artifact, named bool) {
	base, ext := path.Base(a.File), strings.ToLower(path.Ext(a.File))
	switch {
	case isWeights(a.File):
		f.weights = true
	case base == "config.json" || base == "adapter_config.json":
		f.config = true
	case strings.EqualFold(base, "README.md"):
		f.card = a
	case slices.Contains(programEnds, ext):
		f.programs = append(f.programs, a.File)
	case ext == ".py" && !named && !slices.Contains(usualScripts, base) && !slices.ContainsFunc(modelStarts, func(s string) bool { return strings.HasPrefix(base, s) }):
		f.scripts = append(f.scripts, a.File)
	}
}

// runnable reports programs beside weights; scripts of Python count where the
// folder is that of a model and no project.
func (f *folder) runnable(p *core.Pass) error {
	files := f.programs
	if f.config {
		files = append(slices.Clone(files), f.scripts...)
	}
	for i, file := range files {
		if i == 20 {
			break
		}
		severity, saw := ruleRunnable.Severity, "No configuration names it."
		if line := f.told(file); line > 0 {
			severity, saw = core.High, fmt.Sprintf("Line %d of the card tells its reader to start it.", line)
		}
		where := core.Location{File: file}
		if err := p.Emit(core.Event{Finding: &core.Finding{Rule: ruleRunnable.ID, Severity: severity, Confidence: core.Moderate, Where: where,
			Title: fmt.Sprintf("%q lies beside the weights", path.Base(file)), Saw: saw}}); err != nil {
			return err
		}
	}
	return nil
}

// told is the line of the card that names file as something to start, or 0.
func (f *folder) told(file string) int {
	if f.card == nil {
		return 0
	}
	for _, u := range f.card.Uses {
		if u.Kind == core.UseFile && path.Base(strings.ReplaceAll(u.Name, "\\", "/")) == path.Base(file) {
			return max(1, u.Line)
		}
	}
	return 0
}

// gaps reports what the card beside weights and a configuration leaves out.
func (f *folder) gaps(p *core.Pass) error {
	if f.card == nil || !f.config {
		return nil
	}
	licence := slices.ContainsFunc(f.card.Meta, func(m core.Meta) bool { return m.Name == "licence" })
	base := slices.ContainsFunc(f.card.Uses, func(u core.Use) bool { return u.By == "base_model" || u.By == "datasets" })
	if licence {
		return nil
	}
	severity, lacks := core.Low, "no licence"
	if !base {
		severity, lacks = ruleCard.Severity, "neither a licence nor a base model nor data sets"
	}
	return p.Emit(core.Event{Finding: &core.Finding{Rule: ruleCard.ID, Severity: severity, Confidence: core.HighConfidence, Where: f.card.Whole(),
		Title: "The card names " + lacks, Saw: "They are looked for in the front matter, between two lines of three hyphens."}})
}

// inventory counts what all files name.
func inventory(p *core.Pass, in *core.Inputs) error {
	lists := lookalike.New(in.Approved)
	c := count{lists: lists, listed: map[string]bool{}, pinned: map[string]bool{}, owner: map[string]bool{}}
	for _, a := range in.Artifacts {
		a.Walk(c.bill)
	}
	for _, a := range in.Artifacts {
		a.Walk(c.add)
	}
	if len(c.names) == 0 {
		return nil
	}
	var unpinned, untracked, strangers int
	for _, name := range c.names {
		if !c.pinned[name] {
			unpinned++
		}
		if !c.listed[name] && !lists.Approves(name) {
			untracked++
		}
		if !c.owner[name] {
			strangers++
		}
	}
	figures := []core.Figure{{Name: "models and data sets", Value: len(c.names)}, {Name: "untracked", Value: untracked}, {Name: "unpinned", Value: unpinned}, {Name: "unknown owner", Value: strangers}, {Name: "known at run time", Value: c.dynamic}}
	return p.Emit(core.Event{Finding: &core.Finding{Rule: ruleInventory.ID, Severity: ruleInventory.Severity, Confidence: core.HighConfidence, Where: c.first, Measured: figures,
		Title: fmt.Sprintf("%d models and data sets are named", len(c.names)),
		Saw:   fmt.Sprintf("%d are on no bill of materials and no list of approved names, %d have no pinned commit, %d are under an owner that is not known; %d more names are known only at run time.", untracked, unpinned, strangers, c.dynamic)}})
}

// count gathers names.
type count struct {
	lists   *lookalike.Lists
	names   []string
	first   core.Location
	listed  map[string]bool // on a bill of materials
	pinned  map[string]bool // everywhere it is named
	owner   map[string]bool // known
	dynamic int
}

func (c *count) bill(m *core.Artifact) {
	if m.Bill == nil {
		return
	}
	for _, x := range m.Bill.Components {
		c.listed[x.Name] = true
	}
}

func (c *count) add(m *core.Artifact) {
	for _, u := range m.Uses {
		if u.Kind != core.UseModel && u.Kind != core.UseDataset || strings.HasPrefix(u.By, "subject") {
			continue
		}
		if u.Name == "" {
			c.dynamic++
			continue
		}
		kind := lookalike.Model
		if u.Kind == core.UseDataset {
			kind = lookalike.Dataset
		}
		if !c.lists.Names(kind, u.Name) || m.Program != nil && m.Program.Language == "card" && strings.Contains(u.By, ".") {
			continue // a path, or an example in a card
		}
		if _, again := c.pinned[u.Name]; !again {
			if len(c.names) == 0 {
				c.first = m.At(u.Offset)
			}
			c.names = append(c.names, u.Name)
			c.pinned[u.Name] = true
			c.owner[u.Name] = c.lists.KnowsOwner(u.Name)
		}
		c.pinned[u.Name] = c.pinned[u.Name] && u.Pinned
	}
}
