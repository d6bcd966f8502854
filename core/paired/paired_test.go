package paired

import (
	"math"
	"testing"
)

// TestIntervals compares with published values: Newcombe's own example, and
// what follows from the formulas by hand.
func TestIntervals(t *testing.T) {
	tests := []struct {
		p         Counts
		low, high float64
		mcnemar   float64
	}{
		{Counts{36, 12, 2, 0}, 0.0569, 0.3404, 2 * (1 + 14 + 91) / 16384.0}, // Newcombe 1998, table III
		{Counts{0, 0, 0, 10}, -0.2775, 0.2775, 1},                           // z² / (n + z²)
		{Counts{10, 0, 0, 0}, -0.2775, 0.2775, 1},
		{Counts{0, 5, 5, 0}, -0.5268, 0.5268, 1},
		{Counts{0, 1, 0, 0}, -0.1221, 1, 1},
		{Counts{}, -1, 1, 1},
	}
	for _, test := range tests {
		in := test.p.Newcombe()
		if math.Abs(in.Low-test.low) > 5e-5 || math.Abs(in.High-test.high) > 5e-5 {
			t.Errorf("%v: %.4f to %.4f, want %.4f to %.4f", test.p, in.Low, in.High, test.low, test.high)
		}
		if p := test.p.McNemar(); math.Abs(p-test.mcnemar) > 1e-12 {
			t.Errorf("%v: p = %v, want %v", test.p, p, test.mcnemar)
		}
	}
}

// TestNeeded: the number that an inconclusive verdict names settles it.
func TestNeeded(t *testing.T) {
	for _, p := range []Counts{{}, {0, 3, 0, 0}, {1, 2, 1, 1}, {0, 1, 0, 2}, {2, 3, 1, 1}, {0, 4, 0, 4}} {
		if p.Judge(0.5, 10) != Inconclusive {
			continue
		}
		n := p.Needed(0.5, 10)
		if p.Rows() == 0 {
			p.Neither = 1
		}
		if v := p.Scaled(float64(n)).Judge(0.5, 10); v == Inconclusive {
			t.Errorf("%v: %d rows are not enough", p, n)
		}
		if n > 10_000 {
			t.Errorf("%v: %d rows", p, n)
		}
	}
}
