package chart

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTicks(t *testing.T) {
	tests := []struct {
		scale Scale
		n     int
		want  []string
	}{
		{Scale{0, 10}, 5, []string{"0", "2", "4", "6", "8", "10"}},
		{Scale{-3.2, 4.1}, 4, []string{"−2", "0", "2", "4"}},
		{Scale{0.101, 0.109}, 4, []string{"0.102", "0.104", "0.106", "0.108"}},
		{Scale{-0.3, 0.3}, 3, []string{"−0.2", "0.0", "0.2"}},
		{Scale{0, 4e6}, 2, []string{"0", "2e+06", "4e+06"}},
		{Scale{1, 1}, 4, nil},
		{Scale{math.NaN(), 1}, 4, nil},
		{Scale{0, 1}, 0, nil},
	}
	for _, tt := range tests {
		var got []string
		for _, tick := range tt.scale.Ticks(tt.n) {
			if tick.At < tt.scale.Lo-1e-9 || tick.At > tt.scale.Hi+1e-9 {
				t.Errorf("%v: tick %v lies outside", tt.scale, tick)
			}
			got = append(got, tick.Label)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%v.Ticks(%d): %s", tt.scale, tt.n, d)
		}
	}
}

func TestSpan(t *testing.T) {
	tests := []struct {
		values []float64
		want   Scale
	}{
		{nil, Scale{0, 1}},
		{[]float64{math.NaN(), math.Inf(1)}, Scale{0, 1}},
		{[]float64{3, 3}, Scale{1.5, 4.5}},
		{[]float64{2, math.NaN(), -1, math.Inf(-1)}, Scale{-1, 2}},
	}
	for _, tt := range tests {
		if got := Span(tt.values); got != tt.want {
			t.Errorf("Span(%v) = %v, want %v", tt.values, got, tt.want)
		}
	}
}

func TestBins(t *testing.T) {
	values := []float64{math.NaN(), math.Inf(1)}
	for i := range 100 {
		values = append(values, float64(i%10))
	}
	h := Bins(values)
	sum := 0
	for _, c := range h.Counts {
		sum += c
	}
	if sum != 100 || len(h.Values) != 100 {
		t.Errorf("%d values in bins, %d kept, want 100", sum, len(h.Values))
	}
	if got := h.Above(8); got != 20 {
		t.Errorf("Above(8) = %d, want 20: values at the line count", got)
	}
	if got := h.Rank(5); got != 0.5 {
		t.Errorf("Rank(5) = %v, want 0.5", got)
	}
	if first, last := h.Bin(-1e300), h.Bin(1e300); first != 0 || last != len(h.Counts)-1 {
		t.Errorf("bins of far values: %d and %d", first, last)
	}
}

func TestBinsOfNothingAndOfOneValue(t *testing.T) {
	for _, values := range [][]float64{nil, {math.NaN()}, {7}, {7, 7, 7}} {
		h := Bins(values)
		if len(h.Counts) < 1 || !(h.Width() > 0) {
			t.Errorf("Bins(%v) has %d bins of width %v", values, len(h.Counts), h.Width())
		}
	}
}

func BenchmarkBins(b *testing.B) {
	values := make([]float64, 100_000)
	for i := range values {
		values[i] = math.Sin(float64(i))
	}
	for b.Loop() {
		Bins(values)
	}
}
