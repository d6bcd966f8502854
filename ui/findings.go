package ui

import (
	"slices"
	"strings"

	"github.com/vugu/vugu"

	"taster/core"
	"taster/core/report"
	"taster/ui/state"
)

// Findings is the verdict, the list, and the detail of one finding.
type Findings struct {
	M    *state.Model
	Send func(state.Msg)

	overall state.Overall // these are filled once for each build
	groups  []state.Group
	left    int
	current []state.Item // one, or none
	agree   map[*core.Finding]string
	checks  int // that agree was counted for
}

// BeforeBuild works out what the template asks for many times.
func (c *Findings) BeforeBuild() {
	c.overall = c.M.Overall()
	c.groups = c.M.Grouped()
	c.left = c.cut(c.M.Limit("findings"))
	if n := len(c.M.Table.Checks); c.checks != n || len(c.M.Items) == 0 {
		c.agree, c.checks = map[*core.Finding]string{}, n
	}
	c.current = nil
	if it, ok := c.M.Current(); ok {
		c.current = []state.Item{it}
	}
}

// cut keeps as many findings as are shown at most, and says how many are left
// out. A folded group counts as one.
func (c *Findings) cut(room int) (left int) {
	for i := range c.groups {
		g := &c.groups[i]
		switch {
		case room <= 0:
			left += len(g.Items)
			g.Items = nil
		case c.Folded(*g):
			room--
			g.Items = g.Items[:min(len(g.Items), mostFolded)]
		default:
			keep := min(len(g.Items), room)
			left, room = left+len(g.Items)-keep, room-keep
			g.Items = g.Items[:keep]
		}
	}
	c.groups = slices.DeleteFunc(c.groups, func(g state.Group) bool { return len(g.Items) == 0 })
	return left
}

// mostFolded bounds the findings of a folded group that scripts find in the page.
const mostFolded = 100

// Folded says whether the findings of a group are out of sight.
func (c *Findings) Folded(g state.Group) bool { return g.Foldable() && !g.Open }

// InFolded marks the line of a folded group that has the finding shown.
func (c *Findings) InFolded(g state.Group) string {
	return Onoff(c.Folded(g) && slices.ContainsFunc(g.Items, func(it state.Item) bool { return c.Selected(it) == "true" }))
}

// GroupID is the id of the line of a group: while it is folded, that of its first
// finding, where the keyboard goes.
func (c *Findings) GroupID(g state.Group) any {
	if c.Folded(g) {
		return state.RowID(g.Items[0].ID)
	}
	return nil
}

// GroupCount says how much is in a group.
func (c *Findings) GroupCount(g state.Group) string {
	switch {
	case c.M.Grouping == state.ByFile:
		return plural(g.Count, "finding")
	case g.Files < g.Count:
		return plural(g.Count, "place")
	}
	return plural(g.Files, "file")
}

// Reveal compares what was found with how the sample was made.
func (c *Findings) Reveal() { c.Send(state.Revealed{}) }

// Truth says how much of it was found.
func (c *Findings) Truth() string {
	s := c.M.Compared()
	out := "Found " + Count(s.Found) + " of " + Count(s.Of) + " poisoned rows"
	if s.Others > 0 {
		return out + ", and named " + plural(s.Others, "other row") + ". The map has the poisoned ones ringed."
	}
	return out + ", and named no other. The map has them ringed."
}

// Fold opens a group, or closes it; its first finding is shown.
func (c *Findings) Fold(g state.Group) {
	c.Send(state.GroupToggled{Key: g.Key})
	if !g.Open {
		c.Open(g.Items[0].ID)
	}
}

// Groupings are the choices of how findings stand together.
func (c *Findings) Groupings() []option {
	names := map[state.Grouping]string{state.ByRule: "what was found", state.ByFile: "file", state.Single: "nothing"}
	var out []option
	for _, g := range state.Groupings() {
		out = append(out, option{string(g), names[g], g == c.M.Grouping})
	}
	return out
}

// Group picks one.
func (c *Findings) Group(ev vugu.DOMEvent) {
	c.Send(state.GroupingChosen{Grouping: state.Grouping(value(ev))})
}

// AllFiles goes back from the findings of one file to all.
func (c *Findings) AllFiles() { c.Send(state.FileChosen{}) }

// Stale says that the results are of something else than what is there now.
func (c *Findings) Stale() bool { return c.M.Stale && c.M.Report.Done != nil }

