package dataset

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/tensor"
)

// activations loads X. A table may bring the labels along.
func (l *loader) activations() error {
	return l.takeAny([]core.Role{core.RoleActivations, core.RolePooled}, func(a *core.Artifact) (string, error) {
		x, labels, err := l.features(a)
		switch {
		case errors.Is(err, core.ErrLimit):
			return "", l.stored(a, err)
		case err != nil:
			return "", err
		case x.Rows == 0 || x.Cols == 0:
			return fmt.Sprintf("it holds %d rows of %d values", x.Rows, x.Cols), nil
		}
		l.data.X, l.within, l.data.File, l.data.Member = x, labels, a.File, a.Member
		l.left -= int64(len(x.Data))
		if a.Table != nil {
			l.tables = append(l.tables, a)
			l.noteIdle(a.Table)
		}
		return "", nil
	})
}

// noteIdle names the columns beside activations that nothing reads: a single
// word makes a column of numbers one of words.
func (l *loader) noteIdle(t *core.Table) {
	used := slices.Concat(featureColumns(t), onehotColumns(t), probColumns(t), []int{labelColumn(t), sourceColumn(t), idColumn(t)})
	var idle []string
	for i, c := range t.Columns {
		if !slices.Contains(used, i) && !isRowNumber(c.Name) {
			idle = append(idle, fmt.Sprintf("%.40q", c.Name))
		}
	}
	if len(idle) > 0 {
		more := ""
		if len(idle) > 5 {
			more = ", ..."
		}
		l.note("%s not used: %s%s.", counted(len(idle), "column of the table is", "columns of the table are"), strings.Join(idle[:min(len(idle), 5)], ", "), more)
	}
}

// rowCells is what the results of a row take, counted in values of four bytes.
const rowCells = 32

// stored leaves activations that are too many in their file, or gives the
// reason why they were not held where they cannot be read by parts.
func (l *loader) stored(a *core.Artifact, why error) error {
	if a.Role != core.RoleActivations || a.Table != nil {
		return why
	}
	t, err := pick(a, func(t core.Tensor) bool { return len(t.Shape) > 0 }, core.RoleActivations)
	if err != nil {
		return err
	}
	s, err := tensor.NewStored(*t, l.limits.Cells/rowCells)
	if err != nil {
		return err
	}
	l.data.Stored, l.data.File, l.data.Member = s, a.File, a.Member
	l.note("The activations do not fit in memory. Checks that can read them from the file, in several passes, are made; others need fewer rows.")
	return nil
}

// features reads the activations of a, pooled where its role says so.
func (l *loader) features(a *core.Artifact) (*core.Matrix, *labelSet, error) {
	if a.Table != nil {
		return l.matrix(a, core.RoleActivations)
	}
	t, err := pick(a, func(t core.Tensor) bool { return len(t.Shape) > 0 }, core.RoleActivations)
	if err != nil {
		return nil, nil, err
	}
	read := l.flattened
	if a.Role == core.RolePooled {
		read = l.pooled
	}
	x, err := read(*t)
	return x, nil, err
}

// flattened takes the values of each row as they come.
func (l *loader) flattened(t core.Tensor) (*core.Matrix, error) {
	x, err := tensor.Rows(l.ctx, t, l.left)
	if err == nil && channels(t.Shape) >= 0 {
		l.note("The activations of shape %s were flattened to %d values a row; with the role %s they are averaged to %d channels.", shapeText(t.Shape), x.Cols, core.RolePooled, t.Shape[channels(t.Shape)])
	}
	return x, err
}

// mismatch is the reason why n rows do not fit what is already loaded.
func (l *loader) mismatch(n int64, what string) string {
	rows, cols := l.data.Shape()
	switch {
	case cols > 0 && n != int64(rows):
		return fmt.Sprintf("it has %d rows of %s for %d rows of activations, and nothing says which belong together", n, what, rows)
	case cols == 0 && l.data.Labels != nil && n != int64(len(l.data.Labels)):
		return fmt.Sprintf("it has %d rows of %s for %d labels, and nothing says which belong together", n, what, len(l.data.Labels))
	}
	return ""
}

// fitClasses makes the classes the columns 0 ... k-1 when the labels are such
// numbers, also where some of them never occur.
func (l *loader) fitClasses(k int) bool {
	for _, v := range l.whole {
		if v < 0 || v >= int64(k) {
			return len(l.data.Classes) == k
		}
	}
	if l.whole == nil || k > maxClasses {
		return len(l.data.Classes) == k
	}
	for i, c := range l.data.Labels {
		l.data.Labels[i] = int(l.whole[c])
	}
	l.data.Classes, l.whole = make([]string, k), make([]int64, k)
	for c := range k {
		l.data.Classes[c], l.whole[c] = strconv.Itoa(c), int64(c)
	}
	return true
}

// matrix reads an array of rows, or the numeric columns of a table.
func (l *loader) matrix(a *core.Artifact, role core.Role) (*core.Matrix, *labelSet, error) {
	if a.Table != nil {
		columns := featureColumns
		if role == core.RoleProbs {
			columns = probsColumns
		}
		return l.tableMatrix(a.Table, columns)
	}
	t, err := pick(a, func(t core.Tensor) bool { return len(t.Shape) > 0 }, role)
	if err != nil {
		return nil, nil, err
	}
	m, err := tensor.Rows(l.ctx, *t, l.left)
	return m, nil, err
}

