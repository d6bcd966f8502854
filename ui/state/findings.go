package state

import (
	"slices"
	"strings"

	"taster/core"
)

// Severities lists the severities, the worst first.
func Severities() []core.Severity {
	return []core.Severity{core.Critical, core.High, core.Medium, core.Low, core.Info}
}

// Count is how many findings have a severity.
func (m *Model) Count(s core.Severity) int {
	n := 0
	for _, f := range m.Report.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Visible lists the findings that the filters let through.
func (m *Model) Visible() []Item {
	q := strings.ToLower(strings.TrimSpace(m.Query))
	out := make([]Item, 0, len(m.Items))
	for _, it := range m.Items {
		if !m.Hidden[it.Severity] && matches(it.Finding, q) {
			out = append(out, it)
		}
	}
	return out
}

func matches(f *core.Finding, q string) bool {
	if q == "" {
		return true
	}
	for _, s := range []string{f.Title, f.Rule, f.Where.File, f.Where.Member, f.Plugin} {
		if strings.Contains(strings.ToLower(s), q) {
			return true
		}
	}
	return false
}

// Current is the finding whose detail is shown: the one selected, or the first.
func (m *Model) Current() (Item, bool) {
	for _, it := range m.Items {
		if it.ID == m.Selected {
			return it, true
		}
	}
	if seen := m.Visible(); len(seen) > 0 {
		return seen[0], true
	}
	return Item{}, false
}

func (m *Model) stepped(by int) []Effect {
	seen := m.Visible()
	if len(seen) == 0 {
		return nil
	}
	cur, _ := m.Current()
	at := slices.IndexFunc(seen, func(it Item) bool { return it.ID == cur.ID })
	at = min(max(at+by, 0), len(seen)-1)
	m.Limits["findings"] = max(m.Limit("findings"), at+1)
	return append(m.navigated(Navigated{Findings, seen[at].ID}), Focus{ID: RowID(seen[at].ID)})
}

// RowID is the id of a finding's row in the page.
func RowID(finding string) string { return "row-" + finding }

func (m *Model) cycleSeverity() {
	all := Severities()
	only := -1
	if n := len(m.Hidden); n > 0 {
		for i, s := range all {
			if !m.Hidden[s] && m.hiddenCount() == len(all)-1 {
				only = i
			}
		}
	}
	m.Hidden = map[core.Severity]bool{}
	for only++; only < len(all); only++ {
		if m.Count(all[only]) == 0 {
			continue
		}
		for i, s := range all {
			m.Hidden[s] = i != only
		}
		return
	}
}

func (m *Model) hiddenCount() int {
	n := 0
	for _, h := range m.Hidden {
		if h {
			n++
		}
	}
	return n
}

// Overall is the verdict over the whole run, in fixed words.
type Overall struct {
	Tone   string // none, strong, weak, quiet, open: for the colour
	Title  string
	Detail string
}

// Overall judges the run. It never says that an input is safe.
func (m *Model) Overall() Overall {
	switch {
	case len(m.Report.Inputs) == 0 && m.Running:
		return Overall{"open", "Reading " + plural(len(m.Files), "file"), ""}
	case len(m.Report.Inputs) == 0:
		return Overall{"none", "No checks have run yet.", "Drop a file on the page, or try a sample."}
	case m.Running:
		return m.soFar()
	}
	return m.final()
}

func (m *Model) soFar() Overall {
	read := len(m.Report.Artifacts)
	detail := Count(read) + " of " + plural(len(m.Report.Inputs), "file") + " read"
	if c := m.counts(); c != "" {
		return Overall{m.tone(), "So far: " + c, detail}
	}
	return Overall{"open", "So far: no indicators in what was read", detail}
}

func (m *Model) final() Overall {
	tone, rest := m.tone(), m.notRun()
	ran := m.ran()
	switch {
	case tone == "strong":
		return Overall{tone, "Indicators of poisoning or tampering found", join(m.counts()+".", rest)}
	case tone == "weak":
		return Overall{tone, "Weak indicators found", join(m.counts()+".", rest)}
	case ran == 0 || m.unread() > 0 || m.Report.Done != nil && m.Report.Done.Stopped != "":
		return Overall{"open", "Not enough input to assess", rest}
	}
	none := "None of the " + plural(ran, "check") + " found indicators."
	if ran == 1 {
		none = "" // the title says it
	}
	return Overall{"quiet", "No indicators found by the " + plural(ran, "check") + " that ran",
		join(none, rest, "Absence of indicators is not proof of absence.")}
}

// tone is strong for a high or critical finding of at least moderate
// confidence, weak for any other that is more than information.
func (m *Model) tone() string {
	tone := "open"
	for _, f := range m.Report.Findings {
		switch {
		case f.Severity >= core.High && f.Confidence >= core.Moderate:
			return "strong"
		case f.Severity >= core.Low && !f.Unread:
			tone = "weak"
		}
	}
	return tone
}

func (m *Model) counts() string {
	var parts []string
	for _, s := range Severities() {
		if n := m.Count(s); n > 0 && s > core.Info {
			parts = append(parts, Count(n)+" "+s.String())
		}
	}
	return strings.Join(parts, ", ")
}

// ran counts the checks that ran on something.
func (m *Model) ran() int {
	n := 0
	for _, c := range m.Coverage() {
		if c.State == core.Ran {
			n++
		}
	}
	return n
}

// unread counts the inputs that could not be read whole.
func (m *Model) unread() int {
	files := map[string]bool{}
	for _, f := range m.Report.Findings {
		if f.Unread {
			files[f.Where.File] = true
		}
	}
	return len(files)
}

// notRun says what was not assessed.
func (m *Model) notRun() string {
	var out []string
	if d := m.Report.Done; d != nil && d.Stopped != "" {
		out = append(out, "The run stopped: "+d.Stopped+".")
	}
	if n := m.unread(); n > 0 {
		out = append(out, Count(n)+" of "+plural(len(m.Report.Inputs), "input")+" could not be read whole.")
	}
	var idle int
	for _, c := range m.Coverage() {
		if c.State != core.Ran {
			idle++
		}
	}
	if idle > 0 {
		out = append(out, plural(idle, "check")+" not run: see coverage.")
	}
	return strings.Join(out, " ")
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" || s == "." }), " ")
}

// Cover is one line of the coverage board.
type Cover struct {
	Check, Title, State, Why string
	Found                    int     // findings of this check
	Seconds                  float64 // that it will take, 0: not known
}

// Coverage sums up what each check did. A check that failed anywhere counts
// as failed, and one that has not reported yet as waiting.
func (m *Model) Coverage() []Cover {
	found := map[string]int{}
	for _, f := range m.Report.Findings {
		found[f.Plugin]++
	}
	lines := map[string]core.Coverage{}
	for _, c := range m.Report.Coverage {
		if old, ok := lines[c.Check]; !ok || old.State != core.Failed {
			lines[c.Check] = c
		}
	}
	out, given := []Cover{m.structure(lines)}, m.given()
	for _, d := range m.Catalog.Detectors {
		c, ok := lines[d.Name]
		if !ok {
			c.State, c.Why = Waiting, wants(d)
		}
		if c.State == core.Skipped && m.Waits() && len(d.Needs) > 0 && d.Asks == nil {
			c.State, c.Why = m.planned(d, given)
		}
		out = append(out, Cover{Check: d.Name, Title: d.Title, State: c.State, Why: c.Why, Found: found[d.Name]})
	}
	m.estimate(out, given)
	return out
}

// structure is the line of the check that the formats make while they read.
func (m *Model) structure(lines map[string]core.Coverage) Cover {
	formats := map[string]bool{}
	for _, f := range m.Catalog.Formats {
		formats[f.Name] = true
	}
	c, ok := lines[core.CheckStructure]
	if !ok {
		c.State, c.Why = Waiting, "reads every file of a known format"
	}
	cover := Cover{Check: core.CheckStructure, Title: "File structure", State: c.State, Why: c.Why}
	for _, f := range m.Report.Findings {
		if formats[f.Plugin] {
			cover.Found++
		}
	}
	return cover
}

// wants says what a check reads, before it ran.
func wants(d *core.Detector) string {
	if len(d.Needs) == 0 {
		return "reads " + d.Wants
	}
	names := make([]string, len(d.Needs))
	for i, r := range d.Needs {
		names[i] = string(r)
	}
	return "reads " + strings.Join(names, " and ")
}
