package state

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/report"
)

// RowFilter says which rows the table lists.
type RowFilter string

// The filters.
const (
	RowsSuspect RowFilter = "suspects" // those that are ringed
	RowsAgreed  RowFilter = "agreed"   // flagged by checks of two families or more
	RowsFlagged RowFilter = "flagged"  // flagged by any check
	RowsAll     RowFilter = "all"      // of the chosen class
)

// RowSort is a column of the table.
type RowSort string

// The columns that sort.
const (
	SortScore RowSort = "score" // falling first
	SortRow   RowSort = "row"
	SortClass RowSort = "class"
	SortFlags RowSort = "flags" // falling first
)

// Table is the table of rows. Only the lines in sight are rendered.
type Table struct {
	Filter  RowFilter
	Sort    RowSort
	Reverse bool
	First   int   // line at the top of the window
	Order   []int // rows in the order shown
	Flags   []Flags
	Checks  []*core.Result // bit k of a row's Flags is Checks[k]
	// Overlaps are the combinations of checks that flag rows of the chosen
	// class.
	Overlaps []Overlap
	families map[Flags]int // of the combinations that occur
	Shown    *Shown        // nil: none
	Pinned   *Shown        // beside Shown, to compare
}

// Flags says which checks flag a row, one bit for each.
type Flags uint32

// Has says whether check k flags the row.
func (f Flags) Has(k int) bool { return f>>k&1 == 1 }

const mostChecks = 32

// TableLines is how many lines are rendered at a time: more than any window
// of the table shows.
const TableLines = 40

// flagged collects what the checks flag. O(rows flagged).
func (m *Model) flagged() {
	t := &m.Table
	t.Checks, t.Flags, t.families = nil, nil, map[Flags]int{}
	d := m.Dataset()
	if d == nil {
		return
	}
	t.Flags = make([]Flags, d.Info.Rows)
	for _, r := range d.Results {
		if len(t.Checks) == mostChecks {
			break
		}
		for _, row := range r.Flagged {
			if row >= 0 && row < len(t.Flags) {
				t.Flags[row] |= 1 << len(t.Checks)
			}
		}
		t.Checks = append(t.Checks, r)
	}
	for _, f := range t.Flags {
		if f != 0 && t.families[f] == 0 {
			t.families[f] = m.countFamilies(f)
		}
	}
}

// Flags says which checks flag a row.
func (m *Model) Flags(row int) Flags {
	if row < 0 || row >= len(m.Table.Flags) {
		return 0
	}
	return m.Table.Flags[row]
}

// Families counts the families of the checks that flag a row: methods that
// look at the same thing count once.
func (m *Model) Families(row int) int { return m.familiesOf(m.Flags(row)) }

// Agreeing counts the checks that flag at least half of rows.
func (m *Model) Agreeing(rows []int) int {
	count, n := make([]int, len(m.Table.Checks)), 0
	for _, r := range rows {
		for k := range count {
			if m.Flags(r).Has(k) {
				count[k]++
			}
		}
	}
	for _, flagged := range count {
		if 2*flagged >= len(rows) {
			n++
		}
	}
	return n
}

func (m *Model) familiesOf(f Flags) int { return m.Table.families[f] }

func (m *Model) countFamilies(flags Flags) int {
	var seen []string
	for k, r := range m.Table.Checks {
		if f := m.family(r.Detector); flags.Has(k) && !slices.Contains(seen, f) {
			seen = append(seen, f)
		}
	}
	return len(seen)
}

func (m *Model) family(detector string) string {
	if d := m.detector(detector); d != nil {
		return d.Family
	}
	return detector
}

// list fills the table anew: the rows that pass the filter, in order. First
// stays where the window is scrolled to, which only the window says: a list that
// comes late would leave the window over lines that are not rendered. O(n log n)
// in those rows; unfiltered rows in row order cost O(n).
func (m *Model) list() {
	t := &m.Table
	t.Order = nil
	rows := m.Plot.Rows
	if t.Filter == RowsSuspect {
		rows = m.Plot.Suspects
	}
	for _, r := range rows {
		if m.passes(r) {
			t.Order = append(t.Order, r)
		}
	}
	if t.Order == nil {
		t.First = 0 // an empty table has no window
	}
	compare := m.comparison()
	if t.Reverse {
		falling := compare
		compare = func(a, b int) int { return falling(b, a) }
	}
	// Rows that compare equal stay in their order, which is ascending.
	slices.SortFunc(t.Order, func(a, b int) int {
		if c := compare(a, b); c != 0 {
			return c
		}
		return a - b
	})
}

func (m *Model) passes(row int) bool {
	switch m.Table.Filter {
	case RowsFlagged:
		return m.Flags(row) != 0
	case RowsAgreed:
		return m.Families(row) > 1
	case RowsSuspect:
		return m.Plot.Class == AllClasses || m.Label(row) == m.Plot.Class
	}
	return true
}

