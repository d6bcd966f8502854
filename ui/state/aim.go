package state

import (
	"slices"

	"taster/core"
)

// showOnMap points the map at what a finding is about.
func (in *Session) showOnMap(f *core.Finding) bool {
	class, ok := in.classOf(f)
	if !ok {
		return false
	}
	p := &in.Plot
	p.Class, p.Moved, p.chosen = class, false, true
	if in.measures(f.Plugin) && in.Result().Detector != f.Plugin {
		p.Detector, p.Score = f.Plugin, ""
	}
	in.replot()
	return true
}

// classOf is the class that a finding is about, or AllClasses where it names
// rows that a check with a plot has flagged.
func (in *Session) classOf(f *core.Finding) (class int, ok bool) {
	d := in.Dataset()
	if d == nil {
		return 0, false
	}
	if f.Where.Class == "" {
		return AllClasses, len(f.Where.Rows) > 0 && in.measures(f.Plugin)
	}
	class = slices.IndexFunc(d.Info.Classes, func(c core.ClassInfo) bool { return c.Name == f.Where.Class })
	return class, class >= 0
}

// measures says whether a check has something to plot.
func (in *Session) measures(check string) bool {
	return slices.ContainsFunc(in.Results(), func(r *core.Result) bool { return r.Detector == check })
}

// guess shows the class and detector of the most serious finding.
func (in *Session) guess() {
	p := &in.Plot
	p.Class, p.Detector, p.Score = AllClasses, "", ""
	for _, f := range in.Report.Sorted() {
		class, ok := in.classOf(f)
		if !ok {
			continue
		}
		p.Class = class
		if in.measures(f.Plugin) {
			p.Detector = f.Plugin
		}
		return
	}
}
