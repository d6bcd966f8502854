package noniid

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTwister compares with the authors' generator at its usual seed: its first
// words, and the 10,000th, which the C++ standard fixes.
func TestTwister(t *testing.T) {
	rng := newTwister(5489)
	if d := cmp.Diff([]uint32{3499211612, 581869302, 3890346734}, []uint32{rng.uint32(), rng.uint32(), rng.uint32()}); d != "" {
		t.Errorf("words (-want +got):\n%s", d)
	}
	for range 10_000 - 4 {
		rng.uint32()
	}
	if v := rng.uint32(); v != 4123659995 {
		t.Errorf("word 10,000 is %d", v)
	}
	rng, seen := newTwister(1), map[uint32]int{}
	for range 6000 {
		seen[rng.upTo(5)]++
	}
	for v := range uint32(6) {
		if seen[v] < 850 || seen[v] > 1150 {
			t.Errorf("%d of 6000 draws are %d of 0 ... 5", seen[v], v)
		}
	}
	if len(seen) != 6 {
		t.Errorf("drawn %v", seen)
	}
}
