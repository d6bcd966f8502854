package dataset

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/tensor"
)

const (
	maxClasses = 100_000 // more are taken for row numbers
	blank      = "(blank)"
)

// labelSet is labels as read: the class of each row.
type labelSet struct {
	rows    []int
	classes []string
	whole   []int64  // value of each class; nil when they are words
	names   []string // of the values 0, 1, ..., where the file has names for them
}

// labels loads the given labels, else those that stand in the table of the
// activations.
func (l *loader) labels() error {
	err := l.take(core.RoleLabels, func(a *core.Artifact) (string, error) {
		set, err := l.readLabels(a)
		if err != nil {
			return "", err
		}
		if len(set.rows) == 0 {
			return "it holds no labels", nil
		}
		if why := l.mismatch(int64(len(set.rows)), "labels"); why != "" {
			return why, nil
		}
		l.setLabels(set, a)
		return "", nil
	})
	if err != nil || l.data.Labels != nil || l.within == nil {
		return err
	}
	l.setLabels(l.within, nil)
	l.note("The labels are a column of the same table as the activations.")
	return nil
}

func (l *loader) setLabels(s *labelSet, a *core.Artifact) {
	l.data.Labels, l.data.Classes, l.whole, l.called = s.rows, s.classes, s.whole, s.names
	if l.data.File == "" && a != nil {
		l.data.File, l.data.Member = a.File, a.Member
	}
	if a != nil && a.Table != nil {
		l.tables = append(l.tables, a)
	}
}

// nameClasses calls classes that are numbers by the names that the file has
// for them: last, because until then they are matched by their numbers.
func (l *loader) nameClasses() error {
	if len(l.called) == 0 || l.whole == nil || slices.ContainsFunc(l.whole, func(v int64) bool { return v < 0 || v >= int64(len(l.called)) }) {
		return nil
	}
	named := make([]string, len(l.whole))
	for c, v := range l.whole {
		if named[c] = l.called[v]; named[c] == "" || slices.Contains(named[:c], named[c]) {
			return nil
		}
	}
	if t := l.data.Test; t != nil && slices.Equal(t.Classes, l.data.Classes) {
		t.Classes = named
	}
	l.data.Classes = named
	return nil
}

// readLabels reads whole numbers, one-hot rows, or a column of a table.
func (l *loader) readLabels(a *core.Artifact) (*labelSet, error) {
	if a.Table != nil {
		return l.tableLabels(a.Table)
	}
	t, err := pick(a, func(t core.Tensor) bool { return formOf(t.Shape) != other }, core.RoleLabels)
	if err != nil {
		return nil, err
	}
	if formOf(t.Shape) == matrix {
		return l.oneHot(*t)
	}
	values, err := tensor.Int64s(l.ctx, *t, l.limits.Cells)
	if err != nil {
		return nil, err
	}
	return numbered(values)
}

// numbered makes classes of the distinct values, ascending.
func numbered(values []int64) (*labelSet, error) {
	seen := map[int64]int{}
	for _, v := range values {
		seen[v] = 0
		if len(seen) > maxClasses {
			return nil, tooMany()
		}
	}
	s := &labelSet{rows: make([]int, len(values))}
	for v := range seen {
		s.whole = append(s.whole, v)
	}
	slices.Sort(s.whole)
	for c, v := range s.whole {
		seen[v] = c
		s.classes = append(s.classes, strconv.FormatInt(v, 10))
	}
	for i, v := range values {
		s.rows[i] = seen[v]
	}
	return s, nil
}

func tooMany() error {
	return fmt.Errorf("%w: more than %d different labels", core.ErrLimit, maxClasses)
}

