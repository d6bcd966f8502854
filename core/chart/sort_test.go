package chart

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestAscending(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, fewValues - 1, fewValues, 3 * fewValues} {
		got := make([]float64, n)
		for i := range got {
			got[i] = r.NormFloat64() * math.Pow(10, float64(r.IntN(600)-300))
		}
		copy(got, []float64{math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, -1, 0, 1, 1})
		want := slices.Clone(got)
		slices.Sort(want)
		if ascending(got); !slices.Equal(got, want) {
			t.Errorf("%d values are out of order", n)
		}
	}
}
