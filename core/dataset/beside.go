package dataset

import (
	"fmt"
	"slices"

	"taster/core"
	"taster/core/tensor"
)

// What follows is not of the rows under test: the final layer of the network,
// and rows that the user trusts. It is read last, when the classes are known.

// head loads the final layer: K x D weights, or their transpose as Keras keeps
// it, and K biases.
func (l *loader) head() error {
	err := l.take(core.RoleWeights, func(a *core.Artifact) (string, error) {
		w, _, err := l.matrix(a, core.RoleWeights)
		if err != nil {
			return "", err
		}
		if l.data.X == nil || l.data.Labels == nil {
			return "a final layer says nothing without activations and labels", nil
		}
		if w.Cols != l.data.X.Cols && w.Rows == l.data.X.Cols {
			w = transposed(w)
		}
		if w.Cols != l.data.X.Cols {
			return fmt.Sprintf("it is %d x %d, and the activations have %d dimensions: it belongs to another layer", w.Rows, w.Cols, l.data.X.Cols), nil
		}
		if !finite(w.Data) {
			return "it holds NaN or infinite values", nil
		}
		if l.data.Probs != nil && w.Rows != l.data.Probs.Cols || !l.fitClasses(w.Rows) {
			return fmt.Sprintf("it has %d outputs for %d classes", w.Rows, len(l.data.Classes)), nil
		}
		l.data.Weights = w
		l.left -= int64(len(w.Data))
		return "", nil
	})
	if err != nil {
		return err
	}
	return l.take(core.RoleBias, func(a *core.Artifact) (string, error) {
		b, err := l.vector(a, core.RoleBias)
		switch {
		case err != nil:
			return "", err
		case l.data.Weights == nil:
			return "a bias says nothing without the weights of its layer", nil
		case len(b) != l.data.Weights.Rows:
			return fmt.Sprintf("it has %d values for %d outputs", len(b), l.data.Weights.Rows), nil
		case !finite(b):
			return "it holds NaN or infinite values", nil
		}
		l.data.Bias = b
		return "", nil
	})
}

func transposed(m *core.Matrix) *core.Matrix {
	t := &core.Matrix{Rows: m.Cols, Cols: m.Rows, Data: make([]float32, len(m.Data))}
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			t.Data[j*t.Cols+i] = v
		}
	}
	return t
}

func finite(values []float32) bool {
	return !slices.ContainsFunc(values, func(v float32) bool { return v-v != 0 })
}

// vector reads the values of a vector, or of a matrix of one row or column.
func (l *loader) vector(a *core.Artifact, role core.Role) ([]float32, error) {
	if a.Table != nil {
		m, _, err := l.tableMatrix(a.Table, featureColumns)
		if err != nil {
			return nil, err
		}
		return m.Data, nil
	}
	t, err := pick(a, func(t core.Tensor) bool { return formOf(t.Shape) == vector }, role)
	if err != nil {
		return nil, err
	}
	m, err := tensor.Rows(l.ctx, *t, l.left)
	if err != nil {
		return nil, err
	}
	return m.Data, nil
}

// reference loads the trusted rows and their labels, which a table may hold
// together.
func (l *loader) reference() error {
	var within *labelSet
	err := l.take(core.RoleReference, func(a *core.Artifact) (string, error) {
		x, labels, err := l.matrix(a, core.RoleReference)
		switch {
		case err != nil:
			return "", err
		case l.data.X == nil:
			return "trusted rows say nothing without activations to compare with", nil
		case x.Cols != l.data.X.Cols:
			return fmt.Sprintf("its rows have %d dimensions, those under test %d: they are of another layer or network", x.Cols, l.data.X.Cols), nil
		case x.Rows == 0:
			return "it holds no rows", nil
		}
		l.data.Ref, within = x, labels
		l.left -= int64(len(x.Data))
		return "", nil
	})
	if err != nil {
		return err
	}
	if err := l.take(core.RoleReferenceLabels, l.referenceLabels); err != nil {
		return err
	}
	if l.data.RefLabels == nil && within != nil && l.data.Labels != nil {
		l.data.RefLabels = l.byName(within)
	}
	l.dropUnusable()
	return nil
}

func (l *loader) referenceLabels(a *core.Artifact) (string, error) {
	set, err := l.readLabels(a)
	switch {
	case err != nil:
		return "", err
	case l.data.Ref == nil || l.data.Labels == nil:
		return "labels of trusted rows say nothing without those rows and the labels under test", nil
	case len(set.rows) != l.data.Ref.Rows:
		return fmt.Sprintf("it has %d labels for %d trusted rows, and nothing says which belong together", len(set.rows), l.data.Ref.Rows), nil
	}
	labels := l.byName(set)
	if !slices.ContainsFunc(labels, func(c int) bool { return c >= 0 }) {
		return "none of its labels is one of those under test", nil
	}
	l.data.RefLabels = labels
	return "", nil
}

// byName finds the classes under test that labels name; -1 is none of them.
func (l *loader) byName(s *labelSet) []int {
	class := map[string]int{}
	for c, name := range l.data.Classes {
		class[name] = c
	}
	out := make([]int, len(s.rows))
	strangers := 0
	for i, c := range s.rows {
		at, ok := class[s.classes[c]]
		if !ok {
			at = -1
			strangers++
		}
		out[i] = at
	}
	if strangers > 0 && strangers < len(out) {
		l.note("%d of %d trusted rows have a label that no row under test has.", strangers, len(out))
	}
	return out
}

// dropUnusable takes the trusted rows with NaN or infinite values out.
func (l *loader) dropUnusable() {
	x := l.data.Ref
	if x == nil || finite(x.Data) {
		return
	}
	kept := 0
	for i := range x.Rows {
		if !finite(x.Row(i)) {
			continue
		}
		copy(x.Data[kept*x.Cols:], x.Row(i))
		if l.data.RefLabels != nil {
			l.data.RefLabels[kept] = l.data.RefLabels[i]
		}
		kept++
	}
	l.note("NaN or infinite activations in %d of %d trusted rows, which are left out.", x.Rows-kept, x.Rows)
	x.Rows, x.Data = kept, x.Data[:kept*x.Cols]
	if l.data.RefLabels != nil {
		l.data.RefLabels = l.data.RefLabels[:kept]
	}
}
