package core

import (
	"math"
	"slices"
)

// Result is what a data detector measured: figures for each class and values
// for each row. A higher value is always more suspicious.
type Result struct {
	Detector string   `json:"detector"`
	Family   string   `json:"family,omitempty"` // of the detector; the engine fills it
	Layer    string   `json:"layer,omitempty"`  // the activations it was measured on, see [Set.Layers]
	Params   Params   `json:"params"`
	Flagged  []int    `json:"-"` // ascending rows; see protocol.Columns for what is not in the JSON
	Scores   []Score  `json:"scores,omitempty"`
	Clusters Ints     `json:"-"` // cluster of each row inside its class; -1: none
	Points   *Points  `json:"points,omitempty"`
	Groups   []Group  `json:"groups"`
	Figures  []Figure `json:"figures,omitempty"` // of the set as a whole
}

// Marked lists the rows that are marked, as a Result has them.
func Marked(rows []bool) []int {
	out := []int{}
	for i, m := range rows {
		if m {
			out = append(out, i)
		}
	}
	return out
}

// Ascending sorts rows and leaves out what stands twice. It is never nil.
func Ascending(rows []int) []int {
	rows = append([]int{}, rows...)
	slices.Sort(rows)
	return slices.Compact(rows)
}

// Score is one value per row. The first Score of a Result is the one that
// reports print as "values".
type Score struct {
	Name   string `json:"name"` // "art", "paper"
	Title  string `json:"title"`
	Values Floats `json:"-"` // NaN: not scored
}

// Points is a projection of all rows to the plane (or space, with Z).
type Points struct {
	Title string   `json:"title"` // method and variance kept
	X     Floats   `json:"-"`
	Y     Floats   `json:"-"`
	Z     Floats   `json:"-"`    // nil: a plane
	Axes  []string `json:"axes"` // "PC 1 (24.5 %)"
}

// Group is the figures of one class, source, layer or kind of answer.
type Group struct {
	Of      string   `json:"of,omitempty"` // what it is one of: "source", "layer", "behaviour"; "" is a class
	Name    string   `json:"name"`
	Size    int      `json:"size"`
	Note    string   `json:"note,omitempty"` // "too few rows (3) to split"
	Figures []Figure `json:"figures,omitempty"`
	// Accused says that a calibrated test, one that accuses next to no class of
	// unpoisoned data, finds the flagged rows of this group planted.
	Accused *Accusation `json:"accused,omitempty"`
	// Cleared is why groups inside this one are natural ones, whatever other
	// tests say; "" when nothing is known.
	Cleared string `json:"cleared,omitempty"`
}

// Accusation is one test's word against a group. Package verdict weighs it.
type Accusation struct {
	Saw   string `json:"saw"`             // numbers, one sentence
	Doubt string `json:"doubt,omitempty"` // why it is weak, one sentence; "" when it is not
	// Oriented says that the test has seen which rows of the group are the
	// planted ones, and has not gone by the smaller number.
	Oriented bool `json:"oriented,omitempty"`
	// Beyond is how many standard deviations the rows lie from every other class,
	// at least, see pooledsplit.Split.Beyond; 0 where that is not known.
	Beyond float64 `json:"beyond,omitempty"`
}

// Accuse makes a the word against the group, with how far its rows lie from every
// other class; NaN is not known.
func (g *Group) Accuse(a *Accusation, beyond float64) {
	g.Accused, g.Figures = a, append(g.Figures, Figure{Name: "beyond", Value: beyond})
	if !math.IsNaN(beyond) {
		a.Beyond = beyond
	}
}
