package chart

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStretches(t *testing.T) {
	for _, tt := range []struct {
		name        string
		size, start int64
		ranges      []Range
		want        []Stretch
	}{
		{"no ranges", 10, 4, nil, []Stretch{{0, 4, Head, nil, 0}, {4, 10, Unused, nil, 0}}},
		{"empty file", 0, 0, nil, nil},
		{"back to back, in any order", 20, 4, []Range{{"b", 12, 8}, {"a", 4, 8}},
			[]Stretch{{0, 4, Head, nil, 0}, {4, 12, Used, []string{"a"}, 1}, {12, 20, Used, []string{"b"}, 1}}},
		{"a gap", 20, 4, []Range{{"a", 4, 4}, {"b", 12, 8}},
			[]Stretch{{0, 4, Head, nil, 0}, {4, 8, Used, []string{"a"}, 1}, {8, 12, Unused, nil, 0}, {12, 20, Used, []string{"b"}, 1}}},
		{"an overlap, the longer one first", 20, 0, []Range{{"a", 0, 20}, {"b", 4, 4}},
			[]Stretch{{0, 4, Used, []string{"a"}, 1}, {4, 8, Shared, []string{"a", "b"}, 2}, {8, 20, Used, []string{"a"}, 1}}},
		{"past the end", 8, 0, []Range{{"a", 0, 4}, {"b", 6, 10}},
			[]Stretch{{0, 4, Used, []string{"a"}, 1}, {4, 6, Unused, nil, 0}, {6, 8, Used, []string{"b"}, 1}, {8, 16, Beyond, []string{"b"}, 1}}},
		{"impossible lengths", 8, 0, []Range{{"a", 4, math.MaxInt64}, {"b", -1, 3}, {"c", 2, 0}},
			[]Stretch{{0, 4, Unused, nil, 0}, {4, 8, Used, []string{"a"}, 1}, {8, math.MaxInt64, Beyond, []string{"a"}, 1}}},
	} {
		if d := cmp.Diff(tt.want, Stretches(tt.size, tt.start, tt.ranges)); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

// Whatever the ranges are, the stretches tile the file, and each byte is used
// as often as a naive count says.
func TestStretchesTile(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		const size = 64
		var ranges []Range
		var count [2 * size]int
		for range rng.IntN(12) {
			r := Range{"r", rng.Int64N(size), rng.Int64N(size)}
			ranges = append(ranges, r)
			for b := r.Offset; b < r.end(); b++ {
				count[b]++
			}
		}
		at := int64(0)
		for _, s := range Stretches(size, 8, ranges) {
			if s.Offset != at || s.End <= s.Offset {
				t.Fatalf("%v: a stretch from %d to %d follows byte %d", ranges, s.Offset, s.End, at)
			}
			for at = s.Offset; at < s.End; at++ {
				if count[at] != s.Ranges {
					t.Fatalf("%v: byte %d is used %d times, not %d", ranges, at, count[at], s.Ranges)
				}
			}
		}
		if at < size {
			t.Fatalf("%v: the stretches end at %d", ranges, at)
		}
	}
}

func TestMerge(t *testing.T) {
	all := []Stretch{{0, 2, Used, []string{"a"}, 1}, {2, 4, Used, []string{"b"}, 1}, {4, 5, Unused, nil, 0}, {5, 6, Used, []string{"c"}, 1}, {6, 100, Used, []string{"d"}, 1}}
	want := []Stretch{{0, 4, Used, []string{"a", "b"}, 2}, {4, 5, Unused, nil, 0}, {5, 6, Used, []string{"c"}, 1}, {6, 100, Used, []string{"d"}, 1}}
	if d := cmp.Diff(want, Merge(all, 10)); d != "" {
		t.Error(d)
	}
}

func BenchmarkStretches(b *testing.B) {
	ranges := make([]Range, 10_000)
	for i := range ranges {
		ranges[i] = Range{"r", int64(i) * 100, 100}
	}
	for b.Loop() {
		Stretches(1_000_000, 0, ranges)
	}
}
