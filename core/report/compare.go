package report

import (
	"maps"
	"slices"
	"strings"
)

// Comparison is what changed between two runs: a data set before and after rows
// were removed, or a model before and after it was trained again.
type Comparison struct {
	Gone, New, Same []EarlierFinding // by id, in the order of their reports
	// Moved are findings of New's run that Gone's run has under another id: the
	// same rule in the same place and class, with another title or offset.
	Moved    []EarlierFinding
	Inputs   []InputChange
	Datasets []DatasetChange
	// Unchecked names checks that ran before and did not run after: a finding of
	// theirs that is gone means nothing.
	Unchecked []string
}

// InputChange is an input that was added, removed or changed.
type InputChange struct {
	Path          string
	Before, After *EarlierInput // nil: it was not there
}

// DatasetChange compares data sets of the same position in both reports.
type DatasetChange struct {
	Before, After int // rows
	Classes       []Change
	Flagged       []Change // rows flagged, by check
	Success       []SuccessChange
}

// Change is a count before and after. -1 stands for what was not there.
type Change struct {
	Name          string
	Before, After int
}

// SuccessChange is a trigger's attack success rate on a target class, with its
// 95 % interval, as shares. A nil side was not measured.
type SuccessChange struct {
	Class         string
	Before, After *Rate
}

// Rate is a share with its interval.
type Rate struct{ Value, Low, High float64 }

// Compare lists what changed from old to fresh.
func Compare(old, fresh *Earlier) *Comparison {
	c := &Comparison{Inputs: inputChanges(old.Inputs, fresh.Inputs), Unchecked: unchecked(old, fresh)}
	c.findings(old, fresh)
	for i := range max(len(old.Datasets), len(fresh.Datasets)) {
		c.Datasets = append(c.Datasets, datasetChange(at(old.Datasets, i), at(fresh.Datasets, i)))
	}
	return c
}

func at(ds []EarlierDataset, i int) EarlierDataset {
	if i < len(ds) {
		return ds[i]
	}
	return EarlierDataset{}
}

func (c *Comparison) findings(old, fresh *Earlier) {
	before, after := old.IDs(), fresh.IDs()
	places := map[place4][]int{} // of findings that are gone, as indices into Gone
	for _, f := range old.Findings {
		if after[f.ID] {
			c.Same = append(c.Same, f)
			continue
		}
		places[f.at()] = append(places[f.at()], len(c.Gone))
		c.Gone = append(c.Gone, f)
	}
	moved := map[int]bool{}
	for _, f := range fresh.Findings {
		if before[f.ID] {
			continue
		}
		if was := places[f.at()]; len(was) > 0 {
			moved[was[0]], places[f.at()] = true, was[1:]
			c.Moved = append(c.Moved, f)
			continue
		}
		c.New = append(c.New, f)
	}
	var gone []EarlierFinding
	for i, f := range c.Gone {
		if !moved[i] {
			gone = append(gone, f)
		}
	}
	c.Gone = gone
}

// place4 is a finding without its title and offset.
type place4 struct{ rule, path, member, class string }

func (f *EarlierFinding) at() place4 { return place4{f.Rule, f.Path, f.Member, f.Class} }

func inputChanges(old, fresh []EarlierInput) []InputChange {
	byPath := map[string]*InputChange{}
	for i := range old {
		byPath[old[i].Path] = &InputChange{Path: old[i].Path, Before: &old[i]}
	}
	for i := range fresh {
		c := byPath[fresh[i].Path]
		if c == nil {
			c = &InputChange{Path: fresh[i].Path}
			byPath[c.Path] = c
		}
		c.After = &fresh[i]
	}
	var out []InputChange
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		c := byPath[path]
		if c.Before != nil && c.After != nil && *c.Before == *c.After {
			continue
		}
		out = append(out, *c)
	}
	return out
}

// unchecked lists the checks of old that ran and that fresh did not run.
func unchecked(old, fresh *Earlier) []string {
	ran := map[string]bool{}
	for _, c := range fresh.Coverage {
		if c.Path == "" && c.State == "ran" {
			ran[c.Check] = true
		}
	}
	var out []string
	for _, c := range old.Coverage {
		if c.Path == "" && c.State == "ran" && !ran[c.Check] {
			out = append(out, c.Check)
		}
	}
	return out
}

func datasetChange(old, fresh EarlierDataset) DatasetChange {
	d := DatasetChange{Before: old.Rows, After: fresh.Rows}
	classes := pairs{}
	for _, c := range old.Classes {
		classes.before(c.Class, c.Size)
	}
	for _, c := range fresh.Classes {
		classes.after(c.Class, c.Size)
	}
	flagged := pairs{}
	for _, r := range old.Detectors {
		flagged.before(r.ID, len(r.Flagged))
	}
	for _, r := range fresh.Detectors {
		flagged.after(r.ID, len(r.Flagged))
	}
	d.Classes, d.Flagged, d.Success = classes.changed(), flagged.all(), successChanges(old, fresh)
	return d
}

// pairs gathers counts by name.
type pairs map[string]*Change

func (p pairs) get(name string) *Change {
	if p[name] == nil {
		p[name] = &Change{name, -1, -1}
	}
	return p[name]
}

func (p pairs) before(name string, n int) { p.get(name).Before = n }
func (p pairs) after(name string, n int)  { p.get(name).After = n }

func (p pairs) all() []Change {
	var out []Change
	for _, name := range slices.Sorted(maps.Keys(p)) {
		out = append(out, *p[name])
	}
	return out
}

func (p pairs) changed() []Change {
	return slices.DeleteFunc(p.all(), func(c Change) bool { return c.Before == c.After })
}

// successChanges compares the classes that were the target of the trigger probe
// in either run.
func successChanges(old, fresh EarlierDataset) []SuccessChange {
	before, targets := success(old)
	after, more := success(fresh)
	maps.Copy(targets, more)
	var out []SuccessChange
	for _, class := range slices.Sorted(maps.Keys(targets)) {
		out = append(out, SuccessChange{class, before[class], after[class]})
	}
	return out
}

// success reads the rates of the trigger probe by class, and its targets.
func success(d EarlierDataset) (rates map[string]*Rate, targets map[string]bool) {
	rates, targets = map[string]*Rate{}, map[string]bool{}
	for _, r := range d.Detectors {
		if r.ID != "trigger-probe" {
			continue
		}
		for _, c := range r.Classes {
			class, _ := c["class"].(string)
			value, ok := c["success"].(float64)
			low, _ := c["success-low"].(float64)
			high, _ := c["success-high"].(float64)
			if ok {
				rates[class] = &Rate{value, low, high}
			}
			if note, _ := c["note"].(string); strings.HasPrefix(note, "target of the probe") {
				targets[class] = true
			}
		}
	}
	return rates, targets
}