// Selected marks the finding whose detail is shown.
func (c *Findings) Selected(it state.Item) string {
	return Onoff(len(c.current) > 0 && it.ID == c.current[0].ID)
}

// Open shows a finding.
func (c *Findings) Open(id string) { c.Send(state.Navigated{View: state.Findings, Finding: id}) }

// Key opens a finding from the keyboard; Enter goes on to its detail.
func (c *Findings) Key(ev vugu.DOMEvent, id string) {
	k := ev.PropString("key")
	if k != "Enter" && k != " " {
		return
	}
	ev.PreventDefault()
	c.Open(id)
	if k == "Enter" {
		c.Send(state.KeyPressed{Key: k})
	}
}

// Meta is the second line of a row.
func (c *Findings) Meta(it state.Item) string {
	var parts []string
	if it.Where.HasOffset {
		parts = append(parts, "at "+Count(it.Where.Offset))
	}
	if n := len(it.Where.Rows); n > 0 {
		parts = append(parts, plural(n, "row"))
	}
	if a := c.agreement(it.Finding); a != "" {
		parts = append(parts, a)
	}
	if age := c.M.Age(it.ID); age != "" {
		parts = append(parts, age)
	}
	s := Place(it.Where)
	for _, p := range append(parts, it.Confidence.String()+" confidence") {
		s += " · " + strings.ReplaceAll(p, " ", "\u00a0") // lines break between parts
	}
	return s
}

// agreement says how many checks flag most of the rows of a finding, counted
// once: there may be many rows.
func (c *Findings) agreement(f *core.Finding) string {
	if len(f.Where.Rows) == 0 || c.checks < 2 {
		return ""
	}
	if _, ok := c.agree[f]; !ok {
		c.agree[f] = Count(c.M.Agreeing(f.Where.Rows)) + " of " + Count(c.checks) + " checks"
	}
	return c.agree[f]
}

// MetaTitle is the second line with what it means.
func (c *Findings) MetaTitle(it state.Item) string {
	s := c.Meta(it)
	if c.agreement(it.Finding) != "" {
		s += "; a check counts when it flags at least half of the rows"
	}
	return s
}

// Nothing says why the list is empty.
func (c *Findings) Nothing() string {
	switch {
	case len(c.M.Items) > 0:
		return "No finding passes the filters."
	case c.M.Running:
		return "Nothing to report so far."
	case c.M.Report.Done == nil:
		return "No checks have run yet."
	case c.M.Failure != "":
		return "The run ended early, so nothing is known of what it had not reached. Run again; if it ends again, take the largest file off the bench."
	case c.M.Broken():
		return "The run was stopped before anything was found."
	}
	if p := c.M.Planned(); p.Ready > 0 {
		return plural(p.Ready, "check") + " can run on this data. It is large, so they wait for you: press Run."
	}
	return "The checks that ran have nothing to report."
}

// Detail is everything about one finding.
type Detail struct {
	M    *state.Model
	Item state.Item
	Send func(state.Msg)

	artifact *core.Artifact // that the finding is about, or nil
}

// BeforeBuild finds the artifact.
func (c *Detail) BeforeBuild() { c.artifact = c.M.ArtifactAt(c.Item.Where) }

// HasImports says whether the artifact is a pickle that names anything.
func (c *Detail) HasImports() bool { return c.artifact != nil && len(c.artifact.Imports) > 0 }

// Evidence is what the finding brings along, without the table of imports where
// the page has a better one.
func (c *Detail) Evidence() []core.Evidence {
	if !c.HasImports() {
		return c.Item.Evidence
	}
	return slices.DeleteFunc(slices.Clone(c.Item.Evidence), func(e core.Evidence) bool {
		return e.Grid != nil && len(e.Grid.Head) > 1 && e.Grid.Head[0] == "import" && e.Grid.Head[1] == "verdict"
	})
}

// Rule is the catalogue's entry; an unknown rule has empty texts.
func (c *Detail) Rule() core.Rule { return c.M.Catalog.Rules[c.Item.Rule] }

type sentence struct{ Title, Text string }

// Sentences answers the four questions.
func (c *Detail) Sentences() []sentence {
	r := c.Rule()
	all := []sentence{{"What was seen", c.Item.Saw}, {"Why it matters", r.Matters}, {"What else could explain it", r.Benign}, {"What to do next", r.Do}}
	out := all[:0]
	for _, s := range all {
		if s.Text != "" {
			out = append(out, s)
		}
	}
	return out
}

