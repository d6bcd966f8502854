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
func (in *Session) Count(s core.Severity) int {
	n := 0
	for _, f := range in.Report.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Visible lists the findings that the filters let through.
func (in *Session) Visible() []Item {
	q := strings.ToLower(strings.TrimSpace(in.Query))
	out := make([]Item, 0, len(in.Items))
	for _, it := range in.Items {
		if !in.Hidden[it.Severity] && (in.Only == "" || it.Where.File == in.Only) && matches(it.Finding, q) {
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
func (in *Session) Current() (Item, bool) {
	for _, it := range in.Items {
		if it.ID == in.Selected {
			return it, true
		}
	}
	if seen := in.Visible(); len(seen) > 0 {
		return seen[0], true
	}
	return Item{}, false
}

type (
	// Stepped moves the selection in the list of findings.
	Stepped struct{ By int }
	// SeverityToggled shows or hides a severity.
	SeverityToggled struct{ Severity core.Severity }
	// SeverityCycled shows all, then only one severity after the other.
	SeverityCycled struct{}
	// QueryTyped filters the findings.
	QueryTyped struct{ Text string }
)

func (msg SeverityToggled) apply(m *Model) []Effect {
	m.Hidden[msg.Severity] = !m.Hidden[msg.Severity]
	return nil
}

func (SeverityCycled) apply(m *Model) []Effect {
	m.cycleSeverity()
	return nil
}

func (msg QueryTyped) apply(m *Model) []Effect {
	m.Query = msg.Text
	return nil
}

func (msg Stepped) apply(m *Model) []Effect {
	seen := m.stops()
	if len(seen) == 0 {
		return nil
	}
	cur, _ := m.Current()
	at := slices.IndexFunc(seen, func(it Item) bool { return it.ID == cur.ID })
	if at < 0 { // it is in a folded group
		key, _ := m.groupOf(cur.Finding)
		at = slices.IndexFunc(seen, func(it Item) bool { k, _ := m.groupOf(it.Finding); return k == key })
	}
	at = min(max(at+msg.By, 0), len(seen)-1)
	m.Limits["findings"] = max(m.Limit("findings"), at+1)
	return append(Navigated{Findings, seen[at].ID}.apply(m), Focus{ID: RowID(seen[at].ID)})
}

// RowID is the id of a finding's row in the page.
func RowID(finding string) string { return "row-" + finding }

func (in *Session) cycleSeverity() {
	all := Severities()
	only := -1
	if n := len(in.Hidden); n > 0 {
		for i, s := range all {
			if !in.Hidden[s] && in.hiddenCount() == len(all)-1 {
				only = i
			}
		}
	}
	in.Hidden = map[core.Severity]bool{}
	for only++; only < len(all); only++ {
		if in.Count(all[only]) == 0 {
			continue
		}
		for i, s := range all {
			in.Hidden[s] = i != only
		}
		return
	}
}

func (in *Session) hiddenCount() int {
	n := 0
	for _, h := range in.Hidden {
		if h {
			n++
		}
	}
	return n
}
