package chart

import (
	"cmp"
	"math"
	"slices"
)

// Range is a named stretch of bytes that a file claims to hold.
type Range struct {
	Name           string
	Offset, Length int64
}

// end saturates: lengths come from files.
func (r Range) end() int64 {
	if r.Length > math.MaxInt64-r.Offset {
		return math.MaxInt64
	}
	return r.Offset + r.Length
}

// Use says how a stretch of a file is used.
type Use string

// The uses.
const (
	Head   Use = "head"   // before the first byte that a range may take
	Used   Use = "used"   // by exactly one range
	Unused Use = "unused" // by none
	Shared Use = "shared" // by two ranges or more
	Beyond Use = "beyond" // past the end of the file
)

// Stretch is a part of a file that is used in one way, from Offset to before
// End.
type Stretch struct {
	Offset, End int64
	Use         Use
	Names       []string // of the ranges that use it, at most namesShown
	Ranges      int      // how many use it
}

const namesShown = 4

// Stretches cuts a file of size bytes, whose ranges may begin at start, where
// its use changes. Ranges without bytes and those at negative offsets are left
// out. The stretches are ascending and without gaps. O(n log n), and O(n) for
// each shared stretch whose names are asked for: the first hundred.
func Stretches(size, start int64, ranges []Range) []Stretch {
	var kept []Range
	cuts := []int64{0, min(max(start, 0), size), size}
	for _, r := range ranges {
		if r.Length > 0 && r.Offset >= 0 {
			kept = append(kept, r)
			cuts = append(cuts, r.Offset, r.end())
		}
	}
	slices.SortStableFunc(kept, func(a, b Range) int { return cmp.Compare(a.Offset, b.Offset) })
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	s := sweep{size: size, start: start, ranges: kept, ends: ascendingEnds(kept)}
	var out []Stretch
	for i := range cuts[1:] {
		out = append(out, s.stretch(cuts[i], cuts[i+1]))
	}
	return out
}

func ascendingEnds(ranges []Range) []int64 {
	ends := make([]int64, len(ranges))
	for i, r := range ranges {
		ends[i] = r.end()
	}
	slices.Sort(ends)
	return ends
}

// sweep walks the cuts from left to right.
type sweep struct {
	size, start    int64
	ranges         []Range // by offset
	ends           []int64 // ascending
	opened, closed int
	named          int // shared stretches that got names
}

const mostNamed = 100

func (s *sweep) stretch(from, to int64) Stretch {
	for s.opened < len(s.ranges) && s.ranges[s.opened].Offset <= from {
		s.opened++
	}
	for s.closed < len(s.ends) && s.ends[s.closed] <= from {
		s.closed++
	}
	out := Stretch{Offset: from, End: to, Use: s.use(from, s.opened-s.closed), Ranges: s.opened - s.closed}
	if out.Ranges == 0 {
		return out
	}
	// A range alone is nearly always the one that was opened last.
	if last := s.ranges[s.opened-1]; out.Ranges == 1 && last.end() > from {
		out.Names = []string{last.Name}
		return out
	}
	if s.named++; s.named > mostNamed {
		return out
	}
	for _, r := range s.ranges[:s.opened] {
		if r.end() > from && len(out.Names) < namesShown {
			out.Names = append(out.Names, r.Name)
		}
	}
	return out
}

func (s *sweep) use(at int64, n int) Use {
	switch {
	case at >= s.size:
		return Beyond
	case n > 1:
		return Shared
	case n == 1:
		return Used
	case at < s.start:
		return Head
	}
	return Unused
}

// Merge joins neighbours that are used by one range each and are both shorter
// than least bytes, so that a file of many small ranges can be drawn. A
// stretch that is out of order (Unused, Shared, Beyond) is never joined.
func Merge(all []Stretch, least int64) []Stretch {
	var out []Stretch
	for _, s := range all {
		if n := len(out); n > 0 && s.Use == Used && out[n-1].Use == Used && s.End-s.Offset < least && out[n-1].End-out[n-1].Offset < least {
			last := &out[n-1]
			last.End, last.Ranges = s.End, last.Ranges+s.Ranges
			last.Names = append(slices.Clone(last.Names), s.Names...)
			last.Names = last.Names[:min(len(last.Names), namesShown)]
			continue
		}
		out = append(out, s)
	}
	return out
}
