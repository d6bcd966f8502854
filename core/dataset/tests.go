package dataset

import (
	"fmt"
	"strconv"
	"strings"

	"taster/core"
	"taster/core/tensor"
)

// answers are what a column or an array says of each test row; "" is none.
type answers []string

// testSet is the three parts of a test, as far as they have been read.
type testSet struct {
	*loader
	out  core.Predictions
	said [3]answers
}

// testParts say where to find each part.
var testParts = [3]struct {
	role   core.Role
	column func(*core.Table) int
}{
	{core.RoleTestTriggered, triggeredColumn},
	{core.RoleTestPred, plainColumn},
	{core.RoleTestLabels, labelColumn},
}

// tests loads the labels of the test rows and the predictions without and with
// a trigger. A table may hold all three; a file of its own comes before that.
func (l *loader) tests() error {
	t := &testSet{loader: l}
	for part := range testParts {
		if err := l.take(testParts[part].role, func(a *core.Artifact) (string, error) { return t.read(part, a) }); err != nil {
			return err
		}
	}
	return t.join()
}

func (t *testSet) read(part int, a *core.Artifact) (why string, err error) {
	said, err := t.answers(part, a)
	if err != nil {
		return "", err
	}
	for _, have := range t.said {
		if have != nil && len(have) != len(said) {
			return fmt.Sprintf("it has %d rows for the %d rows of another part of the test, and nothing says which belong together", len(said), len(have)), nil
		}
	}
	if len(said) == 0 {
		return "it holds no rows", nil
	}
	t.said[part] = said
	if t.out.File == "" && testParts[part].role != core.RoleTestLabels {
		t.out.File, t.out.Member = a.File, a.Member
	}
	return "", t.beside(a)
}

// beside reads the other parts that the table of a has.
func (t *testSet) beside(a *core.Artifact) error {
	if a.Table == nil {
		return nil
	}
	for part, p := range testParts {
		c := p.column(a.Table)
		if c < 0 || t.said[part] != nil {
			continue
		}
		said, err := t.column(a.Table, c)
		if err != nil {
			return err
		}
		t.said[part] = said
	}
	return nil
}

// answers reads whole numbers, the column of the largest value of each row of
// a matrix, or a column of a table.
func (t *testSet) answers(part int, a *core.Artifact) (answers, error) {
	if a.Table != nil {
		c := testParts[part].column(a.Table)
		if c < 0 {
			c = onlyColumn(a.Table)
		}
		if c < 0 {
			return nil, fmt.Errorf("%w: no column of the table is called like %s", core.ErrUnsupported, testParts[part].role)
		}
		return t.column(a.Table, c)
	}
	array, err := pick(a, func(t core.Tensor) bool { return formOf(t.Shape) != other }, testParts[part].role)
	if err != nil {
		return nil, err
	}
	if formOf(array.Shape) == matrix {
		return t.argmax(*array)
	}
	values, err := tensor.Int64s(t.ctx, *array, t.left)
	if err != nil {
		return nil, err
	}
	out := make(answers, len(values))
	for i, v := range values {
		out[i] = strconv.FormatInt(v, 10)
	}
	return out, nil
}

func (t *testSet) argmax(array core.Tensor) (answers, error) {
	m, err := tensor.Rows(t.ctx, array, t.left)
	if err != nil {
		return nil, err
	}
	out := make(answers, m.Rows)
	for i := range out {
		row, best := m.Row(i), -1
		for j, v := range row {
			if v == v && (best < 0 || v > row[best]) {
				best = j
			}
		}
		if best >= 0 {
			out[i] = strconv.Itoa(best)
		}
	}
	return out, nil
}

func (t *testSet) column(table *core.Table, c int) (answers, error) {
	if table.Rows > t.left {
		return nil, fmt.Errorf("%w: %d rows, the limit is %d", core.ErrLimit, table.Rows, t.left)
	}
	out := answers{}
	seen := map[string]string{} // one copy of each
	err := scanRows(t.ctx, table, func(_ int, fields []string) error {
		text := strings.TrimSpace(field(fields, c))
		kept, ok := seen[text]
		if !ok {
			if len(text) > t.limits.TextLength {
				return fmt.Errorf("%w: a value of %d bytes, the limit is %d", core.ErrLimit, len(text), t.limits.TextLength)
			}
			kept = strings.Clone(text)
			seen[kept] = kept
		}
		out = append(out, kept)
		return nil
	})
	return out, err
}

// join gives all parts the same classes.
func (t *testSet) join() error {
	texts := newLabelTexts(t.limits.TextLength)
	for _, said := range t.said {
		for _, s := range said {
			if s == "" {
				continue
			}
			if err := texts.add(s); err != nil {
				t.note("The test predictions are not used: %v.", err)
				return nil
			}
		}
	}
	if t.said[0] == nil && t.said[1] == nil {
		return nil
	}
	set, err := texts.set()
	if err != nil {
		return err
	}
	next := set.rows
	index := func(said answers) []int {
		if said == nil {
			return nil
		}
		out := make([]int, len(said))
		for i, s := range said {
			if out[i] = -1; s != "" {
				out[i], next = next[0], next[1:]
			}
		}
		return out
	}
	t.out.Classes = set.classes
	t.out.Triggered, t.out.Plain, t.out.Labels = index(t.said[0]), index(t.said[1]), index(t.said[2])
	t.data.Test = &t.out
	if t.data.File == "" {
		t.data.File, t.data.Member = t.out.File, t.out.Member
	}
	t.noteAgreement()
	return nil
}

// noteAgreement points out predictions that never hit the label: they are
// probably of other rows, or name the classes otherwise.
func (t *testSet) noteAgreement() {
	if t.out.Labels == nil || t.out.Plain == nil {
		return
	}
	for i, l := range t.out.Labels {
		if l == t.out.Plain[i] {
			return
		}
	}
	t.note("No test prediction agrees with its label, so they may be of other rows or name the classes otherwise.")
}
