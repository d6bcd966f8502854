package state

import (
	"slices"
	"strings"

	"taster/core"
	"taster/core/report"
)

// Grouping is how the list of findings puts them together.
type Grouping string

// The groupings.
const (
	ByRule Grouping = "rule" // those that say the same of several places
	ByFile Grouping = "file"
	Single Grouping = "none"
)

// Groupings lists them in the order in which they are offered.
func Groupings() []Grouping { return []Grouping{ByRule, ByFile, Single} }

// Group is findings that stand together. Small ones have no line of their own.
type Group struct {
	Key, Title string
	Items      []Item
	Count      int  // of Items, all of them
	Files      int  // that they are in
	Open       bool // its findings are shown one by one
}

// folds is how many findings make a group that can be folded.
const folds = 3

// Foldable says whether the group has a line of its own.
func (g *Group) Foldable() bool { return g.Count >= folds }

// Grouped puts the visible findings together, each group where its first one
// stands. O(n).
func (in *Session) Grouped() []Group {
	var out []Group
	at, seen := map[string]int{}, map[string]bool{}
	for _, it := range in.Visible() {
		key, title := in.groupOf(it.Finding)
		if key == "" {
			key = it.ID
		}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Group{Key: key, Title: title, Open: in.Unfolded[key]})
		}
		g := &out[i]
		g.Items, g.Count = append(g.Items, it), g.Count+1
		if place := key + "\x00" + it.Where.File; !seen[place] {
			seen[place] = true
			g.Files++
		}
	}
	return out
}

func (in *Session) groupOf(f *core.Finding) (key, title string) {
	switch in.Grouping {
	case ByRule:
		return strings.Join([]string{f.Rule, f.Severity.String(), f.Title}, "\x00"), f.Title
	case ByFile:
		return f.Where.File, f.Where.File
	}
	return "", ""
}

// Alike lists the findings in the group of one, whatever is shown.
func (in *Session) Alike(it Item) []Item {
	want, _ := in.groupOf(it.Finding)
	if want == "" {
		return []Item{it}
	}
	return slices.DeleteFunc(slices.Clone(in.Items), func(o Item) bool {
		key, _ := in.groupOf(o.Finding)
		return key != want
	})
}

// stops are the findings that the keyboard goes to: of a folded group the first.
func (in *Session) stops() []Item {
	var out []Item
	for _, g := range in.Grouped() {
		if g.Foldable() && !g.Open {
			out = append(out, g.Items[0])
			continue
		}
		out = append(out, g.Items...)
	}
	return out
}

type (
	// GroupingChosen says how findings stand together.
	GroupingChosen struct{ Grouping Grouping }
	// GroupToggled folds a group, or opens it.
	GroupToggled struct{ Key string }
	// FileChosen shows the findings of one file; "" those of all.
	FileChosen struct{ Path string }
	// DisposedAlike decides about every finding that stands in the group of one as
	// was decided about it, with its note.
	DisposedAlike struct{ Finding string }
)

func (msg GroupingChosen) apply(m *Model) []Effect {
	if slices.Contains(Groupings(), msg.Grouping) {
		m.Grouping = msg.Grouping
	}
	return nil
}

func (msg GroupToggled) apply(m *Model) []Effect {
	m.Unfolded[msg.Key] = !m.Unfolded[msg.Key]
	return nil
}

func (msg FileChosen) apply(m *Model) []Effect {
	m.Only, m.Selected = msg.Path, ""
	if msg.Path == "" {
		return nil
	}
	m.Query, m.Hidden = "", map[core.Severity]bool{}
	return Navigated{View: Findings}.apply(m)
}

func (msg DisposedAlike) apply(m *Model) []Effect {
	for _, it := range m.Items {
		if it.ID != msg.Finding {
			continue
		}
		alike, as := m.Alike(it), m.Dispositions[it.ID]
		for _, other := range alike {
			m.dispose(other.ID, as)
		}
		state := as.State
		if state == "" {
			state = report.Open
		}
		m.Unsaved = true
		m.Announce = plural(len(alike), "finding") + ": " + state
	}
	return nil
}
