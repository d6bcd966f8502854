package dataset

import (
	"fmt"
	"math"

	"taster/core"
)

// probs loads the predicted probabilities, whose columns are the classes: from
// a file of their own, else from the table of the activations or labels.
func (l *loader) probs() error {
	if err := l.takeAny([]core.Role{core.RoleProbs, core.RoleLogits}, l.useProbs); err != nil {
		return err
	}
	for _, a := range l.tables {
		if columns := probColumns(a.Table); l.data.Probs == nil && len(columns) > 0 {
			if err := l.probsWithin(*a, a.Table.Columns[columns[0]].Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// offer names an array without a role that has the shape of predictions.
func (l *loader) offer() {
	if l.data.Probs != nil || len(l.data.Classes) < 2 {
		return
	}
	for _, a := range l.byRole[""] {
		if len(a.Tensors) != 1 || !isFloat(a.Tensors[0].DType) {
			continue
		}
		shape := a.Tensors[0].Shape
		if len(shape) == 2 && shape[0] == int64(len(l.data.Labels)) && shape[1] == int64(len(l.data.Classes)) {
			l.note("%.200q has a row for each label and a column for each class, and no role. If it holds predictions, give it the role %s, or %s to have a softmax applied.", a.Path(), core.RoleProbs, core.RoleLogits)
			return
		}
	}
}

// probsWithin uses the columns of a table that is already in use for something
// else.
func (l *loader) probsWithin(a core.Artifact, column string) error {
	if a.Role = core.RoleProbs; hasAny(words(column), logitWords) {
		a.Role = core.RoleLogits
	}
	why, err := l.useProbs(&a)
	if l.ctx.Err() != nil {
		return l.ctx.Err()
	}
	if err != nil {
		why = err.Error()
	}
	if why != "" {
		l.note("The probabilities in the table %.200q are not used: %s.", a.Path(), why)
	}
	return nil
}

// useProbs gives the reason when a holds no probabilities that fit.
func (l *loader) useProbs(a *core.Artifact) (why string, err error) {
	p, _, err := l.matrix(a, core.RoleProbs)
	if err != nil {
		return "", err
	}
	if why := l.mismatch(int64(p.Rows), "probabilities"); why != "" {
		return why, nil
	}
	if why := l.probabilities(p, a.Role); why != "" {
		return why, nil
	}
	if l.data.Labels != nil && !l.fitClasses(p.Cols) {
		return fmt.Sprintf("it has %d columns for %d classes", p.Cols, len(l.data.Classes)), nil
	}
	if a.Table != nil {
		byClassName(p, probsColumns(a.Table), a.Table, l.data.Classes)
	}
	if !hasAny(words(a.Path()), outOfSample) {
		l.note("Were the rows of %.200q predicted out-of-sample, by a model that had not seen them? The name does not say, and label checks need it. If they were not, give it the role %s: the checks then go by neighbours.", a.Path(), core.RoleOther)
	}
	l.data.Probs = p
	l.left -= int64(len(p.Data))
	return "", nil
}

// probabilities checks p, or makes probabilities of logits. It gives the
// reason why p cannot be used.
func (l *loader) probabilities(p *core.Matrix, role core.Role) string {
	if role == core.RoleLogits {
		return l.softmax(p)
	}
	outside, bad := 0, 0
	for _, v := range p.Data {
		switch {
		case v-v != 0:
			bad++
		case v < -1e-6 || v > 1+1e-6:
			outside++
		}
	}
	switch {
	case bad > 0:
		return fmt.Sprintf("%d of its %d values are NaN or infinite", bad, len(p.Data))
	case outside > 0:
		return fmt.Sprintf("%d of its %d values are not between 0 and 1; if they are logits, give it that role, and a softmax is applied", outside, len(p.Data))
	}
	if n := unnormal(p); n > 0 {
		l.note("The probabilities of %d of %d rows do not sum to 1 within 1 %%; they are used as they are.", n, p.Rows)
	}
	return ""
}

// unnormal counts the rows that do not sum to 1.
func unnormal(p *core.Matrix) int {
	n := 0
	for i := range p.Rows {
		sum := 0.0
		for _, v := range p.Row(i) {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 0.01 {
			n++
		}
	}
	return n
}

// softmax replaces each row by exp(v) / sum exp(v), in place. Minus infinity is
// a class that was ruled out, and becomes 0.
func (l *loader) softmax(p *core.Matrix) string {
	for i := range p.Rows {
		row := p.Row(i)
		top := math.Inf(-1)
		for _, v := range row {
			if v != v || math.IsInf(float64(v), 1) {
				return fmt.Sprintf("row %d holds NaN or infinity", i)
			}
			top = max(top, float64(v))
		}
		if math.IsInf(top, -1) {
			return fmt.Sprintf("row %d holds no finite value", i)
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(float64(v) - top)
		}
		for j, v := range row {
			row[j] = float32(math.Exp(float64(v)-top) / sum)
		}
	}
	l.note("A softmax was applied to the logits.")
	return ""
}
