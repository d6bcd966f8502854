package ui

import (
	"cmp"
	"slices"
	"strings"

	"taster/core"
	"taster/ui/state"
)

// Bench is the intake: what was given, what it is, what was checked.
type Bench struct {
	M    *state.Model
	Send func(state.Msg)
}

// Undo brings back what was cleared.
func (c *Bench) Undo() { c.Send(state.ClearUndone{}) }

// Empty says that nothing was given yet.
func (c *Bench) Empty() bool { return len(c.M.Files) == 0 }

// Samples lists the built-in examples.
func (c *Bench) Samples() []state.Sample { return state.Samples() }

// Sets is what belongs together: what was judged, or what a run would judge.
func (c *Bench) Sets() []*core.SetInfo {
	return slices.DeleteFunc(c.M.Foreseen(), func(s *core.SetInfo) bool { return len(s.Parts) == 0 })
}

// SetsTitle says which of the two it is.
func (c *Bench) SetsTitle() string {
	if len(c.M.Report.Subjects) == 0 {
		return "What a run would judge together"
	}
	return "What was judged together"
}

// SetTitle names a set where there are several.
func (c *Bench) SetTitle(s *core.SetInfo) string {
	if s.Name == "" || len(c.Sets()) < 2 {
		return ""
	}
	return s.Name
}

// Aligned sums a set up in one line.
func (c *Bench) Aligned(s *core.SetInfo) string {
	var parts []string
	if s.Rows > 0 {
		parts = append(parts, plural(s.Rows, strings.TrimSuffix(cmp.Or(s.Unit, "rows"), "s")))
	}
	if s.Dims > 0 {
		parts = append(parts, plural(s.Dims, "dimension"))
	}
	if n := len(s.Classes); n > 1 {
		parts = append(parts, Count(n)+" classes")
	} else if n == 1 {
		parts = append(parts, "1 class")
	}
	return strings.Join(parts, " · ")
}

// UsedPart greys out what is not used; before a run that is not known.
func (c *Bench) UsedPart(p core.Given) string { return Onoff(p.Used || len(c.M.Report.Subjects) == 0) }

// PartWhy says how a part takes part.
func (c *Bench) PartWhy(p core.Given) string {
	if p.Used && len(c.M.Report.Subjects) > 0 {
		return "aligned by row order"
	}
	return p.Why
}

// kindHelp is a kind of input; Formats are the names of the formats it stands
// for, and a test holds them to the formats that there are.
type kindHelp struct {
	What, Files, Checks string
	Formats             []string
}

// Kinds says what can be dropped. A format that the list does not know has its
// title in the last line.
func (c *Bench) Kinds() []kindHelp {
	all := kinds()
	told := map[string]bool{}
	for _, k := range all {
		for _, name := range k.Formats {
			told[name] = true
		}
	}
	var titles, names []string
	for _, f := range c.M.Catalog.Formats {
		if !f.Fallback && !told[f.Name] {
			titles, names = append(titles, f.Title), append(names, f.Name)
		}
	}
	if len(names) > 0 {
		all = append(all, kindHelp{"Also", strings.Join(titles, ", "), "", names})
	}
	return all
}

func kinds() []kindHelp {
	return []kindHelp{
		{"Pickles and PyTorch", ".pt .pth .ckpt .bin .pkl .joblib .mar", "code that loading would run, names it imports, damage", []string{"pickle", "zip", "tar", "msgpack", "torchscript"}},
		{"Weights", ".safetensors .gguf .msgpack", "gaps, overlaps, impossible lengths, chat templates", []string{"safetensors", "gguf"}},
		{"Model graphs", ".onnx .keras .h5 .pb .tflite", "operations that reach outside, Python in layers, files they name", []string{"onnx", "hdf5", "savedmodel", "tflite"}},
		{"Configurations", "config.json tokenizer_config.json .jinja .yaml", "templates that change answers, code that a loader would fetch", []string{"json", "jinja", "yaml"}},
		{"Models as XML", ".pmml .xml", "entities that read files or grow without bound", []string{"xml"}},
		{"Activations, N × D", ".npy .npz .csv .json .pt", "groups inside classes, outliers, duplicates", []string{"npy"}},
		{"Labels and probabilities, N", ".npy .csv .tsv .json .jsonl .parquet", "rows whose label does not fit", []string{"csv", "jsonl", "parquet", "utf-16"}},
		{"Trusted rows, final layer", ".npy .npz .json", "firmer answers about groups; shift test", nil},
		{"Test predictions", ".npy .csv, with and without a trigger", "labels that a trigger leads to", nil},
		{"Digests and downloads", "SHA256SUMS, LFS pointers, files of the hub", "whether each file is the one that was published", []string{"digest-list", "lfs-pointer", "hub-metadata"}},
		{"Signatures", ".sig .sigstore.json .intoto.jsonl", "who signed what, and whether the bytes are those", []string{"signature"}},
		{"Code and its dependencies", ".py .ipynb requirements.txt pyproject.toml environment.yml Dockerfile", "names that imitate others, code that runs at installation", []string{"python", "notebook", "requirements", "python-project", "conda-environment", "dockerfile"}},
		{"Model cards", "README.md", "what the card says beside what the files say", []string{"card"}},
		{"Code beside a model", ".pth .so .dll .exe", "lines that Python runs at its start, programs", []string{"pth", "native"}},
		{"What Taster wrote", "a JSON report, accepted findings", "what changed since then, what is known or accepted", nil},
		{"Archives", ".zip .tar .7z .gz .bz2 .xz .lz4", "what is inside, as if it had been dropped", []string{"7z", "compressed"}},
	}
}

// KindsNote says what becomes of everything else.
func (c *Bench) KindsNote() string {
	return "Files are recognised by their content. Anything else is listed, and what no check reads is said."
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// Ended says that there is an outcome, which a narrow page has out of sight.
func (c *Bench) Ended() bool { return c.M.Report.Done != nil && !c.M.Running }

// Findings shows them.
func (c *Bench) Findings() { c.Send(state.Navigated{View: state.Findings}) }

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

// nextText says what to add so that more checks run, or nothing.
func nextText(m *state.Model) string {
	var parts []string
	for _, s := range m.Next() {
		names := make([]string, len(s.Roles))
		for i, r := range s.Roles {
			names[i] = RoleName(r)
		}
		parts = append(parts, "add "+strings.Join(names, " and ")+" for "+plural(s.Checks, "more check"))
	}
	if parts == nil {
		return ""
	}
	return capital(strings.Join(parts, ", or ")) + "."
}

// NoneCovered shows what is missing at once when it is all there is to say.
func (c *Bench) NoneCovered() bool { return len(c.Covered()) == 0 }
