package state

import (
	"slices"

	"taster/core"
)

// showOnMap points the map at what a finding is about.
func (m *Model) showOnMap(f *core.Finding) bool {
	class, ok := m.classOf(f)
	if !ok {
		return false
	}
	p := &m.Plot
	p.Class, p.Moved, p.chosen = class, false, true
	if m.measures(f.Plugin) && m.Result().Detector != f.Plugin {
		p.Detector, p.Score = f.Plugin, ""
	}
	m.replot()
	return true
}

// classOf is the class that a finding is about, or AllClasses where it names
// rows that a check with a plot has flagged.
func (m *Model) classOf(f *core.Finding) (class int, ok bool) {
	d := m.Dataset()
	if d == nil {
		return 0, false
	}
	if f.Where.Class == "" {
		return AllClasses, len(f.Where.Rows) > 0 && m.measures(f.Plugin)
	}
	class = slices.IndexFunc(d.Info.Classes, func(c core.ClassInfo) bool { return c.Name == f.Where.Class })
	return class, class >= 0
}

// measures says whether a check has something to plot.
func (m *Model) measures(check string) bool {
	return slices.ContainsFunc(m.Results(), func(r *core.Result) bool { return r.Detector == check })
}

// guess shows the class and detector of the most serious finding.
func (m *Model) guess() {
	p := &m.Plot
	p.Class, p.Detector, p.Score = AllClasses, "", ""
	for _, f := range m.Report.Sorted() {
		class, ok := m.classOf(f)
		if !ok {
			continue
		}
		p.Class = class
		if m.measures(f.Plugin) {
			p.Detector = f.Plugin
		}
		return
	}
}
