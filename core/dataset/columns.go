package dataset

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"taster/core"
)

// onehotColumns lists the numeric columns that hold one-hot labels: those that
// are called like the first label column but for a number, when there are at
// least two.
func onehotColumns(t *core.Table) []int {
	c := labelColumn(t)
	if c < 0 || !t.Columns[c].Numeric || endsInDigit(t.Columns[c].Name) == "" {
		return nil
	}
	stem := endsInDigit(t.Columns[c].Name)
	var out []int
	for i, other := range t.Columns {
		if other.Numeric && endsInDigit(other.Name) == stem {
			out = append(out, i)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// isNumeric says that a column holds numbers, or lists of them.
func isNumeric(c core.Column) bool { return c.Numeric || c.Values > 0 }

// width is how many numbers the columns hold in each row.
func width(t *core.Table, columns []int) int {
	n := 0
	for _, c := range columns {
		n += max(t.Columns[c].Values, 1)
	}
	return n
}

// numbers sets dst to the numbers of a row in the columns, NaN for what is none.
func numbers(dst []float32, t *core.Table, columns []int, fields []string) {
	for _, c := range columns {
		text, n := field(fields, c), t.Columns[c].Values
		if n == 0 {
			dst[0], dst = parse(text, t.Columns[c].Comma), dst[1:]
			continue
		}
		items := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("[], \t\r\n", r) })
		for j := range n {
			dst[j] = float32(math.NaN())
			if len(items) == n {
				dst[j] = parse(items[j], false)
			}
		}
		dst = dst[n:]
	}
}

// endsInDigit is name without the number that it ends in, "" when there is none.
func endsInDigit(name string) string {
	stem := strings.TrimRight(name, "0123456789")
	if stem == name {
		return ""
	}
	return stem
}

// namedOnehot is every numeric column of a table of labels in which no column
// is called like labels: the columns are called as the classes.
func namedOnehot(t *core.Table) []int {
	if columns := featureColumns(t); labelColumn(t) < 0 && len(columns) >= 2 && width(t, columns) == len(columns) {
		return columns
	}
	return nil
}

// hots collects the class of one-hot rows.
type hots struct {
	columns []int
	rows    []int
	bad     int // the first row that is not one-hot; -1: none
	values  []float32
}

func newHots(columns []int) *hots {
	return &hots{columns: columns, bad: -1, values: make([]float32, len(columns))}
}

func (h *hots) add(t *core.Table, fields []string) {
	for j, c := range h.columns {
		h.values[j] = parse(field(fields, c), t.Columns[c].Comma)
	}
	at := hot(h.values)
	if at < 0 && h.bad < 0 {
		h.bad = len(h.rows)
	}
	h.rows = append(h.rows, at)
}

// set has the columns as classes, by their numbers or names.
func (h *hots) set(t *core.Table) (*labelSet, error) {
	if h.bad >= 0 {
		return nil, notOnehot(h.bad)
	}
	s := &labelSet{rows: h.rows}
	for j, c := range h.columns {
		name := t.Columns[c].Name
		if stem := endsInDigit(name); stem != "" {
			name = strconv.Itoa(j)
			s.whole = append(s.whole, int64(j))
		}
		s.classes = append(s.classes, name)
	}
	if len(s.whole) < len(s.classes) {
		s.whole = nil
	}
	return s, nil
}

// byClassName puts the columns of p in the order of the classes, where the
// table calls them like the classes. It is false where it does not.
func byClassName(p *core.Matrix, columns []int, t *core.Table, classes []string) bool {
	if len(columns) != p.Cols || len(classes) != p.Cols || width(t, columns) != p.Cols {
		return false
	}
	from := make([]int, len(classes)) // column of each class
	for k, class := range classes {
		at := slices.IndexFunc(columns, func(c int) bool { return className(t.Columns[c].Name) == class })
		if at < 0 || slices.Contains(from[:k], at) {
			return false
		}
		from[k] = at
	}
	row := make([]float32, p.Cols)
	for i := range p.Rows {
		copy(row, p.Row(i))
		for k, at := range from {
			p.Row(i)[k] = row[at]
		}
	}
	return true
}

// className is the name of a column without the word that says that it holds
// probabilities: "prob_cat" is cat.
func className(column string) string {
	for _, word := range append(slices.Clone(probWords), logitWords...) {
		if rest, ok := strings.CutPrefix(column, word); ok && len(rest) > 1 && strings.ContainsRune("_. -", rune(rest[0])) {
			return rest[1:]
		}
	}
	return strings.TrimSpace(column)
}