type fact struct {
	Name, Value string
	Mono        bool
}

// Facts is the place, exactly.
func (c *Detail) Facts() []fact {
	w := c.Item.Where
	out := []fact{{"File", w.File, true}}
	if w.Member != "" {
		out = append(out, fact{"Member", w.Member, true})
	}
	if w.HasOffset {
		out = append(out, fact{"Offset", Count(w.Offset) + " (" + hex(w.Offset) + ")", true})
	}
	if w.Class != "" {
		out = append(out, fact{"Class", w.Class, false})
	}
	if len(w.Rows) > 0 {
		out = append(out, fact{"Rows", rowList(w.Rows), true})
	}
	return append(out, fact{"Check", c.M.Title(c.Item.Plugin), false}, fact{"Rule", c.Item.Rule, true})
}

// Mappable says whether the map can show what the finding is about.
func (c *Detail) Mappable() bool {
	return c.M.Mappable(c.Item.Finding)
}

// Markdown is the finding as text to paste.
func (c *Detail) Markdown() string {
	s := "### " + c.Item.Title + "\n\n" + c.Item.Severity.String() + " · confidence " + c.Item.Confidence.String() + " · " + c.Item.Rule + " · " + c.Item.ID + "\n\n"
	for _, f := range c.Facts() {
		s += "- " + f.Name + ": " + f.Value + "\n"
	}
	for _, t := range c.Sentences() {
		s += "\n**" + t.Title + ".** " + t.Text + "\n"
	}
	return s
}

// Coverage shows what ran, in a page too narrow to have it in sight.
func (c *Findings) Coverage() { c.Send(state.Navigated{View: state.Bench}) }

// Severities lists the filter chips.
func (c *Findings) Severities() []core.Severity { return state.Severities() }

// Toggle shows or hides a severity.
func (c *Findings) Toggle(s core.Severity) { c.Send(state.SeverityToggled{Severity: s}) }

// Filter follows the search field.
func (c *Findings) Filter(ev vugu.DOMEvent) { c.Send(state.QueryTyped{Text: value(ev)}) }

// RowID is the id of a finding's row, where it is in sight.
func (c *Findings) RowID(g state.Group, it state.Item) any {
	if c.Folded(g) {
		return nil
	}
	return state.RowID(it.ID)
}

// More shows more findings.
func (c *Findings) More() { c.Send(state.MoreWanted{List: "findings"}) }

// ShowOnMap points the map at what the finding is about.
func (c *Detail) ShowOnMap() { c.Send(state.Navigated{View: state.Map, Finding: c.Item.ID}) }

// Copy puts the finding on the clipboard.
func (c *Detail) Copy() { c.Send(state.Copied{Text: c.Markdown()}) }

// DispositionName is a decision in words.
func DispositionName(d string) string {
	if d == "" {
		return "open"
	}
	return d
}

// Decisions lists what can be decided.
func (c *Detail) Decisions() []string { return state.Dispositions() }

// Decided says whether d is what was decided.
func (c *Detail) Decided(d string) bool {
	s := c.M.Dispositions[c.Item.ID].State
	return s == d || s == report.Open && d == ""
}

// Decide says what to do about the finding.
func (c *Detail) Decide(d string) { c.Send(state.Disposed{Finding: c.Item.ID, State: d}) }

// Note keeps the user's note.
func (c *Detail) Note(ev vugu.DOMEvent) { c.Send(state.Noted{Finding: c.Item.ID, Text: value(ev)}) }

// Alike counts the findings that stand in the group of this one.
func (c *Detail) Alike() int { return len(c.M.Alike(c.Item)) }

// DecideAlike decides about all of them as about this one.
func (c *Detail) DecideAlike() { c.Send(state.DisposedAlike{Finding: c.Item.ID}) }

// Presets are notes that people often write.
func (c *Detail) Presets() []string {
	return []string{"Expected: our own build", "Source known, digest confirmed", "Not used in production", "To be asked of the supplier", "Removed, to be trained again"}
}

// Preset takes one of them as the note.
func (c *Detail) Preset(ev vugu.DOMEvent) {
	if text := value(ev); text != "" {
		c.Send(state.Noted{Finding: c.Item.ID, Text: text})
	}
}

// Decision marks a finding in the list that the user decided about.
func (c *Findings) Decision(it state.Item) string {
	if s := c.M.Dispositions[it.ID].State; s != report.Open {
		return s
	}
	return ""
}
