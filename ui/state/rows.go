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

// reset forgets the rows and keeps the choices.
func (t *Table) reset() Table { return Table{Filter: t.Filter, Sort: t.Sort, Reverse: t.Reverse} }

// Flags says which checks flag a row, one bit for each.
type Flags uint32

// Has says whether check k flags the row.
func (f Flags) Has(k int) bool { return f>>k&1 == 1 }

const mostChecks = 32

// TableLines is how many lines are rendered at a time: more than any window
// of the table shows.
const TableLines = 40

// flagged collects what the checks flag. O(rows flagged).
func (in *Session) flagged() {
	t := &in.Table
	t.Checks, t.Flags, t.families = nil, nil, map[Flags]int{}
	d := in.Dataset()
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
			t.families[f] = in.countFamilies(f)
		}
	}
}

// Flags says which checks flag a row.
func (in *Session) Flags(row int) Flags {
	if row < 0 || row >= len(in.Table.Flags) {
		return 0
	}
	return in.Table.Flags[row]
}

// Families counts the families of the checks that flag a row: methods that
// look at the same thing count once.
func (in *Session) Families(row int) int { return in.familiesOf(in.Flags(row)) }

// Agreeing counts the checks that flag at least half of rows.
func (in *Session) Agreeing(rows []int) int {
	count, n := make([]int, len(in.Table.Checks)), 0
	for _, r := range rows {
		for k := range count {
			if in.Flags(r).Has(k) {
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

func (in *Session) familiesOf(f Flags) int { return in.Table.families[f] }

func (in *Session) countFamilies(flags Flags) int {
	var seen []string
	for k, r := range in.Table.Checks {
		if f := in.family(r.Detector); flags.Has(k) && !slices.Contains(seen, f) {
			seen = append(seen, f)
		}
	}
	return len(seen)
}

func (in *Session) family(detector string) string {
	if d := in.detector(detector); d != nil {
		return d.Family
	}
	return detector
}

// list fills the table anew: the rows that pass the filter, in order. First
// stays where the window is scrolled to, which only the window says: a list that
// comes late would leave the window over lines that are not rendered. O(n log n)
// in those rows; unfiltered rows in row order cost O(n).
func (in *Session) list() {
	t := &in.Table
	t.Order = nil
	rows := in.Plot.Rows
	if t.Filter == RowsSuspect {
		rows = in.Plot.Suspects
	}
	for _, r := range rows {
		if in.passes(r) {
			t.Order = append(t.Order, r)
		}
	}
	if t.Order == nil {
		t.First = 0 // an empty table has no window
	}
	compare := in.comparison()
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

func (in *Session) passes(row int) bool {
	switch in.Table.Filter {
	case RowsFlagged:
		return in.Flags(row) != 0
	case RowsAgreed:
		return in.Families(row) > 1
	case RowsSuspect:
		return in.Plot.Class == AllClasses || in.Label(row) == in.Plot.Class
	}
	return true
}

func (in *Session) comparison() func(a, b int) int {
	switch in.Table.Sort {
	case SortRow:
		return cmp.Compare[int]
	case SortClass:
		return func(a, b int) int { return cmp.Compare(in.Label(a), in.Label(b)) }
	case SortFlags:
		return func(a, b int) int {
			return cmp.Or(cmp.Compare(in.Families(b), in.Families(a)), cmp.Compare(in.Flags(b), in.Flags(a)))
		}
	}
	s := in.Score()
	return func(a, b int) int { return cmp.Compare(valueOf(s, b), valueOf(s, a)) }
}

// Value is the chosen score of a row.
func (in *Session) Value(row int) float64 { return valueOf(in.Score(), row) }

// valueOf is the score of a row; one without a score comes last.
func valueOf(s *core.Score, row int) float64 {
	if s == nil || row >= len(s.Values) || math.IsNaN(s.Values[row]) {
		return math.Inf(-1)
	}
	return s.Values[row]
}

// Lines lists the rows to render, and how many lie above and below them.
func (in *Session) Lines() (rows []int, above, below int) {
	t := &in.Table
	first := min(max(t.First, 0), max(0, len(t.Order)-TableLines))
	rows = t.Order[first:min(first+TableLines, len(t.Order))]
	return rows, first, len(t.Order) - first - len(rows)
}

type (
	// RowsFiltered says what the table lists.
	RowsFiltered struct{ Filter RowFilter }
	// RowsSorted orders the table; by the same column again, it turns round.
	RowsSorted struct{ By RowSort }
	// RowsScrolled brings the line at the top of the table's window.
	RowsScrolled struct{ First int }
	// RowsCopied puts the table on the clipboard, as tab-separated values or
	// as JSON lines.
	RowsCopied struct{ JSON bool }
)

func (msg RowsFiltered) apply(m *Model) []Effect {
	m.Table.Filter = msg.Filter
	m.list()
	return nil
}

func (msg RowsSorted) apply(m *Model) []Effect {
	t := &m.Table
	t.Sort, t.Reverse = msg.By, t.Sort == msg.By && !t.Reverse
	m.list()
	return nil
}

func (msg RowsScrolled) apply(m *Model) []Effect {
	m.Table.First = msg.First
	return nil
}

func (msg RowsCopied) apply(m *Model) []Effect {
	m.Announce = plural(len(m.Table.Order), "row") + " copied"
	return []Effect{Copy{Text: m.rowsText(msg.JSON)}}
}

// rowsText is the table as tab-separated values, or as JSON lines.
func (in *Session) rowsText(asJSON bool) string {
	var b strings.Builder
	if !asJSON {
		b.WriteString("row\tclass\tscore\tfamilies\tchecks\n")
	}
	for _, r := range in.Table.Order {
		class, checks := in.ClassName(in.Label(r)), in.checksOf(r)
		if asJSON {
			line, _ := json.Marshal(map[string]any{"row": r, "class": class, "score": finite(in.Value(r)), "families": in.Families(r), "checks": checks}) // of strings and numbers
			b.Write(append(line, '\n'))
			continue
		}
		b.WriteString(strings.Join([]string{itoa(r), report.Cell(class), strconv.FormatFloat(in.Value(r), 'g', -1, 64), itoa(in.Families(r)), strings.Join(checks, " ")}, "\t") + "\n")
	}
	return b.String()
}

func finite(v float64) any {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return v
}

func (in *Session) checksOf(row int) []string {
	out := []string{}
	for k, r := range in.Table.Checks {
		if in.Flags(row).Has(k) {
			out = append(out, r.Detector)
		}
	}
	return out
}
