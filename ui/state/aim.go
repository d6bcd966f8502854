package state

import (
	"slices"

	"taster/core"
)

// showOnMap points the map at what a finding is about.
func (in *Session) showOnMap(f *core.Finding) bool {
	set, class, ok := in.placeOf(f)
	if !ok {
		return false
	}
	in.chooseSet(set)
	p := &in.Plot
	p.Class, p.Moved, p.chosen = class, false, true
	if in.measures(f.Plugin) && in.Result().Detector != f.Plugin {
		p.Detector, p.Score = f.Plugin, ""
	}
	in.replot()
	return true
}

// Mappable says whether the map can show what a finding is about.
func (in *Session) Mappable(f *core.Finding) bool {
	_, _, ok := in.placeOf(f)
	return ok && in.Points() != nil
}

// placeOf is the set that a finding is about, and the class in it; AllClasses
// where it names rows that a check with a plot has flagged. Of several sets
// that fit, the one shown comes first.
func (in *Session) placeOf(f *core.Finding) (set, class int, ok bool) {
	sets := in.Sets()
	for i := range sets {
		set = i
		if i == 0 {
			set = in.set()
		} else if i <= in.set() {
			set = i - 1
		}
		if class, ok = classIn(sets[set], f); ok {
			return set, class, true
		}
	}
	return 0, 0, false
}

func classIn(set *core.SubjectReport, f *core.Finding) (class int, ok bool) {
	if !set.Info.Uses(f.Where.File) {
		return 0, false
	}
	if f.Where.Class == "" {
		return AllClasses, len(f.Where.Rows) > 0 && slices.ContainsFunc(set.Results, func(r *core.Result) bool { return r.Detector == f.Plugin && len(r.Scores) > 0 })
	}
	class = slices.IndexFunc(set.Info.Classes, func(c core.ClassInfo) bool { return c.Name == f.Where.Class })
	return class, class >= 0
}

// measures says whether a check has something to plot.
func (in *Session) measures(check string) bool {
	return slices.ContainsFunc(in.Results(), func(r *core.Result) bool { return r.Detector == check })
}

// guess shows the set, the class and the detector of the most serious finding;
// only of the set that the user has chosen.
func (in *Session) guess() {
	p := &in.Plot
	p.Class, p.Detector, p.Score = AllClasses, "", ""
	for _, f := range in.Report.Sorted() {
		set, class, ok := in.placeOf(f)
		if !ok || p.setChosen && set != in.set() {
			continue
		}
		p.Set, p.Class = set, class
		if in.measures(f.Plugin) {
			p.Detector = f.Plugin
		}
		return
	}
}