// probsColumns are the columns called like probabilities, else all numeric ones.
func probsColumns(t *core.Table) []int {
	if columns := probColumns(t); columns != nil {
		return columns
	}
	return featureColumns(t)
}

// pick chooses the tensor of a that fits the role: the only one of fitting
// shape, or the only one of those whose name fits.
func pick(a *core.Artifact, fits func(core.Tensor) bool, role core.Role) (*core.Tensor, error) {
	var all, named []*core.Tensor
	for i := range a.Tensors {
		t := &a.Tensors[i]
		if !fits(*t) {
			continue
		}
		all = append(all, t)
		if byName(t.Name, formOf(t.Shape)) == role {
			named = append(named, t)
		}
	}
	switch {
	case len(all) == 1:
		return all[0], nil
	case len(named) == 1:
		return named[0], nil
	case len(all) == 0:
		return nil, fmt.Errorf("%w: it holds no array of a shape that fits %s", core.ErrUnsupported, role)
	}
	return nil, fmt.Errorf("%w: it holds %d arrays that could be the %s", core.ErrUnsupported, len(all), role)
}

// tableMatrix reads the given columns, and the labels along with them.
func (l *loader) tableMatrix(t *core.Table, columns func(*core.Table) []int) (*core.Matrix, *labelSet, error) {
	label, wanted := labelColumn(t), columns(t)
	if len(wanted) == 0 {
		return nil, nil, fmt.Errorf("%w: the table has no numeric columns besides labels and row numbers", core.ErrUnsupported)
	}
	cols := width(t, wanted)
	if t.Rows > l.left/int64(cols) {
		return nil, nil, fmt.Errorf("%w: %d rows of %d numbers, the limit is %d", core.ErrLimit, t.Rows, cols, l.left)
	}
	m := &core.Matrix{Rows: int(t.Rows), Cols: cols, Data: make([]float32, t.Rows*int64(cols))}
	if t.Floats != nil {
		return l.typedMatrix(t, m, wanted, label)
	}
	onehot := newHots(onehotColumns(t))
	texts := newLabelTexts(l.limits.TextLength)
	err := scanRows(l.ctx, t, func(row int, fields []string) error {
		numbers(m.Row(row), t, wanted, fields)
		switch {
		case onehot.columns != nil:
			onehot.add(t, fields)
		case label >= 0:
			return texts.add(field(fields, label))
		}
		return nil
	})
	if err != nil || label < 0 {
		return m, nil, err
	}
	if onehot.columns != nil {
		set, err := onehot.set(t)
		if err != nil {
			l.note("The columns like %.80q are not used as labels: %v.", t.Columns[label].Name, err)
		}
		return m, set, nil
	}
	set, err := texts.set()
	return m, set, err
}

// typedMatrix is tableMatrix for a table whose numbers were never text. The
// labels are read by themselves.
func (l *loader) typedMatrix(t *core.Table, m *core.Matrix, wanted []int, label int) (*core.Matrix, *labelSet, error) {
	n := int64(0)
	err := t.Floats(l.ctx, wanted, func(row int64, values []float64) error {
		if row != n || n >= t.Rows {
			return errChanged()
		}
		n++
		for j, v := range values {
			m.Row(int(row))[j] = float32(v)
		}
		return nil
	})
	if err == nil && n != t.Rows {
		err = errChanged()
	}
	if err != nil || label < 0 {
		return m, nil, err
	}
	set, err := l.tableLabels(t)
	if err != nil && l.ctx.Err() == nil && onehotColumns(t) != nil {
		l.note("The columns like %.80q are not used as labels: %v.", t.Columns[label].Name, err)
		return m, nil, nil
	}
	return m, set, err
}

func errChanged() error {
	return fmt.Errorf("%w: the table changed while it was read", core.ErrMalformed)
}

// columnTexts yields the fields of one column, read without the others where
// the table allows it.
func columnTexts(ctx context.Context, t *core.Table, column int, yield func(text string) error) error {
	if t.Some != nil {
		t, column = t.Some([]int{column}), 0
	}
	return scanRows(ctx, t, func(_ int, fields []string) error { return yield(field(fields, column)) })
}

// scanRows checks that the table has as many rows as it said.
func scanRows(ctx context.Context, t *core.Table, yield func(row int, fields []string) error) error {
	n := int64(0)
	err := t.Scan(ctx, func(row int64, fields []string) error {
		if row != n || n >= t.Rows {
			return errChanged()
		}
		n++
		return yield(int(row), fields)
	})
	if err == nil && n != t.Rows {
		err = fmt.Errorf("%w: the table has %d rows, %d were found at first", core.ErrMalformed, n, t.Rows)
	}
	return err
}

// parse is NaN for what is no number, so that the row is left out and counted.
func parse(text string, comma bool) float32 {
	if comma {
		text = strings.Replace(text, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 32)
	if err != nil {
		return float32(math.NaN())
	}
	return float32(v)
}

func field(fields []string, c int) string {
	if c >= len(fields) {
		return ""
	}
	return fields[c]
}
