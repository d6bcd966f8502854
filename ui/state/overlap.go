package state

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// Overlap is one combination of checks, and the rows of the chosen class that
// exactly these flag.
type Overlap struct {
	Flags    Flags
	Families int
	Rows     int
	Share    float64 // of the rows of the class
	// Lift is how many rows all of these flag, whatever others do, over what
	// would be expected if the checks were independent: N ∏ (nᵢ/N). 0 for one
	// check alone, which has nothing to agree with.
	Lift float64
}

// mostOverlaps bounds the list; there are at most 2 to the number of checks.
const mostOverlaps = 64

// overlaps lists the combinations, those of more families and then of more
// rows first. O(n + c·k) for n rows, c combinations and k listed ones.
func (in *Session) overlaps() []Overlap {
	exact := map[Flags]int{}
	for _, r := range in.Plot.Rows {
		if f := in.Flags(r); f != 0 {
			exact[f]++
		}
	}
	total := float64(len(in.Plot.Rows))
	out := make([]Overlap, 0, len(exact))
	for f, n := range exact {
		out = append(out, Overlap{Flags: f, Families: in.familiesOf(f), Rows: n, Share: float64(n) / total})
	}
	slices.SortFunc(out, func(a, b Overlap) int {
		return cmp.Or(b.Families-a.Families, b.Rows-a.Rows, cmp.Compare(a.Flags, b.Flags))
	})
	out = out[:min(len(out), mostOverlaps)]
	for i := range out {
		out[i].Lift = lift(out[i].Flags, exact, total)
	}
	return out
}

func lift(of Flags, exact map[Flags]int, total float64) float64 {
	if bits.OnesCount32(uint32(of)) < 2 {
		return 0
	}
	together := 0
	var alone [mostChecks]int
	for f, n := range exact {
		if f&of == of {
			together += n
		}
		for rest := uint32(f & of); rest != 0; rest &= rest - 1 {
			alone[bits.TrailingZeros32(rest)] += n
		}
	}
	expected := total
	for rest := uint32(of); rest != 0; rest &= rest - 1 {
		expected *= float64(alone[bits.TrailingZeros32(rest)]) / total
	}
	return float64(together) / expected
}

// Checks names the checks of a combination.
func (in *Session) Checks(f Flags) []string {
	var out []string
	for k, r := range in.Table.Checks {
		if f.Has(k) {
			out = append(out, in.Title(r.Detector))
		}
	}
	return out
}

// OverlapChosen selects the rows that exactly these checks flag, or none of
// them when they are selected already.
type OverlapChosen struct{ Flags Flags }

func (msg OverlapChosen) apply(m *Model) []Effect {
	if m.Plot.Overlap == msg.Flags {
		return PickCleared{}.apply(m)
	}
	var rows []int
	for _, r := range m.Plot.Rows {
		if m.Flags(r) == msg.Flags {
			rows = append(rows, r)
		}
	}
	m.pick(rows, "flagged by exactly "+strings.Join(m.Checks(msg.Flags), " + "))
	m.Plot.Overlap = msg.Flags
	return m.draw()
}
