package parquet

import (
	"slices"

	"taster/core/columnar"
)

// assembly puts the entries of leaves together: Dremel's levels become lists
// and structures. S. Melnik et al., "Dremel: Interactive Analysis of Web-Scale
// Datasets" (2010), section 4.
type assembly struct {
	leaves []*column
	base   int // leaf of the schema that is leaves[0]
}

func (a *assembly) entries(n *node) *entries { return &a.leaves[n.first-a.base].out }

func (a *assembly) build(n *node) (*columnar.Vector, error) {
	switch n.typ.Kind {
	case columnar.List:
		return a.list(n)
	case columnar.Struct:
		return a.structure(n)
	}
	return a.leaf(n), nil
}

// each calls f with the definition level of every entry that begins a value of
// n: those of a row, or of an entry of the list around it.
func (e *entries) each(n *node, f func(i int, def int)) {
	if n.rep == 0 && e.rep == nil {
		for i, d := range e.def {
			f(i, int(d))
		}
		return
	}
	for i, d := range e.def {
		if (e.rep == nil || int(e.rep[i]) <= n.rep) && int(d) >= n.slot {
			f(i, int(d))
		}
	}
}

// leaf spreads the values that are there over the places of those that are not.
func (a *assembly) leaf(n *node) *columnar.Vector {
	e := a.entries(n)
	v := &columnar.Vector{Type: n.typ}
	places := 0
	missing := false
	e.each(n, func(_, d int) {
		places++
		missing = missing || d < n.def
	})
	v.Len = places
	if !missing {
		v.Ints, v.Floats, v.Texts = e.values.Ints, e.values.Floats, e.values.Texts
		return v
	}
	v.Valid = make([]bool, 0, places)
	e.each(n, func(_, d int) { v.Valid = append(v.Valid, d == n.def) })
	v.Ints = spread(e.values.Ints, v.Valid)
	v.Floats = spread(e.values.Floats, v.Valid)
	v.Texts = spread(e.values.Texts, v.Valid)
	if e.values.Ints == nil && e.values.Floats == nil && e.values.Texts == nil { // nothing is there
		v.Ints, v.Floats, v.Texts = make([]int64, places), make([]float64, places), make([][]byte, places)
	}
	return v
}

func spread[T any](values []T, valid []bool) []T {
	if values == nil {
		return nil
	}
	out, next := make([]T, len(valid)), 0
	for i, ok := range valid {
		if ok {
			out[i] = values[next]
			next++
		}
	}
	return out
}

func (a *assembly) structure(n *node) (*columnar.Vector, error) {
	v := &columnar.Vector{Type: n.typ}
	missing := false
	a.entries(n).each(n, func(_, d int) {
		v.Valid = append(v.Valid, d >= n.def)
		missing = missing || d < n.def
	})
	v.Len = len(v.Valid)
	if !missing {
		v.Valid = nil
	}
	for _, k := range n.kids {
		kid, err := a.build(k)
		if err != nil {
			return nil, err
		}
		if kid.Len != v.Len {
			return nil, malformed("the fields of %s have %d and %d values", clip(n.typ.Name), v.Len, kid.Len)
		}
		v.Kids = append(v.Kids, kid)
	}
	return v, nil
}

func (a *assembly) list(n *node) (*columnar.Vector, error) {
	kid, err := a.build(n.kids[0])
	if err != nil {
		return nil, err
	}
	v := &columnar.Vector{Type: n.typ, Kids: []*columnar.Vector{kid}}
	v.Starts, v.Valid = a.leaves[n.first-a.base].out.lists(n)
	v.Len = len(v.Starts) - 1
	if v.Starts[v.Len] != kid.Len {
		return nil, malformed("the lists of %s do not have the entries that there are", clip(n.typ.Name))
	}
	// The other parts of the entries say once more where the lists begin.
	for i := n.first + 1; i < n.first+n.leaves; i++ {
		starts, _ := a.leaves[i-a.base].out.lists(n)
		if !slices.Equal(starts, v.Starts) {
			return nil, malformed("the parts of %s do not have the same entries", clip(n.typ.Name))
		}
	}
	return v, nil
}

// lists says where the lists of n begin among their entries, and which are
// there; nil: all.
func (e *entries) lists(n *node) (starts []int, valid []bool) {
	entry := n.kids[0]
	at, missing := 0, false
	for i, d := range e.def {
		r := int(e.rep[i]) // a list has a level
		if r <= n.rep && int(d) >= n.slot {
			starts, valid = append(starts, at), append(valid, int(d) >= n.def)
			missing = missing || int(d) < n.def
		}
		if r <= entry.rep && int(d) >= entry.slot {
			at++
		}
	}
	if !missing {
		valid = nil
	}
	return append(starts, at), valid
}
