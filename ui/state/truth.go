package state

import (
	"slices"

	"taster/core"
)

type (
	// TruthGiven brings the rows of a sample that were poisoned when it was made.
	TruthGiven struct{ Rows []int }
	// Revealed compares them with what was found, and selects them on the map.
	Revealed struct{}
)

func (msg TruthGiven) apply(m *Model) []Effect {
	m.Truth, m.Told = slices.Clone(msg.Rows), false
	slices.Sort(m.Truth)
	return nil
}

func (Revealed) apply(m *Model) []Effect {
	if !m.CanReveal() {
		return nil
	}
	m.Told = true
	s := m.Compared()
	m.pick(m.Truth, "poisoned when the sample was made")
	m.Announce = "Found " + Count(s.Found) + " of " + Count(s.Of)
	return m.draw()
}

// CanReveal says whether there is a truth to compare results with.
func (in *Session) CanReveal() bool {
	return len(in.Truth) > 0 && in.Dataset() != nil && in.Report.Done != nil && !in.Running
}

// Found compares the rows that findings of medium severity and above name with
// the truth of a sample.
type Found struct {
	Found, Of int // of the rows that were poisoned
	Others    int // rows that findings name besides
}

// Compared is the comparison.
func (in *Session) Compared() Found {
	named := map[int]bool{}
	for _, f := range in.Report.Findings {
		if f.Severity >= core.Medium {
			for _, r := range f.Where.Rows {
				named[r] = true
			}
		}
	}
	out := Found{Of: len(in.Truth)}
	for r := range named {
		if _, ok := slices.BinarySearch(in.Truth, r); ok {
			out.Found++
		} else {
			out.Others++
		}
	}
	return out
}