// oneHot reads rows that have a single 1.
func (l *loader) oneHot(t core.Tensor) (*labelSet, error) {
	if t.Shape[1] > maxClasses {
		return nil, tooMany()
	}
	m, err := tensor.Rows(l.ctx, t, l.left)
	if err != nil {
		return nil, err
	}
	s := &labelSet{rows: make([]int, m.Rows)}
	for c := range m.Cols {
		s.classes, s.whole = append(s.classes, strconv.Itoa(c)), append(s.whole, int64(c))
	}
	for i := range s.rows {
		if s.rows[i] = hot(m.Row(i)); s.rows[i] < 0 {
			return nil, notOnehot(i)
		}
	}
	return s, nil
}

func notOnehot(row int) error {
	return fmt.Errorf("%w: row %d is not one-hot, so the matrix holds no labels", core.ErrUnsupported, row)
}

// hot is the column of the 1 in a row of zeros, or -1.
func hot(row []float32) int {
	at := -1
	for j, v := range row {
		switch {
		case v == 0:
		case v == 1 && at < 0:
			at = j
		default:
			return -1
		}
	}
	return at
}

// tableLabels reads one-hot columns, or one column.
func (l *loader) tableLabels(t *core.Table) (*labelSet, error) {
	if t.Rows > l.limits.Cells {
		return nil, fmt.Errorf("%w: %d rows, the limit is %d", core.ErrLimit, t.Rows, l.limits.Cells)
	}
	columns := onehotColumns(t)
	if columns == nil {
		columns = namedOnehot(t)
	}
	if columns != nil {
		h := newHots(columns)
		if err := scanRows(l.ctx, t, func(_ int, fields []string) error { h.add(t, fields); return nil }); err != nil {
			return nil, err
		}
		return h.set(t)
	}
	c := labelColumn(t)
	if c < 0 {
		c = onlyColumn(t)
	}
	if c < 0 {
		return nil, fmt.Errorf("%w: no column of the table is called label, target, class or y", core.ErrUnsupported)
	}
	texts := newLabelTexts(l.limits.TextLength)
	if err := columnTexts(l.ctx, t, c, texts.add); err != nil {
		return nil, err
	}
	set, err := texts.set()
	if set != nil {
		set.names = t.Columns[c].Names
	}
	return set, err
}

// labelTexts collects labels as they are written.
type labelTexts struct {
	longest int // bytes of one
	most    int // different ones
	rows    []int
	index   map[string]int
	texts   []string
}

func newLabelTexts(longest int) *labelTexts {
	return &labelTexts{longest: longest, most: maxClasses, index: map[string]int{}}
}

func (t *labelTexts) add(text string) error {
	text = strings.TrimSpace(text)
	if len(text) > t.longest {
		return fmt.Errorf("%w: a label of %d bytes, the limit is %d", core.ErrLimit, len(text), t.longest)
	}
	c, ok := t.index[text]
	if !ok {
		if len(t.texts) == t.most {
			return tooMany()
		}
		text = strings.Clone(text) // the field is valid only now
		c = len(t.texts)
		t.index[text], t.texts = c, append(t.texts, text)
	}
	t.rows = append(t.rows, c)
	return nil
}

// set puts the classes in order: numbers by value, so that 1 and 1.0 are one
// class, words by their bytes.
func (t *labelTexts) set() (*labelSet, error) {
	if values, ok := t.numbers(); ok {
		rows := make([]int64, len(t.rows))
		for i, c := range t.rows {
			rows[i] = values[c]
		}
		return numbered(rows)
	}
	order := make([]int, len(t.texts)) // of texts, by rank
	for c := range order {
		order[c] = c
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(t.texts[a], t.texts[b]) })
	s, rank := &labelSet{rows: t.rows}, make([]int, len(order))
	for i, c := range order {
		rank[c] = i
		s.classes = append(s.classes, name(t.texts[c]))
	}
	for i, c := range s.rows {
		s.rows[i] = rank[c]
	}
	return s, nil
}

func name(text string) string {
	if text == "" {
		return blank
	}
	return text
}

// numbers reads all texts as whole numbers.
func (t *labelTexts) numbers() ([]int64, bool) {
	out := make([]int64, len(t.texts))
	for i, text := range t.texts {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return nil, false
		}
		out[i] = int64(v)
	}
	return out, true
}
