package verdict

import (
	"cmp"
	"slices"
	"strings"

	"taster/core"
)

// Input is what the detectors measured on one data set.
type Input struct {
	Info    core.SetInfo
	Results []*core.Result
}

// Row is a row that several detectors flag.
type Row struct {
	Row       int
	Label     string   // "" when it has none
	Detectors []string // in the order of the results
	Families  int      // distinct ones
}

// Rows lists the rows that at least n detectors flag, ascending. Rows flagged
// by methods of one family, such as two geometric ones, agree less than the
// number of methods suggests: Families says how many there are.
func (in *Input) Rows(n int) []Row {
	byRow := map[int][]string{}
	for _, r := range in.Results {
		for _, row := range r.Flagged {
			byRow[row] = append(byRow[row], r.Detector)
		}
	}
	var out []Row
	for row, names := range byRow {
		if len(names) >= n {
			out = append(out, Row{row, in.label(row), names, in.families(names)})
		}
	}
	slices.SortFunc(out, func(a, b Row) int { return a.Row - b.Row })
	return out
}

// family is that of a detector, such as "geometry"; "" counts for nothing.
func (in *Input) family(detector string) string {
	for _, r := range in.Results {
		if r.Detector == detector {
			return r.Family
		}
	}
	return ""
}

func (in *Input) families(detectors []string) int {
	seen := map[string]bool{}
	for _, name := range detectors {
		if f := in.family(name); f != "" {
			seen[f] = true
		}
	}
	return len(seen)
}

func (in *Input) label(row int) string {
	if row < 0 || row >= len(in.Info.Labels) {
		return ""
	}
	c := int(in.Info.Labels[row])
	if c < 0 || c >= len(in.Info.Classes) {
		return ""
	}
	return in.Info.Classes[c].Name
}

// Overlap is a set of detectors that flag the same rows.
type Overlap struct {
	Detectors []string
	Families  int
	Rows      int     // that exactly these flag
	Lift      float64 // rows that all of these flag, whatever others do, over those expected of independent detectors
}

// Overlaps lists the sets of two detectors or more that flag the same rows, by
// falling number of families and rows.
func (in *Input) Overlaps() []Overlap {
	exact := map[string]*Overlap{}
	for _, r := range in.Rows(2) {
		key := strings.Join(r.Detectors, "\x00")
		if exact[key] == nil {
			exact[key] = &Overlap{Detectors: r.Detectors, Families: r.Families}
		}
		exact[key].Rows++
	}
	out := make([]Overlap, 0, len(exact))
	for _, o := range exact {
		o.Lift = in.Lift(o.Detectors)
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b Overlap) int {
		return cmp.Or(b.Families-a.Families, b.Rows-a.Rows, slices.Compare(a.Detectors, b.Detectors))
	})
	return out
}

// Lift is N^(m-1) times the rows that all m detectors flag, over the product of
// what each of them flags.
func (in *Input) Lift(detectors []string) float64 {
	shared, expected := map[int]int{}, float64(in.Info.Rows)
	for _, r := range in.Results {
		if !slices.Contains(detectors, r.Detector) {
			continue
		}
		expected *= float64(len(r.Flagged)) / float64(in.Info.Rows)
		for _, row := range r.Flagged {
			shared[row]++
		}
	}
	all := 0
	for _, n := range shared {
		if n == len(detectors) {
			all++
		}
	}
	return float64(all) / expected
}
