package weightdelta

import (
	"fmt"
	"slices"
	"strings"

	"taster/core"
)

// Side is a tensor with where it lies.
type Side struct {
	core.Tensor
	File, Member string
}

// Matched is two sets of weights, tensor by tensor.
type Matched struct {
	Pairs    []Pair
	Added    []string // only the suspect has them
	Removed  []string // only the reference has them
	Reshaped []string // of one name, and of different shapes
}

// Match pairs tensors by name, and those that are left by the longest common
// end of their names, part by part: "base_model.model.layers.0.w" and
// "layers.0.w". A pair has one shape. Where each side has one tensor, its name
// does not matter.
func Match(suspect, reference []Side) *Matched {
	m := &Matched{}
	if len(suspect) == 1 && len(reference) == 1 && slices.Equal(suspect[0].Shape, reference[0].Shape) {
		m.pair(suspect[0], reference[0])
		return m
	}
	byName := map[string]int{}
	for i, t := range reference {
		byName[t.Name] = i
	}
	used := make([]bool, len(reference))
	var left []Side
	for _, s := range suspect {
		i, ok := byName[s.Name]
		switch {
		case !ok || used[i]:
			left = append(left, s)
		case !slices.Equal(s.Shape, reference[i].Shape):
			used[i] = true
			m.Reshaped = append(m.Reshaped, fmt.Sprintf("%s %v, was %v", s.Name, s.Shape, reference[i].Shape))
		default:
			used[i] = true
			m.pair(s, reference[i])
		}
	}
	m.byEnd(left, reference, used)
	return m
}

func (m *Matched) pair(s, r Side) {
	m.Pairs = append(m.Pairs, Pair{Name: s.Name, Suspect: s.Tensor, Reference: r.Tensor, File: s.File, Member: s.Member})
}

// byEnd pairs what no name did. An end that several tensors of the reference
// have pairs nothing.
func (m *Matched) byEnd(left, reference []Side, used []bool) {
	const several = -1
	ends := map[string]int{}
	for i, r := range reference {
		if used[i] {
			continue
		}
		for _, end := range endsOf(r.Tensor) {
			if _, ok := ends[end]; ok {
				ends[end] = several
			} else {
				ends[end] = i
			}
		}
	}
	for _, s := range left {
		found := false
		for _, end := range endsOf(s.Tensor) {
			if i, ok := ends[end]; ok && i != several && !used[i] {
				used[i], found = true, true
				m.pair(s, reference[i])
				break
			}
		}
		if !found {
			m.Added = append(m.Added, s.Name)
		}
	}
	for i, r := range reference {
		if !used[i] {
			m.Removed = append(m.Removed, r.Name)
		}
	}
}

// endsOf lists the ends of a name with the shape, the longest first.
func endsOf(t core.Tensor) []string {
	const most = 16
	parts := strings.Split(t.Name, ".")
	parts = parts[max(len(parts)-most, 0):]
	var out []string
	for i := range parts {
		out = append(out, strings.Join(parts[i:], ".")+fmt.Sprint(t.Shape))
	}
	return out
}
