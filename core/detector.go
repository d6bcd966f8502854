package core

import (
	"context"
	"fmt"
	"strconv"
)

// Detector judges facts. It is a plain value in an explicit list.
type Detector struct {
	Name   string // "spectral-signatures"
	Title  string
	Help   string // what it measures, what it cannot see, its source
	Family string // geometry, label, content, duplication, file
	Needs  []Role // empty: runs on every artifact; else once on the dataset that has all of them
	// ByClass says that it reads activations by blocks or class by class, with
	// Pass.EachBlock and Pass.EachClass, so that they need not be held.
	ByClass bool `json:"-"`
	// Together says that it shares work by [Together], so that workers which do
	// not lead run it as well.
	Together bool `json:"-"`
	// Cost is about how long it takes; nil is not known.
	Cost func(Size) Cost `json:"-"`
	// Across marks a detector without Needs that runs once, when every input was
	// read, on all of them together: Pass.Inputs. Applies says which inputs are
	// its business; when there is none it does not run.
	Across bool
	// Lacks names what a dataset that has all of Needs still misses, such as
	// "probs or activations"; "" is nothing. nil is always nothing.
	Lacks func(*Dataset) string `json:"-"`
	// Asks says what the user must set before it can run on a dataset, such as
	// "the share of poison to expect"; "" is nothing. nil never asks.
	Asks func(Params) string `json:"-"`
	// Applies says whether an artifact holds what the detector reads; nil
	// means that every one does. Wants names it for people: "pickle streams".
	Applies func(*Artifact) bool `json:"-"`
	Wants   string
	Params  []Param
	Rules   []Rule
	Run     func(ctx context.Context, p *Pass) error `json:"-"`
}

// Pass is one run of a detector: on Artifact, on Inputs, or on Data.
type Pass struct {
	Artifact *Artifact
	Inputs   *Inputs
	Data     *Dataset
	Params   Params
	Limits   Limits
	// FileSize is the size of another input of the same run, by path. It is nil
	// when a detector is run by itself.
	FileSize func(path string) (int64, bool)
	// Team shares work, see [Together]; nil is a detector that is alone.
	Team Team
	// Emit is the only output. Its error means stop: return it at once.
	Emit func(Event) error
}

// Param is a setting with the default of the paper or tool it comes from.
type Param struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Help    string   `json:"help"`    // its meaning and the effect of moving it
	Default string   `json:"default"` // a number, or one of Choices
	Min     float64  `json:"min,omitempty"`
	Max     float64  `json:"max,omitempty"`
	Choices []string `json:"choices,omitempty"` // empty: a number
}

// Params are the settings of one run by name; every Param of the detector is present.
type Params map[string]string

// Float is the number set for name. The engine has checked that it is one.
func (p Params) Float(name string) float64 {
	v, _ := strconv.ParseFloat(p[name], 64)
	return v
}

// Int is Float, truncated.
func (p Params) Int(name string) int { return int(p.Float(name)) }

// Resolve fills in defaults and checks given against what d declares.
func (d *Detector) Resolve(given Params) (Params, error) {
	out := Params{}
	for _, q := range d.Params {
		v, ok := given[q.Name]
		if !ok {
			v = q.Default
		}
		if err := q.check(v); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", d.Name, q.Name, err)
		}
		out[q.Name] = v
	}
	for name := range given {
		if _, ok := out[name]; !ok {
			return nil, fmt.Errorf("%s has no parameter %q", d.Name, name)
		}
	}
	return out, nil
}

func (q Param) check(v string) error {
	if len(q.Choices) > 0 {
		for _, c := range q.Choices {
			if c == v {
				return nil
			}
		}
		return fmt.Errorf("%q is none of %q", v, q.Choices)
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return fmt.Errorf("%q is not a number", v)
	}
	if !(f >= q.Min && f <= q.Max) {
		return fmt.Errorf("%v is outside [%v, %v]", f, q.Min, q.Max)
	}
	return nil
}

// Result is what a data detector measured: figures for each class and values
// for each row. A higher value is always more suspicious.
type Result struct {
	Detector string        `json:"detector"`
	Params   Params        `json:"params"`
	Flagged  []int         `json:"-"` // ascending rows; see protocol.Columns for what is not in the JSON
	Scores   []Score       `json:"scores,omitempty"`
	Groups   Ints          `json:"-"` // cluster of each row inside its class; -1: none
	Points   *Points       `json:"points,omitempty"`
	Classes  []ClassResult `json:"classes"`
	Figures  []Figure      `json:"figures,omitempty"` // of the data set as a whole
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

// ClassResult is one class's figures.
type ClassResult struct {
	Class   string   `json:"class"`
	Size    int      `json:"size"`
	Note    string   `json:"note,omitempty"` // "too few rows (3) to split"
	Figures []Figure `json:"figures,omitempty"`
	// Accused says that a calibrated test, one that accuses next to no class of
	// unpoisoned data, finds the flagged rows of this class planted.
	Accused *Accusation `json:"accused,omitempty"`
	// Cleared is why groups inside this class are natural ones, whatever other
	// tests say; "" when nothing is known.
	Cleared string `json:"cleared,omitempty"`
}

// Accusation is one test's word against a class. Package verdict weighs it.
type Accusation struct {
	Saw   string `json:"saw"`             // numbers, one sentence
	Doubt string `json:"doubt,omitempty"` // why it is weak, one sentence; "" when it is not
	// Oriented says that the test has seen which rows of the class are the
	// planted ones, and has not gone by the smaller number.
	Oriented bool `json:"oriented,omitempty"`
}
