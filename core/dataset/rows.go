package dataset

import (
	"fmt"
	"strconv"

	"taster/core"
	"taster/core/tensor"
)

// rowNames loads the names of the rows, and of where they come from: from a
// file of their own, else from a column of the tables of activations or labels.
func (l *loader) rowNames() error {
	ids := func(t *labelTexts) error {
		l.data.IDs = make([]string, len(t.rows))
		for i, c := range t.rows {
			l.data.IDs[i] = t.texts[c]
		}
		return nil
	}
	sources := func(t *labelTexts) error {
		set, err := t.set()
		if err == nil {
			l.data.Source, l.data.Sources = set.rows, set.classes
		}
		return err
	}
	if err := l.names(core.RoleIDs, idColumn, ids); err != nil {
		return err
	}
	return l.names(core.RoleSources, sourceColumn, sources)
}

// names gives keep the texts of the first file of role that fits, else those
// of the first table with such a column.
func (l *loader) names(role core.Role, column func(*core.Table) int, keep func(*labelTexts) error) error {
	found := false
	err := l.take(role, func(a *core.Artifact) (string, error) {
		texts, err := l.nameTexts(a, column)
		if err != nil {
			return "", err
		}
		if why := l.mismatch(int64(len(texts.rows)), string(role)); why != "" {
			return why, nil
		}
		found = true
		return "", keep(texts)
	})
	if err != nil || found {
		return err
	}
	for _, a := range l.tables {
		if column(a.Table) < 0 {
			continue
		}
		texts, err := l.nameTexts(a, column)
		if err == nil {
			err = keep(texts)
		}
		if err != nil {
			l.note("The %s in the table %.200q are not used: %v.", role, a.Path(), err)
		}
		return l.ctx.Err()
	}
	return nil
}

// nameTexts reads whole numbers, or a column of a table.
func (l *loader) nameTexts(a *core.Artifact, column func(*core.Table) int) (*labelTexts, error) {
	texts := newLabelTexts(l.limits.TextLength)
	texts.most = int(l.limits.Cells)
	if a.Table == nil {
		t, err := pick(a, func(t core.Tensor) bool { return formOf(t.Shape) == vector }, a.Role)
		if err != nil {
			return nil, err
		}
		values, err := tensor.Int64s(l.ctx, *t, l.limits.Cells)
		for _, v := range values {
			if err := texts.add(strconv.FormatInt(v, 10)); err != nil {
				return nil, err
			}
		}
		return texts, err
	}
	c := column(a.Table)
	if c < 0 {
		c = onlyColumn(a.Table)
	}
	if c < 0 {
		return nil, fmt.Errorf("%w: no column of the table is called like %s", core.ErrUnsupported, a.Role)
	}
	return texts, columnTexts(l.ctx, a.Table, c, texts.add)
}