func (m *Model) comparison() func(a, b int) int {
	switch m.Table.Sort {
	case SortRow:
		return cmp.Compare[int]
	case SortClass:
		return func(a, b int) int { return cmp.Compare(m.Label(a), m.Label(b)) }
	case SortFlags:
		return func(a, b int) int {
			return cmp.Or(cmp.Compare(m.Families(b), m.Families(a)), cmp.Compare(m.Flags(b), m.Flags(a)))
		}
	}
	s := m.Score()
	return func(a, b int) int { return cmp.Compare(valueOf(s, b), valueOf(s, a)) }
}

// Value is the chosen score of a row.
func (m *Model) Value(row int) float64 { return valueOf(m.Score(), row) }

// valueOf is the score of a row; one without a score comes last.
func valueOf(s *core.Score, row int) float64 {
	if s == nil || row >= len(s.Values) || math.IsNaN(s.Values[row]) {
		return math.Inf(-1)
	}
	return s.Values[row]
}

// Lines lists the rows to render, and how many lie above and below them.
func (m *Model) Lines() (rows []int, above, below int) {
	t := &m.Table
	first := min(max(t.First, 0), max(0, len(t.Order)-TableLines))
	rows = t.Order[first:min(first+TableLines, len(t.Order))]
	return rows, first, len(t.Order) - first - len(rows)
}

// table handles what the user does with the table and the selection.
func (m *Model) table(msg Msg) []Effect {
	switch msg := msg.(type) {
	case RowsFiltered:
		m.Table.Filter = msg.Filter
	case RowsSorted:
		if m.Table.Sort == msg.By {
			m.Table.Reverse = !m.Table.Reverse
		} else {
			m.Table.Sort, m.Table.Reverse = msg.By, false
		}
	case RowsScrolled:
		m.Table.First = msg.First
		return nil
	case RowShown:
		return m.showRow(msg.Row)
	case RowHidden:
		m.Table.Shown, m.Table.Pinned = nil, nil
		return nil
	case RowStepped:
		return m.stepRow(msg.By)
	case RowPinned:
		m.pin(msg.Keep)
		return nil
	case RowsPicked:
		m.pick(msg.Rows, msg.Why)
		return m.draw()
	case RowToggled:
		m.toggle(msg.Row)
		return m.draw()
	case OverlapChosen:
		return m.overlapChosen(msg.Flags)
	case PickCleared:
		m.Plot.unpick()
		m.aboveLine()
		return m.draw()
	case RowsCopied:
		m.Announce = plural(len(m.Table.Order), "row") + " copied"
		return []Effect{Copy{Text: m.rowsText(msg.JSON)}}
	}
	m.list()
	return nil
}

// ring marks the suspects among n rows, so that asking for one costs nothing.
func (p *Plot) ring(n int) {
	p.ringed = make([]bool, n)
	for _, r := range p.Suspects {
		if r >= 0 && r < n {
			p.ringed[r] = true
		}
	}
}

// Suspect says whether a row is one of the suspects.
func (m *Model) Suspect(row int) bool {
	return row >= 0 && row < len(m.Plot.ringed) && m.Plot.ringed[row]
}

// pick selects rows by hand, in place of those that the line or the check
// chose.
func (m *Model) pick(rows []int, why string) {
	d := m.Dataset()
	picked := slices.DeleteFunc(slices.Clone(rows), func(r int) bool { return d == nil || r < 0 || r >= d.Info.Rows })
	slices.Sort(picked)
	m.Plot.unpick()
	m.Plot.Picked, m.Plot.Why = slices.Compact(picked), why
	if m.Plot.Picked == nil {
		m.Plot.Picked = []int{}
	}
	m.Announce = plural(len(m.Plot.Picked), "row") + " selected"
	m.aboveLine()
}

func (m *Model) toggle(row int) {
	rows := slices.Clone(m.Plot.Suspects)
	if i := slices.Index(rows, row); i >= 0 {
		rows = slices.Delete(rows, i, i+1)
	} else {
		rows = append(rows, row)
	}
	first, kept := m.Table.First, slices.Clone(m.Table.Order)
	m.pick(rows, "by hand")
	m.Table.First, m.Table.Order = first, kept // the line stays under the pointer
}

// rowsText is the table as tab-separated values, or as JSON lines.
func (m *Model) rowsText(asJSON bool) string {
	var b strings.Builder
	if !asJSON {
		b.WriteString("row\tclass\tscore\tfamilies\tchecks\n")
	}
	for _, r := range m.Table.Order {
		class, checks := m.ClassName(m.Label(r)), m.checksOf(r)
		if asJSON {
			line, _ := json.Marshal(map[string]any{"row": r, "class": class, "score": finite(m.Value(r)), "families": m.Families(r), "checks": checks}) // of strings and numbers
			b.Write(append(line, '\n'))
			continue
		}
		b.WriteString(strings.Join([]string{itoa(r), report.Cell(class), strconv.FormatFloat(m.Value(r), 'g', -1, 64), itoa(m.Families(r)), strings.Join(checks, " ")}, "\t") + "\n")
	}
	return b.String()
}

func finite(v float64) any {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return v
}

func (m *Model) checksOf(row int) []string {
	out := []string{}
	for k, r := range m.Table.Checks {
		if m.Flags(row).Has(k) {
			out = append(out, r.Detector)
		}
	}
	return out
}
