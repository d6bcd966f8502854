package core

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Detector judges facts. It is a plain value in an explicit list.
type Detector struct {
	Name   string // "spectral-signatures"
	Title  string
	Help   Help
	Family string // geometry, label, content, duplication, file
	Check  Check  `json:"-"`
	// Stored says that it reads activations by blocks or class by class, with
	// RowsPass.EachBlock and RowsPass.EachClass, so that they need not be held.
	Stored bool `json:"-"`
	// Together says that it shares work by [Together], so that workers which do
	// not lead run it as well.
	Together bool `json:"-"`
	// Cost is about how long it takes; nil is not known.
	Cost func(Size) Cost `json:"-"`
	// OneOf are parts of which a set must have one besides all that Check needs.
	OneOf []Role
	// Asks says what the user must set before it can run on a set, such as
	// "the share of poison to expect"; "" is nothing. nil never asks.
	Asks func(Params) string `json:"-"`
	// Applies says whether an artifact holds what the detector reads; nil means
	// that every one does. Wants names it for people: "pickle streams".
	Applies func(*Artifact) bool `json:"-"`
	Wants   string
	Params  []Param
	Rules   []Rule
}

// Help explains a detector in three short texts.
type Help struct {
	Does    string // what it measures, and what its figures mean
	Misses  string // what it cannot see, and what leads it astray
	Sources string // papers and programs that it follows; "" where it follows none
}

// Missing lists the parts in Check's needs that a set with these parts has not.
func (d *Detector) Missing(has map[Role]bool) []Role {
	return slices.DeleteFunc(d.Check.Needs(), func(r Role) bool { _, given := has[r]; return given })
}

// Lacks lists what a set with these parts still misses for d to run, by title
// for people; nothing: d can run. One answer serves the engine and the page.
func (d *Detector) Lacks(has map[Role]bool) []string {
	s := d.Check.Subject()
	var missing []string
	for _, role := range d.Check.needs {
		held, given := has[role]
		switch {
		case !given:
			missing = append(missing, s.TitleOf(role))
		case !held && !d.Stored:
			missing = append(missing, s.TitleOf(role)+" that fit in memory")
		}
	}
	if len(d.OneOf) == 0 || slices.ContainsFunc(d.OneOf, func(r Role) bool { return has[r] }) {
		return missing
	}
	choices := make([]string, len(d.OneOf))
	for i, r := range d.OneOf {
		choices[i] = s.TitleOf(r)
	}
	return append(missing, strings.Join(choices, " or "))
}

// Pass is one run of a detector.
type Pass struct {
	Params Params
	Limits Limits
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
	Text    bool     `json:"text,omitempty"`    // any line of text, such as a name; "" is none
}

// textMax bounds a setting that is text, in bytes.
const textMax = 2000

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
	if q.Text {
		if len(v) > textMax || strings.ContainsAny(v, "\r\n\x00") {
			return fmt.Errorf("%.40q is not one line of at most %d bytes", v, textMax)
		}
		return nil
	}
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
